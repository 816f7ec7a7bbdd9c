//! Tests keys of version 2: validation, lists, revocation.

use serde_json::{Value, json};
use unloc_emulator::Emulator;

use crate::support::{Service, encoded, list, text};
use crate::v2::project::{PERSON, ProjectApi};

/// Returns the ids of the first project's keys in these states.
fn in_state(service: &Service, states: &[&str]) -> Vec<String> {
    let snapshot = service.emulator.snapshot();
    let locks: Vec<_> =
        snapshot.locks.iter().filter(|lock| lock.lock_holder_id == snapshot.lock_holders[0].id).collect();
    let mine = snapshot.keys.iter().filter(|key| locks.iter().any(|lock| lock.id == key.lock_id));
    mine.filter(|key| !key.shared && states.contains(&key.state)).map(|key| key.id.clone()).collect()
}

async fn refused(api: &ProjectApi<'_>, keys: Value) -> Vec<(String, String)> {
    let response = api.post("/keys", json!({ "keys": keys })).await;
    let params = list(&response.body, "invalidParams");
    assert_eq!(response.body["title"], "Validation Error");
    response.problem(400);
    params.iter().map(|one| (text(one, "name"), text(one, "reason"))).collect()
}

#[tokio::test]
async fn one_invalid_key_refuses_all_and_every_invalid_key_is_named() {
    let service = Service::start().await;
    let api = service.project(0).await;
    let lock = api.lock("Main entrance").await;
    let before = api.keys("").await;
    let key = |change: Value| {
        let mut key = json!({ "lockId": lock, "appUserId": PERSON });
        key.as_object_mut().expect("an object").extend(change.as_object().cloned().unwrap_or_default());
        key
    };
    let foreign = service.project(1).await.lock("North gate").await;
    let keys = json!([key(json!({ "appUserId": "somebody" })), key(json!({})), key(json!({ "lockId": foreign }))]);
    let wrong = refused(&api, keys).await;
    assert_eq!(wrong.iter().map(|(name, _)| name.as_str()).collect::<Vec<_>>(), ["keys.0.appUserId", "keys.2.lockId"]);

    for name in ["start", "end"] {
        let wrong = refused(&api, json!([key(json!({ name: null }))])).await;
        assert_eq!(wrong, [(format!("keys.0.{name}"), "must be of type string".to_owned())]);
    }
    let span = json!({ "weekday": "mon", "startHour": 9, "startMinute": 0, "endHour": 17, "endMinute": 0 });
    let many: serde_json::Map<_, _> = (0..21).map(|index| (index.to_string(), json!("x"))).collect();
    for (change, named) in [
        (json!({ "start": "2030-01-02T00:00:00.000Z", "end": "2030-01-01T00:00:00.000Z" }), "keys.0.end"),
        (json!({ "recurrence": { "timeSpans": [span, span] } }), "keys.0.recurrence.timeSpans.1.weekday"),
        (json!({ "recurrence": { "mon": span } }), "keys.0.recurrence.timeSpans"),
        (json!({ "metadata": { "a": null } }), "keys.0.metadata.a"),
        (json!({ "metadata": many }), "keys.0.metadata"),
        (json!({ "metadata": { "x".repeat(41): "" } }), "keys.0.metadata"),
        (json!({ "metadata": { "a": "x".repeat(257) } }), "keys.0.metadata.a"),
    ] {
        let wrong = refused(&api, json!([key(change)])).await;
        assert_eq!(wrong[0].0, named, "{wrong:?}");
    }
    assert_eq!(api.keys("").await, before);
}

