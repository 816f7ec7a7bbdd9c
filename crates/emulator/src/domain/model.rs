//! Defines the records that the store holds.
//!
//! Only facts are stored. Everything that follows from facts and the clock, such as a key's state, is computed on read.
//! `api::views` converts records to the JSON of the API. Records refer to each other by their index in the
//! store's lists, so nothing is ever removed from these lists.

use std::collections::BTreeMap;
use std::ops::Range;

use chrono::{DateTime, TimeDelta, Utc};
use chrono_tz::Tz;
use serde::Serialize;

use crate::domain::ids::Id;
use crate::domain::recurrence::Recurrence;
use crate::domain::version::ApiVersion;

/// Is the index of a record in one of the store's lists.
pub(crate) type Index = u32;

/// Is an owner of locks, with the indices of everything that belongs to it.
pub(crate) struct LockHolder {
    pub(crate) id: Id,
    pub(crate) name: String,
    pub(crate) country_iso: String,
    pub(crate) organization_id: String,
    pub(crate) organization_id_suffix: String,
    pub(crate) active_installer_invite_codes: Vec<String>,
    pub(crate) locks: Vec<Index>,
    pub(crate) keys: Vec<Index>,
    pub(crate) roles: Vec<Index>,
}

/// Is a lock that a vendor connection brought in.
pub(crate) struct Lock {
    pub(crate) id: Id,
    pub(crate) lock_holder: Index,
    /// Is the vendor connection through which the lock is reached now.
    pub(crate) connection: Index,
    pub(crate) name: String,
    pub(crate) vendor: &'static str,
    pub(crate) image_url: Option<String>,
    pub(crate) auth: BTreeMap<&'static str, &'static str>,
    pub(crate) address: Option<Address>,
    pub(crate) created: DateTime<Utc>,
    pub(crate) duplicate_lock: Option<bool>,
    pub(crate) time_zone: Tz,
    /// Is set when the vendor no longer has the lock. The lock is not found any more, and its keys are revoked.
    pub(crate) removed: bool,
    pub(crate) keys: Vec<Index>,
    /// Counts the revoked keys. Every view of a lock shows how many are not, and a lock can have a million keys.
    pub(crate) revoked_keys: usize,
    pub(crate) roles: Vec<Index>,
}

/// Is the postal address of a lock.
#[derive(Clone, Default, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Address {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) street: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) postal_code: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) city: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) country_iso: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) floor: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) visitor_instructions: Option<String>,
}

/// Is the permission of a person to open a lock, made through the API or shared from the app.
pub(crate) struct Key {
    pub(crate) id: Id,
    pub(crate) lock: Index,
    /// Is the person who may open the lock with the key.
    pub(crate) person: Index,
    pub(crate) start: Option<DateTime<Utc>>,
    pub(crate) end: Option<DateTime<Utc>>,
    pub(crate) created: DateTime<Utc>,
    /// Is the time at which the vendor has made the key. Until then its state is `creating`.
    pub(crate) ready_at: DateTime<Utc>,
    pub(crate) recurrence: Option<Box<Recurrence>>,
    pub(crate) app_switch_only: Option<bool>,
    pub(crate) revoked: bool,
    /// Is set if the vendor could not make the key.
    pub(crate) failed: bool,
    /// Is the person who shared the key from the app; `None` for keys made through the API.
    pub(crate) shared_by: Option<Index>,
    pub(crate) source: KeySource,
    /// Holds texts of the caller. Only version 2 has them.
    pub(crate) metadata: Option<Box<Metadata>>,
}

/// Is what a key belongs to. Version 1 knows only lock holders.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum KeySource {
    Project,
    Subproject(Index),
    AccessGroup(Index),
}

/// Holds texts of the caller under names of the caller.
pub(crate) type Metadata = BTreeMap<String, String>;

impl Key {
    /// Returns a key of the project that always works, as soon as the vendor has made it.
    pub(crate) fn new(id: Id, lock: Index, person: Index, created: DateTime<Utc>, ready_at: DateTime<Utc>) -> Self {
        Self {
            id,
            lock,
            person,
            start: None,
            end: None,
            created,
            ready_at,
            recurrence: None,
            app_switch_only: None,
            revoked: false,
            failed: false,
            shared_by: None,
            source: KeySource::Project,
            metadata: None,
        }
    }

