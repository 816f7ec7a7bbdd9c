//! Implements the operations of webhooks, which are called when keys are used.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use serde_json::json;

use crate::api::caller::{LockHolderScope, LockParams, NoParams};
use crate::api::webhook_url;
use crate::domain::ids::Id;
use crate::domain::model::{Index, Webhook};
use crate::domain::version::ApiVersion;
use crate::http::error::ApiError;
use crate::http::request_body::JsonBody;
use crate::service::App;

/// Holds the parameters of a path to a webhook.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct WebhookParams {
    webhook_id: String,
}

/// Lists the webhooks of the lock holder. By the documentation, webhooks of single locks are in no list.
pub(crate) async fn list(State(app): State<App>, scope: LockHolderScope<NoParams>) -> Response {
    let store = app.world.store();
    let listed = |index: &usize| {
        let webhook = &store.webhooks[*index];
        webhook.lock_holder == scope.lock_holder && webhook.lock.is_none()
    };
    let webhooks = (0..store.webhooks.len()).filter(listed).map(|index| store.webhook_view(index));
    Json(json!({ "webhooks": webhooks.collect::<Vec<_>>() })).into_response()
}

pub(crate) async fn create(
    State(app): State<App>,
    scope: LockHolderScope<NoParams>,
    JsonBody(body): JsonBody,
) -> Result<Response, ApiError> {
    let url = webhook_url::read(&body, "webhookUrl")?;
    register(&app, scope.lock_holder, None, url)
}

pub(crate) async fn create_for_lock(
    State(app): State<App>,
    scope: LockHolderScope<LockParams>,
    JsonBody(body): JsonBody,
) -> Result<Response, ApiError> {
    let url = webhook_url::read(&body, "webhookUrl")?;
    let lock = app.world.store().lock(scope.lock_holder, &scope.params.lock_id)?;
    register(&app, scope.lock_holder, Some(lock), url)
}

fn register(app: &App, lock_holder: Index, lock: Option<Index>, url: String) -> Result<Response, ApiError> {
    let mut store = app.world.store();
    let same = |hook: &Webhook| {
        hook.lock_holder == lock_holder && hook.lock == lock && hook.url == url && hook.version == ApiVersion::V1
    };
    if store.webhooks.iter().any(same) {
        return Err(ApiError::conflict("This webhookUrl is registered already"));
    }
    let id = store.ids.next();
    store.webhooks.push(Webhook { id, lock_holder, lock, url, version: ApiVersion::V1 });
    let webhook = store.webhook_view(store.webhooks.len() - 1);
    Ok(Json(json!({ "webhook": webhook })).into_response())
}

pub(crate) async fn delete(
    State(app): State<App>,
    scope: LockHolderScope<WebhookParams>,
) -> Result<StatusCode, ApiError> {
    let id = &scope.params.webhook_id;
    let mut store = app.world.store();
    let same =
        |hook: &Webhook| Id::parse(id) == Some(hook.id) && hook.lock_holder == scope.lock_holder && hook.lock.is_none();
    match store.webhooks.iter().position(same) {
        Some(index) => {
            store.webhooks.remove(index);
            Ok(StatusCode::NO_CONTENT)
        }
        None => Err(ApiError::not_found(format!("This lock holder has no webhook {id:?}"))),
    }
}
