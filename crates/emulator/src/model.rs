//! The things the emulator keeps.
//!
//! Only facts are stored. What follows from facts and the clock (a key's state, how many keys a lock has) is derived
//! when somebody reads, and [`views`](crate::views) has the form in which the API shows it. Things name each other by
//! their place in the town's lists, from which nothing is ever removed.

use std::collections::BTreeMap;

use chrono::{DateTime, TimeDelta, Utc};
use chrono_tz::Tz;
use serde::Serialize;

use crate::ids::Id;
use crate::recurrence::Recurrence;

/// A place in one of the town's lists.
pub(crate) type Place = u32;

pub(crate) struct LockHolder {
    pub(crate) id: Id,
    pub(crate) name: String,
    pub(crate) country_iso: String,
    pub(crate) organization_id: String,
    pub(crate) organization_id_suffix: String,
    pub(crate) active_installer_invite_codes: Vec<String>,
    pub(crate) locks: Vec<Place>,
    pub(crate) keys: Vec<Place>,
    pub(crate) roles: Vec<Place>,
}

pub(crate) struct Lock {
    pub(crate) id: Id,
    pub(crate) lock_holder: Place,
    /// The connection that brought it in.
    pub(crate) connection: Place,
    pub(crate) name: String,
    pub(crate) vendor: &'static str,
    pub(crate) image_url: Option<String>,
    pub(crate) auth: BTreeMap<&'static str, &'static str>,
    pub(crate) address: Option<Address>,
    pub(crate) created: DateTime<Utc>,
    pub(crate) duplicate_lock: Option<bool>,
    pub(crate) time_zone: Tz,
    /// Its vendor has it no more: nobody finds it, and its keys are revoked.
    pub(crate) gone: bool,
    pub(crate) keys: Vec<Place>,
    /// How many of its keys are revoked: a lock can have very many, and is shown with the number of the others.
    pub(crate) revoked_keys: usize,
    pub(crate) roles: Vec<Place>,
}

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

pub(crate) struct Key {
    pub(crate) id: Id,
    pub(crate) lock: Place,
    /// Who may open the lock with it.
    pub(crate) person: Place,
    pub(crate) start: Option<DateTime<Utc>>,
    pub(crate) end: Option<DateTime<Utc>>,
    pub(crate) created: DateTime<Utc>,
    /// When the vendor's side of making it is done.
    pub(crate) settled: DateTime<Utc>,
    pub(crate) recurrence: Option<Box<Recurrence>>,
    pub(crate) app_switch_only: Option<bool>,
    pub(crate) revoked: bool,
    /// The vendor could not make it.
    pub(crate) failed: bool,
    /// Who shared this key from the app. Keys made through the API have none.
    pub(crate) shared_by: Option<Place>,
}

impl Key {
    /// The state at one moment. Revoking wins over everything; a new key is `creating` whatever its dates say.
    pub(crate) fn state(&self, time_zone: Tz, now: DateTime<Utc>) -> &'static str {
        if self.revoked {
            "revoked"
        } else if now < self.settled {
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

    /// Whether the key was made through the API: the only keys the API shows.
    pub(crate) fn is_api_made(&self) -> bool {
        self.shared_by.is_none()
    }
}

/// Whoever has, or had, a key or a role.
pub(crate) struct Person {
    /// The mobile number, which is the user id.
    pub(crate) number: String,
    /// Set by some in their app.
    pub(crate) name: Option<String>,
}

pub(crate) struct Role {
    pub(crate) person: Place,
    pub(crate) user_name: Option<String>,
    pub(crate) lock: Place,
    pub(crate) can_share: bool,
    pub(crate) created: DateTime<Utc>,
}

/// A lock holder's account at a vendor, as Unloc keeps it.
pub(crate) struct VendorConnection {
    pub(crate) id: Id,
    pub(crate) lock_holder: Place,
    pub(crate) vendor: &'static str,
    /// The account, and the password that Unloc knows. Virtual locks need none.
    pub(crate) login: Option<(Place, String)>,
    pub(crate) state: ConnectionState,
}

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

    /// Whether the account is free to be connected anew.
    pub(crate) fn is_over(self) -> bool {
        matches!(self, Self::Error | Self::Disconnected)
    }
}

/// An account at a vendor, as the vendor keeps it.
pub(crate) struct Account {
    pub(crate) vendor: &'static str,
    pub(crate) username: String,
    pub(crate) password: String,
    /// Names of locks that were installed, but not brought in by a connection yet.
    pub(crate) installed: Vec<String>,
    /// Locks that were taken down, but are still listed here.
    pub(crate) removed: Vec<Place>,
    /// The vendor answers nothing that is asked for this account.
    pub(crate) is_down: bool,
}

pub(crate) struct KeyEvent {
    pub(crate) id: Id,
    pub(crate) action: &'static str,
    pub(crate) created: DateTime<Utc>,
    pub(crate) key: Place,
    pub(crate) lock: Place,
    /// The lock's name when it happened.
    pub(crate) lock_name: String,
}

impl KeyEvent {
    /// How long events are listed.
    pub(crate) const KEPT: TimeDelta = TimeDelta::days(30);
}

pub(crate) struct Webhook {
    pub(crate) id: Id,
    pub(crate) lock_holder: Place,
    /// The only lock that it is for.
    pub(crate) lock: Option<Place>,
    pub(crate) url: String,
}

/// A picture of a lock.
#[derive(Clone)]
pub(crate) struct Image {
    pub(crate) media_type: &'static str,
    pub(crate) bytes: Vec<u8>,
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;

    use super::*;
    use crate::ids::Ids;

    #[test]
    fn a_keys_state_follows_from_its_dates_and_the_clock() {
        let made = DateTime::UNIX_EPOCH;
        let after = |minutes| made + TimeDelta::minutes(minutes);
        let mut key = Key {
            id: Ids::seeded(1).next(),
            lock: 0,
            person: 0,
            start: None,
            end: None,
            created: made,
            settled: after(1),
            recurrence: None,
            app_switch_only: None,
            revoked: false,
            failed: false,
            shared_by: None,
        };
        let state = |key: &Key, minutes| key.state(Tz::UTC, after(minutes));
        assert_eq!([state(&key, 0), state(&key, 1)], ["creating", "active"]);
        key.start = Some(after(10));
        key.end = Some(after(20));
        assert_eq!([0, 9, 10, 20].map(|minutes| state(&key, minutes)), ["creating", "scheduled", "active", "expired"]);
        // 1970 began on a Thursday.
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
