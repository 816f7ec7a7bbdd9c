//! Tests responses with and without their envelope, with required fields only, and empty ones.

use serde_json::{Map, Value, json};
use unloc::{ErrorKind, Outcome, Unloc};

use crate::operations::{Call, Ids, PERSON, calls};
use crate::support::{Response, Server, unloc};

/// Returns an operation's envelope names, the documented one first, and a value with the required fields only.
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
        other => panic!("the operation {other} is new: add a sample of its response here"),
    })
}

pub(crate) fn wrapped(name: &str, value: &Value) -> Value {
    Value::Object(Map::from_iter([(name.to_owned(), value.clone())]))
}

/// Returns what the SDK decodes from this value in an envelope: a page for lists that have a cursor.
pub(crate) fn expected(name: &str, value: &Value) -> Value {
    if ["locks", "keys", "roles", "keyEvents"].contains(&name) { wrapped("items", value) } else { value.clone() }
}

/// Returns whether the operation's response has no required field.
fn may_be_empty(id: &str) -> bool {
    sample(id).is_none() || matches!(id, "updateKey" | "createWebhook" | "createWebhookForLock" | "getIntegrator")
}

/// Holds a client and the scripted server that it calls.
pub(crate) struct Harness {
    server: Server,
    unloc: Unloc,
}

impl Harness {
    pub(crate) async fn new() -> Self {
        let server = Server::always(Response::HangUp).await;
        let unloc = unloc(&server);
        Self { server, unloc }
    }

    /// Makes a call that gets this response, and returns its result.
    pub(crate) async fn run(&self, call: &Call, response: Response) -> unloc::Result<Value> {
        self.server.respond_with(response);
        let result = call.run(&self.unloc, &Ids::plain()).await;
        assert_eq!(self.server.take().len(), 1, "{}", call.operation.id);
        result
    }
}

#[tokio::test]
async fn a_response_is_decoded_under_each_envelope_name_and_without_an_envelope() {
    let harness = Harness::new().await;
    for call in calls() {
        let id = call.operation.id;
        let Some((names, value)) = sample(id) else { continue };
        let wanted = expected(names[0], &value);
        for name in names {
            let response = Response::ok(&wrapped(name, &value));
            assert_eq!(harness.run(&call, response).await.unwrap(), wanted, "{id} as {name}");
        }
        assert_eq!(harness.run(&call, Response::ok(&value)).await.unwrap(), wanted, "{id} without an envelope");
    }
}

#[tokio::test]
async fn unknown_fields_are_ignored() {
    let harness = Harness::new().await;
    let more = json!({"numbers": [1, 2], "nested": {"deep": [null]}});
    for call in calls() {
        let Some((names, mut value)) = sample(call.operation.id) else { continue };
        let plain = expected(names[0], &value);
        let object = if value.is_array() { &mut value[0] } else { &mut value };
        object["somethingNew"] = more.clone();
        let mut body = wrapped(names[0], &value);
        body["metadata"] = more.clone();
        assert_eq!(harness.run(&call, Response::ok(&body)).await.unwrap(), plain, "{}", call.operation.id);
    }
}

#[tokio::test]
async fn a_list_that_is_null_or_empty_is_an_empty_list() {
    let harness = Harness::new().await;
    for call in calls() {
        let Some((names, Value::Array(_))) = sample(call.operation.id) else { continue };
        let wanted = expected(names[0], &json!([]));
        for body in [wrapped(names[0], &Value::Null), wrapped(names[0], &json!([])), json!([])] {
            let read = harness.run(&call, Response::ok(&body)).await;
            assert_eq!(read.unwrap(), wanted, "{}: {body}", call.operation.id);
        }
    }
}

#[tokio::test]
async fn any_2xx_status_with_a_valid_body_is_a_success() {
    let harness = Harness::new().await;
    for call in calls() {
        let sample = sample(call.operation.id);
        let body = sample.as_ref().map_or(json!({"ok": true}), |(names, value)| wrapped(names[0], value));
        let wanted = sample.map_or(Value::Null, |(names, value)| expected(names[0], &value));
        for status in [200, 201, 202] {
            let read = harness.run(&call, Response::json(status, &body)).await.unwrap();
            assert_eq!(read, wanted, "{} {status}", call.operation.id);
        }
    }
}

#[tokio::test]
async fn an_empty_body_is_an_error_if_a_field_is_required() {
    let harness = Harness::new().await;
    for call in calls() {
        for (status, body) in [(204, ""), (200, ""), (200, " \n")] {
            let (id, result) = (call.operation.id, harness.run(&call, Response::new(status, body)).await);
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
