//! Tests calls whose token was refused, and which wait for the next token.

use super::*;

/// Returns a cache with a fake source, and its count of fetches. Each fetch takes half a second and returns its number,
/// or the error that `failure` has for the number.
fn cache_with_failures(
    service: &Service,
    failure: impl Fn(usize) -> Option<Error> + Send + Sync + 'static,
) -> (TokenCache, Arc<AtomicUsize>) {
    let fetches = Arc::new(AtomicUsize::new(0));
    let counter = Arc::clone(&fetches);
    let source = move |_: Scopes| {
        let number = counter.fetch_add(1, Ordering::SeqCst) + 1;
        let failure = failure(number);
        async move {
            sleep(Duration::from_millis(500)).await;
            failure.map_or(Ok(Token::new(number.to_string()).expires_in(Duration::from_secs(3600))), Err)
        }
    };
    (TokenCache::builder(source).shared_clock(Arc::clone(&service.clock) as _).build(), fetches)
}

#[tokio::test(start_paused = true)]
async fn calls_with_a_refused_token_wait_for_the_next_one() {
    for transient in
        [refused, timed_out, || status(429), || status(503), || status(503).retry_in(Duration::from_secs(7))]
    {
        let mut service = Service { latency: Duration::from_millis(20), ..Service::new([]) };
        let (cache, fetches) = cache_with_failures(&service, move |number| (number == 2).then(transient));
        service.cache = cache;
        service.call("getLocks", defaults()).await.unwrap();
        service.revoked.store(1, Ordering::SeqCst);
        let calls = join_all((0..100).map(|_| service.call("createKey", defaults()))).await;
        assert!(calls.into_iter().all(|sent| sent.unwrap() == 2), "{}", transient());
        assert_eq!(fetches.load(Ordering::SeqCst), 3, "the first one, one that fails, and one for all calls");
    }
}

#[tokio::test(start_paused = true)]
async fn a_refused_token_without_a_replacement_for_now_is_retryable() {
    let mut service = Service::new([]);
    let (cache, fetches) = cache_with_failures(&service, |number| (number > 1).then(|| status(503)));
    (service.cache, service.budget) = (cache, budget(0, &*service.clock));
    service.revoked.store(1, Ordering::SeqCst);
    for (options, fetched) in
        [(defaults(), 4), (defaults().operation_timeout(Duration::from_secs(10)).retry(RetryPolicy::never()), 2)]
    {
        service.cache.invalidate(&Scopes::unscoped());
        fetches.store(0, Ordering::SeqCst);
        let error = service.call("createKey", options).await.unwrap_err();
        assert_eq!((error.kind(), error.status().unwrap().as_u16()), (ErrorKind::Service, 401));
        assert_eq!((error.outcome(), error.attempts(), error.is_retryable()), (Outcome::Rejected, 1, true), "{error}");
        assert!(error.to_string().contains("and no fresh token: the service responded with 503"), "{error}");
        assert!(error.retry_after().is_some(), "{error}");
        assert_eq!(fetches.load(Ordering::SeqCst), fetched);
    }
    // The operation timeout ends the wait, too.
    service.cache.invalidate(&Scopes::unscoped());
    fetches.store(0, Ordering::SeqCst);
    let begun = Instant::now();
    let error = service.call("createKey", defaults().operation_timeout(Duration::from_millis(700))).await.unwrap_err();
    assert!(begun.elapsed() <= Duration::from_millis(700) && error.is_retryable(), "{error}");
    assert!(error.to_string().contains("none within the operation timeout of 0.7 s"), "{error}");
}

#[tokio::test(start_paused = true)]
async fn a_refused_token_without_any_replacement_is_not_retryable() {
    for permanent in [|| status(401), || status(400), || Error::token("closed on Sundays")] {
        let mut service = Service::new([]);
        let (cache, fetches) = cache_with_failures(&service, move |number| (number > 1).then(permanent));
        service.cache = cache;
        service.revoked.store(1, Ordering::SeqCst);
        let error = service.call("getLocks", defaults()).await.unwrap_err();
        assert_eq!(
            (error.status().unwrap().as_u16(), error.attempts(), error.is_retryable()),
            (401, 1, false),
            "{error}"
        );
        assert_eq!(fetches.load(Ordering::SeqCst), 2);
    }
}

#[tokio::test(start_paused = true)]
async fn names_a_source_that_returns_the_refused_token_again() {
    for (second, words) in [("1", "gave the same token again"), ("2", "a fresh token was refused as well")] {
        let mut service = Service::new([]);
        let fetches = AtomicUsize::new(0);
        let source = move |_: Scopes| {
            let token = if fetches.fetch_add(1, Ordering::SeqCst) == 0 { "1" } else { second };
            async move { Ok(Token::new(token).expires_in(Duration::from_secs(3600))) }
        };
        service.cache = TokenCache::builder(source).shared_clock(Arc::clone(&service.clock) as _).build();
        service.revoked.store(usize::MAX, Ordering::SeqCst);
        let error = service.call("getLocks", defaults()).await.unwrap_err();
        assert!(error.to_string().contains(words), "{error}");
        assert_eq!((error.attempts(), error.is_retryable()), (2, false));
        assert_eq!(error.to_string().contains("it must drop one"), second == "1");
    }
}

#[tokio::test(start_paused = true)]
async fn a_403_names_granted_scopes_that_differ_from_the_requested_ones() {
    for (error, granted, named) in [
        (status(403), "lockHolder.admin:other", true),
        (status(403), "lockHolder.admin:home", false),
        (status(404), "lockHolder.admin:other", false),
    ] {
        let service = Service::new([error]);
        let source = move |_: Scopes| async move { Ok(Token::new("1").granted(granted)) };
        let cache = TokenCache::builder(source).shared_clock(Arc::clone(&service.clock) as _).build();
        let scopes = "lockHolder.admin:home".parse().unwrap();
        let options = defaults().merge(&defaults());
        let call = Call {
            operation: Operation::find("getLocks").unwrap(),
            base_path: "/integrators/v1",
            clock: &*service.clock,
            budget: &service.budget,
            options: &options,
            tokens: Some((&cache, &scopes)),
        };
        let error =
            call.make(&mut FakeTransport { service: &service, arrivals: 0 }).await.map(drop).unwrap_err().to_string();
        let words =
            "the token was requested with the scope `lockHolder.admin:home` and granted `lockHolder.admin:other`";
        assert_eq!(error.contains(words), named, "{error}");
    }
}
