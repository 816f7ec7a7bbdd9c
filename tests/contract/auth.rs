//! What becomes of a call whose token the service does not take.

use serde_json::json;
use unloc::types::CreateKeyRequest;
use unloc::{ErrorKind, Outcome, Unloc};
use unloc_emulator::Emulator;

use crate::operations::PERSON;
use crate::support::{Answer, SECRET, Server, home, token, token_answer, unloc};

fn locks() -> Answer {
    Answer::ok(&json!({"locks": []}))
}

fn bearers(server: &Server) -> Vec<String> {
    server.requests().iter().map(|request| request.header("authorization").unwrap().to_owned()).collect()
}

#[tokio::test]
async fn an_expired_token_is_replaced_and_the_call_made_once_more() {
    let server = Server::one_by_one([Answer::expired(), locks(), locks()]).await;
    let home = home(&server);
    home.get_locks().send().await.unwrap();
    // The fresh token is the one that is kept.
    home.get_locks().send().await.unwrap();
    let [first, second] = [token(1), token(2)].map(|token| format!("Bearer {token}"));
    assert_eq!(bearers(&server), [first, second.clone(), second]);
    assert_eq!(server.token_requests().len(), 2);
}

#[tokio::test]
async fn the_second_refusal_is_returned_with_the_services_words() {
    let again = Answer::json(401, &json!({"error": "JsonWebTokenError", "errorDescription": "jwt malformed"}));
    let server = Server::one_by_one([Answer::expired(), again]).await;
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
async fn a_forbidden_call_is_not_made_again() {
    let forbidden = json!({"error": "Forbidden", "errorDescription": "The token is not for this lock holder"});
    let server = Server::one_by_one([Answer::json(403, &forbidden), locks()]).await;
    let home = home(&server);
    let error = home.get_locks().send().await.unwrap_err();
    assert_eq!((error.status().unwrap().as_u16(), error.attempts()), (403, 1));
    assert_eq!((server.requests().len(), server.token_requests().len()), (1, 1));
    // The token itself was fine and is kept.
    home.get_locks().send().await.unwrap();
    assert_eq!(server.token_requests().len(), 1);
}

#[tokio::test]
async fn if_no_fresh_token_can_be_had_the_first_refusal_is_returned() {
    let server = Server::one_by_one([Answer::expired(), locks()]).await;
    let mut asked = 0;
    server.on_token(move |_| {
        asked += 1;
        if asked == 1 { token_answer(&token(1)) } else { Answer::new(503, "") }
    });
    let error = home(&server).get_locks().send().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Service);
    assert_eq!((error.status().unwrap().as_u16(), error.attempts()), (401, 1));
    assert_eq!(error.description(), Some("JWT expired"));
    assert!(error.to_string().contains("no fresh token: getToken: the service answered 503"), "{error}");
    // It is only the next token that is missing, and nothing was done.
    assert_eq!((error.outcome(), error.is_retryable()), (Outcome::Rejected, true));
    assert_eq!((server.requests().len(), server.token_requests().len()), (1, 2));
}

#[tokio::test]
async fn a_body_is_sent_again_whole() {
    let key = json!({"key": {"toUser": {"id": PERSON}, "state": "creating"}});
    let server = Server::one_by_one([Answer::expired(), Answer::ok(&key)]).await;
    let body = CreateKeyRequest::builder().user_id(PERSON).end(None);
    home(&server).create_key().lock_id("door").body(body).send().await.unwrap();
    let requests = server.requests();
    assert_eq!(requests.len(), 2);
    assert_eq!(requests[0].json(), json!({"userId": PERSON, "end": null}));
    assert_eq!(requests[0].body, requests[1].body);
    assert_eq!((&requests[0].method, &requests[0].target), (&requests[1].method, &requests[1].target));
}

#[tokio::test]
async fn an_answer_to_the_second_try_that_cannot_be_read_counts_both() {
    let server = Server::one_by_one([Answer::expired(), Answer::new(200, "<html>")]).await;
    let error = home(&server).get_locks().send().await.unwrap_err();
    assert_eq!((error.kind(), error.attempts()), (ErrorKind::Decode, 2));
    assert_eq!(server.requests().len(), 2);
}

#[tokio::test]
async fn callers_whose_token_expires_together_share_one_fresh_token() {
    let server = Server::start(|request| match request.header("authorization") {
        Some(bearer) if bearer.ends_with(&token(1)) => Answer::expired(),
        _ => locks(),
    });
    let server = server.await;
    let home = home(&server);
    let all = futures_util::future::join_all((0..20).map(|_| home.get_locks().send())).await;
    assert!(all.iter().all(Result::is_ok));
    assert_eq!(server.token_requests().len(), 2);
}

