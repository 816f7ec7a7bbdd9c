//! Tests connections that break, and pages of gateways.

use unloc::ErrorKind::{Connection, Service};
use unloc::Outcome::{Accepted, Unknown};

use super::connection::{Step, raw, reset, whole};
use super::{Failure, Scenario, assert_failed, key, list, locks};
use crate::support::Response;

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

#[tokio::test]
async fn get_locks_is_retried_after_a_reset() {
    let scenario = Scenario::new([reset(), reset(), locks("whole")]).await;
    assert_eq!(scenario.get_locks().await.unwrap(), ["whole"]);
    assert_eq!(scenario.counts(), (3, 1));
    assert_eq!(scenario.clock.waits(), [125.0, 250.0]);
}

#[tokio::test]
async fn create_key_is_not_retried_after_a_reset() {
    assert_create_key_is_unknown(reset()).await;
}

#[tokio::test]
async fn create_key_was_accepted_if_its_body_is_truncated() {
    let half = raw("HTTP/1.1 201 Created\r\ncontent-length: 500\r\n\r\n{\"key\": {");
    let scenario = Scenario::new([half, key()]).await;
    let failure = Failure { kind: Connection, outcome: Accepted, attempts: 1, status: Some(201) };
    let error = assert_failed(scenario.create_key().await, failure, "but its body broke off");
    assert!(error.to_string().contains("was carried out") && !error.is_retryable(), "{error}");
    assert_eq!(scenario.counts(), (1, 1));
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
async fn a_head_of_two_megabytes_is_refused() {
    let mut head = "HTTP/1.1 201 Created\r\n".to_owned();
    head.extend((0..20_000).map(|number| format!("x-{number}: {}\r\n", "x".repeat(100))));
    assert_create_key_is_unknown(raw(head)).await;
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
