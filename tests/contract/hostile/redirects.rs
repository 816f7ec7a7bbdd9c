//! Redirects, which would carry tokens, secrets and bodies elsewhere.

use unloc::ErrorKind::{Service, Token};
use unloc::Outcome::{self, NotSent, Rejected, Unknown};
use unloc::reqwest::{self, redirect::Policy};
use unloc::{ClientCredentials, Environment, Scopes, TokenSource};

use super::{End, Stage, assert_failed, key, locks};
use crate::support::{Answer, SECRET, Server, TOKEN_TARGET, token_answer};

const STATUSES: [u16; 5] = [301, 302, 303, 307, 308];

/// Another origin, which would take whatever comes.
async fn elsewhere() -> Server {
    let server = Server::always(locks("elsewhere")).await;
    server.on_token(|_| token_answer("from-elsewhere"));
    server
}

/// Leads to another origin.
fn to(server: &Server, status: u16, target: &str) -> Answer {
    Answer::new(status, "").header("location", &format!("{}{target}", server.url()))
}

/// 303 is what servers say that did it, and show the result elsewhere.
fn outcome(status: u16) -> Outcome {
    if status == 303 { Unknown } else { Rejected }
}

/// Closures for `configure_http` that undo what they can.
fn hostile() -> Vec<fn(reqwest::ClientBuilder) -> reqwest::ClientBuilder> {
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
async fn a_redirected_list_is_not_followed() {
    for status in STATUSES {
        let elsewhere = elsewhere().await;
        let stage = Stage::new([to(&elsewhere, status, "/locks/"), locks("too late")]).await;
        let end = End { kind: Service, outcome: outcome(status), attempts: 1, status: Some(status) };
        assert_failed(stage.get_locks().await, end, "redirects are not followed");
        assert_eq!((stage.seen(), elsewhere.requests().len()), ((1, 1), 0), "{status}");
    }
}

#[tokio::test]
async fn a_redirected_key_is_not_followed() {
    for status in STATUSES {
        let elsewhere = elsewhere().await;
        let stage = Stage::new([to(&elsewhere, status, "/keys/"), key()]).await;
        let end = End { kind: Service, outcome: outcome(status), attempts: 1, status: Some(status) };
        assert_failed(stage.create_key().await, end, "redirects are not followed");
        assert_eq!((stage.seen(), elsewhere.requests().len()), ((1, 1), 0), "{status}");
    }
}

#[tokio::test]
async fn a_redirected_request_for_a_token_is_not_followed() {
    for status in STATUSES {
        let elsewhere = elsewhere().await;
        let stage = Stage::new([key()]).await.tokens([to(&elsewhere, status, TOKEN_TARGET)]);
        let end = End { kind: Token, outcome: NotSent, attempts: 0, status: Some(status) };
        assert_failed(stage.create_key().await, end, "redirects are not followed");
        assert_eq!((stage.seen(), elsewhere.token_requests().len()), ((0, 1), 0), "{status}");
    }
}

#[tokio::test]
async fn whatever_the_http_client_is_told_no_redirect_is_followed() {
    for configure in hostile() {
        for status in STATUSES {
            let elsewhere = elsewhere().await;
            let answers = [to(&elsewhere, status, "/keys/"), key()];
            let stage = Stage::with(answers, |builder| builder.configure_http(configure)).await;
            let end = End { kind: Service, outcome: outcome(status), attempts: 1, status: Some(status) };
            assert_failed(stage.create_key().await, end, "redirects are not followed");
            let stage = Stage::with([key()], |builder| builder.configure_http(configure)).await;
            let stage = stage.tokens([to(&elsewhere, status, TOKEN_TARGET)]);
            let end = End { kind: Token, outcome: NotSent, attempts: 0, status: Some(status) };
            assert_failed(stage.create_key().await, end, "redirects are not followed");
            assert!(elsewhere.requests().is_empty() && elsewhere.token_requests().is_empty(), "{status}");
        }
    }
}

#[tokio::test]
async fn whatever_the_http_client_is_told_it_retries_nothing_by_itself() {
    for configure in hostile() {
        let stage = Stage::with([Answer::new(503, ""), key()], |builder| builder.configure_http(configure)).await;
        let end = End { kind: Service, outcome: Unknown, attempts: 1, status: Some(503) };
        assert_failed(stage.create_key().await, end, "503");
        let agents: Vec<_> = stage.server.requests();
        assert_eq!(agents.len(), 1);
        assert!(agents[0].header("user-agent").is_some_and(|agent| agent.starts_with("unloc-rust/")));
        assert_eq!(agents[0].header("referer"), None);
    }
}

#[tokio::test]
async fn a_source_of_its_own_follows_no_redirect_whatever_its_http_client_is_told() {
    for configure in hostile() {
        let elsewhere = elsewhere().await;
        let stage = Stage::new([]).await.tokens([to(&elsewhere, 307, TOKEN_TARGET)]);
        let environment: Environment = stage.server.url().parse().unwrap();
        let source = ClientCredentials::new(&environment, "id", SECRET).unwrap().configure_http(configure).unwrap();
        let error = source.fetch(Scopes::unscoped()).await.unwrap_err();
        assert!(error.to_string().contains("redirects are not followed"), "{error}");
        assert!(elsewhere.token_requests().is_empty());
    }
}

#[tokio::test]
async fn closures_are_applied_one_after_the_other() {
    let stage = Stage::with([locks("there")], |builder| {
        builder
            .configure_http(|http| http.default_headers([named("x-a", "1"), named("x-b", "1")].into_iter().collect()))
            .configure_http(|http| http.default_headers([named("x-b", "2")].into_iter().collect()))
    });
    let stage = stage.await;
    stage.get_locks().await.unwrap();
    let sent = &stage.server.requests()[0];
    assert_eq!((sent.header("x-a"), sent.header("x-b")), (Some("1"), Some("2")));
}

fn named(name: &'static str, value: &'static str) -> (reqwest::header::HeaderName, unloc::HeaderValue) {
    (reqwest::header::HeaderName::from_static(name), unloc::HeaderValue::from_static(value))
}
