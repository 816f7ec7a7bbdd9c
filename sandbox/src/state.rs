//! Everything that changes while the sandbox runs.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use chrono::{DateTime, Utc};
use serde::Serialize;

use crate::clock::Clock;
use crate::error::ApiError;
use crate::ids::Ids;
use crate::model::{Key, Lock, LockHolder, Role};
use crate::token::Issuer;

/// What each handler gets.
pub(crate) type App = Arc<Shared>;

/// The sandbox's parts, shared by its handlers and its owner.
pub(crate) struct Shared {
    pub(crate) base_url: String,
    pub(crate) clock: Box<dyn Clock>,
    pub(crate) issuer: Issuer,
    town: Mutex<Town>,
}

impl Shared {
    pub(crate) fn new(base_url: String, clock: Box<dyn Clock>, issuer: Issuer, town: Town) -> Self {
        Self { base_url, clock, issuer, town: Mutex::new(town) }
    }

    pub(crate) fn now(&self) -> DateTime<Utc> {
        self.clock.now()
    }

    /// The town, to read or change without awaiting. Each handler takes it once, so what it sees is one moment.
    pub(crate) fn town(&self) -> MutexGuard<'_, Town> {
        self.town.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Lock holders and what belongs to them, each list in the order of making: the order pages follow.
pub(crate) struct Town {
    pub(crate) ids: Ids,
    pub(crate) lock_holders: Vec<LockHolder>,
    pub(crate) locks: Vec<Lock>,
    pub(crate) keys: Vec<Key>,
    pub(crate) roles: Vec<Role>,
    /// Names of people who set one in their app, by mobile number.
    pub(crate) people: BTreeMap<String, String>,
    /// Uploaded pictures by the last part of their address.
    pub(crate) images: BTreeMap<String, Image>,
}

/// A picture of a lock.
#[derive(Clone)]
pub(crate) struct Image {
    pub(crate) media_type: &'static str,
    pub(crate) bytes: Vec<u8>,
}

impl Town {
    pub(crate) fn lock_holder(&self, id: &str) -> Option<&LockHolder> {
        self.lock_holders.iter().find(|holder| holder.id == id)
    }

    /// The lock holder with this natural key.
    pub(crate) fn identified(&self, country_iso: &str, organization_id: &str, suffix: &str) -> Option<&LockHolder> {
        self.lock_holders.iter().find(|holder| {
            holder.country_iso == country_iso
                && holder.organization_id == organization_id
                && holder.organization_id_suffix == suffix
        })
    }

    pub(crate) fn locks_of<'a>(&'a self, lock_holder_id: &'a str) -> impl Iterator<Item = &'a Lock> {
        self.locks.iter().filter(move |lock| lock.lock_holder_id == lock_holder_id)
    }

    pub(crate) fn keys_of<'a>(&'a self, lock_holder_id: &'a str) -> impl Iterator<Item = &'a Key> {
        self.keys.iter().filter(move |key| key.lock_holder_id == lock_holder_id)
    }

    pub(crate) fn roles_of<'a>(&'a self, lock_holder_id: &'a str) -> impl Iterator<Item = &'a Role> {
        self.roles.iter().filter(move |role| role.lock_holder_id == lock_holder_id)
    }

    /// A lock of this lock holder. Another lock holder's lock is as unknown as one that does not exist.
    pub(crate) fn lock(&self, lock_holder_id: &str, lock_id: &str) -> Result<&Lock, ApiError> {
        let mut locks = self.locks.iter();
        locks
            .find(|lock| lock.lock_holder_id == lock_holder_id && lock.id == lock_id)
            .ok_or_else(|| unknown_lock(lock_id))
    }

    pub(crate) fn lock_mut(&mut self, lock_holder_id: &str, lock_id: &str) -> Result<&mut Lock, ApiError> {
        let mut locks = self.locks.iter_mut();
        locks
            .find(|lock| lock.lock_holder_id == lock_holder_id && lock.id == lock_id)
            .ok_or_else(|| unknown_lock(lock_id))
    }

    pub(crate) fn lock_view(&self, lock: &Lock) -> LockView {
        let can_share = |role: &&Role| role.lock_id == lock.id && role.can_share;
        let alive = |key: &&Key| key.lock_id == lock.id && !key.revoked;
        LockView {
            can_create_keys_count: self.roles.iter().filter(can_share).count(),
            keys_created_count: self.keys.iter().filter(alive).count(),
            lock: lock.clone(),
        }
    }

    pub(crate) fn role_view(&self, role: &Role) -> RoleView {
        let shared =
            |key: &&Key| key.lock_id == role.lock_id && key.shared_by.as_ref() == Some(&role.user_id) && !key.revoked;
        RoleView { created_keys: self.keys.iter().filter(shared).count(), role: role.clone() }
    }
}

fn unknown_lock(lock_id: &str) -> ApiError {
    ApiError::not_found(format!("This lock holder has no lock {lock_id:?}"))
}

/// A lock as the API shows it.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct LockView {
    #[serde(flatten)]
    lock: Lock,
    can_create_keys_count: usize,
    keys_created_count: usize,
}

/// A key as the API shows it.
#[derive(Serialize)]
pub(crate) struct KeyView {
    #[serde(flatten)]
    key: Key,
    state: &'static str,
}

impl KeyView {
    pub(crate) fn of(key: &Key, now: DateTime<Utc>) -> Self {
        Self { state: key.state(now), key: key.clone() }
    }
}

/// A role as the API shows it.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct RoleView {
    #[serde(flatten)]
    role: Role,
    created_keys: usize,
}
