//! Token endpoints that fail, and tokens that are refused.

use std::time::Duration;

use unloc::ErrorKind::{Connection, Service, Timeout, Token};
use unloc::Outcome::{NotSent, Rejected, Unknown};
use unloc::RequestOptions;

use super::wire::{never, raw, reset, then_silence};
use super::{End, Stage, assert_failed, key, locks};
use crate::support::Answer;

/// The pause that the cache keeps after a first failure, and the call's own behind it.
const FIRST: f64 = 281.25 + 125.0;
const SECOND: f64 = 562.5 + 250.0;

fn busy() -> Answer {
    Answer::new(503, "")
}

#[tokio::test]
async fn a_token_endpoint_that_fails_for_a_moment_goes_unnoticed() {
    for failure in [busy(), Answer::new(500, "<html>"), Answer::HangUp, reset(), raw("garbage\r\n\r\n")] {
        let stage = Stage::new([key()]).await.tokens([failure.clone()]);
        stage.create_key().await.unwrap_or_else(|error| panic!("{failure:?}: {error}"));
        assert_eq!((stage.seen(), stage.time.pauses()), ((1, 2), vec![FIRST]), "{failure:?}");
    }
}

#[tokio::test]
async fn a_token_endpoint_that_is_silent_once_goes_unnoticed() {
    for silence in [never(), then_silence("HTTP/1.1 200 O")] {
        let stage = Stage::new([key()]).await.tokens([silence]);
        stage.create_key().await.unwrap();
        assert_eq!((stage.seen(), stage.time.pauses()), ((1, 2), vec![FIRST]));
    }
}

#[tokio::test]
async fn a_token_endpoint_that_keeps_failing_ends_the_call_before_the_operation_is_sent() {
    let stage = Stage::new([key()]).await.tokens([busy(), busy(), busy()]);
    let end = End { kind: Token, outcome: NotSent, attempts: 0, status: Some(503) };
    let error = assert_failed(stage.create_key().await, end, "createKey: no access token: the service answered 503");
    assert!(error.is_retryable());
    assert_eq!((stage.seen(), stage.time.pauses()), ((0, 3), vec![FIRST, SECOND]));
}

#[tokio::test]
async fn a_token_endpoint_that_never_answers_is_waited_for_by_its_own_measure() {
    let stage = Stage::new([key()]).await.tokens([never(), never(), never()]);
    let end = End { kind: Timeout, outcome: NotSent, attempts: 0, status: None };
    let error = assert_failed(stage.create_key().await, end, "createKey: no access token: no answer in time");
    assert!(error.to_string().contains(": 10 s") && !error.to_string().contains("may have acted"), "{error}");
    assert_eq!((stage.seen(), stage.time.pauses()), ((0, 3), vec![FIRST, SECOND]));
}

#[tokio::test]
async fn a_token_that_breaks_off_says_nothing_about_the_operation() {
    let half = || raw("HTTP/1.1 200 OK\r\ncontent-length: 500\r\n\r\n{");
    let stage = Stage::new([key()]).await.tokens([half(), half(), half()]);
    let end = End { kind: Connection, outcome: NotSent, attempts: 0, status: Some(200) };
    let error = assert_failed(stage.create_key().await, end, "createKey: no access token: the service answered 200");
    assert!(!error.to_string().contains("carried out"), "{error}");
    assert_eq!(stage.seen(), (0, 3));
}

#[tokio::test]
async fn the_operation_timeout_ends_the_wait_for_a_token() {
    let stage = Stage::new([key()]).await.tokens([never()]);
    let body = unloc::types::CreateKeyRequest::builder().user_id(crate::operations::PERSON);
    let options = RequestOptions::new().operation_timeout(Duration::from_secs(9));
    let call = stage.home.create_key().lock_id("door").body(body).options(options).send().await;
    let end = End { kind: Timeout, outcome: NotSent, attempts: 0, status: None };
    assert_failed(call, end, "createKey: no access token: none within the operation timeout of 9 s");
    assert_eq!((stage.seen(), stage.time.pauses()), ((0, 1), vec![]));
}

#[tokio::test]
async fn a_token_endpoint_that_asks_for_patience_gets_it() {
    let patience = Answer::new(429, "").header("retry-after", "7");
    let stage = Stage::new([key()]).await.tokens([patience]);
    stage.create_key().await.unwrap();
    assert_eq!((stage.seen(), stage.time.pauses()), ((1, 2), vec![7_125.0]));
}

#[tokio::test]
async fn a_token_endpoint_that_asks_for_too_much_patience_ends_the_call() {
    let patience = Answer::new(503, "").header("retry-after", "3600");
    let stage = Stage::new([key()]).await.tokens([patience]);
    let end = End { kind: Token, outcome: NotSent, attempts: 0, status: Some(503) };
    let error = assert_failed(stage.create_key().await, end, "wait for longer than the retry policy allows");
    // How long nothing is asked for: the cache does not believe in an hour.
    assert_eq!(error.retry_after(), Some(Duration::from_secs(600)));
    assert_eq!((stage.seen(), stage.time.pauses()), ((0, 1), vec![]));
}

