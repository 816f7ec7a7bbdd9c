use std::time::Duration;

use serde_json::{Value, json};
use unloc_emulator::Emulator;

use crate::support::{Home, LOCK_HOLDERS, Service, list, text};

/// An emulator whose clock stands still, so that each state can be looked at.
async fn standing() -> Service {
    Service::with(Emulator::builder().speed(0.0).settling(Duration::from_secs(5))).await
}

fn settle(service: &Service) {
    service.emulator.clock().advance(Duration::from_secs(5));
}

async fn connect(home: &Home<'_>, body: Value) -> String {
    let connection = home.post("/vendor-connections/", body).await.ok()["vendorConnection"].clone();
    assert_eq!(connection["state"], "connecting", "{connection}");
    text(&connection, "id")
}

async fn state(home: &Home<'_>, id: &str) -> String {
    let connection = home.get(&format!("/vendor-connections/{id}/")).await.ok()["vendorConnection"].clone();
    let all = list(&home.get("/vendor-connections/").await.ok(), "vendorConnections");
    assert!(all.contains(&connection), "one and all must agree");
    text(&connection, "state")
}

async fn refresh(home: &Home<'_>, id: &str) {
    assert_eq!(home.put(&format!("/vendor-connections/{id}/refresh/"), json!({})).await.status, 204);
    assert_eq!(state(home, id).await, "connecting");
    settle(home.service);
}

async fn names(home: &Home<'_>) -> Vec<String> {
    home.locks().await.iter().map(|lock| text(lock, "name")).collect()
}

fn account(password: &str) -> Value {
    json!({ "vendor": "danalock", "username": "caretaker@example.com", "password": password })
}

#[tokio::test]
async fn a_new_connection_brings_its_locks_in_once_it_is_connected() {
    let service = standing().await;
    let home = service.home(0).await;
    let before = names(&home).await;
    let id = connect(&home, account("EXAMPLE-PASSWORD")).await;
    assert_eq!((state(&home, &id).await.as_str(), names(&home).await), ("connecting", before.clone()));
    settle(&service);
    assert_eq!(state(&home, &id).await, "connected");
    assert_eq!(names(&home).await[before.len()..], ["Front door", "Back door"]);
}

#[tokio::test]
async fn a_wrong_password_ends_in_error_and_the_right_one_connects() {
    let service = standing().await;
    let home = service.home(0).await;
    let new = json!({ "vendor": "Danalock", "email": "caretaker@example.com", "password": "RIGHT-PASSWORD" });
    let token = service.token(Value::Null).await;
    let path = "/integrators/v1/lock-vendors/account/";
    assert_eq!(service.post(path, &token, new.clone()).await.status, 204);
    service.post(path, &home.token, new).await.refused(409);
    let wrong = connect(&home, account("WRONG-PASSWORD")).await;
    settle(&service);
    assert_eq!(state(&home, &wrong).await, "error");
    // An account whose connection is in error is free to be connected anew.
    let right = connect(&home, account("RIGHT-PASSWORD")).await;
    settle(&service);
    assert_eq!(state(&home, &right).await, "connected");
}

#[tokio::test]
async fn credentials_in_use_are_a_conflict_also_for_another_lock_holder_until_the_connection_is_cut() {
    let service = standing().await;
    let (home, other) = (service.home(0).await, service.home(1).await);
    let id = connect(&home, account("EXAMPLE-PASSWORD")).await;
    for late in [&home, &other] {
        late.post("/vendor-connections/", account("EXAMPLE-PASSWORD")).await.refused(409);
    }
    settle(&service);
    assert_eq!(state(&home, &id).await, "connected", "the older connection is left as it was");
    service.emulator.vendors().disconnect(&id).expect("a connection");
    assert_eq!(state(&home, &id).await, "disconnected");
    assert_eq!(home.put(&format!("/vendor-connections/{id}/refresh/"), json!({})).await.status, 409);
    connect(&other, account("EXAMPLE-PASSWORD")).await;
}

