//! Checks that the SDK decodes any response or returns an error, and that neither shows sensitive values.
//!
//! An input looks like an HTTP response, so that the corpus is readable. Its first line names the operation and the
//! status. Unknown names and invalid statuses are mapped to valid ones:
//!
//! ```text
//! getLocks 200
//! content-type: application/json
//!
//! {"locks": []}
//! ```

use std::error::Error as _;
use std::sync::LazyLock;
use std::time::Duration;

use serde_json::Value;
use unloc::chrono::{DateTime, Utc};
use unloc::{Error, ErrorKind, Outcome};

use super::calls::{Call, PASSWORD, PERSON, calls};
use super::envelopes::enveloped;
use super::sensitive;
use super::service::{NOW, Response, SECRET, TOKEN, play, play_token, was_sent};

static CALLS: LazyLock<Vec<Call>> = LazyLock::new(calls);

/// Limits the text of an error, in bytes: it has six bounded parts from the service and our own words.
const MAX_ERROR_LENGTH: usize = 20_000;

/// Limits the headers of a response. The HTTP client's own limit is not tested here.
const MAX_HEADERS: usize = 16;

/// Checks a 2xx response of any operation with any body.
pub fn response(input: &[u8]) {
    let (name, mut response) = parse(input);
    response.status = 200 + response.status % 100;
    if name == "getToken" {
        return token(&response);
    }
    let call = find(&name);
    let id = call.operation.id;
    match play(call, &response) {
        Ok(seen) => {
            let written = enveloped(id, seen.written);
            let hidden = sensitive::hidden(id, &written);
            for text in hidden.iter().filter(|text| !sensitive::is_shown_elsewhere(id, &written, text)) {
                assert!(!seen.shown.contains(text), "{id}: Debug shows a sensitive value");
            }
            if written.is_null() {
                return; // a response without content
            }
            let body = written.to_string().into_bytes();
            let round_trip = play(call, &Response { status: 200, headers: Vec::new(), body });
            let round_trip =
                round_trip.unwrap_or_else(|error| panic!("{id}: the encoded value cannot be decoded: {error}"));
            assert_eq!(written, enveloped(id, round_trip.written), "{id}: the round trip changed the value");
        }
        Err(error) => {
            check(&error, &[TOKEN, PERSON]);
            assert_eq!((error.kind(), error.outcome()), (ErrorKind::Decode, Outcome::Accepted), "{id}: {error}");
            assert_eq!(error.body(), body(&response), "{id}");
        }
    }
}

/// Checks an error response with any status outside 2xx and any body.
pub fn error(input: &[u8]) {
    let (name, mut response) = parse(input);
    response.status = 300 + response.status % 300;
    if name == "getToken" {
        return token(&response);
    }
    let error = refused(find(&name), &response);
    let secrets = [TOKEN, PERSON, PASSWORD];
    // The SDK redacts a password only if the call sent it.
    check(&error, if was_sent(PASSWORD) { &secrets } else { &secrets[..2] });
    assert_eq!(error.status().map(|status| status.as_u16()), Some(response.status));
    assert_eq!(error.body(), body(&response));
}

/// Checks any value of `Retry-After`, and a date that is derived from the input's first bytes.
pub fn retry_after(input: &[u8]) {
    let parsed = |value: &[u8]| {
        let headers = vec![("retry-after".to_owned(), value.to_vec())];
        refused(find("getLocks"), &Response { status: 429, headers, body: Vec::new() }).retry_after()
    };
    let value = value(input);
    let text = std::str::from_utf8(&value).unwrap_or_default().trim_matches([' ', '\t']);
    match (parsed(&value), text.parse::<u64>()) {
        (parsed, Ok(whole)) => assert_eq!(parsed, Some(Duration::from_secs(whole)), "{text:?}"),
        // Fractions, lists, numbers above 64 bits and dates are accepted. All of them contain a digit.
        (Some(_), Err(_)) => assert!(text.contains(|c: char| c.is_ascii_digit()), "{text:?}"),
        (None, Err(_)) => {
            let is_decimal = text.split_once('.').is_some_and(|(whole, rest)| {
                [whole, rest].iter().all(|part| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit()))
            });
            assert!(!is_decimal, "{text:?} is a number of seconds");
        }
    }
    let mut seconds = [0; 4];
    seconds.iter_mut().zip(input).for_each(|(to, from)| *to = *from);
    let pause = Duration::from_secs(u32::from_le_bytes(seconds).into());
    let date = DateTime::<Utc>::from_timestamp((NOW + pause).as_secs().cast_signed(), 0).expect("a date before 2160");
    let date = date.format("%a, %d %b %Y %H:%M:%S GMT").to_string();
    assert_eq!(parsed(date.as_bytes()), Some(pause), "{date}");
}

