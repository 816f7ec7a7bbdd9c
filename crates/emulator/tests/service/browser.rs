//! Tests that pages of other origins can use the API, but not the control interface.

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use unloc_emulator::{Emulator, Quirk};

use crate::support::{LOCK_HOLDERS, Service};

const FOREIGN: &str = "https://app.example.com";

/// Sends a request with additional headers.
async fn ask(service: &Service, method: Method, path: &str, headers: &[(&str, &str)]) -> reqwest::Response {
    let mut request = service.http.request(method, service.url(path));
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    request.send().await.expect("a response")
}

async fn preflight(service: &Service, path: &str, method: &str, headers: &str) -> reqwest::Response {
    let asked =
        [("origin", FOREIGN), ("access-control-request-method", method), ("access-control-request-headers", headers)];
    ask(service, Method::OPTIONS, path, &asked).await
}

fn header(response: &reqwest::Response, name: &str) -> String {
    response.headers().get(name).map(|value| value.to_str().expect("text").to_owned()).unwrap_or_default()
}

fn has_cors(response: &reqwest::Response) -> bool {
    response.headers().keys().any(|name| name.as_str().starts_with("access-control-"))
}

#[tokio::test]
async fn a_page_of_any_origin_may_call_the_api_with_a_fixed_list_of_headers() {
    let service = Service::start().await;
    for path in [LOCK_HOLDERS, "/auth/v1/token/", "/openapi/auth.yaml"] {
        for asked in ["authorization,content-type", "user-agent", "authorization,x-anything", ""] {
            let response = preflight(&service, path, "POST", asked).await;
            assert_eq!(response.status(), StatusCode::OK, "{path}");
            assert_eq!(header(&response, "access-control-allow-origin"), "*", "{path}");
            assert_eq!(
                header(&response, "access-control-allow-headers"),
                "authorization,content-type,accept",
                "{asked}"
            );
            assert_eq!(header(&response, "access-control-allow-methods"), "GET,POST,PUT,PATCH,DELETE");
        }
    }
    let token = service.token(Value::Null).await;
    let bearer = format!("Bearer {token}");
    let headers = [("origin", FOREIGN), ("sec-fetch-site", "cross-site"), ("authorization", bearer.as_str())];
    for host in ["localhost", "api.example.com"] {
        let response = ask(&service, Method::GET, LOCK_HOLDERS, &[&headers[..], &[("host", host)]].concat()).await;
        assert_eq!(
            (response.status(), header(&response, "access-control-allow-origin")),
            (StatusCode::OK, "*".to_owned())
        );
    }
}

#[tokio::test]
async fn narrow_cors_shortens_the_list_of_headers() {
    let service = Service::start().await;
    service.emulator.set_quirks([Quirk::NarrowCors]);
    let response = preflight(&service, LOCK_HOLDERS, "GET", "authorization,accept").await;
    assert_eq!(header(&response, "access-control-allow-headers"), "authorization,content-type");
}

#[tokio::test]
async fn pages_of_other_origins_cannot_read_the_control_interface_or_pass_preflights() {
    let service = Service::start().await;
    for path in [
        "/",
        "/_emulator",
        "/_emulator/",
        "/_emulator/snapshot",
        "/_emulator/deliveries",
        "/_emulator/page/page.js",
        "/_emulator/none",
    ] {
        for headers in [&[][..], &[("origin", FOREIGN)], &[("origin", "null")], &[("sec-fetch-site", "cross-site")]] {
            let response = ask(&service, Method::GET, path, headers).await;
            assert!(!has_cors(&response), "{path} {headers:?}: {response:?}");
            assert_eq!(header(&response, "cross-origin-resource-policy"), "same-origin", "{path}");
            let refused = response.status() == StatusCode::FORBIDDEN;
            assert_eq!(refused, !headers.is_empty(), "{path} {headers:?}: {response:?}");
        }
        let response = preflight(&service, path, "PUT", "content-type").await;
        assert!(!has_cors(&response) && !response.status().is_success(), "{path}: {response:?}");
    }
}

