//! What somebody writes who needs three calls and has reqwest and serde: the least that a call with types can cost.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

/// The client; its token never dies.
#[derive(Clone, Debug)]
pub struct Client {
    http: reqwest::Client,
    /// Where the lock holder's locks are.
    locks: String,
    token: String,
}

impl Client {
    /// A client for the locks at this address.
    #[must_use]
    pub fn new(http: reqwest::Client, locks: String, token: &str) -> Self {
        Self { http, locks, token: token.to_owned() }
    }

    /// One lock.
    ///
    /// # Errors
    /// Those of reqwest.
    pub async fn lock(&self, id: &str) -> reqwest::Result<Lock> {
        let request = self.http.get(format!("{}{id}/", self.locks)).bearer_auth(&self.token);
        Ok(request.send().await?.error_for_status()?.json::<LockEnvelope>().await?.lock)
    }

    /// A page of them.
    ///
    /// # Errors
    /// Those of reqwest.
    pub async fn locks(&self, limit: i32) -> reqwest::Result<Vec<Lock>> {
        let request = self.http.get(format!("{}?limit={limit}", self.locks)).bearer_auth(&self.token);
        Ok(request.send().await?.error_for_status()?.json::<Locks>().await?.locks)
    }

    /// A key for somebody.
    ///
    /// # Errors
    /// Those of reqwest.
    pub async fn create_key(&self, lock: &str, key: &NewKey) -> reqwest::Result<Key> {
        let request = self.http.post(format!("{}{lock}/keys/", self.locks)).bearer_auth(&self.token).json(key);
        Ok(request.send().await?.error_for_status()?.json::<KeyEnvelope>().await?.key)
    }
}

/// A lock, as answers wrap it: one of this module, or of another.
#[allow(missing_docs, reason = "the names are the service's")]
#[derive(Debug, Deserialize)]
pub struct LockEnvelope<L = Lock> {
    pub lock: L,
}

/// A page of them.
#[allow(missing_docs, reason = "the names are the service's")]
#[derive(Debug, Deserialize)]
pub struct Locks<L = Lock> {
    pub locks: Vec<L>,
}

/// A lock, with what `unloc` reads of one.
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

/// Who makes a lock.
#[allow(missing_docs, reason = "the names are the service's")]
#[derive(Debug, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Vendor {
    Danalock,
    #[serde(other)]
    Other,
}

/// Whether somebody may deliver.
#[allow(missing_docs, reason = "the names are the service's")]
#[derive(Debug, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Consent {
    OptIn,
    Deny,
    #[serde(other)]
    Other,
}

/// Where a lock is.
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

/// A key to be made.
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

/// A key.
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

/// Who has a key.
#[allow(missing_docs, reason = "the names are the service's")]
#[derive(Debug, Deserialize)]
pub struct User {
    pub id: String,
    pub name: Option<String>,
}