/// Checks a token response, for a call that needs the token and a token request that contains the client secret.
fn token(response: &Response) {
    if let Err(error) = play_token(response) {
        check(&error, &[SECRET, PERSON]);
        assert!(
            error.body().is_empty() || error.kind() != ErrorKind::Token,
            "the body of a token response may contain the secret"
        );
    }
}

fn refused(call: &Call, response: &Response) -> Error {
    match play(call, response) {
        Ok(_) => panic!("{}: the status {} was accepted as a success", call.operation.id, response.status),
        Err(error) => error,
    }
}

/// Checks the properties of every error.
fn check(error: &Error, secrets: &[&str]) {
    let source = error.source().map(ToString::to_string).unwrap_or_default();
    let texts = [
        error.to_string(),
        format!("{error:?}"),
        error.code().unwrap_or_default().to_owned(),
        error.description().unwrap_or_default().to_owned(),
        source,
    ];
    for text in texts {
        let breaks = |c: char| c.is_control() || matches!(c, '\u{2028}' | '\u{2029}');
        assert!(!text.contains(breaks), "the text has more than one line: {text:?}");
        assert!(text.len() <= MAX_ERROR_LENGTH, "{} bytes", text.len());
        for secret in secrets {
            assert!(!text.contains(secret), "{secret} is in: {text}");
        }
    }
    // These must not panic.
    let _ = (error.is_transient(), error.request_id(), error.attempts());
}

fn body(response: &Response) -> &[u8] {
    if response.has_body() { &response.body } else { &[] }
}

/// Returns the call of this operation, or for an unknown name a call that its hash selects.
fn find(name: &str) -> &'static Call {
    let by_hash = || name.bytes().fold(7, |sum: usize, byte| sum.wrapping_mul(31).wrapping_add(byte.into()));
    let found = CALLS.iter().find(|call| call.operation.id == name);
    found.unwrap_or_else(|| &CALLS[by_hash() % CALLS.len()])
}

/// Parses an input into the operation's name and the response.
fn parse(input: &[u8]) -> (String, Response) {
    let end = input.windows(2).position(|pair| pair == b"\n\n");
    let (head, body) = end.map_or((&b""[..], input), |end| (&input[..end], &input[end + 2..]));
    let mut lines = head.split(|byte| *byte == b'\n');
    let first = String::from_utf8_lossy(lines.next().unwrap_or_default());
    let (name, status) = first.split_once(' ').unwrap_or((&first, ""));
    let headers = lines.filter_map(header).take(MAX_HEADERS).collect();
    let status = status.trim().parse().unwrap_or_default();
    (name.to_owned(), Response { status, headers, body: body.to_vec() })
}

fn header(line: &[u8]) -> Option<(String, Vec<u8>)> {
    let colon = line.iter().position(|byte| *byte == b':')?;
    let name = std::str::from_utf8(&line[..colon]).ok()?.to_ascii_lowercase();
    // Framing is tested in `tests/contract/faults/`.
    let framing = ["connection", "content-length", "transfer-encoding", "upgrade"].contains(&name.as_str());
    let plain = !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
    (plain && !framing).then(|| (name, value(&line[colon + 1..])))
}

/// Returns the bytes that are valid in a header value, up to a limit.
fn value(bytes: &[u8]) -> Vec<u8> {
    bytes.iter().copied().filter(|byte| *byte == b'\t' || (*byte >= b' ' && *byte != 0x7f)).take(4000).collect()
}

/// Formats an input for `response` or `error`.
pub fn input(operation: &str, status: &str, body: &Value) -> Vec<u8> {
    format!("{operation} {status}\ncontent-type: application/json\n\n{body}").into_bytes()
}