#[tokio::test]
async fn filters_and_states_narrow_the_list() {
    let service = Service::start().await;
    let api = service.project(0).await;
    let (lock, camilla) = (api.lock("Main entrance").await, "+12125550103");
    let all = api.keys("").await;
    let of_lock = api.keys(&format!("?lockId={lock}")).await;
    assert!(!of_lock.is_empty() && of_lock.len() < all.len() && of_lock.iter().all(|key| key["lockId"] == lock));
    let of_person = api.keys(&format!("?appUserId={}", encoded(camilla))).await;
    assert!(!of_person.is_empty() && of_person.iter().all(|key| key["appUser"]["id"] == camilla));
    for query in ["?excludeStates=active,expired", "?excludeStates=active&excludeStates=expired"] {
        let rest = api.keys(query).await;
        assert!(!rest.is_empty() && rest.iter().all(|key| key["state"] != "active" && key["state"] != "expired"));
    }
    assert!(api.keys("?lockId=nowhere").await.is_empty());
    assert!(api.keys(&format!("?appUserId={}", encoded(PERSON))).await.is_empty());
}

#[tokio::test]
async fn a_page_has_a_cursor_if_more_remains_even_without_a_limit() {
    let service = Service::with(Emulator::builder().lock_holders(1).locks(3).keys(2501)).await;
    let api = service.project(0).await;
    let first = api.get("/keys").await.ok();
    assert_eq!(list(&first, "keys").len(), 2500);
    let rest = api.get(&format!("/keys?startAfterId={}", text(&first, "startAfterId"))).await.ok();
    assert_eq!((list(&rest, "keys").len(), rest.get("startAfterId")), (1, None));
    let small = api.get("/locks?limit=2").await.ok();
    assert_eq!(small["startAfterId"], small["locks"][1]["id"]);
}

#[tokio::test]
async fn an_expired_key_cannot_be_revoked() {
    let service = Service::start().await;
    let api = service.project(0).await;
    let expired = &in_state(&service, &["expired"])[0];
    let refused = api.call(reqwest::Method::DELETE, &format!("/keys/{expired}"), None).await;
    assert_eq!(refused.problem(409), "May not revoke expired keys");
    let active = &in_state(&service, &["active"])[0];
    for _ in 0..2 {
        api.delete(&format!("/keys/{active}")).await;
        assert_eq!(api.state(active).await, "revoked");
    }
    api.get("/keys/nothing").await.problem(404);
}

#[tokio::test]
async fn a_bulk_revocation_without_filter_revokes_everything_of_the_project() {
    let service = Service::start().await;
    let api = service.project(0).await;
    let (expired, others) = (in_state(&service, &["expired"]), service.project(1).await.keys("").await);
    api.delete("/keys").await;
    assert!(in_state(&service, &["active", "scheduled", "creating", "inactive"]).is_empty());
    assert_eq!(in_state(&service, &["expired"]), expired);
    let shared: Vec<_> = service.emulator.snapshot().keys.into_iter().filter(|key| key.shared).collect();
    assert!(shared.iter().all(|key| key.state != "revoked"));
    assert_eq!(service.project(1).await.keys("").await, others);
}

#[tokio::test]
async fn bulk_revocations_keep_to_their_filters() {
    let service = Service::start().await;
    let api = service.project(0).await;
    let (lock, astrid) = (api.lock("Main entrance").await, "+12125550101");
    let states = async |query: &str| api.keys(query).await.iter().map(|key| text(key, "state")).collect::<Vec<_>>();
    let all = states("").await;
    api.delete(&format!("/keys?lockId={lock}&appUserId={}", encoded(PERSON))).await;
    api.delete("/keys?lockId=nowhere").await;
    api.delete("/shared-keys?lockId=nowhere").await;
    assert_eq!(states("").await, all);
    api.delete(&format!("/keys?lockId={lock}")).await;
    assert!(states(&format!("?lockId={lock}&excludeStates=revoked,expired")).await.is_empty());
    assert!(!states("?excludeStates=revoked,expired").await.is_empty());

    // The filter of shared keys is the person who has shared them.
    let shared = || {
        let keys = service.emulator.snapshot().keys;
        let mine = keys.into_iter().filter(|key| key.shared && key.lock_id == lock && key.state != "revoked");
        mine.map(|key| key.user_id).collect::<Vec<_>>()
    };
    assert_eq!(shared().len(), 3);
    api.delete(&format!("/shared-keys?appUserId={}", encoded(astrid))).await;
    assert_eq!(shared(), ["+447700900106"]);
}
