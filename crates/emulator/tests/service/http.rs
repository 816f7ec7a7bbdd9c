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
async fn bad_json_is_refused_in_the_form_of_each_api() {
    let service = Service::start().await;
    let token = service.token(Value::Null).await;
    let nested = "[".repeat(100_000);
    for bad in ["", "{", "[]", "null", "{\"name\":\"\\ud800\"}", nested.as_str()] {
        let request =
            |path| service.http.post(service.url(path)).header("content-type", "application/json").body(bad.to_owned());
        let refusal = service.send(request(LOCK_HOLDERS).bearer_auth(&token)).await.refused(400);
        assert!(refusal.contains("JSON"), "{refusal}");
        assert_eq!(service.send(request("/auth/v1/token/")).await.denied(400).0, "invalid_request");
    }
    let bytes =
        service.http.post(service.url(LOCK_HOLDERS)).bearer_auth(&token).header("content-type", "application/json");
    service.send(bytes.body(vec![0xff_u8, 0xfe])).await.refused(400);
    let plain = service.http.post(service.url(LOCK_HOLDERS)).bearer_auth(&token).body("{}");
    assert!(service.send(plain).await.refused(400).contains("Content-Type"));
}

#[tokio::test]
async fn no_value_in_no_field_makes_the_emulator_fail() {
    let service = Service::start().await;
    let home = service.home(0).await;
    let ids = Ids::of(&home).await;
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
        let path = home.path(&ids.fill(path));
        let good = ids.fill_body(&body).unwrap_or_default();
        for field in fields {
            for value in &odd {
                let mut body = good.clone();
                body[field] = value.clone();
                let answer = service.call(method.clone(), &path, &home.token, Some(body)).await;
                assert!(
                    matches!(answer.status, 200 | 204 | 400 | 404 | 409),
                    "{method} {path} {field} {value}: {answer:?}"
                );
            }
        }
    }
    assert_eq!(service.lock_holders().await.len(), 3);
}

#[tokio::test]
async fn a_body_that_is_too_large_is_refused_with_413() {
    let service = Service::start().await;
    let token = service.token(Value::Null).await;
    let huge = json!({ "name": "x".repeat(5 * 1024 * 1024) });
    assert!(service.post(LOCK_HOLDERS, &token, huge.clone()).await.refused(413).contains("4194304"));
    assert_eq!(service.ask_token(&huge).await.denied(413).0, "invalid_request");
}

#[tokio::test]
async fn an_unknown_path_is_404_and_a_wrong_method_405_in_json() {
    let service = Service::start().await;
    let home = service.home(0).await;
    for path in [
        "/nothing",
        "/integrators/v1/",
        "/integrators/v1//lock-holders/",
        "/integrators/v2/lock-holders/",
        "/images/none",
        "/images/%ff",
    ] {
        service.get(path, &home.token).await.refused(404);
    }
    for path in ["/nothing/", "/locks//keys/"] {
        home.get(path).await.refused(404);
    }
    let answer = service.delete(LOCK_HOLDERS, &home.token).await;
    let allow = answer.headers["allow"].to_str().expect("a text").to_owned();
    assert!(allow.contains("GET") && allow.contains("POST"), "{allow}");
    assert!(answer.refused(405).contains("Allow"));
    let trace = service.call(Method::TRACE, &home.path("/keys"), &home.token, None).await;
    assert!(trace.headers.contains_key("allow"));
    trace.refused(405);

    let answer = service.get("/auth/v1/token/", "").await;
    assert_eq!(answer.headers["allow"], "POST");
    answer.denied(405);
    service.get("/auth/v1/nothing", "").await.denied(404);
}

#[tokio::test]
async fn odd_encodings_in_paths_and_queries_are_the_callers_mistake() {
    let service = Service::start().await;
    let home = service.home(0).await;
    for (path, status) in [
        ("/locks/%ff/", 400),
        ("/locks/%00/", 404),
        ("/locks/a%2fb/", 404),
        ("/users/%F0%9F%94%91/keys/", 400),
        ("/locks/?limit=%ff", 400),
        ("/locks/?limit=1&limit=0", 400),
        ("/locks/?startAfterId=%00", 400),
    ] {
        home.get(path).await.refused(status);
    }
}

#[tokio::test]
async fn bytes_that_are_no_http_do_not_hurt() {
    let service = Service::start().await;
    for noise in ["\0\u{1}\u{2}\r\n\r\n", "GET\r\n\r\n", "POST /auth/v1/token/ HTTP/1.1\r\ncontent-length: 10\r\n\r\n{"]
    {
        let mut stream = TcpStream::connect(address(&service.emulator)).expect("a connection");
        stream.write_all(noise.as_bytes()).expect("bytes are taken");
        stream.shutdown(std::net::Shutdown::Write).expect("half closed");
        let mut answer = Vec::new();
        stream.set_read_timeout(Some(Duration::from_secs(5))).expect("a bound");
        let _ = stream.read_to_end(&mut answer);
        assert!(!answer.starts_with(b"HTTP/1.1 5"), "{}", String::from_utf8_lossy(&answer));
    }
    assert_eq!(service.lock_holders().await.len(), 3);
}

#[tokio::test]
async fn dropping_the_emulator_closes_its_port_whatever_clients_hold_open() {
    let service = Service::start().await;
    assert_eq!(service.lock_holders().await.len(), 3); // leaves a connection in the client's pool
    let silent = TcpStream::connect(address(&service.emulator)).expect("a connection");
    let mut halfway = TcpStream::connect(address(&service.emulator)).expect("a connection");
    halfway.write_all(b"POST /auth/v1/token/ HTTP/1.1\r\n").expect("bytes are taken");
    let target = address(&service.emulator);
    drop(service.emulator);
    assert!(TcpStream::connect(&target).is_err(), "the port refuses connections");
    drop((silent, halfway));
    let again = Emulator::builder().port(target.rsplit(':').next().unwrap().parse().unwrap()).start().await;
    assert!(again.is_ok(), "the port is free: {again:?}");
}

#[tokio::test]
async fn a_port_that_is_taken_is_named() {
    let first = Emulator::start().await.expect("the emulator starts");
    let port = first.base_url().rsplit(':').next().unwrap().parse().unwrap();
    let error = Emulator::builder().port(port).start().await.expect_err("the port is taken");
    assert!(matches!(error, StartError::Listen { .. }), "{error:?}");
    assert!(error.to_string().contains(&port.to_string()), "{error}");
}

#[tokio::test]
async fn the_base_url_can_be_connected_to_whatever_the_address() {
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
    stream.write_all(b"GET /nothing HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n").expect("bytes are taken");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).expect("an answer, though this thread blocks");
    assert!(answer.starts_with("HTTP/1.1 404"), "{answer}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn many_callers_at_once_lose_no_key() {
    let service = std::sync::Arc::new(Service::start().await);
    let before = service.home(0).await.keys().await.len();
    let mut callers = tokio::task::JoinSet::new();
    for _ in 0..8 {
        let service = std::sync::Arc::clone(&service);
        callers.spawn(async move {
            let home = service.home(0).await;
            let lock = home.lock("Main entrance").await;
            for _ in 0..10 {
                home.post(&format!("/locks/{lock}/keys/"), json!({ "userId": "+12125550150" })).await.ok();
            }
        });
    }
    callers.join_all().await;
    let keys = service.home(0).await.keys().await;
    assert_eq!(keys.len(), before + 80);
    let ids: std::collections::HashSet<_> = keys.iter().map(|key| key["id"].to_string()).collect();
    assert_eq!(ids.len(), keys.len());
}
