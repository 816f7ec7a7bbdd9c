//! Decodes bodies. If a body cannot be decoded, the explanation shows nothing of its data.

mod echoes;
mod json_path;
#[cfg(feature = "dynamic")]
pub(crate) mod table;

use std::borrow::Cow;
use std::collections::BTreeMap;

use serde::de::{DeserializeOwned, IgnoredAny};
use serde_json::de::SliceRead;

pub(crate) use echoes::SentRequest;

use crate::error::body::{is_markup, without_mark};
use crate::error::redact;
use crate::model::lenient::once;
use crate::model::operation::{Envelope, Operation};
use json_path::json_path;

/// Reads a value again, and returns the place and the error if it cannot be read.
type ReadError<'a> = &'a dyn Fn(&mut serde_json::Deserializer<SliceRead<'_>>) -> Option<(String, serde_json::Error)>;

/// Reads a body as it is, without the tolerances here.
type Read<'a, T> = &'a dyn Fn(&[u8]) -> Option<T>;

/// Decodes a body as the operation's response, or says why it cannot be decoded.
pub(crate) fn decode<T: DeserializeOwned>(
    operation: &Operation,
    body: &[u8],
    sent: &SentRequest<'_>,
) -> Result<T, String> {
    let read = |body: &[u8]| serde_json::from_slice(body).ok();
    decode_by(operation, body, sent, &read, &explain::<T>)
}

/// Decodes a body with `read`; `explain` says why a body cannot be read.
///
/// A body that cannot be read as it is gets two more chances, which cost nothing for one that can:
/// * Properties that occur twice are merged into one.
/// * Properties that the call itself set are added where the response to a change leaves them out.
///
/// If the spec marks the response as inferred, an unreadable one counts as empty, since the call has been carried out.
pub(crate) fn decode_by<T>(
    operation: &Operation,
    body: &[u8],
    sent: &SentRequest<'_>,
    read: Read<'_, T>,
    explain: &dyn Fn(&[u8]) -> String,
) -> Result<T, String> {
    let body = without_mark(body);
    if let Some(value) = read_wrapped_or_bare(operation, body, read) {
        return Ok(value);
    }
    let normalized = normalize(operation, body, sent);
    if let Some(value) = normalized.as_deref().and_then(|body| read_wrapped_or_bare(operation, body, read)) {
        return Ok(value);
    }
    // The body looks like the bare object, but cannot be read as that. An envelope without required properties can be
    // read from it all the same, as an empty one.
    let best = normalized.as_deref().unwrap_or(body);
    if let Some(value) =
        operation.envelope.as_ref().filter(|envelope| looks_bare(envelope, best)).and_then(|_| read(best))
    {
        return Ok(value);
    }
    // serde_json would say `EOF while parsing a value`.
    if body.trim_ascii().is_empty() {
        return Err("its body is empty".to_owned());
    }
    let what = explain(best);
    // Proxies and login pages send HTML in the service's place, so the call may not have reached the service.
    if !operation.inferred || is_markup(body) {
        return Err(what);
    }
    tracing::warn!(target: "unloc::call", operation = operation.id, what, "an inferred response cannot be read, and counts as empty");
    read(b"{}").ok_or(what)
}

/// Reads a body with its envelope or, if that is missing, as the bare object or list.
fn read_wrapped_or_bare<T>(operation: &Operation, body: &[u8], read: Read<'_, T>) -> Option<T> {
    let envelope = operation.envelope.as_ref();
    if let Some(envelope) = envelope.filter(|envelope| looks_bare(envelope, body)) {
        return read_bare(envelope, body, read);
    }
    // If nothing in a response is required, an empty body is equivalent to `{}`. It is read as bytes, like every body:
    // reading a `str` would compile the deserializers of all types a second time.
    let body = if body.trim_ascii().is_empty() { b"{}" } else { body };
    // An envelope that cannot be read must not be taken for the bare object: if that requires nothing, it could be read
    // from any object, and the data would be lost.
    let is_wrapped = |envelope: &Envelope| names(body).is_some_and(|names| names.contains_key(envelope.property));
    read(body).or_else(|| read_bare(envelope.filter(|envelope| !is_wrapped(envelope))?, body, read))
}

/// Returns the names of a body's properties, if it is an object.
fn names(body: &[u8]) -> Option<BTreeMap<Cow<'_, str>, IgnoredAny>> {
    serde_json::from_slice(body).ok()
}

