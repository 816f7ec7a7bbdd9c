//! Tests token requests and the token responses that the SDK accepts.

use futures_util::future::join_all;
use serde_json::{Value, json};
use unloc::types::LockHolder;
use unloc::{ErrorKind, Outcome, ScopeGeneration};

use crate::support::{
    CLIENT_ID, Request, Response, SECRET, Server, builder, home, lock_holder, token, token_response, unloc,
};

async fn empty_service() -> Server {
    Server::always(Response::ok(&json!({"lockHolders": [], "locks": []}))).await
}

fn token_request(scope: Value) -> Value {
    let mut body =
        json!({"grant_type": "client_credentials", "client_id": CLIENT_ID, "client_secret": SECRET, "scope": scope});
    if body["scope"].is_null() {
        body.as_object_mut().unwrap().remove("scope");
    }
    body
}

fn with_suffix(suffix: Value) -> LockHolder {
    let mut holder = json!({"id": "home", "name": "N", "countryIso": "NO", "organizationId": "123"});
    holder["organizationIdSuffix"] = suffix;
    serde_json::from_value(holder).unwrap()
}

#[tokio::test]
async fn integrator_calls_use_an_unscoped_token_and_lock_holder_calls_a_scoped_one() {
    let server = empty_service().await;
    let unloc = unloc(&server);
    unloc.get_lock_holders().send().await.unwrap();
    for suffix in [Value::Null, json!(""), json!("block-b")] {
        unloc.lock_holder(&with_suffix(suffix)).unwrap().get_locks().send().await.unwrap();
    }
    let requests = server.token_requests();
    assert!(requests.iter().all(|request| request.method == "POST"));
    let bodies: Vec<_> = requests.iter().map(Request::json).collect();
    // The last dot stays if there is no suffix. An empty suffix and a missing one share a token.
    let scope = |suffix: &str| token_request(json!(format!("lockHolder.identifier:NO.123.{suffix}")));
    assert_eq!(bodies, [token_request(Value::Null), scope(""), scope("block-b")]);
    assert!(requests.iter().all(|request| request.header("authorization").is_none()));
}

#[tokio::test]
async fn the_admin_generation_requests_admin_scopes() {
    let server = empty_service().await;
    let unloc = builder(&server.url()).scopes(ScopeGeneration::Admin).build().unwrap();
    unloc.get_lock_holders().send().await.unwrap();
    unloc.lock_holder(&lock_holder("0d9a2f6e")).unwrap().get_locks().send().await.unwrap();
    let bodies: Vec<_> = server.token_requests().iter().map(Request::json).collect();
    let wanted = ["integrator.admin", "lockHolder.admin:0d9a2f6e"].map(|scope| token_request(json!(scope)));
    assert_eq!(bodies, wanted);
}

#[tokio::test]
async fn every_call_sends_the_token_of_its_clients_scope() {
    let server = empty_service().await;
    // The token's text contains the scope that it was requested with.
    server.on_token(|request| token_response(&format!("for-{}", request.json()["scope"].as_str().unwrap_or("none"))));
    let unloc = unloc(&server);
    let homes = ["a", "b"].map(|suffix| unloc.lock_holder(&with_suffix(json!(suffix))).unwrap());
    homes[1].get_locks().send().await.unwrap();
    unloc.get_lock_holders().send().await.unwrap();
    homes[0].get_locks().send().await.unwrap();
    homes[1].get_locks().send().await.unwrap();
    let sent: Vec<_> =
        server.requests().iter().map(|request| request.header("authorization").map(str::to_owned)).collect();
    let bearer = |of: &str| Some(format!("Bearer for-{of}"));
    let [a, b] = ["a", "b"].map(|suffix| bearer(&format!("lockHolder.identifier:NO.123.{suffix}")));
    assert_eq!(sent, [b.clone(), bearer("none"), a, b]);
    assert_eq!(server.token_requests().len(), 3);
}

#[tokio::test]
async fn concurrent_calls_share_one_token_request() {
    let server = empty_service().await;
    let home = home(&server);
    let calls = (0..40).map(|_| home.get_locks().send());
    assert!(join_all(calls).await.iter().all(Result::is_ok));
    assert_eq!((server.requests().len(), server.token_requests().len()), (40, 1));
    let clone = home.clone();
    clone.get_locks().send().await.unwrap();
    assert_eq!(server.token_requests().len(), 1);
}

