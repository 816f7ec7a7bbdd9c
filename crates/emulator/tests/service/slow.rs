//! Requests that begin and do not end.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use serde_json::Value;
use unloc_emulator::{Emulator, Fault};

use crate::support::Service;

const SHORT: Duration = Duration::from_millis(200);

fn start(read_timeout: Duration) -> Emulator {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    runtime.block_on(Emulator::builder().read_timeout(read_timeout).start()).expect("the emulator starts")
}

/// A connection on which these bytes were sent. Reading from it ends, if the test is to end.
fn begun(emulator: &Emulator, bytes: &str) -> TcpStream {
    let mut stream = TcpStream::connect(emulator.base_url().trim_start_matches("http://")).expect("a connection");
    stream.set_read_timeout(Some(Duration::from_secs(20))).expect("a bound");
    stream.write_all(bytes.as_bytes()).expect("bytes are taken");
    stream
}

/// Everything that comes until the connection ends.
fn rest(stream: &mut TcpStream) -> String {
    let mut bytes = Vec::new();
    match stream.read_to_end(&mut bytes) {
        Err(error) if error.kind() != std::io::ErrorKind::ConnectionReset => panic!("no end: {error}"),
        _ => String::from_utf8(bytes).expect("text"),
    }
}

#[test]
fn a_head_that_does_not_end_is_given_up() {
    let emulator = start(SHORT);
    for head in ["", "G", "GET / HTTP/1.1\r\n", "POST /auth/v1/token/ HTTP/1.1\r\nhost: localhost\r\ncontent-le"] {
        let mut streams: Vec<_> = (0..10).map(|_| begun(&emulator, head)).collect();
        for stream in &mut streams {
            let answer = rest(stream);
            assert!(answer.is_empty() || answer.starts_with("HTTP/1.1 4"), "{head:?}: {answer}");
        }
    }
}

#[test]
fn a_body_that_does_not_end_meets_a_408_in_the_form_of_its_api() {
    let emulator = start(SHORT);
    for (path, text) in [("/auth/v1/token/", "error_description"), ("/_emulator/clock", "errorDescription")] {
        let method = if path.starts_with("/auth") { "POST" } else { "PUT" };
        for framing in ["content-length: 100\r\n\r\n{", "transfer-encoding: chunked\r\n\r\n1\r\n{\r\n"] {
            let head =
                format!("{method} {path} HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\n{framing}");
            let answer = rest(&mut begun(&emulator, &head));
            assert!(answer.starts_with("HTTP/1.1 408 "), "{answer}");
            let body: Value = serde_json::from_str(answer.split("\r\n\r\n").nth(1).expect("a body")).expect("JSON");
            assert!(body[text].as_str().is_some_and(|text| text.contains("too long")), "{answer}");
        }
    }
}

#[test]
fn a_body_that_comes_byte_by_byte_is_given_up_as_well() {
    let emulator = start(SHORT);
    let head = "POST /auth/v1/token/ HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\ncontent-length: 1000000\r\n\r\n";
    let mut stream = begun(&emulator, head);
    // Until its other end is closed, which writing finds out.
    while stream.write_all(b" ").is_ok() {
        std::thread::sleep(Duration::from_millis(5));
    }
    assert!(emulator.requests().iter().any(|request| request.status == 408), "{:?}", emulator.requests());
}

#[tokio::test]
async fn a_request_that_came_whole_may_take_any_time() {
    let service = Service::with(Emulator::builder().read_timeout(SHORT)).await;
    service.emulator.faults().add(Fault::delay(SHORT * 3)).expect("a fault");
    // The body is read after the delay: what waits there is in time.
    service.ask_token(&service.credentials(Value::Null)).await.ok();
}
