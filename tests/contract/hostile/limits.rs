//! Deadlines that leave no time for another attempt.

use std::time::Duration;

use unloc::ErrorKind::{Request, Service, Timeout};
use unloc::Outcome::{NotSent, Unknown};
use unloc::{RequestOptions, RetryPolicy, SystemClock};

use super::wire::never;
use super::{End, Stage, assert_failed, locks};
use crate::support::Answer;

fn within(seconds: u64) -> RequestOptions {
    RequestOptions::new().operation_timeout(Duration::from_secs(seconds))
}

#[tokio::test]
async fn the_operation_timeout_ends_an_attempt_that_would_have_more_time() {
    let stage = Stage::new([never(), locks("too late")]).await;
    let end = End { kind: Timeout, outcome: Unknown, attempts: 1, status: None };
    let error = assert_failed(stage.get_locks_with(within(50)).await, end, "no answer in time");
    let text = error.to_string();
    assert!(text.contains(": 50 s (") && text.contains("the operation timeout of 50 s leaves no time"), "{text}");
    assert_eq!((stage.seen(), stage.time.pauses()), ((1, 1), vec![]));
}

#[tokio::test]
async fn the_second_attempt_has_what_the_first_left_of_the_operation_timeout() {
    let at_once = RetryPolicy::default().initial_backoff(Duration::ZERO).max_backoff(Duration::ZERO);
    let stage = Stage::new([never(), never(), locks("too late")]).await;
    let end = End { kind: Timeout, outcome: Unknown, attempts: 2, status: None };
    let call = stage.get_locks_with(within(150).retry(at_once)).await;
    let error = assert_failed(call, end, "the operation timeout of 150 s leaves no time");
    assert!(error.to_string().contains(": 50 s, sent 2 times"), "{error}");
    assert_eq!(stage.seen(), (2, 1));
}

#[tokio::test]
async fn a_wait_that_the_operation_timeout_does_not_leave_is_not_begun() {
    let stage = Stage::new([Answer::new(503, "").header("retry-after", "20"), locks("too late")]).await;
    let end = End { kind: Service, outcome: Unknown, attempts: 1, status: Some(503) };
    let call = stage.get_locks_with(within(20)).await;
    let error = assert_failed(call, end, "not retried, since the operation timeout of 20 s leaves no time");
    assert_eq!(error.retry_after(), Some(Duration::from_secs(20)));
    assert_eq!((stage.seen(), stage.time.pauses()), ((1, 1), vec![]));
}

#[tokio::test]
async fn limits_that_leave_no_time_at_all_are_named_and_nothing_is_sent() {
    for (options, named) in [
        (within(0), "the operation timeout in the options is zero"),
        (RequestOptions::new().attempt_timeout(Duration::ZERO), "the attempt timeout in the options is zero"),
    ] {
        let stage = Stage::new([locks("too late")]).await;
        let end = End { kind: Request, outcome: NotSent, attempts: 0, status: None };
        assert_failed(stage.get_locks_with(options).await, end, named);
        assert_eq!(stage.seen(), (0, 0));
    }
}

#[tokio::test]
async fn a_call_may_have_all_the_time_there_is() {
    // By the machine's own clock, which must be able to wait so long.
    let stage = Stage::with([Answer::new(502, ""), locks("there")], |builder| builder.clock(SystemClock)).await;
    let at_once = RetryPolicy::default().initial_backoff(Duration::ZERO).max_backoff(Duration::ZERO);
    let options = RequestOptions::new().attempt_timeout(Duration::MAX).operation_timeout(Duration::MAX).retry(at_once);
    assert_eq!(stage.get_locks_with(options).await.unwrap(), ["there"]);
    assert_eq!(stage.seen(), (2, 1));
}
