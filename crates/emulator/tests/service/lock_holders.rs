use serde_json::{Value, json};

use crate::support::{LOCK_HOLDERS, Service, list, text};

fn emerald() -> Value {
    json!({ "name": "Emerald road 15", "countryIso": "DK", "organizationId": "opk-4155ll-51600b" })
}

#[tokio::test]
async fn the_sample_data_is_the_same_at_each_start() {
    let (one, other) = (Service::start().await, Service::start().await);
    let holders = one.lock_holders().await;
    assert_eq!(holders, other.lock_holders().await);
    assert_eq!(holders.len(), 3);
    for index in 0..3 {
        let (one, other) = (one.lock_holder(index).await, other.lock_holder(index).await);
        let ids = |items: Vec<Value>| items.iter().map(|item| text(item, "id")).collect::<Vec<_>>();
        assert_eq!(ids(one.locks().await), ids(other.locks().await));
        assert_eq!(ids(one.keys().await), ids(other.keys().await));
    }
}

#[tokio::test]
async fn a_new_lock_holder_can_be_used_at_once() {
    let service = Service::start().await;
    for admin in [Value::Null, json!("integrator.admin")] {
        let token = service.token(admin.clone()).await;
        let mut body = emerald();
        if !admin.is_null() {
            body["organizationIdSuffix"] = json!("second");
        }
        let holder = service.post(LOCK_HOLDERS, &token, body).await.ok()["lockHolder"].clone();
        assert_eq!(holder["name"], "Emerald road 15");
        assert_eq!(holder["organizationIdSuffix"], if admin.is_null() { "" } else { "second" });
        assert_eq!(list(&holder, "activeInstallerInviteCodes").len(), 1);
        assert!(service.lock_holders().await.contains(&holder));

        let id = text(&holder, "id");
        let scope = format!("lockHolder.identifier:DK.opk-4155ll-51600b.{}", text(&holder, "organizationIdSuffix"));
        let token = service.token(json!(scope)).await;
        let path = format!("{LOCK_HOLDERS}{id}/");
        let renamed = service.patch(&path, &token, json!({ "name": "Emerald Rd. 15" })).await.ok();
        assert_eq!(renamed["lockHolder"]["name"], "Emerald Rd. 15");
        let seen = list(&service.get(LOCK_HOLDERS, &token).await.ok(), "lockHolders");
        assert_eq!(seen, [renamed["lockHolder"].clone()], "a scoped token sees its own lock holder only");
        assert!(list(&service.get(&format!("{path}locks/"), &token).await.ok(), "locks").is_empty());
    }
}

#[tokio::test]
async fn the_same_country_organization_and_suffix_is_a_conflict() {
    let service = Service::start().await;
    let token = service.token(Value::Null).await;
    service.post(LOCK_HOLDERS, &token, emerald()).await.ok();
    let refusal = service.post(LOCK_HOLDERS, &token, emerald()).await.api_error(409);
    assert!(refusal.contains("opk-4155ll-51600b"), "{refusal}");
    assert_eq!(service.lock_holders().await.len(), 4);
}

#[tokio::test]
async fn creating_needs_an_integrator_token() {
    let service = Service::start().await;
    let token = service.lock_holder(0).await.token;
    let refusal = service.post(LOCK_HOLDERS, &token, emerald()).await.api_error(403);
    assert!(refusal.contains("integrator.admin"), "{refusal}");
}

#[tokio::test]
async fn errors_name_the_field_and_its_limit() {
    let service = Service::start().await;
    let token = service.token(Value::Null).await;
    for (field, value, limit) in [
        ("name", json!("abc"), "4 to 1024"),
        ("name", json!("x".repeat(1025)), "4 to 1024"),
        ("name", json!(null), "of type string"),
        ("name", json!(7), "string"),
        ("countryIso", json!("dk"), "alpha-2"),
        ("countryIso", json!("DNK"), "alpha-2"),
        ("countryIso", json!(null), "of type string"),
        ("organizationId", json!("123"), "4 to 1024"),
        ("organizationId", json!("has.dot"), "letters"),
        ("organizationId", json!("has blank"), "letters"),
        ("organizationIdSuffix", json!("x".repeat(1025)), "0 to 1024"),
        ("organizationIdSuffix", json!("."), "letters"),
        ("vendor", json!("acme"), "one of danalock"),
        ("vendor", json!("virtual"), "no accounts"),
        ("email", json!("nobody"), "mail address"),
        ("password", json!(null), "of type string"),
        ("createVendorAccount", json!("true"), "true or false"),
    ] {
        let mut body = emerald();
        if ["vendor", "email", "password"].contains(&field) {
            body["createVendorAccount"] = json!(true);
            body["vendor"] = json!("danalock");
            body["email"] = json!("installer@example.com");
            body["password"] = json!("EXAMPLE-PASSWORD");
        }
        body[field] = value;
        let refusal = service.post(LOCK_HOLDERS, &token, body).await.api_error(400);
        assert!(refusal.starts_with(field) && refusal.contains(limit), "{field}: {refusal}");
    }
    assert_eq!(service.lock_holders().await.len(), 3);
    let api = service.lock_holder(0).await;
    for body in [json!({}), json!({ "name": "abc" })] {
        assert!(api.patch("/", body).await.api_error(400).starts_with("name"));
    }
}
