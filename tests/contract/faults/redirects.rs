//! Tests that redirects are not followed: they would send tokens, secrets and bodies to another origin.

use unloc::ErrorKind::{Service, Token};
use unloc::Outcome::{self, NotSent, Rejected, Unknown};
use unloc::reqwest::{self, redirect::Policy};
use unloc::{ClientCredentials, Environment, Scopes, TokenSource};

use super::{Failure, Scenario, assert_failed, key, locks};
use crate::support::{Response, SECRET, Server, TOKEN_TARGET, token_response};

const STATUSES: [u16; 5] = [301, 302, 303, 307, 308];

/// Starts a server at another origin, which accepts every request.
pub(super) async fn elsewhere() -> Server {
    let server = Server::always(locks("elsewhere")).await;
    server.on_token(|_| token_response("from-elsewhere"));
    server
}

/// Returns a redirect to another origin.
fn redirect_to(server: &Server, status: u16, target: &str) -> Response {
    Response::new(status, "").header("location", &format!("{}{target}", server.url()))
}

/// Returns the outcome of a redirect. A server sends 303 after it did the work, to show the result elsewhere.
fn outcome(status: u16) -> Outcome {
    if status == 303 { Unknown } else { Rejected }
}

/// Returns closures for `configure_http` that try to switch on redirects and retries.
fn configurations() -> Vec<fn(reqwest::ClientBuilder) -> reqwest::ClientBuilder> {
    vec![
        |http| http.redirect(Policy::default()),
        |http| http.redirect(Policy::limited(10)).referer(true),
        |http| {
            http.redirect(Policy::custom(
                |attempt| if attempt.previous().len() > 9 { attempt.stop() } else { attempt.follow() },
            ))
        },
        |http| http.user_agent("theirs/2").connection_verbose(true),
        |http| http.retry(retries_everything()),
        |_| reqwest::Client::builder().no_proxy(),
        |_| reqwest::Client::builder().no_proxy().redirect(Policy::limited(10)).retry(retries_everything()),
    ]
}

fn retries_everything() -> reqwest::retry::Builder {
    reqwest::retry::for_host("127.0.0.1").max_retries_per_request(3).classify_fn(|attempt| {
        if attempt.status().is_some_and(|status| status.is_success()) { attempt.success() } else { attempt.retryable() }
    })
}

#[tokio::test]
async fn get_locks_does_not_follow_a_redirect() {
    for status in STATUSES {
        let elsewhere = elsewhere().await;
        let scenario = Scenario::new([redirect_to(&elsewhere, status, "/locks/"), locks("too late")]).await;
        let failure = Failure { kind: Service, outcome: outcome(status), attempts: 1, status: Some(status) };
        assert_failed(scenario.get_locks().await, failure, "redirects are not followed");
        assert_eq!((scenario.counts(), elsewhere.requests().len()), ((1, 1), 0), "{status}");
    }
}

#[tokio::test]
async fn create_key_does_not_follow_a_redirect() {
    for status in STATUSES {
        let elsewhere = elsewhere().await;
        let scenario = Scenario::new([redirect_to(&elsewhere, status, "/keys/"), key()]).await;
        let failure = Failure { kind: Service, outcome: outcome(status), attempts: 1, status: Some(status) };
        assert_failed(scenario.create_key().await, failure, "redirects are not followed");
        assert_eq!((scenario.counts(), elsewhere.requests().len()), ((1, 1), 0), "{status}");
    }
}

#[tokio::test]
async fn a_token_request_does_not_follow_a_redirect() {
    for status in STATUSES {
        let elsewhere = elsewhere().await;
        let scenario = Scenario::new([key()]).await.tokens([redirect_to(&elsewhere, status, TOKEN_TARGET)]);
        let failure = Failure { kind: Token, outcome: NotSent, attempts: 0, status: Some(status) };
        assert_failed(scenario.create_key().await, failure, "redirects are not followed");
        assert_eq!((scenario.counts(), elsewhere.token_requests().len()), ((0, 1), 0), "{status}");
    }
}

#[tokio::test]
async fn configure_http_cannot_enable_redirects() {
    for configure in configurations() {
        for status in STATUSES {
            let elsewhere = elsewhere().await;
            let responses = [redirect_to(&elsewhere, status, "/keys/"), key()];
            let scenario = Scenario::with(responses, |builder| builder.configure_http(configure)).await;
            let failure = Failure { kind: Service, outcome: outcome(status), attempts: 1, status: Some(status) };
            assert_failed(scenario.create_key().await, failure, "redirects are not followed");
            let scenario = Scenario::with([key()], |builder| builder.configure_http(configure)).await;
            let scenario = scenario.tokens([redirect_to(&elsewhere, status, TOKEN_TARGET)]);
            let failure = Failure { kind: Token, outcome: NotSent, attempts: 0, status: Some(status) };
            assert_failed(scenario.create_key().await, failure, "redirects are not followed");
            assert!(elsewhere.requests().is_empty() && elsewhere.token_requests().is_empty(), "{status}");
        }
    }
}

#[tokio::test]
async fn configure_http_cannot_enable_reqwests_retries() {
    for configure in configurations() {
        let scenario =
            Scenario::with([Response::new(503, ""), key()], |builder| builder.configure_http(configure)).await;
        let failure = Failure { kind: Service, outcome: Unknown, attempts: 1, status: Some(503) };
        assert_failed(scenario.create_key().await, failure, "503");
        let agents: Vec<_> = scenario.server.requests();
        assert_eq!(agents.len(), 1);
        assert!(agents[0].header("user-agent").is_some_and(|agent| agent.starts_with("unloc-rust/")));
        assert_eq!(agents[0].header("referer"), None);
    }
}

#[tokio::test]
async fn configure_http_of_a_token_source_cannot_enable_redirects() {
    for configure in configurations() {
        let elsewhere = elsewhere().await;
        let scenario = Scenario::new([]).await.tokens([redirect_to(&elsewhere, 307, TOKEN_TARGET)]);
        let environment: Environment = scenario.server.url().parse().unwrap();
        let source = ClientCredentials::new(&environment, "id", SECRET).unwrap().configure_http(configure).unwrap();
        let error = source.fetch(Scopes::unscoped()).await.unwrap_err();
        assert!(error.to_string().contains("redirects are not followed"), "{error}");
        assert!(elsewhere.token_requests().is_empty());
    }
}

#[tokio::test]
async fn configure_http_closures_are_applied_in_order() {
    let scenario = Scenario::with([locks("there")], |builder| {
        builder
            .configure_http(|http| http.default_headers([named("x-a", "1"), named("x-b", "1")].into_iter().collect()))
            .configure_http(|http| http.default_headers([named("x-b", "2")].into_iter().collect()))
    });
    let scenario = scenario.await;
    scenario.get_locks().await.unwrap();
    let sent = &scenario.server.requests()[0];
    assert_eq!((sent.header("x-a"), sent.header("x-b")), (Some("1"), Some("2")));
}

fn named(name: &'static str, value: &'static str) -> (reqwest::header::HeaderName, unloc::HeaderValue) {
    (reqwest::header::HeaderName::from_static(name), unloc::HeaderValue::from_static(value))
}
