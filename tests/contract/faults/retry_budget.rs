//! Tests the retry budget of a client.

use std::time::Duration;

use unloc::ErrorKind::{Connection, Service};
use unloc::Outcome::Unknown;

use super::{Failure, Scenario, assert_failed, locks};
use crate::support::Response;

const EMPTY: &str = "not retried, since the retry budget for 127.0.0.1 is exhausted";

fn busy() -> Response {
    Response::new(503, "")
}

#[tokio::test]
async fn nothing_is_retried_with_an_empty_budget() {
    let scenario = Scenario::with([busy(), locks("too late")], |builder| builder.retry_budget(0)).await;
    let failure = Failure { kind: Service, outcome: Unknown, attempts: 1, status: Some(503) };
    assert_failed(scenario.get_locks().await, failure, EMPTY);
    assert_eq!((scenario.counts(), scenario.clock.waits()), ((1, 1), vec![]));
}

#[tokio::test]
async fn the_error_reports_the_failure_and_the_empty_budget() {
    let scenario = Scenario::with([Response::HangUp, locks("too late")], |builder| builder.retry_budget(0)).await;
    let failure = Failure { kind: Connection, outcome: Unknown, attempts: 1, status: None };
    let error = assert_failed(scenario.get_locks().await, failure, EMPTY);
    assert!(error.to_string().contains("may have processed the request; "), "{error}");
    assert_eq!(scenario.counts(), (1, 1));
}

#[tokio::test]
async fn a_budget_of_one_allows_one_retry() {
    let scenario = Scenario::with([busy(), busy(), locks("too late")], |builder| builder.retry_budget(1)).await;
    let failure = Failure { kind: Service, outcome: Unknown, attempts: 2, status: Some(503) };
    assert_failed(scenario.get_locks().await, failure, EMPTY);
    assert_eq!((scenario.counts(), scenario.clock.waits()), ((2, 1), vec![125.0]));
}

#[tokio::test]
async fn calls_share_the_budget() {
    let responses = [busy(), locks("there"), busy(), locks("too late")];
    let scenario = Scenario::with(responses, |builder| builder.retry_budget(1)).await;
    assert_eq!(scenario.get_locks().await.unwrap(), ["there"]);
    let failure = Failure { kind: Service, outcome: Unknown, attempts: 1, status: Some(503) };
    assert_failed(scenario.get_locks().await, failure, EMPTY);
    assert_eq!(scenario.counts(), (3, 1));
}

#[tokio::test]
async fn the_budget_refills_over_time() {
    let responses = [busy(), busy(), busy(), locks("there")];
    let scenario = Scenario::with(responses, |builder| builder.retry_budget(1)).await;
    scenario.get_locks().await.unwrap_err();
    scenario.clock.advance(Duration::from_secs(10));
    assert_eq!(scenario.get_locks().await.unwrap(), ["there"]);
    assert_eq!(scenario.counts(), (4, 1));
}

#[tokio::test]
async fn the_budget_refills_with_successful_calls() {
    let good = (0..10).map(|_| locks("good"));
    let responses = [busy(), busy()].into_iter().chain(good).chain([busy(), locks("there")]);
    let scenario = Scenario::with(responses, |builder| builder.retry_budget(1)).await;
    scenario.get_locks().await.unwrap_err();
    for _ in 0..10 {
        scenario.get_locks().await.unwrap();
    }
    assert_eq!(scenario.get_locks().await.unwrap(), ["there"]);
    assert_eq!(scenario.counts(), (14, 1));
}
