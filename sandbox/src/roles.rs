//! Roles: who may share keys from the app.

use axum::Json;
use axum::extract::State;
use serde::Serialize;

use crate::body::JsonBody;
use crate::caller::{Home, NoMore, OneLock, OneUser, UserAtLock};
use crate::error::ApiError;
use crate::fields::phone;
use crate::model::Role;
use crate::paging::Paging;
use crate::state::{App, RoleView, Town};

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Roles {
    roles: Vec<RoleView>,
    #[serde(skip_serializing_if = "Option::is_none")]
    start_after_id: Option<String>,
}

impl Roles {
    /// One page of those roles that can share: the lists show no others.
    fn page<'a>(roles: impl Iterator<Item = &'a Role>, paging: &Paging, town: &Town) -> Result<Json<Self>, ApiError> {
        let (roles, start_after_id) = paging.page(roles, Role::cursor, |role| role.can_share)?;
        Ok(Json(Self { roles: roles.into_iter().map(|role| town.role_view(role)).collect(), start_after_id }))
    }
}

#[derive(Serialize)]
pub(crate) struct SingleRole {
    role: RoleView,
}

pub(crate) async fn list(State(app): State<App>, home: Home<NoMore>, paging: Paging) -> Result<Json<Roles>, ApiError> {
    let town = app.town();
    Roles::page(town.roles_of(&home.lock_holder_id), &paging, &town)
}

pub(crate) async fn list_for_lock(State(app): State<App>, home: Home<OneLock>) -> Result<Json<Roles>, ApiError> {
    let town = app.town();
    let lock = town.lock(&home.lock_holder_id, &home.path.lock_id)?;
    let roles = town.roles_of(&home.lock_holder_id).filter(|role| role.lock_id == lock.id);
    Roles::page(roles, &Paging::default(), &town)
}

pub(crate) async fn list_for_user(State(app): State<App>, home: Home<OneUser>) -> Result<Json<Roles>, ApiError> {
    let user_id = phone("userId", &home.path.user_id)?;
    let town = app.town();
    let roles = town.roles_of(&home.lock_holder_id).filter(|role| role.user_id == user_id);
    Roles::page(roles, &Paging::default(), &town)
}

pub(crate) async fn create_or_update(
    State(app): State<App>,
    home: Home<UserAtLock>,
    JsonBody(body): JsonBody,
) -> Result<Json<SingleRole>, ApiError> {
    let user_id = phone("userId", &home.path.user_id)?;
    let can_share = body.required("canShare", body.boolean("canShare")?)?;
    let user_name = body.text("userName", 1..=1024)?.map(str::to_owned);

    let created = app.now();
    let mut town = app.town();
    let lock_id = town.lock(&home.lock_holder_id, &home.path.lock_id)?.id.clone();
    let place = town.roles.iter().position(|role| role.lock_id == lock_id && role.user_id == user_id);
    let place = place.unwrap_or(town.roles.len());
    if place == town.roles.len() {
        let lock_holder_id = home.lock_holder_id;
        town.roles.push(Role { user_id, user_name: None, lock_holder_id, lock_id, can_share, created });
    }
    let role = &mut town.roles[place];
    role.can_share = can_share;
    if user_name.is_some() {
        role.user_name = user_name;
    }
    Ok(Json(SingleRole { role: town.role_view(&town.roles[place]) }))
}
