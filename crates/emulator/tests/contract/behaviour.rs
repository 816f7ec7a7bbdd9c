//! Tests quirks that change the emulator's behaviour but not the format of its responses.

use serde_json::{Value, json};
use unloc_emulator::Quirk;
use unloc_emulator::chrono::Utc;

use crate::spec::{TestResponse, documented, is_component};
use crate::world::{Call, World};

/// Makes a call whose response must match the spec exactly, with any quirk.
async fn call(world: &World, id: &str, call: &Call) -> TestResponse {
    let response = world.call(documented(id), call).await;
    documented(id).exact(&response).unwrap_or_else(|wrong| panic!("{id}: {wrong}: {response:?}"));
    response
}

fn body(response: &TestResponse) -> Value {
    serde_json::from_str(&response.body).unwrap()
}

#[tokio::test]
async fn strict_slashes_make_a_path_without_trailing_slash_a_404() {
    let world = World::start(Utc::now()).await;
    let url = format!("{}/integrators/v1/lock-holders", world.emulator.base_url());
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    let status = async || client.get(&url).send().await.unwrap().status().as_u16();
    assert_eq!(status().await, 401);
    world.emulator.set_quirks([Quirk::StrictSlashes]);
    assert_eq!(status().await, 404);
    assert_eq!(call(&world, "getLockHolders", &Call::new()).await.status, 200);
}

#[tokio::test]
async fn accepts_null_dates_unless_the_quirk_refuses_them() {
    let world = World::start(Utc::now()).await;
    for id in ["createKey", "createKeyForLockHolder"] {
        world.emulator.set_quirks([]);
        let key = |change: Value| {
            let mut key = json!({ "userId": "+12125550199" });
            if id == "createKeyForLockHolder" {
                key["lockId"] = json!("{lockId}");
            }
            key.as_object_mut().unwrap().extend(change.as_object().unwrap().clone());
            Call::body(key)
        };
        let (start, end) = (key(json!({ "start": null })), key(json!({ "end": null })));
        let made = body(&call(&world, id, &start).await);
        assert_eq!([&made["key"]["start"], &made["key"]["end"]], [&Value::Null; 2]);
        world.emulator.set_quirks([Quirk::NullDatesRefused]);
        for nulls in [start, end] {
            assert_eq!(call(&world, id, &nulls).await.status, 400, "{id}");
        }
        assert_eq!(call(&world, id, &key(json!({}))).await.status, 200, "{id}");
    }
}

#[tokio::test]
async fn revoking_an_expired_key_is_a_conflict_only_with_the_quirk() {
    let world = World::start(Utc::now()).await;
    let keys = body(&call(&world, "getKeys", &Call::new()).await);
    let expired = keys["keys"].as_array().unwrap().iter().find(|key| key["state"] == "expired").expect("such a key");
    let text = |name: &str| expired[name].as_str().unwrap().to_owned().leak() as &'static str;
    let revoke = Call::body(json!({ "state": "revoked" })).with("lockId", text("lockId")).with("keyId", text("id"));
    world.emulator.set_quirks([Quirk::RevokingExpiredConflicts]);
    assert_eq!(call(&world, "updateKey", &revoke).await.status, 409);
    world.emulator.set_quirks([]);
    assert_eq!(body(&call(&world, "updateKey", &revoke).await)["key"]["state"], "revoked");
}

#[tokio::test]
async fn rolls_back_a_lock_holder_without_account_unless_the_quirk_prevents_it() {
    let world = World::start(Utc::now()).await;
    let account = json!({ "vendor": "danalock", "email": "taken@example.com", "password": "EXAMPLE" });
    call(&world, "createVendorAccount", &Call::body(account.clone())).await;
    let mut create = json!({
        "name": "Harbour Flats", "countryIso": "NO", "organizationId": "harbour-flats", "createVendorAccount": true,
    });
    create.as_object_mut().unwrap().extend(account.as_object().unwrap().clone());
    let before = world.emulator.snapshot().lock_holders.len();
    for (quirks, left) in [(&[][..], 0), (&[Quirk::BrokenRollback][..], 1)] {
        world.emulator.set_quirks(quirks.iter().copied());
        let response = call(&world, "createLockHolder", &Call::body(create.clone())).await;
        assert_eq!(
            (response.status, world.emulator.snapshot().lock_holders.len()),
            (409, before + left),
            "{response:?}"
        );
    }
}

#[tokio::test]
async fn webhooks_get_one_documented_event_and_with_the_quirk_two() {
    let world = World::start(Utc::now()).await;
    world.emulator.deliveries_settled().await;
    let listen = Call::body(json!({ "webhookUrl": "{base}/listener" }));
    call(&world, "createWebhookForLock", &listen).await;
    let (lock, user) = (world.fill("{lockId}"), world.fill("{userId}"));
    for (quirks, times) in [(&[][..], 1), (&[Quirk::WebhooksTwice][..], 2)] {
        world.emulator.set_quirks(quirks.iter().copied());
        let event = world.emulator.people().unlock(&lock, &user).unwrap();
        world.emulator.deliveries_settled().await;
        let calls = world.emulator.deliveries().into_iter().filter(|one| one.event_id == event);
        let calls: Vec<_> = calls.filter(|one| one.url.ends_with("/listener")).collect();
        assert_eq!(calls.len(), times);
        let events = body(&call(&world, "getKeyEvents", &Call::new()).await);
        for delivery in calls {
            is_component("getLocks", &delivery.body, "KeyEvent").unwrap();
            // The webhook gets the same event as the list.
            assert_eq!(events["keyEvents"].as_array().unwrap().last(), Some(&delivery.body));
        }
    }
}
