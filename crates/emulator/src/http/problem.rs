//! Defines the error responses of version 2.
//!
//! Errors of validation have `title`, `detail` and `invalidParams`; errors of tokens and credentials have `error` and
//! `errorDescription`. The names were observed, most of the texts are the emulator's own.

use axum::Json;
use axum::http::header::WWW_AUTHENTICATE;
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use serde::Serialize;

use crate::domain::error::{Busy, Invalid, NotFound};
use crate::domain::token::TokenError;
use crate::http::request_body::BodyError;

/// Is an error response of version 2.
#[derive(Debug)]
pub(crate) struct Problem {
    status: StatusCode,
    content: Content,
}

/// Is the body of an error response.
#[derive(Debug, Serialize)]
#[serde(untagged)]
enum Content {
    #[serde(rename_all = "camelCase")]
    Request {
        title: &'static str,
        detail: String,
        #[serde(skip_serializing_if = "Vec::is_empty")]
        invalid_params: Vec<InvalidParam>,
    },
    #[serde(rename_all = "camelCase")]
    Token { error: &'static str, error_description: String },
}

#[derive(Debug, Serialize)]
struct InvalidParam {
    name: String,
    reason: String,
}

impl Problem {
    pub(crate) fn invalid(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "Validation Error", detail)
    }

    /// Builds a 400 that lists all invalid parameters.
    pub(crate) fn invalid_params(invalid: Vec<Invalid>) -> Self {
        let detail = invalid.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ");
        let params = invalid.into_iter().filter_map(|Invalid { field, rule }| Some((field?, rule)));
        let invalid_params = params.map(|(name, reason)| InvalidParam { name, reason }).collect();
        Self {
            status: StatusCode::BAD_REQUEST,
            content: Content::Request { title: "Validation Error", detail, invalid_params },
        }
    }

    pub(crate) fn invalid_client(description: impl Into<String>) -> Self {
        Self::unauthorized("invalid_client", description)
    }

    pub(crate) fn missing_token(description: impl Into<String>) -> Self {
        Self::unauthorized("UnauthorizedError", description)
    }

    pub(crate) fn forbidden(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::FORBIDDEN, "Forbidden", detail)
    }

    pub(crate) fn not_found(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::NOT_FOUND, "Not Found", detail)
    }

    pub(crate) fn method_not_allowed(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::METHOD_NOT_ALLOWED, "Method Not Allowed", detail)
    }

    pub(crate) fn conflict(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::CONFLICT, "Conflict", detail)
    }

    /// Builds a 500. Signing returns a `Result`, but does not fail with the emulator's own keys and claims.
    pub(crate) fn server_error(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, "Internal Server Error", detail)
    }

    /// Builds the response of an injected fault that has no body of its own.
    pub(crate) fn injected(status: StatusCode, detail: impl Into<String>) -> Self {
        if status == StatusCode::UNAUTHORIZED {
            return Self::unauthorized("EmulatorFault", detail);
        }
        Self::new(status, "Emulator Fault", detail)
    }

    fn new(status: StatusCode, title: &'static str, detail: impl Into<String>) -> Self {
        Self { status, content: Content::Request { title, detail: detail.into(), invalid_params: Vec::new() } }
    }

    fn unauthorized(error: &'static str, description: impl Into<String>) -> Self {
        Self {
            status: StatusCode::UNAUTHORIZED,
            content: Content::Token { error, error_description: description.into() },
        }
    }
}

impl From<Invalid> for Problem {
    fn from(invalid: Invalid) -> Self {
        Self::invalid_params(vec![invalid])
    }
}

impl From<NotFound> for Problem {
    fn from(NotFound(detail): NotFound) -> Self {
        Self::not_found(detail)
    }
}

impl From<Busy> for Problem {
    fn from(Busy(detail): Busy) -> Self {
        Self::conflict(detail)
    }
}

impl From<TokenError> for Problem {
    fn from(error: TokenError) -> Self {
        Self::unauthorized("JsonWebTokenError", error.to_string())
    }
}

impl From<BodyError> for Problem {
    fn from(error: BodyError) -> Self {
        match error {
            BodyError::TooLarge => {
                Self::new(StatusCode::PAYLOAD_TOO_LARGE, "Payload Too Large", BodyError::too_large())
            }
            BodyError::Timeout => Self::new(StatusCode::REQUEST_TIMEOUT, "Request Timeout", BodyError::TIMEOUT),
            BodyError::Invalid(invalid) => invalid.into(),
        }
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let is_token = matches!(self.content, Content::Token { error, .. } if error != "invalid_client");
        let mut response = (self.status, Json(self.content)).into_response();
        if is_token {
            response.headers_mut().insert(WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        response
    }
}
