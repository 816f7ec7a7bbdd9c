//! Tests that every payload of version 2 that a source shows is read, or written back as it is.
#![allow(clippy::panic, clippy::unwrap_used, reason = "in a test, a panic is the failure")]

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use unloc::v2::types::{CreateAccessGroupRequest, CreateKeysRequest, RegisterWebhookRequest};
use unloc::v2::{ProjectClient, Unloc};
use unloc_emulator::{Emulator, Fault};

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/evidence/unloc-v2")
}

fn payload(name: &str) -> Value {
    serde_json::from_slice(&std::fs::read(folder().join(format!("{name}.json"))).unwrap()).unwrap()
}

/// Asserts that a request is written as the payload shows it.
fn written_back<T: DeserializeOwned + Serialize>(name: &str) {
    let payload = payload(name);
    let request: T = serde_json::from_value(payload.clone()).unwrap_or_else(|error| panic!("{name}: {error}"));
    assert_eq!(without_empty(&serde_json::to_value(request).unwrap()), without_empty(&payload), "{name}");
}

/// Returns a value without what the types leave out: nulls, and empty lists and objects.
fn without_empty(value: &Value) -> Value {
    let is_empty = |value: &Value| match value {
        Value::Null => true,
        Value::Array(list) => list.is_empty(),
        Value::Object(object) => object.is_empty(),
        _ => false,
    };
    match value {
        Value::Array(list) => list.iter().map(without_empty).collect(),
        Value::Object(object) => {
            let kept = object.iter().map(|(name, value)| (name.clone(), without_empty(value)));
            kept.filter(|(_, value)| !is_empty(value)).collect::<serde_json::Map<_, _>>().into()
        }
        // The types write times without milliseconds where these are zero.
        Value::String(text) => text.strip_suffix(".000Z").map_or(text.clone(), |time| format!("{time}Z")).into(),
        value => value.clone(),
    }
}

/// Responds to one request with a body.
async fn project(operation: &str, body: &Value) -> (Emulator, ProjectClient) {
    let emulator = Emulator::start().await.unwrap();
    let builder = Unloc::builder().environment(emulator.base_url());
    let unloc = builder.client_credentials(emulator.client_id(), emulator.client_secret()).build().unwrap();
    let id = unloc.discover().await.unwrap().projects.remove(0).project_id;
    let fault = Fault::status(200).body(body.to_string(), "application/json").on(operation).times(1);
    emulator.faults().add(fault).unwrap();
    (emulator, unloc.project(id).unwrap())
}

/// Asserts that a response is read as the payload shows it.
async fn read(operation: &str, body: Value, inside: &Value) {
    let (_emulator, project) = project(operation, &body).await;
    let json = |value: Result<Value, serde_json::Error>| value.unwrap();
    let found = match operation {
        "getLocks" => json(serde_json::to_value(project.get_locks().send().await.unwrap().into_items())),
        "getKey" => json(serde_json::to_value(project.get_key().key_id("k").send().await.unwrap())),
        "getProject" => json(serde_json::to_value(project.get_project().send().await.unwrap())),
        "getJobStatus" => json(serde_json::to_value(project.get_job_status().job_id("j").send().await.unwrap())),
        "createKeys" => {
            let keys: CreateKeysRequest = serde_json::from_value(payload("create-keys-request")).unwrap();
            json(serde_json::to_value(project.create_keys().body(keys).send().await.unwrap()))
        }
        "getAccessLog" => json(serde_json::to_value(project.get_access_log().send().await.unwrap().into_items())),
        other => panic!("{other}"),
    };
    assert_eq!(without_empty(&found), without_empty(inside), "{operation}: {body}");
}

#[tokio::test]
async fn every_payload_is_read_or_written_back() {
    let mut left: BTreeSet<String> = std::fs::read_dir(folder())
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap().replace(".json", ""))
        .collect();
    let mut take = |name: &str| {
        assert!(left.remove(name), "{name}");
        payload(name)
    };
    for (operation, name, property) in [
        ("getLocks", "get-locks-virtual", "locks"),
        ("getLocks", "get-locks-page1", "locks"),
        ("getLocks", "get-locks-page2", "locks"),
        ("getKey", "get-key", "key"),
        ("getProject", "get-project-response", "project"),
        ("getJobStatus", "get-job-failed", "job"),
        ("getJobStatus", "get-job-inprogress", "job"),
        ("getJobStatus", "get-job-succeeded", "job"),
        ("createKeys", "create-keys-response-202", "jobRef"),
    ] {
        let body = take(name);
        let inside = body[property].clone();
        read(operation, body, &inside).await;
    }
    let lock = take("lock-extended");
    read("getLocks", json!({"locks": [lock]}), &json!([lock])).await;
    let event = take("access-event");
    read("getAccessLog", json!({"accessEvents": [event]}), &json!([event])).await;
    // A recurrence is read in both spellings, and written in one.
    for (name, spelling) in [("recurrence-definition", "timeSpans"), ("recurrence-example-lowercase", "timespans")] {
        let mut shown = take(name);
        let recurrence = if shown["recurrence"].is_null() { shown.take() } else { shown["recurrence"].take() };
        let key = |recurrence: Value| json!({"id": "k", "lockId": "d", "state": "active", "recurrence": recurrence});
        let spans = recurrence[spelling].clone();
        assert!(spans.is_array(), "{name}: {recurrence}");
        read("getKey", json!({"key": key(recurrence)}), &key(json!({"timeSpans": spans}))).await;
    }
    for name in ["create-keys-request", "create-keys-request-full"] {
        take(name);
        written_back::<CreateKeysRequest>(name);
    }
    take("create-access-group-request");
    written_back::<CreateAccessGroupRequest>("create-access-group-request");
    take("register-webhook-request");
    written_back::<RegisterWebhookRequest>("register-webhook-request");
    // Requests and responses that the SDK makes by itself, and errors, are tested with the calls that meet them.
    let own = ["error-validation-400", "resources-discovery-request", "resources-discovery-response"];
    let tokens = ["token-request-organization", "token-request-project", "token-response-organization"];
    assert!(own.into_iter().chain(tokens).all(|name| left.remove(name)));
    assert!(left.is_empty(), "not tested: {left:?}");
}

#[tokio::test]
async fn an_error_of_validation_is_shown_by_its_detail() {
    let shown = payload("error-validation-400");
    let emulator = Emulator::start().await.unwrap();
    let builder = Unloc::builder().environment(emulator.base_url());
    let unloc = builder.client_credentials(emulator.client_id(), emulator.client_secret()).build().unwrap();
    let fault = Fault::status(400).body(shown.to_string(), "application/json").on("getProject").times(1);
    emulator.faults().add(fault).unwrap();
    let id = unloc.discover().await.unwrap().projects.remove(0).project_id;
    let error = unloc.project(id).unwrap().get_project().send().await.unwrap_err();
    let detail = shown["detail"].as_str().or(shown["title"].as_str()).unwrap();
    assert!(error.to_string().contains(detail), "{error} does not say {detail:?}");
}
