//! Tests transient and permanent statuses, and the waits that `Retry-After` asks for.

use std::time::Duration;

use unloc::ErrorKind::Service;
use unloc::Outcome::{Rejected, Unknown};
use unloc::{RequestOptions, RetryPolicy};

use super::{Failure, Scenario, assert_failed, key, locks};
use crate::support::Response;

fn status(status: u16) -> Response {
    Response::new(status, "")
}

fn after(status: u16, retry_after: &str) -> Response {
    Response::new(status, "").header("retry-after", retry_after)
}

const YEAR: Duration = Duration::from_secs(31_536_000);

#[tokio::test]
async fn get_locks_is_retried_after_each_transient_status() {
    for transient in [408, 425, 429, 500, 502, 503, 504] {
        let scenario = Scenario::new([status(transient), locks("there")]).await;
        assert_eq!(scenario.get_locks().await.unwrap(), ["there"], "{transient}");
        assert_eq!((scenario.counts(), scenario.clock.waits()), ((2, 1), vec![125.0]), "{transient}");
    }
}

#[tokio::test]
async fn get_locks_fails_after_three_attempts() {
    let scenario = Scenario::new([status(500), status(503), status(504), locks("too late")]).await;
    let failure = Failure { kind: Service, outcome: Unknown, attempts: 3, status: Some(504) };
    let error = assert_failed(scenario.get_locks().await, failure, "responded with 504 Gateway Timeout, sent 3 times");
    assert!(error.is_retryable());
    assert_eq!((scenario.counts(), scenario.clock.waits()), ((3, 1), vec![125.0, 250.0]));
}

#[tokio::test]
async fn get_locks_succeeds_at_the_third_attempt() {
    let scenario = Scenario::new([status(502), status(429), locks("there")]).await;
    assert_eq!(scenario.get_locks().await.unwrap(), ["there"]);
    assert_eq!((scenario.counts(), scenario.clock.waits()), ((3, 1), vec![125.0, 250.0]));
}

#[tokio::test]
async fn create_key_is_rejected_and_not_retried_after_425_and_429() {
    for refused in [425, 429] {
        let scenario = Scenario::new([status(refused), key()]).await;
        let failure = Failure { kind: Service, outcome: Rejected, attempts: 1, status: Some(refused) };
        let error = assert_failed(scenario.create_key().await, failure, "createKey: the service responded with");
        // The call was rejected, so the caller may retry it.
        assert!(error.is_retryable(), "{error}");
        assert_eq!((scenario.counts(), scenario.clock.waits()), ((1, 1), vec![]), "{refused}");
    }
}

#[tokio::test]
async fn create_key_has_unknown_outcome_and_is_not_retried_after_a_server_error() {
    // Some gateways send 408 if the service is slow. Statuses above 599 are not defined and count as server errors.
    for failed in [408, 500, 502, 503, 504, 600, 999] {
        let scenario = Scenario::new([status(failed), key()]).await;
        let failure = Failure { kind: Service, outcome: Unknown, attempts: 1, status: Some(failed) };
        let error = assert_failed(scenario.create_key().await, failure, "createKey: the service responded with");
        assert!(!error.is_retryable() && error.to_string().contains("may have processed"), "{error}");
        assert_eq!((scenario.counts(), scenario.clock.waits()), ((1, 1), vec![]), "{failed}");
    }
}

#[tokio::test]
async fn get_locks_is_not_retried_after_a_permanent_status() {
    for (permanent, outcome) in [
        (400, Rejected),
        (402, Rejected),
        (403, Rejected),
        (404, Rejected),
        (409, Rejected),
        (410, Rejected),
        (418, Rejected),
        (422, Rejected),
        (501, Unknown),
        (505, Unknown),
        (511, Unknown),
        (599, Unknown),
    ] {
        let scenario = Scenario::new([status(permanent), locks("too late")]).await;
        let failure = Failure { kind: Service, outcome, attempts: 1, status: Some(permanent) };
        let error = assert_failed(scenario.get_locks().await, failure, "getLocks: the service responded with");
        assert!(!error.is_retryable(), "{error}");
        assert_eq!((scenario.counts(), scenario.clock.waits()), ((1, 1), vec![]), "{permanent}");
    }
}

#[tokio::test]
async fn a_3xx_status_that_is_no_redirect_is_not_called_one() {
    for status in [300, 304, 399] {
        let scenario = Scenario::new([Response::new(status, ""), locks("too late")]).await;
        let error = scenario.get_locks().await.unwrap_err();
        assert!(!error.to_string().contains("redirect") && error.outcome() == Rejected, "{error}");
    }
}

#[tokio::test]
async fn seconds_in_retry_after_are_honoured() {
    for busy in [429, 503] {
        let scenario = Scenario::new([after(busy, "7"), after(busy, "9"), locks("there")]).await;
        assert_eq!(scenario.get_locks().await.unwrap(), ["there"]);
        // The call's backoff is added, so that callers do not all return at the same moment.
        assert_eq!((scenario.counts(), scenario.clock.waits()), ((3, 1), vec![7_125.0, 9_250.0]), "{busy}");
    }
}

#[tokio::test]
async fn a_date_in_retry_after_is_honoured() {
    for busy in [429, 503] {
        // The manual clock starts half a minute earlier.
        let scenario = Scenario::new([after(busy, "Tue, 14 Nov 2023 22:13:50 GMT"), locks("there")]).await;
        assert_eq!(scenario.get_locks().await.unwrap(), ["there"]);
        assert_eq!((scenario.counts(), scenario.clock.waits()), ((2, 1), vec![30_125.0]), "{busy}");
    }
}

