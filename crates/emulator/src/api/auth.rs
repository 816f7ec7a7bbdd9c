//! Implements the Auth API: `POST /auth/v1/token/`.

use axum::Json;
use axum::extract::{Request, State};
use axum::http::header::CACHE_CONTROL;
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use serde_json::Value;

use crate::domain::error::Invalid;
use crate::domain::scope::grant;
use crate::http::error::OAuthError;
use crate::http::fields::Fields;
use crate::http::request_body::read_fields;
use crate::service::App;

/// Is the response to a valid token request.
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
    let granted = grant(requested_scope(&fields)?, &app.world.store())?;
    let access_token = app
        .issuer
        .issue(&granted, app.world.now())
        .map_err(|_| OAuthError::server_error("The emulator could not sign the token"))?;
    let token = Token {
        access_token,
        token_type: "bearer",
        expires_in: app.issuer.lifetime(),
        scope: granted.scope,
        lock_holder_id: granted.lock_holder_id,
        lock_holder_ids: granted.lock_holder_ids,
    };
    Ok(([(CACHE_CONTROL, "no-store")], Json(token)).into_response())
}

fn credential<'a>(fields: &'a Fields, name: &str) -> Result<&'a str, Invalid> {
    let text = fields.text(name, 0..=4096)?;
    fields.required(name, text.filter(|text| !text.is_empty()))
}

/// Reads the field `scope`, which is absent, a space-delimited string or an array of strings.
pub(crate) fn requested_scope(fields: &Fields) -> Result<Vec<String>, Invalid> {
    let wrong = || fields.error("scope", "must be an array of strings or a space-delimited string");
    match fields.value("scope", "string or array")? {
        None => Ok(Vec::new()),
        Some(Value::String(text)) => Ok(text.split(' ').filter(|claim| !claim.is_empty()).map(str::to_owned).collect()),
        Some(Value::Array(items)) => {
            items.iter().map(|item| item.as_str().map(str::to_owned).ok_or_else(wrong)).collect()
        }
        Some(_) => Err(wrong()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scope(json: &str) -> Result<Vec<String>, Invalid> {
        requested_scope(&Fields::parse(json.as_bytes()).unwrap())
    }

    #[test]
    fn a_scope_is_absent_a_string_or_an_array() {
        for none in ["{}", r#"{"scope":""}"#, r#"{"scope":[]}"#] {
            assert!(scope(none).unwrap().is_empty(), "{none}");
        }
        assert_eq!(scope(r#"{"scope":"a  b"}"#).unwrap(), ["a", "b"]);
        assert_eq!(scope(r#"{"scope":["a","b"]}"#).unwrap(), ["a", "b"]);
        for bad in [
            r#"{"scope":null}"#,
            r#"{"scope":7}"#,
            r#"{"scope":[null]}"#,
            r#"{"scope":[7]}"#,
            r#"{"scope":{"lock_holder_org_id":"1"}}"#,
        ] {
            assert!(scope(bad).unwrap_err().to_string().starts_with("scope must be"), "{bad}");
        }
    }
}
