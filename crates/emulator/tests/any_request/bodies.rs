use std::io::Write;
use std::net::TcpStream;
use std::time::Duration;

use serde_json::Value;
use unloc_emulator::Emulator;

use crate::properties::{admin_for, head, start, token};
use crate::response::{connect, exchange, read};
use crate::targets::{Names, targets};

const STALLED_CONNECTIONS: usize = 40;

/// Returns method and path of all requests with a body, with valid ids.
fn with_bodies(emulator: &Emulator) -> Vec<(&'static str, String)> {
    let names = Names::of(emulator);
    let with_body = targets().into_iter().filter(|(.., body)| body.is_some());
    with_body.map(|(method, path, _)| (method, names.fill(path, None))).collect()
}

#[test]
fn refuses_nesting_of_any_depth_without_overflow() {
    let emulator = start(&[]);
    for (method, path) in with_bodies(&emulator) {
        let token = token(&emulator, admin_for(&path));
        for open in ["[", "{\"a\":", "[{\"name\":["] {
            for depth in [127, 128, 100_000] {
                let body = open.repeat(depth);
                let response =
                    exchange(&emulator, &[head(method, &path, &token, body.len()), body.into_bytes()].concat());
                let response = response.expect("a response");
                assert_eq!(response.status, 400, "{method} {path} {open}: {response:?}");
            }
        }
    }
    // The deepest nesting that fits into the body limit.
    let body = "[".repeat(4 * 1024 * 1024);
    let bytes = [head("POST", "/auth/v1/token/", b"none", body.len()), body.into_bytes()].concat();
    assert_eq!(exchange(&emulator, &bytes).expect("a response").status, 400);
}

#[test]
fn reads_a_4_mib_body_and_refuses_one_byte_more() {
    let emulator = start(&[]);
    for (method, path) in with_bodies(&emulator) {
        let token = token(&emulator, admin_for(&path));
        for (length, status) in [(4 * 1024 * 1024, 400), (4 * 1024 * 1024 + 1, 413)] {
            let bytes = [head(method, &path, &token, length), vec![b' '; length]].concat();
            assert_eq!(exchange(&emulator, &bytes).expect("a response").status, status, "{method} {path}");
        }
    }
}

/// Opens connections with requests whose bodies are incomplete.
fn stalled_connections(emulator: &Emulator, token: &[u8]) -> Vec<TcpStream> {
    let started = (0..STALLED_CONNECTIONS).map(|_| {
        let mut stream = connect(emulator);
        let head = head("POST", "/integrators/v1/lock-holders/", token, 2);
        stream.write_all(&[&head[..], b"{"].concat()).expect("the bytes are sent");
        stream
    });
    started.collect()
}

#[test]
fn incomplete_bodies_do_not_block_other_requests() {
    let emulator = start(&[]);
    let token = token(&emulator, 2);
    let mut waiting = stalled_connections(&emulator, &token);
    for _ in 0..STALLED_CONNECTIONS {
        let bytes = head("GET", "/integrators/v1/lock-holders/", &token, 0);
        assert_eq!(exchange(&emulator, &bytes).expect("a response").status, 200);
    }
    // The stalled requests get their responses when their bodies are complete.
    for stream in &mut waiting {
        stream.write_all(b"}").expect("the bytes are sent");
        let response = read(stream, false).expect("a response before the timeout").expect("a response");
        assert_eq!(response.status, 400);
        assert!(response.json()["errorDescription"].as_str().is_some_and(|text| text.contains("name")), "{response:?}");
    }
}

#[test]
fn stopping_does_not_wait_for_incomplete_bodies() {
    let emulator = start(&[]);
    let token = token(&emulator, 2);
    let waiting = stalled_connections(&emulator, &token);
    let (done, is_done) = std::sync::mpsc::channel();
    std::thread::spawn(move || {
        drop(emulator);
        let _ = done.send(());
    });
    is_done.recv_timeout(Duration::from_secs(20)).expect("the emulator stops");
    drop(waiting);
}

#[tokio::test]
async fn a_refusal_arrives_although_the_body_is_still_being_sent() {
    let emulator = Emulator::start().await.expect("the emulator starts");
    let http = reqwest::Client::builder().no_proxy().build().expect("a client");
    let holder = emulator.snapshot().lock_holders[0].id.clone();
    let lock = emulator.snapshot().locks[0].id.clone();
    // The usual case: an image of the largest size is uploaded with a token that has expired in the meantime.
    let image = "x".repeat(4_000_000);
    for path in [format!("/integrators/v1/lock-holders/{holder}/locks/{lock}/"), "/nothing/".to_owned()] {
        for _ in 0..20 {
            let request =
                http.patch(format!("{}{path}", emulator.base_url())).bearer_auth("EXPIRED").body(image.clone());
            let response = request.send().await.unwrap_or_else(|error| panic!("{path}: no response: {error:?}"));
            assert!(matches!(response.status().as_u16(), 401 | 404), "{path}: {response:?}");
            let refusal: Value = response.json().await.expect("JSON");
            assert!(refusal["error"].is_string(), "{refusal}");
        }
    }
}