#[tokio::test]
async fn retry_after_is_parsed_in_all_formats() {
    for (form, wait) in [
        ("1.5", 1_500.0),
        ("0.5", 500.0),
        ("2, 3", 3_000.0),
        ("Tue, 14 Nov 2023 22:13:50 UTC", 30_000.0),
        ("Tue, 14 Nov 2023 22:13:50 +0000", 30_000.0),
        ("Tuesday, 14-Nov-23 22:13:50 GMT", 30_000.0),
    ] {
        let scenario = Scenario::new([after(503, form), locks("there")]).await;
        assert_eq!(scenario.get_locks().await.unwrap(), ["there"]);
        assert_eq!((scenario.counts(), scenario.clock.waits()), ((2, 1), vec![wait + 125.0]), "{form}");
    }
    let two = after(503, "2").header("retry-after", "3.25");
    let scenario = Scenario::new([two, locks("there")]).await;
    assert_eq!(scenario.get_locks().await.unwrap(), ["there"]);
    assert_eq!((scenario.counts(), scenario.clock.waits()), ((2, 1), vec![3_375.0]));
}

#[tokio::test]
async fn a_date_in_retry_after_is_relative_to_the_date_header() {
    for (date, until) in [
        ("Tue, 14 Nov 2023 23:13:20 GMT", "Tue, 14 Nov 2023 23:13:22 GMT"),
        ("Tue, 14 Nov 2023 21:13:20 GMT", "Tue, 14 Nov 2023 21:13:22 GMT"),
    ] {
        let scenario = Scenario::new([after(503, until).header("date", date), locks("there")]).await;
        assert_eq!(scenario.get_locks().await.unwrap(), ["there"]);
        assert_eq!(scenario.clock.waits(), [2_125.0], "{date}");
        // The same holds for the token endpoint.
        let patience = after(429, until).header("date", date);
        let scenario = Scenario::new([locks("there")]).await.tokens([patience]);
        assert_eq!(scenario.get_locks().await.unwrap(), ["there"]);
        assert_eq!((scenario.counts(), scenario.clock.waits()), ((1, 2), vec![2_125.0]), "{date}");
    }
}

#[tokio::test]
async fn a_past_or_invalid_retry_after_is_ignored() {
    for over in ["0", "Tue, 14 Nov 2023 22:12:00 GMT", "soon", "-1", "-0.5", "1.2.3", ""] {
        let scenario = Scenario::new([after(503, over), locks("there")]).await;
        assert_eq!(scenario.get_locks().await.unwrap(), ["there"]);
        assert_eq!((scenario.counts(), scenario.clock.waits()), ((2, 1), vec![125.0]), "{over}");
    }
}

#[tokio::test]
async fn a_retry_after_above_the_maximum_fails_the_call() {
    for (long, wait) in [
        ("31", Duration::from_secs(31)),
        ("31536000", YEAR),
        ("18446744073709551615", Duration::from_secs(u64::MAX)),
        ("99999999999999999999999999", Duration::MAX),
        ("30.001", Duration::from_millis(30_001)),
        ("2, 31", Duration::from_secs(31)),
        ("Wed, 13 Nov 2024 22:13:20 GMT", YEAR),
    ] {
        for busy in [429, 503] {
            let scenario = Scenario::new([after(busy, long), locks("too late")]).await;
            let outcome = if busy == 429 { Rejected } else { Unknown };
            let failure = Failure { kind: Service, outcome, attempts: 1, status: Some(busy) };
            let error =
                assert_failed(scenario.get_locks().await, failure, "wait for longer than the retry policy allows");
            assert_eq!(error.retry_after(), Some(wait));
            assert_eq!((scenario.counts(), scenario.clock.waits()), ((1, 1), vec![]), "{long}");
        }
    }
}

#[tokio::test]
async fn the_error_of_create_key_has_the_retry_after() {
    let scenario = Scenario::new([after(429, "7"), key()]).await;
    let failure = Failure { kind: Service, outcome: Rejected, attempts: 1, status: Some(429) };
    let error = assert_failed(scenario.create_key().await, failure, "the service limits the rate of calls");
    assert_eq!(error.retry_after(), Some(Duration::from_secs(7)));
    assert_eq!((scenario.counts(), scenario.clock.waits()), ((1, 1), vec![]));
}

#[tokio::test]
async fn max_retry_after_allows_longer_waits() {
    let patient = RetryPolicy::default().max_retry_after(Duration::from_secs(400));
    let scenario = Scenario::new([after(503, "400"), locks("there")]).await;
    let call = scenario.get_locks_with(RequestOptions::new().retry(patient)).await;
    assert_eq!(call.unwrap(), ["there"]);
    assert_eq!((scenario.counts(), scenario.clock.waits()), ((2, 1), vec![400_125.0]));
}

#[tokio::test]
async fn backoff_doubles_up_to_its_maximum() {
    let policy = RetryPolicy::default()
        .max_attempts(7)
        .initial_backoff(Duration::from_millis(250))
        .max_backoff(Duration::from_millis(1300));
    let scenario = Scenario::new((0..6).map(|_| status(503)).chain([locks("there")])).await;
    let call = scenario.get_locks_with(RequestOptions::new().retry(policy)).await;
    assert_eq!(call.unwrap(), ["there"]);
    assert_eq!((scenario.counts(), scenario.clock.waits()), ((7, 1), vec![125.0, 250.0, 500.0, 650.0, 650.0, 650.0]));
}
