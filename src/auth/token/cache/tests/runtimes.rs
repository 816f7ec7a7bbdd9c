//! Tests calls without a Tokio runtime, and fetches on runtimes that shut down or stall.

use tokio::runtime::{Builder, Runtime};

use super::*;

fn runtime() -> Runtime {
    Builder::new_current_thread().enable_time().start_paused(true).build().unwrap()
}

/// Returns a cache with a fetch in flight, whose caller has given up.
async fn left_in_flight() -> (Arc<Slow>, TokenCache) {
    let (source, _, cache) = slow();
    assert!(tokio::time::timeout(Duration::from_millis(100), cache.get(&Scopes::unscoped())).await.is_err());
    (source, cache)
}

#[test]
fn a_call_without_a_runtime_fails_with_a_configuration_error() {
    let cache = TokenCache::new(Slow::default());
    for _ in 0..2 {
        let error = cache.get(&Scopes::unscoped()).now_or_never().unwrap().err().unwrap();
        assert_eq!(error.kind(), ErrorKind::Configuration);
        assert!(error.to_string().contains("Tokio"), "{error}");
    }
}

#[test]
fn a_call_fails_on_a_runtime_that_shut_down_and_succeeds_on_the_next() {
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
fn gives_up_a_fetch_on_a_stalled_runtime_and_ignores_its_late_token() {
    let stalled = runtime();
    let (source, cache) = stalled.block_on(left_in_flight());
    let other = runtime();
    let second = other.block_on(async {
        assert_eq!(cache.get(&Scopes::unscoped()).await.err().unwrap().kind(), ErrorKind::Timeout);
        cache.get(&Scopes::unscoped()).await.unwrap()
    });
    assert_eq!(source.calls(), 2);
    // The stalled fetch completes at last. Its token is older than the cached one.
    stalled.block_on(async { sleep(seconds(1)).await });
    let cached = other.block_on(cache.get(&Scopes::unscoped())).unwrap();
    assert_eq!((cached.generation, source.calls()), (second.generation, 2));
}

#[test]
fn a_stalled_fetch_is_given_up_even_if_every_caller_waits_only_briefly() {
    let stalled = runtime();
    let (source, cache) = stalled.block_on(left_in_flight());
    runtime().block_on(async {
        // Each caller gives up long before the stall limit of two minutes.
        for _ in 0..11 {
            assert!(tokio::time::timeout(seconds(10), cache.get(&Scopes::unscoped())).await.is_err());
        }
        sleep(seconds(11)).await;
        cache.get(&Scopes::unscoped()).await.unwrap();
    });
    assert_eq!(source.calls(), 2);
}

#[test]
fn a_background_refresh_lost_with_its_runtime_starts_again_before_calls_wait() {
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
    assert_eq!((source.calls(), cache.stats().fetched), (2, 2), "the lost refresh never reached its source");
    drop(clock);
}

#[test]
fn a_fetch_lost_with_its_runtime_starts_again_on_the_next() {
    let first = runtime();
    let (source, cache) = first.block_on(left_in_flight());
    drop(first);
    runtime().block_on(cache.get(&Scopes::unscoped())).unwrap();
    assert_eq!(source.calls(), 2);
}
