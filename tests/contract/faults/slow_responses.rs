//! Tests responses that arrive late, never, or incomplete.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Notify;
use unloc::ErrorKind::Timeout;
use unloc::Outcome::{Accepted, Unknown};

use super::connection::{Step, all_but_the_end, never, then_silence, whole};
use super::{Failure, Scenario, assert_failed, key, list, locks};
use crate::support::Response;

#[tokio::test]
async fn get_locks_is_attempted_three_times_without_a_response() {
    let scenario = Scenario::new([never(), never(), never()]).await;
    let failure = Failure { kind: Timeout, outcome: Unknown, attempts: 3, status: None };
    let error = assert_failed(scenario.get_locks().await, failure, "no complete response from http://127.0.0.1:");
    assert!(error.to_string().contains(" within 100 s, sent 3 times"), "{error}");
    assert!(error.is_retryable());
    assert_eq!(scenario.counts(), (3, 1));
    assert_eq!(scenario.clock.waits(), [125.0, 250.0]);
}

#[tokio::test]
async fn a_late_response_is_not_taken_for_the_response_of_the_next_attempt() {
    let late = vec![Step::KeepWaiting, Step::Send(whole(200, &list("late")).into()), Step::Stay];
    let scenario = Scenario::new([Response::Steps(late), locks("prompt")]).await;
    assert_eq!(scenario.get_locks().await.unwrap(), ["prompt"]);
    assert_eq!(scenario.counts(), (2, 1));
    assert_eq!(scenario.clock.waits(), [125.0]);
}

#[tokio::test]
async fn a_slow_response_is_awaited() {
    let allowed = Arc::new(Notify::new());
    let slow = vec![Step::Await(Arc::clone(&allowed)), Step::Send(whole(200, &list("slow")).into())];
    let scenario = Scenario::new([Response::Steps(slow)]).await;
    let call = tokio::spawn(scenario.home.get_locks().send());
    while scenario.counts().0 == 0 {
        tokio::task::yield_now().await;
    }
    // Only the response or a timeout ends the call.
    assert!(!call.is_finished());
    allowed.notify_one();
    assert_eq!(call.await.unwrap().unwrap().items()[0].id, "slow");
    assert_eq!(scenario.counts(), (1, 1));
}

#[tokio::test]
async fn create_key_with_a_stalled_success_body_was_accepted() {
    let scenario = Scenario::new([then_silence(all_but_the_end(201)), key()]).await;
    let failure = Failure { kind: Timeout, outcome: Accepted, attempts: 1, status: Some(201) };
    let error =
        assert_failed(scenario.create_key().await, failure, "but its body broke off: no complete response from http");
    assert!(error.to_string().contains("the operation was carried out"), "{error}");
    assert_eq!(scenario.counts(), (1, 1));
}

#[tokio::test]
async fn the_next_call_after_a_timeout_has_full_timeouts() {
    let scenario = Scenario::new([never(), never(), never(), never(), locks("back")]).await;
    scenario.get_locks().await.unwrap_err();
    scenario.clock.advance(Duration::from_secs(60));
    assert_eq!(scenario.get_locks().await.unwrap(), ["back"]);
    assert_eq!(scenario.counts(), (5, 1));
}
