//! Implements the operations of roles, which allow people to share keys from the app.

use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use serde_json::json;

use crate::api::caller::{LockHolderScope, LockParams, LockUserParams, NoParams, UserParams};
use crate::api::paging::Paging;
use crate::domain::formats::phone;
use crate::domain::model::{Index, Role};
use crate::domain::store::Store;
use crate::http::error::ApiError;
use crate::http::request_body::JsonBody;
use crate::service::App;

/// Returns a page of the roles that may share keys. The lists contain no others.
fn page(store: &Store, roles: &[Index], paging: &Paging) -> Result<Response, ApiError> {
    let page = paging.page(
        roles,
        |cursor| roles.iter().position(|role| store.role_cursor(*role) == cursor),
        |role| store.roles[role as usize].can_share && !store.locks[store.roles[role as usize].lock as usize].removed,
        |role| store.role_cursor(role),
    )?;
    let roles: Vec<_> = page.items.iter().map(|role| store.role_view(*role)).collect();
    Ok(Json(page.body("roles", roles)).into_response())
}

pub(crate) async fn list(
    State(app): State<App>,
    scope: LockHolderScope<NoParams>,
    paging: Paging,
) -> Result<Response, ApiError> {
    let store = app.world.store();
    page(&store, &store.lock_holders[scope.lock_holder as usize].roles, &paging)
}

pub(crate) async fn list_for_lock(
    State(app): State<App>,
    scope: LockHolderScope<LockParams>,
) -> Result<Response, ApiError> {
    let store = app.world.store();
    let lock = store.lock(scope.lock_holder, &scope.params.lock_id)?;
    page(&store, &store.locks[lock as usize].roles, &Paging::WHOLE)
}

/// Lists a user's roles. Users are not created, so an unknown user has an empty list instead of a 404.
pub(crate) async fn list_for_user(
    State(app): State<App>,
    scope: LockHolderScope<UserParams>,
) -> Result<Response, ApiError> {
    let user_id = phone("userId", &scope.params.user_id)?;
    let store = app.world.store();
    let person = store.person(&user_id);
    let roles = store.lock_holders[scope.lock_holder as usize].roles.iter().copied();
    let roles: Vec<_> = roles.filter(|role| Some(store.roles[*role as usize].person) == person).collect();
    page(&store, &roles, &Paging::WHOLE)
}

pub(crate) async fn create_or_update(
    State(app): State<App>,
    scope: LockHolderScope<LockUserParams>,
    JsonBody(body): JsonBody,
) -> Result<Response, ApiError> {
    let user_id = phone("userId", &scope.params.user_id)?;
    let can_share = body.required("canShare", body.boolean("canShare")?)?;
    let user_name = body.text("userName", 1..=1024)?.map(str::to_owned);

    let created = app.world.now();
    let mut store = app.world.store();
    let lock = store.lock(scope.lock_holder, &scope.params.lock_id)?;
    let person = store.find_or_add_person(&user_id);
    let roles = store.locks[lock as usize].roles.iter().copied();
    let known = roles.into_iter().find(|role| store.roles[*role as usize].person == person);
    let index = known.unwrap_or_else(|| store.add_role(Role { person, user_name: None, lock, can_share, created }));
    let role = &mut store.roles[index as usize];
    role.can_share = can_share;
    if user_name.is_some() {
        role.user_name = user_name;
    }
    Ok(Json(json!({ "role": store.role_view(index) })).into_response())
}
