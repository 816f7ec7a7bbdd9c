//! Tests response bodies that are very large or endless.

use unloc::ErrorKind::Decode;
use unloc::Outcome::Accepted;

use super::connection::{Step, endless};
use super::{Failure, Scenario, assert_failed, key, list};
use crate::support::Response;

const MIB: usize = 1 << 20;

#[tokio::test]
async fn a_list_of_ten_megabytes_is_read() {
    let scenario = Scenario::new([Response::new(200, list("big") + &" ".repeat(10 * MIB))]).await;
    assert_eq!(scenario.get_locks().await.unwrap(), ["big"]);
    assert_eq!(scenario.counts(), (1, 1));
}

#[tokio::test]
async fn ten_megabytes_of_invalid_json_are_a_decode_error() {
    let scenario = Scenario::new([Response::new(200, "x".repeat(10 * MIB))]).await;
    let failure = Failure { kind: Decode, outcome: Accepted, attempts: 1, status: Some(200) };
    let error = assert_failed(scenario.get_locks().await, failure, "the service responded with 200 OK, but");
    assert!(error.to_string().len() < 1000 && !error.is_retryable());
    assert_eq!(error.body().len(), 10 * MIB);
    assert_eq!(scenario.counts(), (1, 1));
}

#[tokio::test]
async fn a_body_that_announces_more_than_32_mib_is_not_waited_for() {
    // The server sends no byte of the body. The client closes the connection by itself, before any of its timeouts.
    let head = format!("HTTP/1.1 201 Created\r\ncontent-length: {}\r\n\r\n", 32 * MIB + 1);
    let scenario =
        Scenario::new([Response::Steps(vec![Step::Send(head.into()), Step::Await(Default::default())]), key()]).await;
    let failure = Failure { kind: Decode, outcome: Accepted, attempts: 1, status: Some(201) };
    assert_failed(scenario.create_key().await, failure, "its body is larger than 32 MiB");
    assert_eq!(scenario.counts(), (1, 1));
}

#[tokio::test]
async fn a_body_that_announces_exactly_32_mib_is_read() {
    let list = list("huge");
    let scenario = Scenario::new([Response::new(200, format!("{list}{}", " ".repeat(32 * MIB - list.len())))]).await;
    assert_eq!(scenario.get_locks().await.unwrap(), ["huge"]);
    assert_eq!(scenario.counts(), (1, 1));
}

#[tokio::test]
async fn chunks_are_not_read_beyond_32_mib() {
    let scenario = Scenario::new([endless(201), key()]).await;
    let failure = Failure { kind: Decode, outcome: Accepted, attempts: 1, status: Some(201) };
    let error = assert_failed(scenario.create_key().await, failure, "its body is larger than 32 MiB");
    assert!(error.body().is_empty());
    assert_eq!(scenario.counts(), (1, 1));
}
