//! Tests that both versions show the same data.

use std::time::Duration;

use serde_json::{Value, json};
use unloc_emulator::Emulator;

use crate::support::{Service, encoded, list, text};
use crate::v2::project::PERSON;

#[tokio::test]
async fn a_key_made_through_version_1_is_seen_through_version_2() {
    let service = Service::stopped(Emulator::builder()).await;
    let (first, second) = (service.lock_holder(0).await, service.project(0).await);
    let lock = first.lock("Main entrance").await;
    let day = json!({ "startHour": 9, "startMinute": 0, "endHour": 17, "endMinute": 0 });
    let body = json!({ "userId": PERSON, "recurrence": { "mon": day } });
    let made = first.post(&format!("/locks/{lock}/keys/"), body).await.ok()["key"].clone();
    let mut span = day.clone();
    span["weekday"] = json!("mon");
    let wanted = json!({
        "id": made["id"], "lockId": lock, "appUser": { "id": PERSON }, "start": null, "end": null,
        "created": made["created"], "state": "creating", "recurrence": { "timeSpans": [span] },
    });
    let path = format!("/keys/{}", text(&made, "id"));
    assert_eq!(second.get(&path).await.ok()["key"], wanted);
    second.delete(&path).await;
    assert_eq!(first.get(&format!("/locks/{lock}{path}/")).await.ok()["key"]["state"], "revoked");
}

#[tokio::test]
async fn a_key_made_through_version_2_is_seen_through_version_1() {
    let service = Service::stopped(Emulator::builder()).await;
    let (first, second) = (service.lock_holder(0).await, service.project(0).await);
    let lock = first.lock("Main entrance").await;
    let key = json!({
        "lockId": lock, "appUserId": PERSON, "end": "2099-01-01T00:00:00.000Z", "metadata": { "bookingId": "42" },
        "recurrence": { "timeSpans": [
            { "weekday": "sun", "startHour": 0, "startMinute": 0, "endHour": 24, "endMinute": 0 },
        ] },
    });
    let job = second.create(json!([key])).await;
    let made = first.keys().await.into_iter().find(|key| key["toUser"]["id"] == PERSON).expect("the key");
    assert_eq!((&made["state"], &made["end"]), (&json!("creating"), &key["end"]));
    assert_eq!(made["recurrence"]["sun"]["endHour"], 24);
    assert!(made.get("metadata").is_none(), "version 1 has no metadata");

    service.emulator.clock().advance(Duration::from_secs(1));
    assert_eq!(second.job(&job).await["resultData"]["createdKeys"][0]["id"], made["id"]);
    let path = format!("/locks/{lock}/keys/{}/", text(&made, "id"));
    first.put(&path, json!({ "state": "revoked" })).await.ok();
    let seen = second.keys(&format!("?appUserId={}", encoded(PERSON))).await;
    assert_eq!((&seen[0]["state"], &seen[0]["metadata"]), (&json!("revoked"), &key["metadata"]));
}

#[tokio::test]
async fn both_versions_list_the_same_projects_locks_connections_and_events() {
    let service = Service::stopped(Emulator::builder()).await;
    let (first, second) = (service.lock_holder(0).await, service.project(0).await);
    let ids = |items: Vec<Value>| items.iter().map(|item| text(item, "id")).collect::<Vec<_>>();
    let organization = service.emulator.organization_id();
    let token = service.ask_token_v2("organization.admin", "organization_id", organization).await.ok();
    let path = format!("/v2/organization/{organization}/projects");
    let projects = list(&service.get(&path, &text(&token, "access_token")).await.ok(), "projects");
    assert_eq!(ids(projects), ids(service.lock_holders().await));
    assert_eq!(ids(list(&second.get("/locks").await.ok(), "locks")), ids(first.locks().await));
    let connections = list(&first.get("/vendor-connections/").await.ok(), "vendorConnections");
    assert_eq!(list(&second.get("/lock-connections").await.ok(), "lockConnections"), connections);
    assert_eq!(ids(second.keys("").await), ids(first.keys().await));

    let key = first.keys().await.into_iter().find(|key| key["state"] == "active").expect("a key");
    let person = text(&key["toUser"], "id");
    service.emulator.people().unlock(&text(&key, "lockId"), &person).expect("the key works");
    let mut event = list(&first.get("/key-events/").await.ok(), "keyEvents")[0].clone();
    let user = event.as_object_mut().and_then(|event| event.remove("userId")).expect("a user");
    event["appUserId"] = user;
    assert_eq!(list(&second.get("/logs/access").await.ok(), "accessEvents"), [event]);

    // Version 1 lists events for 30 days, version 2 for 60.
    service.emulator.clock().advance(Duration::from_secs(45 * 86_400));
    let (first, second) = (service.lock_holder(0).await, service.project(0).await);
    assert!(list(&first.get("/key-events/").await.ok(), "keyEvents").is_empty());
    for (query, count) in [
        (String::new(), 1),
        (format!("?appUserId={}", encoded(&person)), 1),
        (format!("?appUserId={}", encoded(PERSON)), 0),
        ("?lockId=nowhere".to_owned(), 0),
    ] {
        let events = list(&second.get(&format!("/logs/access{query}")).await.ok(), "accessEvents");
        assert_eq!(events.len(), count, "{query}");
    }
}

#[tokio::test]
async fn a_token_of_one_version_does_not_open_the_other() {
    let service = Service::start().await;
    let (first, second) = (service.lock_holder(0).await, service.project(0).await);
    service.get(&first.path("/locks/"), &second.token).await.api_error(403);
    service.get("/integrators/v1/lock-holders/", &second.token).await.api_error(403);
    service.get(&format!("/v2/projects/{}/locks", second.id), &first.token).await.problem(403);
}
