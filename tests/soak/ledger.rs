//! What the callers believe, and whether it is so.

use std::collections::HashMap;

use unloc::chrono::{DateTime, TimeDelta, Utc};
use unloc::types::{KeyId, LockId};
use unloc_emulator::Snapshot;

/// What a caller knows of its keys.
pub(crate) type Ledger = Vec<Wish>;

/// A key that was asked for. Nobody else asks for one with this end.
pub(crate) struct Wish {
    pub(crate) lock: LockId,
    pub(crate) guest: String,
    pub(crate) end: DateTime<Utc>,
    pub(crate) fate: Fate,
    /// Nobody knows where a call to revoke it may be under way still.
    pub(crate) revoked: Option<bool>,
}

#[derive(Debug, PartialEq)]
pub(crate) enum Fate {
    /// It is there, under this id.
    Made(KeyId),
    /// It is not: it was never sent, or it was refused, or nothing was there when it was looked for.
    Absent,
    /// It was not there when it was looked for, but its request may have been under way still: the caller had given up
    /// waiting for the answer.
    AbsentSoFar,
}

/// The end of the key with this number: far enough that it is no key of the town's.
pub(crate) fn end(first_day: DateTime<Utc>, number: usize) -> DateTime<Utc> {
    let whole = DateTime::from_timestamp(first_day.timestamp(), 0).unwrap();
    whole + TimeDelta::days(3650) + TimeDelta::minutes(i64::try_from(number).unwrap())
}

/// Holds the ledgers against the town: how many keys there are, and how many came after they were looked for.
pub(crate) fn compare(ledgers: &[Ledger], town: &Snapshot, first_day: DateTime<Utc>) -> (usize, usize) {
    let mut found: HashMap<_, Vec<_>> = HashMap::new();
    for key in town.keys.iter().filter(|key| key.end.is_some_and(|at| at >= end(first_day, 0))) {
        found.entry(key.end.unwrap()).or_default().push(key);
    }
    let (mut made, mut late) = (0, 0);
    for wish in ledgers.iter().flatten() {
        let keys = found.remove(&wish.end).unwrap_or_default();
        let about = || format!("the key until {}: {:?}, but there are {keys:?}", wish.end, wish.fate);
        assert!(keys.len() <= 1, "made twice: {}", about());
        match (&wish.fate, keys.first()) {
            (Fate::Made(id), Some(key)) => {
                let (known, there) = ((id.as_str(), wish.lock.as_str()), (key.id.as_str(), key.lock_id.as_str()));
                assert_eq!((known, &wish.guest), (there, &key.user_id), "{}", about());
                let revoked = key.state == "revoked";
                assert_eq!(revoked, wish.revoked.unwrap_or(revoked), "revoked or not: {}", about());
                made += 1;
            }
            (Fate::AbsentSoFar, Some(_)) => late += 1,
            (Fate::Absent | Fate::AbsentSoFar, None) => {}
            (Fate::Made(_), None) => panic!("lost: {}", about()),
            (Fate::Absent, Some(_)) => panic!("made all the same: {}", about()),
        }
    }
    assert!(found.is_empty(), "nobody asked for these: {found:?}");
    (made + late, late)
}
