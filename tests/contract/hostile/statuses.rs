//! Statuses that pass, and the waits that the service asks for.

use std::time::Duration;

use unloc::ErrorKind::Service;
use unloc::Outcome::{Rejected, Unknown};
use unloc::{RequestOptions, RetryPolicy};

use super::{End, Stage, assert_failed, key, locks};
use crate::support::Answer;

fn status(status: u16) -> Answer {
    Answer::new(status, "")
}

fn after(status: u16, retry_after: &str) -> Answer {
    Answer::new(status, "").header("retry-after", retry_after)
}

const YEAR: Duration = Duration::from_secs(31_536_000);

#[tokio::test]
async fn a_list_is_asked_for_again_after_each_status_that_passes() {
    for passing in [408, 425, 429, 500, 502, 503, 504] {
        let stage = Stage::new([status(passing), locks("there")]).await;
        assert_eq!(stage.get_locks().await.unwrap(), ["there"], "{passing}");
        assert_eq!((stage.seen(), stage.time.pauses()), ((2, 1), vec![125.0]), "{passing}");
    }
}

#[tokio::test]
async fn the_third_attempt_at_a_list_is_the_last() {
    let stage = Stage::new([status(500), status(503), status(504), locks("too late")]).await;
    let end = End { kind: Service, outcome: Unknown, attempts: 3, status: Some(504) };
    let error = assert_failed(stage.get_locks().await, end, "answered 504 Gateway Timeout, sent 3 times");
    assert!(error.is_retryable());
    assert_eq!((stage.seen(), stage.time.pauses()), ((3, 1), vec![125.0, 250.0]));
}

#[tokio::test]
async fn a_list_that_comes_at_the_third_attempt_is_a_success() {
    let stage = Stage::new([status(502), status(429), locks("there")]).await;
    assert_eq!(stage.get_locks().await.unwrap(), ["there"]);
    assert_eq!((stage.seen(), stage.time.pauses()), ((3, 1), vec![125.0, 250.0]));
}

#[tokio::test]
async fn a_key_that_was_refused_for_a_moment_is_known_not_to_be_made_and_not_asked_for_again() {
    for refused in [425, 429] {
        let stage = Stage::new([status(refused), key()]).await;
        let end = End { kind: Service, outcome: Rejected, attempts: 1, status: Some(refused) };
        let error = assert_failed(stage.create_key().await, end, "createKey: the service answered");
        // The caller may ask for it again.
        assert!(error.is_retryable(), "{error}");
        assert_eq!((stage.seen(), stage.time.pauses()), ((1, 1), vec![]), "{refused}");
    }
}

#[tokio::test]
async fn a_key_at_which_the_service_failed_is_left_open_and_not_asked_for_again() {
    // 408 is what some gateways say of a slow service; what HTTP does not know is taken for a failure of the server.
    for failed in [408, 500, 502, 503, 504, 600, 999] {
        let stage = Stage::new([status(failed), key()]).await;
        let end = End { kind: Service, outcome: Unknown, attempts: 1, status: Some(failed) };
        let error = assert_failed(stage.create_key().await, end, "createKey: the service answered");
        assert!(!error.is_retryable() && error.to_string().contains("may have acted"), "{error}");
        assert_eq!((stage.seen(), stage.time.pauses()), ((1, 1), vec![]), "{failed}");
    }
}

#[tokio::test]
async fn a_list_is_not_asked_for_again_after_a_status_that_stays() {
    for (stays, outcome) in [
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
        let stage = Stage::new([status(stays), locks("too late")]).await;
        let end = End { kind: Service, outcome, attempts: 1, status: Some(stays) };
        let error = assert_failed(stage.get_locks().await, end, "getLocks: the service answered");
        assert!(!error.is_retryable(), "{error}");
        assert_eq!((stage.seen(), stage.time.pauses()), ((1, 1), vec![]), "{stays}");
    }
}

#[tokio::test]
async fn only_what_leads_elsewhere_is_called_a_redirect() {
    for status in [300, 304, 399] {
        let stage = Stage::new([Answer::new(status, ""), locks("too late")]).await;
        let error = stage.get_locks().await.unwrap_err();
        assert!(!error.to_string().contains("redirect") && error.outcome() == Rejected, "{error}");
    }
}

#[tokio::test]
async fn what_an_earlier_attempt_left_open_a_later_refusal_does_not_settle() {
    let stage = Stage::new([status(503), status(404)]).await;
    let end = End { kind: Service, outcome: Unknown, attempts: 2, status: Some(404) };
    assert_failed(stage.get_locks().await, end, "sent 2 times");
    assert_eq!(stage.seen(), (2, 1));
}

#[tokio::test]
async fn seconds_in_retry_after_are_waited_for() {
    for busy in [429, 503] {
        let stage = Stage::new([after(busy, "7"), after(busy, "9"), locks("there")]).await;
        assert_eq!(stage.get_locks().await.unwrap(), ["there"]);
        // Spread behind the moment that the service names.
        assert_eq!((stage.seen(), stage.time.pauses()), ((3, 1), vec![7_125.0, 9_250.0]), "{busy}");
    }
}

