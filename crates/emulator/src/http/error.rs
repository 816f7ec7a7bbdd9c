//! Defines the error responses of both APIs.

use axum::Json;
use axum::http::header::{CACHE_CONTROL, WWW_AUTHENTICATE};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use serde::Serialize;

use crate::domain::error::{Busy, Invalid, NotFound, Refused};
use crate::domain::scope::ScopeError;
use crate::domain::token::TokenError;

/// Is an error response of the Integrator API: `{ "error", "errorDescription" }`.
#[derive(Debug)]
pub(crate) struct ApiError {
    status: StatusCode,
    error: &'static str,
    description: String,
}

impl ApiError {
    pub(crate) fn invalid(description: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "ValidationError", description)
    }

    /// Builds a 401 for an invalid token. `JsonWebTokenError` is the documented code for an expired one.
    pub(crate) fn invalid_token(description: impl Into<String>) -> Self {
        Self::new(StatusCode::UNAUTHORIZED, "JsonWebTokenError", description)
    }

    pub(crate) fn missing_token(description: impl Into<String>) -> Self {
        Self::new(StatusCode::UNAUTHORIZED, "UnauthorizedError", description)
    }

    pub(crate) fn forbidden(description: impl Into<String>) -> Self {
        Self::new(StatusCode::FORBIDDEN, "ForbiddenError", description)
    }

    pub(crate) fn not_found(description: impl Into<String>) -> Self {
        Self::new(StatusCode::NOT_FOUND, "NotFoundError", description)
    }

    pub(crate) fn method_not_allowed(description: impl Into<String>) -> Self {
        Self::new(StatusCode::METHOD_NOT_ALLOWED, "MethodNotAllowedError", description)
    }

    pub(crate) fn conflict(description: impl Into<String>) -> Self {
        Self::new(StatusCode::CONFLICT, "ConflictError", description)
    }

    pub(crate) fn too_large(description: impl Into<String>) -> Self {
        Self::new(StatusCode::PAYLOAD_TOO_LARGE, "PayloadTooLargeError", description)
    }

    pub(crate) fn request_timeout(description: impl Into<String>) -> Self {
        Self::new(StatusCode::REQUEST_TIMEOUT, "RequestTimeoutError", description)
    }

    /// Builds the response of an injected fault that has no body of its own.
    pub(crate) fn injected(status: StatusCode, description: impl Into<String>) -> Self {
        Self::new(status, "EmulatorFault", description)
    }

    /// Returns the same error with a context before its description.
    pub(crate) fn with_context(&self, context: &str) -> Self {
        Self::new(self.status, self.error, format!("{context}: {}", self.description))
    }

    fn new(status: StatusCode, error: &'static str, description: impl Into<String>) -> Self {
        Self { status, error, description: description.into() }
    }
}

impl From<Invalid> for ApiError {
    fn from(invalid: Invalid) -> Self {
        Self::invalid(invalid.to_string())
    }
}

impl From<NotFound> for ApiError {
    fn from(NotFound(description): NotFound) -> Self {
        Self::not_found(description)
    }
}

impl From<Busy> for ApiError {
    fn from(Busy(description): Busy) -> Self {
        Self::conflict(description)
    }
}

impl From<Refused> for ApiError {
    fn from(refused: Refused) -> Self {
        Self::conflict(refused.to_string())
    }
}

impl From<TokenError> for ApiError {
    fn from(error: TokenError) -> Self {
        Self::invalid_token(error.to_string())
    }
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        #[derive(Serialize)]
        #[serde(rename_all = "camelCase")]
        struct Body {
            error: &'static str,
            error_description: String,
        }
        let body = Body { error: self.error, error_description: self.description };
        let mut response = (self.status, Json(body)).into_response();
        if self.status == StatusCode::UNAUTHORIZED {
            response.headers_mut().insert(WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        response
    }
}

/// Is an error response of the Auth API, in the format of RFC 6749, section 5.2: `{ "error", "error_description" }`.
#[derive(Debug)]
pub(crate) struct OAuthError {
    status: StatusCode,
    error: &'static str,
    description: String,
}

impl OAuthError {
    pub(crate) fn invalid_request(description: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "invalid_request", description)
    }

    pub(crate) fn invalid_client(description: impl Into<String>) -> Self {
        Self::new(StatusCode::UNAUTHORIZED, "invalid_client", description)
    }

    pub(crate) fn invalid_scope(description: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "invalid_scope", description)
    }

    pub(crate) fn unsupported_grant_type(description: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "unsupported_grant_type", description)
    }

    pub(crate) fn temporarily_unavailable(description: impl Into<String>) -> Self {
        Self::new(StatusCode::SERVICE_UNAVAILABLE, "temporarily_unavailable", description)
    }

    /// Builds a 500. Signing returns a `Result`, but does not fail with the emulator's own keys and claims.
    pub(crate) fn server_error(description: impl Into<String>) -> Self {
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, "server_error", description)
    }

    pub(crate) fn with_status(mut self, status: StatusCode) -> Self {
        self.status = status;
        self
    }

    fn new(status: StatusCode, error: &'static str, description: impl Into<String>) -> Self {
        Self { status, error, description: description.into() }
    }
}

impl From<Invalid> for OAuthError {
    fn from(invalid: Invalid) -> Self {
        Self::invalid_request(invalid.to_string())
    }
}

impl From<ScopeError> for OAuthError {
    fn from(error: ScopeError) -> Self {
        match error {
            ScopeError::Duplicate(description) => Self::invalid_request(description),
            ScopeError::Invalid(description) => Self::invalid_scope(description),
        }
    }
}

impl IntoResponse for OAuthError {
    fn into_response(self) -> Response {
        #[derive(Serialize)]
        struct Body {
            error: &'static str,
            error_description: String,
        }
        let body = Body { error: self.error, error_description: self.description };
        (self.status, [(CACHE_CONTROL, "no-store")], Json(body)).into_response()
    }
}
