//! Configures CORS for the API, so that pages of any origin can call it.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::Method;
use axum::http::header::{ACCEPT, ACCESS_CONTROL_ALLOW_HEADERS, AUTHORIZATION, CONTENT_TYPE, HeaderValue};
use axum::middleware::Next;
use axum::response::Response;
use tower_http::cors::{Any, CorsLayer};

use crate::faults::quirks::{Quirk, Quirks};

/// Allows requests from pages of any origin.
///
/// The list of request headers is fixed. Mirroring the requested headers would hide that a client sends a header, such
/// as `user-agent`, that a service may not allow.
pub(crate) fn layer() -> CorsLayer {
    CorsLayer::new()
        .allow_origin(Any)
        .allow_methods([Method::GET, Method::POST, Method::PUT, Method::PATCH, Method::DELETE])
        .allow_headers([AUTHORIZATION, CONTENT_TYPE, ACCEPT])
        .expose_headers(Any)
}

/// Shortens the list of allowed request headers if the quirk `narrow-cors` is on.
pub(crate) async fn narrow(State(quirks): State<Arc<Quirks>>, request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    if quirks.has(Quirk::NarrowCors)
        && let Some(headers) = response.headers_mut().get_mut(ACCESS_CONTROL_ALLOW_HEADERS)
    {
        *headers = HeaderValue::from_static("authorization,content-type");
    }
    response
}
