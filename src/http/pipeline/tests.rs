//! Tests the pipeline with Tokio's paused clock and a test double for the transport, so that no test waits or connects.

mod cancelled;
mod model;
mod refusals;

use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard};

use ::http::StatusCode;
use ::http::header::HeaderMap;
use futures_util::future::join_all;
use tokio::time::{Instant, sleep};
use url::Url;

use super::*;
use crate::auth::token::Token;
use crate::http::options::RequestOptions;
use crate::http::retry::RetryPolicy;
use crate::runtime::clock::tests::Manual;

/// Fakes the service: it fails requests with these errors, in this order, and then succeeds.
struct Service {
    clock: Arc<Manual>,
    budget: Budget,
    cache: TokenCache,
    /// Counts the tokens that were issued.
    issued: Arc<AtomicUsize>,
    /// Holds the number of the last revoked token; it and all before it are refused.
    revoked: AtomicUsize,
    errors: Mutex<VecDeque<Error>>,
    /// Delays each response.
    latency: Duration,
    sent: AtomicUsize,
}

impl Service {
    fn new(errors: impl IntoIterator<Item = Error>) -> Self {
        let (clock, issued) = (Arc::new(Manual::new()), Arc::new(AtomicUsize::new(0)));
        let counter = Arc::clone(&issued);
        let cache = TokenCache::builder(move |_: Scopes| {
            let number = counter.fetch_add(1, Ordering::SeqCst) + 1;
            async move {
                sleep(Duration::from_millis(500)).await;
                Ok(Token::new(number.to_string()).expires_in(Duration::from_secs(3600)))
            }
        });
        let cache = cache.shared_clock(Arc::clone(&clock) as _).build();
        let (revoked, sent) = (AtomicUsize::new(0), AtomicUsize::new(0));
        let errors = Mutex::new(errors.into_iter().collect());
        let budget = budget(20, &*clock);
        Self { clock, budget, cache, issued, revoked, errors, latency: Duration::ZERO, sent }
    }

    async fn call(&self, id: &str, options: RequestOptions) -> Result<u32> {
        let options = options.merge(&RequestOptions::new());
        let scopes = Scopes::unscoped();
        let call = Call {
            operation: Operation::find(id).unwrap(),
            base_path: "/integrators/v1",
            clock: &*self.clock,
            budget: &self.budget,
            options: &options,
            tokens: Some((&self.cache, &scopes)),
        };
        call.make(&mut FakeTransport { service: self, arrivals: 0 }).await.map(|(arrivals, _)| arrivals)
    }

    fn errors(&self) -> MutexGuard<'_, VecDeque<Error>> {
        self.errors.lock().unwrap()
    }
}

/// Fakes the transport of one call.
struct FakeTransport<'a> {
    service: &'a Service,
    arrivals: u32,
}

impl Transport for FakeTransport<'_> {
    /// Counts how often the request arrived.
    type Response = u32;

    async fn send(&mut self, bearer: Option<Bearer>, timeout: AttemptTimeout) -> Result<u32> {
        let service = self.service;
        service.sent.fetch_add(1, Ordering::SeqCst);
        if !service.latency.is_zero() {
            sleep(service.latency).await;
        }
        let token: usize = bearer.unwrap().token().parse().unwrap();
        let refused = token <= service.revoked.load(Ordering::SeqCst);
        let error = if refused { Some(status(401)) } else { service.errors().pop_front() };
        if error.as_ref().is_some_and(|error| error.kind() == ErrorKind::Timeout) {
            timeout.elapsed.await;
        }
        self.arrivals += u32::from(error.as_ref().is_none_or(|error| error.outcome() != Outcome::NotSent));
        error.map_or(Ok(self.arrivals), Err)
    }

    fn status(_: &u32) -> StatusCode {
        StatusCode::OK
    }
}

fn budget(retries: u32, clock: &dyn Clock) -> Budget {
    Budget::new(&Url::parse("https://api.unloc.app/integrators/v1").unwrap(), retries, clock.now())
}

fn status(status: u16) -> Error {
    Error::rejected(StatusCode::from_u16(status).unwrap(), HeaderMap::new(), Vec::new(), &crate::error::Sent::default())
}

fn refused() -> Error {
    Error::new(ErrorKind::Connection, "no connection")
}

fn broken() -> Error {
    Error::new(ErrorKind::Connection, "the connection broke").at_worst(Outcome::Unknown)
}

fn timed_out() -> Error {
    Error::timed_out(&Url::parse("https://api.unloc.app").unwrap(), Duration::from_secs(20))
}

fn defaults() -> RequestOptions {
    RequestOptions::new()
}

