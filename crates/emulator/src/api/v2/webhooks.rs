//! Implements the operation that registers a webhook.

use axum::extract::State;
use axum::http::StatusCode;

use crate::api::v2::caller::{NoParams, ProjectScope};
use crate::api::v2::new_key::lock;
use crate::api::v2::request::JsonFields;
use crate::api::webhook_url;
use crate::domain::model::Webhook;
use crate::domain::version::ApiVersion;
use crate::http::problem::Problem;
use crate::service::App;

/// Registers a webhook for one lock, or for all locks of the project.
///
/// Registering the same webhook again changes nothing: no error is documented for it.
pub(crate) async fn register(
    State(app): State<App>,
    scope: ProjectScope<NoParams>,
    JsonFields(body): JsonFields,
) -> Result<StatusCode, Problem> {
    if body.required("trigger", body.text("trigger", 0..=1024)?)? != "accessEvent" {
        return Err(body.error("trigger", "must be accessEvent").into());
    }
    let url = webhook_url::read(&body, "url")?;
    let mut store = app.world.store();
    let lock = match body.value("lockId", "string")? {
        None => None,
        Some(_) => Some(lock(&body, "lockId", &store, scope.project)?),
    };
    let same = |hook: &Webhook| {
        hook.lock_holder == scope.project && hook.lock == lock && hook.url == url && hook.version == ApiVersion::V2
    };
    if !store.webhooks.iter().any(same) {
        let id = store.ids.next();
        store.webhooks.push(Webhook { id, lock_holder: scope.project, lock, url, version: ApiVersion::V2 });
    }
    Ok(StatusCode::NO_CONTENT)
}