    /// Returns the state at one moment. `revoked` takes precedence over all others, then `creating`.
    pub(crate) fn state(&self, time_zone: Tz, now: DateTime<Utc>) -> &'static str {
        // The order of the branches is the precedence: a new key is `creating` whatever its dates are.
        if self.revoked {
            "revoked"
        } else if now < self.ready_at {
            "creating"
        } else if self.failed {
            "error"
        } else if self.end.is_some_and(|end| end <= now) {
            "expired"
        } else if self.start.is_some_and(|start| start > now) {
            "scheduled"
        } else if self.recurrence.as_ref().is_some_and(|recurrence| !recurrence.contains(now, time_zone)) {
            "inactive"
        } else {
            "active"
        }
    }

    /// Returns whether the key was made through the API. The API shows no other keys.
    pub(crate) fn is_from_api(&self) -> bool {
        self.shared_by.is_none()
    }
}

/// Is a person who has, or had, a key or a role.
pub(crate) struct Person {
    /// Is the mobile number, which is also the user id.
    pub(crate) number: String,
    /// Is the name that the person entered in the app, if any.
    pub(crate) name: Option<String>,
}

/// Gives a person a role at a lock.
pub(crate) struct Role {
    pub(crate) person: Index,
    pub(crate) user_name: Option<String>,
    pub(crate) lock: Index,
    pub(crate) can_share: bool,
    pub(crate) created: DateTime<Utc>,
}

/// Is Unloc's record of a lock holder's account at a vendor.
pub(crate) struct VendorConnection {
    pub(crate) id: Id,
    pub(crate) lock_holder: Index,
    pub(crate) vendor: &'static str,
    /// Is the account with the password that Unloc knows; `None` for the vendor of virtual locks.
    pub(crate) login: Option<(Index, String)>,
    pub(crate) state: ConnectionState,
    /// Is the code of the latest dry run of an offboarding, until it is used.
    pub(crate) offboarding_code: Option<OffboardingCode>,
}

/// Confirms the offboarding of a connection.
pub(crate) struct OffboardingCode {
    pub(crate) code: String,
    pub(crate) valid_until: DateTime<Utc>,
}

/// Is the state of a vendor connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ConnectionState {
    Connecting,
    Connected,
    Error,
    Disconnected,
}

impl ConnectionState {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Connecting => "connecting",
            Self::Connected => "connected",
            Self::Error => "error",
            Self::Disconnected => "disconnected",
        }
    }

    /// Returns whether the connection does not work, so that another connection may use its account.
    pub(crate) fn is_broken(self) -> bool {
        matches!(self, Self::Error | Self::Disconnected)
    }
}

/// Is the vendor's record of an account.
pub(crate) struct Account {
    pub(crate) vendor: &'static str,
    pub(crate) username: String,
    pub(crate) password: String,
    /// Names the locks that are installed but not imported yet. The next refresh imports them.
    pub(crate) installed: Vec<String>,
    /// Lists the locks that were taken down but are still in the store. The next refresh removes them.
    pub(crate) removed: Vec<Index>,
    /// Is set while the vendor rejects every request for this account.
    pub(crate) is_down: bool,
}

/// Records that a person used a key.
pub(crate) struct KeyEvent {
    pub(crate) id: Id,
    pub(crate) action: &'static str,
    pub(crate) created: DateTime<Utc>,
    pub(crate) key: Index,
    pub(crate) lock: Index,
    /// Is the name that the lock had at the time of the event.
    pub(crate) lock_name: String,
}

impl KeyEvent {
    /// Is the time for which version 1 lists events.
    pub(crate) const LISTED: TimeDelta = TimeDelta::days(30);
    /// Is the time for which events are in the access log of version 2.
    pub(crate) const LOGGED: TimeDelta = TimeDelta::days(60);
}

/// Is a registered webhook.
pub(crate) struct Webhook {
    pub(crate) id: Id,
    pub(crate) lock_holder: Index,
    /// Is the lock whose events it receives; `None` for all locks of the lock holder.
    pub(crate) lock: Option<Index>,
    pub(crate) url: String,
    /// Is the version that registered it, which decides the format of the events.
    pub(crate) version: ApiVersion,
}

