use chrono::{DateTime, SecondsFormat, TimeDelta, Utc};
use serde_json::{Value, json};

use crate::support::{LockHolderApi, Service, eventually, list, text};

fn from_now(minutes: i64) -> String {
    (Utc::now() + TimeDelta::minutes(minutes)).to_rfc3339_opts(SecondsFormat::Millis, true)
}

async fn create(api: &LockHolderApi<'_>, body: Value) -> (Value, String) {
    let lock = api.lock("Main entrance").await;
    let key = api.post(&format!("/locks/{lock}/keys/"), body).await.ok()["key"].clone();
    assert_eq!(key["state"], "creating", "{key}");
    assert_eq!(key["lockId"], lock);
    let path = format!("/locks/{lock}/keys/{}/", text(&key, "id"));
    (key, path)
}

/// Waits until a key is no longer `creating`, and returns it.
async fn settled(api: &LockHolderApi<'_>, path: &str) -> Value {
    eventually("the key leaves creating", async || {
        let key = api.get(path).await.ok()["key"].clone();
        (key["state"] != "creating").then_some(key)
    })
    .await
}

#[tokio::test]
async fn a_key_is_created_becomes_active_and_stays_revoked() {
    let service = Service::start().await;
    let api = service.lock_holder(0).await;
    let body = json!({ "userId": "+12125550150", "start": null, "end": null, "skipInviteNotification": null });
    let (created, path) = create(&api, body).await;
    assert_eq!(created["toUser"], json!({ "id": "+12125550150" }));
    assert_eq!((&created["start"], &created["end"]), (&Value::Null, &Value::Null));
    let mut active = settled(&api, &path).await;
    assert_eq!(active["state"], "active");
    assert_eq!(api.keys().await.last(), Some(&active));

    for _ in 0..2 {
        let revoked = api.put(&path, json!({ "state": "revoked" })).await.ok();
        active["state"] = json!("revoked");
        assert_eq!(revoked["key"], active, "revoking twice is no error");
    }
    assert!(api.keys().await.contains(&active), "lists include revoked keys");
}

#[tokio::test]
async fn a_key_that_starts_later_is_scheduled() {
    let service = Service::start().await;
    let api = service.lock_holder(0).await;
    let (start, end) = (from_now(60), from_now(120));
    let (_, path) = create(&api, json!({ "userId": "+12125550150", "start": start, "end": end })).await;
    let key = settled(&api, &path).await;
    assert_eq!(key["state"], "scheduled");
    assert_eq!((text(&key, "start"), text(&key, "end")), (start, end));
}

#[tokio::test]
async fn a_key_whose_end_has_passed_is_expired() {
    let service = Service::start().await;
    let api = service.lock_holder(0).await;
    let (_, path) =
        create(&api, json!({ "userId": "+12125550150", "start": from_now(-120), "end": from_now(-60) })).await;
    assert_eq!(settled(&api, &path).await["state"], "expired");
}

#[tokio::test]
async fn the_lock_may_be_in_the_body() {
    let service = Service::start().await;
    let api = service.lock_holder(0).await;
    let lock = api.lock("Apartment 3B").await;
    let body = json!({ "lockId": lock, "userId": "+447700900199", "durationMinutes": 90, "appSwitchOnly": true });
    let key = api.post("/keys/", body).await.ok()["key"].clone();
    assert_eq!((&key["lockId"], &key["appSwitchOnly"]), (&json!(lock), &json!(true)));
    let date = |name| DateTime::parse_from_rfc3339(&text(&key, name)).expect("a date");
    assert_eq!(date("end") - date("created"), TimeDelta::minutes(90));
    let refusal = api.post("/keys/", json!({ "userId": "+447700900199" })).await.api_error(400);
    assert!(refusal.starts_with("lockId"), "{refusal}");
}

#[tokio::test]
async fn returns_a_recurrence_as_sent() {
    let service = Service::start().await;
    let api = service.lock_holder(0).await;
    let recurrence = json!({ "mon": { "startHour": 8, "startMinute": 0, "endHour": 24, "endMinute": 0 } });
    let (key, _) = create(&api, json!({ "userId": "+12125550150", "recurrence": recurrence })).await;
    assert_eq!(key["recurrence"], recurrence);
}

