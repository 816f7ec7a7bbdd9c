//! Records what the callers know of their keys, and compares it with the emulator's data.

use std::collections::HashMap;

use unloc::chrono::{DateTime, TimeDelta, Utc};
use unloc::types::{KeyId, LockId};
use unloc_emulator::Snapshot;

/// Lists what a caller knows of its keys.
pub(crate) type Ledger = Vec<RequestedKey>;

/// Describes a key that was requested. Its end is unique, so it identifies the key.
pub(crate) struct RequestedKey {
    pub(crate) lock: LockId,
    pub(crate) guest: String,
    pub(crate) end: DateTime<Utc>,
    pub(crate) resolution: Resolution,
    /// Is `None` if a call to revoke the key may still be in flight.
    pub(crate) revoked: Option<bool>,
}

/// Describes the outcome of creating a key, as far as the caller knows it.
#[derive(Debug, PartialEq)]
pub(crate) enum Resolution {
    /// The key exists and has this id.
    Created(KeyId),
    /// The key does not exist: its request was not sent or was rejected, or the key was looked for and not found.
    Absent,
    /// The key was looked for and not found, but its request may still have been in flight after a timeout.
    AbsentSoFar,
}

/// Returns the end of the key with this number. It is too far in the future for any key of the emulator's initial data.
pub(crate) fn end(first_day: DateTime<Utc>, number: usize) -> DateTime<Utc> {
    let whole = DateTime::from_timestamp(first_day.timestamp(), 0).unwrap();
    whole + TimeDelta::days(3650) + TimeDelta::minutes(i64::try_from(number).unwrap())
}

/// Compares the ledgers with the emulator's data. Returns how many keys exist, and how many appeared after a lookup.
pub(crate) fn compare(ledgers: &[Ledger], snapshot: &Snapshot, first_day: DateTime<Utc>) -> (usize, usize) {
    let mut found: HashMap<_, Vec<_>> = HashMap::new();
    for key in snapshot.keys.iter().filter(|key| key.end.is_some_and(|at| at >= end(first_day, 0))) {
        found.entry(key.end.unwrap()).or_default().push(key);
    }
    let (mut created, mut late) = (0, 0);
    for requested in ledgers.iter().flatten() {
        let keys = found.remove(&requested.end).unwrap_or_default();
        let about = || format!("the key until {}: {:?}, but there are {keys:?}", requested.end, requested.resolution);
        assert!(keys.len() <= 1, "created twice: {}", about());
        match (&requested.resolution, keys.first()) {
            (Resolution::Created(id), Some(key)) => {
                let (known, there) = ((id.as_str(), requested.lock.as_str()), (key.id.as_str(), key.lock_id.as_str()));
                assert_eq!((known, &requested.guest), (there, &key.user_id), "{}", about());
                let revoked = key.state == "revoked";
                assert_eq!(revoked, requested.revoked.unwrap_or(revoked), "revoked or not: {}", about());
                created += 1;
            }
            (Resolution::AbsentSoFar, Some(_)) => late += 1,
            (Resolution::Absent | Resolution::AbsentSoFar, None) => {}
            (Resolution::Created(_), None) => panic!("the key is lost: {}", about()),
            (Resolution::Absent, Some(_)) => panic!("the key exists although it should not: {}", about()),
        }
    }
    assert!(found.is_empty(), "no caller requested these keys: {found:?}");
    (created + late, late)
}
