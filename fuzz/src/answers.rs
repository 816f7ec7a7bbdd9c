//! Whatever a service answers, the SDK reads it or says why not, and shows nothing that it should not show.
//!
//! An input is written like an answer, so that a corpus can be read. Its first line names the operation and the status; what
//! is not one of these is made one:
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
use super::stage::{Answer, NOW, SECRET, TOKEN, play, play_token, was_sent};

static CALLS: LazyLock<Vec<Call>> = LazyLock::new(calls);

/// The longest text of an error, in bytes: six pieces of what the service said, each bounded, and words of our own.
const LONGEST: usize = 20_000;

/// Most headers of an answer: HTTP's own limit is another's affair.
const MOST_HEADERS: usize = 16;

/// A success of any operation, with any body.
pub fn answer(input: &[u8]) {
    let (name, mut answer) = parse(input);
    answer.status = 200 + answer.status % 100;
    if name == "getToken" {
        return token(&answer);
    }
    let call = find(&name);
    let id = call.operation.id;
    match play(call, &answer) {
        Ok(seen) => {
            let written = enveloped(id, seen.written);
            let hidden = sensitive::hidden(id, &written);
            for text in hidden.iter().filter(|text| !sensitive::is_shown_elsewhere(id, &written, text)) {
                assert!(!seen.shown.contains(text), "{id}: Debug shows what is hidden");
            }
            if written.is_null() {
                return; // an answer without content
            }
            let body = written.to_string().into_bytes();
            let again = play(call, &Answer { status: 200, headers: Vec::new(), body });
            let again = again.unwrap_or_else(|error| panic!("{id}: what was read cannot be read again: {error}"));
            assert_eq!(written, enveloped(id, again.written), "{id}: what was read is read as something else");
        }
        Err(error) => {
            check(&error, &[TOKEN, PERSON]);
            assert_eq!((error.kind(), error.outcome()), (ErrorKind::Decode, Outcome::Accepted), "{id}: {error}");
            assert_eq!(error.body(), body(&answer), "{id}");
        }
    }
}

/// A refusal, with any status beyond 2xx and any body.
pub fn error(input: &[u8]) {
    let (name, mut answer) = parse(input);
    answer.status = 300 + answer.status % 300;
    if name == "getToken" {
        return token(&answer);
    }
    let error = refused(find(&name), &answer);
    let secrets = [TOKEN, PERSON, PASSWORD];
    // A password that was not sent is a word like any other.
    check(&error, if was_sent(PASSWORD) { &secrets } else { &secrets[..2] });
    assert_eq!(error.status().map(|status| status.as_u16()), Some(answer.status));
    assert_eq!(error.body(), body(&answer));
}

/// Any value of `Retry-After`, and the date that its first bytes are taken for.
pub fn retry_after(input: &[u8]) {
    let asked = |value: &[u8]| {
        let headers = vec![("retry-after".to_owned(), value.to_vec())];
        refused(find("getLocks"), &Answer { status: 429, headers, body: Vec::new() }).retry_after()
    };
    let value = value(input);
    let text = std::str::from_utf8(&value).unwrap_or_default().trim_matches([' ', '\t']);
    match (asked(&value), text.parse::<u64>()) {
        (asked, Ok(whole)) => assert_eq!(asked, Some(Duration::from_secs(whole)), "{text:?}"),
        // A fraction, a list, a number beyond 64 bits or a date: none of them without a digit.
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
    assert_eq!(asked(date.as_bytes()), Some(pause), "{date}");
}

/// An answer to the call for a token: with a secret in the request, and a caller who asked for something else.
fn token(answer: &Answer) {
    if let Err(error) = play_token(answer) {
        check(&error, &[SECRET, PERSON]);
        assert!(error.body().is_empty() || error.kind() != ErrorKind::Token, "it may hold the secret");
    }
}

fn refused(call: &Call, answer: &Answer) -> Error {
    match play(call, answer) {
        Ok(_) => panic!("{}: {} is no success", call.operation.id, answer.status),
        Err(error) => error,
    }
}

/// What holds for every error.
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
        assert!(!text.contains(breaks), "more than a line: {text:?}");
        assert!(text.len() <= LONGEST, "{} bytes", text.len());
        for secret in secrets {
            assert!(!text.contains(secret), "{secret} is in: {text}");
        }
    }
    // Answers to something; that they do so is all.
    let _ = (error.is_transient(), error.request_id(), error.attempts());
}

fn body(answer: &Answer) -> &[u8] {
    if answer.has_body() { &answer.body } else { &[] }
}

/// The call of this name; for any other name, one or another.
fn find(name: &str) -> &'static Call {
    let by_chance = || name.bytes().fold(7, |sum: usize, byte| sum.wrapping_mul(31).wrapping_add(byte.into()));
    let found = CALLS.iter().find(|call| call.operation.id == name);
    found.unwrap_or_else(|| &CALLS[by_chance() % CALLS.len()])
}

/// The operation's name and the answer that an input stands for.
fn parse(input: &[u8]) -> (String, Answer) {
    let end = input.windows(2).position(|pair| pair == b"\n\n");
    let (head, body) = end.map_or((&b""[..], input), |end| (&input[..end], &input[end + 2..]));
    let mut lines = head.split(|byte| *byte == b'\n');
    let first = String::from_utf8_lossy(lines.next().unwrap_or_default());
    let (name, status) = first.split_once(' ').unwrap_or((&first, ""));
    let headers = lines.filter_map(header).take(MOST_HEADERS).collect();
    let status = status.trim().parse().unwrap_or_default();
    (name.to_owned(), Answer { status, headers, body: body.to_vec() })
}

fn header(line: &[u8]) -> Option<(String, Vec<u8>)> {
    let colon = line.iter().position(|byte| *byte == b':')?;
    let name = std::str::from_utf8(&line[..colon]).ok()?.to_ascii_lowercase();
    // How an answer is framed is for HTTP, and for other tests.
    let framing = ["connection", "content-length", "transfer-encoding", "upgrade"].contains(&name.as_str());
    let plain = !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
    (plain && !framing).then(|| (name, value(&line[colon + 1..])))
}

/// As much of it as can stand in a header.
fn value(bytes: &[u8]) -> Vec<u8> {
    bytes.iter().copied().filter(|byte| *byte == b'\t' || (*byte >= b' ' && *byte != 0x7f)).take(4000).collect()
}

/// An input for `answer` or `error`.
pub fn input(operation: &str, status: &str, body: &Value) -> Vec<u8> {
    format!("{operation} {status}\ncontent-type: application/json\n\n{body}").into_bytes()
}
