//! Tests the options of a call and of a client.

use std::time::Duration;

use unloc::ErrorKind::{Request, Service, Timeout};
use unloc::Outcome::{NotSent, Unknown};
use unloc::{RequestOptions, RetryPolicy};

use super::connection::never;
use super::{Failure, Scenario, assert_failed, locks, timeouts};
use crate::support::Response;

fn busy() -> Response {
    Response::new(503, "")
}

const SDK: &str = concat!("unloc-rust/", env!("CARGO_PKG_VERSION"));

#[tokio::test]
async fn a_call_can_switch_off_the_retries_of_its_client() {
    let scenario = Scenario::new([busy(), locks("too late")]).await;
    let failure = Failure { kind: Service, outcome: Unknown, attempts: 1, status: Some(503) };
    let call = scenario.get_locks_with(RequestOptions::new().retry(RetryPolicy::never())).await;
    assert_failed(call, failure, "the service responded with 503");
    assert_eq!((scenario.counts(), scenario.clock.waits()), ((1, 1), vec![]));
}

#[tokio::test]
async fn a_call_can_switch_on_retries_that_its_client_has_off() {
    let never = timeouts().retry(RetryPolicy::never());
    let scenario = Scenario::with([busy(), locks("there")], |builder| builder.options(never)).await;
    let call = scenario.get_locks_with(RequestOptions::new().retry(RetryPolicy::default())).await;
    assert_eq!(call.unwrap(), ["there"]);
    assert_eq!((scenario.counts(), scenario.clock.waits()), ((2, 1), vec![125.0]));
}

#[tokio::test]
async fn the_attempt_timeout_of_a_call_overrides_that_of_its_client() {
    let scenario = Scenario::new([never()]).await;
    let options = RequestOptions::new().attempt_timeout(Duration::from_secs(700)).retry(RetryPolicy::never());
    let failure = Failure { kind: Timeout, outcome: Unknown, attempts: 1, status: None };
    assert_failed(scenario.get_locks_with(options).await, failure, " within 700 s (");
    assert_eq!(scenario.counts(), (1, 1));
}

#[tokio::test]
async fn headers_of_a_call_override_those_of_its_client() {
    let ours = timeouts().header("x-tenant", "harbour").header("x-trace", "client");
    let scenario = Scenario::with([busy(), locks("there")], |builder| builder.options(ours)).await;
    scenario
        .get_locks_with(RequestOptions::new().header("X-Trace", "call").header("accept-language", "nb"))
        .await
        .unwrap();
    // Each attempt sends them.
    for request in scenario.server.requests() {
        let header = |name| request.header(name).unwrap();
        assert_eq!([header("x-tenant"), header("x-trace"), header("accept-language")], ["harbour", "call", "nb"]);
        assert_eq!(request.headers.iter().filter(|(name, _)| name.eq_ignore_ascii_case("x-trace")).count(), 1);
    }
    assert_eq!(scenario.counts(), (2, 1));
    // They are sent with operations only, not to the Auth API.
    assert!(scenario.server.token_requests()[0].header("x-tenant").is_none());
}

#[tokio::test]
async fn a_header_that_the_sdk_sets_is_refused_in_the_options_of_a_call() {
    for name in ["authorization", "Authorization", "user-agent", "content-length", "host"] {
        let scenario = Scenario::new([locks("too late")]).await;
        let failure = Failure { kind: Request, outcome: NotSent, attempts: 0, status: None };
        let call = scenario.get_locks_with(RequestOptions::new().header(name, "Bearer EXAMPLE")).await;
        let error = assert_failed(call, failure, "is set by the SDK");
        assert!(!error.to_string().contains("EXAMPLE") && !error.is_retryable(), "{error}");
        assert_eq!(scenario.counts(), (0, 0));
    }
}

#[tokio::test]
async fn an_authorization_header_in_the_clients_options_fails_each_call() {
    let options = timeouts().header("authorization", "Bearer EXAMPLE");
    let scenario = Scenario::with([locks("too late")], |builder| builder.options(options)).await;
    for _ in 0..2 {
        let failure = Failure { kind: Request, outcome: NotSent, attempts: 0, status: None };
        assert_failed(scenario.get_locks().await, failure, "the header `authorization` is set by the SDK");
    }
    assert_eq!(scenario.counts(), (0, 0));
}

#[tokio::test]
async fn the_user_agent_names_the_sdk_to_both_apis() {
    let scenario = Scenario::new([locks("there")]).await;
    scenario.get_locks().await.unwrap();
    for request in [&scenario.server.requests()[0], &scenario.server.token_requests()[0]] {
        assert_eq!(request.header("user-agent"), Some(SDK));
    }
}

#[tokio::test]
async fn the_user_agent_names_the_program_before_the_sdk() {
    let scenario = Scenario::with([locks("there")], |builder| builder.user_agent("my-app/1")).await;
    scenario.get_locks().await.unwrap();
    let named = format!("my-app/1 {SDK}");
    for request in [&scenario.server.requests()[0], &scenario.server.token_requests()[0]] {
        assert_eq!(request.header("user-agent"), Some(named.as_str()));
    }
}

#[tokio::test]
async fn configure_http_cannot_replace_the_user_agent() {
    let scenario =
        Scenario::with([locks("there")], |builder| builder.configure_http(|http| http.user_agent("theirs/2"))).await;
    scenario.get_locks().await.unwrap();
    assert_eq!(scenario.server.requests()[0].header("user-agent"), Some(SDK));
}
