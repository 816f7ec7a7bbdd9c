//! Reads request bodies.

use axum::body::Body;
use axum::extract::{FromRequest, Request};
use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderMap, StatusCode};
use http_body_util::BodyExt;

use crate::domain::error::Invalid;
use crate::http::error::{ApiError, OAuthError};
use crate::http::fields::Fields;
use crate::http::read_timeout::is_read_timeout;

/// Limits the size of a body. An image of 3,000,000 bytes (the limit in the service's demo) is 4,000,000 bytes in
/// base64.
pub(crate) const MAX_BODY_BYTES: usize = 4 * 1024 * 1024;

/// The body could not be read.
pub(crate) enum BodyError {
    TooLarge,
    Timeout,
    Invalid(Invalid),
}

impl BodyError {
    pub(crate) const TIMEOUT: &str = "The body took too long to arrive";

    pub(crate) fn too_large() -> String {
        format!("The body is larger than {MAX_BODY_BYTES} bytes")
    }
}

impl From<Invalid> for BodyError {
    fn from(invalid: Invalid) -> Self {
        Self::Invalid(invalid)
    }
}

impl From<BodyError> for ApiError {
    fn from(error: BodyError) -> Self {
        match error {
            BodyError::TooLarge => Self::too_large(BodyError::too_large()),
            BodyError::Timeout => Self::request_timeout(BodyError::TIMEOUT),
            BodyError::Invalid(invalid) => invalid.into(),
        }
    }
}

impl From<BodyError> for OAuthError {
    fn from(error: BodyError) -> Self {
        match error {
            BodyError::TooLarge => {
                Self::invalid_request(BodyError::too_large()).with_status(StatusCode::PAYLOAD_TOO_LARGE)
            }
            BodyError::Timeout => Self::invalid_request(BodyError::TIMEOUT).with_status(StatusCode::REQUEST_TIMEOUT),
            BodyError::Invalid(invalid) => invalid.into(),
        }
    }
}

/// Extracts the fields of a JSON object, for handlers of the Integrator API (version 1).
pub(crate) struct JsonBody(pub(crate) Fields);

impl<S: Sync> FromRequest<S> for JsonBody {
    type Rejection = ApiError;

    async fn from_request(request: Request, _: &S) -> Result<Self, ApiError> {
        Ok(Self(read_fields(request).await?))
    }
}

/// Extracts the fields of a JSON object with null treated as absent, for handlers of the control interface.
pub(crate) struct ControlBody(pub(crate) Fields);

impl<S: Sync> FromRequest<S> for ControlBody {
    type Rejection = ApiError;

    async fn from_request(request: Request, _: &S) -> Result<Self, ApiError> {
        Ok(Self(read_fields(request).await?.lenient()))
    }
}

/// Reads the body as one JSON object.
pub(crate) async fn read_fields(request: Request) -> Result<Fields, BodyError> {
    let (parts, body) = request.into_parts();
    let bytes = collect(body).await?;
    require_json(&parts.headers)?;
    Ok(Fields::parse(&bytes)?)
}

fn require_json(headers: &HeaderMap) -> Result<(), Invalid> {
    let Some(value) = headers.get(CONTENT_TYPE) else {
        return Err(Invalid::request("The header Content-Type is missing: send application/json"));
    };
    let value = String::from_utf8_lossy(value.as_bytes()).to_ascii_lowercase();
    let essence = value.split(';').next().unwrap_or_default().trim();
    if essence == "application/json" || (essence.starts_with("application/") && essence.ends_with("+json")) {
        return Ok(());
    }
    Err(Invalid::request(format!("The body must be JSON with Content-Type application/json, not {essence:?}")))
}

async fn collect(mut body: Body) -> Result<Vec<u8>, BodyError> {
    let mut bytes = Vec::new();
    while let Some(frame) = body.frame().await {
        let frame = frame.map_err(|error| match is_read_timeout(&error) {
            true => BodyError::Timeout,
            false => Invalid::request("The body ended before it was complete").into(),
        })?;
        let Some(data) = frame.data_ref() else { continue };
        if bytes.len() + data.len() > MAX_BODY_BYTES {
            return Err(BodyError::TooLarge);
        }
        bytes.extend_from_slice(data);
    }
    Ok(bytes)
}