#[tokio::test(start_paused = true)]
async fn twenty_calls_after_a_revocation_fetch_one_token_and_all_succeed() {
    let service = Service { latency: Duration::from_millis(20), ..Service::new([]) };
    service.call("getLocks", defaults()).await.unwrap();
    service.revoked.store(1, Ordering::SeqCst);
    let calls = join_all((0..20).map(|_| service.call("createKey", defaults()))).await;
    assert!(calls.into_iter().all(|sent| sent.unwrap() == 2));
    assert_eq!(service.issued.load(Ordering::SeqCst), 2);
    assert_eq!(service.sent.load(Ordering::SeqCst), 1 + 40);
}

#[tokio::test(start_paused = true)]
async fn returns_a_second_401() {
    let service = Service::new([]);
    service.revoked.store(usize::MAX, Ordering::SeqCst);
    let error = service.call("getLocks", defaults()).await.unwrap_err();
    assert_eq!((error.kind(), error.status().unwrap().as_u16(), error.attempts()), (ErrorKind::Service, 401, 2));
    assert_eq!(error.outcome(), Outcome::Rejected);
    assert!(error.to_string().contains("fresh token was refused as well"), "{error}");
    assert_eq!(service.issued.load(Ordering::SeqCst), 2);
}

#[tokio::test(start_paused = true)]
async fn retries_transient_failures_of_an_idempotent_operation() {
    for transient in [refused, broken, timed_out, || status(429), || status(500), || status(503)] {
        let service = Service::new([transient(), transient()]);
        assert!(service.call("getLocks", defaults()).await.is_ok(), "{}", transient());
        assert_eq!(service.sent.load(Ordering::SeqCst), 3);
    }
    for permanent in [400, 403, 404, 409, 501] {
        let service = Service::new([status(permanent)]);
        assert!(service.call("getLocks", defaults()).await.is_err());
        assert_eq!(service.sent.load(Ordering::SeqCst), 1, "{permanent}");
    }
}

#[tokio::test(start_paused = true)]
async fn retries_create_key_only_if_the_request_was_not_sent() {
    let service = Service::new([refused(), refused()]);
    assert_eq!(service.call("createKey", defaults()).await.unwrap(), 1, "the service saw one request");
    for (error, outcome) in [
        (broken(), Outcome::Unknown),
        (timed_out(), Outcome::Unknown),
        (status(503), Outcome::Unknown),
        (status(429), Outcome::Rejected),
    ] {
        let service = Service::new([refused(), error]);
        let error = service.call("createKey", defaults()).await.unwrap_err();
        assert_eq!((error.outcome(), error.attempts()), (outcome, 1));
        assert_eq!(service.sent.load(Ordering::SeqCst), 2);
    }
}

#[tokio::test(start_paused = true)]
async fn retries_create_key_after_a_401_and_a_refused_connection() {
    let service = Service::new([]);
    service.call("getLocks", defaults()).await.unwrap();
    service.revoked.store(1, Ordering::SeqCst);
    service.errors().push_back(refused());
    assert_eq!(
        service.call("createKey", defaults()).await.unwrap(),
        2,
        "the one with the refused token, and the one that created the key"
    );
    assert_eq!(service.sent.load(Ordering::SeqCst), 1 + 3);
}

#[tokio::test(start_paused = true)]
async fn a_later_refusal_does_not_undo_an_unknown_outcome() {
    for last in [refused(), status(404)] {
        let service = Service::new([broken(), last]);
        let error =
            service.call("deleteWebhook", defaults().retry(RetryPolicy::default().max_attempts(2))).await.unwrap_err();
        assert_eq!(error.outcome(), Outcome::Unknown, "{error}");
    }
}

#[tokio::test(start_paused = true)]
async fn waits_for_retry_after() {
    let service = Service::new([status(429).retry_in(Duration::from_secs(7))]);
    service.call("getLocks", defaults()).await.unwrap();
    let begun = Instant::now();
    service.errors().push_back(status(503).retry_in(Duration::from_secs(7)));
    service.call("getLocks", defaults()).await.unwrap();
    assert_eq!(begun.elapsed(), Duration::from_secs(7));
    service.errors().push_back(status(503).retry_in(Duration::from_secs(31)));
    let error = service.call("getLocks", defaults()).await.unwrap_err();
    assert_eq!((begun.elapsed(), error.retry_after()), (Duration::from_secs(7), Some(Duration::from_secs(31))));
    assert!(error.to_string().contains("longer than the retry policy allows"), "{error}");
}

