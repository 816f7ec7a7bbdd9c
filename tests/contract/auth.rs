//! Tests calls whose token the service refuses, and failures to get a token.

use serde_json::json;
use unloc::types::CreateKeyRequest;
use unloc::{ErrorKind, Outcome, Unloc};
use unloc_emulator::Emulator;

use crate::operations::PERSON;
use crate::support::{Response, SECRET, Server, home, token, token_response, unloc};

fn locks() -> Response {
    Response::ok(&json!({"locks": []}))
}

fn bearers(server: &Server) -> Vec<String> {
    server.requests().iter().map(|request| request.header("authorization").unwrap().to_owned()).collect()
}

#[tokio::test]
async fn an_expired_token_is_refreshed_and_the_call_retried_once() {
    let server = Server::one_by_one([Response::expired(), locks(), locks()]).await;
    let home = home(&server);
    home.get_locks().send().await.unwrap();
    // The fresh token replaces the expired one in the cache.
    home.get_locks().send().await.unwrap();
    let [first, second] = [token(1), token(2)].map(|token| format!("Bearer {token}"));
    assert_eq!(bearers(&server), [first, second.clone(), second]);
    assert_eq!(server.token_requests().len(), 2);
}

#[tokio::test]
async fn a_second_401_is_returned_with_the_services_error() {
    let again = Response::json(401, &json!({"error": "JsonWebTokenError", "errorDescription": "jwt malformed"}));
    let server = Server::one_by_one([Response::expired(), again]).await;
    let error = home(&server).get_locks().send().await.unwrap_err();
    assert_eq!((error.kind(), error.outcome()), (ErrorKind::Service, Outcome::Rejected));
    assert_eq!(error.status().unwrap(), 401);
    assert_eq!((error.code(), error.description()), (Some("JsonWebTokenError"), Some("jwt malformed")));
    assert_eq!(error.attempts(), 2);
    assert!(error.to_string().contains("a fresh token was refused as well"), "{error}");
    assert!(!error.is_retryable());
    assert_eq!((server.requests().len(), server.token_requests().len()), (2, 2));
}

#[tokio::test]
async fn a_403_is_not_retried() {
    let forbidden = json!({"error": "Forbidden", "errorDescription": "The token is not for this lock holder"});
    let server = Server::one_by_one([Response::json(403, &forbidden), locks()]).await;
    let home = home(&server);
    let error = home.get_locks().send().await.unwrap_err();
    assert_eq!((error.status().unwrap().as_u16(), error.attempts()), (403, 1));
    assert_eq!((server.requests().len(), server.token_requests().len()), (1, 1));
    // The token itself is valid, so it stays in the cache.
    home.get_locks().send().await.unwrap();
    assert_eq!(server.token_requests().len(), 1);
}

#[tokio::test]
async fn the_first_401_is_returned_if_fetching_a_fresh_token_fails() {
    let server = Server::one_by_one([Response::expired(), locks()]).await;
    let mut requests = 0;
    server.on_token(move |_| {
        requests += 1;
        if requests == 1 { token_response(&token(1)) } else { Response::new(503, "") }
    });
    let error = home(&server).get_locks().send().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Service);
    assert_eq!((error.status().unwrap().as_u16(), error.attempts()), (401, 1));
    assert_eq!(error.description(), Some("JWT expired"));
    assert!(error.to_string().contains("no fresh token: getToken: the service responded with 503"), "{error}");
    // A 401 means that nothing was done, and the fetch that failed is transient.
    assert_eq!((error.outcome(), error.is_retryable()), (Outcome::Rejected, true));
    assert_eq!((server.requests().len(), server.token_requests().len()), (1, 2));
}

#[tokio::test]
async fn the_retry_after_a_401_sends_the_same_body() {
    let key = json!({"key": {"toUser": {"id": PERSON}, "state": "creating"}});
    let server = Server::one_by_one([Response::expired(), Response::ok(&key)]).await;
    let body = CreateKeyRequest::builder().user_id(PERSON).end(None);
    home(&server).create_key().lock_id("door").body(body).send().await.unwrap();
    let requests = server.requests();
    assert_eq!(requests.len(), 2);
    assert_eq!(requests[0].json(), json!({"userId": PERSON, "end": null}));
    assert_eq!(requests[0].body, requests[1].body);
    assert_eq!((&requests[0].method, &requests[0].target), (&requests[1].method, &requests[1].target));
}

