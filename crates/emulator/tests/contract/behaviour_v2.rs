//! Tests that what happens later in version 2 matches the spec: jobs, offboarding, webhook calls.

use std::time::Duration;

use serde_json::{Value, json};
use unloc_emulator::chrono::Utc;

use crate::spec::{documented, is_component};
use crate::world::{Call, World};

/// Makes a call whose response must match the spec exactly, and returns its body.
async fn call(world: &World, id: &str, call: &Call) -> Value {
    let response = world.call(documented(id), call).await;
    documented(id).exact(&response).unwrap_or_else(|wrong| panic!("{id}: {wrong}: {response:?}"));
    assert!(response.status < 300, "{id}: {response:?}");
    serde_json::from_str(&response.body).unwrap_or_default()
}

/// Returns a text for a [`Call`]. Leaking is fine here: the test process is short-lived.
fn leaked(value: &Value) -> &'static str {
    value.as_str().expect("a text").to_owned().leak()
}

/// Returns the statuses of a job, by the clock, until it ends.
async fn statuses(world: &World, started: &Value) -> Vec<String> {
    let read = Call::new().with("jobId", leaked(&started["jobRef"]["id"]));
    let mut statuses = Vec::new();
    for milliseconds in [0, 100, 100] {
        world.emulator.clock().advance(Duration::from_millis(milliseconds));
        let job = call(world, "v2:getJobStatus", &read).await["job"].clone();
        statuses.push(leaked(&job["status"]).to_owned());
    }
    statuses
}

#[tokio::test]
async fn jobs_match_the_spec_in_every_status() {
    let world = World::start(Utc::now()).await;
    let key = |lock: &str| json!({ "lockId": lock, "appUserId": "+12125550199" });
    let connection = world.fill("{lockConnectionId}");
    let refresh = async || call(&world, "v2:refreshLockConnection", &Call::new()).await;
    assert_eq!(statuses(&world, &refresh().await).await, ["pending", "inProgress", "succeeded"]);
    world.emulator.vendors().fail(&connection).expect("the vendor fails");
    // One key is created and one fails.
    let keys = json!({ "keys": [key("{lockId}"), key("{virtualLockId}")] });
    let created = call(&world, "v2:createKeys", &Call::body(keys)).await;
    assert_eq!(statuses(&world, &created).await, ["pending", "inProgress", "succeeded"]);
    assert_eq!(statuses(&world, &refresh().await).await, ["pending", "inProgress", "failedJob"]);
}

#[tokio::test]
async fn both_calls_of_an_offboarding_match_the_spec() {
    let world = World::start(Utc::now()).await;
    let plan = call(&world, "v2:offboardLockConnection", &Call::new()).await;
    let confirmed = Call::new().query("confirmationCode", leaked(&plan["confirmationCode"]));
    assert!(call(&world, "v2:offboardLockConnection", &confirmed).await.get("confirmationCode").is_none());
    world.emulator.clock().advance(Duration::from_secs(1));
    for id in ["v2:getLockConnections", "v2:getLocks", "v2:getKeys", "v2:getSharingRights", "v2:getAccessLog"] {
        call(&world, id, &Call::new()).await;
    }
}

#[tokio::test]
async fn webhooks_get_the_event_of_the_access_log() {
    let world = World::start(Utc::now()).await;
    let listen = json!({ "trigger": "accessEvent", "url": "{base}/listener", "lockId": "{lockId}" });
    call(&world, "v2:registerWebhook", &Call::body(listen)).await;
    let event = world.emulator.people().unlock(&world.fill("{lockId}"), &world.fill("{userId}")).unwrap();
    world.emulator.deliveries_settled().await;
    let calls = world.emulator.deliveries().into_iter().filter(|one| one.event_id == event);
    let bodies: Vec<_> = calls.filter(|one| one.url.ends_with("/listener")).map(|one| one.body).collect();
    let log = call(&world, "v2:getAccessLog", &Call::new()).await;
    assert_eq!(bodies, [log["accessEvents"].as_array().unwrap().last().cloned().unwrap()]);
    is_component("v2:getLocks", &bodies[0], "AccessEvent").unwrap();
}
