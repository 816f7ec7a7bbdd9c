use serde_json::{Value, json};

use crate::support::{LockHolderApi, Service, encoded, list, text};

/// Returns user, lock and number of keys for each role with shared keys.
async fn sharers(api: &LockHolderApi<'_>) -> Vec<(String, String, u64)> {
    let roles = api.roles().await;
    let shared = |role: &Value| role["createdKeys"].as_u64().expect("a number");
    let who = |role: &Value| (text(role, "userId"), text(role, "lockId"), shared(role));
    roles.iter().map(who).filter(|(_, _, keys)| *keys > 0).collect()
}

#[tokio::test]
async fn putting_a_role_creates_it_first_and_updates_it_later() {
    let service = Service::start().await;
    let api = service.lock_holder(0).await;
    let lock = api.lock("Roof terrace").await;
    let path = format!("/locks/{lock}/roles/%2B12125550150/");
    let role = api.put(&path, json!({ "canShare": true, "userName": "Mr. Normann" })).await.ok()["role"].clone();
    assert_eq!(role["userId"], "+12125550150");
    assert_eq!(role["lockId"], lock);
    assert_eq!((&role["canShare"], &role["createdKeys"]), (&json!(true), &json!(0)));
    let with_right = api.roles().await;
    assert_eq!(with_right.last(), Some(&role));

    let taken = api.put(&path, json!({ "canShare": false })).await.ok()["role"].clone();
    assert_eq!(taken["userName"], "Mr. Normann", "what is not sent stays");
    assert_eq!(taken["created"], role["created"]);
    assert!(!api.roles().await.iter().any(|role| role["userId"] == "+12125550150"), "lists show who can share");

    api.put(&path, json!({ "canShare": true })).await.ok();
    assert_eq!(api.roles().await, with_right);
}

#[tokio::test]
async fn roles_of_a_lock_or_a_user_are_subsets_of_all_roles() {
    let service = Service::start().await;
    let api = service.lock_holder(0).await;
    let all = api.roles().await;
    let (lock, user) = (text(&all[0], "lockId"), text(&all[0], "userId"));
    let of_lock = list(&api.get(&format!("/locks/{lock}/roles/")).await.ok(), "roles");
    assert_eq!(of_lock, all.iter().filter(|role| role["lockId"] == lock).cloned().collect::<Vec<_>>());
    let of_user = list(&api.get(&format!("/users/{}/roles/", encoded(&user))).await.ok(), "roles");
    assert_eq!(of_user, all.iter().filter(|role| role["userId"] == user).cloned().collect::<Vec<_>>());
    assert!(of_lock.len() < all.len() && of_user.len() < all.len());
}

#[tokio::test]
async fn refuses_an_invalid_role() {
    let service = Service::start().await;
    let api = service.lock_holder(0).await;
    let lock = api.lock("Roof terrace").await;
    let before = api.roles().await;
    for (user, body, named) in [
        ("12125550150", json!({ "canShare": true }), "userId"),
        ("%202125550150", json!({ "canShare": true }), "userId"),
        ("%2B12125550150", json!({}), "canShare"),
        ("%2B12125550150", json!({ "canShare": "true" }), "canShare"),
        ("%2B12125550150", json!({ "canShare": true, "userName": 7 }), "userName"),
    ] {
        let refusal = api.put(&format!("/locks/{lock}/roles/{user}/"), body).await.api_error(400);
        assert!(refusal.starts_with(named), "{refusal}");
    }
    assert_eq!(api.roles().await, before);
}

#[tokio::test]
async fn deleting_shared_keys_for_a_lock_does_not_affect_other_locks() {
    let service = Service::start().await;
    let api = service.lock_holder(0).await;
    let before = sharers(&api).await;
    let (user, lock, _) = before[0].clone();
    assert!(before.iter().any(|(other, index, _)| *other == user && *index != lock), "{before:?}");
    for _ in 0..2 {
        let response = api.delete(&format!("/locks/{lock}/users/{}/shared-keys/", encoded(&user))).await;
        assert_eq!((response.status, response.body), (204, Value::Null));
    }
    let expected: Vec<_> = before.iter().filter(|(who, index, _)| (who, index) != (&user, &lock)).cloned().collect();
    assert_eq!(sharers(&api).await, expected);
}

#[tokio::test]
async fn deleting_shared_keys_of_a_user_affects_all_locks_but_no_other_user() {
    let service = Service::start().await;
    let api = service.lock_holder(0).await;
    let before = sharers(&api).await;
    let keys = api.keys().await;
    let user = before[0].0.clone();
    let response = api.delete(&format!("/users/{}/shared-keys/", encoded(&user))).await;
    assert_eq!(response.status, 204);
    let expected: Vec<_> = before.iter().filter(|(who, ..)| *who != user).cloned().collect();
    assert!(!expected.is_empty());
    assert_eq!(sharers(&api).await, expected);
    assert_eq!(api.keys().await, keys, "keys made through the API stay");
    assert!(api.delete("/users/somebody/shared-keys/").await.api_error(400).starts_with("userId"));
}
