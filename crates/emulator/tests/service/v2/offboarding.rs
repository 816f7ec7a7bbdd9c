//! Tests the offboarding of lock connections.

use std::time::Duration;

use serde_json::{Value, json};
use unloc_emulator::Emulator;

use crate::support::{Service, list, text};
use crate::v2::project::{PERSON, ProjectApi};

async fn offboard(api: &ProjectApi<'_>, code: Option<&str>) -> crate::support::TestResponse {
    let connection = api.service.emulator.snapshot().connections[0].id.clone();
    let code = code.map(|code| format!("?confirmationCode={code}")).unwrap_or_default();
    api.call(reqwest::Method::POST, &format!("/lock-connections/{connection}/offboard{code}"), None).await
}

async fn dry_run(api: &ProjectApi<'_>) -> (Value, String) {
    let mut body = offboard(api, None).await.ok();
    let code = body.as_object_mut().and_then(|body| body.remove("confirmationCode")).expect("a code");
    (body, code.as_str().expect("a text").to_owned())
}

#[tokio::test]
async fn the_second_call_revokes_the_keys_and_disconnects() {
    let service = Service::stopped(Emulator::builder()).await;
    let api = service.project(0).await;
    let before = api.keys("").await;
    let (impact, code) = dry_run(&api).await;
    assert_eq!(impact, json!({ "locks": 4, "keys": 7, "sharedKeys": 4, "doorbells": 0 }));
    assert_eq!(api.keys("").await, before, "a dry run changes nothing");
    assert_eq!(offboard(&api, Some(&code)).await.ok(), impact);
    assert!(offboard(&api, None).await.problem(409).contains("being disconnected"));
    let state = async || text(&list(&api.get("/lock-connections").await.ok(), "lockConnections")[0], "state");
    assert_eq!(state().await, "connected");

    service.emulator.clock().advance(Duration::from_secs(1));
    assert_eq!(state().await, "disconnected");
    let locks = list(&api.get("/locks").await.ok(), "locks");
    assert_eq!(locks.iter().map(|lock| text(lock, "name")).collect::<Vec<_>>(), ["Roof terrace"]);
    let terrace = text(&locks[0], "id");
    let keys = service.emulator.snapshot().keys;
    let mine = keys.iter().filter(|key| before.iter().any(|one| one["id"] == key.id.as_str()));
    assert!(mine.clone().count() > 7);
    assert!(mine.into_iter().all(|key| key.state == "revoked" || key.lock_id == terrace));
    assert!(offboard(&api, None).await.problem(409).contains("disconnected"));
}

#[tokio::test]
async fn a_code_expires_and_each_dry_run_invalidates_earlier_ones() {
    let service = Service::stopped(Emulator::builder()).await;
    let api = service.project(0).await;
    let (_, first) = dry_run(&api).await;
    let (_, second) = dry_run(&api).await;
    for wrong in [first.as_str(), "", "nonsense"] {
        let refused = offboard(&api, Some(wrong)).await;
        assert_eq!(refused.body["invalidParams"][0]["name"], "confirmationCode");
        refused.problem(400);
    }
    service.emulator.clock().advance(Duration::from_secs(5 * 60));
    assert!(offboard(&api, Some(&second)).await.problem(400).contains("expired"));
    let (_, third) = dry_run(&api).await;
    service.emulator.clock().advance(Duration::from_secs(5 * 60 - 1));
    offboard(&api, Some(&third)).await.ok();
}

#[tokio::test]
async fn offboarding_takes_locks_out_of_access_groups() {
    let service = Service::stopped(Emulator::builder()).await;
    let api = service.project(0).await;
    let (main, terrace) = (api.lock("Main entrance").await, api.lock("Roof terrace").await);
    let group = json!({ "name": "Crew", "lockIds": [main, terrace], "appUserIds": [PERSON] });
    assert_eq!(api.post("/access-groups", group).await.status, 204);
    let (_, code) = dry_run(&api).await;
    offboard(&api, Some(&code)).await.ok();
    service.emulator.clock().advance(Duration::from_secs(1));
    let snapshot = service.emulator.snapshot();
    assert_eq!(snapshot.access_groups[0].lock_ids, [terrace]);
    let states: Vec<_> = snapshot.keys.iter().filter(|key| key.user_id == PERSON).map(|key| key.state).collect();
    assert_eq!(states, ["revoked", "active"]);
}
