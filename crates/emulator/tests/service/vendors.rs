use std::time::Duration;

use serde_json::{Value, json};
use unloc_emulator::Emulator;

use crate::support::{LOCK_HOLDERS, LockHolderApi, Service, list, text};

/// Starts an emulator with a stopped clock, so that each state can be observed.
async fn with_stopped_clock() -> Service {
    Service::with(Emulator::builder().speed(0.0).vendor_latency(Duration::from_secs(5))).await
}

fn settle(service: &Service) {
    service.emulator.clock().advance(Duration::from_secs(5));
}

async fn connect(api: &LockHolderApi<'_>, body: Value) -> String {
    let connection = api.post("/vendor-connections/", body).await.ok()["vendorConnection"].clone();
    assert_eq!(connection["state"], "connecting", "{connection}");
    text(&connection, "id")
}

async fn state(api: &LockHolderApi<'_>, id: &str) -> String {
    let connection = api.get(&format!("/vendor-connections/{id}/")).await.ok()["vendorConnection"].clone();
    let all = list(&api.get("/vendor-connections/").await.ok(), "vendorConnections");
    assert!(all.contains(&connection), "list and single read must match");
    text(&connection, "state")
}

async fn refresh(api: &LockHolderApi<'_>, id: &str) {
    assert_eq!(api.put(&format!("/vendor-connections/{id}/refresh/"), json!({})).await.status, 204);
    assert_eq!(state(api, id).await, "connecting");
    settle(api.service);
}

async fn names(api: &LockHolderApi<'_>) -> Vec<String> {
    api.locks().await.iter().map(|lock| text(lock, "name")).collect()
}

fn account(password: &str) -> Value {
    json!({ "vendor": "danalock", "username": "caretaker@example.com", "password": password })
}

#[tokio::test]
async fn a_new_connection_imports_its_locks_once_connected() {
    let service = with_stopped_clock().await;
    let api = service.lock_holder(0).await;
    let before = names(&api).await;
    let id = connect(&api, account("EXAMPLE-PASSWORD")).await;
    assert_eq!((state(&api, &id).await.as_str(), names(&api).await), ("connecting", before.clone()));
    settle(&service);
    assert_eq!(state(&api, &id).await, "connected");
    assert_eq!(names(&api).await[before.len()..], ["Front door", "Back door"]);
}

#[tokio::test]
async fn a_wrong_password_ends_in_error_and_the_right_one_connects() {
    let service = with_stopped_clock().await;
    let api = service.lock_holder(0).await;
    let new = json!({ "vendor": "Danalock", "email": "caretaker@example.com", "password": "RIGHT-PASSWORD" });
    let token = service.token(Value::Null).await;
    let path = "/integrators/v1/lock-vendors/account/";
    assert_eq!(service.post(path, &token, new.clone()).await.status, 204);
    service.post(path, &api.token, new).await.api_error(409);
    let wrong = connect(&api, account("WRONG-PASSWORD")).await;
    settle(&service);
    assert_eq!(state(&api, &wrong).await, "error");
    // The account of a connection in error may be connected again.
    let right = connect(&api, account("RIGHT-PASSWORD")).await;
    settle(&service);
    assert_eq!(state(&api, &right).await, "connected");
}

#[tokio::test]
async fn credentials_in_use_are_a_conflict_until_the_connection_is_disconnected() {
    let service = with_stopped_clock().await;
    let (api, other) = (service.lock_holder(0).await, service.lock_holder(1).await);
    let id = connect(&api, account("EXAMPLE-PASSWORD")).await;
    for late in [&api, &other] {
        late.post("/vendor-connections/", account("EXAMPLE-PASSWORD")).await.api_error(409);
    }
    settle(&service);
    assert_eq!(state(&api, &id).await, "connected", "the older connection is left as it was");
    service.emulator.vendors().disconnect(&id).expect("a connection");
    assert_eq!(state(&api, &id).await, "disconnected");
    assert_eq!(api.put(&format!("/vendor-connections/{id}/refresh/"), json!({})).await.status, 409);
    connect(&other, account("EXAMPLE-PASSWORD")).await;
}

