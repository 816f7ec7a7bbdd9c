//! Key events: what was done with keys during the last 30 days.

use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};

use crate::caller::{Home, NoMore, OneLock};
use crate::error::ApiError;
use crate::ids::Id;
use crate::model::KeyEvent;
use crate::paging::Paging;
use crate::state::App;
use crate::town::Town;

pub(crate) async fn list(State(app): State<App>, home: Home<NoMore>, paging: Paging) -> Result<Response, ApiError> {
    let town = app.town();
    page(&town, &app, &paging, |event| town.locks[event.lock as usize].lock_holder == home.lock_holder)
}

pub(crate) async fn list_for_lock(
    State(app): State<App>,
    home: Home<OneLock>,
    paging: Paging,
) -> Result<Response, ApiError> {
    let town = app.town();
    let lock = town.lock(home.lock_holder, &home.path.lock_id)?;
    page(&town, &app, &paging, |event| event.lock == lock)
}

/// The oldest first. An event that has left the list still marks its place.
fn page(town: &Town, app: &App, paging: &Paging, belongs: impl Fn(&KeyEvent) -> bool) -> Result<Response, ApiError> {
    let now = app.now();
    let of_list: Vec<&KeyEvent> = town.events.iter().filter(|event| belongs(event)).collect();
    let page = paging.page(
        &of_list,
        |cursor| {
            let id = Id::parse(cursor)?;
            of_list.iter().position(|event| event.id == id)
        },
        |event| now - event.created <= KeyEvent::KEPT,
        |event| event.id.to_string(),
    )?;
    let events: Vec<_> = page.items.iter().map(|event| town.event_view(event)).collect();
    Ok(Json(page.body("keyEvents", events)).into_response())
}
