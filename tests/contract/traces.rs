//! What a program learns of its calls through `tracing`, in the words of OpenTelemetry.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use serde_json::json;
use unloc::token::{Token, TokenCache};
use unloc::{Clock, ErrorKind, Moment, RequestOptions, RetryPolicy, Scopes, lock_holder_scope};

use crate::log::Log;
use crate::support::{Answer, Server, lock_holder, repeating};

fn at_once() -> RequestOptions {
    RequestOptions::new().retry(RetryPolicy::default().initial_backoff(Duration::ZERO).max_backoff(Duration::ZERO))
}

/// The lines of this crate's own.
fn lines(log: &Log) -> Vec<String> {
    let ours = |line: &&str| line.starts_with("unloc::") || line.contains(" learns:");
    log.text().lines().filter(ours).map(str::to_owned).collect()
}

#[track_caller]
fn assert_line(lines: &[String], parts: &[&str]) {
    let found = lines.iter().any(|line| parts.iter().all(|part| line.contains(part)));
    assert!(found, "{parts:?} in\n{}", lines.join("\n"));
}

#[tokio::test]
async fn a_call_is_a_span_with_opentelemetrys_names_and_each_attempt_one_inside_it() {
    let server = Server::one_by_one([
        Answer::new(503, ""),
        Answer::expired(),
        Answer::json(404, &json!({"error": "NotFound"})),
        Answer::ok(&json!({"locks": []})),
    ])
    .await;
    let unloc = repeating(&server.url()).options(at_once()).build().unwrap();
    let home = lock_holder("home-of-somebody");
    // So that the first attempt is the first thing that happens.
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
    // A busy service, a refused token, an answer.
    let getting = lines.iter().position(|line| line.contains("unloc.operation=getLock")).expect("a call");
    let lines = &lines[getting..];
    for (resends, status) in [(0, 503), (1, 401), (2, 404)] {
        let begun = lines.iter().position(|line| {
            line.starts_with("unloc::call span attempt:")
                && line.contains(&format!("http.request.resend_count={resends}"))
        });
        let rest = &lines[begun.expect("an attempt")..];
        let status = format!("http.response.status_code={status}");
        let told = rest.iter().find(|line| line.starts_with("attempt learns:") && line.contains("status_code"));
        assert!(told.is_some_and(|line| line.contains(&status)), "{rest:#?}");
    }
    for learned in ["error.type=404", "unloc.outcome=Unknown", "otel.status_code=ERROR", "unloc.attempts=3"] {
        assert_line(lines, &["call learns:", learned]);
    }
    assert_line(lines, &["call learns:", "http.response.status_code=200"]);
    assert_line(lines, &["call learns:", "unloc.outcome=Succeeded"]);
    assert_line(lines, &["DEBUG: message=the call failed error=getLock: the service answered 404"]);
    assert_line(lines, &["the call is retried after a pause", "pause=0ns"]);
    // Of the address, nothing but the template: what stands in a path may be a person's number.
    assert!(!log.text().contains("their-front-door") && !log.text().contains("home-of-somebody"), "{}", log.text());
}

#[tokio::test]
async fn what_happens_to_tokens_and_to_the_budget_is_an_event() {
    let server = Server::always(Answer::new(503, "")).await;
    let (log, guard) = Log::of_this_thread();
    let unloc = repeating(&server.url()).options(at_once()).retry_budget(0).build().unwrap();
    unloc.get_lock_holders().send().await.unwrap_err();
    server.answer(Answer::expired());
    unloc.get_lock_holders().send().await.unwrap_err();
    server.on_token(|_| Answer::json(400, &json!({"error": "invalid_scope"})));
    let home = unloc.lock_holder(&lock_holder("home")).unwrap();
    assert_eq!(home.get_locks().send().await.unwrap_err().kind(), ErrorKind::Token);
    drop(guard);
    let lines = lines(&log);
    for event in [
        "DEBUG: message=a call waits for a token",
        "DEBUG: message=a new token",
        "DEBUG: message=no new token",
        "DEBUG: message=the service refused a token before its time",
        "WARN: message=the retry budget is empty",
    ] {
        assert_line(&lines, &[event]);
    }
}