#[tokio::test]
async fn creates_up_to_100_virtual_locks_with_consecutive_numbers() {
    let service = with_stopped_clock().await;
    let api = service.lock_holder(2).await;
    for count in [0, -1, 101] {
        let body = json!({ "vendor": "virtual", "locksToCreate": count });
        assert!(api.post("/vendor-connections/", body).await.api_error(400).contains("1 to 100"));
    }
    for (body, field) in [
        (json!({ "vendor": "virtual" }), "locksToCreate"),
        (json!({ "vendor": "virtual", "locksToCreate": 1, "username": "x" }), "username"),
        (json!({ "vendor": "danalock", "username": "x" }), "password"),
        (json!({ "vendor": "danalock", "username": "x", "password": "y", "locksToCreate": 1 }), "locksToCreate"),
        (json!({ "vendor": "acme", "locksToCreate": 1 }), "vendor"),
    ] {
        let refusal = api.post("/vendor-connections/", body).await.api_error(400);
        assert!(refusal.starts_with(field), "{refusal}");
    }
    for count in [100, 2] {
        connect(&api, json!({ "vendor": "virtual", "locksToCreate": count })).await;
        settle(&service);
    }
    let names = names(&api).await;
    assert_eq!(names.iter().filter(|name| name.starts_with("Virtual Lock")).count(), 102);
    // "Laundry room" of the sample data is virtual, too, so the first number is 002.
    assert!(names.contains(&"Virtual Lock 002".to_owned()) && names.contains(&"Virtual Lock 103".to_owned()));
}

#[tokio::test]
async fn a_refresh_imports_new_locks_and_removes_others_with_their_keys() {
    let service = with_stopped_clock().await;
    let api = service.lock_holder(0).await;
    let connections = list(&api.get("/vendor-connections/").await.ok(), "vendorConnections");
    let id = text(&connections[0], "id");
    let gone = api.lock("Main entrance").await;
    let vendors = service.emulator.vendors();
    vendors.install(&id, "Cellar door").expect("a connection");
    vendors.remove(&gone).expect("a lock");
    assert!(names(&api).await.contains(&"Main entrance".to_owned()), "nothing happens before the refresh");
    refresh(&api, &id).await;
    let names = names(&api).await;
    assert!(names.contains(&"Cellar door".to_owned()) && !names.contains(&"Main entrance".to_owned()), "{names:?}");
    api.get(&format!("/locks/{gone}/")).await.api_error(404);
    let keys = api.keys().await;
    let mut of_gone = keys.iter().filter(|key| key["lockId"] == gone.as_str()).peekable();
    assert!(of_gone.peek().is_some() && of_gone.all(|key| key["state"] == "revoked"));
    assert!(api.roles().await.iter().all(|role| role["lockId"] != gone.as_str()));
}

#[tokio::test]
async fn keys_get_the_state_error_while_the_vendor_is_down() {
    let service = with_stopped_clock().await;
    let api = service.lock_holder(0).await;
    let connections = list(&api.get("/vendor-connections/").await.ok(), "vendorConnections");
    let id = text(&connections[0], "id");
    let lock = api.lock("Main entrance").await;
    let make = async || {
        let key = api.post(&format!("/locks/{lock}/keys/"), json!({ "userId": "+12125550142" })).await.ok();
        settle(&service);
        let path = format!("/locks/{lock}/keys/{}/", text(&key["key"], "id"));
        text(&api.get(&path).await.ok()["key"], "state")
    };
    service.emulator.vendors().fail(&id).expect("a connection");
    assert_eq!((state(&api, &id).await.as_str(), make().await.as_str()), ("error", "error"));
    refresh(&api, &id).await;
    assert_eq!(state(&api, &id).await, "error", "it is still down");
    service.emulator.vendors().recover(&id).expect("a connection");
    refresh(&api, &id).await;
    assert_eq!((state(&api, &id).await.as_str(), make().await.as_str()), ("connected", "active"));
}

#[tokio::test]
async fn a_new_connection_takes_over_the_locks_of_the_old_one() {
    let service = with_stopped_clock().await;
    let api = service.lock_holder(0).await;
    let cut = connect(&api, account("EXAMPLE-PASSWORD")).await;
    settle(&service);
    let lock = api.lock("Front door").await;
    service.emulator.vendors().disconnect(&cut).expect("a connection");
    let new = connect(&api, account("EXAMPLE-PASSWORD")).await;
    settle(&service);
    let key = api.post(&format!("/locks/{lock}/keys/"), json!({ "userId": "+12125550142" })).await.ok();
    settle(&service);
    let path = format!("/locks/{lock}/keys/{}/", text(&key["key"], "id"));
    assert_eq!(api.get(&path).await.ok()["key"]["state"], "active");
    let snapshot = service.emulator.snapshot();
    assert!(snapshot.locks.iter().any(|seen| seen.id == lock && seen.connection_id == new));
}

