//! From a body to a value; what cannot be read is explained without showing what was in it.

use std::borrow::Cow;
use std::collections::BTreeMap;

use serde::de::{DeserializeOwned, IgnoredAny};

use crate::error::redact;
use crate::operation::{Envelope, Operation};
use crate::place::place;

/// Reads a body as the operation's answer, or says why that cannot be.
pub(crate) fn decode<T: DeserializeOwned>(operation: &Operation, body: &[u8]) -> Result<T, String> {
    let envelope = operation.envelope.as_ref();
    if let Some(value) =
        envelope.filter(|envelope| looks_bare(envelope, body)).and_then(|envelope| bare(envelope, body))
    {
        return Ok(value);
    }
    serde_json::from_slice(body).or_else(|_| match envelope.and_then(|envelope| bare(envelope, body)) {
        Some(value) => Ok(value),
        // Where nothing in an answer is required, an empty body says as much as `{}`. That is read as bytes, too: all types
        // would be compiled once more for text.
        None if body.trim_ascii().is_empty() => {
            serde_json::from_slice(b"{}").map_err(|_| "its body is empty".to_owned())
        }
        None => Err(explain::<T>(body)),
    })
}

/// Whether an answer without its envelope would pass unnoticed, since the envelope is not required: what it holds is
/// what belongs inside.
fn looks_bare(envelope: &Envelope, body: &[u8]) -> bool {
    let keys = || serde_json::from_slice::<BTreeMap<Cow<'_, str>, IgnoredAny>>(body);
    let bare = |keys: &BTreeMap<Cow<'_, str>, IgnoredAny>| {
        !keys.contains_key(envelope.property) && envelope.inside.iter().any(|name| keys.contains_key(*name))
    };
    !envelope.required && keys().is_ok_and(|keys| bare(&keys))
}

/// Reads an object or a list around which older documents show no envelope.
fn bare<T: DeserializeOwned>(envelope: &Envelope, body: &[u8]) -> Option<T> {
    let first = *body.trim_ascii().first()?;
    if first != b'{' && first != b'[' {
        return None;
    }
    // What goes on behind its end would say more than it does once it is wrapped.
    serde_json::from_slice::<IgnoredAny>(body).ok()?;
    let wrapped = [b"{\"", envelope.property.as_bytes(), b"\":", body, b"}"].concat();
    serde_json::from_slice(&wrapped).ok()
}

fn explain<T: DeserializeOwned>(body: &[u8]) -> String {
    if body.trim_ascii().starts_with(b"<") {
        return "its body is HTML or XML and not JSON: is a proxy or a login page between?".to_owned();
    }
    let reader = &mut serde_json::Deserializer::from_slice(body);
    let Err(error) = serde_path_to_error::deserialize::<_, T>(reader) else {
        return "its body goes on behind its end".to_owned();
    };
    let place = place(error.path());
    let at = if place.is_empty() { String::new() } else { format!(" at `{place}`") };
    format!("its body does not fit{at}: {}", without_value(&error.inner().to_string()))
}

/// serde quotes the value that it did not expect; the message is for logs, and the value may be a person's.
fn without_value(message: &str) -> String {
    let Some((before, expected)) = message.rsplit_once(", expected ") else { return redact(message) };
    let shown = before.find(['"', '`']).map_or(before, |quote| &before[..quote]);
    format!("{}, expected {}", redact(shown.trim_end()), redact(expected))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::types::{IntegratorEnvelope, KeyEnvelope, KeyUpdate, LockHolderList};

    fn read<T: DeserializeOwned>(id: &str, body: &str) -> Result<T, String> {
        decode(Operation::find(id).unwrap(), body.as_bytes())
    }

    const KEY: &str = r#"{"id":"k","toUser":{"id":12125550142},"state":"active"}"#;

    #[test]
    fn an_answer_without_its_envelope_is_read_as_if_it_had_one() {
        let holder = r#"{"id":"a","name":"Harbour Flats","countryIso":"NO","organizationId":"123"}"#;
        for body in [
            format!("[{holder}]"),
            format!(r#"{{"lockHolders":[{holder}]}}"#),
            format!(r#"{{"lock-holders":[{holder}]}}"#),
        ] {
            assert_eq!(read::<LockHolderList>("getLockHolders", &body).unwrap().lock_holders.len(), 1, "{body}");
        }
        assert!(read::<LockHolderList>("getLockHolders", r#"[], "x": 1"#).is_err());
        assert_eq!(read::<KeyEnvelope>("createKey", KEY).unwrap().key.id.as_deref(), Some("k"));
        assert!(read::<KeyUpdate>("updateKey", KEY).unwrap().key.is_some());
        assert!(read::<KeyUpdate>("updateKey", &format!(r#"{{"key":{KEY}}}"#)).unwrap().key.is_some());
        assert!(read::<KeyUpdate>("updateKey", r#"{"ok":true}"#).unwrap().key.is_none());
        assert!(read::<IntegratorEnvelope>("getIntegrator", r#"{"data":{"id":"x"}}"#).unwrap().integrator.is_none());
        assert!(read::<IntegratorEnvelope>("getIntegrator", r#"{"id":"x"}"#).unwrap().integrator.is_some());
    }

    #[test]
    fn an_empty_body_is_fine_where_nothing_is_required() {
        assert!(read::<KeyUpdate>("updateKey", "").unwrap().key.is_none());
        assert_eq!(read::<KeyEnvelope>("createKey", " ").unwrap_err(), "its body is empty");
    }

    #[test]
    fn what_does_not_fit_is_named_by_its_place_and_never_quoted() {
        let body = r#"{"key":{"toUser":{"id":"+12125550142","name":["+12125550142"]},"state":"active"}}"#;
        let error = read::<KeyEnvelope>("createKey", body).unwrap_err();
        assert!(error.contains("`key.toUser.name`"), "{error}");
        assert!(!error.contains("2125550142"), "{error}");
        let error =
            read::<KeyEnvelope>("createKey", r#"{"key":{"toUser":"Ola, expected x","state":"active"}}"#).unwrap_err();
        assert!(error.contains("`key.toUser`") && !error.contains("Ola"), "{error}");
        let error = read::<KeyEnvelope>("createKey", r#"{"key":{"toUser":{"id":"+1"}}}"#).unwrap_err();
        assert!(error.contains("missing field `state`"), "{error}");
        let error = read::<KeyEnvelope>("createKey", "<html>").unwrap_err();
        assert!(error.contains("HTML"), "{error}");
        assert!(read::<KeyEnvelope>("createKey", r#"{"key""#).unwrap_err().contains("EOF"));
    }
}
