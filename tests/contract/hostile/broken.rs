//! Connections that break, and answers that are no HTTP or not what was asked for.

use unloc::ErrorKind::{Connection, Decode, Service};
use unloc::Outcome::{Accepted, Unknown};

use super::wire::{Step, raw, reset, whole};
use super::{End, Stage, assert_failed, key, list, locks};
use crate::support::Answer;

/// A list that breaks off like this is asked for until it comes.
async fn assert_list_is_asked_for_again(broken: Answer) {
    let stage = Stage::new([broken.clone(), broken, locks("whole")]).await;
    assert_eq!(stage.get_locks().await.unwrap(), ["whole"]);
    assert_eq!(stage.seen(), (3, 1));
    assert_eq!(stage.time.pauses(), [125.0, 250.0]);
}

/// A key whose answer breaks off like this is asked for once, and nobody knows whether it was made.
async fn assert_key_is_left_open(broken: Answer) {
    let stage = Stage::new([broken, key()]).await;
    let end = End { kind: Connection, outcome: Unknown, attempts: 1, status: None };
    let error = assert_failed(stage.create_key().await, end, "broke");
    assert!(error.to_string().contains("the service may have acted on it") && !error.is_retryable(), "{error}");
    assert_eq!(stage.seen(), (1, 1));
    assert!(stage.time.pauses().is_empty());
}

/// A key whose answer breaks off like this was made, and is not asked for again.
async fn assert_key_was_made(broken: Answer) {
    let stage = Stage::new([broken, key()]).await;
    let end = End { kind: Connection, outcome: Accepted, attempts: 1, status: Some(201) };
    let error = assert_failed(stage.create_key().await, end, "but its body broke off");
    assert!(error.to_string().contains("was carried out") && !error.is_retryable(), "{error}");
    assert_eq!(stage.seen(), (1, 1));
}

#[tokio::test]
async fn a_list_is_asked_for_again_after_a_reset() {
    assert_list_is_asked_for_again(reset()).await;
}

#[tokio::test]
async fn a_key_is_not_asked_for_again_after_a_reset() {
    assert_key_is_left_open(reset()).await;
}

#[tokio::test]
async fn a_list_is_asked_for_again_after_a_connection_was_closed_without_a_word() {
    assert_list_is_asked_for_again(Answer::HangUp).await;
}

#[tokio::test]
async fn a_key_is_not_asked_for_again_after_a_connection_was_closed_without_a_word() {
    assert_key_is_left_open(Answer::HangUp).await;
}

#[tokio::test]
async fn a_list_whose_head_breaks_off_is_asked_for_again() {
    assert_list_is_asked_for_again(raw("HTTP/1.1 200 OK\r\ncontent-le")).await;
}

#[tokio::test]
async fn a_key_whose_head_breaks_off_is_left_open() {
    assert_key_is_left_open(raw("HTTP/1.1 201 Created\r\ncontent-le")).await;
}

#[tokio::test]
async fn a_list_whose_body_is_shorter_than_announced_is_asked_for_again() {
    assert_list_is_asked_for_again(raw("HTTP/1.1 200 OK\r\ncontent-length: 500\r\n\r\n{\"locks\": [")).await;
}

#[tokio::test]
async fn a_key_whose_body_is_shorter_than_announced_was_made() {
    assert_key_was_made(raw("HTTP/1.1 201 Created\r\ncontent-length: 500\r\n\r\n{\"key\": {")).await;
}

const CHUNK: &str = "transfer-encoding: chunked\r\n\r\n9\r\n{\"locks\":\r\n40\r\n [";

#[tokio::test]
async fn a_list_that_breaks_off_within_a_chunk_is_asked_for_again() {
    assert_list_is_asked_for_again(raw(format!("HTTP/1.1 200 OK\r\n{CHUNK}"))).await;
}

#[tokio::test]
async fn a_key_that_breaks_off_within_a_chunk_was_made() {
    assert_key_was_made(raw(format!("HTTP/1.1 201 Created\r\n{CHUNK}"))).await;
}

#[tokio::test]
async fn a_list_whose_last_chunk_is_missing_is_not_taken_for_whole() {
    let body = list("unfinished");
    let head = "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n";
    assert_list_is_asked_for_again(raw(format!("{head}{:x}\r\n{body}\r\n", body.len()))).await;
}

#[tokio::test]
async fn a_list_that_breaks_off_each_time_fails_with_what_is_known() {
    let half = || raw("HTTP/1.1 200 OK\r\ncontent-length: 500\r\n\r\n{");
    let stage = Stage::new([half(), half(), half(), locks("too late")]).await;
    let end = End { kind: Connection, outcome: Accepted, attempts: 3, status: Some(200) };
    let error = assert_failed(stage.get_locks().await, end, "sent 3 times");
    assert!(error.is_retryable());
    assert_eq!(stage.seen(), (3, 1));
}

#[tokio::test]
async fn what_comes_behind_an_answer_is_not_taken_for_the_next() {
    // Longer than announced, and what is too much looks like an answer itself.
    let longer = whole(200, &list("first")) + &whole(200, &list("smuggled"));
    let longer = Answer::Steps(vec![Step::Send(longer.into()), Step::Stay]);
    let stage = Stage::new([longer, locks("second")]).await;
    assert_eq!(stage.get_locks().await.unwrap(), ["first"]);
    assert_eq!(stage.get_locks().await.unwrap(), ["second"]);
    assert_eq!(stage.seen(), (2, 1));
}

