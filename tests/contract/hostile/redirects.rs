//! Redirects, which would carry tokens, secrets and bodies elsewhere.

use unloc::ErrorKind::{Configuration, Service, Token};
use unloc::Outcome::{self, NotSent, Rejected, Unknown};
use unloc::reqwest::{self, redirect::Policy};
use unloc::{ClientCredentials, Environment, Unloc};

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

/// A client of the caller's own, with this policy or reqwest's.
fn theirs(policy: Option<Policy>) -> reqwest::Client {
    let builder = reqwest::Client::builder().no_proxy();
    policy.into_iter().fold(builder, reqwest::ClientBuilder::redirect).build().unwrap()
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
async fn with_the_callers_own_client_no_redirect_is_followed_either() {
    for status in STATUSES {
        let elsewhere = elsewhere().await;
        let answers = [to(&elsewhere, status, "/keys/"), key()];
        let stage = Stage::with(answers, |builder| builder.http_client(theirs(Some(Policy::none())))).await;
        let end = End { kind: Service, outcome: outcome(status), attempts: 1, status: Some(status) };
        assert_failed(stage.create_key().await, end, "redirects are not followed");
        let answers = [key()];
        let stage = Stage::with(answers, |builder| builder.http_client(theirs(Some(Policy::none())))).await;
        let stage = stage.tokens([to(&elsewhere, status, TOKEN_TARGET)]);
        let end = End { kind: Token, outcome: NotSent, attempts: 0, status: Some(status) };
        assert_failed(stage.create_key().await, end, "redirects are not followed");
        assert!(elsewhere.requests().is_empty() && elsewhere.token_requests().is_empty(), "{status}");
    }
}

#[test]
fn a_client_that_would_follow_redirects_is_refused_before_anything_is_sent() {
    let policies =
        [None, Some(Policy::default()), Some(Policy::limited(1)), Some(Policy::custom(|attempt| attempt.error("no")))];
    for policy in policies {
        let http = theirs(policy);
        let sandbox = Environment::Sandbox;
        let client = Unloc::builder().client_credentials("id", SECRET).http_client(http.clone()).build().map(drop);
        let source = ClientCredentials::with_http_client(&sandbox, "id", SECRET, http).map(drop);
        for refused in [client, source] {
            let error = refused.unwrap_err();
            assert_eq!(error.kind(), Configuration);
            assert!(error.to_string().contains("redirect(reqwest::redirect::Policy::none())"), "{error}");
        }
    }
    let http = theirs(Some(Policy::none()));
    assert!(Unloc::builder().client_credentials("id", SECRET).http_client(http).build().is_ok());
}
