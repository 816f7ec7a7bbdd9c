//! Restricts the control interface and the page to programs and the page itself.
//!
//! The API is open to pages of any origin, because clients in browsers need it. Through the control interface, however,
//! any web page could have webhooks called on this machine and read the results. Three measures prevent that:
//!
//! * No CORS headers: pages of other origins cannot read a response, and their preflights fail.
//! * `Origin` and `Sec-Fetch-Site`, if a browser sends them, must be those of the page itself: a POST without a body
//!   needs no preflight.
//! * `Host` must name this machine: with DNS rebinding, a page under another name would have the same origin.

use axum::extract::{Request, State};
use axum::http::header::{HeaderMap, HeaderValue};
use axum::http::uri::Authority;
use axum::http::{Method, Uri};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use crate::http::error::ApiError;
use crate::service::App;

const HOST_NOT_ALLOWED: &str = "The control interface must not be called under the name in the header Host: use a loopback name \
     such as localhost, or the address that the emulator listens on, or start the emulator with --allow-host NAME";

const ORIGIN_NOT_ALLOWED: &str = "The control interface is for programs and for its own page: pages of other origins may call \
     the Auth API and the Integrator API only";

/// Refuses requests to the control interface and the page from pages of other origins and under foreign host names.
pub(crate) async fn guard(State(app): State<App>, request: Request, next: Next) -> Response {
    let host = single_header(request.headers(), "host").filter(|host| app.hosts.allows(host));
    // RFC 9112, section 3.2.2: the host of an absolute-form target takes precedence over the header.
    let has_foreign_target = request.uri().host().is_some_and(|host| !app.hosts.allows(host));
    let refusal = match host {
        Some(host) if !has_foreign_target => (!is_same_origin(&request, host)).then_some(ORIGIN_NOT_ALLOWED),
        _ => Some(HOST_NOT_ALLOWED),
    };
    let mut response = match refusal {
        None => next.run(request).await,
        Some(text) => ApiError::forbidden(text).into_response(),
    };
    // Pages of other origins may not embed these resources as images or scripts either.
    response.headers_mut().insert("cross-origin-resource-policy", HeaderValue::from_static("same-origin"));
    response
}

/// Returns a header that occurs exactly once and is text.
fn single_header<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    let mut values = headers.get_all(name).iter();
    let first = values.next().filter(|_| values.next().is_none())?;
    first.to_str().ok()
}

/// Returns whether a request comes from a program or the page itself. Programs send neither of the two headers.
fn is_same_origin(request: &Request, host: &str) -> bool {
    let headers = request.headers();
    let same_origin = !headers.contains_key("origin")
        || single_header(headers, "origin").and_then(|origin| origin.parse::<Uri>().ok()).is_some_and(|origin| {
            let same = |authority: &Authority| authority.as_str().eq_ignore_ascii_case(host);
            matches!(origin.scheme_str(), Some("http" | "https")) && origin.authority().is_some_and(same)
        });
    // A link from another page to this one is allowed: the user sees the target, the other page does not.
    let is_link = request.method() == Method::GET && single_header(headers, "sec-fetch-mode") == Some("navigate");
    let same_site = !headers.contains_key("sec-fetch-site")
        || single_header(headers, "sec-fetch-site")
            .is_some_and(|site| matches!(site, "same-origin" | "none") || is_link);
    same_origin && same_site
}
