//! Repeats that a client cannot afford.

use std::time::Duration;

use unloc::ErrorKind::{Connection, Service};
use unloc::Outcome::Unknown;

use super::{End, Stage, assert_failed, locks};
use crate::support::Answer;

const EMPTY: &str = "not retried, since the retry budget for 127.0.0.1 is empty";

fn busy() -> Answer {
    Answer::new(503, "")
}

#[tokio::test]
async fn without_a_budget_nothing_is_made_again() {
    let stage = Stage::with([busy(), locks("too late")], |builder| builder.retry_budget(0)).await;
    let end = End { kind: Service, outcome: Unknown, attempts: 1, status: Some(503) };
    assert_failed(stage.get_locks().await, end, EMPTY);
    assert_eq!((stage.seen(), stage.time.pauses()), ((1, 1), vec![]));
}

#[tokio::test]
async fn without_a_budget_the_error_says_both_what_broke_and_why_it_ended() {
    let stage = Stage::with([Answer::HangUp, locks("too late")], |builder| builder.retry_budget(0)).await;
    let end = End { kind: Connection, outcome: Unknown, attempts: 1, status: None };
    let error = assert_failed(stage.get_locks().await, end, EMPTY);
    assert!(error.to_string().contains("may have acted on it; "), "{error}");
    assert_eq!(stage.seen(), (1, 1));
}

#[tokio::test]
async fn a_budget_of_one_pays_for_one_repeat() {
    let stage = Stage::with([busy(), busy(), locks("too late")], |builder| builder.retry_budget(1)).await;
    let end = End { kind: Service, outcome: Unknown, attempts: 2, status: Some(503) };
    assert_failed(stage.get_locks().await, end, EMPTY);
    assert_eq!((stage.seen(), stage.time.pauses()), ((2, 1), vec![125.0]));
}

#[tokio::test]
async fn what_one_call_spends_another_does_not_have() {
    let answers = [busy(), locks("there"), busy(), locks("too late")];
    let stage = Stage::with(answers, |builder| builder.retry_budget(1)).await;
    assert_eq!(stage.get_locks().await.unwrap(), ["there"]);
    let end = End { kind: Service, outcome: Unknown, attempts: 1, status: Some(503) };
    assert_failed(stage.get_locks().await, end, EMPTY);
    assert_eq!(stage.seen(), (3, 1));
}

#[tokio::test]
async fn a_budget_comes_back_with_time() {
    let answers = [busy(), busy(), busy(), locks("there")];
    let stage = Stage::with(answers, |builder| builder.retry_budget(1)).await;
    stage.get_locks().await.unwrap_err();
    stage.time.pass(Duration::from_secs(10));
    assert_eq!(stage.get_locks().await.unwrap(), ["there"]);
    assert_eq!(stage.seen(), (4, 1));
}

#[tokio::test]
async fn a_budget_comes_back_with_success() {
    let good = (0..10).map(|_| locks("good"));
    let answers = [busy(), busy()].into_iter().chain(good).chain([busy(), locks("there")]);
    let stage = Stage::with(answers, |builder| builder.retry_budget(1)).await;
    stage.get_locks().await.unwrap_err();
    for _ in 0..10 {
        stage.get_locks().await.unwrap();
    }
    assert_eq!(stage.get_locks().await.unwrap(), ["there"]);
    assert_eq!(stage.seen(), (14, 1));
}

#[tokio::test]
async fn a_fresh_token_costs_nothing() {
    let stage = Stage::with([Answer::expired(), locks("there")], |builder| builder.retry_budget(0)).await;
    assert_eq!(stage.get_locks().await.unwrap(), ["there"]);
    assert_eq!((stage.seen(), stage.time.pauses()), ((2, 2), vec![]));
}

#[tokio::test]
async fn waiting_for_a_token_costs_nothing() {
    let stage = Stage::with([locks("there")], |builder| builder.retry_budget(0)).await.tokens([busy()]);
    assert_eq!(stage.get_locks().await.unwrap(), ["there"]);
    assert_eq!(stage.seen(), (1, 2));
}
