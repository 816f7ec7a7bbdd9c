//! Tests refused connections, to ports where nothing listens or nothing listens yet.

use std::sync::Arc;
use std::time::Duration;

use unloc::ErrorKind::Connection;
use unloc::Outcome::NotSent;
use unloc::{RequestOptions, RetryPolicy, Scopes, Token, UnlocBuilder};

use super::{Failure, Scenario, assert_failed, key};
use crate::support::Server;

/// Returns a scenario whose server does not listen yet.
fn closed(change: impl FnOnce(UnlocBuilder) -> UnlocBuilder) -> Scenario {
    Scenario::at(Server::closed(|_| key()), change)
}

/// Adds a token source that needs no server, so that the operation's own connection is refused.
fn tokens_from_elsewhere(builder: UnlocBuilder) -> UnlocBuilder {
    builder.token_source(|_: Scopes| async { Ok(Token::new("EXAMPLE").expires_in(Duration::from_secs(3600))) })
}

const NOT_SENT: Failure = Failure { kind: Connection, outcome: NotSent, attempts: 0, status: None };

#[tokio::test]
async fn create_key_is_attempted_three_times_if_the_connection_is_refused() {
    let scenario = closed(tokens_from_elsewhere);
    let error = assert_failed(scenario.create_key().await, NOT_SENT, "createKey: no connection to http://127.0.0.1:");
    assert!(error.to_string().contains("check the base URL, the network"), "{error}");
    // Nothing was sent, so even createKey can be retried.
    assert!(error.is_retryable());
    assert_eq!((scenario.counts(), scenario.clock.waits()), ((0, 0), vec![125.0, 250.0]));
}

#[tokio::test]
async fn create_key_succeeds_once_the_server_listens() {
    let scenario = closed(tokens_from_elsewhere);
    let server = Arc::clone(&scenario.server);
    scenario.clock.on_wait(move || server.open());
    scenario.create_key().await.unwrap();
    assert_eq!((scenario.counts(), scenario.clock.waits()), ((1, 0), vec![125.0]));
}

#[tokio::test]
async fn create_key_is_not_retried_once_it_reached_the_server() {
    let scenario = Scenario::at(Server::closed(|_| crate::support::Response::new(503, "")), tokens_from_elsewhere);
    let server = Arc::clone(&scenario.server);
    scenario.clock.on_wait(move || server.open());
    let failure =
        Failure { kind: unloc::ErrorKind::Service, outcome: unloc::Outcome::Unknown, attempts: 1, status: Some(503) };
    assert_failed(scenario.create_key().await, failure, "the service responded with 503");
    assert_eq!((scenario.counts(), scenario.clock.waits()), ((1, 0), vec![125.0]));
}

#[tokio::test]
async fn a_refused_connection_to_the_token_endpoint_is_retried_as_well() {
    let scenario = closed(|builder| builder);
    let words = "createKey: no access token: no connection to http://127.0.0.1:";
    let error = assert_failed(scenario.create_key().await, NOT_SENT, words);
    assert!(error.is_retryable());
    // Each wait is the cache's pause before the next token request plus the call's own backoff.
    assert_eq!((scenario.counts(), scenario.clock.waits()), ((0, 0), vec![281.25 + 125.0, 562.5 + 250.0]));
}

#[tokio::test]
async fn create_key_succeeds_once_the_token_endpoint_listens() {
    let scenario = closed(|builder| builder);
    let server = Arc::clone(&scenario.server);
    scenario.clock.on_wait(move || server.open());
    scenario.create_key().await.unwrap();
    assert_eq!((scenario.counts(), scenario.clock.waits()), ((1, 1), vec![281.25 + 125.0]));
}

#[tokio::test]
async fn a_retry_after_a_refused_connection_takes_from_the_retry_budget() {
    let scenario = closed(|builder| tokens_from_elsewhere(builder).retry_budget(1));
    assert_failed(scenario.create_key().await, NOT_SENT, "since the retry budget for 127.0.0.1 is exhausted");
    assert_eq!((scenario.counts(), scenario.clock.waits()), ((0, 0), vec![125.0]));
}

#[tokio::test]
async fn a_refused_connection_fails_at_once_without_retries() {
    let once = RequestOptions::new().retry(RetryPolicy::never());
    let scenario = closed(|builder| tokens_from_elsewhere(builder).options(once));
    assert_failed(scenario.create_key().await, NOT_SENT, "no connection");
    assert_eq!((scenario.counts(), scenario.clock.waits()), ((0, 0), vec![]));
}
