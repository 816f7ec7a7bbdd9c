//! Runtimes that are not there, go away or stand still.

use tokio::runtime::{Builder, Runtime};

use super::*;

fn runtime() -> Runtime {
    Builder::new_current_thread().enable_time().start_paused(true).build().unwrap()
}

/// A cache whose fetch is under way, and whose caller has given up.
async fn left_in_flight() -> (Arc<Slow>, TokenCache) {
    let (source, _, cache) = slow();
    assert!(tokio::time::timeout(Duration::from_millis(100), cache.get(&Scopes::unscoped())).await.is_err());
    (source, cache)
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
    let still = runtime();
    let (source, cache) = still.block_on(left_in_flight());
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
    let still = runtime();
    let (source, cache) = still.block_on(left_in_flight());
    runtime().block_on(async {
        // None of these stays for as long as a fetch may take.
        for _ in 0..11 {
            assert!(tokio::time::timeout(seconds(10), cache.get(&Scopes::unscoped())).await.is_err());
        }
        sleep(seconds(11)).await;
        cache.get(&Scopes::unscoped()).await.unwrap();
    });
    assert_eq!(source.calls(), 2);
}

#[test]
fn a_refresh_that_was_lost_with_its_runtime_is_made_anew_before_anyone_has_to_wait() {
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
    let first = runtime();
    let (source, cache) = first.block_on(left_in_flight());
    drop(first);
    runtime().block_on(cache.get(&Scopes::unscoped())).unwrap();
    assert_eq!(source.calls(), 2);
}
