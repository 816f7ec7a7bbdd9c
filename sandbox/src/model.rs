//! The things the sandbox keeps, in the form the Integrator API shows them.
//!
//! Only facts are stored. What follows from facts and the clock (a key's state, how many keys a lock has) is derived
//! when somebody reads; see [`state`](crate::state).

use std::collections::BTreeMap;

use chrono::{DateTime, TimeDelta, Utc};
use serde::Serialize;

use crate::clock;

#[derive(Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct LockHolder {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) country_iso: String,
    pub(crate) organization_id: String,
    pub(crate) organization_id_suffix: String,
    pub(crate) active_installer_invite_codes: Vec<String>,
}

#[derive(Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Lock {
    pub(crate) id: String,
    #[serde(skip)]
    pub(crate) lock_holder_id: String,
    pub(crate) name: String,
    pub(crate) vendor: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) image_url: Option<String>,
    pub(crate) auth: BTreeMap<&'static str, &'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) address: Option<Address>,
    #[serde(serialize_with = "clock::serialize")]
    pub(crate) created: DateTime<Utc>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) duplicate_lock: Option<bool>,
}

#[derive(Clone, Serialize)]
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

#[derive(Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Key {
    pub(crate) id: String,
    #[serde(skip)]
    pub(crate) lock_holder_id: String,
    pub(crate) lock_id: String,
    pub(crate) to_user: User,
    #[serde(serialize_with = "clock::serialize_nullable")]
    pub(crate) start: Option<DateTime<Utc>>,
    #[serde(serialize_with = "clock::serialize_nullable")]
    pub(crate) end: Option<DateTime<Utc>>,
    #[serde(serialize_with = "clock::serialize")]
    pub(crate) created: DateTime<Utc>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) recurrence: Option<BTreeMap<String, Period>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) app_switch_only: Option<bool>,
    #[serde(skip)]
    pub(crate) revoked: bool,
    /// The user who shared this key from the app. Keys made through the API have none.
    #[serde(skip)]
    pub(crate) shared_by: Option<String>,
}

impl Key {
    /// How long the vendor's side of making a key takes here. The service takes seconds and in extreme cases hours.
    const SETTLING: TimeDelta = TimeDelta::milliseconds(200);

    /// The state at one moment. Revoking wins over everything; a new key is `creating` whatever its dates say.
    pub(crate) fn state(&self, now: DateTime<Utc>) -> &'static str {
        if self.revoked {
            "revoked"
        } else if now.signed_duration_since(self.created) < Self::SETTLING {
            "creating"
        } else if self.end.is_some_and(|end| end <= now) {
            "expired"
        } else if self.start.is_some_and(|start| start > now) {
            "scheduled"
        } else {
            "active"
        }
    }

    /// Whether the key was made through the API: the only keys the API shows.
    pub(crate) fn is_api_made(&self) -> bool {
        self.shared_by.is_none()
    }
}

#[derive(Clone, Serialize)]
pub(crate) struct User {
    pub(crate) id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) name: Option<String>,
}

/// One weekday's period of a recurring key.
#[derive(Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Period {
    pub(crate) start_hour: i64,
    pub(crate) start_minute: i64,
    pub(crate) end_hour: i64,
    pub(crate) end_minute: i64,
}

#[derive(Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Role {
    pub(crate) user_id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) user_name: Option<String>,
    #[serde(skip)]
    pub(crate) lock_holder_id: String,
    pub(crate) lock_id: String,
    pub(crate) can_share: bool,
    #[serde(serialize_with = "clock::serialize")]
    pub(crate) created: DateTime<Utc>,
}

impl Role {
    /// The documented form of a role's cursor. Roles have no id of their own.
    pub(crate) fn cursor(&self) -> String {
        format!("{}.{}", self.user_id, self.lock_id)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(created: DateTime<Utc>) -> Key {
        Key {
            id: "k".to_owned(),
            lock_holder_id: "h".to_owned(),
            lock_id: "l".to_owned(),
            to_user: User { id: "+12125550100".to_owned(), name: None },
            start: None,
            end: None,
            created,
            recurrence: None,
            app_switch_only: None,
            revoked: false,
            shared_by: None,
        }
    }

    #[test]
    fn a_keys_state_follows_from_its_dates_and_the_clock() {
        let made = DateTime::UNIX_EPOCH;
        let after = |minutes| made + TimeDelta::minutes(minutes);
        let mut key = key(made);
        assert_eq!(key.state(made), "creating");
        assert_eq!(key.state(made + TimeDelta::milliseconds(199)), "creating");
        assert_eq!(key.state(made + TimeDelta::milliseconds(200)), "active");
        key.start = Some(after(10));
        key.end = Some(after(20));
        assert_eq!(key.state(made), "creating");
        assert_eq!(key.state(after(9)), "scheduled");
        assert_eq!(key.state(after(10)), "active");
        assert_eq!(key.state(after(20)), "expired");
        key.revoked = true;
        assert_eq!(key.state(after(5)), "revoked");
    }
}