/// Holds an uploaded image of a lock.
#[derive(Clone)]
pub(crate) struct Image {
    pub(crate) media_type: &'static str,
    pub(crate) bytes: Vec<u8>,
}

/// Is work at a vendor that takes time.
pub(crate) struct VendorTask {
    pub(crate) due: DateTime<Utc>,
    pub(crate) connection: Index,
    pub(crate) action: VendorAction,
    /// Is the job of version 2 that reports on the task.
    pub(crate) job: Option<Index>,
}

/// Is what happens to a vendor connection at the end of a task.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum VendorAction {
    /// Connects or refreshes, and creates this number of virtual locks.
    Connect { virtual_locks: usize },
    /// Removes the locks and disconnects.
    Disconnect,
}

/// Is a part of a lock holder, with some of its locks. Only version 2 shows it.
pub(crate) struct Subproject {
    pub(crate) id: Id,
    pub(crate) lock_holder: Index,
    pub(crate) name: String,
    pub(crate) locks: Vec<Index>,
}

/// Gives each of its people a key for each of its locks. Only version 2 shows it.
pub(crate) struct AccessGroup {
    pub(crate) id: Id,
    pub(crate) lock_holder: Index,
    pub(crate) name: String,
    pub(crate) description: Option<String>,
    pub(crate) locks: Vec<Index>,
    pub(crate) people: Vec<Index>,
    pub(crate) metadata: Metadata,
}

/// Returns the time zone of locks in a country.
///
/// The documentation defines recurrences in the lock's time zone, but never says which time zone a lock is in.
pub(crate) fn time_zone(country_iso: &str) -> Tz {
    match country_iso {
        "NO" => Tz::Europe__Oslo,
        "DK" => Tz::Europe__Copenhagen,
        "SE" => Tz::Europe__Stockholm,
        "FI" => Tz::Europe__Helsinki,
        "GB" => Tz::Europe__London,
        "US" => Tz::America__New_York,
        _ => Tz::UTC,
    }
}

/// Is a job that callers can query.
pub(crate) struct Job {
    pub(crate) id: Id,
    pub(crate) lock_holder: Index,
    pub(crate) created: DateTime<Utc>,
    pub(crate) work: JobWork,
    /// Is the time at which the job stops being `pending`.
    pub(crate) starts_at: DateTime<Utc>,
    pub(crate) ends_at: DateTime<Utc>,
}

/// Is what a job does.
pub(crate) enum JobWork {
    /// Creates these keys, which have consecutive indices.
    CreateKeys(Range<Index>),
    /// Refreshes a connection; holds the outcome when that is done.
    Refresh(Option<Result<(), &'static str>>),
}

impl JobWork {
    pub(crate) fn name(&self) -> &'static str {
        match self {
            Self::CreateKeys(_) => "createKeys",
            Self::Refresh(_) => "refreshLockConnection",
        }
    }
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;

    use super::*;
    use crate::domain::ids::Ids;

    #[test]
    fn key_state_follows_from_dates_and_clock() {
        let made = DateTime::UNIX_EPOCH;
        let after = |minutes| made + TimeDelta::minutes(minutes);
        let mut key = Key::new(Ids::seeded(1).next(), 0, 0, made, after(1));
        let state = |key: &Key, minutes| key.state(Tz::UTC, after(minutes));
        assert_eq!([state(&key, 0), state(&key, 1)], ["creating", "active"]);
        key.start = Some(after(10));
        key.end = Some(after(20));
        assert_eq!([0, 9, 10, 20].map(|minutes| state(&key, minutes)), ["creating", "scheduled", "active", "expired"]);
        // 1970-01-01 was a Thursday, weekday 3.
        key.recurrence = Some(Box::new(Recurrence::on(3, [0, 15, 0, 18])));
        assert_eq!(
            [9, 12, 15, 18].map(|minutes| state(&key, minutes)),
            ["scheduled", "inactive", "active", "inactive"]
        );
        key.failed = true;
        assert_eq!([0, 12, 25].map(|minutes| state(&key, minutes)), ["creating", "error", "error"]);
        key.revoked = true;
        assert_eq!(state(&key, 5), "revoked");
    }
}
