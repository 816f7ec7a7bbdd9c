//! Webhooks: who is told when keys are used.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use serde_json::json;

use crate::body::JsonBody;
use crate::caller::{Home, NoMore, OneLock};
use crate::error::ApiError;
use crate::ids::Id;
use crate::model::{Place, Webhook};
use crate::state::App;
use crate::webhook_url;

/// The parameters of a path to one webhook.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct OneWebhook {
    webhook_id: String,
}

/// The webhooks of the whole lock holder; those of single locks are in no list, as far as the documents go.
pub(crate) async fn list(State(app): State<App>, home: Home<NoMore>) -> Response {
    let town = app.town();
    let listed = |place: &usize| {
        let webhook = &town.webhooks[*place];
        webhook.lock_holder == home.lock_holder && webhook.lock.is_none()
    };
    let webhooks = (0..town.webhooks.len()).filter(listed).map(|place| town.webhook_view(place));
    Json(json!({ "webhooks": webhooks.collect::<Vec<_>>() })).into_response()
}

pub(crate) async fn create(
    State(app): State<App>,
    home: Home<NoMore>,
    JsonBody(body): JsonBody,
) -> Result<Response, ApiError> {
    let url = webhook_url::read(&body)?;
    register(&app, home.lock_holder, None, url)
}

pub(crate) async fn create_for_lock(
    State(app): State<App>,
    home: Home<OneLock>,
    JsonBody(body): JsonBody,
) -> Result<Response, ApiError> {
    let url = webhook_url::read(&body)?;
    let lock = app.town().lock(home.lock_holder, &home.path.lock_id)?;
    register(&app, home.lock_holder, Some(lock), url)
}

fn register(app: &App, lock_holder: Place, lock: Option<Place>, url: String) -> Result<Response, ApiError> {
    let mut town = app.town();
    let same = |hook: &Webhook| hook.lock_holder == lock_holder && hook.lock == lock && hook.url == url;
    if town.webhooks.iter().any(same) {
        return Err(ApiError::conflict("This webhookUrl is registered already"));
    }
    let id = town.ids.next();
    town.webhooks.push(Webhook { id, lock_holder, lock, url });
    let webhook = town.webhook_view(town.webhooks.len() - 1);
    Ok(Json(json!({ "webhook": webhook })).into_response())
}

pub(crate) async fn delete(State(app): State<App>, home: Home<OneWebhook>) -> Result<StatusCode, ApiError> {
    let id = &home.path.webhook_id;
    let mut town = app.town();
    let same =
        |hook: &Webhook| Id::parse(id) == Some(hook.id) && hook.lock_holder == home.lock_holder && hook.lock.is_none();
    match town.webhooks.iter().position(same) {
        Some(place) => {
            town.webhooks.remove(place);
            Ok(StatusCode::NO_CONTENT)
        }
        None => Err(ApiError::not_found(format!("This lock holder has no webhook {id:?}"))),
    }
}
