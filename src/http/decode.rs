//! From a body to a value; what cannot be read is explained without showing what was in it.

mod echoes;
mod place;
pub(crate) mod table;

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::marker::PhantomData;

use serde::de::{DeserializeOwned, DeserializeSeed, IgnoredAny};

pub(crate) use echoes::Said;

use crate::error::body::{is_markup, without_mark};
use crate::error::redact;
use crate::model::lenient::once;
use crate::model::operation::{Envelope, Operation};
use place::place;

/// How a body is read, as it is.
type Read<'a, T> = &'a dyn Fn(&[u8]) -> Option<T>;

/// Reads a body as the operation's answer, or says why that cannot be.
pub(crate) fn decode<T: DeserializeOwned>(operation: &Operation, body: &[u8], said: &Said<'_>) -> Result<T, String> {
    let read = |body: &[u8]| serde_json::from_slice(body).ok();
    decode_by(operation, body, said, &read, &|body| explain(PhantomData::<T>, body))
}

/// The same for whatever reads a body, and says why it cannot be read.
///
/// A body that cannot be read as it is gets two more chances, which cost nothing where none is needed: with each property
/// once, and with what the call itself had said put where a response to a change leaves it out. Where the spec says that a
/// response is inferred, one that cannot be read holds nothing: what the call was to do is done.
pub(crate) fn decode_by<T>(
    operation: &Operation,
    body: &[u8],
    said: &Said<'_>,
    read: Read<'_, T>,
    explain: &dyn Fn(&[u8]) -> String,
) -> Result<T, String> {
    let body = without_mark(body);
    if let Some(value) = wrapped_or_bare(operation, body, read) {
        return Ok(value);
    }
    let better = better(operation, body, said);
    if let Some(value) = better.as_deref().and_then(|body| wrapped_or_bare(operation, body, read)) {
        return Ok(value);
    }
    // What looks like the thing itself, and cannot be read as that, leaves an envelope that holds nothing.
    let best = better.as_deref().unwrap_or(body);
    if let Some(value) =
        operation.envelope.as_ref().filter(|envelope| looks_bare(envelope, best)).and_then(|_| read(best))
    {
        return Ok(value);
    }
    if body.trim_ascii().is_empty() {
        return Err("its body is empty".to_owned());
    }
    let what = explain(best);
    // A page of HTML is what proxies and logins send in the service's place: nothing may have been done.
    if !operation.inferred || is_markup(body) {
        return Err(what);
    }
    tracing::warn!(target: "unloc::call", operation = operation.id, what, "an inferred response cannot be read: it is taken for empty");
    read(b"{}").ok_or(what)
}

fn wrapped_or_bare<T>(operation: &Operation, body: &[u8], read: Read<'_, T>) -> Option<T> {
    let envelope = operation.envelope.as_ref();
    if let Some(envelope) = envelope.filter(|envelope| looks_bare(envelope, body)) {
        return bare(envelope, body, read);
    }
    // Where nothing in an answer is required, an empty body says as much as `{}`. That is read as bytes, too: all types
    // would be compiled once more for text.
    let body = if body.trim_ascii().is_empty() { b"{}" } else { body };
    // An envelope that cannot be read is an envelope still: taken for what belongs inside, it would be one of nothing.
    let is_wrapped = |envelope: &Envelope| names(body).is_some_and(|names| names.contains_key(envelope.property));
    read(body).or_else(|| bare(envelope.filter(|envelope| !is_wrapped(envelope))?, body, read))
}

/// The names of a body's properties, if it is an object.
fn names(body: &[u8]) -> Option<BTreeMap<Cow<'_, str>, IgnoredAny>> {
    serde_json::from_slice(body).ok()
}

/// The body as it could be read, if it is another then.
fn better(operation: &Operation, body: &[u8], said: &Said<'_>) -> Option<Vec<u8>> {
    let (mut value, merged) = once(body, operation.aliases)?;
    let filled = said.fill(operation, &mut value);
    (merged || filled).then(|| value.to_string().into_bytes())
}

/// Whether an answer without its envelope would pass unnoticed, since the envelope is not required: what it holds is
/// what belongs inside.
fn looks_bare(envelope: &Envelope, body: &[u8]) -> bool {
    let bare = |names: BTreeMap<Cow<'_, str>, IgnoredAny>| {
        !names.contains_key(envelope.property) && envelope.inside.iter().any(|name| names.contains_key(*name))
    };
    !envelope.required && names(body).is_some_and(bare)
}

/// Reads an object or a list around which older documents show no envelope.
fn bare<T>(envelope: &Envelope, body: &[u8], read: Read<'_, T>) -> Option<T> {
    let first = *body.trim_ascii().first()?;
    if first != b'{' && first != b'[' {
        return None;
    }
    // What goes on behind its end would say more than it does once it is wrapped.
    serde_json::from_slice::<IgnoredAny>(body).ok()?;
    read(&[b"{\"", envelope.property.as_bytes(), b"\":", body, b"}"].concat())
}

/// Why a body cannot be read.
pub(crate) fn explain<S: for<'de> DeserializeSeed<'de>>(seed: S, body: &[u8]) -> String {
    if is_markup(body) {
        return "its body is HTML or XML and not JSON: is a proxy or a login page between?".to_owned();
    }
    if body.starts_with(b"\xff\xfe") || body.starts_with(b"\xfe\xff") {
        return "its body is UTF-16, and JSON is UTF-8 (RFC 8259, section 8.1)".to_owned();
    }
    let reader = &mut serde_json::Deserializer::from_slice(body);
    let mut track = serde_path_to_error::Track::new();
    let Err(error) = seed.deserialize(serde_path_to_error::Deserializer::new(reader, &mut track)) else {
        return "its body goes on behind its end".to_owned();
    };
    let place = place(&track.path());
    let at = if place.is_empty() { String::new() } else { format!(" at `{place}`") };
    format!("its body does not fit{at}: {}", without_value(&error.to_string()))
}

/// serde quotes the value that it did not expect; the message is for logs, and the value may be a person's.
fn without_value(message: &str) -> String {
    let Some((before, expected)) = message.rsplit_once(", expected ") else { return redact(message) };
    let shown = before.find(['"', '`']).map_or(before, |quote| &before[..quote]);
    format!("{}, expected {}", redact(shown.trim_end()), redact(expected))
}

#[cfg(test)]
mod tests;
