//! Tests incomplete requests.

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

/// Opens a connection and sends these bytes. Reads time out, so that a test fails instead of hanging.
fn open_connection(emulator: &Emulator, bytes: &str) -> TcpStream {
    let mut stream = TcpStream::connect(emulator.base_url().trim_start_matches("http://")).expect("a connection");
    stream.set_read_timeout(Some(Duration::from_secs(20))).expect("a timeout is set");
    stream.write_all(bytes.as_bytes()).expect("the bytes are sent");
    stream
}

/// Reads until the connection ends.
fn read_to_end(stream: &mut TcpStream) -> String {
    let mut bytes = Vec::new();
    match stream.read_to_end(&mut bytes) {
        Err(error) if error.kind() != std::io::ErrorKind::ConnectionReset => panic!("no end: {error}"),
        _ => String::from_utf8(bytes).expect("text"),
    }
}

#[test]
fn closes_a_connection_with_an_incomplete_head() {
    let emulator = start(SHORT);
    for head in ["", "G", "GET / HTTP/1.1\r\n", "POST /auth/v1/token/ HTTP/1.1\r\nhost: localhost\r\ncontent-le"] {
        let mut streams: Vec<_> = (0..10).map(|_| open_connection(&emulator, head)).collect();
        for stream in &mut streams {
            let response = read_to_end(stream);
            assert!(response.is_empty() || response.starts_with("HTTP/1.1 4"), "{head:?}: {response}");
        }
    }
}

#[test]
fn an_incomplete_body_gets_a_408_in_the_format_of_its_api() {
    let emulator = start(SHORT);
    for (path, text) in [("/auth/v1/token/", "error_description"), ("/_emulator/clock", "errorDescription")] {
        let method = if path.starts_with("/auth") { "POST" } else { "PUT" };
        for framing in ["content-length: 100\r\n\r\n{", "transfer-encoding: chunked\r\n\r\n1\r\n{\r\n"] {
            let head =
                format!("{method} {path} HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\n{framing}");
            let response = read_to_end(&mut open_connection(&emulator, &head));
            assert!(response.starts_with("HTTP/1.1 408 "), "{response}");
            let body: Value = serde_json::from_str(response.split("\r\n\r\n").nth(1).expect("a body")).expect("JSON");
            assert!(body[text].as_str().is_some_and(|text| text.contains("too long")), "{response}");
        }
    }
}

#[test]
fn a_body_that_arrives_byte_by_byte_times_out() {
    let emulator = start(SHORT);
    let head = "POST /auth/v1/token/ HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\ncontent-length: 1000000\r\n\r\n";
    let mut stream = open_connection(&emulator, head);
    // Writing fails once the emulator has closed the connection.
    while stream.write_all(b" ").is_ok() {
        std::thread::sleep(Duration::from_millis(5));
    }
    assert!(emulator.requests().iter().any(|request| request.status == 408), "{:?}", emulator.requests());
}

#[tokio::test]
async fn a_complete_request_has_no_time_limit() {
    let service = Service::with(Emulator::builder().read_timeout(SHORT)).await;
    service.emulator.faults().add(Fault::delay(SHORT * 3)).expect("a fault");
    // The body is read after the delay, but it arrived before, so it does not time out.
    service.ask_token(&service.credentials(Value::Null)).await.ok();
}
