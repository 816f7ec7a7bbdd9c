//! Answers with and without the name that wraps them, with the least that they may hold, and with nothing.

use serde_json::{Map, Value, json};
use unloc::{ErrorKind, Outcome, Unloc};

use crate::operations::{Call, Ids, PERSON, calls};
use crate::support::{Answer, Server, unloc};

/// What an operation answers with: the names that wrap it, the first of which is sent, and the least there can be of it.
pub(crate) fn sample(id: &str) -> Option<(&'static [&'static str], Value)> {
    let holder = json!({"id": "home", "name": "Harbour Flats", "countryIso": "NO", "organizationId": "harbour-flats"});
    let lock = json!({"id": "door", "name": "Door"});
    let key = json!({"toUser": {"id": PERSON}, "state": "active"});
    let role = json!({"userId": PERSON, "lockId": "door", "canShare": true});
    let connection = json!({"id": "account", "state": "connected", "vendor": "danalock"});
    let event = json!({"id": "event", "action": "unlocked", "created": "2024-05-02T10:35:24.083Z"});
    let webhook = json!({"id": "hook"});
    Some(match id {
        "getLockHolders" => (&["lockHolders", "lock-holders"], json!([holder])),
        "createLockHolder" | "updateLockHolder" => (&["lockHolder"], holder),
        "getLocks" => (&["locks"], json!([lock])),
        "getLock" | "updateLock" => (&["lock"], lock),
        "getKeys" | "getKeysForLock" | "getKeysForUser" => (&["keys"], json!([key])),
        "createKey" | "createKeyForLockHolder" | "getKey" | "updateKey" => (&["key"], key),
        "getRoles" | "getRolesForLock" | "getRolesForUser" => (&["roles"], json!([role])),
        "createOrUpdateRole" => (&["role"], role),
        "getVendorConnections" => (&["vendorConnections", "vendor-connections"], json!([connection])),
        "createVendorConnection" | "getVendorConnection" => (&["vendorConnection"], connection),
        "getKeyEvents" | "getKeyEventsForLock" => (&["keyEvents", "events"], json!([event])),
        "getWebhooks" => (&["webhooks"], json!([webhook])),
        "createWebhook" | "createWebhookForLock" => (&["webhook"], webhook),
        "getIntegrator" => (&["integrator"], json!({"id": "me"})),
        "createVendorAccount"
        | "deleteWebhook"
        | "deleteSharedKeysForLock"
        | "deleteSharedKeysForUser"
        | "refreshVendorConnection"
        | "updateVendorConnectionPassword" => return None,
        other => panic!("a new operation: {other}"),
    })
}

pub(crate) fn wrapped(name: &str, value: &Value) -> Value {
    Value::Object(Map::from_iter([(name.to_owned(), value.clone())]))
}

/// What the SDK gives of an answer with this in its envelope: a page where a cursor may stand beside a list.
pub(crate) fn given(name: &str, value: &Value) -> Value {
    if ["locks", "keys", "roles", "keyEvents"].contains(&name) { wrapped("items", value) } else { value.clone() }
}

/// Whether nothing in the operation's answer is certain to be there.
fn may_be_empty(id: &str) -> bool {
    sample(id).is_none() || matches!(id, "updateKey" | "createWebhook" | "createWebhookForLock" | "getIntegrator")
}

/// A client, and a server that says what it is told to say.
pub(crate) struct Bench {
    server: Server,
    unloc: Unloc,
}

impl Bench {
    pub(crate) async fn new() -> Self {
        let server = Server::always(Answer::HangUp).await;
        let unloc = unloc(&server);
        Self { server, unloc }
    }

    /// What becomes of a call that is answered like this.
    pub(crate) async fn answered(&self, call: &Call, answer: Answer) -> unloc::Result<Value> {
        self.server.answer(answer);
        let result = call.run(&self.unloc, &Ids::plain()).await;
        assert_eq!(self.server.take().len(), 1, "{}", call.operation.id);
        result
    }
}

#[tokio::test]
async fn every_answer_is_read_under_each_of_its_names_and_without_any() {
    let bench = Bench::new().await;
    for call in calls() {
        let id = call.operation.id;
        let Some((names, value)) = sample(id) else { continue };
        let wanted = given(names[0], &value);
        for name in names {
            let answer = Answer::ok(&wrapped(name, &value));
            assert_eq!(bench.answered(&call, answer).await.unwrap(), wanted, "{id} as {name}");
        }
        assert_eq!(bench.answered(&call, Answer::ok(&value)).await.unwrap(), wanted, "{id} without a name");
    }
}

#[tokio::test]
async fn fields_that_nobody_has_told_of_do_no_harm() {
    let bench = Bench::new().await;
    let more = json!({"numbers": [1, 2], "nested": {"deep": [null]}});
    for call in calls() {
        let Some((names, mut value)) = sample(call.operation.id) else { continue };
        let plain = given(names[0], &value);
        let object = if value.is_array() { &mut value[0] } else { &mut value };
        object["somethingNew"] = more.clone();
        let mut body = wrapped(names[0], &value);
        body["metadata"] = more.clone();
        assert_eq!(bench.answered(&call, Answer::ok(&body)).await.unwrap(), plain, "{}", call.operation.id);
    }
}

#[tokio::test]
async fn a_list_that_is_null_or_empty_is_an_empty_list() {
    let bench = Bench::new().await;
    for call in calls() {
        let Some((names, Value::Array(_))) = sample(call.operation.id) else { continue };
        let wanted = given(names[0], &json!([]));
        for body in [wrapped(names[0], &Value::Null), wrapped(names[0], &json!([])), json!([])] {
            let read = bench.answered(&call, Answer::ok(&body)).await;
            assert_eq!(read.unwrap(), wanted, "{}: {body}", call.operation.id);
        }
    }
}

#[tokio::test]
async fn any_success_with_a_readable_body_is_a_success() {
    let bench = Bench::new().await;
    for call in calls() {
        let sample = sample(call.operation.id);
        let body = sample.as_ref().map_or(json!({"ok": true}), |(names, value)| wrapped(names[0], value));
        let wanted = sample.map_or(Value::Null, |(names, value)| given(names[0], &value));
        for status in [200, 201, 202] {
            let read = bench.answered(&call, Answer::json(status, &body)).await.unwrap();
            assert_eq!(read, wanted, "{} {status}", call.operation.id);
        }
    }
}

#[tokio::test]
async fn an_empty_success_is_fine_where_nothing_is_certain_and_otherwise_an_accepted_call() {
    let bench = Bench::new().await;
    for call in calls() {
        for (status, body) in [(204, ""), (200, ""), (200, " \n")] {
            let (id, result) = (call.operation.id, bench.answered(&call, Answer::new(status, body)).await);
            if may_be_empty(id) {
                assert_eq!(result.unwrap(), Value::Null, "{id}");
                continue;
            }
            let error = result.unwrap_err();
            assert_eq!((error.kind(), error.outcome()), (ErrorKind::Decode, Outcome::Accepted), "{id}");
            assert_eq!(error.status().unwrap(), status);
            assert!(error.to_string().contains("its body is empty"), "{error}");
            assert!(!error.is_retryable());
        }
    }
}
