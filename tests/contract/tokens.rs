//! Which tokens are asked for, how often, and what of the answers is understood.

use futures_util::future::join_all;
use serde_json::{Value, json};
use unloc::types::LockHolder;
use unloc::{ErrorKind, Outcome, ScopeGeneration};

use crate::support::{
    Answer, CLIENT_ID, Request, SECRET, Server, builder, home, lock_holder, token, token_answer, unloc,
};

async fn nothing_there() -> Server {
    Server::always(Answer::ok(&json!({"lockHolders": [], "locks": []}))).await
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
async fn the_integrator_asks_for_an_unscoped_token_and_a_lock_holder_for_one_of_its_own() {
    let server = nothing_there().await;
    let unloc = unloc(&server);
    unloc.get_lock_holders().send().await.unwrap();
    for suffix in [Value::Null, json!(""), json!("block-b")] {
        unloc.lock_holder(&with_suffix(suffix)).unwrap().get_locks().send().await.unwrap();
    }
    let requests = server.token_requests();
    assert!(requests.iter().all(|request| request.method == "POST"));
    let bodies: Vec<_> = requests.iter().map(Request::json).collect();
    // The last dot stays where there is no suffix; an empty one and none share a token.
    let scope = |suffix: &str| token_request(json!(format!("lockHolder.identifier:NO.123.{suffix}")));
    assert_eq!(bodies, [token_request(Value::Null), scope(""), scope("block-b")]);
    assert!(requests.iter().all(|request| request.header("authorization").is_none()));
}

#[tokio::test]
async fn with_the_second_generation_of_scopes_both_kinds_of_token_are_asked_for_by_admin_scopes() {
    let server = nothing_there().await;
    let unloc = builder(&server.url()).scopes(ScopeGeneration::Admin).build().unwrap();
    unloc.get_lock_holders().send().await.unwrap();
    unloc.lock_holder(&lock_holder("0d9a2f6e")).unwrap().get_locks().send().await.unwrap();
    let bodies: Vec<_> = server.token_requests().iter().map(Request::json).collect();
    let wanted = ["integrator.admin", "lockHolder.admin:0d9a2f6e"].map(|scope| token_request(json!(scope)));
    assert_eq!(bodies, wanted);
}

#[tokio::test]
async fn every_call_carries_exactly_the_token_of_its_handles_scope() {
    let server = nothing_there().await;
    // What the token is called shows what it was asked for with.
    server.on_token(|request| token_answer(&format!("for-{}", request.json()["scope"].as_str().unwrap_or("none"))));
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
async fn many_calls_at_once_ask_for_one_token() {
    let server = nothing_there().await;
    let home = home(&server);
    let calls = (0..40).map(|_| home.get_locks().send());
    assert!(join_all(calls).await.iter().all(Result::is_ok));
    assert_eq!((server.requests().len(), server.token_requests().len()), (40, 1));
    let clone = home.clone();
    clone.get_locks().send().await.unwrap();
    assert_eq!(server.token_requests().len(), 1);
}

#[tokio::test]
async fn an_answer_of_the_auth_api_is_understood_in_all_its_forms() {
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
        let server = nothing_there().await;
        let mut body = plain.clone();
        body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        let answer = Answer::ok(&body);
        server.on_token(move |_| answer.clone());
        let home = home(&server);
        for _ in 0..2 {
            home.get_locks().send().await.unwrap_or_else(|error| panic!("{more}: {error}"));
        }
        assert_eq!(server.token_requests().len(), 1, "the token is kept: {more}");
        let bearer = format!("Bearer {}", token(1));
        assert!(server.requests().iter().all(|request| request.header("authorization") == Some(&bearer)));
    }
}

#[tokio::test]
async fn a_token_that_is_dead_on_arrival_is_used_once() {
    let server = nothing_there().await;
    server.on_token(|_| Answer::ok(&json!({"access_token": "EXAMPLE", "token_type": "bearer", "expires_in": 0})));
    let home = home(&server);
    home.get_locks().send().await.unwrap();
    home.get_locks().send().await.unwrap();
    assert_eq!((server.requests().len(), server.token_requests().len()), (2, 2));
}

#[tokio::test]
async fn a_lock_holder_whose_parts_cannot_form_a_scope_is_refused_before_anything_is_sent() {
    let server = nothing_there().await;
    let unloc = unloc(&server);
    // The stray blank is in one of the documents' own examples.
    for organization in [" 919424508", "a.b", "", "a lockHolder.admin:b"] {
        let holder = LockHolder::builder().id("x").name("N").country_iso("NO").organization_id(organization);
        let error = unloc.lock_holder(&holder.build().unwrap()).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Scope, "{organization}");
        assert!(error.to_string().contains("`organizationId`"), "{error}");
    }
    assert!(server.token_requests().is_empty());
}