#[tokio::test]
async fn an_answer_that_cannot_be_read_is_a_call_that_failed() {
    let server = Server::always(Answer::ok(&json!({"locks": 5}))).await;
    let unloc = repeating(&server.url()).build().unwrap();
    let home = unloc.lock_holder(&lock_holder("home")).unwrap();
    let (log, guard) = Log::of_this_thread();
    assert_eq!(home.get_locks().send().await.unwrap_err().kind(), ErrorKind::Decode);
    drop(guard);
    let lines = lines(&log);
    for learned in ["error.type=decode", "unloc.outcome=Accepted", "otel.status_code=ERROR", "status_code=200"] {
        assert_line(&lines, &["call learns:", learned]);
    }
}

/// Seconds that a test sets.
#[derive(Clone, Default)]
struct Seconds(Arc<AtomicU64>);

impl Clock for Seconds {
    fn now(&self) -> Moment {
        let now = Duration::from_secs(self.0.load(Ordering::SeqCst));
        Moment { steady: now, wall: now }
    }
}

#[tokio::test]
async fn a_refresh_beside_the_calls_is_an_event_and_a_lifetime_that_is_not_known_is_told_once() {
    let seconds = Seconds::default();
    let cache = TokenCache::builder(|_: Scopes| async { Ok(Token::new("EXAMPLE")) }).clock(seconds.clone()).build();
    let (log, guard) = Log::of_this_thread();
    cache.get(&Scopes::unscoped()).await.unwrap();
    // In the last fifth of the five minutes that are assumed.
    seconds.0.store(261, Ordering::SeqCst);
    cache.get(&Scopes::unscoped()).await.unwrap();
    // What is fetched beside the calls lands when it may.
    while cache.stats().fetched < 2 {
        tokio::task::yield_now().await;
    }
    drop(guard);
    let lines = lines(&log);
    assert_line(&lines, &["DEBUG: message=a new token is fetched beside the calls"]);
    let told = lines.iter().filter(|line| line.contains("WARN") && line.contains("300 s are assumed")).count();
    assert_eq!(told, 1, "{lines:#?}");
}

#[tokio::test]
async fn a_list_that_ends_although_another_page_is_named_is_an_event() {
    use futures_util::TryStreamExt;

    let page = |ids: &[&str], next: &str| {
        let locks: Vec<_> = ids.iter().map(|id| json!({"id": id, "name": "Door"})).collect();
        Answer::ok(&json!({"locks": locks, "startAfterId": next}))
    };
    let told = "WARN: message=the service named another page on one without items: the list ends";
    for (pages, is_told) in [
        ([page(&["a"], "a"), page(&[], "b")], true),
        ([page(&["a"], "a"), page(&[], "")], false),
        ([page(&["a"], "a"), page(&["b"], "")], false),
    ] {
        let server = Server::one_by_one(pages).await;
        let unloc = repeating(&server.url()).build().unwrap();
        let home = unloc.lock_holder(&lock_holder("home")).unwrap();
        let (log, guard) = Log::of_this_thread();
        let _: Vec<_> = home.get_locks().items().try_collect().await.unwrap();
        drop(guard);
        assert_eq!(lines(&log).iter().any(|line| line.contains(told)), is_told);
    }
}

#[tokio::test]
async fn an_inferred_response_that_cannot_be_read_is_an_event_without_what_it_held() {
    let server = Server::always(Answer::ok(&json!({"webhook": {"id": ["hunter2-in-a-list"]}}))).await;
    let home = repeating(&server.url()).build().unwrap().lock_holder(&lock_holder("home")).unwrap();
    let body = unloc::types::CreateWebhookRequest::builder().webhook_url("https://hooks.example.com/");
    let (log, guard) = Log::of_this_thread();
    assert!(home.create_webhook().body(body).send().await.unwrap().is_none());
    drop(guard);
    let lines = lines(&log);
    assert_line(&lines, &["WARN: message=an inferred response cannot be read", "createWebhook", "`webhook.id`"]);
    assert!(!log.text().contains("hunter2"), "{}", log.text());
}
