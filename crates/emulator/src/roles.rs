//! Roles: who may share keys from the app.

use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use serde_json::json;

use crate::body::JsonBody;
use crate::caller::{Home, NoMore, OneLock, OneUser, UserAtLock};
use crate::error::ApiError;
use crate::fields::phone;
use crate::model::{Place, Role};
use crate::paging::Paging;
use crate::state::App;
use crate::town::Town;

/// One page of those roles that can share: the lists show no others.
fn page(town: &Town, roles: &[Place], paging: &Paging) -> Result<Response, ApiError> {
    let page = paging.page(
        roles,
        |cursor| roles.iter().position(|role| town.role_cursor(*role) == cursor),
        |role| town.roles[role as usize].can_share && !town.locks[town.roles[role as usize].lock as usize].gone,
        |role| town.role_cursor(role),
    )?;
    let roles: Vec<_> = page.items.iter().map(|role| town.role_view(*role)).collect();
    Ok(Json(page.body("roles", roles)).into_response())
}

pub(crate) async fn list(State(app): State<App>, home: Home<NoMore>, paging: Paging) -> Result<Response, ApiError> {
    let town = app.town();
    page(&town, &town.lock_holders[home.lock_holder as usize].roles, &paging)
}

pub(crate) async fn list_for_lock(State(app): State<App>, home: Home<OneLock>) -> Result<Response, ApiError> {
    let town = app.town();
    let lock = town.lock(home.lock_holder, &home.path.lock_id)?;
    page(&town, &town.locks[lock as usize].roles, &Paging::WHOLE)
}

/// A user nobody gave a role has none: users are not made, so none is unknown.
pub(crate) async fn list_for_user(State(app): State<App>, home: Home<OneUser>) -> Result<Response, ApiError> {
    let user_id = phone("userId", &home.path.user_id)?;
    let town = app.town();
    let person = town.person(&user_id);
    let roles = town.lock_holders[home.lock_holder as usize].roles.iter().copied();
    let roles: Vec<_> = roles.filter(|role| Some(town.roles[*role as usize].person) == person).collect();
    page(&town, &roles, &Paging::WHOLE)
}

pub(crate) async fn create_or_update(
    State(app): State<App>,
    home: Home<UserAtLock>,
    JsonBody(body): JsonBody,
) -> Result<Response, ApiError> {
    let user_id = phone("userId", &home.path.user_id)?;
    let can_share = body.required("canShare", body.boolean("canShare")?)?;
    let user_name = body.text("userName", 1..=1024)?.map(str::to_owned);

    let created = app.now();
    let mut town = app.town();
    let lock = town.lock(home.lock_holder, &home.path.lock_id)?;
    let person = town.meet(&user_id);
    let roles = town.locks[lock as usize].roles.iter().copied();
    let known = roles.into_iter().find(|role| town.roles[*role as usize].person == person);
    let place = known.unwrap_or_else(|| town.add_role(Role { person, user_name: None, lock, can_share, created }));
    let role = &mut town.roles[place as usize];
    role.can_share = can_share;
    if user_name.is_some() {
        role.user_name = user_name;
    }
    Ok(Json(json!({ "role": town.role_view(place) })).into_response())
}
