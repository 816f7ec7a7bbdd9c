//! What pages of other origins can do, as browsers let them: anything with the API, nothing with the control interface.

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use unloc_emulator::{Emulator, Quirk};

use crate::support::{LOCK_HOLDERS, Service};

const FOREIGN: &str = "https://app.example.com";

/// A request with these headers beside its own.
async fn ask(service: &Service, method: Method, path: &str, headers: &[(&str, &str)]) -> reqwest::Response {
    let mut request = service.http.request(method, service.url(path));
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    request.send().await.expect("an answer")
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
            let answer = preflight(&service, path, "POST", asked).await;
            assert_eq!(answer.status(), StatusCode::OK, "{path}");
            assert_eq!(header(&answer, "access-control-allow-origin"), "*", "{path}");
            assert_eq!(header(&answer, "access-control-allow-headers"), "authorization,content-type,accept", "{asked}");
            assert_eq!(header(&answer, "access-control-allow-methods"), "GET,POST,PUT,PATCH,DELETE");
        }
    }
    let token = service.token(Value::Null).await;
    let bearer = format!("Bearer {token}");
    let headers = [("origin", FOREIGN), ("sec-fetch-site", "cross-site"), ("authorization", bearer.as_str())];
    for host in ["localhost", "api.example.com"] {
        let answer = ask(&service, Method::GET, LOCK_HOLDERS, &[&headers[..], &[("host", host)]].concat()).await;
        assert_eq!((answer.status(), header(&answer, "access-control-allow-origin")), (StatusCode::OK, "*".to_owned()));
    }
}

#[tokio::test]
async fn by_a_quirk_the_list_of_headers_is_shorter() {
    let service = Service::start().await;
    service.emulator.set_quirks([Quirk::NarrowCors]);
    let answer = preflight(&service, LOCK_HOLDERS, "GET", "authorization,accept").await;
    assert_eq!(header(&answer, "access-control-allow-headers"), "authorization,content-type");
}

#[tokio::test]
async fn no_page_of_another_origin_reads_the_control_interface_or_passes_its_preflights() {
    let service = Service::start().await;
    for path in [
        "/",
        "/_emulator",
        "/_emulator/",
        "/_emulator/town",
        "/_emulator/deliveries",
        "/_emulator/page/page.js",
        "/_emulator/none",
    ] {
        for headers in [&[][..], &[("origin", FOREIGN)], &[("origin", "null")], &[("sec-fetch-site", "cross-site")]] {
            let answer = ask(&service, Method::GET, path, headers).await;
            assert!(!has_cors(&answer), "{path} {headers:?}: {answer:?}");
            assert_eq!(header(&answer, "cross-origin-resource-policy"), "same-origin", "{path}");
            let refused = answer.status() == StatusCode::FORBIDDEN;
            assert_eq!(refused, !headers.is_empty(), "{path} {headers:?}: {answer:?}");
        }
        let answer = preflight(&service, path, "PUT", "content-type").await;
        assert!(!has_cors(&answer) && !answer.status().is_success(), "{path}: {answer:?}");
    }
}

#[tokio::test]
async fn what_changes_something_is_done_for_programs_and_for_the_page_only() {
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
        service.get(LOCK_HOLDERS, &token).await.refused(401);
    }
    // A form or a plain text needs no preflight, and is no JSON.
    let speed = clock.speed();
    let plain = service.http.put(service.url("/_emulator/clock")).header("content-type", "text/plain");
    service.send(plain.body(json!({ "speed": 60 }).to_string())).await.refused(400);
    assert_eq!(clock.speed(), speed);
}

#[tokio::test]
async fn a_link_from_another_page_leads_to_the_page() {
    let service = Service::start().await;
    let link = [("sec-fetch-site", "cross-site"), ("sec-fetch-mode", "navigate")];
    assert_eq!(ask(&service, Method::GET, "/", &link).await.status(), StatusCode::OK);
}

#[tokio::test]
async fn the_control_interface_is_reached_under_names_of_this_machine_only() {
    let service = Service::start().await;
    let port = service.emulator.base_url().rsplit(':').next().expect("a port").to_owned();
    let status = async |service: &Service, host: &str, path: &str| {
        ask(service, Method::GET, path, &[("host", host)]).await.status()
    };
    for path in ["/", "/_emulator/town", "/_emulator/changes", "/_emulator/page/page.js"] {
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
    // Under such a name a page is of the same origin: nothing but the name gives it away.
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
