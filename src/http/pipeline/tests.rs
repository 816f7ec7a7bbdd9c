//! On Tokio's paused clock, and with a wire that is no network: nothing here waits for real.

mod model;
mod refusals;

use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard};

use futures_util::future::join_all;
use reqwest::header::HeaderMap;
use reqwest::{StatusCode, Url};
use tokio::time::{Instant, sleep};

use super::*;
use crate::auth::token::Token;
use crate::http::options::RequestOptions;
use crate::http::retry::RetryPolicy;
use crate::runtime::clock::tests::Manual;

/// A service: what it answers, one after the other (and then with success), and which tokens it takes.
struct Service {
    clock: Arc<Manual>,
    budget: Budget,
    cache: TokenCache,
    /// How many tokens were given out.
    tokens: Arc<AtomicUsize>,
    /// How many of them, from the first on, are refused.
    revoked: AtomicUsize,
    answers: Mutex<VecDeque<Error>>,
    /// How long each answer takes.
    takes: Duration,
    sent: AtomicUsize,
}

impl Service {
    fn new(answers: impl IntoIterator<Item = Error>) -> Self {
        let (clock, tokens) = (Arc::new(Manual::new()), Arc::new(AtomicUsize::new(0)));
        let given = Arc::clone(&tokens);
        let cache = TokenCache::builder(move |_: Scopes| {
            let number = given.fetch_add(1, Ordering::SeqCst) + 1;
            async move {
                sleep(Duration::from_millis(500)).await;
                Ok(Token::new(number.to_string()).expires_in(Duration::from_secs(3600)))
            }
        });
        let cache = cache.shared_clock(Arc::clone(&clock) as _).build();
        let (revoked, sent) = (AtomicUsize::new(0), AtomicUsize::new(0));
        let answers = Mutex::new(answers.into_iter().collect());
        let budget = budget(20, &*clock);
        Self { clock, budget, cache, tokens, revoked, answers, takes: Duration::ZERO, sent }
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
        call.make(&mut Line { service: self, arrivals: 0 }).await.map(|(answer, _)| answer)
    }

    fn answers(&self) -> MutexGuard<'_, VecDeque<Error>> {
        self.answers.lock().unwrap()
    }
}

/// The wire of one call.
struct Line<'a> {
    service: &'a Service,
    arrivals: u32,
}

impl Transport for Line<'_> {
    /// How often the request arrived.
    type Answer = u32;

    async fn send(&mut self, bearer: Option<Bearer>, over: AttemptTimeout) -> Result<u32> {
        let service = self.service;
        service.sent.fetch_add(1, Ordering::SeqCst);
        if !service.takes.is_zero() {
            sleep(service.takes).await;
        }
        let token: usize = bearer.unwrap().token().parse().unwrap();
        let refused = token <= service.revoked.load(Ordering::SeqCst);
        let answer = if refused { Some(status(401)) } else { service.answers().pop_front() };
        if answer.as_ref().is_some_and(|error| error.kind() == ErrorKind::Timeout) {
            over.over.await;
        }
        self.arrivals += u32::from(answer.as_ref().is_none_or(|error| error.outcome() != Outcome::NotSent));
        answer.map_or(Ok(self.arrivals), Err)
    }

    fn status(_: &u32) -> StatusCode {
        StatusCode::OK
    }
}

