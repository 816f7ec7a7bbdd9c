//! Tests single flight and failures on Tokio's paused clock, so that no test waits in real time.

mod clocks;
mod handles;
mod refusals;
mod runtimes;
mod windows;

use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use futures_util::future::{FutureExt, join_all};
use tokio::time::{Instant, advance, sleep};

use super::*;
use crate::auth::scope::Scope;
use crate::auth::token::{FetchToken, Token};
use crate::error::{Error, ErrorKind};
use crate::runtime::clock::tests::Manual;

/// Returns a token of 100 seconds after half a second, or fails.
#[derive(Default)]
struct Slow {
    calls: AtomicUsize,
    fails: AtomicBool,
    panics: AtomicBool,
    hangs_first: bool,
    lifetime: Option<u64>,
}

impl TokenSource for Slow {
    fn fetch(&self, scopes: Scopes) -> FetchToken<'_> {
        Box::pin(async move {
            let call = self.calls.fetch_add(1, Ordering::SeqCst);
            sleep(FETCH).await;
            if call == 0 && self.hangs_first {
                std::future::pending::<()>().await;
            }
            assert!(!self.panics.load(Ordering::SeqCst), "on purpose");
            if self.fails.load(Ordering::SeqCst) {
                return Err(Error::token("closed"));
            }
            Ok(Token::new(format!("{scopes}#{call}")).expires_in(seconds(self.lifetime.unwrap_or(100))))
        })
    }
}

impl Slow {
    fn calls(&self) -> usize {
        self.calls.load(Ordering::SeqCst)
    }

    fn fail(&self, fails: bool) {
        self.fails.store(fails, Ordering::SeqCst);
    }
}

const FETCH: Duration = Duration::from_millis(500);

fn seconds(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

fn cache_of(source: Slow) -> (Arc<Slow>, Arc<Manual>, TokenCache) {
    let (source, clock) = (Arc::new(source), Arc::new(Manual::new()));
    let cache = TokenCache::builder(Arc::clone(&source)).shared_clock(Arc::clone(&clock) as _).capacity(64).build();
    (source, clock, cache)
}

fn slow() -> (Arc<Slow>, Arc<Manual>, TokenCache) {
    cache_of(Slow::default())
}

fn home(id: usize) -> Scopes {
    Scope::lock_holder_admin(format!("home-{id}")).unwrap().into()
}

/// Returns the generation of the token that a caller gets, and how long the caller waited.
async fn got(cache: &TokenCache, scopes: &Scopes) -> (Option<u64>, Duration) {
    let started = Instant::now();
    let token = cache.get(scopes).await;
    (token.ok().map(|bearer| bearer.generation), started.elapsed())
}

#[tokio::test(start_paused = true)]
async fn fifty_callers_make_one_request_and_share_its_token() {
    let (source, _, cache) = slow();
    let scopes = Scopes::unscoped();
    let tokens = join_all((0..50).map(|_| cache.get(&scopes))).await;
    assert_eq!(source.calls(), 1);
    let first = tokens[0].as_ref().unwrap();
    assert!(tokens.iter().all(|token| token.as_ref().unwrap().generation == first.generation));
}

#[tokio::test(start_paused = true)]
async fn fifty_callers_of_a_failing_source_make_one_request_and_share_its_error_after_500_ms() {
    let (source, _, cache) = slow();
    source.fail(true);
    let scopes = Scopes::unscoped();
    let started = Instant::now();
    let tokens = join_all((0..50).map(|_| cache.get(&scopes))).await;
    assert!(tokens.iter().all(|token| token.as_ref().is_err_and(|error| error.to_string() == "closed")));
    assert_eq!((source.calls(), started.elapsed()), (1, FETCH));
}

#[tokio::test(start_paused = true)]
async fn an_outage_costs_one_request_per_pause_and_not_one_per_call() {
    let (source, _, cache) = slow();
    source.fail(true);
    let scopes = Scopes::unscoped();
    let started = Instant::now();
    while started.elapsed() < seconds(30) {
        assert!(cache.get(&scopes).await.is_err());
        advance(Duration::from_millis(10)).await;
    }
    // Each request takes half a second, with pauses of 0.25, 0.5, 1, 2, 4, 8 and 10 seconds between them.
    assert_eq!(source.calls(), 8);
    source.fail(false);
    advance(seconds(10)).await;
    assert!(cache.get(&scopes).await.is_ok());
}

#[tokio::test(start_paused = true)]
async fn accepts_an_unlimited_fetch_limit() {
    let cache = TokenCache::builder(Slow::default()).fetch_limit(Duration::MAX).clock(Manual::new()).build();
    cache.get(&Scopes::unscoped()).await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn refreshing_one_scope_does_not_delay_another() {
    let (_, _, cache) = slow();
    let (a, b) = (home(1), home(2));
    cache.get(&b).await.unwrap();
    let (for_a, (token, waited)) = tokio::join!(got(&cache, &a), got(&cache, &b));
    assert!(token.is_some() && waited.is_zero());
    assert_eq!(for_a.1, FETCH);
}

#[tokio::test(start_paused = true)]
async fn a_caller_that_gives_up_does_not_cancel_the_fetch_for_others() {
    let (source, _, cache) = slow();
    let scopes = Scopes::unscoped();
    let impatient = tokio::time::timeout(Duration::from_millis(400), cache.get(&scopes));
    let (timed_out, (token, waited)) = tokio::join!(impatient, got(&cache, &scopes));
    assert!(timed_out.is_err() && token.is_some());
    assert_eq!((source.calls(), waited), (1, FETCH));
}

#[tokio::test(start_paused = true)]
async fn a_fetch_that_all_callers_gave_up_on_still_caches_its_token() {
    let (source, _, cache) = slow();
    let scopes = Scopes::unscoped();
    assert!(tokio::time::timeout(Duration::from_millis(100), cache.get(&scopes)).await.is_err());
    sleep(seconds(31)).await;
    assert_eq!(got(&cache, &scopes).await.1, Duration::ZERO);
    assert_eq!(source.calls(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_panicking_source_returns_an_error_and_is_called_once_per_pause() {
    let (source, _, cache) = slow();
    source.panics.store(true, Ordering::SeqCst);
    let scopes = Scopes::unscoped();
    let errors = join_all((0..5).map(|_| cache.get(&scopes))).await;
    for error in errors.into_iter().map(|got| got.err().unwrap()) {
        assert!(error.to_string().contains("panicked"), "{error}");
    }
    assert!(cache.get(&scopes).await.is_err());
    assert_eq!((source.calls(), cache.stats().failed), (1, 1), "no fetch starts during the pause");
    source.panics.store(false, Ordering::SeqCst);
    advance(seconds(1)).await;
    cache.get(&scopes).await.unwrap();
    assert_eq!(source.calls(), 2);
}

#[tokio::test(start_paused = true)]
async fn a_source_that_hangs_times_out_and_is_called_again() {
    let (source, _, cache) = cache_of(Slow { hangs_first: true, ..Slow::default() });
    let scopes = Scopes::unscoped();
    let started = Instant::now();
    let first = cache.get(&scopes).await.err().unwrap();
    assert_eq!((first.kind(), started.elapsed()), (ErrorKind::Timeout, seconds(60)));
    advance(seconds(1)).await;
    cache.get(&scopes).await.unwrap();
    assert_eq!(source.calls(), 2);
}
