//! Implements the operation that reads the access log, which lists the uses of keys in the last 60 days.

use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};

use crate::api::v2::caller::{NoParams, ProjectScope};
use crate::api::v2::request::Parameters;
use crate::domain::ids::Id;
use crate::domain::model::KeyEvent;
use crate::http::problem::Problem;
use crate::service::App;

/// Returns a page, the oldest event first. The cursor may be an event that is no longer listed.
pub(crate) async fn list(
    State(app): State<App>,
    scope: ProjectScope<NoParams>,
    parameters: Parameters,
) -> Result<Response, Problem> {
    let now = app.world.now();
    let store = app.world.store();
    let selection = parameters.selection(&store, "excludeSubprojectEvents")?;
    let of_project = |event: &&KeyEvent| store.locks[event.lock as usize].lock_holder == scope.project;
    let of_list: Vec<&KeyEvent> = store.events.iter().filter(of_project).collect();
    let page = parameters.paging()?.page(
        &of_list,
        |cursor| {
            let id = Id::parse(cursor)?;
            of_list.iter().position(|event| event.id == id)
        },
        |event| {
            let key = &store.keys[event.key as usize];
            now - event.created <= KeyEvent::LOGGED
                && selection.person.matches(Some(key.person))
                && selection.lock.matches(Some(event.lock))
                && selection.part.contains(key.source)
        },
        |event| event.id.to_string(),
    )?;
    let events: Vec<_> = page.items.iter().map(|event| store.access_event_view(event)).collect();
    Ok(Json(page.body("accessEvents", events)).into_response())
}
