//! Sending bytes, and reading what comes back, over a connection of its own: a client in between would straighten out
//! the very requests that matter here.

use std::io::{self, Read, Write};
use std::net::{Shutdown, TcpStream};
use std::time::Duration;

use serde_json::Value;
use unloc_emulator::Emulator;

/// How long anything may take before the emulator counts as stuck.
const BOUND: Duration = Duration::from_secs(20);

/// An answer as it came over the wire.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    /// Names in lower case, values as text as far as they are text.
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
}

impl Answer {
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
    stream.set_read_timeout(Some(BOUND)).expect("a bound");
    stream.set_write_timeout(Some(BOUND)).expect("a bound");
    stream
}

/// Sends these bytes and reads the first answer, if there is one.
pub(crate) fn exchange(emulator: &Emulator, bytes: &[u8]) -> Option<Answer> {
    send(emulator, bytes, false)
}

/// The same; after bytes that are no whole request the connection ends, lest the emulator wait for the rest. An answer to
/// HEAD announces a body that does not come.
pub(crate) fn send(emulator: &Emulator, bytes: &[u8], ends: bool) -> Option<Answer> {
    let mut stream = connect(emulator);
    // The emulator may refuse a request before it was sent to its end; its answer counts all the same.
    let _ = stream.write_all(bytes);
    if ends {
        let _ = stream.shutdown(Shutdown::Write);
    }
    let answer = read(&mut stream, bytes.starts_with(b"HEAD "));
    answer.unwrap_or_else(|error| panic!("no answer, no end: {error}"))
}

/// The answer that comes over a connection; none if the connection ends without.
pub(crate) fn read(stream: &mut TcpStream, is_bodiless: bool) -> io::Result<Option<Answer>> {
    let mut bytes = Vec::new();
    let mut part = [0; 64 * 1024];
    loop {
        if let Some(answer) = parse(&bytes, is_bodiless) {
            return Ok(Some(answer));
        }
        match stream.read(&mut part) {
            Ok(0) => break,
            Ok(count) => bytes.extend_from_slice(&part[..count]),
            Err(error) if matches!(error.kind(), io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut) => {
                return Err(error);
            }
            // A reset, after which nothing comes.
            Err(_) => break,
        }
    }
    assert!(bytes.is_empty(), "an answer that breaks off: {}", String::from_utf8_lossy(&bytes));
    Ok(None)
}

/// A whole answer at the beginning of these bytes. Interim ones are skipped.
fn parse(bytes: &[u8], is_bodiless: bool) -> Option<Answer> {
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
    let mut answer = Answer { status, headers, body: Vec::new() };
    let length = answer.header("content-length").map(|length| length.parse::<usize>().expect("a length"));
    // Only the stream of changes has no length: it never ends, and its head is answer enough.
    if let Some(length) = length.filter(|_| !is_bodiless) {
        answer.body = rest.get(..length)?.to_vec();
    }
    Some(answer)
}
