//! Tests calls from a page in a browser (CORS).

use crate::backend::{Backend, Service, against};

pub(crate) const PAGE: &str = "https://app.example.com";

/// Returns the head of the preflight request that a browser sends before a page's request.
fn preflight(origin: &str) -> String {
    format!(
        "OPTIONS /token HTTP/1.1\r\nOrigin: {origin}\r\nAccess-Control-Request-Method: POST\r\n\
         Access-Control-Request-Headers: authorization,content-type\r\n"
    )
}

#[test]
fn only_pages_of_the_configured_origin_can_request_tokens() {
    let service = Service::start(|number| match number {
        1 => (503, "retry-after: 7\r\n", "{}".to_owned()),
        _ => (200, "", r#"{"access_token":"EXAMPLE","token_type":"bearer","expires_in":3600}"#.to_owned()),
    });
    let backend = Backend::start(against(&service.url).env("ORIGIN", PAGE));
    // A preflight request carries no session.
    let response = backend.send(&preflight(PAGE), "");
    let header = |name: &str| response.value(name).unwrap_or_default().to_ascii_lowercase();
    assert_eq!((response.status, header("access-control-allow-origin")), (200, PAGE.to_owned()));
    assert_eq!(header("access-control-allow-methods"), "post");
    let headers = header("access-control-allow-headers");
    assert!(["authorization", "content-type"].iter().all(|name| headers.split(',').any(|other| other.trim() == *name)));
    assert!(response.value("access-control-allow-credentials").is_none());
    // A page can read a refusal and its `Retry-After`.
    let with_origin = format!("Authorization: Bearer {}\r\nOrigin: {PAGE}\r\n", backend.office);
    let refused = backend.post(&with_origin, "{}");
    assert_eq!((refused.status, refused.value("retry-after")), (503, Some("7")));
    assert_eq!(refused.value("access-control-allow-origin"), Some(PAGE));
    assert_eq!(
        refused.value("access-control-expose-headers").map(str::to_ascii_lowercase).as_deref(),
        Some("retry-after")
    );
    let stranger = backend.post(&format!("Origin: {PAGE}\r\n"), "{}");
    assert_eq!((stranger.status, stranger.value("access-control-allow-origin")), (401, Some(PAGE)));
    for other in ["https://app.example.com.evil.example.com", "http://app.example.com", "null"] {
        let response = backend.send(&preflight(other), "");
        assert_eq!(response.value("access-control-allow-origin"), None, "{other}");
        assert!(
            response.value("vary").is_some_and(|vary| vary.to_ascii_lowercase().contains("origin")),
            "{}",
            response.head
        );
    }
    drop(backend);
    // Without a configured origin, no page is allowed.
    let backend = Backend::start(&mut against(&service.url));
    assert_eq!(backend.send(&preflight(PAGE), "").value("access-control-allow-origin"), None);
}
