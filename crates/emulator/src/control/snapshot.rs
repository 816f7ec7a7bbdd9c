//! Copies the emulator's data, for tests and for the control interface.

use std::fmt;

use chrono::{DateTime, Utc};
use serde::Serialize;

use crate::control::groups::{self, AccessGroupSnapshot, SubprojectSnapshot};
use crate::domain::clock;
use crate::domain::model::{Index, KeySource};
use crate::domain::recurrence::Recurrence;
use crate::domain::resource::ORGANIZATION_ID;
use crate::domain::store::Store;
use crate::service::Service;

/// Holds a copy of the emulator's data at one moment. Returned by [`Emulator::snapshot`](crate::Emulator::snapshot).
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Snapshot {
    /// Is the time of the snapshot, by the emulator's clock.
    #[serde(serialize_with = "clock::serialize")]
    pub now: DateTime<Utc>,
    /// Is the speed of the clock.
    pub speed: f64,
    /// Lists all lock holders.
    pub lock_holders: Vec<LockHolderSnapshot>,
    /// Lists all vendor connections.
    pub connections: Vec<ConnectionSnapshot>,
    /// Lists all locks, except those that were removed at their vendor.
    pub locks: Vec<LockSnapshot>,
    /// Lists all keys, including those shared from the app.
    pub keys: Vec<KeySnapshot>,
    /// Is the id of the organization, for version 2.
    pub organization_id: &'static str,
    /// Lists all subprojects, for version 2.
    pub subprojects: Vec<SubprojectSnapshot>,
    /// Lists all access groups, for version 2.
    pub access_groups: Vec<AccessGroupSnapshot>,
}

/// Describes a lock holder.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct LockHolderSnapshot {
    /// Is the lock holder's id.
    pub id: String,
    /// Is the lock holder's name.
    pub name: String,
    /// Is the scope of a token for the lock holder, in the older form (`lockHolder.identifier:…`).
    pub scope: String,
}

/// Describes a vendor connection.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct ConnectionSnapshot {
    /// Is the connection's id.
    pub id: String,
    /// Is the id of its lock holder.
    pub lock_holder_id: String,
    /// Is the vendor's name.
    pub vendor: &'static str,
    /// Is the connection's state.
    pub state: &'static str,
}

/// Describes a lock.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct LockSnapshot {
    /// Is the lock's id.
    pub id: String,
    /// Is the id of its lock holder.
    pub lock_holder_id: String,
    /// Is the id of its vendor connection.
    pub connection_id: String,
    /// Is the lock's name.
    pub name: String,
    /// Is the name of its time zone in the IANA database.
    pub time_zone: &'static str,
}

/// Describes a key. `Debug` does not show the person.
#[derive(Clone, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct KeySnapshot {
    /// Is the key's id.
    pub id: String,
    /// Is the id of its lock.
    pub lock_id: String,
    /// Is the phone number of the person who has the key.
    pub user_id: String,
    /// Is the name of this person, if they have set one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub user_name: Option<String>,
    /// Is the key's state at the time of the snapshot.
    pub state: &'static str,
    /// Is the time from which the key works.
    #[serde(serialize_with = "clock::serialize_nullable")]
    pub start: Option<DateTime<Utc>>,
    /// Is the time until which the key works.
    #[serde(serialize_with = "clock::serialize_nullable")]
    pub end: Option<DateTime<Utc>>,
    /// Is the time at which the key was created.
    #[serde(serialize_with = "clock::serialize")]
    pub created: DateTime<Utc>,
    /// Is set if the key was shared from the app and not made through the API.
    pub shared: bool,
    /// Is the id of the access group that the key is from, if it is from one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub access_group_id: Option<String>,
    /// Is the id of the subproject that the key belongs to, if it belongs to one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub subproject_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    recurrence: Option<Recurrence>,
}

impl fmt::Debug for KeySnapshot {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("KeySnapshot")
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
    /// Copies the data of one lock holder, or of all. `lock_holders` always lists all of them.
    pub(crate) fn take(app: &Service, only: Option<Index>) -> Self {
        let (now, speed) = app.world.clock.read();
        let store = app.world.store();
        let included = |index: Index| only.is_none_or(|only| only == index);
        let lock_holders = store.lock_holders.iter().map(|holder| LockHolderSnapshot {
            id: holder.id.to_string(),
            name: holder.name.clone(),
            scope: format!(
                "lockHolder.identifier:{}.{}.{}",
                holder.country_iso, holder.organization_id, holder.organization_id_suffix
            ),
        });
        let connections = store.connections.iter().filter(|connection| included(connection.lock_holder));
        let connections = connections.map(|connection| ConnectionSnapshot {
            id: connection.id.to_string(),
            lock_holder_id: store.lock_holders[connection.lock_holder as usize].id.to_string(),
            vendor: connection.vendor,
            state: connection.state.name(),
        });
        let locks = store.locks.iter().filter(|lock| !lock.removed && included(lock.lock_holder));
        let locks = locks.map(|lock| LockSnapshot {
            id: lock.id.to_string(),
            lock_holder_id: store.lock_holders[lock.lock_holder as usize].id.to_string(),
            connection_id: store.connections[lock.connection as usize].id.to_string(),
            name: lock.name.clone(),
            time_zone: lock.time_zone.name(),
        });
        let keys = store.keys.iter().filter(|key| included(store.locks[key.lock as usize].lock_holder));
        let keys = keys.map(|key| key_snapshot(&store, key, now));
        Self {
            now,
            speed,
            lock_holders: lock_holders.collect(),
            connections: connections.collect(),
            locks: locks.collect(),
            organization_id: ORGANIZATION_ID,
            subprojects: groups::subprojects(&store, included),
            access_groups: groups::access_groups(&store, included),
            keys: keys.collect(),
        }
    }
}

fn key_snapshot(store: &Store, key: &crate::domain::model::Key, now: DateTime<Utc>) -> KeySnapshot {
    let person = store.person_at(key.person);
    let (access_group_id, subproject_id) = match key.source {
        KeySource::Project => (None, None),
        KeySource::AccessGroup(index) => (Some(store.access_groups[index as usize].id.to_string()), None),
        KeySource::Subproject(index) => (None, Some(store.subprojects[index as usize].id.to_string())),
    };
    KeySnapshot {
        id: key.id.to_string(),
        lock_id: store.locks[key.lock as usize].id.to_string(),
        user_id: person.number.clone(),
        user_name: person.name.clone(),
        state: store.key_state(key, now),
        start: key.start,
        end: key.end,
        created: key.created,
        shared: !key.is_from_api(),
        access_group_id,
        subproject_id,
        recurrence: key.recurrence.as_deref().cloned(),
    }
}