#[tokio::test]
async fn wrong_credentials_are_not_tried_again() {
    for status in [400, 401, 403] {
        let stage = Stage::new([key()]).await.tokens([Answer::new(status, r#"{"error":"invalid_client"}"#)]);
        let end = End { kind: Token, outcome: NotSent, attempts: 0, status: Some(status) };
        let error = assert_failed(stage.create_key().await, end, "invalid_client");
        assert!(!error.is_retryable(), "{error}");
        assert_eq!((stage.seen(), stage.time.pauses()), ((0, 1), vec![]));
    }
}

#[tokio::test]
async fn a_list_whose_token_is_refused_once_is_made_with_a_fresh_one() {
    let stage = Stage::new([Answer::expired(), locks("there")]).await;
    assert_eq!(stage.get_locks().await.unwrap(), ["there"]);
    assert_eq!((stage.seen(), stage.time.pauses()), ((2, 2), vec![]));
}

#[tokio::test]
async fn a_list_whose_fresh_token_is_refused_as_well_fails_as_it_is() {
    let stage = Stage::new([Answer::expired(), Answer::expired(), locks("too late")]).await;
    let end = End { kind: Service, outcome: Rejected, attempts: 2, status: Some(401) };
    let error = assert_failed(stage.get_locks().await, end, "a fresh token was refused as well");
    assert_eq!(error.description(), Some("JWT expired"));
    assert_eq!((stage.seen(), stage.time.pauses()), ((2, 2), vec![]));
}

#[tokio::test]
async fn a_key_whose_token_is_refused_was_not_made_and_is_asked_for_with_a_fresh_one() {
    let stage = Stage::new([Answer::expired(), key()]).await;
    stage.create_key().await.unwrap();
    let requests = stage.server.requests();
    assert_eq!(requests[0].body, requests[1].body);
    assert_ne!(requests[0].header("authorization"), requests[1].header("authorization"));
    assert_eq!((stage.seen(), stage.time.pauses()), ((2, 2), vec![]));
}

#[tokio::test]
async fn a_key_that_fails_with_its_fresh_token_is_not_asked_for_a_third_time() {
    let stage = Stage::new([Answer::expired(), busy(), key()]).await;
    let end = End { kind: Service, outcome: Unknown, attempts: 2, status: Some(503) };
    assert_failed(stage.create_key().await, end, "the service answered 503 Service Unavailable, sent 2 times");
    assert_eq!((stage.seen(), stage.time.pauses()), ((2, 2), vec![]));
}

#[tokio::test]
async fn a_key_whose_connection_breaks_with_its_fresh_token_is_left_open() {
    let stage = Stage::new([Answer::expired(), reset(), key()]).await;
    let end = End { kind: Connection, outcome: Unknown, attempts: 2, status: None };
    assert_failed(stage.create_key().await, end, "may have acted on it");
    assert_eq!((stage.seen(), stage.time.pauses()), ((2, 2), vec![]));
}

#[tokio::test]
async fn a_refused_token_is_no_attempt_of_a_list() {
    let stage = Stage::new([Answer::expired(), busy(), busy(), locks("there")]).await;
    assert_eq!(stage.get_locks().await.unwrap(), ["there"]);
    assert_eq!((stage.seen(), stage.time.pauses()), ((4, 2), vec![125.0, 250.0]));
}

#[tokio::test]
async fn a_token_is_replaced_once_a_call_however_the_attempts_end() {
    let stage = Stage::new([Answer::expired(), busy(), Answer::expired(), locks("too late")]).await;
    let end = End { kind: Service, outcome: Unknown, attempts: 3, status: Some(401) };
    assert_failed(stage.get_locks().await, end, "a fresh token was refused as well");
    assert_eq!((stage.seen(), stage.time.pauses()), ((3, 2), vec![125.0]));
}

#[tokio::test]
async fn a_key_whose_token_is_refused_waits_for_the_next_one_as_a_key_without_a_token_does() {
    let first = || crate::support::token_answer(&crate::support::token(1));
    for failure in [busy(), Answer::new(500, "<html>"), Answer::HangUp, reset()] {
        let stage = Stage::new([Answer::expired(), key()]).await.tokens([first(), failure.clone()]);
        stage.create_key().await.unwrap_or_else(|error| panic!("{failure:?}: {error}"));
        assert_eq!((stage.seen(), stage.time.pauses()), ((2, 3), vec![FIRST]), "{failure:?}");
    }
}

#[tokio::test]
async fn a_key_whose_token_is_refused_and_that_gets_no_other_can_be_asked_for_later() {
    let first = crate::support::token_answer(&crate::support::token(1));
    let stage = Stage::new([Answer::expired(), key()]).await.tokens([first, busy(), busy(), busy()]);
    let end = End { kind: Service, outcome: Rejected, attempts: 1, status: Some(401) };
    let error = assert_failed(stage.create_key().await, end, "no fresh token: getToken: the service answered 503");
    assert!(error.is_retryable() && error.retry_after().is_some(), "{error}");
    assert_eq!((stage.seen(), stage.time.pauses()), ((1, 4), vec![FIRST, SECOND]));
}

#[tokio::test]
async fn a_key_whose_token_is_refused_with_credentials_that_are_refused_as_well_fails_as_it_is() {
    let first = crate::support::token_answer(&crate::support::token(1));
    let wrong = Answer::new(401, r#"{"error":"invalid_client"}"#);
    let stage = Stage::new([Answer::expired(), key()]).await.tokens([first, wrong]);
    let end = End { kind: Service, outcome: Rejected, attempts: 1, status: Some(401) };
    let error = assert_failed(stage.create_key().await, end, "no fresh token: getToken: the service answered 401");
    assert!(!error.is_retryable(), "{error}");
    assert_eq!((stage.seen(), stage.time.pauses()), ((1, 2), vec![]));
}