#[tokio::test]
async fn a_wrong_secret_is_said_to_be_one_and_the_operation_is_never_sent() {
    let server = Server::always(locks()).await;
    let refusal = json!({"error": "invalid_client", "error_description": "Client authentication failed"});
    server.on_token(move |_| Answer::json(401, &refusal).header("x-request-id", "r-1"));
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
async fn a_token_endpoint_that_is_down_makes_any_operation_worth_another_try() {
    let server = Server::always(locks()).await;
    server.on_token(|_| Answer::new(503, "<html><title>503 Service Unavailable</title></html>"));
    let body = CreateKeyRequest::builder().user_id(PERSON);
    let error = home(&server).create_key().lock_id("door").body(body).send().await.unwrap_err();
    assert_eq!((error.kind(), error.outcome()), (ErrorKind::Token, Outcome::NotSent));
    assert_eq!(error.status().unwrap(), 503);
    // The key itself was never asked for, so no second one can come of it.
    assert!(error.is_retryable());
    assert!(server.requests().is_empty());
}

#[tokio::test]
async fn a_token_endpoint_that_hangs_up_leaves_no_doubt_about_the_operation() {
    let server = Server::always(locks()).await;
    server.on_token(|_| Answer::HangUp);
    let body = CreateKeyRequest::builder().user_id(PERSON);
    let error = home(&server).create_key().lock_id("door").body(body).send().await.unwrap_err();
    assert_eq!((error.kind(), error.outcome()), (ErrorKind::Connection, Outcome::NotSent));
    assert_eq!((error.attempts(), error.is_retryable()), (0, true));
    let text = error.to_string();
    assert!(text.starts_with("createKey: no access token: ") && !text.contains("may have acted"), "{text}");
    assert!(server.requests().is_empty());
}

#[tokio::test]
async fn a_token_answer_that_cannot_be_read_is_a_failure_to_get_a_token() {
    for answer in [Answer::ok(&json!({"token_type": "bearer"})), Answer::new(200, "<html>"), Answer::new(204, "")] {
        let server = Server::always(locks()).await;
        server.on_token(move |_| answer.clone());
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
async fn tokens_that_expire_between_two_calls_go_unnoticed() {
    let emulator = Emulator::start().await.unwrap();
    let unloc = emulator_unloc(&emulator, emulator.client_secret());
    let holders = unloc.get_lock_holders().send().await.unwrap();
    let home = unloc.lock_holder(&holders[0]).unwrap();
    let locks = home.get_locks().send().await.unwrap();
    emulator.expire_tokens();
    assert_eq!(home.get_locks().send().await.unwrap(), locks);
    emulator.expire_tokens();
    assert_eq!(unloc.get_lock_holders().send().await.unwrap(), holders);
    // Also where the call changes something, and exactly once.
    let keys = home.get_keys().send().await.unwrap().len();
    emulator.expire_tokens();
    let key = home.create_key().lock_id(&locks.items()[0].id).user_id("+447700900199").end(None).start(None);
    key.send().await.unwrap();
    assert_eq!(home.get_keys().send().await.unwrap().len(), keys + 1);
}

#[tokio::test]
async fn the_emulator_refuses_a_wrong_secret_as_the_service_does() {
    let emulator = Emulator::start().await.unwrap();
    let error = emulator_unloc(&emulator, SECRET).get_lock_holders().send().await.unwrap_err();
    assert_eq!((error.kind(), error.code()), (ErrorKind::Token, Some("invalid_client")));
    assert_eq!(error.status().unwrap(), 401);
}

#[tokio::test]
async fn an_oauth_error_is_one_whatever_status_it_comes_with() {
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
        let answer = Answer::json(status, &body);
        server.on_token(move |_| answer.clone());
        let error = home(&server).get_locks().send().await.unwrap_err();
        assert_eq!((error.kind(), error.outcome()), (ErrorKind::Token, Outcome::NotSent));
        assert_eq!((error.code(), error.description()), (Some(code), description), "{error}");
        assert_eq!((error.status().unwrap().as_u16(), error.is_retryable(), error.body()), (status, false, &[][..]));
        let hint = error.to_string().contains("check the client id and secret");
        assert_eq!(hint, code == "invalid_client", "{error}");
        assert!(server.requests().is_empty());
    }
    // One that passes is waited out, and a token beside an error is a token.
    let server = Server::always(locks()).await;
    server.on_token(|_| Answer::ok(&json!({"error": "temporarily_unavailable"})));
    assert!(home(&server).get_locks().send().await.unwrap_err().is_retryable());
    server.on_token(|_| Answer::ok(&json!({"access_token": token(1), "token_type": "bearer", "error": "none"})));
    home(&server).get_locks().send().await.unwrap();
}

#[tokio::test]
async fn credentials_are_sent_without_the_white_space_around_them() {
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
fn outside_of_tokio_a_call_fails_and_says_so_also_if_its_token_is_kept() {
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
        assert!(error.to_string().contains("no runtime of it is running here"), "{error}");
        let body = CreateKeyRequest::builder().user_id(PERSON);
        assert!(home.create_key().lock_id("door").body(body).send().now_or_never().unwrap().is_err());
    }
    // Back inside, all is as it was.
    runtime.block_on(home.get_locks().send()).unwrap();
    assert_eq!((server.requests().len(), server.token_requests().len()), (2, 1));
}
