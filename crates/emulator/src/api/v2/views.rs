//! Converts records to the JSON of version 2.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde::Serialize;

use crate::domain::clock;
use crate::domain::ids::Id;
use crate::domain::model::{Address, Index, KeyEvent, Metadata};
use crate::domain::recurrence::{Period, Recurrence};
use crate::domain::resource::ORGANIZATION_ID;
use crate::domain::store::Store;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ProjectView<'a> {
    id: Id,
    name: &'a str,
    organization_id: &'static str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ProjectLockView<'a> {
    id: Id,
    name: &'a str,
    vendor: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    image_url: Option<&'a str>,
    address: Option<AddressView<'a>>,
    auth: &'a BTreeMap<&'static str, &'static str>,
    #[serde(serialize_with = "clock::serialize")]
    created: DateTime<Utc>,
    #[serde(skip_serializing_if = "Option::is_none")]
    duplicate_lock: Option<bool>,
    can_create_keys_count: usize,
    keys_created_count: usize,
}

/// Is an address with only the fields that are known from version 2.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct AddressView<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    street: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    floor: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    visitor_instructions: Option<&'a str>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ProjectKeyView<'a> {
    id: Id,
    lock_id: Id,
    app_user: AppUserView<'a>,
    #[serde(serialize_with = "clock::serialize_nullable")]
    start: Option<DateTime<Utc>>,
    #[serde(serialize_with = "clock::serialize_nullable")]
    end: Option<DateTime<Utc>>,
    #[serde(serialize_with = "clock::serialize")]
    created: DateTime<Utc>,
    state: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    recurrence: Option<RecurrenceView>,
    #[serde(skip_serializing_if = "Option::is_none")]
    metadata: Option<&'a Metadata>,
}

#[derive(Serialize)]
struct AppUserView<'a> {
    id: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<&'a str>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct RecurrenceView {
    time_spans: Vec<TimeSpanView>,
}

#[derive(Serialize)]
struct TimeSpanView {
    weekday: &'static str,
    #[serde(flatten)]
    period: Period,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct SharingRightView<'a> {
    lock_id: Id,
    app_user_id: &'a str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct AccessEventView<'a> {
    id: Id,
    action: &'static str,
    #[serde(serialize_with = "clock::serialize")]
    created: DateTime<Utc>,
    key_id: Id,
    lock_id: Id,
    lock_name: &'a str,
    app_user_id: &'a str,
    user_name: &'a str,
}

impl RecurrenceView {
    fn of(recurrence: &Recurrence) -> Self {
        Self { time_spans: recurrence.periods().map(|(weekday, period)| TimeSpanView { weekday, period }).collect() }
    }
}

impl<'a> AddressView<'a> {
    fn of(address: &'a Address) -> Self {
        Self {
            street: address.street.as_deref(),
            floor: address.floor.as_deref(),
            visitor_instructions: address.visitor_instructions.as_deref(),
        }
    }
}

impl Store {
    pub(crate) fn project_view(&self, index: Index) -> ProjectView<'_> {
        let holder = &self.lock_holders[index as usize];
        ProjectView { id: holder.id, name: &holder.name, organization_id: ORGANIZATION_ID }
    }

    pub(crate) fn project_lock_view(&self, index: Index) -> ProjectLockView<'_> {
        let lock = &self.locks[index as usize];
        let can_share = |role: &&Index| self.roles[**role as usize].can_share;
        ProjectLockView {
            id: lock.id,
            name: &lock.name,
            vendor: lock.vendor,
            image_url: lock.image_url.as_deref(),
            address: lock.address.as_ref().map(AddressView::of),
            auth: &lock.auth,
            created: lock.created,
            duplicate_lock: lock.duplicate_lock,
            can_create_keys_count: lock.roles.iter().filter(can_share).count(),
            keys_created_count: lock.keys.len() - lock.revoked_keys,
        }
    }

    pub(crate) fn project_key_view(&self, index: Index, now: DateTime<Utc>) -> ProjectKeyView<'_> {
        let key = &self.keys[index as usize];
        let person = self.person_at(key.person);
        ProjectKeyView {
            id: key.id,
            lock_id: self.locks[key.lock as usize].id,
            app_user: AppUserView { id: &person.number, name: person.name.as_deref() },
            start: key.start,
            end: key.end,
            created: key.created,
            state: self.key_state(key, now),
            recurrence: key.recurrence.as_deref().map(RecurrenceView::of),
            metadata: key.metadata.as_deref(),
        }
    }

    pub(crate) fn sharing_right_view(&self, index: Index) -> SharingRightView<'_> {
        let role = &self.roles[index as usize];
        let lock_id = self.locks[role.lock as usize].id;
        SharingRightView { lock_id, app_user_id: &self.person_at(role.person).number }
    }

    pub(crate) fn access_event_view<'a>(&'a self, event: &'a KeyEvent) -> AccessEventView<'a> {
        let key = &self.keys[event.key as usize];
        let person = self.person_at(key.person);
        AccessEventView {
            id: event.id,
            action: event.action,
            created: event.created,
            key_id: key.id,
            lock_id: self.locks[event.lock as usize].id,
            lock_name: &event.lock_name,
            app_user_id: &person.number,
            user_name: person.name.as_deref().unwrap_or_default(),
        }
    }
}
