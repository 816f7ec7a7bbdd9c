//! Tests how programs share, observe, fill, empty and limit a cache.

use super::*;

#[tokio::test(start_paused = true)]
async fn rejecting_a_replaced_token_drops_nothing() {
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
async fn notifies_a_source_that_is_a_cache_of_the_refused_token() {
    // Two caches in a row, like those of a program and of its backend.
    let (source, clock, backend) = slow();
    let cache = TokenCache::builder(backend.clone()).shared_clock(Arc::clone(&clock) as _).build();
    let scopes = home(1);
    let first = cache.get(&scopes).await.unwrap();
    cache.reject_bearer(&scopes, &first);
    assert_ne!(cache.get(&scopes).await.unwrap().token(), first.token());
    assert_eq!((source.calls(), backend.stats().rejected), (2, 1));
    // Without a generation, the text identifies the token, which is rejected already.
    backend.reject(&scopes, &first.access_token());
    assert_eq!(backend.stats().rejected, 1);
}

#[tokio::test(start_paused = true)]
async fn a_source_sets_the_pause_with_token_later() {
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
async fn evicts_the_least_recently_used_entries_first() {
    let (source, _, cache) = slow();
    let all: Vec<_> = (0..200).map(home).collect();
    for scopes in &all {
        cache.get(scopes).await.unwrap();
        // Used all along, so never evicted.
        cache.get(&all[0]).await.unwrap();
        assert!(cache.stats().entries <= 64);
    }
    let before = source.calls();
    cache.get(&all[199]).await.unwrap();
    cache.get(&all[0]).await.unwrap();
    assert_eq!(source.calls(), before, "the newest entry and the one in use are still cached");
    cache.get(&all[1]).await.unwrap();
    assert_eq!(source.calls(), before + 1);
}

#[tokio::test(start_paused = true)]
async fn dropping_the_last_handle_drops_the_tokens() {
    let (source, _, cache) = slow();
    assert!(tokio::time::timeout(Duration::from_millis(100), cache.get(&Scopes::unscoped())).await.is_err());
    let store = Arc::downgrade(&cache.store);
    drop(cache);
    assert!(store.upgrade().is_none(), "only its handles keep a cache in memory");
    sleep(seconds(1)).await;
    assert_eq!(Arc::strong_count(&source), 1);
}

#[tokio::test(start_paused = true)]
async fn clones_share_tokens_and_separate_caches_do_not() {
    let source = Arc::new(Slow::default());
    let (one, other) = (TokenCache::new(Arc::clone(&source)), TokenCache::new(Arc::clone(&source)));
    let (same, scopes) = (one.clone(), Scopes::unscoped());
    let (first, second) = tokio::join!(one.get(&scopes), same.get(&scopes));
    assert_eq!(first.unwrap().generation, second.unwrap().generation);
    assert_eq!(source.calls(), 1);
    other.get(&scopes).await.unwrap();
    assert_eq!((source.calls(), one.stats().entries, other.stats().entries), (2, 1, 1));
}

#[tokio::test(start_paused = true)]
async fn prefetches_invalidates_counts_and_observes_tokens() {
    let seen: Arc<Mutex<Vec<String>>> = Arc::default();
    let (source, log) = (Arc::new(Slow::default()), Arc::clone(&seen));
    let cache = TokenCache::builder(Arc::clone(&source))
        .clock(Manual::new())
        .observer(move |scopes: &Scopes, event: &TokenEvent| {
            let name = format!("{event:?}");
            let name = name.split(|sign: char| !sign.is_alphanumeric()).next().unwrap_or_default();
            log.lock().unwrap().push(format!("{scopes} {name}"));
        })
        .build();
    let (a, b) = (home(1), home(2));
    let started = Instant::now();
    cache.prefetch([a.clone(), b.clone()]).await.unwrap();
    assert_eq!(started.elapsed(), FETCH, "both at the same time");
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
