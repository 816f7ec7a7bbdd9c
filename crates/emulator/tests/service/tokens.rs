use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};
use unloc_emulator::Emulator;

use crate::support::{LOCK_HOLDERS, Service, eventually, list, text};

/// Decodes a part of a JWT without verifying it, as the documentation's demo client does.
fn part(token: &str, index: usize) -> Value {
    let bytes = URL_SAFE_NO_PAD.decode(token.split('.').nth(index).expect("a part")).expect("base64");
    serde_json::from_slice(&bytes).expect("JSON")
}

fn identifier(holder: &Value) -> String {
    let part = |name: &str| text(holder, name);
    format!("lockHolder.identifier:{}.{}.{}", part("countryIso"), part("organizationId"), part("organizationIdSuffix"))
}

#[tokio::test]
async fn an_unscoped_token_is_a_real_jwt_and_echoes_no_scope() {
    let service = Service::start().await;
    let response = service.ask_token(&service.credentials(Value::Null)).await;
    assert_eq!(response.headers["cache-control"], "no-store");
    let body = response.ok();
    assert_eq!(body["token_type"], "bearer");
    assert_eq!(body["expires_in"], 3600);
    assert_eq!(body.as_object().expect("an object").len(), 3, "{body}");

    let token = text(&body, "access_token");
    assert_eq!(part(&token, 0)["alg"], "HS256");
    let claims = part(&token, 1);
    assert_eq!(claims["sub"], service.emulator.client_id());
    let (iat, exp) = (claims["iat"].as_i64().expect("iat"), claims["exp"].as_i64().expect("exp"));
    assert_eq!(exp - iat, 3600);
    assert!(claims["jti"].is_string());
    assert!(!list(&service.get(LOCK_HOLDERS, &token).await.ok(), "lockHolders").is_empty());
}

#[tokio::test]
async fn an_identifier_scope_grants_its_lock_holder_with_and_without_a_suffix() {
    let service = Service::start().await;
    for holder in service.lock_holders().await {
        let scope = identifier(&holder);
        let body = service.ask_token(&service.credentials(json!(scope))).await.ok();
        assert_eq!(body["scope"], json!([scope]));
        assert_eq!(body["lock_holder_id"], holder["id"]);
        assert!(body.get("lock_holder_ids").is_none(), "{body}");
        assert_eq!(part(&text(&body, "access_token"), 1)["scope"], json!([scope]));
    }
}

#[tokio::test]
async fn an_admin_scope_may_cover_several_lock_holders_in_order() {
    let service = Service::start().await;
    let holders = service.lock_holders().await;
    let ids = [text(&holders[2], "id"), text(&holders[0], "id")];
    let scope = ids.each_ref().map(|id| format!("lockHolder.admin:{id}"));
    for asked in [json!(scope), json!(scope.join(" "))] {
        let body = service.ask_token(&service.credentials(asked)).await.ok();
        assert_eq!(body["lock_holder_ids"], json!(ids));
        assert_eq!(body["scope"], json!(scope));
        assert!(body.get("lock_holder_id").is_none(), "{body}");
        let token = text(&body, "access_token");
        assert_eq!(list(&service.get(LOCK_HOLDERS, &token).await.ok(), "lockHolders").len(), 2);
        for id in &ids {
            service.get(&format!("{LOCK_HOLDERS}{id}/locks/"), &token).await.ok();
        }
    }
}

#[tokio::test]
async fn integrator_admin_lists_lock_holders_but_grants_access_to_none() {
    let service = Service::start().await;
    let body = service.ask_token(&service.credentials(json!("integrator.admin"))).await.ok();
    assert_eq!(body["scope"], json!(["integrator.admin"]));
    let token = text(&body, "access_token");
    let holders = list(&service.get(LOCK_HOLDERS, &token).await.ok(), "lockHolders");
    assert_eq!(holders.len(), 3);
    let locks = format!("{LOCK_HOLDERS}{}/locks/", text(&holders[0], "id"));
    let refusal = service.get(&locks, &token).await.api_error(403);
    assert!(refusal.contains("lockHolder.admin:") && refusal.contains("lockHolder.identifier:"), "{refusal}");
}

#[tokio::test]
async fn refuses_two_identifier_claims_with_the_services_message() {
    let service = Service::start().await;
    let holders = service.lock_holders().await;
    let scope = [identifier(&holders[0]), identifier(&holders[1])];
    let response = service.ask_token(&service.credentials(json!(scope))).await;
    assert_eq!(response.status, 400);
    let expected = json!({
        "error": "invalid_request",
        "error_description": "May not have multiple of the same claim: lockHolder.identifier",
    });
    assert_eq!(response.body, expected);
}

