//! Implements the operation that reads the integrator's own account.

use axum::Json;
use axum::extract::rejection::PathRejection;
use axum::extract::{Path, State};
use serde_json::{Value, json};

use crate::api::caller::Caller;
use crate::http::error::ApiError;
use crate::service::App;

pub(crate) async fn read(
    State(app): State<App>,
    caller: Caller,
    id: Result<Path<String>, PathRejection>,
) -> Result<Json<Value>, ApiError> {
    caller.require_integrator()?;
    // The client id is the integrator's id.
    match id {
        Ok(Path(id)) if id == app.issuer.client_id => {
            Ok(Json(json!({ "integrator": { "id": id, "name": "Emulator Integrations" } })))
        }
        _ => Err(ApiError::not_found("There is no such integrator, or its id is not your client id")),
    }
}