#[tokio::test]
async fn only_programs_and_the_page_can_change_something() {
    let service = Service::start().await;
    let own = service.emulator.base_url().to_owned();
    let other_port = "http://127.0.0.1:1";
    let token = service.token(Value::Null).await;
    let clock = service.emulator.clock();
    let expire = "/_emulator/tokens/expire";
    for headers in [
        &[("origin", FOREIGN)][..],
        &[("origin", "null")],
        &[("origin", other_port)],
        &[("origin", "http://localhost")],
        &[("origin", "")],
        &[("origin", &own), ("origin", FOREIGN)],
        &[("sec-fetch-site", "cross-site")],
        &[("sec-fetch-site", "same-site")],
        &[("sec-fetch-site", "cross-site"), ("sec-fetch-mode", "navigate")],
        &[("origin", FOREIGN), ("content-type", "text/plain")],
    ] {
        assert_eq!(ask(&service, Method::POST, expire, headers).await.status(), StatusCode::FORBIDDEN, "{headers:?}");
        service.get(LOCK_HOLDERS, &token).await.ok();
        assert_eq!(ask(&service, Method::DELETE, "/_emulator/faults", headers).await.status(), StatusCode::FORBIDDEN);
    }
    for headers in [
        &[][..],
        &[("origin", own.as_str())],
        &[("origin", own.as_str()), ("sec-fetch-site", "same-origin")],
        &[("sec-fetch-site", "none")],
    ] {
        let token = service.token(Value::Null).await;
        assert_eq!(ask(&service, Method::POST, expire, headers).await.status(), StatusCode::NO_CONTENT, "{headers:?}");
        service.get(LOCK_HOLDERS, &token).await.api_error(401);
    }
    // A body with a form or plain text needs no preflight, so it must be refused.
    let speed = clock.speed();
    let plain = service.http.put(service.url("/_emulator/clock")).header("content-type", "text/plain");
    service.send(plain.body(json!({ "speed": 60 }).to_string())).await.api_error(400);
    assert_eq!(clock.speed(), speed);
}

#[tokio::test]
async fn allows_links_from_other_pages() {
    let service = Service::start().await;
    let link = [("sec-fetch-site", "cross-site"), ("sec-fetch-mode", "navigate")];
    assert_eq!(ask(&service, Method::GET, "/", &link).await.status(), StatusCode::OK);
}

#[tokio::test]
async fn the_control_interface_needs_a_host_name_of_this_machine() {
    let service = Service::start().await;
    let port = service.emulator.base_url().rsplit(':').next().expect("a port").to_owned();
    let status = async |service: &Service, host: &str, path: &str| {
        ask(service, Method::GET, path, &[("host", host)]).await.status()
    };
    for path in ["/", "/_emulator/snapshot", "/_emulator/changes", "/_emulator/page/page.js"] {
        for good in ["localhost", "localhost:1", "app.localhost", "127.0.0.1", "[::1]:80", &format!("127.0.0.1:{port}")]
        {
            assert_eq!(status(&service, good, path).await, StatusCode::OK, "{path} {good}");
        }
        for bad in ["rebound.example.com", "localhost.example.com:80", "192.0.2.1", "127.0.0.1.example.com", "["] {
            assert_eq!(status(&service, bad, path).await, StatusCode::FORBIDDEN, "{path} {bad}");
        }
        let twice = [("host", "localhost"), ("host", "rebound.example.com")];
        assert_eq!(ask(&service, Method::GET, path, &twice).await.status(), StatusCode::FORBIDDEN, "{path}");
    }
    // With DNS rebinding the page has the same origin: only the host name differs.
    let rebound =
        [("host", "rebound.example.com"), ("origin", "http://rebound.example.com"), ("sec-fetch-site", "same-origin")];
    let refused = ask(&service, Method::POST, "/_emulator/tokens/expire", &rebound).await;
    assert_eq!(refused.status(), StatusCode::FORBIDDEN);
    assert!(refused.text().await.expect("a text").contains("--allow-host"));

    let service = Service::with(Emulator::builder().allow_host("emulator")).await;
    for (host, wanted) in [
        ("emulator", StatusCode::OK),
        ("Emulator:4010", StatusCode::OK),
        ("emulator.example.com", StatusCode::FORBIDDEN),
    ] {
        assert_eq!(status(&service, host, "/_emulator/clock").await, wanted, "{host}");
    }
}
