use std::io::{Read, Write};
use std::net::{Ipv6Addr, TcpStream};
use std::time::Duration;

use reqwest::Method;
use serde_json::{Value, json};
use unloc_emulator::{Emulator, StartError};

use crate::routes::{Ids, routes};
use crate::support::{LOCK_HOLDERS, Service};

fn address(emulator: &Emulator) -> String {
    emulator.base_url().trim_start_matches("http://").to_owned()
}

#[tokio::test]
async fn refuses_invalid_json_in_the_format_of_each_api() {
    let service = Service::start().await;
    let token = service.token(Value::Null).await;
    let nested = "[".repeat(100_000);
    for bad in ["", "{", "[]", "null", "{\"name\":\"\\ud800\"}", nested.as_str()] {
        let request =
            |path| service.http.post(service.url(path)).header("content-type", "application/json").body(bad.to_owned());
        let refusal = service.send(request(LOCK_HOLDERS).bearer_auth(&token)).await.api_error(400);
        assert!(refusal.contains("JSON"), "{refusal}");
        assert_eq!(service.send(request("/auth/v1/token/")).await.oauth_error(400).0, "invalid_request");
    }
    let bytes =
        service.http.post(service.url(LOCK_HOLDERS)).bearer_auth(&token).header("content-type", "application/json");
    service.send(bytes.body(vec![0xff_u8, 0xfe])).await.api_error(400);
    let plain = service.http.post(service.url(LOCK_HOLDERS)).bearer_auth(&token).body("{}");
    assert!(service.send(plain).await.api_error(400).contains("Content-Type"));
}

#[tokio::test]
async fn no_value_in_any_field_makes_the_emulator_fail() {
    let service = Service::start().await;
    let api = service.lock_holder(0).await;
    let ids = Ids::of(&api).await;
    let fields = [
        "address",
        "appSwitchOnly",
        "canShare",
        "durationMinutes",
        "end",
        "image",
        "lockId",
        "locksToCreate",
        "name",
        "password",
        "recurrence",
        "skipInviteNotification",
        "start",
        "state",
        "userId",
        "userName",
        "username",
        "vendor",
        "webhookUrl",
    ];
    let odd = [
        json!(null),
        json!(true),
        json!(-1),
        json!(i64::MIN),
        json!(u64::MAX),
        json!(1e308),
        json!(""),
        json!("\0"),
        json!("+"),
        json!("🔑".repeat(2000)),
        json!("data:image/png;base64,"),
        json!("9999-12-31T23:59:60Z"),
        json!("-262143-01-01T00:00:00Z"),
        json!([]),
        json!([[{}]]),
        json!({}),
        json!({ "mon": [] }),
        json!({ "street": [], "countryIso": "🔑" }),
    ];
    for (method, path, body) in routes().into_iter().filter(|(.., body)| body.is_some()) {
        let path = api.path(&ids.fill(path));
        let good = ids.fill_body(&body).unwrap_or_default();
        for field in fields {
            for value in &odd {
                let mut body = good.clone();
                body[field] = value.clone();
                let response = service.call(method.clone(), &path, &api.token, Some(body)).await;
                assert!(
                    matches!(response.status, 200 | 204 | 400 | 404 | 409),
                    "{method} {path} {field} {value}: {response:?}"
                );
            }
        }
    }
    assert_eq!(service.lock_holders().await.len(), 3);
}

#[tokio::test]
async fn refuses_a_too_large_body_with_413() {
    let service = Service::start().await;
    let token = service.token(Value::Null).await;
    let huge = json!({ "name": "x".repeat(5 * 1024 * 1024) });
    assert!(service.post(LOCK_HOLDERS, &token, huge.clone()).await.api_error(413).contains("4194304"));
    assert_eq!(service.ask_token(&huge).await.oauth_error(413).0, "invalid_request");
}

#[tokio::test]
async fn an_unknown_path_is_404_and_a_wrong_method_405_in_json() {
    let service = Service::start().await;
    let api = service.lock_holder(0).await;
    for path in [
        "/nothing",
        "/integrators/v1/",
        "/integrators/v1//lock-holders/",
        "/integrators/v2/lock-holders/",
        "/images/none",
        "/images/%ff",
    ] {
        service.get(path, &api.token).await.api_error(404);
    }
    for path in ["/nothing/", "/locks//keys/"] {
        api.get(path).await.api_error(404);
    }
    let response = service.delete(LOCK_HOLDERS, &api.token).await;
    let allow = response.headers["allow"].to_str().expect("a text").to_owned();
    assert!(allow.contains("GET") && allow.contains("POST"), "{allow}");
    assert!(response.api_error(405).contains("Allow"));
    let trace = service.call(Method::TRACE, &api.path("/keys"), &api.token, None).await;
    assert!(trace.headers.contains_key("allow"));
    trace.api_error(405);

    let response = service.get("/auth/v1/token/", "").await;
    assert_eq!(response.headers["allow"], "POST");
    response.oauth_error(405);
    service.get("/auth/v1/nothing", "").await.oauth_error(404);
}

