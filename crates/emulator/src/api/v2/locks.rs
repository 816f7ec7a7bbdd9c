//! Implements the operation that lists locks.

use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};

use crate::api::v2::caller::{NoParams, ProjectScope};
use crate::api::v2::request::Parameters;
use crate::domain::ids::Id;
use crate::http::problem::Problem;
use crate::service::App;

pub(crate) async fn list(
    State(app): State<App>,
    scope: ProjectScope<NoParams>,
    parameters: Parameters,
) -> Result<Response, Problem> {
    let store = app.world.store();
    let locks = &store.lock_holders[scope.project as usize].locks;
    let page = parameters.paging()?.page(
        locks,
        |cursor| {
            let id = Id::parse(cursor)?;
            locks.iter().position(|lock| store.locks[*lock as usize].id == id)
        },
        |lock| !store.locks[lock as usize].removed,
        |lock| store.locks[lock as usize].id.to_string(),
    )?;
    let locks: Vec<_> = page.items.iter().map(|lock| store.project_lock_view(*lock)).collect();
    Ok(Json(page.body("locks", locks)).into_response())
}
