//! Tests the `tracing` spans and events of calls, which use OpenTelemetry's names.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use serde_json::json;
use unloc::token::{Token, TokenCache};
use unloc::{Clock, ErrorKind, Moment, RequestOptions, RetryPolicy, Scopes, lock_holder_scope};

use crate::log::Log;
use crate::support::{Response, Server, lock_holder, retrying};

fn no_backoff() -> RequestOptions {
    RequestOptions::new().retry(RetryPolicy::default().initial_backoff(Duration::ZERO).max_backoff(Duration::ZERO))
}

/// Returns the lines that this crate logged.
fn lines(log: &Log) -> Vec<String> {
    let ours = |line: &&str| line.starts_with("unloc::") || line.contains(" records:");
    log.text().lines().filter(ours).map(str::to_owned).collect()
}

#[track_caller]
fn assert_line(lines: &[String], parts: &[&str]) {
    let found = lines.iter().any(|line| parts.iter().all(|part| line.contains(part)));
    assert!(found, "{parts:?} in\n{}", lines.join("\n"));
}

#[tokio::test]
async fn a_call_is_a_span_with_opentelemetry_names_and_a_child_span_per_attempt() {
    let server = Server::one_by_one([
        Response::new(503, ""),
        Response::expired(),
        Response::json(404, &json!({"error": "NotFound"})),
        Response::ok(&json!({"locks": []})),
    ])
    .await;
    let unloc = retrying(&server.url()).options(no_backoff()).build().unwrap();
    let home = lock_holder("home-of-somebody");
    // With a cached token, the first attempt is the first thing that is logged.
    unloc.tokens().prefetch([lock_holder_scope(&home).unwrap().into()]).await.unwrap();
    let home = unloc.lock_holder(&home).unwrap();
    let (log, guard) = Log::of_this_thread();
    home.get_lock().lock_id("their-front-door").send().await.unwrap_err();
    home.get_locks().send().await.unwrap();
    drop(guard);
    let lines = lines(&log);
    let port = server.url().rsplit(':').next().unwrap().to_owned();
    let path = "/integrators/v1/lock-holders/{lockHolderId}/locks/{lockId}/";
    assert_line(
        &lines,
        &[
            "unloc::call span call:",
            &format!("otel.name=GET {path}"),
            "otel.kind=client",
            "http.request.method=GET",
            &format!("url.template={path}"),
            "server.address=127.0.0.1",
            &format!("server.port={port}"),
            "unloc.operation=getLock",
        ],
    );
    // The attempts get 503, then 401 for an expired token, then 404.
    let getting = lines.iter().position(|line| line.contains("unloc.operation=getLock")).expect("a call");
    let lines = &lines[getting..];
    for (resends, status) in [(0, 503), (1, 401), (2, 404)] {
        let start = lines.iter().position(|line| {
            line.starts_with("unloc::call span attempt:")
                && line.contains(&format!("http.request.resend_count={resends}"))
        });
        let rest = &lines[start.expect("an attempt")..];
        let status = format!("http.response.status_code={status}");
        let recorded = rest.iter().find(|line| line.starts_with("attempt records:") && line.contains("status_code"));
        assert!(recorded.is_some_and(|line| line.contains(&status)), "{rest:#?}");
    }
    for field in ["error.type=404", "unloc.outcome=Unknown", "otel.status_code=ERROR", "unloc.attempts=3"] {
        assert_line(lines, &["call records:", field]);
    }
    assert_line(lines, &["call records:", "http.response.status_code=200"]);
    assert_line(lines, &["call records:", "unloc.outcome=Succeeded"]);
    assert_line(lines, &["DEBUG: message=the call failed error=getLock: the service responded with 404"]);
    assert_line(lines, &["the call is retried after a pause", "pause=0ns"]);
    // Only the path template is logged, because a path may contain a phone number.
    assert!(!log.text().contains("their-front-door") && !log.text().contains("home-of-somebody"), "{}", log.text());
}

#[tokio::test]
async fn token_fetches_and_an_empty_retry_budget_are_events() {
    let server = Server::always(Response::new(503, "")).await;
    let (log, guard) = Log::of_this_thread();
    let unloc = retrying(&server.url()).options(no_backoff()).retry_budget(0).build().unwrap();
    unloc.get_lock_holders().send().await.unwrap_err();
    server.respond_with(Response::expired());
    unloc.get_lock_holders().send().await.unwrap_err();
    server.on_token(|_| Response::json(400, &json!({"error": "invalid_scope"})));
    let home = unloc.lock_holder(&lock_holder("home")).unwrap();
    assert_eq!(home.get_locks().send().await.unwrap_err().kind(), ErrorKind::Token);
    drop(guard);
    let lines = lines(&log);
    for event in [
        "DEBUG: message=a call waits for a token",
        "DEBUG: message=token fetched",
        "DEBUG: message=token fetch failed",
        "DEBUG: message=the service refused a token before it expired",
        "WARN: message=the retry budget is exhausted",
    ] {
        assert_line(&lines, &[event]);
    }
}

