//! Answers that come late, never, or not to their end.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Notify;
use unloc::ErrorKind::{Service, Timeout};
use unloc::Outcome::{Accepted, Rejected, Unknown};

use super::wire::{Step, all_but_the_end, never, then_silence, whole};
use super::{End, Stage, assert_failed, key, list, locks};
use crate::support::Answer;

#[tokio::test]
async fn a_list_that_is_never_answered_is_asked_for_three_times() {
    let stage = Stage::new([never(), never(), never()]).await;
    let end = End { kind: Timeout, outcome: Unknown, attempts: 3, status: None };
    let error = assert_failed(stage.get_locks().await, end, "no answer in time from http://127.0.0.1:");
    assert!(error.to_string().contains(": 100 s, sent 3 times"), "{error}");
    assert!(error.is_retryable());
    assert_eq!(stage.seen(), (3, 1));
    assert_eq!(stage.time.pauses(), [125.0, 250.0]);
}

#[tokio::test]
async fn a_key_that_is_never_answered_is_asked_for_once() {
    let stage = Stage::new([never(), key()]).await;
    let end = End { kind: Timeout, outcome: Unknown, attempts: 1, status: None };
    let error = assert_failed(stage.create_key().await, end, "the service may have acted on it");
    assert!(!error.is_retryable());
    assert_eq!(stage.seen(), (1, 1));
    assert!(stage.time.pauses().is_empty());
}

#[tokio::test]
async fn an_answer_that_is_late_for_its_attempt_is_not_taken_for_that_of_the_next() {
    let late = vec![Step::KeepWaiting, Step::Send(whole(200, &list("late")).into()), Step::Stay];
    let stage = Stage::new([Answer::Steps(late), locks("prompt")]).await;
    assert_eq!(stage.get_locks().await.unwrap(), ["prompt"]);
    assert_eq!(stage.seen(), (2, 1));
    assert_eq!(stage.time.pauses(), [125.0]);
}

#[tokio::test]
async fn an_answer_that_takes_its_time_is_waited_for() {
    let allowed = Arc::new(Notify::new());
    let slow = vec![Step::Await(Arc::clone(&allowed)), Step::Send(whole(200, &list("slow")).into())];
    let stage = Stage::new([Answer::Steps(slow)]).await;
    let call = tokio::spawn(stage.home.get_locks().send());
    while stage.seen().0 == 0 {
        tokio::task::yield_now().await;
    }
    // Nothing but the answer, or time, ends the call.
    assert!(!call.is_finished());
    allowed.notify_one();
    assert_eq!(call.await.unwrap().unwrap().items()[0].id, "slow");
    assert_eq!(stage.seen(), (1, 1));
}

#[tokio::test]
async fn half_a_head_and_then_silence_is_no_answer() {
    let stage = Stage::new([then_silence("HTTP/1.1 201 Cre"), key()]).await;
    let end = End { kind: Timeout, outcome: Unknown, attempts: 1, status: None };
    assert_failed(stage.create_key().await, end, "no answer in time");
    assert_eq!(stage.seen(), (1, 1));
}

#[tokio::test]
async fn a_key_whose_answer_stops_in_its_body_was_made() {
    let stage = Stage::new([then_silence(all_but_the_end(201)), key()]).await;
    let end = End { kind: Timeout, outcome: Accepted, attempts: 1, status: Some(201) };
    let error = assert_failed(stage.create_key().await, end, "but its body broke off: no answer in time");
    assert!(error.to_string().contains("the operation was carried out"), "{error}");
    assert_eq!(stage.seen(), (1, 1));
}

#[tokio::test]
async fn a_list_that_stops_in_its_body_is_asked_for_again() {
    let stage = Stage::new([then_silence(all_but_the_end(200)), locks("whole")]).await;
    assert_eq!(stage.get_locks().await.unwrap(), ["whole"]);
    assert_eq!(stage.seen(), (2, 1));
}

#[tokio::test]
async fn a_refusal_whose_reason_never_ends_is_a_refusal() {
    let stage = Stage::new([then_silence(all_but_the_end(409)), key()]).await;
    let end = End { kind: Service, outcome: Rejected, attempts: 1, status: Some(409) };
    assert_failed(stage.create_key().await, end, "the service answered 409");
    assert_eq!(stage.seen(), (1, 1));
}

#[tokio::test]
async fn after_a_call_ran_out_of_time_the_next_one_has_all_of_it() {
    let stage = Stage::new([never(), never(), never(), never(), locks("back")]).await;
    stage.get_locks().await.unwrap_err();
    stage.time.pass(Duration::from_secs(60));
    assert_eq!(stage.get_locks().await.unwrap(), ["back"]);
    assert_eq!(stage.seen(), (5, 1));
}
