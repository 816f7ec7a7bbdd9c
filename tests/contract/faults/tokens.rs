//! Tests failures of the token endpoint, and tokens that the service refuses.

use std::time::Duration;

use unloc::ErrorKind::{Connection, Service, Timeout, Token};
use unloc::Outcome::{NotSent, Rejected, Unknown};
use unloc::RequestOptions;

use super::connection::{never, raw, reset, then_silence};
use super::{Failure, Scenario, assert_failed, key, locks};
use crate::support::Response;

/// Is the wait after the first failure, in milliseconds: the cache's pause plus the call's own backoff.
const FIRST: f64 = 281.25 + 125.0;
/// Is the wait after the second failure.
const SECOND: f64 = 562.5 + 250.0;

fn busy() -> Response {
    Response::new(503, "")
}

#[tokio::test]
async fn a_transient_failure_of_the_token_endpoint_is_retried() {
    for failure in [busy(), Response::new(500, "<html>"), Response::HangUp, reset(), raw("garbage\r\n\r\n")] {
        let scenario = Scenario::new([key()]).await.tokens([failure.clone()]);
        scenario.create_key().await.unwrap_or_else(|error| panic!("{failure:?}: {error}"));
        assert_eq!((scenario.counts(), scenario.clock.waits()), ((1, 2), vec![FIRST]), "{failure:?}");
    }
}

#[tokio::test]
async fn a_timeout_of_the_token_endpoint_is_retried() {
    for silence in [never(), then_silence("HTTP/1.1 200 O")] {
        let scenario = Scenario::new([key()]).await.tokens([silence]);
        scenario.create_key().await.unwrap();
        assert_eq!((scenario.counts(), scenario.clock.waits()), ((1, 2), vec![FIRST]));
    }
}

#[tokio::test]
async fn a_call_fails_unsent_after_three_failed_token_requests() {
    let scenario = Scenario::new([key()]).await.tokens([busy(), busy(), busy()]);
    let failure = Failure { kind: Token, outcome: NotSent, attempts: 0, status: Some(503) };
    let error = assert_failed(
        scenario.create_key().await,
        failure,
        "createKey: no access token: the service responded with 503",
    );
    assert!(error.is_retryable());
    assert_eq!((scenario.counts(), scenario.clock.waits()), ((0, 3), vec![FIRST, SECOND]));
}

#[tokio::test]
async fn a_token_request_has_a_timeout_of_its_own() {
    let scenario = Scenario::new([key()]).await.tokens([never(), never(), never()]);
    let failure = Failure { kind: Timeout, outcome: NotSent, attempts: 0, status: None };
    let error = assert_failed(
        scenario.create_key().await,
        failure,
        "createKey: no access token: no complete response from http",
    );
    assert!(error.to_string().contains(" within 10 s") && !error.to_string().contains("may have processed"), "{error}");
    assert_eq!((scenario.counts(), scenario.clock.waits()), ((0, 3), vec![FIRST, SECOND]));
}

#[tokio::test]
async fn a_truncated_token_response_leaves_the_operation_unsent() {
    let half = || raw("HTTP/1.1 200 OK\r\ncontent-length: 500\r\n\r\n{");
    let scenario = Scenario::new([key()]).await.tokens([half(), half(), half()]);
    let failure = Failure { kind: Connection, outcome: NotSent, attempts: 0, status: Some(200) };
    let error = assert_failed(
        scenario.create_key().await,
        failure,
        "createKey: no access token: the service responded with 200",
    );
    assert!(!error.to_string().contains("carried out"), "{error}");
    assert_eq!(scenario.counts(), (0, 3));
}

#[tokio::test]
async fn the_operation_timeout_includes_the_wait_for_a_token() {
    let scenario = Scenario::new([key()]).await.tokens([never()]);
    let body = unloc::types::CreateKeyRequest::builder().user_id(crate::operations::PERSON);
    let options = RequestOptions::new().operation_timeout(Duration::from_secs(9));
    let call = scenario.home.create_key().lock_id("door").body(body).options(options).send().await;
    let failure = Failure { kind: Timeout, outcome: NotSent, attempts: 0, status: None };
    assert_failed(call, failure, "createKey: no access token: none within the operation timeout of 9 s");
    assert_eq!((scenario.counts(), scenario.clock.waits()), ((0, 1), vec![]));
}

#[tokio::test]
async fn retry_after_of_the_token_endpoint_is_honoured() {
    let patience = Response::new(429, "").header("retry-after", "7");
    let scenario = Scenario::new([key()]).await.tokens([patience]);
    scenario.create_key().await.unwrap();
    assert_eq!((scenario.counts(), scenario.clock.waits()), ((1, 2), vec![7_125.0]));
}