#[tokio::test]
async fn a_date_in_retry_after_is_waited_for() {
    for busy in [429, 503] {
        // Half a minute behind the beginning of the test's time.
        let stage = Stage::new([after(busy, "Tue, 14 Nov 2023 22:13:50 GMT"), locks("there")]).await;
        assert_eq!(stage.get_locks().await.unwrap(), ["there"]);
        assert_eq!((stage.seen(), stage.time.pauses()), ((2, 1), vec![30_125.0]), "{busy}");
    }
}

#[tokio::test]
async fn a_retry_after_in_any_of_its_forms_is_waited_for() {
    for (form, wait) in [
        ("1.5", 1_500.0),
        ("0.5", 500.0),
        ("2, 3", 3_000.0),
        ("Tue, 14 Nov 2023 22:13:50 UTC", 30_000.0),
        ("Tue, 14 Nov 2023 22:13:50 +0000", 30_000.0),
        ("Tuesday, 14-Nov-23 22:13:50 GMT", 30_000.0),
    ] {
        let stage = Stage::new([after(503, form), locks("there")]).await;
        assert_eq!(stage.get_locks().await.unwrap(), ["there"]);
        assert_eq!((stage.seen(), stage.time.pauses()), ((2, 1), vec![wait + 125.0]), "{form}");
    }
    let two = after(503, "2").header("retry-after", "3.25");
    let stage = Stage::new([two, locks("there")]).await;
    assert_eq!(stage.get_locks().await.unwrap(), ["there"]);
    assert_eq!((stage.seen(), stage.time.pauses()), ((2, 1), vec![3_375.0]));
}

#[tokio::test]
async fn a_date_in_retry_after_is_held_against_the_services_own_clock_where_that_is_told() {
    for (date, until) in [
        ("Tue, 14 Nov 2023 23:13:20 GMT", "Tue, 14 Nov 2023 23:13:22 GMT"),
        ("Tue, 14 Nov 2023 21:13:20 GMT", "Tue, 14 Nov 2023 21:13:22 GMT"),
    ] {
        let stage = Stage::new([after(503, until).header("date", date), locks("there")]).await;
        assert_eq!(stage.get_locks().await.unwrap(), ["there"]);
        assert_eq!(stage.time.pauses(), [2_125.0], "{date}");
        // The token endpoint's pause is measured in the same way.
        let patience = after(429, until).header("date", date);
        let stage = Stage::new([locks("there")]).await.tokens([patience]);
        assert_eq!(stage.get_locks().await.unwrap(), ["there"]);
        assert_eq!((stage.seen(), stage.time.pauses()), ((1, 2), vec![2_125.0]), "{date}");
    }
}

#[tokio::test]
async fn a_retry_after_that_is_over_or_no_time_at_all_leaves_the_usual_wait() {
    for over in ["0", "Tue, 14 Nov 2023 22:12:00 GMT", "soon", "-1", "-0.5", "1.2.3", ""] {
        let stage = Stage::new([after(503, over), locks("there")]).await;
        assert_eq!(stage.get_locks().await.unwrap(), ["there"]);
        assert_eq!((stage.seen(), stage.time.pauses()), ((2, 1), vec![125.0]), "{over}");
    }
}

#[tokio::test]
async fn an_absurdly_long_retry_after_is_told_and_not_waited_for() {
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
            let stage = Stage::new([after(busy, long), locks("too late")]).await;
            let outcome = if busy == 429 { Rejected } else { Unknown };
            let end = End { kind: Service, outcome, attempts: 1, status: Some(busy) };
            let error = assert_failed(stage.get_locks().await, end, "wait for longer than the retry policy allows");
            assert_eq!(error.retry_after(), Some(wait));
            assert_eq!((stage.seen(), stage.time.pauses()), ((1, 1), vec![]), "{long}");
        }
    }
}

#[tokio::test]
async fn a_key_learns_how_long_the_service_wants_to_be_left_alone() {
    let stage = Stage::new([after(429, "7"), key()]).await;
    let end = End { kind: Service, outcome: Rejected, attempts: 1, status: Some(429) };
    let error = assert_failed(stage.create_key().await, end, "the service asks for fewer calls");
    assert_eq!(error.retry_after(), Some(Duration::from_secs(7)));
    assert_eq!((stage.seen(), stage.time.pauses()), ((1, 1), vec![]));
}

#[tokio::test]
async fn who_allows_a_longer_wait_waits_longer() {
    let patient = RetryPolicy::default().max_retry_after(Duration::from_secs(400));
    let stage = Stage::new([after(503, "400"), locks("there")]).await;
    let call = stage.get_locks_with(RequestOptions::new().retry(patient)).await;
    assert_eq!(call.unwrap(), ["there"]);
    assert_eq!((stage.seen(), stage.time.pauses()), ((2, 1), vec![400_125.0]));
}

#[tokio::test]
async fn the_waits_double_up_to_their_bound() {
    let policy = RetryPolicy::default()
        .max_attempts(7)
        .initial_backoff(Duration::from_millis(250))
        .max_backoff(Duration::from_millis(1300));
    let stage = Stage::new((0..6).map(|_| status(503)).chain([locks("there")])).await;
    let call = stage.get_locks_with(RequestOptions::new().retry(policy)).await;
    assert_eq!(call.unwrap(), ["there"]);
    assert_eq!((stage.seen(), stage.time.pauses()), ((7, 1), vec![125.0, 250.0, 500.0, 650.0, 650.0, 650.0]));
}
