//! Implements the operations of sharing rights, which are the roles of version 1 that may share keys.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};

use crate::api::v2::caller::{NoParams, ProjectScope};
use crate::api::v2::new_key::{app_user_id, lock};
use crate::api::v2::request::{JsonFields, Parameters};
use crate::domain::error::Invalid;
use crate::domain::model::{Index, Role};
use crate::domain::store::Store;
use crate::http::fields::Fields;
use crate::http::problem::Problem;
use crate::service::App;

/// Leaves out the rights of subprojects. Nothing in the emulator has such rights, because no operation creates them.
const EXCLUDE_SUBPROJECTS: &str = "excludeSubprojectSharingRights";

pub(crate) async fn list(
    State(app): State<App>,
    scope: ProjectScope<NoParams>,
    parameters: Parameters,
) -> Result<Response, Problem> {
    let store = app.world.store();
    let selection = parameters.selection(&store, EXCLUDE_SUBPROJECTS)?;
    let roles = &store.lock_holders[scope.project as usize].roles;
    let page = parameters.paging()?.page(
        roles,
        |cursor| roles.iter().position(|role| store.role_cursor(*role) == cursor),
        |index| {
            let role = &store.roles[index as usize];
            role.can_share
                && !store.locks[role.lock as usize].removed
                && selection.person.matches(Some(role.person))
                && selection.lock.matches(Some(role.lock))
        },
        |role| store.role_cursor(role),
    )?;
    let rights: Vec<_> = page.items.iter().map(|role| store.sharing_right_view(*role)).collect();
    Ok(Json(page.body("sharingRights", rights)).into_response())
}

/// Creates all rights of a request, or none.
pub(crate) async fn create(
    State(app): State<App>,
    scope: ProjectScope<NoParams>,
    JsonFields(body): JsonFields,
) -> Result<StatusCode, Problem> {
    let created = app.world.now();
    let mut store = app.world.store();
    let rights = read(&body, &store, scope.project).map_err(Problem::invalid_params)?;
    for (lock, number) in rights {
        let person = store.find_or_add_person(&number);
        match find_role(&store, lock, person) {
            Some(role) => store.roles[role as usize].can_share = true,
            None => {
                store.add_role(Role { person, user_name: None, lock, can_share: true, created });
            }
        }
    }
    Ok(StatusCode::NO_CONTENT)
}

/// Reads locks and numbers. A right that exists, or occurs twice in the request, is an error.
fn read(body: &Fields, store: &Store, project: Index) -> Result<Vec<(Index, String)>, Vec<Invalid>> {
    let one = |invalid| vec![invalid];
    let items = body.objects("sharingRights").map_err(one)?;
    let items = body.required("sharingRights", items).map_err(one)?;
    if items.is_empty() {
        return Err(one(body.error("sharingRights", "must have at least one sharing right")));
    }
    let (mut rights, mut wrong) = (Vec::new(), Vec::new());
    for item in &items {
        let right = || {
            let right = (lock(item, "lockId", store, project)?, app_user_id(item)?);
            let role = store.person(&right.1).and_then(|person| find_role(store, right.0, person));
            if role.is_some_and(|role| store.roles[role as usize].can_share) || rights.contains(&right) {
                return Err(item.error("appUserId", "has this sharing right already"));
            }
            Ok(right)
        };
        match right() {
            Ok(right) => rights.push(right),
            Err(invalid) => wrong.push(invalid),
        }
    }
    if wrong.is_empty() { Ok(rights) } else { Err(wrong) }
}

fn find_role(store: &Store, lock: Index, person: Index) -> Option<Index> {
    let roles = store.locks[lock as usize].roles.iter().copied();
    roles.into_iter().find(|role| store.roles[*role as usize].person == person)
}

/// Revokes the rights that the filters match, or without a filter all rights of the project, as the service does.
pub(crate) async fn revoke(
    State(app): State<App>,
    scope: ProjectScope<NoParams>,
    parameters: Parameters,
) -> Result<StatusCode, Problem> {
    let mut store = app.world.store();
    let selection = parameters.selection(&store, EXCLUDE_SUBPROJECTS)?;
    store.revoke_sharing_rights(scope.project, selection);
    Ok(StatusCode::NO_CONTENT)
}
