//! What pages of other origins may do with the API, as browsers ask it.

use axum::extract::{Request, State};
use axum::http::Method;
use axum::http::header::{ACCEPT, ACCESS_CONTROL_ALLOW_HEADERS, AUTHORIZATION, CONTENT_TYPE, HeaderValue};
use axum::middleware::Next;
use axum::response::Response;
use tower_http::cors::{Any, CorsLayer};

use crate::quirks::Quirk;
use crate::state::App;

/// A client in a browser is as welcome as any other, whatever page it is from.
///
/// What it may send is a fixed list: one that repeats what is asked for would hide that a client sends a header which a
/// service may not allow, such as `user-agent`.
pub(crate) fn layer() -> CorsLayer {
    CorsLayer::new()
        .allow_origin(Any)
        .allow_methods([Method::GET, Method::POST, Method::PUT, Method::PATCH, Method::DELETE])
        .allow_headers([AUTHORIZATION, CONTENT_TYPE, ACCEPT])
        .expose_headers(Any)
}

/// Shortens the list of request headers by the quirk.
pub(crate) async fn narrow(State(app): State<App>, request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    if app.quirks.has(Quirk::NarrowCors)
        && let Some(headers) = response.headers_mut().get_mut(ACCESS_CONTROL_ALLOW_HEADERS)
    {
        *headers = HeaderValue::from_static("authorization,content-type");
    }
    response
}
