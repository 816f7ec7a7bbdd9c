use serde_json::{Value, json};

use crate::support::{Service, text};

/// Is a GIF of one pixel, in base64.
const DOT: &str = "R0lGODlhAQABAIAAAP///wAAACH5BAEAAAAALAAAAAABAAEAAAICRAEAOw==";

#[tokio::test]
async fn a_lock_is_the_same_alone_and_in_the_list() {
    let service = Service::start().await;
    let api = service.lock_holder(0).await;
    let locks = api.locks().await;
    assert_eq!(locks.len(), 5);
    for lock in &locks {
        assert!(matches!(lock["vendor"].as_str(), Some("danalock" | "virtual")), "{lock}");
        assert!(text(lock, "created").ends_with('Z') && text(lock, "created").contains('.'), "{lock}");
        assert!(lock["canCreateKeysCount"].is_u64() && lock["keysCreatedCount"].is_u64(), "{lock}");
        let alone = api.get(&format!("/locks/{}/", text(lock, "id"))).await.ok();
        assert_eq!(alone["lock"], *lock);
    }
}

#[tokio::test]
async fn an_update_is_permanent_and_changes_nothing_else() {
    let service = Service::start().await;
    let api = service.lock_holder(0).await;
    let path = format!("/locks/{}/", api.lock("Main entrance").await);
    let before = api.get(&path).await.ok()["lock"].clone();

    let named = api.patch(&path, json!({ "name": "Entrance A" })).await.ok()["lock"].clone();
    let mut expected = before.clone();
    expected["name"] = json!("Entrance A");
    assert_eq!(named, expected);

    let address = json!({ "street": "Kaigata 2", "postalCode": "0004", "city": "Fjordvik", "countryIso": "no" });
    let moved = api.patch(&path, json!({ "address": address })).await.ok()["lock"].clone();
    assert_eq!(moved["address"], address, "a new address takes the place of the old one as a whole");
    assert_eq!(moved["name"], "Entrance A");
    let empty = json!({ "street": "", "postalCode": "", "city": "", "countryIso": "", "floor": "" });
    assert_eq!(api.patch(&path, json!({ "address": empty })).await.ok()["lock"]["address"], empty);
    for nothing in [json!(null), json!({}), json!({ "unheard": "of" })] {
        api.patch(&path, json!({ "address": address })).await.ok();
        let removed = api.patch(&path, json!({ "address": nothing })).await.ok();
        assert!(removed["lock"].get("address").is_none(), "{removed}");
    }
    assert_eq!(api.patch(&path, json!({})).await.ok(), api.get(&path).await.ok());
}

#[tokio::test]
async fn serves_the_image_at_the_image_url() {
    let service = Service::start().await;
    let api = service.lock_holder(0).await;
    let path = format!("/locks/{}/", api.lock("Roof terrace").await);
    let set = async || api.patch(&path, json!({ "image": format!("data:image/gif;base64,{DOT}") })).await.ok();
    let url = text(&set().await["lock"], "imageUrl");
    let image = service.http.get(&url).send().await.expect("a response");
    assert_eq!(image.headers()["content-type"], "image/gif");
    assert!(image.bytes().await.expect("bytes").starts_with(b"GIF89a"));

    let newer = text(&set().await["lock"], "imageUrl");
    assert_ne!(newer, url);
    assert_eq!(service.http.get(&url).send().await.expect("a response").status(), 404);
    let without = api.patch(&path, json!({ "image": null })).await.ok();
    assert!(without["lock"].get("imageUrl").is_none(), "{without}");
    assert_eq!(service.http.get(&newer).send().await.expect("a response").status(), 404);
}

#[tokio::test]
async fn a_refused_update_changes_nothing() {
    let service = Service::start().await;
    let api = service.lock_holder(0).await;
    let path = format!("/locks/{}/", api.lock("Main entrance").await);
    let before = api.get(&path).await.ok();
    for (field, value) in [
        ("name", json!("")),
        ("name", json!(7)),
        ("image", json!("https://example.com/door.png")),
        ("image", json!("data:text/html;base64,PGI+")),
        ("image", json!("data:image/png;base64,not base64")),
        ("image", json!("data:image/png;base64,")),
        ("image", json!(7)),
        ("address", json!("Kaigata 2")),
        ("address.street", json!({ "street": 7 })),
        ("address.street", json!({ "street": null })),
        ("address.postalCode", json!({ "postalCode": 10013 })),
        ("address.countryIso", json!({ "countryIso": "NOR" })),
    ] {
        let top = field.split('.').next().unwrap_or_default();
        let mut body = json!({ "name": "Changed" });
        body[top] = value;
        let refusal = api.patch(&path, body).await.api_error(400);
        assert!(refusal.starts_with(field), "{field}: {refusal}");
    }
    assert_eq!(api.get(&path).await.ok(), before);
}

#[tokio::test]
async fn counts_follow_keys_and_roles() {
    let service = Service::start().await;
    let api = service.lock_holder(0).await;
    let lock = api.lock("Bicycle room").await;
    let counts = async || {
        let lock = api.get(&format!("/locks/{lock}/")).await.ok()["lock"].clone();
        [lock["canCreateKeysCount"].clone(), lock["keysCreatedCount"].clone()]
    };
    assert_eq!(counts().await, [json!(0), json!(1)]);
    let key = api.post(&format!("/locks/{lock}/keys/"), json!({ "userId": "+12125550150" })).await.ok();
    api.put(&format!("/locks/{lock}/roles/%2B12125550150/"), json!({ "canShare": true })).await.ok();
    assert_eq!(counts().await, [json!(1), json!(2)]);
    let path = format!("/locks/{lock}/keys/{}/", text(&key["key"], "id"));
    api.put(&path, json!({ "state": "revoked" })).await.ok();
    assert_eq!(counts().await, [json!(1), json!(1)]);
}

#[tokio::test]
async fn a_virtual_lock_lacks_the_image_url() {
    let service = Service::start().await;
    let api = service.lock_holder(0).await;
    let virtual_lock = api.get(&format!("/locks/{}/", api.lock("Roof terrace").await)).await.ok();
    assert_eq!(virtual_lock["lock"].get("imageUrl"), None);
    assert_eq!(virtual_lock["lock"]["duplicateLock"], Value::Bool(false));
    let other = api.get(&format!("/locks/{}/", api.lock("Main entrance").await)).await.ok();
    assert_eq!(other["lock"]["imageUrl"], "");
}