#[tokio::test]
async fn an_error_on_the_retry_after_a_401_counts_both_attempts() {
    let server = Server::one_by_one([Response::expired(), Response::new(200, "<html>")]).await;
    let error = home(&server).get_locks().send().await.unwrap_err();
    assert_eq!((error.kind(), error.attempts()), (ErrorKind::Decode, 2));
    assert_eq!(server.requests().len(), 2);
}

#[tokio::test]
async fn concurrent_calls_with_an_expired_token_share_one_refresh() {
    let server = Server::start(|request| match request.header("authorization") {
        Some(bearer) if bearer.ends_with(&token(1)) => Response::expired(),
        _ => locks(),
    });
    let server = server.await;
    let home = home(&server);
    let all = futures_util::future::join_all((0..20).map(|_| home.get_locks().send())).await;
    assert!(all.iter().all(Result::is_ok));
    assert_eq!(server.token_requests().len(), 2);
}

#[tokio::test]
async fn a_wrong_secret_is_reported_and_the_operation_is_not_sent() {
    let server = Server::always(locks()).await;
    let refusal = json!({"error": "invalid_client", "error_description": "Client authentication failed"});
    server.on_token(move |_| Response::json(401, &refusal).header("x-request-id", "r-1"));
    let error = home(&server).get_locks().send().await.unwrap_err();
    assert_eq!((error.kind(), error.outcome()), (ErrorKind::Token, Outcome::NotSent));
    assert_eq!(error.status().unwrap(), 401);
    assert_eq!(error.code(), Some("invalid_client"));
    assert_eq!(error.description(), Some("Client authentication failed"));
    assert_eq!((error.request_id(), error.attempts()), (Some("r-1"), 0));
    assert_eq!(error.operation().unwrap().id, "getLocks");
    assert!(!error.is_retryable());
    assert!(server.requests().is_empty());
    assert_eq!(server.token_requests().len(), 1);
}

#[tokio::test]
async fn any_operation_is_retryable_while_the_token_endpoint_is_down() {
    let server = Server::always(locks()).await;
    server.on_token(|_| Response::new(503, "<html><title>503 Service Unavailable</title></html>"));
    let body = CreateKeyRequest::builder().user_id(PERSON);
    let error = home(&server).create_key().lock_id("door").body(body).send().await.unwrap_err();
    assert_eq!((error.kind(), error.outcome()), (ErrorKind::Token, Outcome::NotSent));
    assert_eq!(error.status().unwrap(), 503);
    // The createKey request was never sent, so a retry cannot create a second key.
    assert!(error.is_retryable());
    assert!(server.requests().is_empty());
}

#[tokio::test]
async fn the_operation_was_not_sent_if_the_token_endpoint_closes_the_connection() {
    let server = Server::always(locks()).await;
    server.on_token(|_| Response::HangUp);
    let body = CreateKeyRequest::builder().user_id(PERSON);
    let error = home(&server).create_key().lock_id("door").body(body).send().await.unwrap_err();
    assert_eq!((error.kind(), error.outcome()), (ErrorKind::Connection, Outcome::NotSent));
    assert_eq!((error.attempts(), error.is_retryable()), (0, true));
    let text = error.to_string();
    assert!(text.starts_with("createKey: no access token: ") && !text.contains("may have processed"), "{text}");
    assert!(server.requests().is_empty());
}

#[tokio::test]
async fn a_token_response_that_cannot_be_decoded_is_a_token_error() {
    for response in
        [Response::ok(&json!({"token_type": "bearer"})), Response::new(200, "<html>"), Response::new(204, "")]
    {
        let server = Server::always(locks()).await;
        server.on_token(move |_| response.clone());
        let error = unloc(&server).get_lock_holders().send().await.unwrap_err();
        assert_eq!((error.kind(), error.outcome()), (ErrorKind::Token, Outcome::NotSent));
        assert!(error.to_string().starts_with("getLockHolders: no access token: "), "{error}");
        assert!(server.requests().is_empty());
    }
}

fn emulator_unloc(emulator: &Emulator, secret: &str) -> Unloc {
    let environment: unloc::Environment = emulator.base_url().parse().unwrap();
    Unloc::builder().environment(environment).client_credentials(emulator.client_id(), secret).build().unwrap()
}

#[tokio::test]
async fn calls_succeed_after_their_tokens_expired() {
    let emulator = Emulator::start().await.unwrap();
    let unloc = emulator_unloc(&emulator, emulator.client_secret());
    let holders = unloc.get_lock_holders().send().await.unwrap();
    let home = unloc.lock_holder(&holders[0]).unwrap();
    let locks = home.get_locks().send().await.unwrap();
    emulator.expire_tokens();
    assert_eq!(home.get_locks().send().await.unwrap(), locks);
    emulator.expire_tokens();
    assert_eq!(unloc.get_lock_holders().send().await.unwrap(), holders);
    // A call that is not idempotent is carried out exactly once.
    let keys = home.get_keys().send().await.unwrap().len();
    emulator.expire_tokens();
    let key = home.create_key().lock_id(&locks.items()[0].id).user_id("+447700900199").end(None).start(None);
    key.send().await.unwrap();
    assert_eq!(home.get_keys().send().await.unwrap().len(), keys + 1);
}

