//! The Auth API: `POST /auth/v1/token/`.

use axum::Json;
use axum::extract::{Request, State};
use axum::http::header::CACHE_CONTROL;
use axum::response::{IntoResponse, Response};
use serde::Serialize;

use crate::body::read_fields;
use crate::error::{Invalid, OAuthError};
use crate::fields::Fields;
use crate::scope;
use crate::state::App;

/// The answer to a good token request.
#[derive(Serialize)]
struct Token {
    access_token: String,
    token_type: &'static str,
    expires_in: i64,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    scope: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    lock_holder_id: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    lock_holder_ids: Vec<String>,
}

pub(crate) async fn token(State(app): State<App>, request: Request) -> Result<Response, OAuthError> {
    let fields = read_fields(request).await?;
    let grant_type = credential(&fields, "grant_type")?;
    if grant_type != "client_credentials" {
        return Err(OAuthError::unsupported_grant_type("grant_type must be client_credentials"));
    }
    let client_id = credential(&fields, "client_id")?;
    let client_secret = credential(&fields, "client_secret")?;
    if client_id != app.issuer.client_id || client_secret != app.issuer.client_secret {
        return Err(OAuthError::invalid_client("Unknown client_id or wrong client_secret"));
    }
    let granted = scope::grant(scope::requested(&fields)?, &app.town())?;
    let access_token = app
        .issuer
        .issue(&granted, app.now())
        .map_err(|_| OAuthError::server_error("The emulator could not sign the token"))?;
    let token = Token {
        access_token,
        token_type: "bearer",
        expires_in: app.issuer.lifetime(),
        scope: granted.scope,
        lock_holder_id: granted.identified,
        lock_holder_ids: granted.administered,
    };
    Ok(([(CACHE_CONTROL, "no-store")], Json(token)).into_response())
}

fn credential<'a>(fields: &'a Fields, name: &str) -> Result<&'a str, Invalid> {
    let text = fields.text(name, 0..=4096)?;
    fields.required(name, text.filter(|text| !text.is_empty()))
}
