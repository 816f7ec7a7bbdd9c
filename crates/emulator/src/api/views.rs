//! Converts records to the JSON of the Integrator API.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde::Serialize;

use crate::domain::clock;
use crate::domain::ids::Id;
use crate::domain::model::{Address, Index};
use crate::domain::recurrence::Recurrence;
use crate::domain::store::Store;

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

impl Store {
    pub(crate) fn lock_holder_view(&self, index: Index) -> LockHolderView<'_> {
        let holder = &self.lock_holders[index as usize];
        LockHolderView {
            id: holder.id,
            name: &holder.name,
            country_iso: &holder.country_iso,
            organization_id: &holder.organization_id,
            organization_id_suffix: &holder.organization_id_suffix,
            active_installer_invite_codes: &holder.active_installer_invite_codes,
        }
    }

    pub(crate) fn lock_view(&self, index: Index) -> LockView<'_> {
        let lock = &self.locks[index as usize];
        let can_share = |role: &&Index| self.roles[**role as usize].can_share;
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

    pub(crate) fn key_view(&self, index: Index, now: DateTime<Utc>) -> KeyView<'_> {
        let key = &self.keys[index as usize];
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

    pub(crate) fn role_view(&self, index: Index) -> RoleView<'_> {
        let role = &self.roles[index as usize];
        let lock = &self.locks[role.lock as usize];
        let shared = |key: &&Index| {
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

    /// Returns a role's cursor in the documented format. Roles have no id.
    pub(crate) fn role_cursor(&self, index: Index) -> String {
        let role = &self.roles[index as usize];
        format!("{}.{}", self.person_at(role.person).number, self.locks[role.lock as usize].id)
    }

    pub(crate) fn connection_view(&self, index: Index) -> ConnectionView {
        let connection = &self.connections[index as usize];
        ConnectionView { id: connection.id, state: connection.state.name(), vendor: connection.vendor }
    }

    pub(crate) fn event_view<'a>(&'a self, event: &'a crate::domain::model::KeyEvent) -> KeyEventView<'a> {
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

    pub(crate) fn webhook_view(&self, index: usize) -> WebhookView<'_> {
        let webhook = &self.webhooks[index];
        WebhookView { id: webhook.id, webhook_url: &webhook.url }
    }
}
