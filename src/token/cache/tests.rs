//! On Tokio's paused clock: nothing here waits for real.

use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicUsize};

use futures_util::future::{FutureExt, join_all};
use tokio::time::{Instant, advance, sleep, timeout};

use super::*;
use crate::clock::tests::Manual;
use crate::error::ErrorKind;
use crate::scope::Scope;
use crate::token::{FetchToken, Token};

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
    Scope::lock_holder_admin(&format!("home-{id}")).unwrap().into()
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
    let impatient = timeout(Duration::from_millis(400), cache.get(&scopes));
    let (gone, (token, waited)) = tokio::join!(impatient, got(&cache, &scopes));
    assert!(gone.is_err() && token.is_some());
    assert_eq!((source.calls(), waited), (1, FETCH));
}

#[tokio::test(start_paused = true)]
async fn a_fetch_that_everyone_gave_up_on_still_brings_its_token() {
    let (source, _, cache) = slow();
    let scopes = Scopes::unscoped();
    assert!(timeout(Duration::from_millis(100), cache.get(&scopes)).await.is_err());
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

#[test]
fn where_no_runtime_runs_a_call_fails_and_says_so() {
    let cache = TokenCache::new(Slow::default());
    for _ in 0..2 {
        let error = cache.get(&Scopes::unscoped()).now_or_never().unwrap().err().unwrap();
        assert_eq!(error.kind(), ErrorKind::Configuration);
        assert!(error.to_string().contains("Tokio"), "{error}");
    }
}

#[test]
fn on_a_runtime_that_is_gone_a_call_fails_and_the_next_runtime_serves() {
    let runtime = || tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build().unwrap();
    let first = runtime();
    let (source, _, cache) = first.block_on(async { slow() });
    let handle = first.handle().clone();
    drop(first);
    let entered = handle.enter();
    for _ in 0..2 {
        assert!(cache.get(&Scopes::unscoped()).now_or_never().unwrap().is_err());
    }
    drop(entered);
    runtime().block_on(cache.get(&Scopes::unscoped())).unwrap();
    assert_eq!(source.calls(), 1);
}

#[test]
fn a_fetch_on_a_runtime_that_stands_still_is_given_up() {
    let runtime = || tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build().unwrap();
    let still = runtime();
    let (source, cache) = still.block_on(async {
        let (source, _, cache) = slow();
        assert!(timeout(Duration::from_millis(100), cache.get(&Scopes::unscoped())).await.is_err());
        (source, cache)
    });
    let other = runtime();
    let second = other.block_on(async {
        assert_eq!(cache.get(&Scopes::unscoped()).await.err().unwrap().kind(), ErrorKind::Timeout);
        cache.get(&Scopes::unscoped()).await.unwrap()
    });
    assert_eq!(source.calls(), 2);
    // It goes on at last, and its token is older than the one that is kept.
    still.block_on(async { sleep(seconds(1)).await });
    let kept = other.block_on(cache.get(&Scopes::unscoped())).unwrap();
    assert_eq!((kept.generation, source.calls()), (second.generation, 2));
}

#[test]
fn a_fetch_on_a_runtime_that_stands_still_keeps_nobody_from_the_next_however_short_they_wait() {
    let runtime = || tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build().unwrap();
    let still = runtime();
    let (source, cache) = still.block_on(async {
        let (source, _, cache) = slow();
        assert!(timeout(Duration::from_millis(100), cache.get(&Scopes::unscoped())).await.is_err());
        (source, cache)
    });
    runtime().block_on(async {
        // None of these stays for as long as a fetch may take.
        for _ in 0..11 {
            assert!(timeout(seconds(10), cache.get(&Scopes::unscoped())).await.is_err());
        }
        sleep(seconds(11)).await;
        cache.get(&Scopes::unscoped()).await.unwrap();
    });
    assert_eq!(source.calls(), 2);
}

#[test]
fn a_refresh_that_was_lost_with_its_runtime_is_made_anew_before_anyone_has_to_wait() {
    let runtime = || tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build().unwrap();
    let first = runtime();
    let (source, clock, cache) = first.block_on(async {
        let (source, clock, cache) = slow();
        cache.get(&Scopes::unscoped()).await.unwrap();
        clock.suspend(seconds(81), true);
        cache.get(&Scopes::unscoped()).await.unwrap();
        (source, clock, cache)
    });
    drop(first);
    runtime().block_on(async {
        cache.get(&Scopes::unscoped()).await.unwrap();
        sleep(seconds(1)).await;
        assert_eq!(got(&cache, &Scopes::unscoped()).await.1, Duration::ZERO);
    });
    assert_eq!((source.calls(), cache.stats().fetched), (2, 2), "the lost one never got to its source");
    drop(clock);
}

#[test]
fn a_fetch_that_was_lost_with_its_runtime_is_made_anew_on_the_next() {
    let runtime = || tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build().unwrap();
    let first = runtime();
    let (source, cache) = first.block_on(async {
        let (source, _, cache) = slow();
        assert!(timeout(Duration::from_millis(100), cache.get(&Scopes::unscoped())).await.is_err());
        (source, cache)
    });
    drop(first);
    runtime().block_on(cache.get(&Scopes::unscoped())).unwrap();
    assert_eq!(source.calls(), 2);
}

#[tokio::test(start_paused = true)]
async fn only_the_rejected_token_is_forgotten() {
    let (source, _, cache) = slow();
    let scopes = home(1);
    let first = cache.get(&scopes).await.unwrap();
    cache.reject_bearer(&scopes, &first);
    let second = cache.get(&scopes).await.unwrap();
    cache.reject_bearer(&scopes, &first);
    assert_eq!(cache.get(&scopes).await.unwrap().generation, second.generation);
    assert_eq!((source.calls(), cache.stats().rejected), (2, 1));
}

#[tokio::test(start_paused = true)]
async fn a_source_that_keeps_tokens_is_told_which_one_was_refused() {
    // Two caches one behind the other, as of a program and of the backend that it asks.
    let (source, clock, behind) = slow();
    let cache = TokenCache::builder(behind.clone()).shared_clock(Arc::clone(&clock) as _).build();
    let scopes = home(1);
    let first = cache.get(&scopes).await.unwrap();
    cache.reject_bearer(&scopes, &first);
    assert_ne!(cache.get(&scopes).await.unwrap().token(), first.token());
    assert_eq!((source.calls(), behind.stats().rejected), (2, 1));
    // By its letters, a token is rejected once.
    behind.reject(&scopes, &first.access_token());
    assert_eq!(behind.stats().rejected, 1);
}

#[tokio::test(start_paused = true)]
async fn a_source_can_say_when_to_ask_again() {
    let calls = Arc::new(AtomicUsize::new(0));
    let counter = Arc::clone(&calls);
    let cache = TokenCache::builder(move |_: Scopes| {
        counter.fetch_add(1, Ordering::SeqCst);
        async { Err(Error::token_later("restarting", seconds(7))) }
    });
    let cache = cache.clock(Manual::new()).build();
    assert!(cache.get(&Scopes::unscoped()).await.is_err());
    sleep(seconds(6)).await;
    let error = cache.get(&Scopes::unscoped()).await.err().unwrap();
    assert_eq!((error.retry_after(), error.is_retryable()), (Some(seconds(1)), true));
    assert_eq!(calls.load(Ordering::SeqCst), 1);
    sleep(seconds(1)).await;
    assert!(cache.get(&Scopes::unscoped()).await.is_err());
    assert_eq!(calls.load(Ordering::SeqCst), 2);
}

#[tokio::test(start_paused = true)]
async fn what_was_used_least_recently_is_forgotten_first() {
    let (source, _, cache) = slow();
    let all: Vec<_> = (0..200).map(home).collect();
    for scopes in &all {
        cache.get(scopes).await.unwrap();
        // Used all along, so never forgotten.
        cache.get(&all[0]).await.unwrap();
        assert!(cache.stats().entries <= 64);
    }
    let before = source.calls();
    cache.get(&all[199]).await.unwrap();
    cache.get(&all[0]).await.unwrap();
    assert_eq!(source.calls(), before, "the newest, and the one in use, are still there");
    cache.get(&all[1]).await.unwrap();
    assert_eq!(source.calls(), before + 1);
}

#[tokio::test(start_paused = true)]
async fn a_cache_that_is_dropped_takes_its_tokens_along() {
    let (source, _, cache) = slow();
    assert!(timeout(Duration::from_millis(100), cache.get(&Scopes::unscoped())).await.is_err());
    let store = Arc::downgrade(&cache.store);
    drop(cache);
    assert!(store.upgrade().is_none(), "nothing but its handles keeps a cache alive");
    sleep(seconds(1)).await;
    assert_eq!(Arc::strong_count(&source), 1);
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
async fn sources_with_one_identity_share_tokens_and_others_do_not() {
    struct Named(Arc<Slow>, Option<&'static str>);
    impl TokenSource for Named {
        fn fetch(&self, scopes: Scopes) -> FetchToken<'_> {
            self.0.fetch(scopes)
        }
        fn identity(&self) -> Option<String> {
            self.1.map(str::to_owned)
        }
    }
    let source = Arc::new(Slow::default());
    let named = |name| Named(Arc::clone(&source), name);
    let a = TokenCache::new(named(Some("https://one.example.com a")));
    let same = a.with_source(named(Some("https://one.example.com a")));
    let others = [Some("https://one.example.com b"), Some("https://two.example.com a"), None, None];
    let others = others.map(|name| a.with_source(named(name)));
    let scopes = Scopes::unscoped();
    let (one, two) = tokio::join!(a.get(&scopes), same.get(&scopes));
    assert_eq!(one.unwrap().generation, two.unwrap().generation);
    assert_eq!(source.calls(), 1);
    for other in &others {
        other.get(&scopes).await.unwrap();
        other.clone().get(&scopes).await.unwrap();
    }
    assert_eq!((source.calls(), a.stats().entries), (5, 5));
}

#[tokio::test(start_paused = true)]
async fn tokens_can_be_fetched_ahead_forgotten_counted_and_watched() {
    let seen: Arc<Mutex<Vec<String>>> = Arc::default();
    let (source, log) = (Arc::new(Slow::default()), Arc::clone(&seen));
    let cache = TokenCache::builder(Arc::clone(&source))
        .clock(Manual::new())
        .observer(move |scopes: &Scopes, event: &TokenEvent| {
            let name = format!("{event:?}");
            let name = name.split([' ', '{']).next().unwrap_or_default();
            log.lock().unwrap().push(format!("{scopes} {name}"));
        })
        .build();
    let (a, b) = (home(1), home(2));
    let begun = Instant::now();
    cache.prefetch([a.clone(), b.clone()]).await.unwrap();
    assert_eq!(begun.elapsed(), FETCH, "both at once");
    assert_eq!(got(&cache, &a).await.1, Duration::ZERO);
    cache.invalidate(&a);
    assert_eq!(got(&cache, &a).await.1, FETCH);
    source.fail(true);
    assert!(cache.prefetch([home(3), b.clone()]).await.is_err());
    assert!(cache.get(&home(3)).await.is_err_and(|error| error.retry_after().is_some()));
    cache.invalidate(&home(3));
    source.fail(false);
    cache.get(&home(3)).await.unwrap();
    let stats = cache.stats();
    let figures = [stats.hits, stats.hard_waits, stats.negative_hits, stats.fetched, stats.failed];
    assert_eq!((figures, stats.entries, source.calls()), ([2, 5, 1, 4, 1], 3, 5));
    let seen = seen.lock().unwrap();
    for event in ["home-1 Hit", "home-3 Failed", "home-3 NegativeHit", "home-3 Fetched", "home-2 HardWait"] {
        assert!(seen.iter().any(|line| line.ends_with(event)), "{event} in {seen:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_token_is_tried_once_whose_source_says_that_it_is_dead() {
    let (source, _, cache) = cache_of(Slow { lifetime: Some(0), ..Slow::default() });
    for calls in 1..4 {
        cache.get(&Scopes::unscoped()).await.unwrap();
        assert_eq!(source.calls(), calls);
    }
}
