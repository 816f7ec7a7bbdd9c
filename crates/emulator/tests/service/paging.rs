use serde_json::{Value, json};

use crate::support::{Service, encoded, list};

/// Walks a list in pages of `limit` and returns all items with the number of pages.
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
async fn walking_the_pages_meets_every_item_exactly_once() {
    let service = Service::start().await;
    let home = service.home(0).await;
    for name in ["locks", "keys", "roles"] {
        let path = home.path(&format!("/{name}/"));
        let body = service.get(&path, &home.token).await.ok();
        assert_eq!(body.get("startAfterId"), None, "no limit, no cursor");
        let all = list(&body, name);
        assert!(all.len() > 3, "{name}");
        for limit in [1, 2, 3, all.len(), all.len() + 1, 2500] {
            let (items, pages) = walk(&service, &path, &home.token, name, limit).await;
            assert_eq!(items, all, "{name} by {limit}");
            assert_eq!(pages, all.len().div_ceil(limit), "{name} by {limit}");
        }
    }
}

#[tokio::test]
async fn lists_that_are_not_known_to_page_come_whole() {
    let service = Service::start().await;
    let home = service.home(0).await;
    let path = format!("/locks/{}/keys/", home.lock("Main entrance").await);
    let all = home.get(&path).await.ok();
    assert!(list(&all, "keys").len() > 1);
    assert_eq!(home.get(&format!("{path}?limit=1")).await.ok(), all);
}

#[tokio::test]
async fn a_roles_cursor_has_a_plus_that_must_be_encoded() {
    let service = Service::start().await;
    let home = service.home(0).await;
    let cursor = home.get("/roles/?limit=1").await.ok()["startAfterId"].as_str().expect("a cursor").to_owned();
    let first = home.roles().await[0].clone();
    assert_eq!(cursor, format!("{}.{}", first["userId"].as_str().unwrap(), first["lockId"].as_str().unwrap()));
    home.get(&format!("/roles/?startAfterId={}", encoded(&cursor))).await.ok();
    let refusal = home.get(&format!("/roles/?startAfterId={cursor}")).await.refused(400);
    assert!(refusal.contains("%2B"), "{refusal}");
}

#[tokio::test]
async fn a_role_that_lost_its_right_between_two_pages_still_marks_its_place() {
    let service = Service::start().await;
    let home = service.home(0).await;
    let all = home.roles().await;
    let cursor = home.get("/roles/?limit=2").await.ok()["startAfterId"].as_str().expect("a cursor").to_owned();
    let (user, lock) = cursor.split_once('.').expect("two parts");
    home.put(&format!("/locks/{lock}/roles/{}/", encoded(user)), json!({ "canShare": false })).await.ok();
    let rest = home.get(&format!("/roles/?limit=2500&startAfterId={}", encoded(&cursor))).await.ok();
    assert_eq!(list(&rest, "roles"), all[2..]);
}

#[tokio::test]
async fn wrong_limits_and_cursors_are_refused() {
    let service = Service::start().await;
    let home = service.home(0).await;
    let foreign = service.home(1).await.locks().await[0]["id"].as_str().expect("an id").to_owned();
    for (query, named) in [
        ("limit=0".to_owned(), "limit"),
        ("limit=2501".to_owned(), "limit"),
        ("limit=many".to_owned(), "limit"),
        ("startAfterId=".to_owned(), "startAfterId"),
        ("startAfterId=nothing".to_owned(), "startAfterId"),
        (format!("startAfterId={foreign}"), "startAfterId"),
    ] {
        for name in ["locks", "keys", "roles"] {
            let refusal = home.get(&format!("/{name}/?{query}")).await.refused(400);
            assert!(refusal.starts_with(named), "{refusal}");
        }
    }
}
