//! Tests connections that break, and responses that are not HTTP or not JSON.

use unloc::ErrorKind::{Connection, Decode, Service};
use unloc::Outcome::{Accepted, Unknown};

use super::connection::{Step, raw, reset, whole};
use super::{Failure, Scenario, assert_failed, key, list, locks};
use crate::support::Response;

/// Asserts that getLocks is retried after this response until it succeeds.
async fn assert_get_locks_is_retried(broken: Response) {
    let scenario = Scenario::new([broken.clone(), broken, locks("whole")]).await;
    assert_eq!(scenario.get_locks().await.unwrap(), ["whole"]);
    assert_eq!(scenario.counts(), (3, 1));
    assert_eq!(scenario.clock.waits(), [125.0, 250.0]);
}

/// Asserts that createKey is sent once if it gets this response, and that its outcome is unknown.
async fn assert_create_key_is_unknown(broken: Response) {
    let scenario = Scenario::new([broken, key()]).await;
    let failure = Failure { kind: Connection, outcome: Unknown, attempts: 1, status: None };
    let error = assert_failed(scenario.create_key().await, failure, "broke");
    assert!(
        error.to_string().contains("the service may have processed the request") && !error.is_retryable(),
        "{error}"
    );
    assert_eq!(scenario.counts(), (1, 1));
    assert!(scenario.clock.waits().is_empty());
}

/// Asserts that createKey is sent once if it gets this response, and that it was accepted.
async fn assert_create_key_was_accepted(broken: Response) {
    let scenario = Scenario::new([broken, key()]).await;
    let failure = Failure { kind: Connection, outcome: Accepted, attempts: 1, status: Some(201) };
    let error = assert_failed(scenario.create_key().await, failure, "but its body broke off");
    assert!(error.to_string().contains("was carried out") && !error.is_retryable(), "{error}");
    assert_eq!(scenario.counts(), (1, 1));
}

#[tokio::test]
async fn get_locks_is_retried_after_a_reset() {
    assert_get_locks_is_retried(reset()).await;
}

#[tokio::test]
async fn create_key_is_not_retried_after_a_reset() {
    assert_create_key_is_unknown(reset()).await;
}

#[tokio::test]
async fn get_locks_is_retried_after_a_close_without_a_response() {
    assert_get_locks_is_retried(Response::HangUp).await;
}

#[tokio::test]
async fn create_key_is_not_retried_after_a_close_without_a_response() {
    assert_create_key_is_unknown(Response::HangUp).await;
}

#[tokio::test]
async fn get_locks_is_retried_after_a_truncated_head() {
    assert_get_locks_is_retried(raw("HTTP/1.1 200 OK\r\ncontent-le")).await;
}

#[tokio::test]
async fn create_key_has_unknown_outcome_after_a_truncated_head() {
    assert_create_key_is_unknown(raw("HTTP/1.1 201 Created\r\ncontent-le")).await;
}

#[tokio::test]
async fn get_locks_is_retried_after_a_truncated_body() {
    assert_get_locks_is_retried(raw("HTTP/1.1 200 OK\r\ncontent-length: 500\r\n\r\n{\"locks\": [")).await;
}

#[tokio::test]
async fn create_key_was_accepted_if_its_body_is_truncated() {
    assert_create_key_was_accepted(raw("HTTP/1.1 201 Created\r\ncontent-length: 500\r\n\r\n{\"key\": {")).await;
}

const CHUNK: &str = "transfer-encoding: chunked\r\n\r\n9\r\n{\"locks\":\r\n40\r\n [";

#[tokio::test]
async fn get_locks_is_retried_after_a_truncated_chunk() {
    assert_get_locks_is_retried(raw(format!("HTTP/1.1 200 OK\r\n{CHUNK}"))).await;
}

#[tokio::test]
async fn create_key_was_accepted_if_a_chunk_is_truncated() {
    assert_create_key_was_accepted(raw(format!("HTTP/1.1 201 Created\r\n{CHUNK}"))).await;
}

#[tokio::test]
async fn get_locks_is_retried_if_the_last_chunk_is_missing() {
    let body = list("unfinished");
    let head = "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n";
    assert_get_locks_is_retried(raw(format!("{head}{:x}\r\n{body}\r\n", body.len()))).await;
}

#[tokio::test]
async fn get_locks_fails_after_three_truncated_bodies() {
    let half = || raw("HTTP/1.1 200 OK\r\ncontent-length: 500\r\n\r\n{");
    let scenario = Scenario::new([half(), half(), half(), locks("too late")]).await;
    let failure = Failure { kind: Connection, outcome: Accepted, attempts: 3, status: Some(200) };
    let error = assert_failed(scenario.get_locks().await, failure, "sent 3 times");
    assert!(error.is_retryable());
    assert_eq!(scenario.counts(), (3, 1));
}

#[tokio::test]
async fn data_after_a_response_is_not_taken_for_the_next_response() {
    // The surplus bytes look like a response themselves (response smuggling).
    let longer = whole(200, &list("first")) + &whole(200, &list("smuggled"));
    let longer = Response::Steps(vec![Step::Send(longer.into()), Step::Stay]);
    let scenario = Scenario::new([longer, locks("second")]).await;
    assert_eq!(scenario.get_locks().await.unwrap(), ["first"]);
    assert_eq!(scenario.get_locks().await.unwrap(), ["second"]);
    assert_eq!(scenario.counts(), (2, 1));
}

