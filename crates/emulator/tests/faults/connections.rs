use std::io::{ErrorKind, Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use serde_json::{Value, json};
use unloc_emulator::{Emulator, Fault};

use crate::support::{LOCK_HOLDERS, Service};

/// Sends a request over a new connection. Returns the received text, and the error that ended it, if any.
async fn raw(service: &Service, method: &str, path: &str, token: &str, body: &Value) -> (String, Option<ErrorKind>) {
    let mut stream = connect(&service.emulator);
    let request = request(method, path, token, body);
    let read = move || {
        stream.write_all(request.as_bytes()).expect("the bytes are sent");
        let mut bytes = Vec::new();
        let end = stream.read_to_end(&mut bytes).err().map(|error| error.kind());
        (String::from_utf8(bytes).expect("text"), end)
    };
    tokio::task::spawn_blocking(read).await.expect("an end")
}

fn connect(emulator: &Emulator) -> TcpStream {
    let stream = TcpStream::connect(emulator.base_url().trim_start_matches("http://")).expect("a connection");
    stream.set_read_timeout(Some(Duration::from_secs(20))).expect("a timeout is set");
    stream
}

fn request(method: &str, path: &str, token: &str, body: &Value) -> String {
    let body = if body.is_null() { String::new() } else { body.to_string() };
    let length = body.len();
    format!(
        "{method} {path} HTTP/1.1\r\nhost: a\r\nconnection: close\r\ncontent-type: application/json\r\nauthorization: Bearer {token}\r\n\
         content-length: {length}\r\n\r\n{body}"
    )
}

/// Returns the announced `Content-Length` and the body of a response.
fn announced(response: &str) -> (usize, &str) {
    let (head, body) = response.split_once("\r\n\r\n").unwrap_or_else(|| panic!("no head in {response:?}"));
    let length = head.lines().find_map(|line| line.strip_prefix("content-length: ")).expect("a length");
    (length.parse().expect("a number"), body)
}

#[tokio::test]
async fn a_reset_sends_rst_and_creates_the_key_only_if_carried_out() {
    let service = Service::start().await;
    let api = service.lock_holder(0).await;
    let path = api.path(&format!("/locks/{}/keys/", api.lock("Main entrance").await));
    for (fault, more) in [(Fault::reset(), 0), (Fault::reset().carried_out(), 1)] {
        let before = api.keys().await.len();
        service.emulator.faults().add(fault.on("createKey")).expect("a fault");
        let (text, end) = raw(&service, "POST", &path, &api.token, &json!({ "userId": "+12125550150" })).await;
        assert_eq!((text.as_str(), end), ("", Some(ErrorKind::ConnectionReset)));
        assert_eq!(api.keys().await.len(), before + more);
    }
}

#[tokio::test]
async fn a_pooling_client_gets_an_error_for_a_reset_and_recovers() {
    let service = Service::start().await;
    let token = service.token(Value::Null).await;
    service.emulator.faults().add(Fault::reset().on("getLockHolders").times(3)).expect("a fault");
    for _ in 0..3 {
        // The client does not retry by itself: each of the three faults fails one request.
        let request = service.http.get(service.url(LOCK_HOLDERS)).bearer_auth(&token);
        let error = request.send().await.expect_err("no response");
        assert!(error.is_request() && !error.is_timeout(), "{error:?}");
    }
    service.get(LOCK_HOLDERS, &token).await.ok();
}

#[tokio::test]
async fn half_body_announces_the_whole_length_and_sends_half() {
    let service = Service::start().await;
    let api = service.lock_holder(0).await;
    let whole = raw(&service, "GET", &api.path("/locks/"), &api.token, &Value::Null).await.0;
    let (length, body) = announced(&whole);
    assert_eq!(body.len(), length);
    service.emulator.faults().add(Fault::half_body().on("getLocks").times(2)).expect("a fault");
    let (half, _) = raw(&service, "GET", &api.path("/locks/"), &api.token, &Value::Null).await;
    assert!(half.starts_with("HTTP/1.1 200"), "{half}");
    assert_eq!(announced(&half), (length, &body[..length / 2]));
    let response = service.http.get(service.url(&api.path("/locks/"))).bearer_auth(&api.token).send().await;
    let error = response.expect("a head").bytes().await.expect_err("no whole body");
    assert!(error.is_body() || error.is_decode(), "{error:?}");
}

#[tokio::test]
async fn wrong_length_is_valid_http_with_truncated_json() {
    let service = Service::start().await;
    let api = service.lock_holder(0).await;
    let whole = raw(&service, "GET", &api.path("/locks/"), &api.token, &Value::Null).await.0;
    let (length, body) = announced(&whole);
    service.emulator.faults().add(Fault::wrong_length().on("getLocks").times(2)).expect("a fault");
    let (cut, end) = raw(&service, "GET", &api.path("/locks/"), &api.token, &Value::Null).await;
    assert_eq!((announced(&cut), end), ((length / 2, &body[..length / 2]), None));
    let response = service.http.get(service.url(&api.path("/locks/"))).bearer_auth(&api.token).send().await;
    let text = response.expect("a head").text().await.expect("HTTP finds nothing wrong");
    assert!(serde_json::from_str::<Value>(&text).is_err());
}

#[tokio::test]
async fn truncating_faults_carry_the_request_out_even_without_a_body() {
    let service = Service::start().await;
    let api = service.lock_holder(0).await;
    for fault in [Fault::half_body(), Fault::wrong_length()] {
        let hook = api.post("/key-events/webhooks/", json!({ "webhookUrl": "http://127.0.0.1:9/" })).await.ok();
        let path = api.path(&format!("/key-events/webhooks/{}/", hook["webhook"]["id"].as_str().expect("an id")));
        service.emulator.faults().add(fault.on("deleteWebhook")).expect("a fault");
        let (text, _) = raw(&service, "DELETE", &path, &api.token, &Value::Null).await;
        assert!(text.is_empty() || text.starts_with("HTTP/1.1 204"), "{text}");
        assert_eq!(api.get("/key-events/webhooks/").await.ok()["webhooks"], json!([]));
    }
}

#[tokio::test]
async fn silence_does_not_block_others_and_ends_without_a_response_on_stop() {
    let service = Service::start().await;
    let api = service.lock_holder(0).await;
    service.emulator.faults().add(Fault::silence().on("updateLockHolder")).expect("a fault");
    let mut silent = connect(&service.emulator);
    let renaming = request("PATCH", &api.path("/"), &api.token, &json!({ "name": "Never renamed" }));
    silent.write_all(renaming.as_bytes()).expect("the bytes are sent");
    crate::support::eventually("the fault applies", async || service.emulator.faults().list().is_empty().then_some(()))
        .await;
    for _ in 0..10 {
        assert_ne!(service.lock_holders().await[0]["name"], "Never renamed");
    }
    silent.set_nonblocking(true).expect("a socket");
    assert_eq!(silent.read(&mut [0]).expect_err("nothing").kind(), ErrorKind::WouldBlock);
    silent.set_nonblocking(false).expect("a socket");

    let emulator = service.emulator;
    let stopped = tokio::task::spawn_blocking(move || drop(emulator));
    tokio::time::timeout(Duration::from_secs(20), stopped).await.expect("it stops").expect("it stops well");
    let mut rest = Vec::new();
    let _ = silent.read_to_end(&mut rest);
    assert!(rest.is_empty(), "silence to the end: {}", String::from_utf8_lossy(&rest));
}

#[tokio::test]
async fn silence_can_carry_the_request_out() {
    let service = Service::start().await;
    let api = service.lock_holder(0).await;
    service.emulator.faults().add(Fault::silence().carried_out().on("updateLockHolder")).expect("a fault");
    let mut silent = connect(&service.emulator);
    let renaming = request("PATCH", &api.path("/"), &api.token, &json!({ "name": "Renamed in silence" }));
    silent.write_all(renaming.as_bytes()).expect("the bytes are sent");
    let renamed = async || (service.lock_holders().await[0]["name"] == "Renamed in silence").then_some(());
    crate::support::eventually("the lock holder is renamed", renamed).await;
}