#[tokio::test(start_paused = true)]
async fn the_operation_timeout_ends_every_wait() {
    let minute = Duration::from_secs(60);
    // The wait for a response: of three attempts of 25 s the last is cut short.
    let service = Service::new([timed_out(), timed_out(), timed_out()]);
    let begun = Instant::now();
    let options = defaults().attempt_timeout(Duration::from_secs(25));
    let error = service.call("getLocks", options.clone()).await.unwrap_err();
    assert!(begun.elapsed() <= minute && begun.elapsed() > Duration::from_secs(50), "{:?}", begun.elapsed());
    assert_eq!((error.kind(), error.outcome()), (ErrorKind::Timeout, Outcome::Unknown));
    // The wait before a retry.
    let service = Service::new([status(503).retry_in(Duration::from_secs(20))]);
    let error = service.call("getLocks", defaults().operation_timeout(Duration::from_secs(10))).await.unwrap_err();
    assert!(error.to_string().contains("the operation timeout of 10 s leaves no time"), "{error}");
    assert_eq!(error.status().unwrap().as_u16(), 503);
    // The wait for a token, whose fetch continues without this caller.
    let service = Service::new([]);
    let short = defaults().operation_timeout(Duration::from_millis(100));
    let error = service.call("createKey", short).await.unwrap_err();
    assert_eq!((error.kind(), error.outcome(), error.attempts()), (ErrorKind::Timeout, Outcome::NotSent, 0));
    assert!(error.to_string().contains("no access token: none within the operation timeout of 0.1 s"), "{error}");
    sleep(Duration::from_millis(400)).await;
    service.call("createKey", defaults().operation_timeout(Duration::from_millis(100))).await.unwrap();
    assert_eq!(service.issued.load(Ordering::SeqCst), 1);
}

#[tokio::test(start_paused = true)]
async fn sends_an_expiring_token_if_the_next_one_takes_half_of_the_time_left() {
    let mut service = Service::new([]);
    let calls = Arc::new(AtomicUsize::new(0));
    let counter = Arc::clone(&calls);
    let source = move |_: Scopes| {
        let first = counter.fetch_add(1, Ordering::SeqCst) == 0;
        async move {
            if !first {
                std::future::pending::<()>().await;
            }
            Ok(Token::new("1").expires_in(Duration::from_secs(300)))
        }
    };
    service.cache = TokenCache::builder(source).shared_clock(Arc::clone(&service.clock) as _).build();
    service.call("getLocks", defaults()).await.unwrap();
    // In the hard window, with a source that does not respond any more.
    sleep(Duration::from_secs(275)).await;
    let begun = Instant::now();
    service.call("getLocks", defaults().operation_timeout(Duration::from_secs(10))).await.unwrap();
    assert_eq!((begun.elapsed(), calls.load(Ordering::SeqCst)), (Duration::from_secs(5), 2));
    sleep(Duration::from_secs(25)).await;
    let error = service.call("getLocks", defaults().operation_timeout(Duration::from_secs(10))).await.unwrap_err();
    assert_eq!((error.kind(), error.outcome()), (ErrorKind::Timeout, Outcome::NotSent), "the token has expired by now");
}

#[tokio::test(start_paused = true)]
async fn an_outage_exhausts_the_budget_and_the_errors_say_so() {
    let service = Service::new((0..1000).map(|_| status(503)));
    let mut texts = Vec::new();
    for _ in 0..100 {
        texts.push(service.call("getLocks", defaults()).await.unwrap_err().to_string());
    }
    // A budget of 20, refilled by 0.1 for each second. The calls take no time, since the jitter is zero.
    assert_eq!(service.sent.load(Ordering::SeqCst), 100 + 20);
    assert!(texts[0].contains("sent 3 times") && !texts[0].contains("budget"), "{}", texts[0]);
    assert!(texts[99].contains("the retry budget for api.unloc.app is exhausted"), "{}", texts[99]);
    // The error is still the service's response. After ten seconds the budget allows one retry.
    assert!(texts[99].contains("the service responded with 503"), "{}", texts[99]);
    service.errors().truncate(1);
    sleep(Duration::from_secs(10)).await;
    assert_eq!(service.call("getLocks", defaults()).await.unwrap(), 2);
}

#[tokio::test(start_paused = true)]
async fn waiting_for_a_token_takes_nothing_from_the_budget() {
    let mut service = Service::new([]);
    let failures = Arc::new(AtomicUsize::new(2));
    let left = Arc::clone(&failures);
    let source = move |_: Scopes| {
        let fails = left.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |left| left.checked_sub(1)).is_ok();
        async move { if fails { Err(refused()) } else { Ok(Token::new("1")) } }
    };
    service.cache = TokenCache::builder(source).shared_clock(Arc::clone(&service.clock) as _).build();
    service.budget = budget(0, &*service.clock);
    let begun = Instant::now();
    assert_eq!(service.call("createKey", defaults()).await.unwrap(), 1);
    // The cache pauses for 250 ms, then for 500 ms.
    assert_eq!(begun.elapsed(), Duration::from_millis(750));
    failures.store(100, Ordering::SeqCst);
    service.cache.invalidate(&Scopes::unscoped());
    let error = service.call("createKey", defaults()).await.unwrap_err();
    assert_eq!((error.outcome(), error.attempts(), failures.load(Ordering::SeqCst)), (Outcome::NotSent, 0, 97));
}