#[tokio::test]
async fn token_responses_are_accepted_in_all_documented_forms() {
    let plain = json!({"access_token": token(1), "token_type": "bearer"});
    for more in [
        json!({}),
        json!({"expires_in": 3600}),
        json!({"expires_in": "3600"}),
        json!({"expires_in": 3600.0}),
        json!({"expires_in": null}),
        json!({"expires_in": "3600.0"}),
        json!({"expires_in": "3.6e3"}),
        json!({"expires_in": ""}),
        json!({"expires_in": "unlimited"}),
        json!({"expires_in": true, "scope": 7}),
        json!({"expires_in": u64::MAX, "scope": [{"name": "lockHolder.admin"}]}),
        json!({"expires_in": {"seconds": 3600}, "lock_holder_id": 7, "lock_holder_ids": "home"}),
        json!({"scope": null}),
        json!({"scope": []}),
        json!({"scope": ["lockHolder.identifier:NO.harbour-flats."]}),
        json!({"scope": "lockHolder.admin:a lockHolder.admin:b"}),
        json!({"lock_holder_id": "home"}),
        json!({"lock_holder_id": null, "lock_holder_ids": null}),
        json!({"lock_holder_ids": ["home", "other"]}),
        json!({"token_type": "Bearer", "refresh_token": "EXAMPLE", "issued_at": 1}),
    ] {
        let server = empty_service().await;
        let mut body = plain.clone();
        body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        let response = Response::ok(&body);
        server.on_token(move |_| response.clone());
        let home = home(&server);
        for _ in 0..2 {
            home.get_locks().send().await.unwrap_or_else(|error| panic!("{more}: {error}"));
        }
        assert_eq!(server.token_requests().len(), 1, "the token is cached: {more}");
        let bearer = format!("Bearer {}", token(1));
        assert!(server.requests().iter().all(|request| request.header("authorization") == Some(&bearer)));
    }
}

#[tokio::test]
async fn a_token_that_expires_at_once_is_used_once() {
    let server = empty_service().await;
    server.on_token(|_| Response::ok(&json!({"access_token": "EXAMPLE", "token_type": "bearer", "expires_in": 0})));
    let home = home(&server);
    home.get_locks().send().await.unwrap();
    home.get_locks().send().await.unwrap();
    assert_eq!((server.requests().len(), server.token_requests().len()), (2, 2));
}

#[tokio::test]
async fn a_lock_holder_with_an_invalid_scope_part_is_refused_before_anything_is_sent() {
    let server = empty_service().await;
    let unloc = unloc(&server);
    // An example in the service's documents has this leading space.
    for organization in [" 919424508", "a.b", "", "a lockHolder.admin:b"] {
        let holder = LockHolder::builder().id("x").name("N").country_iso("NO").organization_id(organization);
        let error = unloc.lock_holder(&holder.build().unwrap()).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Scope, "{organization}");
        assert!(error.to_string().contains("`organizationId`"), "{error}");
    }
    assert!(server.token_requests().is_empty());
}

#[tokio::test]
async fn a_created_lock_holder_can_be_used_at_once() {
    let holder = json!({"id": "new", "name": "Harbour Flats", "countryIso": "NO", "organizationId": "harbour-flats"});
    let server = Server::start(move |request| match request.method.as_str() {
        "POST" => Response::json(201, &json!({"lockHolder": holder})),
        _ => Response::ok(&json!({"locks": []})),
    });
    let server = server.await;
    let unloc = unloc(&server);
    let created = unloc.create_lock_holder().name("Harbour Flats").country_iso("NO").organization_id("harbour-flats");
    let created = created.send().await.unwrap();
    unloc.lock_holder(&created).unwrap().get_locks().send().await.unwrap();
    assert_eq!(server.requests()[1].target, "/integrators/v1/lock-holders/new/locks/?limit=500");
}

