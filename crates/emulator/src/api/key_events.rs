//! Implements the operations of key events, which list the uses of keys in the last 30 days.

use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};

use crate::api::caller::{LockHolderScope, LockParams, NoParams};
use crate::api::paging::Paging;
use crate::domain::ids::Id;
use crate::domain::model::KeyEvent;
use crate::domain::store::Store;
use crate::http::error::ApiError;
use crate::service::App;

pub(crate) async fn list(
    State(app): State<App>,
    scope: LockHolderScope<NoParams>,
    paging: Paging,
) -> Result<Response, ApiError> {
    let store = app.world.store();
    page(&store, &app, &paging, |event| store.locks[event.lock as usize].lock_holder == scope.lock_holder)
}

pub(crate) async fn list_for_lock(
    State(app): State<App>,
    scope: LockHolderScope<LockParams>,
    paging: Paging,
) -> Result<Response, ApiError> {
    let store = app.world.store();
    let lock = store.lock(scope.lock_holder, &scope.params.lock_id)?;
    page(&store, &app, &paging, |event| event.lock == lock)
}

/// Returns a page, the oldest event first. The cursor may be an event that is no longer listed.
fn page(store: &Store, app: &App, paging: &Paging, belongs: impl Fn(&KeyEvent) -> bool) -> Result<Response, ApiError> {
    let now = app.world.now();
    let of_list: Vec<&KeyEvent> = store.events.iter().filter(|event| belongs(event)).collect();
    let page = paging.page(
        &of_list,
        |cursor| {
            let id = Id::parse(cursor)?;
            of_list.iter().position(|event| event.id == id)
        },
        |event| now - event.created <= KeyEvent::LISTED,
        |event| event.id.to_string(),
    )?;
    let events: Vec<_> = page.items.iter().map(|event| store.event_view(event)).collect();
    Ok(Json(page.body("keyEvents", events)).into_response())
}
