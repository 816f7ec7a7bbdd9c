//! Implements the operations of subprojects, which list and revoke their keys.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;

use crate::api::v2::caller::SubprojectScope;
use crate::api::v2::keys::page;
use crate::api::v2::request::Parameters;
use crate::domain::revocation::Part;
use crate::http::problem::Problem;
use crate::service::App;

pub(crate) async fn list_keys(
    State(app): State<App>,
    scope: SubprojectScope,
    parameters: Parameters,
) -> Result<Response, Problem> {
    let store = app.world.store();
    let selection = parameters.selection_in(&store, Part::Subproject(scope.subproject))?;
    page(&app, &store, scope.project, &parameters, selection)
}

pub(crate) async fn revoke_keys(
    State(app): State<App>,
    scope: SubprojectScope,
    parameters: Parameters,
) -> Result<StatusCode, Problem> {
    let now = app.world.now();
    let mut store = app.world.store();
    let selection = parameters.selection_in(&store, Part::Subproject(scope.subproject))?;
    store.revoke_keys(scope.project, selection, now);
    Ok(StatusCode::NO_CONTENT)
}

pub(crate) async fn revoke_shared_keys(
    State(app): State<App>,
    scope: SubprojectScope,
    parameters: Parameters,
) -> Result<StatusCode, Problem> {
    let mut store = app.world.store();
    let selection = parameters.selection_in(&store, Part::Subproject(scope.subproject))?;
    store.revoke_shared_keys(scope.project, selection);
    Ok(StatusCode::NO_CONTENT)
}
