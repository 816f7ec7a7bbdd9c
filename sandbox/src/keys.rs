//! Keys: list, create, read, revoke.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::body::JsonBody;
use crate::caller::{Home, NoMore, OneLock, OneUser, UserAtLock};
use crate::error::ApiError;
use crate::fields::phone;
use crate::key_request::KeyRequest;
use crate::model::{Key, User};
use crate::paging::Paging;
use crate::state::{App, KeyView};

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Keys {
    keys: Vec<KeyView>,
    #[serde(skip_serializing_if = "Option::is_none")]
    start_after_id: Option<String>,
}

impl Keys {
    /// One page of those keys that were made through the API: keys shared from the app are never shown.
    fn page<'a>(
        keys: impl Iterator<Item = &'a Key>,
        paging: &Paging,
        now: DateTime<Utc>,
    ) -> Result<Json<Self>, ApiError> {
        let (keys, start_after_id) =
            paging.page(keys.filter(|key| key.is_api_made()), |key| key.id.clone(), |_| true)?;
        Ok(Json(Self { keys: keys.into_iter().map(|key| KeyView::of(key, now)).collect(), start_after_id }))
    }
}

#[derive(Serialize)]
pub(crate) struct SingleKey {
    key: KeyView,
}

/// The parameters of a path to one key.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct OneKey {
    lock_id: String,
    key_id: String,
}

pub(crate) async fn list(State(app): State<App>, home: Home<NoMore>, paging: Paging) -> Result<Json<Keys>, ApiError> {
    let now = app.now();
    Keys::page(app.town().keys_of(&home.lock_holder_id), &paging, now)
}

pub(crate) async fn list_for_lock(
    State(app): State<App>,
    home: Home<OneLock>,
    paging: Paging,
) -> Result<Json<Keys>, ApiError> {
    let now = app.now();
    let town = app.town();
    let lock = town.lock(&home.lock_holder_id, &home.path.lock_id)?;
    Keys::page(town.keys_of(&home.lock_holder_id).filter(|key| key.lock_id == lock.id), &paging, now)
}

/// A user nobody gave a key has none: users are not made, so none is unknown.
pub(crate) async fn list_for_user(State(app): State<App>, home: Home<OneUser>) -> Result<Json<Keys>, ApiError> {
    let user_id = phone("userId", &home.path.user_id)?;
    let now = app.now();
    let town = app.town();
    let keys = town.keys_of(&home.lock_holder_id).filter(|key| key.to_user.id == user_id);
    Keys::page(keys, &Paging::default(), now)
}

pub(crate) async fn create_for_lock_holder(
    State(app): State<App>,
    home: Home<NoMore>,
    JsonBody(body): JsonBody,
) -> Result<Json<SingleKey>, ApiError> {
    let lock_id = body.required("lockId", body.text("lockId", 1..=1024)?)?;
    let request = KeyRequest::read(&body, app.now())?;
    create_key(&app, home.lock_holder_id, lock_id, request)
}

pub(crate) async fn create(
    State(app): State<App>,
    home: Home<OneLock>,
    JsonBody(body): JsonBody,
) -> Result<Json<SingleKey>, ApiError> {
    let request = KeyRequest::read(&body, app.now())?;
    create_key(&app, home.lock_holder_id, &home.path.lock_id, request)
}

fn create_key(
    app: &App,
    lock_holder_id: String,
    lock_id: &str,
    request: KeyRequest,
) -> Result<Json<SingleKey>, ApiError> {
    let mut town = app.town();
    let lock_id = town.lock(&lock_holder_id, lock_id)?.id.clone();
    let key = Key {
        id: town.ids.next(),
        lock_holder_id,
        lock_id,
        to_user: User { name: town.people.get(&request.user_id).cloned(), id: request.user_id },
        start: request.start,
        end: request.end,
        created: request.made,
        recurrence: request.recurrence,
        app_switch_only: request.app_switch_only,
        revoked: false,
        shared_by: None,
    };
    let view = KeyView::of(&key, key.created);
    town.keys.push(key);
    Ok(Json(SingleKey { key: view }))
}

pub(crate) async fn read(State(app): State<App>, home: Home<OneKey>) -> Result<Json<SingleKey>, ApiError> {
    let now = app.now();
    let town = app.town();
    let lock = town.lock(&home.lock_holder_id, &home.path.lock_id)?;
    let key = town.keys.iter().find(|key| home.path.is(key, &lock.id));
    let key = key.ok_or_else(|| home.path.unknown())?;
    Ok(Json(SingleKey { key: KeyView::of(key, now) }))
}

pub(crate) async fn update(
    State(app): State<App>,
    home: Home<OneKey>,
    JsonBody(body): JsonBody,
) -> Result<Json<SingleKey>, ApiError> {
    let state = body.required("state", body.text("state", 0..=1024)?)?;
    if state != "revoked" {
        return Err(body.wrong("state", "can only be set to revoked").into());
    }
    let now = app.now();
    let mut town = app.town();
    let lock_id = town.lock(&home.lock_holder_id, &home.path.lock_id)?.id.clone();
    let key = town.keys.iter_mut().find(|key| home.path.is(key, &lock_id));
    let key = key.ok_or_else(|| home.path.unknown())?;
    key.revoked = true;
    Ok(Json(SingleKey { key: KeyView::of(key, now) }))
}

impl OneKey {
    fn is(&self, key: &Key, lock_id: &str) -> bool {
        key.id == self.key_id && key.lock_id == lock_id && key.is_api_made()
    }

    fn unknown(&self) -> ApiError {
        ApiError::not_found(format!("This lock has no key {:?}", self.key_id))
    }
}

pub(crate) async fn delete_shared(State(app): State<App>, home: Home<OneUser>) -> Result<StatusCode, ApiError> {
    let user_id = phone("userId", &home.path.user_id)?;
    revoke_shared(&app, &user_id, |key| key.lock_holder_id == home.lock_holder_id);
    Ok(StatusCode::NO_CONTENT)
}

pub(crate) async fn delete_shared_for_lock(
    State(app): State<App>,
    home: Home<UserAtLock>,
) -> Result<StatusCode, ApiError> {
    let user_id = phone("userId", &home.path.user_id)?;
    let lock_id = app.town().lock(&home.lock_holder_id, &home.path.lock_id)?.id.clone();
    revoke_shared(&app, &user_id, |key| key.lock_id == lock_id);
    Ok(StatusCode::NO_CONTENT)
}

/// Takes back what a user shared from the app. Doing it twice is no error: there is nothing left the second time.
fn revoke_shared(app: &App, user_id: &str, reaches: impl Fn(&Key) -> bool) {
    for key in &mut app.town().keys {
        if key.shared_by.as_deref() == Some(user_id) && reaches(key) {
            key.revoked = true;
        }
    }
}
