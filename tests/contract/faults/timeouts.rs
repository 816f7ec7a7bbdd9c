//! Tests operation and attempt timeouts that leave no time for another attempt.

use std::time::Duration;

use unloc::ErrorKind::{Request, Service, Timeout};
use unloc::Outcome::{NotSent, Unknown};
use unloc::{RequestOptions, RetryPolicy, SystemClock};

use super::connection::never;
use super::{Failure, Scenario, assert_failed, locks};
use crate::support::Response;

fn within(seconds: u64) -> RequestOptions {
    RequestOptions::new().operation_timeout(Duration::from_secs(seconds))
}

#[tokio::test]
async fn the_operation_timeout_ends_an_attempt_before_its_attempt_timeout() {
    let scenario = Scenario::new([never(), locks("too late")]).await;
    let failure = Failure { kind: Timeout, outcome: Unknown, attempts: 1, status: None };
    let error = assert_failed(scenario.get_locks_with(within(50)).await, failure, "no complete response from http");
    let text = error.to_string();
    assert!(text.contains(" within 50 s (") && text.contains("the operation timeout of 50 s leaves no time"), "{text}");
    assert_eq!((scenario.counts(), scenario.clock.waits()), ((1, 1), vec![]));
}

#[tokio::test]
async fn the_second_attempt_gets_the_rest_of_the_operation_timeout() {
    let no_backoff = RetryPolicy::default().initial_backoff(Duration::ZERO).max_backoff(Duration::ZERO);
    let scenario = Scenario::new([never(), never(), locks("too late")]).await;
    let failure = Failure { kind: Timeout, outcome: Unknown, attempts: 2, status: None };
    let call = scenario.get_locks_with(within(150).retry(no_backoff)).await;
    let error = assert_failed(call, failure, "the operation timeout of 150 s leaves no time");
    assert!(error.to_string().contains(" within 50 s, sent 2 times"), "{error}");
    assert_eq!(scenario.counts(), (2, 1));
}

#[tokio::test]
async fn a_wait_longer_than_the_rest_of_the_operation_timeout_is_not_started() {
    let scenario = Scenario::new([Response::new(503, "").header("retry-after", "20"), locks("too late")]).await;
    let failure = Failure { kind: Service, outcome: Unknown, attempts: 1, status: Some(503) };
    let call = scenario.get_locks_with(within(20)).await;
    let error = assert_failed(call, failure, "not retried, since the operation timeout of 20 s leaves no time");
    assert_eq!(error.retry_after(), Some(Duration::from_secs(20)));
    assert_eq!((scenario.counts(), scenario.clock.waits()), ((1, 1), vec![]));
}

#[tokio::test]
async fn a_timeout_of_zero_is_refused_and_nothing_is_sent() {
    for (options, named) in [
        (within(0), "the operation timeout in the options is zero"),
        (RequestOptions::new().attempt_timeout(Duration::ZERO), "the attempt timeout in the options is zero"),
    ] {
        let scenario = Scenario::new([locks("too late")]).await;
        let failure = Failure { kind: Request, outcome: NotSent, attempts: 0, status: None };
        assert_failed(scenario.get_locks_with(options).await, failure, named);
        assert_eq!(scenario.counts(), (0, 0));
    }
}

#[tokio::test]
async fn the_largest_timeouts_are_accepted() {
    // With the system clock, whose timers must not overflow.
    let scenario = Scenario::with([Response::new(502, ""), locks("there")], |builder| builder.clock(SystemClock)).await;
    let no_backoff = RetryPolicy::default().initial_backoff(Duration::ZERO).max_backoff(Duration::ZERO);
    let options =
        RequestOptions::new().attempt_timeout(Duration::MAX).operation_timeout(Duration::MAX).retry(no_backoff);
    assert_eq!(scenario.get_locks_with(options).await.unwrap(), ["there"]);
    assert_eq!(scenario.counts(), (2, 1));
}
