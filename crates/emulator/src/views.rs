//! Things in the form the Integrator API shows them.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde::Serialize;

use crate::clock;
use crate::ids::Id;
use crate::model::{Address, Place};
use crate::recurrence::Recurrence;
use crate::town::Town;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct LockHolderView<'a> {
    id: Id,
    name: &'a str,
    country_iso: &'a str,
    organization_id: &'a str,
    organization_id_suffix: &'a str,
    active_installer_invite_codes: &'a [String],
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct LockView<'a> {
    id: Id,
    name: &'a str,
    vendor: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    image_url: Option<&'a str>,
    auth: &'a BTreeMap<&'static str, &'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    address: Option<&'a Address>,
    #[serde(serialize_with = "clock::serialize")]
    created: DateTime<Utc>,
    #[serde(skip_serializing_if = "Option::is_none")]
    duplicate_lock: Option<bool>,
    can_create_keys_count: usize,
    keys_created_count: usize,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct KeyView<'a> {
    id: Id,
    lock_id: Id,
    to_user: UserView<'a>,
    #[serde(serialize_with = "clock::serialize_nullable")]
    start: Option<DateTime<Utc>>,
    #[serde(serialize_with = "clock::serialize_nullable")]
    end: Option<DateTime<Utc>>,
    #[serde(serialize_with = "clock::serialize")]
    created: DateTime<Utc>,
    #[serde(skip_serializing_if = "Option::is_none")]
    recurrence: Option<&'a Recurrence>,
    #[serde(skip_serializing_if = "Option::is_none")]
    app_switch_only: Option<bool>,
    state: &'static str,
}

#[derive(Serialize)]
pub(crate) struct UserView<'a> {
    id: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<&'a str>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct RoleView<'a> {
    user_id: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    user_name: Option<&'a str>,
    lock_id: Id,
    can_share: bool,
    #[serde(serialize_with = "clock::serialize")]
    created: DateTime<Utc>,
    created_keys: usize,
}

#[derive(Serialize)]
pub(crate) struct ConnectionView {
    id: Id,
    state: &'static str,
    vendor: &'static str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct KeyEventView<'a> {
    id: Id,
    action: &'static str,
    #[serde(serialize_with = "clock::serialize")]
    created: DateTime<Utc>,
    key_id: Id,
    lock_id: Id,
    lock_name: &'a str,
    user_id: &'a str,
    user_name: &'a str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct WebhookView<'a> {
    id: Id,
    webhook_url: &'a str,
}

impl Town {
    pub(crate) fn lock_holder_view(&self, place: Place) -> LockHolderView<'_> {
        let holder = &self.lock_holders[place as usize];
        LockHolderView {
            id: holder.id,
            name: &holder.name,
            country_iso: &holder.country_iso,
            organization_id: &holder.organization_id,
            organization_id_suffix: &holder.organization_id_suffix,
            active_installer_invite_codes: &holder.active_installer_invite_codes,
        }
    }

    pub(crate) fn lock_view(&self, place: Place) -> LockView<'_> {
        let lock = &self.locks[place as usize];
        let can_share = |role: &&Place| self.roles[**role as usize].can_share;
        LockView {
            id: lock.id,
            name: &lock.name,
            vendor: lock.vendor,
            image_url: lock.image_url.as_deref(),
            auth: &lock.auth,
            address: lock.address.as_ref(),
            created: lock.created,
            duplicate_lock: lock.duplicate_lock,
            can_create_keys_count: lock.roles.iter().filter(can_share).count(),
            keys_created_count: lock.keys.len() - lock.revoked_keys,
        }
    }

    pub(crate) fn key_view(&self, place: Place, now: DateTime<Utc>) -> KeyView<'_> {
        let key = &self.keys[place as usize];
        let person = self.person_at(key.person);
        KeyView {
            id: key.id,
            lock_id: self.locks[key.lock as usize].id,
            to_user: UserView { id: &person.number, name: person.name.as_deref() },
            start: key.start,
            end: key.end,
            created: key.created,
            recurrence: key.recurrence.as_deref(),
            app_switch_only: key.app_switch_only,
            state: self.key_state(key, now),
        }
    }

    pub(crate) fn role_view(&self, place: Place) -> RoleView<'_> {
        let role = &self.roles[place as usize];
        let lock = &self.locks[role.lock as usize];
        let shared = |key: &&Place| {
            let key = &self.keys[**key as usize];
            key.shared_by == Some(role.person) && !key.revoked
        };
        RoleView {
            user_id: &self.person_at(role.person).number,
            user_name: role.user_name.as_deref(),
            lock_id: lock.id,
            can_share: role.can_share,
            created: role.created,
            created_keys: lock.keys.iter().filter(shared).count(),
        }
    }

    /// The documented form of a role's cursor. Roles have no id of their own.
    pub(crate) fn role_cursor(&self, place: Place) -> String {
        let role = &self.roles[place as usize];
        format!("{}.{}", self.person_at(role.person).number, self.locks[role.lock as usize].id)
    }

    pub(crate) fn connection_view(&self, place: Place) -> ConnectionView {
        let connection = &self.connections[place as usize];
        ConnectionView { id: connection.id, state: connection.state.name(), vendor: connection.vendor }
    }

    pub(crate) fn event_view<'a>(&'a self, event: &'a crate::model::KeyEvent) -> KeyEventView<'a> {
        let key = &self.keys[event.key as usize];
        let person = self.person_at(key.person);
        KeyEventView {
            id: event.id,
            action: event.action,
            created: event.created,
            key_id: key.id,
            lock_id: self.locks[event.lock as usize].id,
            lock_name: &event.lock_name,
            user_id: &person.number,
            user_name: person.name.as_deref().unwrap_or_default(),
        }
    }

    pub(crate) fn webhook_view(&self, place: usize) -> WebhookView<'_> {
        let webhook = &self.webhooks[place];
        WebhookView { id: webhook.id, webhook_url: &webhook.url }
    }
}
