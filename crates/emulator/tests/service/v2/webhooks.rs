//! Tests webhooks of version 2.

use serde_json::json;

use crate::support::{Service, list, text};

#[tokio::test]
async fn each_version_calls_its_webhooks_with_its_own_events() {
    let service = Service::start().await;
    let (first, second) = (service.lock_holder(0).await, service.project(0).await);
    let key = second.keys("?excludeStates=revoked,expired").await.into_iter().find(|key| key["state"] == "active");
    let key = key.expect("an active key");
    let (lock, person) = (text(&key, "lockId"), text(&key["appUser"], "id"));
    let url = |path: &str| service.url(&format!("/{path}"));
    first.post("/key-events/webhooks/", json!({ "webhookUrl": url("first") })).await.ok();
    let other = second.lock("Roof terrace").await;
    for (path, lock) in [("second", Some(&lock)), ("all", None), ("all", None), ("other", Some(&other))] {
        let mut body = json!({ "trigger": "accessEvent", "url": url(path) });
        if let Some(lock) = lock {
            body["lockId"] = json!(lock);
        }
        assert_eq!(second.post("/webhooks", body).await.status, 204);
    }
    service.emulator.people().unlock(&lock, &person).expect("the key works");
    service.emulator.deliveries_settled().await;
    let event = list(&second.get("/logs/access").await.ok(), "accessEvents")[0].clone();
    let mut calls: Vec<_> = service.emulator.deliveries().into_iter().map(|call| (call.url, call.body)).collect();
    calls.sort_by(|one, other| one.0.cmp(&other.0));
    let urls: Vec<_> = calls.iter().map(|(url, _)| url.as_str()).collect();
    assert_eq!(urls, [url("all"), url("first"), url("second")]);
    assert_eq!([&calls[0].1, &calls[2].1], [&event, &event]);
    assert_eq!((&calls[1].1["userId"], &event["appUserId"]), (&json!(person), &json!(person)));
}
