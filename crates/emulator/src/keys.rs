//! Keys: list, create, read, revoke.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use chrono::{DateTime, Utc};
use serde::Deserialize;
use serde_json::json;

use crate::body::JsonBody;
use crate::caller::{Home, NoMore, OneLock, OneUser, UserAtLock};
use crate::error::ApiError;
use crate::fields::phone;
use crate::key_request::KeyRequest;
use crate::model::{Key, Place};
use crate::paging::Paging;
use crate::quirks::Quirk;
use crate::state::App;
use crate::town::Town;

/// The parameters of a path to one key.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct OneKey {
    lock_id: String,
    key_id: String,
}

/// One page of those keys that were made through the API: keys shared from the app are never shown.
fn page(town: &Town, keys: &[Place], paging: &Paging, now: DateTime<Utc>) -> Result<Response, ApiError> {
    let page = paging.page(
        keys,
        // Places grow in the order of making, as the list does.
        |cursor| town.key(cursor).and_then(|place| keys.binary_search(&place).ok()),
        |key| town.keys[key as usize].is_api_made(),
        |key| town.keys[key as usize].id.to_string(),
    )?;
    let keys: Vec<_> = page.items.iter().map(|key| town.key_view(*key, now)).collect();
    Ok(Json(page.body("keys", keys)).into_response())
}

pub(crate) async fn list(State(app): State<App>, home: Home<NoMore>, paging: Paging) -> Result<Response, ApiError> {
    let now = app.now();
    let town = app.town();
    page(&town, &town.lock_holders[home.lock_holder as usize].keys, &paging, now)
}

pub(crate) async fn list_for_lock(State(app): State<App>, home: Home<OneLock>) -> Result<Response, ApiError> {
    let now = app.now();
    let town = app.town();
    let lock = town.lock(home.lock_holder, &home.path.lock_id)?;
    page(&town, &town.locks[lock as usize].keys, &Paging::WHOLE, now)
}

/// A user nobody gave a key has none: users are not made, so none is unknown.
pub(crate) async fn list_for_user(State(app): State<App>, home: Home<OneUser>) -> Result<Response, ApiError> {
    let user_id = phone("userId", &home.path.user_id)?;
    let now = app.now();
    let town = app.town();
    let person = town.person(&user_id);
    let keys = town.lock_holders[home.lock_holder as usize].keys.iter().copied();
    let keys: Vec<_> = keys.filter(|key| Some(town.keys[*key as usize].person) == person).collect();
    page(&town, &keys, &Paging::WHOLE, now)
}

pub(crate) async fn create_for_lock_holder(
    State(app): State<App>,
    home: Home<NoMore>,
    JsonBody(body): JsonBody,
) -> Result<Response, ApiError> {
    let lock_id = body.required("lockId", body.text("lockId", 1..=1024)?)?;
    let request = KeyRequest::read(&body, &app)?;
    create_key(&app, home.lock_holder, lock_id, request)
}

pub(crate) async fn create(
    State(app): State<App>,
    home: Home<OneLock>,
    JsonBody(body): JsonBody,
) -> Result<Response, ApiError> {
    let request = KeyRequest::read(&body, &app)?;
    create_key(&app, home.lock_holder, &home.path.lock_id, request)
}

fn create_key(app: &App, lock_holder: Place, lock_id: &str, request: KeyRequest) -> Result<Response, ApiError> {
    let mut town = app.town();
    let lock = town.lock(lock_holder, lock_id)?;
    let connection = town.locks[lock as usize].connection;
    let key = Key {
        id: town.ids.next(),
        lock,
        person: town.meet(&request.user_id),
        start: request.start,
        end: request.end,
        created: request.made,
        settled: request.made + town.settling,
        recurrence: request.recurrence,
        app_switch_only: request.app_switch_only,
        revoked: false,
        // What cannot be told to the vendor turns out to be an error when the key is done.
        failed: town.connections[connection as usize].state.is_over(),
        shared_by: None,
    };
    let made = key.created;
    let place = town.add_key(key);
    Ok(Json(json!({ "key": town.key_view(place, made) })).into_response())
}

pub(crate) async fn read(State(app): State<App>, home: Home<OneKey>) -> Result<Response, ApiError> {
    let now = app.now();
    let town = app.town();
    let key = home.path.find(&town, home.lock_holder)?;
    Ok(Json(json!({ "key": town.key_view(key, now) })).into_response())
}

pub(crate) async fn update(
    State(app): State<App>,
    home: Home<OneKey>,
    JsonBody(body): JsonBody,
) -> Result<Response, ApiError> {
    let state = body.required("state", body.text("state", 0..=1024)?)?;
    if state != "revoked" {
        return Err(body.wrong("state", "can only be set to revoked").into());
    }
    let now = app.now();
    let mut town = app.town();
    let place = home.path.find(&town, home.lock_holder)?;
    if app.quirks.has(Quirk::RevokingExpiredConflicts) && town.key_state(&town.keys[place as usize], now) == "expired" {
        return Err(ApiError::conflict("The key has expired"));
    }
    town.revoke(place);
    Ok(Json(json!({ "key": town.key_view(place, now) })).into_response())
}

impl OneKey {
    fn find(&self, town: &Town, lock_holder: Place) -> Result<Place, ApiError> {
        let lock = town.lock(lock_holder, &self.lock_id)?;
        let belongs = |place: &Place| {
            let key = &town.keys[*place as usize];
            key.lock == lock && key.is_api_made()
        };
        let found = town.key(&self.key_id).filter(belongs);
        found.ok_or_else(|| ApiError::not_found(format!("This lock has no key {:?}", self.key_id)))
    }
}

pub(crate) async fn delete_shared(State(app): State<App>, home: Home<OneUser>) -> Result<StatusCode, ApiError> {
    let user_id = phone("userId", &home.path.user_id)?;
    let mut town = app.town();
    revoke_shared(&mut town, &user_id, |town| town.lock_holders[home.lock_holder as usize].keys.clone());
    Ok(StatusCode::NO_CONTENT)
}

pub(crate) async fn delete_shared_for_lock(
    State(app): State<App>,
    home: Home<UserAtLock>,
) -> Result<StatusCode, ApiError> {
    let user_id = phone("userId", &home.path.user_id)?;
    let mut town = app.town();
    let lock = town.lock(home.lock_holder, &home.path.lock_id)?;
    revoke_shared(&mut town, &user_id, |town| town.locks[lock as usize].keys.clone());
    Ok(StatusCode::NO_CONTENT)
}

/// Takes back what a user shared from the app. Doing it twice is no error: there is nothing left the second time.
fn revoke_shared(town: &mut Town, user_id: &str, keys: impl Fn(&Town) -> Vec<Place>) {
    let Some(person) = town.person(user_id) else { return };
    for place in keys(town) {
        if town.keys[place as usize].shared_by == Some(person) {
            town.revoke(place);
        }
    }
}
