use serde_json::{Value, json};

use crate::support::{Home, Service, encoded, list, text};

/// Who shared keys from the app, at which lock and how many.
async fn sharers(home: &Home<'_>) -> Vec<(String, String, u64)> {
    let roles = home.roles().await;
    let shared = |role: &Value| role["createdKeys"].as_u64().expect("a number");
    let who = |role: &Value| (text(role, "userId"), text(role, "lockId"), shared(role));
    roles.iter().map(who).filter(|(_, _, keys)| *keys > 0).collect()
}

#[tokio::test]
async fn putting_a_role_creates_it_once_and_updates_it_then() {
    let service = Service::start().await;
    let home = service.home(0).await;
    let lock = home.lock("Roof terrace").await;
    let path = format!("/locks/{lock}/roles/%2B12125550150/");
    let role = home.put(&path, json!({ "canShare": true, "userName": "Mr. Normann" })).await.ok()["role"].clone();
    assert_eq!(role["userId"], "+12125550150");
    assert_eq!(role["lockId"], lock);
    assert_eq!((&role["canShare"], &role["createdKeys"]), (&json!(true), &json!(0)));
    let with_right = home.roles().await;
    assert_eq!(with_right.last(), Some(&role));

    let taken = home.put(&path, json!({ "canShare": false })).await.ok()["role"].clone();
    assert_eq!(taken["userName"], "Mr. Normann", "what is not sent stays");
    assert_eq!(taken["created"], role["created"]);
    assert!(!home.roles().await.iter().any(|role| role["userId"] == "+12125550150"), "lists show who can share");

    home.put(&path, json!({ "canShare": true })).await.ok();
    assert_eq!(home.roles().await, with_right);
}

#[tokio::test]
async fn roles_of_a_lock_and_of_a_user_are_parts_of_all_roles() {
    let service = Service::start().await;
    let home = service.home(0).await;
    let all = home.roles().await;
    let (lock, user) = (text(&all[0], "lockId"), text(&all[0], "userId"));
    let of_lock = list(&home.get(&format!("/locks/{lock}/roles/")).await.ok(), "roles");
    assert_eq!(of_lock, all.iter().filter(|role| role["lockId"] == lock).cloned().collect::<Vec<_>>());
    let of_user = list(&home.get(&format!("/users/{}/roles/", encoded(&user))).await.ok(), "roles");
    assert_eq!(of_user, all.iter().filter(|role| role["userId"] == user).cloned().collect::<Vec<_>>());
    assert!(of_lock.len() < all.len() && of_user.len() < all.len());
}

#[tokio::test]
async fn a_wrong_role_is_refused() {
    let service = Service::start().await;
    let home = service.home(0).await;
    let lock = home.lock("Roof terrace").await;
    let before = home.roles().await;
    for (user, body, named) in [
        ("12125550150", json!({ "canShare": true }), "userId"),
        ("%202125550150", json!({ "canShare": true }), "userId"),
        ("%2B12125550150", json!({}), "canShare"),
        ("%2B12125550150", json!({ "canShare": "true" }), "canShare"),
        ("%2B12125550150", json!({ "canShare": true, "userName": 7 }), "userName"),
    ] {
        let refusal = home.put(&format!("/locks/{lock}/roles/{user}/"), body).await.refused(400);
        assert!(refusal.starts_with(named), "{refusal}");
    }
    assert_eq!(home.roles().await, before);
}

#[tokio::test]
async fn deleting_shared_keys_for_one_lock_leaves_the_other_locks_alone() {
    let service = Service::start().await;
    let home = service.home(0).await;
    let before = sharers(&home).await;
    let (user, lock, _) = before[0].clone();
    assert!(before.iter().any(|(other, place, _)| *other == user && *place != lock), "{before:?}");
    for _ in 0..2 {
        let answer = home.delete(&format!("/locks/{lock}/users/{}/shared-keys/", encoded(&user))).await;
        assert_eq!((answer.status, answer.body), (204, Value::Null));
    }
    let expected: Vec<_> = before.iter().filter(|(who, place, _)| (who, place) != (&user, &lock)).cloned().collect();
    assert_eq!(sharers(&home).await, expected);
}

#[tokio::test]
async fn deleting_shared_keys_of_a_user_reaches_all_locks_and_nobody_else() {
    let service = Service::start().await;
    let home = service.home(0).await;
    let before = sharers(&home).await;
    let keys = home.keys().await;
    let user = before[0].0.clone();
    let answer = home.delete(&format!("/users/{}/shared-keys/", encoded(&user))).await;
    assert_eq!(answer.status, 204);
    let expected: Vec<_> = before.iter().filter(|(who, ..)| *who != user).cloned().collect();
    assert!(!expected.is_empty());
    assert_eq!(sharers(&home).await, expected);
    assert_eq!(home.keys().await, keys, "keys made through the API stay");
    assert!(home.delete("/users/somebody/shared-keys/").await.refused(400).starts_with("userId"));
}
