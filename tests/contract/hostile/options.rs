//! What a caller may say about a call, and about all calls.

use std::time::Duration;

use unloc::ErrorKind::{Request, Service, Timeout};
use unloc::Outcome::{NotSent, Unknown};
use unloc::{RequestOptions, RetryPolicy};

use super::wire::never;
use super::{End, Stage, assert_failed, limits, locks};
use crate::support::Answer;

fn busy() -> Answer {
    Answer::new(503, "")
}

const SDK: &str = concat!("unloc-rust/", env!("CARGO_PKG_VERSION"));

#[tokio::test]
async fn a_call_that_wants_no_repeats_has_none_though_its_client_has() {
    let stage = Stage::new([busy(), locks("too late")]).await;
    let end = End { kind: Service, outcome: Unknown, attempts: 1, status: Some(503) };
    let call = stage.get_locks_with(RequestOptions::new().retry(RetryPolicy::never())).await;
    assert_failed(call, end, "the service answered 503");
    assert_eq!((stage.seen(), stage.time.pauses()), ((1, 1), vec![]));
}

#[tokio::test]
async fn a_call_that_wants_repeats_has_them_though_its_client_has_none() {
    let never = limits().retry(RetryPolicy::never());
    let stage = Stage::with([busy(), locks("there")], |builder| builder.options(never)).await;
    let call = stage.get_locks_with(RequestOptions::new().retry(RetryPolicy::default())).await;
    assert_eq!(call.unwrap(), ["there"]);
    assert_eq!((stage.seen(), stage.time.pauses()), ((2, 1), vec![125.0]));
}

#[tokio::test]
async fn a_call_has_the_time_that_it_was_given_and_not_its_clients() {
    let stage = Stage::new([never()]).await;
    let options = RequestOptions::new().attempt_timeout(Duration::from_secs(700)).retry(RetryPolicy::never());
    let end = End { kind: Timeout, outcome: Unknown, attempts: 1, status: None };
    assert_failed(stage.get_locks_with(options).await, end, ": 700 s");
    assert_eq!(stage.seen(), (1, 1));
}

#[tokio::test]
async fn headers_of_the_client_and_of_the_call_arrive_and_the_calls_count_first() {
    let ours = limits().header("x-tenant", "harbour").header("x-trace", "client");
    let stage = Stage::with([busy(), locks("there")], |builder| builder.options(ours)).await;
    stage
        .get_locks_with(RequestOptions::new().header("X-Trace", "call").header("accept-language", "nb"))
        .await
        .unwrap();
    // With each attempt.
    for request in stage.server.requests() {
        let header = |name| request.header(name).unwrap();
        assert_eq!([header("x-tenant"), header("x-trace"), header("accept-language")], ["harbour", "call", "nb"]);
        assert_eq!(request.headers.iter().filter(|(name, _)| name.eq_ignore_ascii_case("x-trace")).count(), 1);
    }
    assert_eq!(stage.seen(), (2, 1));
    // They are for the operations, and no business of the Auth API.
    assert!(stage.server.token_requests()[0].header("x-tenant").is_none());
}

#[tokio::test]
async fn an_authorization_of_ones_own_is_refused_before_anything_is_sent() {
    for name in ["authorization", "Authorization", "user-agent", "content-length", "host"] {
        let stage = Stage::new([locks("too late")]).await;
        let end = End { kind: Request, outcome: NotSent, attempts: 0, status: None };
        let call = stage.get_locks_with(RequestOptions::new().header(name, "Bearer EXAMPLE")).await;
        let error = assert_failed(call, end, "is set by the SDK");
        assert!(!error.to_string().contains("EXAMPLE") && !error.is_retryable(), "{error}");
        assert_eq!(stage.seen(), (0, 0));
    }
}

#[tokio::test]
async fn an_authorization_in_the_clients_options_is_refused_at_each_call() {
    let options = limits().header("authorization", "Bearer EXAMPLE");
    let stage = Stage::with([locks("too late")], |builder| builder.options(options)).await;
    for _ in 0..2 {
        let end = End { kind: Request, outcome: NotSent, attempts: 0, status: None };
        assert_failed(stage.get_locks().await, end, "the header `authorization` is set by the SDK");
    }
    assert_eq!(stage.seen(), (0, 0));
}

#[tokio::test]
async fn the_sdk_names_itself_to_both_apis() {
    let stage = Stage::new([locks("there")]).await;
    stage.get_locks().await.unwrap();
    for request in [&stage.server.requests()[0], &stage.server.token_requests()[0]] {
        assert_eq!(request.header("user-agent"), Some(SDK));
    }
}

#[tokio::test]
async fn a_program_that_names_itself_stands_before_the_sdk() {
    let stage = Stage::with([locks("there")], |builder| builder.user_agent("my-app/1")).await;
    stage.get_locks().await.unwrap();
    let named = format!("my-app/1 {SDK}");
    for request in [&stage.server.requests()[0], &stage.server.token_requests()[0]] {
        assert_eq!(request.header("user-agent"), Some(named.as_str()));
    }
}

#[tokio::test]
async fn the_sdk_names_itself_whatever_the_http_client_is_told() {
    let stage =
        Stage::with([locks("there")], |builder| builder.configure_http(|http| http.user_agent("theirs/2"))).await;
    stage.get_locks().await.unwrap();
    assert_eq!(stage.server.requests()[0].header("user-agent"), Some(SDK));
}
