//! Sends raw bytes over a new connection and reads the response. An HTTP client would correct the malformed requests
//! that are tested here.

use std::io::{self, Read, Write};
use std::net::{Shutdown, TcpStream};
use std::time::Duration;

use serde_json::Value;
use unloc_emulator::Emulator;

/// Limits each read and write; a test fails if the emulator takes longer.
const IO_TIMEOUT: Duration = Duration::from_secs(20);

/// Is a response as received.
#[derive(Debug)]
pub(crate) struct TestResponse {
    pub(crate) status: u16,
    /// Holds the headers, with names in lower case. Bytes that are no UTF-8 are replaced.
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
}

impl TestResponse {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|_| panic!("not JSON: {self:?}"))
    }
}

pub(crate) fn connect(emulator: &Emulator) -> TcpStream {
    connect_to(emulator.base_url())
}

pub(crate) fn connect_to(base_url: &str) -> TcpStream {
    let stream = TcpStream::connect(base_url.trim_start_matches("http://")).expect("a connection");
    stream.set_read_timeout(Some(IO_TIMEOUT)).expect("a timeout is set");
    stream.set_write_timeout(Some(IO_TIMEOUT)).expect("a timeout is set");
    stream
}

/// Sends these bytes and reads the first response, if there is one.
pub(crate) fn exchange(emulator: &Emulator, bytes: &[u8]) -> Option<TestResponse> {
    send(emulator, bytes, false)
}

/// Sends these bytes and reads the first response, if there is one.
///
/// `ends` closes the sending side afterwards, for incomplete requests: the emulator would wait for the rest.
pub(crate) fn send(emulator: &Emulator, bytes: &[u8], ends: bool) -> Option<TestResponse> {
    let mut stream = connect(emulator);
    // Writing may fail, because the emulator may refuse the request before it has read all of it.
    let _ = stream.write_all(bytes);
    if ends {
        let _ = stream.shutdown(Shutdown::Write);
    }
    let response = read(&mut stream, bytes.starts_with(b"HEAD "));
    response.unwrap_or_else(|error| panic!("no response, no end: {error}"))
}

/// Reads the response of a connection; `None` if the connection ends without one. A response to HEAD has no body.
pub(crate) fn read(stream: &mut TcpStream, is_bodiless: bool) -> io::Result<Option<TestResponse>> {
    let mut bytes = Vec::new();
    let mut part = [0; 64 * 1024];
    loop {
        if let Some(response) = parse(&bytes, is_bodiless) {
            return Ok(Some(response));
        }
        match stream.read(&mut part) {
            Ok(0) => break,
            Ok(count) => bytes.extend_from_slice(&part[..count]),
            Err(error) if matches!(error.kind(), io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut) => {
                return Err(error);
            }
            // The connection was reset.
            Err(_) => break,
        }
    }
    assert!(bytes.is_empty(), "the response is incomplete: {}", String::from_utf8_lossy(&bytes));
    Ok(None)
}

/// Parses a complete response at the start of these bytes. Interim responses (100) are skipped.
fn parse(bytes: &[u8], is_bodiless: bool) -> Option<TestResponse> {
    let head = bytes.windows(4).position(|four| four == b"\r\n\r\n")?;
    let text = String::from_utf8_lossy(&bytes[..head]);
    let mut lines = text.split("\r\n");
    let status = lines.next()?.split(' ').nth(1)?.parse().expect("a status");
    let rest = &bytes[head + 4..];
    if status == 100 {
        return parse(rest, is_bodiless);
    }
    let headers = lines.filter_map(|line| line.split_once(':'));
    let headers = headers.map(|(name, value)| (name.to_ascii_lowercase(), value.trim().to_owned())).collect();
    let mut response = TestResponse { status, headers, body: Vec::new() };
    let length = response.header("content-length").map(|length| length.parse::<usize>().expect("a length"));
    // Only the event stream has no length. It never ends, so its head is enough.
    if let Some(length) = length.filter(|_| !is_bodiless) {
        response.body = rest.get(..length)?.to_vec();
    }
    Some(response)
}