#[tokio::test]
async fn the_emulator_refuses_a_wrong_secret_with_invalid_client() {
    let emulator = Emulator::start().await.unwrap();
    let error = emulator_unloc(&emulator, SECRET).get_lock_holders().send().await.unwrap_err();
    assert_eq!((error.kind(), error.code()), (ErrorKind::Token, Some("invalid_client")));
    assert_eq!(error.status().unwrap(), 401);
}

#[tokio::test]
async fn an_oauth_error_body_is_an_error_with_any_status() {
    for (status, body, code, description) in [
        (
            200,
            json!({"error": "invalid_client", "error_description": "no such client"}),
            "invalid_client",
            Some("no such client"),
        ),
        (201, json!({"error": "invalid_scope"}), "invalid_scope", None),
        (202, json!({"error": "unauthorized_client", "access_token": null, "x": [1]}), "unauthorized_client", None),
        (
            200,
            json!({"error": "invalid_client", "error_description": format!("{SECRET} is wrong")}),
            "invalid_client",
            Some("[secret] is wrong"),
        ),
    ] {
        let server = Server::always(locks()).await;
        let response = Response::json(status, &body);
        server.on_token(move |_| response.clone());
        let error = home(&server).get_locks().send().await.unwrap_err();
        assert_eq!((error.kind(), error.outcome()), (ErrorKind::Token, Outcome::NotSent));
        assert_eq!((error.code(), error.description()), (Some(code), description), "{error}");
        assert_eq!((error.status().unwrap().as_u16(), error.is_retryable(), error.body()), (status, false, &[][..]));
        let hint = error.to_string().contains("check the client id and secret");
        assert_eq!(hint, code == "invalid_client", "{error}");
        assert!(server.requests().is_empty());
    }
    // A transient OAuth error is retryable, and a response with both a token and an error counts as a token.
    let server = Server::always(locks()).await;
    server.on_token(|_| Response::ok(&json!({"error": "temporarily_unavailable"})));
    assert!(home(&server).get_locks().send().await.unwrap_err().is_retryable());
    server.on_token(|_| Response::ok(&json!({"access_token": token(1), "token_type": "bearer", "error": "none"})));
    home(&server).get_locks().send().await.unwrap();
}

#[tokio::test]
async fn credentials_are_trimmed_before_they_are_sent() {
    let server = Server::always(locks()).await;
    let builder = Unloc::builder().environment(server.url()).client_credentials(" me\r\n", format!("\t{SECRET}\n"));
    builder.build().unwrap().get_lock_holders().send().await.unwrap_err();
    let body = server.token_requests()[0].json();
    assert_eq!((&body["client_id"], &body["client_secret"]), (&json!("me"), &json!(SECRET)));
    for (id, secret) in [("me", "a\nb"), ("m\u{0}e", SECRET), ("me", "\u{201c}secret\u{201d}"), ("\n", SECRET)] {
        let error = Unloc::builder().client_credentials(id, secret).build().unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Configuration, "{error}");
        assert!(!error.to_string().contains(secret), "{error}");
    }
}

#[test]
fn a_call_outside_of_tokio_fails_with_the_reason_even_with_a_cached_token() {
    use futures_util::FutureExt;

    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let (server, home) = runtime.block_on(async {
        let server = Server::always(locks()).await;
        let home = home(&server);
        home.get_locks().send().await.unwrap();
        (server, home)
    });
    for _ in 0..2 {
        let error = home.get_locks().send().now_or_never().unwrap().unwrap_err();
        assert_eq!((error.kind(), error.outcome(), error.attempts()), (ErrorKind::Configuration, Outcome::NotSent, 0));
        assert!(error.to_string().contains("no Tokio runtime: make this call from within one"), "{error}");
        let body = CreateKeyRequest::builder().user_id(PERSON);
        assert!(home.create_key().lock_id("door").body(body).send().now_or_never().unwrap().is_err());
    }
    // Inside the runtime, the same client works again.
    runtime.block_on(home.get_locks().send()).unwrap();
    assert_eq!((server.requests().len(), server.token_requests().len()), (2, 1));
}