#[tokio::test]
async fn a_retry_after_of_an_hour_at_the_token_endpoint_fails_the_call() {
    let patience = Response::new(503, "").header("retry-after", "3600");
    let scenario = Scenario::new([key()]).await.tokens([patience]);
    let failure = Failure { kind: Token, outcome: NotSent, attempts: 0, status: Some(503) };
    let error = assert_failed(scenario.create_key().await, failure, "wait for longer than the retry policy allows");
    // The cache pauses token requests for ten minutes at most, whatever `Retry-After` says.
    assert_eq!(error.retry_after(), Some(Duration::from_secs(600)));
    assert_eq!((scenario.counts(), scenario.clock.waits()), ((0, 1), vec![]));
}

#[tokio::test]
async fn wrong_credentials_are_not_retried() {
    for status in [400, 401, 403] {
        let scenario = Scenario::new([key()]).await.tokens([Response::new(status, r#"{"error":"invalid_client"}"#)]);
        let failure = Failure { kind: Token, outcome: NotSent, attempts: 0, status: Some(status) };
        let error = assert_failed(scenario.create_key().await, failure, "invalid_client");
        assert!(!error.is_retryable(), "{error}");
        assert_eq!((scenario.counts(), scenario.clock.waits()), ((0, 1), vec![]));
    }
}

#[tokio::test]
async fn get_locks_fails_with_the_second_401() {
    let scenario = Scenario::new([Response::expired(), Response::expired(), locks("too late")]).await;
    let failure = Failure { kind: Service, outcome: Rejected, attempts: 2, status: Some(401) };
    let error = assert_failed(scenario.get_locks().await, failure, "a fresh token was refused as well");
    assert_eq!(error.description(), Some("JWT expired"));
    assert_eq!((scenario.counts(), scenario.clock.waits()), ((2, 2), vec![]));
}

#[tokio::test]
async fn create_key_is_retried_with_a_fresh_token_after_a_401() {
    let scenario = Scenario::new([Response::expired(), key()]).await;
    scenario.create_key().await.unwrap();
    let requests = scenario.server.requests();
    assert_eq!(requests[0].body, requests[1].body);
    assert_ne!(requests[0].header("authorization"), requests[1].header("authorization"));
    assert_eq!((scenario.counts(), scenario.clock.waits()), ((2, 2), vec![]));
}

#[tokio::test]
async fn a_401_does_not_count_against_the_maximum_of_attempts() {
    let scenario = Scenario::new([Response::expired(), busy(), busy(), locks("there")]).await;
    assert_eq!(scenario.get_locks().await.unwrap(), ["there"]);
    assert_eq!((scenario.counts(), scenario.clock.waits()), ((4, 2), vec![125.0, 250.0]));
}

#[tokio::test]
async fn a_token_is_replaced_once_per_call() {
    let scenario = Scenario::new([Response::expired(), busy(), Response::expired(), locks("too late")]).await;
    let failure = Failure { kind: Service, outcome: Unknown, attempts: 3, status: Some(401) };
    assert_failed(scenario.get_locks().await, failure, "a fresh token was refused as well");
    assert_eq!((scenario.counts(), scenario.clock.waits()), ((3, 2), vec![125.0]));
}

#[tokio::test]
async fn create_key_waits_for_a_fresh_token_after_a_401() {
    let first = || crate::support::token_response(&crate::support::token(1));
    for failure in [busy(), Response::new(500, "<html>"), Response::HangUp, reset()] {
        let scenario = Scenario::new([Response::expired(), key()]).await.tokens([first(), failure.clone()]);
        scenario.create_key().await.unwrap_or_else(|error| panic!("{failure:?}: {error}"));
        assert_eq!((scenario.counts(), scenario.clock.waits()), ((2, 3), vec![FIRST]), "{failure:?}");
    }
}

#[tokio::test]
async fn create_key_is_retryable_if_no_fresh_token_is_available_after_a_401() {
    let first = crate::support::token_response(&crate::support::token(1));
    let scenario = Scenario::new([Response::expired(), key()]).await.tokens([first, busy(), busy(), busy()]);
    let failure = Failure { kind: Service, outcome: Rejected, attempts: 1, status: Some(401) };
    let error =
        assert_failed(scenario.create_key().await, failure, "no fresh token: getToken: the service responded with 503");
    assert!(error.is_retryable() && error.retry_after().is_some(), "{error}");
    assert_eq!((scenario.counts(), scenario.clock.waits()), ((1, 4), vec![FIRST, SECOND]));
}
