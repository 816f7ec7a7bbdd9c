//! Answers that are too much, or too little.

use unloc::ErrorKind::{Decode, Service};
use unloc::Outcome::{Accepted, Unknown};

use super::wire::Step;
use super::{End, Stage, assert_failed, key, list};
use crate::support::Answer;

const MIB: usize = 1 << 20;

/// An answer of this status that sends one chunk after the other, as long as anybody reads.
fn endless(status: u16) -> Answer {
    let head = format!("HTTP/1.1 {status} Scripted\r\ntransfer-encoding: chunked\r\n\r\n");
    Answer::Steps(vec![Step::Send(head.into()), Step::SendForEver])
}

#[tokio::test]
async fn a_list_of_ten_megabytes_is_read() {
    let stage = Stage::new([Answer::new(200, list("big") + &" ".repeat(10 * MIB))]).await;
    assert_eq!(stage.get_locks().await.unwrap(), ["big"]);
    assert_eq!(stage.seen(), (1, 1));
}

#[tokio::test]
async fn ten_megabytes_of_something_else_are_no_list() {
    let stage = Stage::new([Answer::new(200, "x".repeat(10 * MIB))]).await;
    let end = End { kind: Decode, outcome: Accepted, attempts: 1, status: Some(200) };
    let error = assert_failed(stage.get_locks().await, end, "the service answered 200 OK, but");
    assert!(error.to_string().len() < 1000 && !error.is_retryable());
    assert_eq!(error.body().len(), 10 * MIB);
    assert_eq!(stage.seen(), (1, 1));
}

#[tokio::test]
async fn a_body_that_announces_more_than_32_mib_is_not_waited_for() {
    // Nothing of it comes, and no limit of the client is over before it has gone away by itself.
    let head = format!("HTTP/1.1 201 Created\r\ncontent-length: {}\r\n\r\n", 32 * MIB + 1);
    let stage =
        Stage::new([Answer::Steps(vec![Step::Send(head.into()), Step::Await(Default::default())]), key()]).await;
    let end = End { kind: Decode, outcome: Accepted, attempts: 1, status: Some(201) };
    assert_failed(stage.create_key().await, end, "its body is larger than 32 MiB");
    assert_eq!(stage.seen(), (1, 1));
}

#[tokio::test]
async fn a_body_that_announces_exactly_32_mib_is_read() {
    let list = list("huge");
    let stage = Stage::new([Answer::new(200, format!("{list}{}", " ".repeat(32 * MIB - list.len())))]).await;
    assert_eq!(stage.get_locks().await.unwrap(), ["huge"]);
    assert_eq!(stage.seen(), (1, 1));
}

#[tokio::test]
async fn chunks_beyond_32_mib_are_not_read() {
    let stage = Stage::new([endless(201), key()]).await;
    let end = End { kind: Decode, outcome: Accepted, attempts: 1, status: Some(201) };
    let error = assert_failed(stage.create_key().await, end, "its body is larger than 32 MiB");
    assert!(error.body().is_empty());
    assert_eq!(stage.seen(), (1, 1));
}

#[tokio::test]
async fn an_error_without_end_keeps_its_status() {
    let stage = Stage::new([endless(502), key()]).await;
    let end = End { kind: Service, outcome: Unknown, attempts: 1, status: Some(502) };
    assert_failed(stage.create_key().await, end, "the service answered 502 Bad Gateway");
    assert_eq!(stage.seen(), (1, 1));
}

#[tokio::test]
async fn a_success_without_a_body_is_no_list() {
    for answer in [Answer::new(204, ""), Answer::new(200, ""), Answer::new(205, ""), Answer::new(200, "null")] {
        let stage = Stage::new([answer]).await;
        let error = stage.get_locks().await.unwrap_err();
        let status = error.status().map(|status| status.as_u16());
        assert_eq!(End::of(&error), End { kind: Decode, outcome: Accepted, attempts: 1, status }, "{error}");
        assert_eq!(stage.seen(), (1, 1));
    }
}
