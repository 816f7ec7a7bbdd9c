use reqwest::Method;
use serde_json::{Value, json};

use crate::support::{LOCK_HOLDERS, Service, TestResponse, list};

const FAULTS: &str = "/_emulator/faults";

async fn add(service: &Service, fault: Value) -> TestResponse {
    service.post(FAULTS, "", fault).await
}

async fn in_force(service: &Service) -> Vec<Value> {
    list(&service.get(FAULTS, "").await.ok(), "faults")
}

#[tokio::test]
async fn adds_lists_and_removes_faults_of_every_kind() {
    let service = Service::start().await;
    let kinds = [
        json!({ "kind": "status", "status": 503 }),
        json!({ "kind": "html" }),
        json!({ "kind": "rateLimited", "retryAfter": 2 }),
        json!({ "kind": "delay", "milliseconds": 1 }),
        json!({ "kind": "reset" }),
        json!({ "kind": "halfBody" }),
        json!({ "kind": "wrongLength" }),
        json!({ "kind": "silence" }),
        json!({ "kind": "expiredToken" }),
        json!({ "kind": "revokedToken" }),
    ];
    let mut ids = Vec::new();
    for fault in &kinds {
        ids.push(add(&service, fault.clone()).await.ok()["id"].clone());
    }
    let listed = in_force(&service).await;
    assert_eq!(listed.iter().map(|fault| fault["id"].clone()).collect::<Vec<_>>(), ids);
    assert!(listed.iter().all(|fault| fault["times"] == 1 && fault["after"] == 0), "{listed:?}");
    assert_eq!(service.emulator.faults().list().len(), kinds.len(), "both interfaces list the same faults");
    let path = format!("{FAULTS}/{}", ids[3]);
    assert_eq!(service.call(Method::DELETE, &path, "", None).await.status, 204);
    service.call(Method::DELETE, &path, "", None).await.api_error(404);
    assert_eq!(in_force(&service).await.len(), kinds.len() - 1);
    assert_eq!(service.call(Method::DELETE, FAULTS, "", None).await.status, 204);
    assert!(in_force(&service).await.is_empty());
}

#[tokio::test]
async fn each_kind_of_fault_applies_as_requested() {
    let service = Service::start().await;
    let token = service.token(Value::Null).await;
    let on = |mut fault: Value| {
        fault["operation"] = json!("getLockHolders");
        fault
    };
    let status = async || {
        let request = service.http.get(service.url(LOCK_HOLDERS)).bearer_auth(&token);
        request.send().await.map(|response| response.status().as_u16()).map_err(|error| error.is_request())
    };
    for (fault, expected) in [
        (json!({ "kind": "status", "status": 418, "body": "tea", "contentType": "text/plain" }), Ok(418)),
        (json!({ "kind": "status" }), Ok(500)),
        (json!({ "kind": "html" }), Ok(502)),
        (json!({ "kind": "rateLimited" }), Ok(429)),
        (json!({ "kind": "delay", "milliseconds": 1 }), Ok(200)),
        (json!({ "kind": "reset" }), Err(true)),
        (json!({ "kind": "halfBody" }), Ok(200)),
    ] {
        add(&service, on(fault.clone())).await.ok();
        assert_eq!(status().await, expected, "{fault}");
        assert!(in_force(&service).await.is_empty(), "{fault} applied once");
    }
    add(&service, on(json!({ "kind": "status", "status": 503, "times": 2, "after": 1 }))).await.ok();
    let mut seen = Vec::new();
    for _ in 0..4 {
        seen.push(status().await);
    }
    assert_eq!(seen, [Ok(200), Ok(503), Ok(503), Ok(200)]);
    add(&service, on(json!({ "kind": "status", "status": 503, "times": null }))).await.ok();
    for _ in 0..10 {
        assert_eq!(status().await, Ok(503));
    }
    assert_eq!(in_force(&service).await[0]["times"], Value::Null);
}

#[tokio::test]
async fn a_reset_creates_the_key_only_if_carried_out() {
    let service = Service::start().await;
    let api = service.lock_holder(0).await;
    let path = api.path(&format!("/locks/{}/keys/", api.lock("Main entrance").await));
    for (carried_out, more) in [(json!(false), 0), (Value::Null, 0), (json!(true), 1)] {
        let before = api.keys().await.len();
        add(&service, json!({ "kind": "reset", "operation": "createKey", "carriedOut": carried_out })).await.ok();
        let request = service.http.post(service.url(&path)).bearer_auth(&api.token);
        request.json(&json!({ "userId": "+12125550150" })).send().await.expect_err("no response");
        assert_eq!(api.keys().await.len(), before + more, "{carried_out}");
    }
}

#[tokio::test]
async fn refuses_invalid_faults_with_the_reason() {
    let service = Service::start().await;
    for (fault, reason) in [
        (json!({}), "kind is missing"),
        (json!({ "kind": "explosion" }), "kind must be one of"),
        (json!({ "kind": "reset", "operation": "openSesame" }), "openSesame"),
        (json!({ "kind": "status", "status": 199 }), "status"),
        (json!({ "kind": "status", "body": "", "contentType": "a\nb" }), "media type"),
        (json!({ "kind": "delay" }), "milliseconds is missing"),
        (json!({ "kind": "delay", "milliseconds": 86_400_001 }), "milliseconds"),
        (json!({ "kind": "rateLimited", "retryAfter": -1 }), "retryAfter"),
        (json!({ "kind": "reset", "times": 0 }), "times"),
        (json!({ "kind": "reset", "after": -1 }), "after"),
        (json!({ "kind": "reset", "carriedOut": "yes" }), "carriedOut"),
    ] {
        let text = add(&service, fault.clone()).await.api_error(400);
        assert!(text.contains(reason), "{fault}: {text}");
    }
    assert!(in_force(&service).await.is_empty());
    for id in ["0", "1", "-1", "x", "%ff", "99999999999999999999"] {
        service.call(Method::DELETE, &format!("{FAULTS}/{id}"), "", None).await.api_error(404);
    }
}