#[tokio::test]
async fn get_locks_is_retried_after_bytes_that_are_not_http() {
    assert_get_locks_is_retried(raw("220 mail.example.com ESMTP\r\n")).await;
}

#[tokio::test]
async fn create_key_has_unknown_outcome_after_bytes_that_are_not_http() {
    assert_create_key_is_unknown(raw([0, 159, 146, 150, 13, 10, 13, 10])).await;
}

#[tokio::test]
async fn a_head_of_two_megabytes_is_refused() {
    let mut head = "HTTP/1.1 201 Created\r\n".to_owned();
    head.extend((0..20_000).map(|number| format!("x-{number}: {}\r\n", "x".repeat(100))));
    assert_create_key_is_unknown(raw(head)).await;
}

#[tokio::test]
async fn early_hints_are_skipped() {
    let hinted = format!("HTTP/1.1 103 Early Hints\r\nlink: </style.css>\r\n\r\n{}", whole(200, &list("hinted")));
    let scenario = Scenario::new([raw(hinted)]).await;
    assert_eq!(scenario.get_locks().await.unwrap(), ["hinted"]);
    assert_eq!(scenario.counts(), (1, 1));
}

#[tokio::test]
async fn a_body_without_a_length_ends_with_the_connection() {
    let scenario = Scenario::new([raw(format!("HTTP/1.0 200 OK\r\n\r\n{}", list("old")))]).await;
    assert_eq!(scenario.get_locks().await.unwrap(), ["old"]);
    assert_eq!(scenario.counts(), (1, 1));
}

/// Returns a response after which the server closes the connection without having announced it.
fn then_closed(id: &str) -> Response {
    raw(whole(200, &list(id)))
}

#[tokio::test]
async fn get_locks_is_retried_if_the_idle_connection_was_closed() {
    // The client may see the close before or after it writes the next request. Both must work.
    let responses = (0..40).map(|number| then_closed(&number.to_string()));
    let scenario = Scenario::with(responses, |builder| builder.retry_budget(1000)).await;
    for number in 0..40 {
        assert_eq!(scenario.get_locks().await.unwrap(), [number.to_string()]);
    }
    assert_eq!(scenario.counts(), (40, 1));
}

#[tokio::test]
async fn create_key_on_a_closed_idle_connection_succeeds_once_or_is_unknown() {
    for _ in 0..20 {
        let scenario = Scenario::new([then_closed("a"), key()]).await;
        scenario.get_locks().await.unwrap();
        let (created, seen) = (scenario.create_key().await, scenario.counts().0 - 1);
        match created {
            Ok(()) => assert_eq!(seen, 1),
            // The server never read the request, but the client cannot know that.
            Err(error) => {
                assert_eq!(
                    Failure::of(&error),
                    Failure { kind: Connection, outcome: Unknown, attempts: 1, status: None }
                );
                assert_eq!(seen, 0);
            }
        }
    }
}

#[tokio::test]
async fn get_locks_is_retried_if_the_idle_connection_closes_without_a_response() {
    let kept_alive = Response::Steps(vec![Step::Send(whole(200, &list("first")).into()), Step::Stay]);
    let scenario = Scenario::new([kept_alive, Response::HangUp, locks("second")]).await;
    assert_eq!(scenario.get_locks().await.unwrap(), ["first"]);
    assert_eq!(scenario.get_locks().await.unwrap(), ["second"]);
    assert_eq!(scenario.counts(), (3, 1));
    assert_eq!(scenario.clock.waits(), [125.0]);
}

#[tokio::test]
async fn create_key_has_unknown_outcome_if_the_idle_connection_is_reset() {
    let scenario = Scenario::new([locks("first"), reset(), key()]).await;
    scenario.get_locks().await.unwrap();
    let failure = Failure { kind: Connection, outcome: Unknown, attempts: 1, status: None };
    assert_failed(scenario.create_key().await, failure, "the service may have processed the request");
    assert_eq!(scenario.counts(), (2, 1));
}

#[tokio::test]
async fn html_with_status_200_is_not_retried() {
    let page = || Response::new(200, "<!DOCTYPE html><html><title>Welcome</title></html>");
    let scenario = Scenario::new([page(), page()]).await;
    let failure = || Failure { kind: Decode, outcome: Accepted, attempts: 1, status: Some(200) };
    let locks = assert_failed(scenario.get_locks().await, failure(), "the service responded with 200 OK, but");
    let key = assert_failed(scenario.create_key().await, failure(), "the service responded with 200 OK, but");
    assert!(!locks.is_retryable() && !key.is_retryable());
    assert_eq!(scenario.counts(), (2, 1));
}

#[tokio::test]
async fn the_title_of_a_gateways_html_page_is_the_description() {
    let page = |status, title: &str| Response::new(status, format!("<html><title>{title}</title></html>"));
    let scenario =
        Scenario::new([page(502, "Bad"), page(503, "Busy"), page(502, "Bad again"), page(503, "Busy again")]).await;
    let failure = Failure { kind: Service, outcome: Unknown, attempts: 3, status: Some(502) };
    assert_failed(
        scenario.get_locks().await,
        failure,
        "the service responded with 502 Bad Gateway: Bad again, sent 3 times",
    );
    let failure = Failure { kind: Service, outcome: Unknown, attempts: 1, status: Some(503) };
    assert_failed(
        scenario.create_key().await,
        failure,
        "the service responded with 503 Service Unavailable: Busy again",
    );
    assert_eq!(scenario.counts(), (4, 1));
}