#[tokio::test]
async fn invalid_token_requests_get_the_matching_oauth_error() {
    let service = Service::start().await;
    let good = service.credentials(Value::Null);
    let with = |name: &str, value: Value| {
        let mut body = good.clone();
        body[name] = value;
        body
    };
    let without = |name: &str| {
        let mut body = good.clone();
        body.as_object_mut().expect("an object").remove(name);
        body
    };
    for (body, status, code, named) in [
        (without("grant_type"), 400, "invalid_request", "grant_type"),
        (without("client_id"), 400, "invalid_request", "client_id"),
        (without("client_secret"), 400, "invalid_request", "client_secret"),
        (with("client_id", json!(7)), 400, "invalid_request", "client_id"),
        (with("client_secret", json!("")), 400, "invalid_request", "client_secret"),
        (with("grant_type", json!("password")), 400, "unsupported_grant_type", "grant_type"),
        (with("client_id", json!("nobody")), 401, "invalid_client", "client_id"),
        (with("client_secret", json!("guessed")), 401, "invalid_client", "client_secret"),
        (with("scope", json!(7)), 400, "invalid_request", "scope"),
        (with("scope", json!({ "lock_holder_org_id": "1" })), 400, "invalid_request", "scope"),
        (with("scope", json!("everything")), 400, "invalid_scope", "everything"),
        (with("scope", json!("integrator.admin:me")), 400, "invalid_scope", "integrator.admin:me"),
        (with("scope", json!("lockHolder.admin:nobody")), 400, "invalid_scope", "lockHolder.admin:nobody"),
        (with("scope", json!("lockHolder.identifier:NO.nobody.")), 400, "invalid_scope", "NO.nobody."),
        (with("scope", json!("lockHolder.identifier:NO.demo-fjordglott")), 400, "invalid_scope", "final dot"),
        (with("scope", json!("integrator.admin integrator.admin")), 400, "invalid_request", "integrator.admin"),
        (json!([]), 400, "invalid_request", "object"),
    ] {
        let (error, description) = service.ask_token(&body).await.oauth_error(status);
        assert_eq!(error, code, "{body}");
        assert!(description.contains(named), "{description}");
    }
}

#[tokio::test]
async fn refuses_a_form_and_names_application_json() {
    let service = Service::start().await;
    let form = service
        .http
        .post(service.url("/auth/v1/token/"))
        .header("content-type", "application/x-www-form-urlencoded")
        .body("grant_type=client_credentials");
    let (error, description) = service.send(form).await.oauth_error(400);
    assert_eq!(error, "invalid_request");
    assert!(description.contains("application/json"), "{description}");
}

#[tokio::test]
async fn expired_tokens_get_the_documented_401_and_new_ones_do_not() {
    let service = Service::start().await;
    let old = service.token(Value::Null).await;
    service.get(LOCK_HOLDERS, &old).await.ok();
    service.emulator.expire_tokens();
    let response = service.get(LOCK_HOLDERS, &old).await;
    assert_eq!(response.status, 401);
    assert_eq!(response.body, json!({ "error": "JsonWebTokenError", "errorDescription": "JWT expired" }));
    let new = service.token(Value::Null).await;
    service.get(LOCK_HOLDERS, &new).await.ok();
}

#[tokio::test]
async fn a_token_expires_after_its_lifetime() {
    let service = Service::with(Emulator::builder().token_lifetime(Duration::from_secs(1))).await;
    let body = service.ask_token(&service.credentials(Value::Null)).await.ok();
    assert_eq!(body["expires_in"], 1);
    let token = text(&body, "access_token");
    let refusal = eventually("the token's end", async || {
        let response = service.get(LOCK_HOLDERS, &token).await;
        (response.status != 200).then_some(response)
    })
    .await;
    assert_eq!(refusal.api_error(401), "JWT expired");
}

#[tokio::test]
async fn refuses_missing_and_invalid_tokens() {
    let service = Service::start().await;
    let good = service.token(Value::Null).await;
    let (head, signature) = good.rsplit_once('.').expect("three parts");
    let mut forged = signature.to_owned();
    forged.replace_range(..1, if forged.starts_with('A') { "B" } else { "A" });
    let unsigned =
        format!("{}.{}.", URL_SAFE_NO_PAD.encode(r#"{"alg":"none"}"#), good.split('.').nth(1).expect("claims"));
    let foreign = Service::start().await.token(Value::Null).await;
    for header in [
        None,
        Some("Bearer".to_owned()),
        Some("Bearer ".to_owned()),
        Some(format!("Basic {good}")),
        Some(good.clone()),
        Some("Bearer abc.def.ghi".to_owned()),
        Some(format!("Bearer {head}.{forged}")),
        Some(format!("Bearer {unsigned}")),
        Some(format!("Bearer {foreign}")),
    ] {
        let mut request = service.http.get(service.url(LOCK_HOLDERS));
        if let Some(header) = &header {
            request = request.header("authorization", header);
        }
        let response = service.send(request).await;
        assert_eq!(response.headers["www-authenticate"], "Bearer", "{header:?}");
        assert_ne!(response.api_error(401), "JWT expired", "{header:?}");
    }
    let lower_case = service.http.get(service.url(LOCK_HOLDERS)).header("authorization", format!("bearer {good}"));
    service.send(lower_case).await.ok();
}

#[tokio::test]
async fn debug_output_contains_no_secret() {
    let emulator = Emulator::start().await.expect("the emulator starts");
    let shown = format!("{emulator:?} {emulator:#?}");
    assert!(shown.contains(emulator.base_url()), "{shown}");
    assert!(!shown.contains(emulator.client_secret()), "{shown}");
}
