//! Tests expiry while clocks are set, drift apart, or stand still during sleep.

use super::*;

#[tokio::test(start_paused = true)]
async fn a_response_that_waited_while_the_machine_slept_is_as_old_as_its_request() {
    let clock = Arc::new(Manual::new());
    let (source_clock, calls) = (Arc::clone(&clock), Arc::new(AtomicUsize::new(0)));
    let counter = Arc::clone(&calls);
    let cache = TokenCache::builder(move |_: Scopes| {
        let source_clock = Arc::clone(&source_clock);
        let first = counter.fetch_add(1, Ordering::SeqCst) == 0;
        async move {
            sleep(FETCH).await;
            if first {
                source_clock.suspend(seconds(7200), false);
            }
            Ok(Token::new("x").expires_in(seconds(100)))
        }
    });
    let cache = cache.shared_clock(Arc::clone(&clock) as _).build();
    assert!(cache.get(&home(1)).await.unwrap().remaining() > seconds(90));
    assert_eq!(calls.load(Ordering::SeqCst), 2, "the first token counts from its request");
}

#[tokio::test(start_paused = true)]
async fn a_token_received_while_the_wall_clock_was_set_back_expires_when_the_clock_is_corrected() {
    let clock = Arc::new(Manual::new());
    let source_clock = Arc::clone(&clock);
    let cache = TokenCache::builder(move |_: Scopes| {
        let source_clock = Arc::clone(&source_clock);
        async move {
            sleep(FETCH).await;
            source_clock.suspend(seconds(60), true);
            source_clock.set_wall(-3600);
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
async fn no_clock_change_returns_an_expired_token() {
    let hour = seconds(3600);
    type Change = fn(&Manual);
    let changes: [(&str, Change); 4] = [
        ("set back", |clock| clock.set_wall(-3600)),
        ("set forward", |clock| clock.set_wall(3600)),
        ("suspended, steady clock stands still", |clock| clock.suspend(seconds(7200), false)),
        ("suspended, steady clock continues", |clock| clock.suspend(seconds(7200), true)),
    ];
    for (name, change) in changes {
        let (source, clock, cache) = slow();
        let scopes = Scopes::unscoped();
        let (first, _) = got(&cache, &scopes).await;
        source.fail(true);
        change(&clock);
        let expired = name != "set back";
        assert_eq!(got(&cache, &scopes).await.0.is_none(), expired, "{name}");
        advance(seconds(101)).await;
        assert_eq!(got(&cache, &scopes).await.0, None, "{name}");
        source.fail(false);
        advance(hour).await;
        assert!(got(&cache, &scopes).await.0.is_some_and(|next| Some(next) != first), "{name}");
    }
}

#[tokio::test(start_paused = true)]
async fn clock_drift_of_more_than_a_minute_refreshes_the_token_in_the_background() {
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
        assert_eq!(source.calls(), calls, "the new token is received on the changed clock");
    }
}

#[tokio::test(start_paused = true)]
async fn does_not_return_a_token_that_expired_before_its_caller_woke_up() {
    let clock = Arc::new(Manual::new());
    let (source_clock, calls) = (Arc::clone(&clock), Arc::new(AtomicUsize::new(0)));
    let counter = Arc::clone(&calls);
    let cache = TokenCache::builder(move |_: Scopes| {
        let source_clock = Arc::clone(&source_clock);
        let call = counter.fetch_add(1, Ordering::SeqCst);
        async move {
            sleep(FETCH).await;
            if call == 0 {
                // Runs after the fetch has completed and before a waiting caller is polled.
                tokio::spawn(async move { source_clock.suspend(seconds(7200), false) });
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
