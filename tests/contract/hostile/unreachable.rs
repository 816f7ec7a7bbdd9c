//! Addresses where nobody listens, or nobody yet.

use std::sync::Arc;
use std::time::Duration;

use unloc::ErrorKind::Connection;
use unloc::Outcome::NotSent;
use unloc::{RequestOptions, RetryPolicy, Scopes, Token, UnlocBuilder};

use super::{End, Stage, assert_failed, key};
use crate::support::Server;

/// A stage on whose port nobody listens yet.
fn closed(change: impl FnOnce(UnlocBuilder) -> UnlocBuilder) -> Stage {
    Stage::at(Server::closed(|_| key()), change)
}

/// With tokens from elsewhere, so that it is the operation itself that does not arrive.
fn tokens_from_elsewhere(builder: UnlocBuilder) -> UnlocBuilder {
    builder.token_source(|_: Scopes| async { Ok(Token::new("EXAMPLE").expires_in(Duration::from_secs(3600))) })
}

const NOT_SENT: End = End { kind: Connection, outcome: NotSent, attempts: 0, status: None };

#[tokio::test]
async fn a_key_that_finds_nobody_is_tried_three_times_and_was_never_sent() {
    let stage = closed(tokens_from_elsewhere);
    let error = assert_failed(stage.create_key().await, NOT_SENT, "createKey: no connection to http://127.0.0.1:");
    assert!(error.to_string().contains("check the address, the network"), "{error}");
    // So even a key may be asked for again.
    assert!(error.is_retryable());
    assert_eq!((stage.seen(), stage.time.pauses()), ((0, 0), vec![125.0, 250.0]));
}

#[tokio::test]
async fn a_key_is_made_once_somebody_listens() {
    let stage = closed(tokens_from_elsewhere);
    let server = Arc::clone(&stage.server);
    stage.time.on_pause(move || server.open());
    stage.create_key().await.unwrap();
    assert_eq!((stage.seen(), stage.time.pauses()), ((1, 0), vec![125.0]));
}

#[tokio::test]
async fn a_key_that_arrived_after_all_is_not_asked_for_again() {
    let stage = Stage::at(Server::closed(|_| crate::support::Answer::new(503, "")), tokens_from_elsewhere);
    let server = Arc::clone(&stage.server);
    stage.time.on_pause(move || server.open());
    let end = End { kind: unloc::ErrorKind::Service, outcome: unloc::Outcome::Unknown, attempts: 1, status: Some(503) };
    assert_failed(stage.create_key().await, end, "the service answered 503");
    assert_eq!((stage.seen(), stage.time.pauses()), ((1, 0), vec![125.0]));
}

#[tokio::test]
async fn where_nobody_listens_there_is_no_token_either() {
    let stage = closed(|builder| builder);
    let words = "createKey: no access token: no connection to http://127.0.0.1:";
    let error = assert_failed(stage.create_key().await, NOT_SENT, words);
    assert!(error.is_retryable());
    // The pause before the next request for a token, and the call's own behind it.
    assert_eq!((stage.seen(), stage.time.pauses()), ((0, 0), vec![281.25 + 125.0, 562.5 + 250.0]));
}

#[tokio::test]
async fn a_key_is_made_once_somebody_listens_who_has_a_token() {
    let stage = closed(|builder| builder);
    let server = Arc::clone(&stage.server);
    stage.time.on_pause(move || server.open());
    stage.create_key().await.unwrap();
    assert_eq!((stage.seen(), stage.time.pauses()), ((1, 1), vec![281.25 + 125.0]));
}

#[tokio::test]
async fn a_connection_that_was_refused_costs_a_repeat() {
    let stage = closed(|builder| tokens_from_elsewhere(builder).retry_budget(1));
    assert_failed(stage.create_key().await, NOT_SENT, "since the retry budget for 127.0.0.1 is empty");
    assert_eq!((stage.seen(), stage.time.pauses()), ((0, 0), vec![125.0]));
}

#[tokio::test]
async fn who_wants_no_repeats_is_told_at_once() {
    let once = RequestOptions::new().retry(RetryPolicy::never());
    let stage = closed(|builder| tokens_from_elsewhere(builder).options(once));
    assert_failed(stage.create_key().await, NOT_SENT, "no connection");
    assert_eq!((stage.seen(), stage.time.pauses()), ((0, 0), vec![]));
}