fn budget(repeats: u32, clock: &dyn Clock) -> Budget {
    Budget::new(&Url::parse("https://api.unloc.app/integrators/v1").unwrap(), repeats, clock.now())
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

fn plain() -> RequestOptions {
    RequestOptions::new()
}

#[tokio::test(start_paused = true)]
async fn twenty_calls_after_a_revocation_fetch_one_token_and_all_succeed() {
    let service = Service { takes: Duration::from_millis(20), ..Service::new([]) };
    service.call("getLocks", plain()).await.unwrap();
    service.revoked.store(1, Ordering::SeqCst);
    let calls = join_all((0..20).map(|_| service.call("createKey", plain()))).await;
    assert!(calls.into_iter().all(|sent| sent.unwrap() == 2));
    assert_eq!(service.tokens.load(Ordering::SeqCst), 2);
    assert_eq!(service.sent.load(Ordering::SeqCst), 1 + 40);
}

#[tokio::test(start_paused = true)]
async fn a_second_401_is_returned_as_it_is() {
    let service = Service::new([]);
    service.revoked.store(usize::MAX, Ordering::SeqCst);
    let error = service.call("getLocks", plain()).await.unwrap_err();
    assert_eq!((error.kind(), error.status().unwrap().as_u16(), error.attempts()), (ErrorKind::Service, 401, 2));
    assert_eq!(error.outcome(), Outcome::Rejected);
    assert!(error.to_string().contains("fresh token was refused as well"), "{error}");
    assert_eq!(service.tokens.load(Ordering::SeqCst), 2);
}

#[tokio::test(start_paused = true)]
async fn what_passes_is_waited_out_for_an_operation_that_can_be_repeated() {
    for passing in [refused, broken, timed_out, || status(429), || status(500), || status(503)] {
        let service = Service::new([passing(), passing()]);
        assert!(service.call("getLocks", plain()).await.is_ok(), "{}", passing());
        assert_eq!(service.sent.load(Ordering::SeqCst), 3);
    }
    for lasting in [400, 403, 404, 409, 501] {
        let service = Service::new([status(lasting)]);
        assert!(service.call("getLocks", plain()).await.is_err());
        assert_eq!(service.sent.load(Ordering::SeqCst), 1, "{lasting}");
    }
}

#[tokio::test(start_paused = true)]
async fn what_would_make_a_second_key_is_repeated_only_if_it_cannot_have_arrived() {
    let service = Service::new([refused(), refused()]);
    assert_eq!(service.call("createKey", plain()).await.unwrap(), 1, "it was sent once, as far as the service knows");
    for (answer, outcome) in [
        (broken(), Outcome::Unknown),
        (timed_out(), Outcome::Unknown),
        (status(503), Outcome::Unknown),
        (status(429), Outcome::Rejected),
    ] {
        let service = Service::new([refused(), answer]);
        let error = service.call("createKey", plain()).await.unwrap_err();
        assert_eq!((error.outcome(), error.attempts()), (outcome, 1));
        assert_eq!(service.sent.load(Ordering::SeqCst), 2);
    }
}

#[tokio::test(start_paused = true)]
async fn a_key_whose_token_was_refused_and_that_then_did_not_arrive_is_asked_for_again() {
    let service = Service::new([]);
    service.call("getLocks", plain()).await.unwrap();
    service.revoked.store(1, Ordering::SeqCst);
    service.answers().push_back(refused());
    assert_eq!(service.call("createKey", plain()).await.unwrap(), 2, "the refused one, and the one that made the key");
    assert_eq!(service.sent.load(Ordering::SeqCst), 1 + 3);
}

#[tokio::test(start_paused = true)]
async fn what_may_have_happened_once_is_not_undone_by_a_later_refusal() {
    for last in [refused(), status(404)] {
        let service = Service::new([broken(), last]);
        let error =
            service.call("deleteWebhook", plain().retry(RetryPolicy::default().max_attempts(2))).await.unwrap_err();
        assert_eq!(error.outcome(), Outcome::Unknown, "{error}");
    }
}

#[tokio::test(start_paused = true)]
async fn what_the_service_asks_for_is_waited_for() {
    let service = Service::new([status(429).retry_in(Duration::from_secs(7))]);
    service.call("getLocks", plain()).await.unwrap();
    let begun = Instant::now();
    service.answers().push_back(status(503).retry_in(Duration::from_secs(7)));
    service.call("getLocks", plain()).await.unwrap();
    assert_eq!(begun.elapsed(), Duration::from_secs(7));
    service.answers().push_back(status(503).retry_in(Duration::from_secs(31)));
    let error = service.call("getLocks", plain()).await.unwrap_err();
    assert_eq!((begun.elapsed(), error.retry_after()), (Duration::from_secs(7), Some(Duration::from_secs(31))));
    assert!(error.to_string().contains("longer than the retry policy allows"), "{error}");
}

#[tokio::test(start_paused = true)]
async fn a_call_ends_at_its_operation_timeout_whatever_it_waits_for() {
    let minute = Duration::from_secs(60);
    // For answers: three attempts of 25 s are cut short.
    let service = Service::new([timed_out(), timed_out(), timed_out()]);
    let begun = Instant::now();
    let options = plain().attempt_timeout(Duration::from_secs(25));
    let error = service.call("getLocks", options.clone()).await.unwrap_err();
    assert!(begun.elapsed() <= minute && begun.elapsed() > Duration::from_secs(50), "{:?}", begun.elapsed());
    assert_eq!((error.kind(), error.outcome()), (ErrorKind::Timeout, Outcome::Unknown));
    // For the time to try again.
    let service = Service::new([status(503).retry_in(Duration::from_secs(20))]);
    let error = service.call("getLocks", plain().operation_timeout(Duration::from_secs(10))).await.unwrap_err();
    assert!(error.to_string().contains("the operation timeout of 10 s leaves no time"), "{error}");
    assert_eq!(error.status().unwrap().as_u16(), 503);
    // For a token, whose fetch goes on without this caller.
    let service = Service::new([]);
    let short = plain().operation_timeout(Duration::from_millis(100));
    let error = service.call("createKey", short).await.unwrap_err();
    assert_eq!((error.kind(), error.outcome(), error.attempts()), (ErrorKind::Timeout, Outcome::NotSent, 0));
    assert!(error.to_string().contains("no access token: none within the operation timeout of 0.1 s"), "{error}");
    sleep(Duration::from_millis(400)).await;
    service.call("createKey", plain().operation_timeout(Duration::from_millis(100))).await.unwrap();
    assert_eq!(service.tokens.load(Ordering::SeqCst), 1);
}

#[tokio::test(start_paused = true)]
async fn a_token_that_lives_is_sent_rather_than_waiting_for_the_next_until_the_operation_timeout() {
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
    service.call("getLocks", plain()).await.unwrap();
    // In the hard window, with a source that does not answer any more.
    sleep(Duration::from_secs(275)).await;
    let begun = Instant::now();
    service.call("getLocks", plain().operation_timeout(Duration::from_secs(10))).await.unwrap();
    assert_eq!((begun.elapsed(), calls.load(Ordering::SeqCst)), (Duration::from_secs(5), 2));
    sleep(Duration::from_secs(25)).await;
    let error = service.call("getLocks", plain().operation_timeout(Duration::from_secs(10))).await.unwrap_err();
    assert_eq!((error.kind(), error.outcome()), (ErrorKind::Timeout, Outcome::NotSent), "it is dead by now");
}

#[tokio::test(start_paused = true)]
async fn an_outage_empties_the_budget_and_the_errors_say_so() {
    let service = Service::new((0..1000).map(|_| status(503)));
    let mut texts = Vec::new();
    for _ in 0..100 {
        texts.push(service.call("getLocks", plain()).await.unwrap_err().to_string());
    }
    // Twenty in reserve, a tenth a second; the calls take next to no time, as chance is zero.
    assert_eq!(service.sent.load(Ordering::SeqCst), 100 + 20);
    assert!(texts[0].contains("sent 3 times") && !texts[0].contains("budget"), "{}", texts[0]);
    assert!(texts[99].contains("the retry budget for api.unloc.app is empty"), "{}", texts[99]);
    // It is the service's own answer all the same, and one repeat is back after ten seconds.
    assert!(texts[99].contains("the service answered 503"), "{}", texts[99]);
    service.answers().truncate(1);
    sleep(Duration::from_secs(10)).await;
    assert_eq!(service.call("getLocks", plain()).await.unwrap(), 2);
}

#[tokio::test(start_paused = true)]
async fn a_token_that_cannot_be_had_now_is_waited_for_without_spending_the_budget() {
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
    assert_eq!(service.call("createKey", plain()).await.unwrap(), 1);
    // The cache's pauses: 250 ms, then 500.
    assert_eq!(begun.elapsed(), Duration::from_millis(750));
    failures.store(100, Ordering::SeqCst);
    service.cache.invalidate(&Scopes::unscoped());
    let error = service.call("createKey", plain()).await.unwrap_err();
    assert_eq!((error.outcome(), error.attempts(), failures.load(Ordering::SeqCst)), (Outcome::NotSent, 0, 97));
}