#[tokio::test]
async fn a_new_lock_holder_can_be_used_at_once() {
    let holder = json!({"id": "new", "name": "Harbour Flats", "countryIso": "NO", "organizationId": "harbour-flats"});
    let server = Server::start(move |request| match request.method.as_str() {
        "POST" => Answer::json(201, &json!({"lockHolder": holder})),
        _ => Answer::ok(&json!({"locks": []})),
    });
    let server = server.await;
    let unloc = unloc(&server);
    let made = unloc.create_lock_holder().name("Harbour Flats").country_iso("NO").organization_id("harbour-flats");
    let made = made.send().await.unwrap();
    unloc.lock_holder(&made).unwrap().get_locks().send().await.unwrap();
    assert_eq!(server.requests()[1].target, "/integrators/v1/lock-holders/new/locks/?limit=500");
}

/// The failure of a call whose token is answered with this, by a service that must not see the call.
async fn unusable(answer: Value) -> unloc::Error {
    let server = nothing_there().await;
    let body = Answer::ok(&answer);
    server.on_token(move |_| body.clone());
    let home = home(&server);
    let error = home.get_locks().send().await.unwrap_err();
    assert_eq!(
        (error.kind(), error.outcome(), error.is_retryable()),
        (ErrorKind::Token, Outcome::NotSent, false),
        "{answer}"
    );
    // It is not asked for again with the next call.
    assert!(home.get_locks().send().await.is_err());
    assert!(server.requests().is_empty() && server.token_requests().len() == 1, "{answer}");
    error
}

#[tokio::test]
async fn a_token_that_cannot_be_sent_is_refused_before_anything_is() {
    for (token, why) in [
        ("", "is empty"),
        (" \t", "is empty"),
        ("Bearer EXAMPLE", "begins with the scheme"),
        ("EXAMPLE EXAMPLE", "cannot stand in a header"),
        ("EXAMPLE\r\nX-Evil: 1", "cannot stand in a header"),
        ("EXAMPLE-t\u{f8}ken", "cannot stand in a header"),
        ("\u{1f511}EXAMPLE", "cannot stand in a header"),
    ] {
        let error = unusable(json!({"access_token": token, "token_type": "bearer", "expires_in": 3600})).await;
        assert!(error.to_string().contains(why) && !format!("{error:?}").contains("EXAMPLE"), "{token:?}: {error}");
    }
    for answer in [json!(null), json!(7), json!(["EXAMPLE"]), json!({"value": "EXAMPLE"})] {
        unusable(json!({"access_token": answer, "token_type": "bearer"})).await;
    }
}

#[tokio::test]
async fn a_token_with_white_space_around_it_is_sent_without() {
    for padded in [" EXAMPLE", "EXAMPLE\n", "\r\n\tEXAMPLE  "] {
        let server = nothing_there().await;
        server.on_token(move |_| token_answer(padded));
        home(&server).get_locks().send().await.unwrap();
        assert_eq!(server.requests()[0].header("authorization"), Some("Bearer EXAMPLE"), "{padded:?}");
    }
}

#[tokio::test]
async fn a_token_of_a_type_that_is_not_understood_is_not_sent() {
    for (kind, shown) in [
        ("mac", "`mac`"),
        ("DPoP", "`DPoP`"),
        ("N_A", "`N_A`"),
        ("pop", "`pop`"),
        ("Bearer2", "names otherwise"),
        ("bearer bearer", "names otherwise"),
        ("https://tokens.example.com/key", "names otherwise"),
        ("", "type"),
        (" ", "names otherwise"),
        (SECRET, "names otherwise"),
    ] {
        let error = unusable(json!({"access_token": token(1), "token_type": kind, "expires_in": 3600})).await;
        let words = error.to_string();
        assert!(words.contains(shown) && words.contains("bearer"), "{kind:?}: {words}");
        assert!(!words.contains(SECRET) && !words.contains(&token(1)), "{words}");
    }
    // RFC 6749, 5.1, requires it, and every documented answer has it.
    for body in [json!({"access_token": token(1)}), json!({"access_token": token(1), "token_type": null})] {
        assert!(unusable(body).await.to_string().contains("token_type"));
    }
    for kind in ["bearer", "Bearer", "BEARER", "bEaReR"] {
        let server = nothing_there().await;
        server.on_token(move |_| Answer::ok(&json!({"access_token": token(1), "token_type": kind})));
        home(&server).get_locks().send().await.unwrap();
    }
}

#[tokio::test]
async fn a_token_of_other_scopes_is_used_and_a_refusal_of_what_it_does_not_cover_says_so() {
    let server = Server::start(|_| Answer::json(403, &json!({"error": "Forbidden"}))).await;
    let granting =
        |scope: Value| Answer::ok(&json!({"access_token": token(1), "token_type": "bearer", "scope": scope}));
    for (granted, told) in [
        (json!(["lockHolder.admin:other"]), true),
        (json!("lockHolder.admin:other lockHolder.admin:more"), true),
        (json!(["lockHolder.identifier:NO.harbour-flats."]), false),
        (json!(null), false),
        (json!([7]), false),
    ] {
        let answer = granting(granted.clone());
        server.on_token(move |_| answer.clone());
        let home = home(&server);
        let error = home.get_locks().send().await.unwrap_err();
        assert_eq!(error.status().unwrap(), 403);
        assert_eq!(error.to_string().contains("and granted `lockHolder.admin:other"), told, "{granted}: {error}");
    }
}
