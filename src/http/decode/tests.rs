//! From a body to a value.

use super::*;
use crate::model::integrator::types::{IntegratorEnvelope, KeyEnvelope, KeyUpdate, LockHolderList};

fn read<T: DeserializeOwned>(id: &str, body: &str) -> Result<T, String> {
    decoded(id, body.as_bytes())
}

/// A response to a call that said nothing.
fn decoded<T: DeserializeOwned>(id: &str, body: &[u8]) -> Result<T, String> {
    let url = "https://api.unloc.app/".parse().unwrap();
    decode(Operation::find(id).unwrap(), body, &Said { base_path: "", url: &url, json: b"" })
}

const KEY: &str = r#"{"id":"k","toUser":{"id":12125550142},"state":"active"}"#;

#[test]
fn an_answer_without_its_envelope_is_read_as_if_it_had_one() {
    let holder = r#"{"id":"a","name":"Harbour Flats","countryIso":"NO","organizationId":"123"}"#;
    for body in
        [format!("[{holder}]"), format!(r#"{{"lockHolders":[{holder}]}}"#), format!(r#"{{"lock-holders":[{holder}]}}"#)]
    {
        assert_eq!(read::<LockHolderList>("getLockHolders", &body).unwrap().lock_holders.len(), 1, "{body}");
    }
    assert!(read::<LockHolderList>("getLockHolders", r#"[], "x": 1"#).is_err());
    assert_eq!(read::<KeyEnvelope>("createKey", KEY).unwrap().key.id, Some("k".into()));
    assert!(read::<KeyUpdate>("updateKey", KEY).unwrap().key.is_some());
    // The thing itself, though it can be read only with each property once.
    let twice = KEY.replace("{\"id\":\"k\"", "{\"id\":\"k\",\"id\":\"k\"");
    assert!(read::<KeyUpdate>("updateKey", &twice).unwrap().key.is_some(), "{twice}");
    assert!(read::<KeyUpdate>("updateKey", &format!(r#"{{"key":{KEY}}}"#)).unwrap().key.is_some());
    assert!(read::<KeyUpdate>("updateKey", r#"{"ok":true}"#).unwrap().key.is_none());
    assert!(read::<IntegratorEnvelope>("getIntegrator", r#"{"data":{"id":"x"}}"#).unwrap().integrator.is_none());
    assert!(read::<IntegratorEnvelope>("getIntegrator", r#"{"id":"x"}"#).unwrap().integrator.is_some());
}

#[test]
fn a_byte_order_mark_before_a_body_is_ignored_and_nowhere_else() {
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
fn what_stands_twice_is_read_and_what_then_does_not_fit_is_told_as_such() {
    let twice = |more: &str| format!(r#"{{"key":{{"toUser":{{"id":12125550142}},"state":"active",{more}}}}}"#);
    for more in [r#""state":"active""#, r#""state":null"#, r#""id":"k","id":"k""#] {
        assert!(read::<KeyEnvelope>("createKey", &twice(more)).is_ok(), "{more}");
    }
    let error = read::<KeyEnvelope>("createKey", &twice(r#""id":"k","id":[7]"#)).unwrap_err();
    assert!(error.contains("`key.id`") && !error.contains("duplicate"), "{error}");
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

#[test]
fn an_envelope_whose_content_cannot_be_read_is_not_taken_for_the_content() {
    // Nothing is required inside, so that the envelope itself would pass for it.
    let read = |body: &str| read::<IntegratorEnvelope>("getIntegrator", body).unwrap();
    assert!(read(r#"{"integrator":{"id":7}}"#).integrator.is_none());
    assert!(read(r#"{"integrator":{"id":"x","id":"x"}}"#).integrator.is_some_and(|it| it.id.as_deref() == Some("x")));
}
