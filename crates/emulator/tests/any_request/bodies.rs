use std::io::Write;
use std::net::TcpStream;
use std::time::Duration;

use serde_json::Value;
use unloc_emulator::Emulator;

use crate::answer::{connect, exchange, read};
use crate::properties::{head, start, token};
use crate::targets::{Names, targets};

const SLOW: usize = 40;

/// All requests that take a body, with good ids.
fn with_bodies(emulator: &Emulator) -> Vec<(&'static str, String)> {
    let names = Names::of(emulator);
    let with_body = targets().into_iter().filter(|(.., body)| body.is_some());
    with_body.map(|(method, path, _)| (method, names.fill(path, None))).collect()
}

#[test]
fn nesting_of_any_depth_is_bad_json_and_overflows_nothing() {
    let emulator = start(&[]);
    let token = token(&emulator, 2);
    for (method, path) in with_bodies(&emulator) {
        for open in ["[", "{\"a\":", "[{\"name\":["] {
            for depth in [127, 128, 100_000] {
                let body = open.repeat(depth);
                let answer =
                    exchange(&emulator, &[head(method, &path, &token, body.len()), body.into_bytes()].concat());
                let answer = answer.expect("an answer");
                assert_eq!(answer.status, 400, "{method} {path} {open}: {answer:?}");
            }
        }
    }
    // As deep as a body may be large.
    let body = "[".repeat(4 * 1024 * 1024);
    let bytes = [head("POST", "/auth/v1/token/", &token, body.len()), body.into_bytes()].concat();
    assert_eq!(exchange(&emulator, &bytes).expect("an answer").status, 400);
}

#[test]
fn a_body_of_4_mib_is_read_and_one_byte_more_is_too_large() {
    let emulator = start(&[]);
    let token = token(&emulator, 2);
    for (method, path) in with_bodies(&emulator) {
        for (length, status) in [(4 * 1024 * 1024, 400), (4 * 1024 * 1024 + 1, 413)] {
            let bytes = [head(method, &path, &token, length), vec![b' '; length]].concat();
            assert_eq!(exchange(&emulator, &bytes).expect("an answer").status, status, "{method} {path}");
        }
    }
}

/// Connections on which a request has begun whose body does not go on.
fn slow(emulator: &Emulator, token: &[u8]) -> Vec<TcpStream> {
    let begun = (0..SLOW).map(|_| {
        let mut stream = connect(emulator);
        let head = head("POST", "/integrators/v1/lock-holders/", token, 2);
        stream.write_all(&[&head[..], b"{"].concat()).expect("bytes are taken");
        stream
    });
    begun.collect()
}

#[test]
fn bodies_that_do_not_end_keep_nobody_waiting() {
    let emulator = start(&[]);
    let token = token(&emulator, 2);
    let mut waiting = slow(&emulator, &token);
    for _ in 0..SLOW {
        let bytes = head("GET", "/integrators/v1/lock-holders/", &token, 0);
        assert_eq!(exchange(&emulator, &bytes).expect("an answer").status, 200);
    }
    // And those that take long are answered when they are done.
    for stream in &mut waiting {
        stream.write_all(b"}").expect("bytes are taken");
        let answer = read(stream, false).expect("in time").expect("an answer");
        assert_eq!(answer.status, 400);
        assert!(answer.json()["errorDescription"].as_str().is_some_and(|text| text.contains("name")), "{answer:?}");
    }
}

#[test]
fn stopping_waits_for_no_body() {
    let emulator = start(&[]);
    let token = token(&emulator, 2);
    let waiting = slow(&emulator, &token);
    let (done, is_done) = std::sync::mpsc::channel();
    std::thread::spawn(move || {
        drop(emulator);
        let _ = done.send(());
    });
    is_done.recv_timeout(Duration::from_secs(20)).expect("the emulator stops");
    drop(waiting);
}

#[tokio::test]
async fn a_refusal_reaches_a_sender_whose_body_nobody_wanted() {
    let emulator = Emulator::start().await.expect("the emulator starts");
    let http = reqwest::Client::builder().no_proxy().build().expect("a client");
    let holder = emulator.town().lock_holders[0].id.clone();
    let lock = emulator.town().locks[0].id.clone();
    // A picture as large as a body may be, sent with a token that has expired meanwhile: the usual case of this.
    let picture = "x".repeat(4_000_000);
    for path in [format!("/integrators/v1/lock-holders/{holder}/locks/{lock}/"), "/nothing/".to_owned()] {
        for _ in 0..20 {
            let request =
                http.patch(format!("{}{path}", emulator.base_url())).bearer_auth("EXPIRED").body(picture.clone());
            let answer = request.send().await.unwrap_or_else(|error| panic!("{path}: no answer: {error:?}"));
            assert!(matches!(answer.status().as_u16(), 401 | 404), "{path}: {answer:?}");
            let refusal: Value = answer.json().await.expect("JSON");
            assert!(refusal["error"].is_string(), "{refusal}");
        }
    }
}