/// Returns the body with each property once and with what the call sent, if that changes it.
fn normalize(operation: &Operation, body: &[u8], sent: &SentRequest<'_>) -> Option<Vec<u8>> {
    let (mut value, merged) = once(body, operation.aliases)?;
    let filled = sent.fill(operation, &mut value);
    (merged || filled).then(|| value.to_string().into_bytes())
}

/// Returns whether a body is a bare object that could be mistaken for its envelope, because the envelope requires
/// nothing.
// Read as the envelope it would be an empty one. Its properties tell: they belong to the object inside.
fn looks_bare(envelope: &Envelope, body: &[u8]) -> bool {
    let bare = |names: BTreeMap<Cow<'_, str>, IgnoredAny>| {
        !names.contains_key(envelope.property) && envelope.inside.iter().any(|name| names.contains_key(*name))
    };
    !envelope.required && names(body).is_some_and(bare)
}

/// Reads a bare object or list by wrapping it in its envelope.
// Older documents of the service show some responses without their envelope.
fn read_bare<T>(envelope: &Envelope, body: &[u8], read: Read<'_, T>) -> Option<T> {
    let first = *body.trim_ascii().first()?;
    if first != b'{' && first != b'[' {
        return None;
    }
    // Trailing data, as in `{}, "x": 1`, would become a part of the envelope.
    serde_json::from_slice::<IgnoredAny>(body).ok()?;
    read(&[b"{\"", envelope.property.as_bytes(), b"\":", body, b"}"].concat())
}

/// Says why a body cannot be read as a `T`.
// The body is read again here, with the path tracked: that takes longer, and successful calls need no path.
pub(crate) fn explain<T: DeserializeOwned>(body: &[u8]) -> String {
    explain_by(body, &|reader| {
        let mut track = serde_path_to_error::Track::new();
        let error = T::deserialize(serde_path_to_error::Deserializer::new(reader, &mut track)).err()?;
        Some((json_path(&track.path()), error))
    })
}

/// Says why a body cannot be read. `error` reads it, and returns the path and the error of the value.
fn explain_by(body: &[u8], error: ReadError<'_>) -> String {
    if is_markup(body) {
        let what = "its body is HTML or XML and not JSON: check the base URL, and any proxy or login page in between";
        return what.to_owned();
    }
    // The two byte order marks of UTF-16. serde_json would say `expected value at line 1 column 1`.
    if body.starts_with(b"\xff\xfe") || body.starts_with(b"\xfe\xff") {
        return "its body is UTF-16, but JSON has to be UTF-8 (RFC 8259, section 8.1)".to_owned();
    }
    // Without an error in the value, what is wrong must follow it: only one value is read.
    let Some((path, error)) = error(&mut serde_json::Deserializer::from_slice(body)) else {
        return "its body has trailing data after the JSON value".to_owned();
    };
    let at = if path.is_empty() { String::new() } else { format!(" at `{path}`") };
    format!("its body does not match the spec{at}: {}", without_value(&error.to_string()))
}

/// Removes the data from a message of serde, since the message is for logs and the data may be personal.
// The messages look like ``invalid type: string "Ola", expected a map at line 1 column 7``. What comes before the first
// quote or backtick is serde's own text, and so is what follows `, expected `. The last `, expected ` counts: data may
// contain one.
fn without_value(message: &str) -> String {
    let Some((before, expected)) = message.rsplit_once(", expected ") else { return redact(message) };
    let shown = before.find(['"', '`']).map_or(before, |quote| &before[..quote]);
    format!("{}, expected {}", redact(shown.trim_end()), redact(expected))
}

#[cfg(test)]
mod tests;