#[tokio::test]
async fn up_to_a_hundred_virtual_locks_are_made_at_a_time_and_counted_on() {
    let service = standing().await;
    let home = service.home(2).await;
    for count in [0, -1, 101] {
        let body = json!({ "vendor": "virtual", "locksToCreate": count });
        assert!(home.post("/vendor-connections/", body).await.refused(400).contains("1 to 100"));
    }
    for (body, field) in [
        (json!({ "vendor": "virtual" }), "locksToCreate"),
        (json!({ "vendor": "virtual", "locksToCreate": 1, "username": "x" }), "username"),
        (json!({ "vendor": "danalock", "username": "x" }), "password"),
        (json!({ "vendor": "danalock", "username": "x", "password": "y", "locksToCreate": 1 }), "locksToCreate"),
        (json!({ "vendor": "acme", "locksToCreate": 1 }), "vendor"),
    ] {
        let refusal = home.post("/vendor-connections/", body).await.refused(400);
        assert!(refusal.starts_with(field), "{refusal}");
    }
    for count in [100, 2] {
        connect(&home, json!({ "vendor": "virtual", "locksToCreate": count })).await;
        settle(&service);
    }
    let names = names(&home).await;
    assert_eq!(names.iter().filter(|name| name.starts_with("Virtual Lock")).count(), 102);
    // The town's laundry room is virtual as well.
    assert!(names.contains(&"Virtual Lock 002".to_owned()) && names.contains(&"Virtual Lock 103".to_owned()));
}

#[tokio::test]
async fn a_refresh_brings_new_locks_and_takes_those_that_are_gone_with_their_keys() {
    let service = standing().await;
    let home = service.home(0).await;
    let connections = list(&home.get("/vendor-connections/").await.ok(), "vendorConnections");
    let id = text(&connections[0], "id");
    let gone = home.lock("Main entrance").await;
    let vendors = service.emulator.vendors();
    vendors.install(&id, "Cellar door").expect("a connection");
    vendors.remove(&gone).expect("a lock");
    assert!(names(&home).await.contains(&"Main entrance".to_owned()), "nothing happens before the refresh");
    refresh(&home, &id).await;
    let names = names(&home).await;
    assert!(names.contains(&"Cellar door".to_owned()) && !names.contains(&"Main entrance".to_owned()), "{names:?}");
    home.get(&format!("/locks/{gone}/")).await.refused(404);
    let keys = home.keys().await;
    let mut of_gone = keys.iter().filter(|key| key["lockId"] == gone.as_str()).peekable();
    assert!(of_gone.peek().is_some() && of_gone.all(|key| key["state"] == "revoked"));
    assert!(home.roles().await.iter().all(|role| role["lockId"] != gone.as_str()));
}

#[tokio::test]
async fn while_the_vendor_is_down_keys_end_in_error_until_a_refresh_succeeds() {
    let service = standing().await;
    let home = service.home(0).await;
    let connections = list(&home.get("/vendor-connections/").await.ok(), "vendorConnections");
    let id = text(&connections[0], "id");
    let lock = home.lock("Main entrance").await;
    let make = async || {
        let key = home.post(&format!("/locks/{lock}/keys/"), json!({ "userId": "+12125550142" })).await.ok();
        settle(&service);
        let path = format!("/locks/{lock}/keys/{}/", text(&key["key"], "id"));
        text(&home.get(&path).await.ok()["key"], "state")
    };
    service.emulator.vendors().fail(&id).expect("a connection");
    assert_eq!((state(&home, &id).await.as_str(), make().await.as_str()), ("error", "error"));
    refresh(&home, &id).await;
    assert_eq!(state(&home, &id).await, "error", "it is still down");
    service.emulator.vendors().recover(&id).expect("a connection");
    refresh(&home, &id).await;
    assert_eq!((state(&home, &id).await.as_str(), make().await.as_str()), ("connected", "active"));
}

#[tokio::test]
async fn an_account_that_is_connected_anew_opens_the_locks_that_the_old_connection_brought_in() {
    let service = standing().await;
    let home = service.home(0).await;
    let cut = connect(&home, account("EXAMPLE-PASSWORD")).await;
    settle(&service);
    let lock = home.lock("Front door").await;
    service.emulator.vendors().disconnect(&cut).expect("a connection");
    let new = connect(&home, account("EXAMPLE-PASSWORD")).await;
    settle(&service);
    let key = home.post(&format!("/locks/{lock}/keys/"), json!({ "userId": "+12125550142" })).await.ok();
    settle(&service);
    let path = format!("/locks/{lock}/keys/{}/", text(&key["key"], "id"));
    assert_eq!(home.get(&path).await.ok()["key"]["state"], "active");
    let town = service.emulator.town();
    assert!(town.locks.iter().any(|seen| seen.id == lock && seen.connection_id == new));
}

