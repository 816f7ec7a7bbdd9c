//! Implements a minimal client of three calls with reqwest and serde, as a lower bound for typed calls.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

/// Is the client. Its token never expires.
#[derive(Clone, Debug)]
pub struct Client {
    http: reqwest::Client,
    /// Is the URL of the lock holder's locks.
    locks: String,
    token: String,
}

impl Client {
    /// Returns a client for the locks at this URL.
    #[must_use]
    pub fn new(http: reqwest::Client, locks: String, token: &str) -> Self {
        Self { http, locks, token: token.to_owned() }
    }

    /// Reads one lock.
    ///
    /// # Errors
    /// Those of reqwest.
    pub async fn lock(&self, id: &str) -> reqwest::Result<Lock> {
        let request = self.http.get(format!("{}{id}/", self.locks)).bearer_auth(&self.token);
        Ok(request.send().await?.error_for_status()?.json::<LockEnvelope>().await?.lock)
    }

    /// Reads a page of locks.
    ///
    /// # Errors
    /// Those of reqwest.
    pub async fn locks(&self, limit: i32) -> reqwest::Result<Vec<Lock>> {
        let request = self.http.get(format!("{}?limit={limit}", self.locks)).bearer_auth(&self.token);
        Ok(request.send().await?.error_for_status()?.json::<Locks>().await?.locks)
    }

    /// Creates a key.
    ///
    /// # Errors
    /// Those of reqwest.
    pub async fn create_key(&self, lock: &str, key: &NewKey) -> reqwest::Result<Key> {
        let request = self.http.post(format!("{}{lock}/keys/", self.locks)).bearer_auth(&self.token).json(key);
        Ok(request.send().await?.error_for_status()?.json::<KeyEnvelope>().await?.key)
    }
}

/// Holds the envelope of a lock, with the type of this module by default.
#[allow(missing_docs, reason = "the names are the service's")]
#[derive(Debug, Deserialize)]
pub struct LockEnvelope<L = Lock> {
    pub lock: L,
}

/// Holds the envelope of a page of locks.
#[allow(missing_docs, reason = "the names are the service's")]
#[derive(Debug, Deserialize)]
pub struct Locks<L = Lock> {
    pub locks: Vec<L>,
}

/// Holds a lock, with the same fields as in `unloc`.
#[allow(missing_docs, reason = "the names are the service's")]
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Lock {
    pub id: String,
    pub name: String,
    pub vendor: Option<Vendor>,
    pub image_url: Option<String>,
    #[serde(default)]
    pub auth: BTreeMap<String, Consent>,
    pub address: Option<Address>,
    pub created: Option<DateTime<Utc>>,
    pub can_create_keys_count: Option<i32>,
    pub keys_created_count: Option<i32>,
    pub duplicate_lock: Option<bool>,
}

/// Names the vendor of a lock.
#[allow(missing_docs, reason = "the names are the service's")]
#[derive(Debug, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Vendor {
    Danalock,
    #[serde(other)]
    Other,
}

/// Says whether a delivery service may open a lock.
#[allow(missing_docs, reason = "the names are the service's")]
#[derive(Debug, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Consent {
    OptIn,
    Deny,
    #[serde(other)]
    Other,
}

/// Holds the address of a lock.
#[allow(missing_docs, reason = "the names are the service's")]
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Address {
    pub street: Option<String>,
    pub postal_code: Option<String>,
    pub city: Option<String>,
    pub country_iso: Option<String>,
    pub floor: Option<String>,
    pub visitor_instructions: Option<String>,
}

/// Holds the request for a new key.
#[allow(missing_docs, reason = "the names are the service's")]
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct NewKey {
    pub user_id: String,
    pub duration_minutes: i64,
}

#[derive(Deserialize)]
struct KeyEnvelope {
    key: Key,
}

/// Holds a key.
#[allow(missing_docs, reason = "the names are the service's")]
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Key {
    pub id: Option<String>,
    pub lock_id: Option<String>,
    pub to_user: User,
    pub start: Option<DateTime<Utc>>,
    pub end: Option<DateTime<Utc>>,
    pub created: Option<DateTime<Utc>>,
    pub state: String,
}

/// Holds the user of a key.
#[allow(missing_docs, reason = "the names are the service's")]
#[derive(Debug, Deserialize)]
pub struct User {
    pub id: String,
    pub name: Option<String>,
}
