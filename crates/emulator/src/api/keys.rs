//! Implements the operations of keys: list, create, read, revoke.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use chrono::{DateTime, Utc};
use serde::Deserialize;
use serde_json::json;

use crate::api::caller::{LockHolderScope, LockParams, LockUserParams, NoParams, UserParams};
use crate::api::key_request::KeyRequest;
use crate::api::paging::Paging;
use crate::domain::formats::phone;
use crate::domain::model::{Index, Key};
use crate::domain::store::Store;
use crate::faults::quirks::Quirk;
use crate::http::error::ApiError;
use crate::http::request_body::JsonBody;
use crate::service::App;

/// Holds the parameters of a path to a key.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct KeyParams {
    lock_id: String,
    key_id: String,
}

/// Returns a page of the keys made through the API. Keys shared from the app are never listed.
fn page(store: &Store, keys: &[Index], paging: &Paging, now: DateTime<Utc>) -> Result<Response, ApiError> {
    let page = paging.page(
        keys,
        // Both the indices and the list are in the order of creation, so the list is sorted.
        |cursor| store.key(cursor).and_then(|index| keys.binary_search(&index).ok()),
        |key| store.keys[key as usize].is_from_api(),
        |key| store.keys[key as usize].id.to_string(),
    )?;
    let keys: Vec<_> = page.items.iter().map(|key| store.key_view(*key, now)).collect();
    Ok(Json(page.body("keys", keys)).into_response())
}

pub(crate) async fn list(
    State(app): State<App>,
    scope: LockHolderScope<NoParams>,
    paging: Paging,
) -> Result<Response, ApiError> {
    let now = app.world.now();
    let store = app.world.store();
    page(&store, &store.lock_holders[scope.lock_holder as usize].keys, &paging, now)
}

pub(crate) async fn list_for_lock(
    State(app): State<App>,
    scope: LockHolderScope<LockParams>,
) -> Result<Response, ApiError> {
    let now = app.world.now();
    let store = app.world.store();
    let lock = store.lock(scope.lock_holder, &scope.params.lock_id)?;
    page(&store, &store.locks[lock as usize].keys, &Paging::WHOLE, now)
}

/// Lists a user's keys. Users are not created, so an unknown user has an empty list instead of a 404.
pub(crate) async fn list_for_user(
    State(app): State<App>,
    scope: LockHolderScope<UserParams>,
) -> Result<Response, ApiError> {
    let user_id = phone("userId", &scope.params.user_id)?;
    let now = app.world.now();
    let store = app.world.store();
    let person = store.person(&user_id);
    let keys = store.lock_holders[scope.lock_holder as usize].keys.iter().copied();
    let keys: Vec<_> = keys.filter(|key| Some(store.keys[*key as usize].person) == person).collect();
    page(&store, &keys, &Paging::WHOLE, now)
}

pub(crate) async fn create_for_lock_holder(
    State(app): State<App>,
    scope: LockHolderScope<NoParams>,
    JsonBody(body): JsonBody,
) -> Result<Response, ApiError> {
    let lock_id = body.required("lockId", body.text("lockId", 1..=1024)?)?;
    let request = KeyRequest::read(&body, &app)?;
    create_key(&app, scope.lock_holder, lock_id, request)
}

pub(crate) async fn create(
    State(app): State<App>,
    scope: LockHolderScope<LockParams>,
    JsonBody(body): JsonBody,
) -> Result<Response, ApiError> {
    let request = KeyRequest::read(&body, &app)?;
    create_key(&app, scope.lock_holder, &scope.params.lock_id, request)
}

fn create_key(app: &App, lock_holder: Index, lock_id: &str, request: KeyRequest) -> Result<Response, ApiError> {
    let mut store = app.world.store();
    let lock = store.lock(lock_holder, lock_id)?;
    let connection = store.locks[lock as usize].connection;
    let (id, person, now) = (store.ids.next(), store.find_or_add_person(&request.user_id), request.received_at);
    let key = Key {
        start: request.start,
        end: request.end,
        recurrence: request.recurrence,
        app_switch_only: request.app_switch_only,
        // If the connection is down now, the vendor never hears of the key: its state becomes `error` after `creating`.
        failed: store.connections[connection as usize].state.is_broken(),
        ..Key::new(id, lock, person, now, now + store.vendor_latency)
    };
    let index = store.add_key(key);
    Ok(Json(json!({ "key": store.key_view(index, now) })).into_response())
}

pub(crate) async fn read(State(app): State<App>, scope: LockHolderScope<KeyParams>) -> Result<Response, ApiError> {
    let now = app.world.now();
    let store = app.world.store();
    let key = scope.params.find(&store, scope.lock_holder)?;
    Ok(Json(json!({ "key": store.key_view(key, now) })).into_response())
}

pub(crate) async fn update(
    State(app): State<App>,
    scope: LockHolderScope<KeyParams>,
    JsonBody(body): JsonBody,
) -> Result<Response, ApiError> {
    let state = body.required("state", body.text("state", 0..=1024)?)?;
    if state != "revoked" {
        return Err(body.error("state", "can only be set to revoked").into());
    }
    let now = app.world.now();
    let mut store = app.world.store();
    let index = scope.params.find(&store, scope.lock_holder)?;
    if app.quirks.has(Quirk::RevokingExpiredConflicts) && store.key_state(&store.keys[index as usize], now) == "expired"
    {
        return Err(ApiError::conflict("The key has expired"));
    }
    store.revoke(index);
    Ok(Json(json!({ "key": store.key_view(index, now) })).into_response())
}

impl KeyParams {
    fn find(&self, store: &Store, lock_holder: Index) -> Result<Index, ApiError> {
        let lock = store.lock(lock_holder, &self.lock_id)?;
        let belongs = |index: &Index| {
            let key = &store.keys[*index as usize];
            key.lock == lock && key.is_from_api()
        };
        let found = store.key(&self.key_id).filter(belongs);
        found.ok_or_else(|| ApiError::not_found(format!("This lock has no key {:?}", self.key_id)))
    }
}

pub(crate) async fn delete_shared(
    State(app): State<App>,
    scope: LockHolderScope<UserParams>,
) -> Result<StatusCode, ApiError> {
    let user_id = phone("userId", &scope.params.user_id)?;
    let mut store = app.world.store();
    revoke_shared(&mut store, &user_id, |store| store.lock_holders[scope.lock_holder as usize].keys.clone());
    Ok(StatusCode::NO_CONTENT)
}

pub(crate) async fn delete_shared_for_lock(
    State(app): State<App>,
    scope: LockHolderScope<LockUserParams>,
) -> Result<StatusCode, ApiError> {
    let user_id = phone("userId", &scope.params.user_id)?;
    let mut store = app.world.store();
    let lock = store.lock(scope.lock_holder, &scope.params.lock_id)?;
    revoke_shared(&mut store, &user_id, |store| store.locks[lock as usize].keys.clone());
    Ok(StatusCode::NO_CONTENT)
}

/// Revokes the keys that a user shared from the app. Idempotent.
fn revoke_shared(store: &mut Store, user_id: &str, keys: impl Fn(&Store) -> Vec<Index>) {
    let Some(person) = store.person(user_id) else { return };
    for index in keys(store) {
        if store.keys[index as usize].shared_by == Some(person) {
            store.revoke(index);
        }
    }
}