#[tokio::test]
async fn accepts_integers_with_a_decimal_point() {
    let service = Service::start().await;
    let api = service.lock_holder(0).await;
    let monday = json!({ "startHour": 8.0, "startMinute": 0.0, "endHour": 1.2e1, "endMinute": 30 });
    let body = json!({ "userId": "+12125550150", "durationMinutes": 60.0, "recurrence": { "mon": monday } });
    let (key, _) = create(&api, body).await;
    let sent = json!({ "mon": { "startHour": 8, "startMinute": 0, "endHour": 12, "endMinute": 30 } });
    assert_eq!(key["recurrence"], sent);
    let date = |name| DateTime::parse_from_rfc3339(&text(&key, name)).expect("a date");
    assert_eq!(date("end") - date("created"), TimeDelta::minutes(60));
}

#[tokio::test]
async fn refuses_and_does_not_create_an_invalid_key() {
    let service = Service::start().await;
    let api = service.lock_holder(0).await;
    let lock = api.lock("Main entrance").await;
    let before = api.keys().await;
    for (change, named) in [
        (json!({ "userId": null }), "userId"),
        (json!({ "userId": "12125550150" }), "userId"),
        (json!({ "userId": 12125550150_u64 }), "userId"),
        (json!({ "start": "tomorrow" }), "start"),
        (json!({ "start": 0 }), "start"),
        (json!({ "start": "2030-06-01T10:00:60.000Z" }), "start"),
        (json!({ "end": "2030-06-30T23:59:60Z" }), "end"),
        (json!({ "start": "0000-01-01T00:00:00Z" }), "start"),
        (json!({ "start": from_now(60), "end": from_now(30) }), "end"),
        (json!({ "end": from_now(60), "durationMinutes": 10 }), "end and durationMinutes"),
        (json!({ "durationMinutes": 0 }), "durationMinutes"),
        (json!({ "durationMinutes": 1.5 }), "durationMinutes"),
        (json!({ "durationMinutes": null }), "durationMinutes"),
        (json!({ "recurrence": null }), "recurrence"),
        (json!({ "appSwitchOnly": null }), "appSwitchOnly"),
        (json!({ "durationMinutes": u64::MAX }), "durationMinutes"),
        (json!({ "skipInviteNotification": "yes" }), "skipInviteNotification"),
        (json!({ "recurrence": { "mon": { "startHour": 25 } } }), "recurrence.mon.startHour"),
        (json!({ "recurrence": { "timeSpans": [] } }), "recurrence.timeSpans"),
    ] {
        let mut body = json!({ "userId": "+12125550150" });
        for (name, value) in change.as_object().expect("an object") {
            body[name] = value.clone();
        }
        let refusal = api.post(&format!("/locks/{lock}/keys/"), body).await.api_error(400);
        assert!(refusal.starts_with(named), "{change}: {refusal}");
    }
    assert_eq!(api.keys().await, before);
}

#[tokio::test]
async fn revoking_is_the_only_update() {
    let service = Service::start().await;
    let api = service.lock_holder(0).await;
    let (_, path) = create(&api, json!({ "userId": "+12125550150" })).await;
    for body in [json!({ "state": "active" }), json!({ "state": null }), json!({ "end": null }), json!({ "state": 1 })]
    {
        assert!(api.put(&path, body).await.api_error(400).starts_with("state"));
    }
    assert_eq!(settled(&api, &path).await["state"], "active");
}

#[tokio::test]
async fn keys_of_a_lock_or_a_user_are_subsets_of_all_keys() {
    let service = Service::start().await;
    let api = service.lock_holder(0).await;
    let all = api.keys().await;
    let lock = text(&all[0], "lockId");
    let of_lock = list(&api.get(&format!("/locks/{lock}/keys/")).await.ok(), "keys");
    let expected: Vec<_> = all.iter().filter(|key| key["lockId"] == lock).cloned().collect();
    assert!(!expected.is_empty() && expected.len() < all.len());
    assert_eq!(of_lock, expected);

    let user = text(&all[0]["toUser"], "id");
    let of_user = list(&api.get(&format!("/users/{}/keys/", user.replace('+', "%2B"))).await.ok(), "keys");
    let expected: Vec<_> = all.iter().filter(|key| key["toUser"]["id"] == user).cloned().collect();
    assert!(!expected.is_empty() && expected.len() < all.len());
    assert_eq!(of_user, expected);
    assert!(list(&api.get("/users/%2B12125550199/keys/").await.ok(), "keys").is_empty());
    assert!(api.get("/users/12125550199/keys/").await.api_error(400).starts_with("userId"));
}
