//! The town as it stands, for tests and for the page.

use std::fmt;

use chrono::{DateTime, Utc};
use serde::Serialize;

use crate::clock;
use crate::model::Place;
use crate::recurrence::Recurrence;
use crate::state::Shared;
use crate::town::Town;

/// The whole town at one moment, from [`Emulator::town`](crate::Emulator::town).
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Snapshot {
    /// The moment, by the emulator's clock.
    #[serde(serialize_with = "clock::serialize")]
    pub now: DateTime<Utc>,
    /// How fast that clock runs.
    pub speed: f64,
    /// All lock holders.
    pub lock_holders: Vec<SeenLockHolder>,
    /// All vendor connections.
    pub connections: Vec<SeenConnection>,
    /// All locks that are listed.
    pub locks: Vec<SeenLock>,
    /// All keys, also those that were shared from the app.
    pub keys: Vec<SeenKey>,
}

/// A lock holder.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct SeenLockHolder {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// The scope of a token for it, in the older form.
    pub scope: String,
}

/// A vendor connection.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct SeenConnection {
    /// Its id.
    pub id: String,
    /// The lock holder it is of.
    pub lock_holder_id: String,
    /// The vendor.
    pub vendor: &'static str,
    /// Its state.
    pub state: &'static str,
}

/// A lock.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct SeenLock {
    /// Its id.
    pub id: String,
    /// The lock holder it is of.
    pub lock_holder_id: String,
    /// The vendor connection that brought it in.
    pub connection_id: String,
    /// Its name.
    pub name: String,
    /// Its time zone, by the name in the IANA database.
    pub time_zone: &'static str,
}

/// A key. `Debug` does not show whose.
#[derive(Clone, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct SeenKey {
    /// Its id.
    pub id: String,
    /// The lock it is for.
    pub lock_id: String,
    /// Who has it.
    pub user_id: String,
    /// That person's name, if they set one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub user_name: Option<String>,
    /// Its state now.
    pub state: &'static str,
    /// From when on it works.
    #[serde(serialize_with = "clock::serialize_nullable")]
    pub start: Option<DateTime<Utc>>,
    /// Until when it works.
    #[serde(serialize_with = "clock::serialize_nullable")]
    pub end: Option<DateTime<Utc>>,
    /// When it was made.
    #[serde(serialize_with = "clock::serialize")]
    pub created: DateTime<Utc>,
    /// Whether it was shared from the app, and not made through the API.
    pub shared: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    recurrence: Option<Recurrence>,
}

impl fmt::Debug for SeenKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("SeenKey")
            .field("id", &self.id)
            .field("lock_id", &self.lock_id)
            .field("state", &self.state)
            .field("start", &self.start)
            .field("end", &self.end)
            .field("shared", &self.shared)
            .finish_non_exhaustive()
    }
}

impl Snapshot {
    /// Of one lock holder, or of all. Lock holders themselves are all there in any case.
    pub(crate) fn take(app: &Shared, only: Option<Place>) -> Self {
        let (now, speed) = app.clock.read();
        let town = app.town();
        let wanted = |place: Place| only.is_none_or(|only| only == place);
        let lock_holders = town.lock_holders.iter().map(|holder| SeenLockHolder {
            id: holder.id.to_string(),
            name: holder.name.clone(),
            scope: format!(
                "lockHolder.identifier:{}.{}.{}",
                holder.country_iso, holder.organization_id, holder.organization_id_suffix
            ),
        });
        let connections = town.connections.iter().filter(|connection| wanted(connection.lock_holder));
        let connections = connections.map(|connection| SeenConnection {
            id: connection.id.to_string(),
            lock_holder_id: town.lock_holders[connection.lock_holder as usize].id.to_string(),
            vendor: connection.vendor,
            state: connection.state.name(),
        });
        let locks = town.locks.iter().filter(|lock| !lock.gone && wanted(lock.lock_holder));
        let locks = locks.map(|lock| SeenLock {
            id: lock.id.to_string(),
            lock_holder_id: town.lock_holders[lock.lock_holder as usize].id.to_string(),
            connection_id: town.connections[lock.connection as usize].id.to_string(),
            name: lock.name.clone(),
            time_zone: lock.time_zone.name(),
        });
        let keys = town.keys.iter().filter(|key| wanted(town.locks[key.lock as usize].lock_holder));
        let keys = keys.map(|key| seen_key(&town, key, now));
        Self {
            now,
            speed,
            lock_holders: lock_holders.collect(),
            connections: connections.collect(),
            locks: locks.collect(),
            keys: keys.collect(),
        }
    }
}

fn seen_key(town: &Town, key: &crate::model::Key, now: DateTime<Utc>) -> SeenKey {
    let person = town.person_at(key.person);
    SeenKey {
        id: key.id.to_string(),
        lock_id: town.locks[key.lock as usize].id.to_string(),
        user_id: person.number.clone(),
        user_name: person.name.clone(),
        state: town.key_state(key, now),
        start: key.start,
        end: key.end,
        created: key.created,
        shared: !key.is_api_made(),
        recurrence: key.recurrence.as_deref().cloned(),
    }
}