#[tokio::test]
async fn an_undecodable_response_is_logged_as_a_failed_call() {
    let server = Server::always(Response::ok(&json!({"locks": 5}))).await;
    let unloc = retrying(&server.url()).build().unwrap();
    let home = unloc.lock_holder(&lock_holder("home")).unwrap();
    let (log, guard) = Log::of_this_thread();
    assert_eq!(home.get_locks().send().await.unwrap_err().kind(), ErrorKind::Decode);
    drop(guard);
    let lines = lines(&log);
    for field in ["error.type=decode", "unloc.outcome=Accepted", "otel.status_code=ERROR", "status_code=200"] {
        assert_line(&lines, &["call records:", field]);
    }
}

/// Implements a clock whose seconds a test sets.
#[derive(Clone, Default)]
struct Seconds(Arc<AtomicU64>);

impl Clock for Seconds {
    fn now(&self) -> Moment {
        let now = Duration::from_secs(self.0.load(Ordering::SeqCst));
        Moment { steady: now, wall: now }
    }
}

#[tokio::test]
async fn a_background_refresh_is_an_event_and_a_missing_lifetime_warns_once() {
    let seconds = Seconds::default();
    let cache = TokenCache::builder(|_: Scopes| async { Ok(Token::new("EXAMPLE")) }).clock(seconds.clone()).build();
    let (log, guard) = Log::of_this_thread();
    cache.get(&Scopes::unscoped()).await.unwrap();
    // A token without a lifetime is assumed to live 300 s, and the last fifth of that starts at 240 s.
    seconds.0.store(261, Ordering::SeqCst);
    cache.get(&Scopes::unscoped()).await.unwrap();
    // The background task completes only when the test yields to it.
    while cache.stats().fetched < 2 {
        tokio::task::yield_now().await;
    }
    drop(guard);
    let lines = lines(&log);
    assert_line(&lines, &["DEBUG: message=token refresh started in the background"]);
    let recorded = lines.iter().filter(|line| line.contains("WARN") && line.contains("assuming 300 s")).count();
    assert_eq!(recorded, 1, "{lines:#?}");
}

#[tokio::test]
async fn a_list_that_ends_at_an_empty_page_with_a_cursor_is_an_event() {
    use futures_util::TryStreamExt;

    let page = |ids: &[&str], next: &str| {
        let locks: Vec<_> = ids.iter().map(|id| json!({"id": id, "name": "Door"})).collect();
        Response::ok(&json!({"locks": locks, "startAfterId": next}))
    };
    let recorded = "WARN: message=a page without items has a cursor; the list ends here";
    for (pages, is_logged) in [
        ([page(&["a"], "a"), page(&[], "b")], true),
        ([page(&["a"], "a"), page(&[], "")], false),
        ([page(&["a"], "a"), page(&["b"], "")], false),
    ] {
        let server = Server::one_by_one(pages).await;
        let unloc = retrying(&server.url()).build().unwrap();
        let home = unloc.lock_holder(&lock_holder("home")).unwrap();
        let (log, guard) = Log::of_this_thread();
        let _: Vec<_> = home.get_locks().items().try_collect().await.unwrap();
        drop(guard);
        assert_eq!(lines(&log).iter().any(|line| line.contains(recorded)), is_logged);
    }
}

#[tokio::test]
async fn an_undecodable_inferred_response_is_an_event_without_its_values() {
    let server = Server::always(Response::ok(&json!({"webhook": {"id": ["hunter2-in-a-list"]}}))).await;
    let home = retrying(&server.url()).build().unwrap().lock_holder(&lock_holder("home")).unwrap();
    let body = unloc::types::CreateWebhookRequest::builder().webhook_url("https://hooks.example.com/");
    let (log, guard) = Log::of_this_thread();
    assert!(home.create_webhook().body(body).send().await.unwrap().is_none());
    drop(guard);
    let lines = lines(&log);
    assert_line(&lines, &["WARN: message=an inferred response cannot be read", "createWebhook", "`webhook.id`"]);
    assert!(!log.text().contains("hunter2"), "{}", log.text());
}