#[tokio::test]
async fn a_list_is_asked_for_again_after_something_that_is_no_http() {
    assert_list_is_asked_for_again(raw("220 mail.example.com ESMTP\r\n")).await;
}

#[tokio::test]
async fn a_key_is_left_open_by_something_that_is_no_http() {
    assert_key_is_left_open(raw([0, 159, 146, 150, 13, 10, 13, 10])).await;
}

#[tokio::test]
async fn a_head_without_end_is_not_read_to_its_end() {
    let mut head = "HTTP/1.1 201 Created\r\n".to_owned();
    head.extend((0..20_000).map(|number| format!("x-{number}: {}\r\n", "x".repeat(100))));
    assert_key_is_left_open(raw(head)).await;
}

#[tokio::test]
async fn early_hints_before_an_answer_are_not_the_answer() {
    let hinted = format!("HTTP/1.1 103 Early Hints\r\nlink: </style.css>\r\n\r\n{}", whole(200, &list("hinted")));
    let stage = Stage::new([raw(hinted)]).await;
    assert_eq!(stage.get_locks().await.unwrap(), ["hinted"]);
    assert_eq!(stage.seen(), (1, 1));
}

#[tokio::test]
async fn a_body_without_length_ends_with_its_connection() {
    let stage = Stage::new([raw(format!("HTTP/1.0 200 OK\r\n\r\n{}", list("old")))]).await;
    assert_eq!(stage.get_locks().await.unwrap(), ["old"]);
    assert_eq!(stage.seen(), (1, 1));
}

/// An answer, behind which the server closes a connection that it seemed to keep.
fn then_closed(id: &str) -> Answer {
    raw(whole(200, &list(id)))
}

#[tokio::test]
async fn a_list_is_asked_for_again_if_the_connection_in_reserve_was_closed() {
    // The close is seen before the next request is written, or behind it: both have to go well.
    let answers = (0..40).map(|number| then_closed(&number.to_string()));
    let stage = Stage::with(answers, |builder| builder.retry_budget(1000)).await;
    for number in 0..40 {
        assert_eq!(stage.get_locks().await.unwrap(), [number.to_string()]);
    }
    assert_eq!(stage.seen(), (40, 1));
}

#[tokio::test]
async fn a_key_for_which_the_connection_in_reserve_was_closed_is_made_once_or_left_open() {
    for _ in 0..20 {
        let stage = Stage::new([then_closed("a"), key()]).await;
        stage.get_locks().await.unwrap();
        let (made, seen) = (stage.create_key().await, stage.seen().0 - 1);
        match made {
            Ok(()) => assert_eq!(seen, 1),
            // The server never read it, but the client cannot know.
            Err(error) => {
                assert_eq!(End::of(&error), End { kind: Connection, outcome: Unknown, attempts: 1, status: None });
                assert_eq!(seen, 0);
            }
        }
    }
}

#[tokio::test]
async fn a_list_is_asked_for_again_if_the_connection_in_reserve_swallows_it() {
    let kept = Answer::Steps(vec![Step::Send(whole(200, &list("first")).into()), Step::Stay]);
    let stage = Stage::new([kept, Answer::HangUp, locks("second")]).await;
    assert_eq!(stage.get_locks().await.unwrap(), ["first"]);
    assert_eq!(stage.get_locks().await.unwrap(), ["second"]);
    assert_eq!(stage.seen(), (3, 1));
    assert_eq!(stage.time.pauses(), [125.0]);
}

#[tokio::test]
async fn a_key_that_the_connection_in_reserve_swallows_is_left_open() {
    let stage = Stage::new([locks("first"), reset(), key()]).await;
    stage.get_locks().await.unwrap();
    let end = End { kind: Connection, outcome: Unknown, attempts: 1, status: None };
    assert_failed(stage.create_key().await, end, "the service may have acted on it");
    assert_eq!(stage.seen(), (2, 1));
}

#[tokio::test]
async fn a_page_of_html_instead_of_an_answer_is_not_asked_for_again() {
    let page = || Answer::new(200, "<!DOCTYPE html><html><title>Welcome</title></html>");
    let stage = Stage::new([page(), page()]).await;
    let end = || End { kind: Decode, outcome: Accepted, attempts: 1, status: Some(200) };
    let locks = assert_failed(stage.get_locks().await, end(), "the service answered 200 OK, but");
    let key = assert_failed(stage.create_key().await, end(), "the service answered 200 OK, but");
    assert!(!locks.is_retryable() && !key.is_retryable());
    assert_eq!(stage.seen(), (2, 1));
}

#[tokio::test]
async fn a_gateways_page_of_html_says_what_happened_in_its_title() {
    let page = |status, title: &str| Answer::new(status, format!("<html><title>{title}</title></html>"));
    let stage =
        Stage::new([page(502, "Bad"), page(503, "Busy"), page(502, "Bad again"), page(503, "Busy again")]).await;
    let end = End { kind: Service, outcome: Unknown, attempts: 3, status: Some(502) };
    assert_failed(stage.get_locks().await, end, "the service answered 502 Bad Gateway: Bad again, sent 3 times");
    let end = End { kind: Service, outcome: Unknown, attempts: 1, status: Some(503) };
    assert_failed(stage.create_key().await, end, "the service answered 503 Service Unavailable: Busy again");
    assert_eq!(stage.seen(), (4, 1));
}