#[tokio::test]
async fn odd_encodings_in_paths_and_queries_are_client_errors() {
    let service = Service::start().await;
    let api = service.lock_holder(0).await;
    for (path, status) in [
        ("/locks/%ff/", 400),
        ("/locks/%00/", 404),
        ("/locks/a%2fb/", 404),
        ("/users/%F0%9F%94%91/keys/", 400),
        ("/locks/?limit=%ff", 400),
        ("/locks/?limit=1&limit=0", 400),
        ("/locks/?startAfterId=%00", 400),
    ] {
        api.get(path).await.api_error(status);
    }
}

#[tokio::test]
async fn survives_bytes_that_are_not_http() {
    let service = Service::start().await;
    for noise in ["\0\u{1}\u{2}\r\n\r\n", "GET\r\n\r\n", "POST /auth/v1/token/ HTTP/1.1\r\ncontent-length: 10\r\n\r\n{"]
    {
        let mut stream = TcpStream::connect(address(&service.emulator)).expect("a connection");
        stream.write_all(noise.as_bytes()).expect("the bytes are sent");
        stream.shutdown(std::net::Shutdown::Write).expect("the sending side is closed");
        let mut response = Vec::new();
        stream.set_read_timeout(Some(Duration::from_secs(5))).expect("a timeout is set");
        let _ = stream.read_to_end(&mut response);
        assert!(!response.starts_with(b"HTTP/1.1 5"), "{}", String::from_utf8_lossy(&response));
    }
    assert_eq!(service.lock_holders().await.len(), 3);
}

#[tokio::test]
async fn dropping_the_emulator_closes_its_port_despite_open_connections() {
    let service = Service::start().await;
    assert_eq!(service.lock_holders().await.len(), 3); // leaves a connection in the client's pool
    let silent = TcpStream::connect(address(&service.emulator)).expect("a connection");
    let mut halfway = TcpStream::connect(address(&service.emulator)).expect("a connection");
    halfway.write_all(b"POST /auth/v1/token/ HTTP/1.1\r\n").expect("the bytes are sent");
    let target = address(&service.emulator);
    drop(service.emulator);
    assert!(TcpStream::connect(&target).is_err(), "the port refuses connections");
    drop((silent, halfway));
    let again = Emulator::builder().port(target.rsplit(':').next().unwrap().parse().unwrap()).start().await;
    assert!(again.is_ok(), "the port is free: {again:?}");
}

#[tokio::test]
async fn a_port_in_use_is_named() {
    let first = Emulator::start().await.expect("the emulator starts");
    let port = first.base_url().rsplit(':').next().unwrap().parse().unwrap();
    let error = Emulator::builder().port(port).start().await.expect_err("the port is taken");
    assert!(matches!(error, StartError::Listen { .. }), "{error:?}");
    assert!(error.to_string().contains(&port.to_string()), "{error}");
}

#[tokio::test]
async fn the_base_url_is_connectable_for_every_address() {
    for address in ["0.0.0.0", "127.0.0.1"] {
        let service = Service::with(Emulator::builder().address(address.parse().unwrap())).await;
        assert!(service.emulator.base_url().starts_with("http://127.0.0.1:"));
        assert_eq!(service.lock_holders().await.len(), 3);
    }
    // Not every machine has IPv6.
    if let Ok(emulator) = Emulator::builder().address(Ipv6Addr::LOCALHOST.into()).start().await {
        assert!(emulator.base_url().starts_with("http://[::1]:"));
    }
}

#[test]
fn an_emulator_outlives_the_runtime_it_was_started_from() {
    let runtime = || tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    let emulator = runtime().block_on(Emulator::start()).expect("the emulator starts");
    let mut stream = TcpStream::connect(address(&emulator)).expect("a connection");
    stream.write_all(b"GET /nothing HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n").expect("the bytes are sent");
    let mut response = String::new();
    stream.read_to_string(&mut response).expect("a response, though this thread blocks");
    assert!(response.starts_with("HTTP/1.1 404"), "{response}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn many_callers_at_once_lose_no_key() {
    let service = std::sync::Arc::new(Service::start().await);
    let before = service.lock_holder(0).await.keys().await.len();
    let mut callers = tokio::task::JoinSet::new();
    for _ in 0..8 {
        let service = std::sync::Arc::clone(&service);
        callers.spawn(async move {
            let api = service.lock_holder(0).await;
            let lock = api.lock("Main entrance").await;
            for _ in 0..10 {
                api.post(&format!("/locks/{lock}/keys/"), json!({ "userId": "+12125550150" })).await.ok();
            }
        });
    }
    callers.join_all().await;
    let keys = service.lock_holder(0).await.keys().await;
    assert_eq!(keys.len(), before + 80);
    let ids: std::collections::HashSet<_> = keys.iter().map(|key| key["id"].to_string()).collect();
    assert_eq!(ids.len(), keys.len());
}
