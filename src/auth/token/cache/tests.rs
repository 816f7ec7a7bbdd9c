//! On Tokio's paused clock: nothing here waits for real.

mod handles;
mod refusals;
mod runtimes;

use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use futures_util::future::{FutureExt, join_all};
use tokio::time::{Instant, advance, sleep};

use super::*;
use crate::auth::scope::Scope;
use crate::auth::token::{FetchToken, Token};
use crate::error::ErrorKind;
use crate::runtime::clock::tests::Manual;

/// Takes half a second, then gives a token for 100 seconds, or fails.
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

/// The generation of the token that a caller gets, and how long it waited.
async fn got(cache: &TokenCache, scopes: &Scopes) -> (Option<u64>, Duration) {
    let begun = Instant::now();
    let token = cache.get(scopes).await;
    (token.ok().map(|bearer| bearer.generation), begun.elapsed())
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
async fn fifty_callers_and_a_failing_source_make_one_request_and_share_its_error_after_500_ms() {
    let (source, _, cache) = slow();
    source.fail(true);
    let scopes = Scopes::unscoped();
    let begun = Instant::now();
    let tokens = join_all((0..50).map(|_| cache.get(&scopes))).await;
    assert!(tokens.iter().all(|token| token.as_ref().is_err_and(|error| error.to_string() == "closed")));
    assert_eq!((source.calls(), begun.elapsed()), (1, FETCH));
}

#[tokio::test(start_paused = true)]
async fn an_outage_costs_one_request_a_pause_and_not_one_a_call() {
    let (source, _, cache) = slow();
    source.fail(true);
    let scopes = Scopes::unscoped();
    let begun = Instant::now();
    while begun.elapsed() < seconds(30) {
        assert!(cache.get(&scopes).await.is_err());
        advance(Duration::from_millis(10)).await;
    }
    // Half a second each, and pauses of 0.25, 0.5, 1, 2, 4, 8 and 10 seconds between.
    assert_eq!(source.calls(), 8);
    source.fail(false);
    advance(seconds(10)).await;
    assert!(cache.get(&scopes).await.is_ok());
}

#[tokio::test(start_paused = true)]
async fn a_thousand_calls_across_the_soft_window_wait_for_nothing() {
    let (source, _, cache) = slow();
    let scopes = Scopes::unscoped();
    cache.get(&scopes).await.unwrap();
    advance(Duration::from_millis(79_500)).await;
    for _ in 0..1000 {
        let (token, waited) = got(&cache, &scopes).await;
        assert!(token.is_some() && waited.is_zero());
        advance(Duration::from_millis(5)).await;
        tokio::task::yield_now().await;
    }
    assert_eq!(source.calls(), 2, "one fetch beside the calls");
}

#[tokio::test(start_paused = true)]
async fn a_failure_in_the_soft_window_is_invisible_and_tried_again_after_a_pause() {
    let (source, _, cache) = slow();
    let scopes = Scopes::unscoped();
    let (first, _) = got(&cache, &scopes).await;
    source.fail(true);
    advance(seconds(81)).await;
    for _ in 0..4 {
        assert_eq!(got(&cache, &scopes).await, (first, Duration::ZERO));
        sleep(seconds(1)).await;
    }
    assert_eq!(source.calls(), 2, "the pause is five seconds");
    source.fail(false);
    sleep(seconds(2)).await;
    assert_eq!(got(&cache, &scopes).await, (first, Duration::ZERO));
    sleep(seconds(1)).await;
    let (second, waited) = got(&cache, &scopes).await;
    assert!(second != first && waited.is_zero());
    assert_eq!(source.calls(), 3);
}

#[tokio::test(start_paused = true)]
async fn in_the_hard_window_a_failure_gives_the_token_that_still_lives_and_never_a_dead_one() {
    let (source, _, cache) = slow();
    let scopes = Scopes::unscoped();
    let (first, _) = got(&cache, &scopes).await;
    source.fail(true);
    advance(seconds(95)).await;
    assert_eq!(got(&cache, &scopes).await, (first, FETCH));
    assert_eq!(got(&cache, &scopes).await, (first, Duration::ZERO), "while nothing is asked for");
    advance(seconds(6)).await;
    assert_eq!(got(&cache, &scopes).await.0, None);
}

#[tokio::test(start_paused = true)]
async fn a_failure_that_nobody_noticed_delays_nobody_once_callers_have_to_wait() {
    let (source, _, cache) = cache_of(Slow { lifetime: Some(30), ..Slow::default() });
    let scopes = Scopes::unscoped();
    cache.get(&scopes).await.unwrap();
    source.fail(true);
    // In the soft window: the pause would be five seconds, and so reach behind the token's death.
    sleep(seconds(26)).await;
    cache.get(&scopes).await.unwrap();
    sleep(seconds(1)).await;
    source.fail(false);
    let (second, waited) = got(&cache, &scopes).await;
    assert_eq!((waited, source.calls()), (FETCH, 3), "the hard window has begun, and with it a fetch");
    assert!(second.is_some());
}

#[tokio::test(start_paused = true)]
async fn a_source_that_panics_while_a_token_lives_takes_it_from_nobody() {
    let (source, _, cache) = slow();
    let scopes = Scopes::unscoped();
    let (first, _) = got(&cache, &scopes).await;
    source.panics.store(true, Ordering::SeqCst);
    sleep(seconds(95)).await;
    assert_eq!(got(&cache, &scopes).await.0, first);
    assert_eq!(got(&cache, &scopes).await, (first, Duration::ZERO));
    assert_eq!((source.calls(), cache.stats().failed), (2, 1));
}

#[tokio::test(start_paused = true)]
async fn a_source_may_have_all_the_time_there_is() {
    let cache = TokenCache::builder(Slow::default()).fetch_limit(Duration::MAX).clock(Manual::new()).build();
    cache.get(&Scopes::unscoped()).await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn an_answer_that_waited_at_the_door_while_the_machine_slept_brings_no_dead_token() {
    let clock = Arc::new(Manual::new());
    let (naps, calls) = (Arc::clone(&clock), Arc::new(AtomicUsize::new(0)));
    let counter = Arc::clone(&calls);
    let cache = TokenCache::builder(move |_: Scopes| {
        let naps = Arc::clone(&naps);
        let first = counter.fetch_add(1, Ordering::SeqCst) == 0;
        async move {
            sleep(FETCH).await;
            if first {
                naps.suspend(seconds(7200), false);
            }
            Ok(Token::new("x").expires_in(seconds(100)))
        }
    });
    let cache = cache.shared_clock(Arc::clone(&clock) as _).build();
    assert!(cache.get(&home(1)).await.unwrap().remaining() > seconds(90));
    assert_eq!(calls.load(Ordering::SeqCst), 2, "the first is as old as its request");
}

#[tokio::test(start_paused = true)]
async fn an_answer_that_came_while_the_wall_clock_was_set_back_is_old_when_it_is_set_right() {
    let clock = Arc::new(Manual::new());
    let naps = Arc::clone(&clock);
    let cache = TokenCache::builder(move |_: Scopes| {
        let naps = Arc::clone(&naps);
        async move {
            sleep(FETCH).await;
            naps.suspend(seconds(60), true);
            naps.set_wall(-3600);
            Ok(Token::new("x").expires_in(seconds(3600)))
        }
    });
    let cache = cache.shared_clock(Arc::clone(&clock) as _).build();
    cache.get(&home(1)).await.unwrap();
    clock.set_wall(3600);
    cache.get(&home(1)).await.unwrap();
    assert_eq!(cache.stats().fetched, 2);
}

#[tokio::test(start_paused = true)]
async fn a_token_of_thirty_seconds_is_used_more_than_once() {
    let (source, _, cache) = cache_of(Slow { lifetime: Some(30), ..Slow::default() });
    let scopes = Scopes::unscoped();
    let (first, _) = got(&cache, &scopes).await;
    advance(seconds(23)).await;
    assert_eq!(got(&cache, &scopes).await, (first, Duration::ZERO));
    assert_eq!(source.calls(), 1);
}

#[tokio::test(start_paused = true)]
async fn no_clock_lets_a_dead_token_out() {
    let hour = seconds(3600);
    type Change = fn(&Manual);
    let moves: [(&str, Change); 4] = [
        ("set back", |clock| clock.set_wall(-3600)),
        ("set forward", |clock| clock.set_wall(3600)),
        ("asleep, steady clock too", |clock| clock.suspend(seconds(7200), false)),
        ("asleep, steady clock on", |clock| clock.suspend(seconds(7200), true)),
    ];
    for (name, change) in moves {
        let (source, clock, cache) = slow();
        let scopes = Scopes::unscoped();
        let (first, _) = got(&cache, &scopes).await;
        source.fail(true);
        change(&clock);
        let dead = name != "set back";
        assert_eq!(got(&cache, &scopes).await.0.is_none(), dead, "{name}");
        advance(seconds(101)).await;
        assert_eq!(got(&cache, &scopes).await.0, None, "{name}");
        source.fail(false);
        advance(hour).await;
        assert!(got(&cache, &scopes).await.0.is_some_and(|next| Some(next) != first), "{name}");
    }
}

#[tokio::test(start_paused = true)]
async fn refreshing_one_scope_never_delays_another() {
    let (_, _, cache) = slow();
    let (a, b) = (home(1), home(2));
    cache.get(&b).await.unwrap();
    let (for_a, (token, waited)) = tokio::join!(got(&cache, &a), got(&cache, &b));
    assert!(token.is_some() && waited.is_zero());
    assert_eq!(for_a.1, FETCH);
}

#[tokio::test(start_paused = true)]
async fn a_caller_that_gives_up_does_not_disturb_the_others() {
    let (source, _, cache) = slow();
    let scopes = Scopes::unscoped();
    let impatient = tokio::time::timeout(Duration::from_millis(400), cache.get(&scopes));
    let (gone, (token, waited)) = tokio::join!(impatient, got(&cache, &scopes));
    assert!(gone.is_err() && token.is_some());
    assert_eq!((source.calls(), waited), (1, FETCH));
}

#[tokio::test(start_paused = true)]
async fn a_fetch_that_everyone_gave_up_on_still_brings_its_token() {
    let (source, _, cache) = slow();
    let scopes = Scopes::unscoped();
    assert!(tokio::time::timeout(Duration::from_millis(100), cache.get(&scopes)).await.is_err());
    sleep(seconds(31)).await;
    assert_eq!(got(&cache, &scopes).await.1, Duration::ZERO);
    assert_eq!(source.calls(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_source_that_panics_is_asked_once_a_pause_and_its_panic_is_an_error() {
    let (source, _, cache) = slow();
    source.panics.store(true, Ordering::SeqCst);
    let scopes = Scopes::unscoped();
    let errors = join_all((0..5).map(|_| cache.get(&scopes))).await;
    for error in errors.into_iter().map(|got| got.err().unwrap()) {
        assert!(error.to_string().contains("panicked"), "{error}");
    }
    assert!(cache.get(&scopes).await.is_err());
    assert_eq!((source.calls(), cache.stats().failed), (1, 1), "nothing is asked for in the pause");
    source.panics.store(false, Ordering::SeqCst);
    advance(seconds(1)).await;
    cache.get(&scopes).await.unwrap();
    assert_eq!(source.calls(), 2);
}

#[tokio::test(start_paused = true)]
async fn a_source_that_never_answers_is_given_up_and_asked_again() {
    let (source, _, cache) = cache_of(Slow { hangs_first: true, ..Slow::default() });
    let scopes = Scopes::unscoped();
    let begun = Instant::now();
    let first = cache.get(&scopes).await.err().unwrap();
    assert_eq!((first.kind(), begun.elapsed()), (ErrorKind::Timeout, seconds(60)));
    advance(seconds(1)).await;
    cache.get(&scopes).await.unwrap();
    assert_eq!(source.calls(), 2);
}

#[tokio::test(start_paused = true)]
async fn a_clock_that_was_set_by_more_than_a_minute_renews_a_token_beside_the_calls() {
    for (by, calls) in [(50, 1), (-50, 1), (70, 2), (-70, 2)] {
        let (source, clock, cache) = cache_of(Slow { lifetime: Some(3600), ..Slow::default() });
        let scopes = Scopes::unscoped();
        let (first, _) = got(&cache, &scopes).await;
        clock.set_wall(by);
        assert_eq!(got(&cache, &scopes).await, (first, Duration::ZERO), "nobody waits");
        sleep(seconds(1)).await;
        cache.get(&scopes).await.unwrap();
        assert_eq!(source.calls(), calls, "{by}");
        sleep(seconds(60)).await;
        cache.get(&scopes).await.unwrap();
        assert_eq!(source.calls(), calls, "the new token is of the new time");
    }
}

#[tokio::test(start_paused = true)]
async fn a_token_that_dies_while_its_caller_sleeps_is_not_handed_out() {
    let clock = Arc::new(Manual::new());
    let (naps, calls) = (Arc::clone(&clock), Arc::new(AtomicUsize::new(0)));
    let counter = Arc::clone(&calls);
    let cache = TokenCache::builder(move |_: Scopes| {
        let naps = Arc::clone(&naps);
        let call = counter.fetch_add(1, Ordering::SeqCst);
        async move {
            sleep(FETCH).await;
            if call == 0 {
                // Behind the landing, and before anyone who waits is woken.
                tokio::spawn(async move { naps.suspend(seconds(7200), false) });
            }
            Ok(Token::new("x").expires_in(seconds(100)))
        }
    });
    let cache = cache.shared_clock(Arc::clone(&clock) as _).build();
    let scopes = home(1);
    let bearers = join_all((0..5).map(|_| cache.get(&scopes))).await;
    assert!(bearers.into_iter().all(|bearer| bearer.unwrap().remaining() > seconds(90)));
    assert_eq!(calls.load(Ordering::SeqCst), 2);
}

#[tokio::test(start_paused = true)]
async fn a_token_is_tried_once_whose_source_says_that_it_is_dead() {
    let (source, _, cache) = cache_of(Slow { lifetime: Some(0), ..Slow::default() });
    for calls in 1..4 {
        cache.get(&Scopes::unscoped()).await.unwrap();
        assert_eq!(source.calls(), calls);
    }
}
