//! Implements the operations that need no token: getting one, and discovering what credentials can access.

use axum::Json;
use axum::extract::State;
use axum::http::header::CACHE_CONTROL;
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use serde_json::json;

use crate::api::v2::request::JsonFields;
use crate::domain::error::Invalid;
use crate::domain::resource::{ORGANIZATION_ADMIN, ORGANIZATION_ID, PROJECT_ADMIN, grant};
use crate::domain::scope::Resource;
use crate::http::fields::Fields;
use crate::http::problem::Problem;
use crate::service::App;

/// Is the response to a valid token request.
#[derive(Serialize)]
struct Token {
    access_token: String,
    token_type: &'static str,
    expires_in: i64,
    scope: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    organization_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    project_id: Option<String>,
}

pub(crate) async fn token(State(app): State<App>, JsonFields(fields): JsonFields) -> Result<Response, Problem> {
    if required(&fields, "grant_type")? != "client_credentials" {
        return Err(fields.error("grant_type", "must be client_credentials").into());
    }
    let scope = required(&fields, "scope")?;
    let (organization_id, project_id) =
        (fields.text("organization_id", 1..=1024)?, fields.text("project_id", 1..=1024)?);
    check_credentials(&fields, &app)?;
    let granted = grant(scope, organization_id, project_id, &app.world.store())?;
    let access_token = app
        .issuer
        .issue(&granted, app.world.now())
        .map_err(|_| Problem::server_error("The emulator could not sign the token"))?;
    let (organization_id, project_id) = match granted.resource {
        Some(Resource::Organization(id)) => (Some(id), None),
        Some(Resource::Project(id)) => (None, Some(id)),
        None => (None, None),
    };
    let (expires_in, scope) = (app.issuer.lifetime(), granted.scope);
    let token = Token { access_token, token_type: "bearer", expires_in, scope, organization_id, project_id };
    Ok(([(CACHE_CONTROL, "no-store")], Json(token)).into_response())
}

/// Lists all projects and the organization, because the emulator's only credentials can access everything.
pub(crate) async fn discover(State(app): State<App>, JsonFields(fields): JsonFields) -> Result<Response, Problem> {
    check_credentials(&fields, &app)?;
    let store = app.world.store();
    let projects = store.lock_holders.iter().map(|holder| json!({ "projectId": holder.id, "scope": PROJECT_ADMIN }));
    let organization = json!({ "organizationId": ORGANIZATION_ID, "scope": ORGANIZATION_ADMIN });
    let body = json!({
        "resources": { "projects": projects.collect::<Vec<_>>(), "organizations": [organization] },
    });
    Ok(Json(body).into_response())
}

fn check_credentials(fields: &Fields, app: &App) -> Result<(), Problem> {
    let (client_id, client_secret) = (required(fields, "client_id")?, required(fields, "client_secret")?);
    if client_id == app.issuer.client_id && client_secret == app.issuer.client_secret {
        return Ok(());
    }
    Err(Problem::invalid_client("Unknown client_id or wrong client_secret"))
}

fn required<'a>(fields: &'a Fields, name: &str) -> Result<&'a str, Invalid> {
    let text = fields.text(name, 0..=4096)?;
    fields.required(name, text.filter(|text| !text.is_empty()))
}
