//! Tests reading by table against expected values that are written by hand.

use serde_json::json;
use unloc_emulator::Quirk;

use super::*;

/// Reads a body of an operation with both readers.
fn read(id: &str, body: &str) -> Result<Value, String> {
    let both = Both::all().into_iter().find(|both| both.table.operation.id == id);
    both.unwrap_or_else(|| panic!("{id} has no response")).read(body.as_bytes())
}

const LOCK: &str = r#""id":"door","name":"Door""#;
const KEY: &str = r#""toUser":{"id":"+12125550100"},"state":"active""#;
const HOLDER: &str = r#""id":"home","name":"Flats","countryIso":"NO","organizationId":"flats""#;

fn lock(more: &Value) -> Value {
    with(json!({"lock": {"id": "door", "name": "Door"}}), "lock", more)
}

fn key(more: &Value) -> Value {
    with(json!({"key": {"toUser": {"id": "+12125550100"}, "state": "active"}}), "key", more)
}

fn with(mut value: Value, name: &str, more: &Value) -> Value {
    value[name].as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    value
}

/// Returns for each quirk of the emulator that shows in a successful response: operation, body, and the expected value.
fn rows() -> Vec<(Quirk, &'static str, String, Value)> {
    let token = |more: Value| with(json!({"t": {"access_token": "a", "token_type": "bearer"}}), "t", &more)["t"].take();
    let holder = json!({"id": "home", "name": "Flats", "countryIso": "NO", "organizationId": "flats"});
    vec![
        (
            Quirk::StringBooleans,
            "getRoles",
            r#"{"roles":[{"userId":"+12125550100","lockId":"door","canShare":"True"}]}"#.to_owned(),
            json!({"roles": [{"userId": "+12125550100", "lockId": "door", "canShare": true}]}),
        ),
        (
            Quirk::NumericUsers,
            "getKey",
            r#"{"key":{"toUser":{"id":12125550100},"state":"active"}}"#.to_owned(),
            key(&json!({})),
        ),
        (
            Quirk::NumericPostalCodes,
            "getLock",
            format!(r#"{{"lock":{{{LOCK},"address":{{"postalCode":1234}}}}}}"#),
            lock(&json!({"address": {"postalCode": "1234"}})),
        ),
        (
            Quirk::HyphenatedEnvelopes,
            "getLockHolders",
            format!(r#"{{"lock-holders":[{{{HOLDER}}}]}}"#),
            json!({"lockHolders": [holder]}),
        ),
        (
            Quirk::EventsEnvelope,
            "getKeyEvents",
            r#"{"events":[{"id":"e","action":"locked","created":"2024-05-02T12:35:24+02:00"}]}"#.to_owned(),
            json!({"keyEvents": [{"id": "e", "action": "locked", "created": "2024-05-02T10:35:24.000Z"}]}),
        ),
        (Quirk::BareLists, "getLockHolders", format!("[{{{HOLDER}}}]"), json!({"lockHolders": [holder]})),
        (Quirk::BareObjects, "getKey", format!("{{{KEY}}}"), key(&json!({}))),
        (
            Quirk::ScopeText,
            "getToken",
            r#"{"access_token":"a","token_type":"bearer","scope":"one two"}"#.to_owned(),
            token(json!({"scope": ["one", "two"]})),
        ),
        (
            Quirk::NoScope,
            "getToken",
            r#"{"access_token":"a","token_type":"BEARER","scope":null,"expires_in":"3599.7"}"#.to_owned(),
            token(json!({"expires_in": 3599})),
        ),
        (
            Quirk::CapitalVendors,
            "getLock",
            format!(r#"{{"lock":{{{LOCK},"vendor":"Danalock"}}}}"#),
            lock(&json!({"vendor": "danalock"})),
        ),
        (
            Quirk::LowerCountries,
            "getLock",
            format!(r#"{{"lock":{{{LOCK},"address":{{"countryIso":"no"}}}}}}"#),
            lock(&json!({"address": {"countryIso": "no"}})),
        ),
        (Quirk::SparseFields, "getKey", format!(r#"{{"key":{{{KEY},"id":null}}}}"#), key(&json!({}))),
        (
            Quirk::OddImageUrls,
            "getLock",
            format!(r#"{{"lock":{{{LOCK},"imageUrl":"url"}}}}"#),
            lock(&json!({"imageUrl": "url"})),
        ),
        (Quirk::MissingDates, "getKey", format!(r#"{{"key":{{{KEY},"start":null,"end":""}}}}"#), key(&json!({}))),
        (
            Quirk::EmptyRecurrences,
            "getKey",
            format!(r#"{{"key":{{{KEY},"recurrence":{{}}}}}}"#),
            key(&json!({"recurrence": {}})),
        ),
        (
            Quirk::TimeSpans,
            "getKey",
            format!(r#"{{"key":{{{KEY},"recurrence":{{"timespans":[{{"weekday":"fri"}}]}}}}}}"#),
            key(&json!({"recurrence": {"timeSpans": [{"weekday": "fri"}]}})),
        ),
        (
            Quirk::EmptyCursors,
            "getKeys",
            r#"{"keys":[],"startAfterId":""}"#.to_owned(),
            json!({"keys": [], "startAfterId": ""}),
        ),
        (Quirk::NullCursors, "getKeys", r#"{"keys":null,"startAfterId":null}"#.to_owned(), json!({"keys": []})),
        (
            Quirk::UnknownValues,
            "getKey",
            format!(r#"{{"key":{{{KEY},"state":"Active"}}}}"#).replace(r#""state":"active","#, ""),
            key(&json!({"state": "Active"})),
        ),
        (
            Quirk::UnknownFields,
            "getLock",
            format!(r#"{{"lock":{{{LOCK},"new":[1,null]}},"meta":{{"a":{{}}}}}}"#),
            with(json!({"lock": lock(&json!({"new": [1, null]}))["lock"], "meta": {}}), "meta", &json!({"a": {}})),
        ),
        (Quirk::OtherSuccesses, "updateKey", String::new(), json!({})),
    ]
}

/// Lists the other quirks. They show in requests, errors, webhooks, CORS or version 2, or in what the service does.
const ELSEWHERE: [Quirk; 10] = [
    Quirk::SnakeErrors,
    Quirk::ProblemErrors,
    Quirk::HtmlErrors,
    Quirk::StrictSlashes,
    Quirk::NullDatesRefused,
    Quirk::RevokingExpiredConflicts,
    Quirk::BrokenRollback,
    Quirk::WebhooksTwice,
    Quirk::NarrowCors,
    Quirk::LowerTimeSpans,
];

#[test]
fn reads_every_quirk_of_a_response_as_the_spec_documents() {
    let rows = rows();
    for quirk in Quirk::ALL {
        let is_there = rows.iter().any(|row| row.0 == *quirk);
        assert!(is_there != ELSEWHERE.contains(quirk), "{quirk} has to be in exactly one of the lists");
    }
    for (quirk, id, body, wanted) in rows {
        assert_eq!(read(id, &body), Ok(wanted), "{quirk}: {body}");
    }
}

#[test]
fn tolerates_whole_bodies_by_table() {
    for (id, body, wanted) in [
        ("getKey", format!("\u{feff}{{{KEY}}}"), key(&json!({}))),
        ("getKey", format!(r#"{{"key":{{{KEY},"id":"k","id":null}},"key":null}}"#), key(&json!({"id": "k"}))),
        // Of two unknown properties of one name, the one that is not null.
        ("getLock", format!(r#"{{"lock":{{{LOCK},"new":1,"new":null}}}}"#), lock(&json!({"new": 1}))),
        // A number that no `Value` can hold is left out.
        ("getLock", format!(r#"{{"lock":{{{LOCK},"new":1e999}}}}"#), lock(&json!({}))),
        // Values that the call sent.
        ("createKey", r#"{"key":{"state":"creating"}}"#.to_owned(), key(&json!({"state": "creating"}))),
        ("updateLock", r#"{"lock":{"id":null,"name":"Door"}}"#.to_owned(), lock(&json!({}))),
        // Inferred responses that cannot be read.
        ("updateKey", r#"{"key":{"state":7}}"#.to_owned(), json!({})),
        ("updateKey", format!(r#"{{{KEY},"id":"k","id":"k"}}"#), key(&json!({"id": "k"}))),
        ("getIntegrator", r#"{"id":7,"data":[]}"#.to_owned(), json!({"id": 7, "data": []})),
    ] {
        assert_eq!(read(id, &body), Ok(wanted), "{id}: {body}");
    }
}

#[test]
fn explains_errors_by_their_path_and_never_quotes_data() {
    for (id, body, path) in [
        ("getKey", format!(r#"{{"key":{{{KEY},"end":"+12125550199"}}}}"#), "`key.end`"),
        ("getLock", r#"{"lock":{"id":"door"}}"#.to_owned(), "`lock`"),
        ("getLocks", format!(r#"{{"locks":[{{{LOCK},"created":"+12125550199"}}]}}"#), "`locks[0].created`"),
        ("getRoles", r#"{"roles":[{"userId":"+12125550199","lockId":"door","canShare":2}]}"#.to_owned(), "canShare"),
        ("getLocks", "<html>+12125550199</html>".to_owned(), "HTML"),
        ("getLocks", String::new(), "empty"),
    ] {
        let error = read(id, &body).unwrap_err();
        assert!(error.contains(path) && !error.contains("12125550199"), "{id}: {error}");
    }
}

#[test]
fn a_table_describes_what_a_call_needs() {
    let table = |id: &str| of(Operation::find(id).unwrap());
    let parameters = |id: &str| {
        let parameters = table(id).parameters.iter();
        parameters.map(|one| (one.name, one.place, one.required, one.filled_in)).collect::<Vec<_>>()
    };
    assert_eq!(
        parameters("getKeysForUser"),
        [("lockHolderId", Place::Path, true, true), ("userId", Place::Path, true, false)]
    );
    let [_, limit, cursor] = table("getKeys").parameters else { panic!("{:?}", table("getKeys")) };
    assert_eq!((limit.name, limit.place, limit.required), ("limit", Place::Query, false));
    assert!(matches!(limit.shape.kind, Kind::Integer { bits: 32, signed: true }));
    let Kind::Component(named) = cursor.shape.kind else { panic!("{cursor:?}") };
    assert!(matches!(named.shape.kind, Kind::Sensitive(Sensitive::Cursor)) && named.name == "Cursor");
    let paging = table("getKeys").paging.as_ref().unwrap();
    assert_eq!((paging.limit, paging.cursor, paging.size > 0), ("limit", "startAfterId", true));
    let unwrapped = table("getKeys").unwrapped.as_ref().unwrap();
    assert_eq!((unwrapped.property, unwrapped.cursor, unwrapped.is_list), ("keys", Some("startAfterId"), true));
    let Some(Shape { kind: Kind::Component(body), .. }) = table("createKey").body else { panic!("no body") };
    let Kind::Object(properties) = body.shape.kind else { panic!("{body:?}") };
    let described: Vec<_> = properties.iter().map(|one| (one.name, one.required, one.shape.nullable)).collect();
    assert!(described.contains(&("userId", true, false)) && described.contains(&("end", false, true)), "{described:?}");
    assert!(table("deleteWebhook").response.is_none() && table("deleteWebhook").body.is_none());
    assert_eq!(crate::model::TABLES.iter().copied().flatten().count(), Operation::all().count());
}