/// Returns the error of a call that gets this token response. Asserts that the operation itself is not sent.
async fn token_error(response: Value) -> unloc::Error {
    let server = empty_service().await;
    let body = Response::ok(&response);
    server.on_token(move |_| body.clone());
    let home = home(&server);
    let error = home.get_locks().send().await.unwrap_err();
    assert_eq!(
        (error.kind(), error.outcome(), error.is_retryable()),
        (ErrorKind::Token, Outcome::NotSent, false),
        "{response}"
    );
    // The next call fails as well, without another token request.
    assert!(home.get_locks().send().await.is_err());
    assert!(server.requests().is_empty() && server.token_requests().len() == 1, "{response}");
    error
}

#[tokio::test]
async fn a_token_that_is_not_a_valid_header_value_is_refused() {
    for (token, why) in [
        ("", "is empty"),
        (" \t", "is empty"),
        ("Bearer EXAMPLE", "begins with the scheme"),
        ("EXAMPLE EXAMPLE", "not allowed in an HTTP header"),
        ("EXAMPLE\r\nX-Evil: 1", "not allowed in an HTTP header"),
        ("EXAMPLE-t\u{f8}ken", "not allowed in an HTTP header"),
        ("\u{1f511}EXAMPLE", "not allowed in an HTTP header"),
    ] {
        let error = token_error(json!({"access_token": token, "token_type": "bearer", "expires_in": 3600})).await;
        assert!(error.to_string().contains(why) && !format!("{error:?}").contains("EXAMPLE"), "{token:?}: {error}");
    }
    for response in [json!(null), json!(7), json!(["EXAMPLE"]), json!({"value": "EXAMPLE"})] {
        token_error(json!({"access_token": response, "token_type": "bearer"})).await;
    }
}

#[tokio::test]
async fn a_token_is_trimmed_before_it_is_sent() {
    for padded in [" EXAMPLE", "EXAMPLE\n", "\r\n\tEXAMPLE  "] {
        let server = empty_service().await;
        server.on_token(move |_| token_response(padded));
        home(&server).get_locks().send().await.unwrap();
        assert_eq!(server.requests()[0].header("authorization"), Some("Bearer EXAMPLE"), "{padded:?}");
    }
}

#[tokio::test]
async fn a_token_of_an_unknown_type_is_refused() {
    for (kind, shown) in [
        ("mac", "`mac`"),
        ("DPoP", "`DPoP`"),
        ("N_A", "`N_A`"),
        ("pop", "`pop`"),
        ("Bearer2", "(not shown)"),
        ("bearer bearer", "(not shown)"),
        ("https://tokens.example.com/key", "(not shown)"),
        ("", "type"),
        (" ", "(not shown)"),
        (SECRET, "(not shown)"),
    ] {
        let error = token_error(json!({"access_token": token(1), "token_type": kind, "expires_in": 3600})).await;
        let words = error.to_string();
        assert!(words.contains(shown) && words.contains("bearer"), "{kind:?}: {words}");
        assert!(!words.contains(SECRET) && !words.contains(&token(1)), "{words}");
    }
    // RFC 6749, section 5.1, requires the type, and every documented response has it.
    for body in [json!({"access_token": token(1)}), json!({"access_token": token(1), "token_type": null})] {
        assert!(token_error(body).await.to_string().contains("token_type"));
    }
    for kind in ["bearer", "Bearer", "BEARER", "bEaReR"] {
        let server = empty_service().await;
        server.on_token(move |_| Response::ok(&json!({"access_token": token(1), "token_type": kind})));
        home(&server).get_locks().send().await.unwrap();
    }
}

#[tokio::test]
async fn a_token_with_other_scopes_is_used_and_named_in_a_403() {
    let server = Server::start(|_| Response::json(403, &json!({"error": "Forbidden"}))).await;
    let granting =
        |scope: Value| Response::ok(&json!({"access_token": token(1), "token_type": "bearer", "scope": scope}));
    for (granted, is_named) in [
        (json!(["lockHolder.admin:other"]), true),
        (json!("lockHolder.admin:other lockHolder.admin:more"), true),
        (json!(["lockHolder.identifier:NO.harbour-flats."]), false),
        (json!(null), false),
        (json!([7]), false),
    ] {
        let response = granting(granted.clone());
        server.on_token(move |_| response.clone());
        let home = home(&server);
        let error = home.get_locks().send().await.unwrap_err();
        assert_eq!(error.status().unwrap(), 403);
        assert_eq!(error.to_string().contains("and granted `lockHolder.admin:other"), is_named, "{granted}: {error}");
    }
}
