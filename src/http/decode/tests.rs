//! Tests the decoding of responses.

use super::*;
use crate::model::integrator::types::{IntegratorEnvelope, KeyEnvelope, KeyUpdate, LockHolderList};

fn read<T: DeserializeOwned>(id: &str, body: &str) -> Result<T, String> {
    decoded(id, body.as_bytes())
}

/// Decodes a response to a call that sent nothing.
fn decoded<T: DeserializeOwned>(id: &str, body: &[u8]) -> Result<T, String> {
    let url = "https://api.unloc.app/".parse().unwrap();
    decode(Operation::find(id).unwrap(), body, &SentRequest { base_path: "", url: &url, json: b"" })
}

const KEY: &str = r#"{"id":"k","toUser":{"id":12125550142},"state":"active"}"#;

#[test]
fn reads_a_response_without_its_envelope() {
    let holder = r#"{"id":"a","name":"Harbour Flats","countryIso":"NO","organizationId":"123"}"#;
    for body in
        [format!("[{holder}]"), format!(r#"{{"lockHolders":[{holder}]}}"#), format!(r#"{{"lock-holders":[{holder}]}}"#)]
    {
        assert_eq!(read::<LockHolderList>("getLockHolders", &body).unwrap().lock_holders.len(), 1, "{body}");
    }
    assert!(read::<LockHolderList>("getLockHolders", r#"[], "x": 1"#).is_err());
    assert_eq!(read::<KeyEnvelope>("createKey", KEY).unwrap().key.id, Some("k".into()));
    assert!(read::<KeyUpdate>("updateKey", KEY).unwrap().key.is_some());
    // The bare object, which can be read only after duplicate properties are merged.
    let twice = KEY.replace("{\"id\":\"k\"", "{\"id\":\"k\",\"id\":\"k\"");
    assert!(read::<KeyUpdate>("updateKey", &twice).unwrap().key.is_some(), "{twice}");
    assert!(read::<KeyUpdate>("updateKey", &format!(r#"{{"key":{KEY}}}"#)).unwrap().key.is_some());
    assert!(read::<KeyUpdate>("updateKey", r#"{"ok":true}"#).unwrap().key.is_none());
    assert!(read::<IntegratorEnvelope>("getIntegrator", r#"{"data":{"id":"x"}}"#).unwrap().integrator.is_none());
    assert!(read::<IntegratorEnvelope>("getIntegrator", r#"{"id":"x"}"#).unwrap().integrator.is_some());
}

#[test]
fn ignores_a_byte_order_mark_only_at_the_start() {
    for body in [format!(r#"{{"key":{KEY}}}"#), KEY.to_owned()] {
        assert!(read::<KeyEnvelope>("createKey", &format!("\u{feff}{body}")).is_ok(), "{body}");
        for wrong in [format!("\u{feff}\u{feff}{body}"), format!("{body}\u{feff}"), format!(" \u{feff}{body}")] {
            assert!(read::<KeyEnvelope>("createKey", &wrong).is_err(), "{wrong:?}");
        }
    }
    assert!(read::<KeyUpdate>("updateKey", "\u{feff}").unwrap().key.is_none());
    assert_eq!(read::<KeyEnvelope>("createKey", "\u{feff}").unwrap_err(), "its body is empty");
    let wide: Vec<u8> = format!("\u{feff}{KEY}").encode_utf16().flat_map(u16::to_le_bytes).collect();
    let refused = decoded::<KeyEnvelope>("createKey", &wide).unwrap_err();
    assert!(refused.contains("UTF-16"), "{refused}");
}

#[test]
fn merges_duplicate_properties_and_explains_what_is_wrong_after_that() {
    let twice = |more: &str| format!(r#"{{"key":{{"toUser":{{"id":12125550142}},"state":"active",{more}}}}}"#);
    for more in [r#""state":"active""#, r#""state":null"#, r#""id":"k","id":"k""#] {
        assert!(read::<KeyEnvelope>("createKey", &twice(more)).is_ok(), "{more}");
    }
    let error = read::<KeyEnvelope>("createKey", &twice(r#""id":"k","id":[7]"#)).unwrap_err();
    assert!(error.contains("`key.id`") && !error.contains("duplicate"), "{error}");
}

#[test]
fn accepts_an_empty_body_if_nothing_is_required() {
    assert!(read::<KeyUpdate>("updateKey", "").unwrap().key.is_none());
    assert_eq!(read::<KeyEnvelope>("createKey", " ").unwrap_err(), "its body is empty");
}

#[test]
fn explains_errors_by_their_path_and_never_quotes_data() {
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

#[test]
fn an_unreadable_envelope_is_not_taken_for_the_bare_object() {
    // The object inside requires nothing, so it could be read from the envelope itself.
    let read = |body: &str| read::<IntegratorEnvelope>("getIntegrator", body).unwrap();
    assert!(read(r#"{"integrator":{"id":7}}"#).integrator.is_none());
    assert!(read(r#"{"integrator":{"id":"x","id":"x"}}"#).integrator.is_some_and(|it| it.id.as_deref() == Some("x")));
}