#[tokio::test]
async fn refuses_a_refresh_if_another_connection_uses_the_account() {
    let service = with_stopped_clock().await;
    let (api, other) = (service.lock_holder(0).await, service.lock_holder(1).await);
    let old = connect(&api, account("EXAMPLE-PASSWORD")).await;
    settle(&service);
    service.emulator.vendors().fail(&old).expect("a connection");
    service.emulator.vendors().recover(&old).expect("a connection");
    let new = connect(&other, account("EXAMPLE-PASSWORD")).await;
    let path = format!("/vendor-connections/{old}/refresh/");
    for expected in ["connecting", "connected"] {
        assert_eq!(state(&other, &new).await, expected);
        assert!(api.put(&path, json!({})).await.api_error(409).contains("in use by another"));
        settle(&service);
    }
    assert_eq!(state(&api, &old).await, "error", "the older connection is left as it was");
    service.emulator.vendors().disconnect(&new).expect("a connection");
    refresh(&api, &old).await;
    assert_eq!(state(&api, &old).await, "connected");
}

#[tokio::test]
async fn a_disconnected_connection_stays_disconnected_when_its_vendor_fails() {
    let service = with_stopped_clock().await;
    let api = service.lock_holder(0).await;
    let id = connect(&api, account("EXAMPLE-PASSWORD")).await;
    settle(&service);
    service.emulator.vendors().disconnect(&id).expect("a connection");
    service.emulator.vendors().fail(&id).expect("a connection");
    assert_eq!(state(&api, &id).await, "disconnected");
}

#[tokio::test]
async fn updating_the_password_changes_it_at_the_vendor_too() {
    let service = with_stopped_clock().await;
    let api = service.lock_holder(0).await;
    let id = connect(&api, account("EXAMPLE-PASSWORD")).await;
    settle(&service);
    service.emulator.vendors().change_password(&id, "CHANGED-PASSWORD").expect("a connection");
    refresh(&api, &id).await;
    assert_eq!(state(&api, &id).await, "error", "only the vendor knows the new password");
    let path = format!("/vendor-connections/{id}/update-password/");
    assert!(api.put(&path, json!({})).await.api_error(400).starts_with("password"));
    assert_eq!(api.put(&path, json!({ "password": "NEW-PASSWORD" })).await.status, 204);
    refresh(&api, &id).await;
    assert_eq!(state(&api, &id).await, "connected");
}

#[tokio::test]
async fn does_not_create_a_lock_holder_without_its_vendor_account() {
    let service = with_stopped_clock().await;
    let token = service.token(Value::Null).await;
    let body = |organization: &str| {
        json!({
            "name": "Emerald Homes", "countryIso": "NO", "organizationId": organization, "createVendorAccount": true,
            "vendor": "danalock", "email": "emerald@example.com", "password": "EXAMPLE-PASSWORD",
        })
    };
    service.post(LOCK_HOLDERS, &token, body("emerald")).await.ok();
    let refusal = service.post(LOCK_HOLDERS, &token, body("emerald-two")).await.api_error(409);
    assert!(refusal.contains("not created"), "{refusal}");
    assert_eq!(service.lock_holders().await.len(), 4);

    // The documentation: in rare cases the rollback fails, and the error says so.
    service.emulator.set_quirks([unloc_emulator::Quirk::BrokenRollback]);
    let refusal = service.post(LOCK_HOLDERS, &token, body("emerald-two")).await.api_error(409);
    let holders = service.lock_holders().await;
    assert!(holders.len() == 5 && refusal.contains(&text(&holders[4], "id")), "{refusal}");
}

#[tokio::test]
async fn refuses_unknown_connections_and_virtual_locks_at_vendors() {
    let service = with_stopped_clock().await;
    let vendors = service.emulator.vendors();
    let virtual_one = service.emulator.snapshot().connections[1].id.clone();
    assert!(vendors.install("nowhere", "x").unwrap_err().to_string().contains("no vendor connection"));
    assert!(vendors.disconnect("nowhere").is_err() && vendors.remove("nowhere").is_err());
    assert!(vendors.fail(&virtual_one).unwrap_err().to_string().contains("virtual"));
    let api = service.lock_holder(0).await;
    let path = format!("/vendor-connections/{virtual_one}/update-password/");
    api.put(&path, json!({ "password": "NEW-PASSWORD" })).await.api_error(400);
}
