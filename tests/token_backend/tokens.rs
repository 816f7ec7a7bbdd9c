//! Tests which caller gets which token, and how many tokens the backend fetches.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use serde_json::{Value, json};
use unloc::{Scope, Scopes, Secret, Token, Unloc};
use unloc_emulator::Emulator;

use crate::HOME;
use crate::backend::{Backend, Response, Service, against, in_front_of, program};

#[test]
fn a_caller_without_a_session_gets_no_token() {
    let backend = Backend::start(&mut program());
    let key = backend.office.as_str();
    let (zeros, longer, shorter) = ("0".repeat(key.len()), format!("{key}0"), &key[..key.len() - 1]);
    let strangers = ["", "Bearer", "Bearer ", key, &format!("Basic {key}"), &format!("Bearer  {key}")]
        .map(str::to_owned)
        .into_iter()
        .chain([&zeros, &longer, shorter].map(|wrong| format!("Bearer {wrong}")))
        .map(|value| format!("Authorization: {value}\r\n"))
        .chain([String::new(), format!("X-Authorization: Bearer {key}\r\n")]);
    for header in strangers {
        for body in ["{}", "no JSON"] {
            let response = backend.post(&header, body);
            assert_eq!(response.refusal(), (401, "invalid_token".to_owned()), "{header}");
            assert!(response.has("www-authenticate", "Bearer error=\"invalid_token\""), "{}", response.head);
        }
    }
    assert_eq!(backend.request_token(key, &json!({})).status, 200);
}

#[tokio::test]
async fn a_caller_gets_tokens_for_its_own_scopes_only() {
    let emulator = Emulator::start().await.unwrap();
    let backend = Backend::start(&mut in_front_of(&emulator));
    let (office, tenant) = (backend.office.as_str(), backend.tenant.as_str());

    // Each token is good for its own scope: the office's lists lock holders, the tenant's reads its lock holder.
    let integrator = with_tokens(&emulator, &backend.request_token(office, &json!({})));
    let lock_holders = integrator.get_lock_holders().send().await.unwrap();
    let scope: Scope = HOME.parse().unwrap();
    let home = with_tokens(&emulator, &backend.request_token(tenant, &json!({ "scope": HOME })));
    let home = home.lock_holder_by_id(lock_holders[0].id.as_str(), scope);
    assert_eq!(home.get_locks().send().await.unwrap().into_items().len(), 5);

    let other = "lockHolder.identifier:NO.demo-nordlys.tromso";
    let both = format!("{HOME} integrator.admin");
    for (caller, scope) in [
        (tenant, ""),
        (tenant, " "),
        (tenant, other),
        (tenant, &both),
        (tenant, "integrator.admin"),
        (tenant, "lockHolder.identifier:no.demo-fjordglott."),
        (office, other),
        (office, &both),
        (office, "*"),
    ] {
        let refusal = backend.request_token(caller, &json!({ "scope": scope })).refusal();
        assert_eq!(refusal, (403, "invalid_scope".to_owned()), "{scope:?}");
    }
    assert_eq!(backend.request_token(tenant, &json!({})).refusal().0, 403);
    for none in ["lockHolder.identifier:NO.demo-fjordglott", "lockHolder.admin:", &format!("{HOME} {other}")] {
        assert_eq!(
            backend.request_token(office, &json!({ "scope": none })).refusal(),
            (400, "invalid_scope".to_owned()),
            "{none}"
        );
    }
}

#[test]
fn two_callers_share_one_token() {
    let service = Service::start(|number| {
        (200, "", format!(r#"{{"access_token":"number-{number}","token_type":"bearer","expires_in":3600}}"#))
    });
    let backend = Backend::start(&mut against(&service.url));
    let ask = |caller: &str, scope: &str| {
        let response = backend.request_token(caller, &json!({ "scope": scope }));
        assert_eq!(response.status, 200, "{}", response.body);
        assert!(response.has("cache-control", "no-store") && response.has("content-type", "application/json"));
        let body: Value = serde_json::from_str(&response.body).unwrap();
        assert_eq!(body.as_object().unwrap().len(), 3, "{body}");
        assert_eq!(body["token_type"], "bearer");
        (body["access_token"].as_str().unwrap().to_owned(), body["expires_in"].as_u64().unwrap())
    };
    let (first, lifetime) = ask(&backend.office, HOME);
    let (second, rest) = ask(&backend.tenant, HOME);
    assert_eq!((first.as_str(), second.as_str()), ("number-1", "number-1"));
    assert!(rest <= lifetime && lifetime <= 3600, "{rest} of {lifetime}");
    assert_eq!(ask(&backend.office, "").0, "number-2");
}

#[test]
fn a_reported_token_is_not_served_again() {
    let service = Service::start(|number| {
        (200, "", format!(r#"{{"access_token":"number-{number}","token_type":"bearer","expires_in":3600}}"#))
    });
    let backend = Backend::start(&mut against(&service.url));
    let ask = |body: Value| {
        let body: Value = serde_json::from_str(&backend.request_token(&backend.office, &body).body).unwrap();
        body["access_token"].as_str().unwrap().to_owned()
    };
    assert_eq!(ask(json!({ "scope": HOME })), "number-1");
    for other in ["", "number-2", "number-10"] {
        assert_eq!(ask(json!({ "scope": HOME, "refused": other })), "number-1", "the report names another token");
    }
    for _ in 0..2 {
        assert_eq!(
            ask(json!({ "scope": HOME, "refused": "number-1" })),
            "number-2",
            "a second report must not fetch again"
        );
    }
    assert_eq!(ask(json!({})), "number-3");
    assert_eq!(ask(json!({ "scope": HOME })), "number-2");
}

#[test]
fn repeated_reports_neither_drop_the_token_nor_cause_many_fetches() {
    for down in [false, true] {
        let (requests, counter) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
        let counted = Arc::clone(&counter);
        let service = Service::start(move |number| {
            counted.fetch_add(1, Ordering::SeqCst);
            match (number, down) {
                (2.., true) => (503, "", "{}".to_owned()),
                _ => (
                    200,
                    "",
                    format!(r#"{{"access_token":"number-{number}","token_type":"bearer","expires_in":3600}}"#),
                ),
            }
        });
        let backend = Backend::start(&mut against(&service.url));
        let token = |caller: &str, body: Value| {
            requests.fetch_add(1, Ordering::SeqCst);
            let response = backend.request_token(caller, &body);
            assert_eq!(response.status, 200, "{}", response.body);
            serde_json::from_str::<Value>(&response.body).unwrap()["access_token"].clone()
        };
        let mut current = token(&backend.office, json!({ "scope": HOME }));
        for _ in 0..50 {
            current = token(&backend.tenant, json!({ "scope": HOME, "refused": current }));
        }
        assert_eq!(token(&backend.office, json!({ "scope": HOME })), if down { "number-1" } else { "number-2" });
        // One fetch at the start, and at most one more for each ten seconds that the test takes.
        let (requests, fetched) = (requests.load(Ordering::SeqCst), counter.load(Ordering::SeqCst));
        assert!(requests == 52 && (2..12).contains(&fetched), "{fetched}");
    }
}

/// Returns a client of the emulator that uses only the token of this response.
fn with_tokens(emulator: &Emulator, response: &Response) -> Unloc {
    let body: Value = serde_json::from_str(&response.body).unwrap();
    let token = Secret::from(body["access_token"].as_str().unwrap());
    let source = move |_: Scopes| std::future::ready(Ok(Token::new(token.clone())));
    Unloc::builder().environment(emulator.base_url()).token_source(source).build().unwrap()
}