#[tokio::test]
async fn a_connection_whose_account_another_one_uses_by_now_cannot_be_refreshed() {
    let service = standing().await;
    let (home, other) = (service.home(0).await, service.home(1).await);
    let old = connect(&home, account("EXAMPLE-PASSWORD")).await;
    settle(&service);
    service.emulator.vendors().fail(&old).expect("a connection");
    service.emulator.vendors().recover(&old).expect("a connection");
    let new = connect(&other, account("EXAMPLE-PASSWORD")).await;
    let path = format!("/vendor-connections/{old}/refresh/");
    for expected in ["connecting", "connected"] {
        assert_eq!(state(&other, &new).await, expected);
        assert!(home.put(&path, json!({})).await.refused(409).contains("in use by another"));
        settle(&service);
    }
    assert_eq!(state(&home, &old).await, "error", "the older connection is left as it was");
    service.emulator.vendors().disconnect(&new).expect("a connection");
    refresh(&home, &old).await;
    assert_eq!(state(&home, &old).await, "connected");
}

#[tokio::test]
async fn a_connection_that_was_cut_stays_cut_when_its_vendor_fails() {
    let service = standing().await;
    let home = service.home(0).await;
    let id = connect(&home, account("EXAMPLE-PASSWORD")).await;
    settle(&service);
    service.emulator.vendors().disconnect(&id).expect("a connection");
    service.emulator.vendors().fail(&id).expect("a connection");
    assert_eq!(state(&home, &id).await, "disconnected");
}

#[tokio::test]
async fn a_password_is_changed_at_the_vendor_and_here_at_once() {
    let service = standing().await;
    let home = service.home(0).await;
    let id = connect(&home, account("EXAMPLE-PASSWORD")).await;
    settle(&service);
    service.emulator.vendors().change_password(&id, "CHANGED-PASSWORD").expect("a connection");
    refresh(&home, &id).await;
    assert_eq!(state(&home, &id).await, "error", "only the vendor knows the new password");
    let path = format!("/vendor-connections/{id}/update-password/");
    assert!(home.put(&path, json!({})).await.refused(400).starts_with("password"));
    assert_eq!(home.put(&path, json!({ "password": "NEW-PASSWORD" })).await.status, 204);
    refresh(&home, &id).await;
    assert_eq!(state(&home, &id).await, "connected");
}

#[tokio::test]
async fn a_lock_holder_is_not_created_when_its_vendor_account_cannot_be_opened() {
    let service = standing().await;
    let token = service.token(Value::Null).await;
    let body = |organization: &str| {
        json!({
            "name": "Emerald Homes", "countryIso": "NO", "organizationId": organization, "createVendorAccount": true,
            "vendor": "danalock", "email": "emerald@example.com", "password": "EXAMPLE-PASSWORD",
        })
    };
    service.post(LOCK_HOLDERS, &token, body("emerald")).await.ok();
    let refusal = service.post(LOCK_HOLDERS, &token, body("emerald-two")).await.refused(409);
    assert!(refusal.contains("not created"), "{refusal}");
    assert_eq!(service.lock_holders().await.len(), 4);

    // "In rare cases it cannot be undone, and the error says so."
    service.emulator.set_quirks([unloc_emulator::Quirk::BrokenRollback]);
    let refusal = service.post(LOCK_HOLDERS, &token, body("emerald-two")).await.refused(409);
    let holders = service.lock_holders().await;
    assert!(holders.len() == 5 && refusal.contains(&text(&holders[4], "id")), "{refusal}");
}

#[tokio::test]
async fn only_what_exists_can_be_changed_at_a_vendor() {
    let service = standing().await;
    let vendors = service.emulator.vendors();
    let virtual_one = service.emulator.town().connections[1].id.clone();
    assert!(vendors.install("nowhere", "x").unwrap_err().to_string().contains("no vendor connection"));
    assert!(vendors.disconnect("nowhere").is_err() && vendors.remove("nowhere").is_err());
    assert!(vendors.fail(&virtual_one).unwrap_err().to_string().contains("virtual"));
    let home = service.home(0).await;
    let path = format!("/vendor-connections/{virtual_one}/update-password/");
    home.put(&path, json!({ "password": "NEW-PASSWORD" })).await.refused(400);
}
