//! Serves the web page, which shows the emulator's data, requests, events and faults.

use axum::Router;
use axum::http::header::{CONTENT_SECURITY_POLICY, CONTENT_TYPE, REFERRER_POLICY, X_CONTENT_TYPE_OPTIONS};
use axum::response::{IntoResponse, Response};
use axum::routing::get;

use crate::service::App;

/// Restricts the page to resources of the emulator.
///
/// The page shows texts that clients chose, so `require-trusted-types-for` makes the browser refuse any script that
/// turns a text into HTML.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; \
     form-action 'none'; base-uri 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'";

const HTML: &str = "text/html; charset=utf-8";
const CSS: &str = "text/css; charset=utf-8";
const SCRIPT: &str = "text/javascript; charset=utf-8";

pub(crate) fn routes() -> Router<App> {
    Router::new()
        .route("/", get(|| file(HTML, include_str!("page/index.html"))))
        .route("/_emulator/page/page.css", get(|| file(CSS, include_str!("page/page.css"))))
        .route("/_emulator/page/page.js", get(|| file(SCRIPT, include_str!("page/page.js"))))
        .route("/_emulator/page/locks.js", get(|| file(SCRIPT, include_str!("page/locks.js"))))
        .route("/_emulator/page/traffic.js", get(|| file(SCRIPT, include_str!("page/traffic.js"))))
        .route("/_emulator/page/dom.js", get(|| file(SCRIPT, include_str!("page/dom.js"))))
        .route("/_emulator/page/time.js", get(|| file(SCRIPT, include_str!("page/time.js"))))
}

async fn file(media_type: &'static str, text: &'static str) -> Response {
    let headers = [
        (CONTENT_TYPE, media_type),
        (CONTENT_SECURITY_POLICY, POLICY),
        (X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (REFERRER_POLICY, "no-referrer"),
    ];
    (headers, text).into_response()
}
