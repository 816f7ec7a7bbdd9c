//! Tests when a token is refreshed, who waits, and what a failed refresh changes.

use super::*;

#[tokio::test(start_paused = true)]
async fn a_thousand_calls_in_the_soft_window_do_not_wait() {
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
    assert_eq!(source.calls(), 2, "one background refresh");
}

#[tokio::test(start_paused = true)]
async fn a_failed_background_refresh_is_hidden_and_retried_after_a_pause() {
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
async fn a_failure_in_the_hard_window_returns_the_current_token_until_it_expires() {
    let (source, _, cache) = slow();
    let scopes = Scopes::unscoped();
    let (first, _) = got(&cache, &scopes).await;
    source.fail(true);
    advance(seconds(95)).await;
    assert_eq!(got(&cache, &scopes).await, (first, FETCH));
    assert_eq!(got(&cache, &scopes).await, (first, Duration::ZERO), "during the pause");
    advance(seconds(6)).await;
    assert_eq!(got(&cache, &scopes).await.0, None);
}

#[tokio::test(start_paused = true)]
async fn a_failed_background_refresh_does_not_delay_callers_in_the_hard_window() {
    let (source, _, cache) = cache_of(Slow { lifetime: Some(30), ..Slow::default() });
    let scopes = Scopes::unscoped();
    cache.get(&scopes).await.unwrap();
    source.fail(true);
    // In the soft window. A pause of five seconds would last beyond the token's expiry.
    sleep(seconds(26)).await;
    cache.get(&scopes).await.unwrap();
    sleep(seconds(1)).await;
    source.fail(false);
    let (second, waited) = got(&cache, &scopes).await;
    assert_eq!((waited, source.calls()), (FETCH, 3), "a fetch starts with the hard window");
    assert!(second.is_some());
}

#[tokio::test(start_paused = true)]
async fn a_panicking_source_leaves_the_unexpired_token_in_use() {
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
async fn a_token_of_thirty_seconds_is_reused() {
    let (source, _, cache) = cache_of(Slow { lifetime: Some(30), ..Slow::default() });
    let scopes = Scopes::unscoped();
    let (first, _) = got(&cache, &scopes).await;
    advance(seconds(23)).await;
    assert_eq!(got(&cache, &scopes).await, (first, Duration::ZERO));
    assert_eq!(source.calls(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_token_without_any_lifetime_is_returned_once() {
    let (source, _, cache) = cache_of(Slow { lifetime: Some(0), ..Slow::default() });
    for calls in 1..4 {
        cache.get(&Scopes::unscoped()).await.unwrap();
        assert_eq!(source.calls(), calls);
    }
}
