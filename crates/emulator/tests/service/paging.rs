use serde_json::{Value, json};

use crate::support::{Service, encoded, list};

/// Reads a list in pages of `limit`. Returns all items and the number of pages.
async fn walk(service: &Service, path: &str, token: &str, name: &str, limit: usize) -> (Vec<Value>, usize) {
    let (mut items, mut pages, mut cursor) = (Vec::new(), 0, String::new());
    loop {
        let body = service.get(&format!("{path}?limit={limit}{cursor}"), token).await.ok();
        let page = list(&body, name);
        assert!(!page.is_empty() && page.len() <= limit, "{body}");
        items.extend(page);
        pages += 1;
        match body.get("startAfterId") {
            None => return (items, pages),
            Some(next) => cursor = format!("&startAfterId={}", encoded(next.as_str().expect("a text"))),
        }
    }
}

#[tokio::test]
async fn pages_contain_every_item_exactly_once() {
    let service = Service::start().await;
    let api = service.lock_holder(0).await;
    for name in ["locks", "keys", "roles"] {
        let path = api.path(&format!("/{name}/"));
        let body = service.get(&path, &api.token).await.ok();
        assert_eq!(body.get("startAfterId"), None, "no limit, no cursor");
        let all = list(&body, name);
        assert!(all.len() > 3, "{name}");
        for limit in [1, 2, 3, all.len(), all.len() + 1, 2500] {
            let (items, pages) = walk(&service, &path, &api.token, name, limit).await;
            assert_eq!(items, all, "{name} by {limit}");
            assert_eq!(pages, all.len().div_ceil(limit), "{name} by {limit}");
        }
    }
}

#[tokio::test]
async fn lists_without_documented_pages_are_complete() {
    let service = Service::start().await;
    let api = service.lock_holder(0).await;
    let path = format!("/locks/{}/keys/", api.lock("Main entrance").await);
    let all = api.get(&path).await.ok();
    assert!(list(&all, "keys").len() > 1);
    assert_eq!(api.get(&format!("{path}?limit=1")).await.ok(), all);
}

#[tokio::test]
async fn a_roles_cursor_has_a_plus_that_must_be_encoded() {
    let service = Service::start().await;
    let api = service.lock_holder(0).await;
    let cursor = api.get("/roles/?limit=1").await.ok()["startAfterId"].as_str().expect("a cursor").to_owned();
    let first = api.roles().await[0].clone();
    assert_eq!(cursor, format!("{}.{}", first["userId"].as_str().unwrap(), first["lockId"].as_str().unwrap()));
    api.get(&format!("/roles/?startAfterId={}", encoded(&cursor))).await.ok();
    let refusal = api.get(&format!("/roles/?startAfterId={cursor}")).await.api_error(400);
    assert!(refusal.contains("%2B"), "{refusal}");
}

#[tokio::test]
async fn a_role_that_may_no_longer_share_is_still_a_valid_cursor() {
    let service = Service::start().await;
    let api = service.lock_holder(0).await;
    let all = api.roles().await;
    let cursor = api.get("/roles/?limit=2").await.ok()["startAfterId"].as_str().expect("a cursor").to_owned();
    let (user, lock) = cursor.split_once('.').expect("two parts");
    api.put(&format!("/locks/{lock}/roles/{}/", encoded(user)), json!({ "canShare": false })).await.ok();
    let rest = api.get(&format!("/roles/?limit=2500&startAfterId={}", encoded(&cursor))).await.ok();
    assert_eq!(list(&rest, "roles"), all[2..]);
}

#[tokio::test]
async fn refuses_invalid_limits_and_cursors() {
    let service = Service::start().await;
    let api = service.lock_holder(0).await;
    let foreign = service.lock_holder(1).await.locks().await[0]["id"].as_str().expect("an id").to_owned();
    for (query, named) in [
        ("limit=0".to_owned(), "limit"),
        ("limit=2501".to_owned(), "limit"),
        ("limit=many".to_owned(), "limit"),
        ("startAfterId=".to_owned(), "startAfterId"),
        ("startAfterId=nothing".to_owned(), "startAfterId"),
        (format!("startAfterId={foreign}"), "startAfterId"),
    ] {
        for name in ["locks", "keys", "roles"] {
            let refusal = api.get(&format!("/{name}/?{query}")).await.api_error(400);
            assert!(refusal.starts_with(named), "{refusal}");
        }
    }
}
