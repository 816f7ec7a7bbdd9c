//! Tests tokens that the service refused before they expired, also with a source that caches tokens.

use super::*;

/// Returns the same token, like a backend with a cache, until it is notified of a refusal.
///
/// A fetch chooses its token when it starts, and takes half a second.
#[derive(Default)]
struct CachingSource {
    calls: AtomicUsize,
    current: AtomicUsize,
    fails: AtomicBool,
}

impl TokenSource for CachingSource {
    fn fetch(&self, _: Scopes) -> FetchToken<'_> {
        Box::pin(async move {
            self.calls.fetch_add(1, Ordering::SeqCst);
            let current = self.current.load(Ordering::SeqCst);
            sleep(FETCH).await;
            if self.fails.load(Ordering::SeqCst) {
                return Err(Error::token_unavailable("closed"));
            }
            Ok(Token::new(current.to_string()).expires_in(seconds(100)))
        })
    }

    fn rejected(&self, _: &Scopes, token: &Secret) {
        if token.expose() == self.current.load(Ordering::SeqCst).to_string() {
            self.current.fetch_add(1, Ordering::SeqCst);
        }
    }
}

fn caching_source() -> (Arc<CachingSource>, Arc<Manual>, TokenCache) {
    let (source, clock) = (Arc::new(CachingSource::default()), Arc::new(Manual::new()));
    let cache = TokenCache::builder(Arc::clone(&source)).shared_clock(Arc::clone(&clock) as _).build();
    (source, clock, cache)
}

async fn token(cache: &TokenCache, scopes: &Scopes) -> String {
    cache.get(scopes).await.unwrap().token().to_owned()
}

/// Returns a token whose background refresh is in flight; its source is not notified of any refusal yet.
async fn refreshing_in_background(cache: &TokenCache, scopes: &Scopes) -> Bearer {
    cache.get(scopes).await.unwrap();
    sleep(seconds(81)).await;
    let first = cache.get(scopes).await.unwrap();
    sleep(FETCH / 5).await;
    first
}

#[tokio::test(start_paused = true)]
async fn a_fetch_in_flight_during_a_refusal_does_not_return_the_refused_token() {
    let (source, _, cache) = caching_source();
    let scopes = home(1);
    let first = refreshing_in_background(&cache, &scopes).await;
    let started = Instant::now();
    cache.reject_bearer(&scopes, &first);
    let (one, other) = tokio::join!(token(&cache, &scopes), token(&cache, &scopes));
    assert_eq!((one.as_str(), other.as_str()), ("1", "1"));
    assert_eq!(
        source.calls.load(Ordering::SeqCst),
        3,
        "the first fetch, the background refresh, and the one for the refused calls"
    );
    assert_eq!(started.elapsed(), FETCH * 4 / 5 + FETCH, "never two fetches at the same time");
    assert_eq!(token(&cache, &scopes).await, "1");
}

#[tokio::test(start_paused = true)]
async fn a_fetch_that_ended_just_before_a_refusal_does_not_return_the_refused_token() {
    let (source, _, cache) = caching_source();
    let scopes = home(1);
    let first = refreshing_in_background(&cache, &scopes).await;
    sleep(FETCH).await;
    assert_ne!(cache.get(&scopes).await.unwrap().generation, first.generation);
    cache.reject_bearer(&scopes, &first);
    assert_eq!(token(&cache, &scopes).await, "1");
    // Later reports of the same refusal find the next token, and drop nothing.
    for _ in 0..20 {
        cache.reject_bearer(&scopes, &first);
        assert_eq!(token(&cache, &scopes).await, "1");
    }
    assert_eq!(source.calls.load(Ordering::SeqCst), 3);
}

#[tokio::test(start_paused = true)]
async fn a_fetch_in_flight_during_a_refusal_that_returns_another_token_is_used() {
    let (source, _, cache) = slow();
    let scopes = home(1);
    let first = refreshing_in_background(&cache, &scopes).await;
    cache.reject_bearer(&scopes, &first);
    let started = Instant::now();
    assert_ne!(token(&cache, &scopes).await, first.token());
    assert_eq!((source.calls(), started.elapsed()), (2, FETCH * 4 / 5));
}

#[tokio::test(start_paused = true)]
async fn many_reports_of_one_refusal_cause_one_fetch_at_any_time() {
    let (source, _, cache) = caching_source();
    let scopes = home(1);
    let first = cache.get(&scopes).await.unwrap();
    let late = |pause: u64| {
        let (cache, scopes, first) = (cache.clone(), scopes.clone(), first.clone());
        async move {
            sleep(Duration::from_millis(pause)).await;
            cache.reject_bearer(&scopes, &first);
            token(&cache, &scopes).await
        }
    };
    let tokens = join_all((0..20).map(|number| late(number * 70))).await;
    assert!(tokens.iter().all(|token| token == "1"), "{tokens:?}");
    assert_eq!((source.calls.load(Ordering::SeqCst), cache.stats().rejected), (2, 1));
}

#[tokio::test(start_paused = true)]
async fn a_source_that_returns_the_same_token_is_called_once_per_refusal() {
    // A plain function is not notified of refusals.
    let calls = Arc::new(AtomicUsize::new(0));
    let counter = Arc::clone(&calls);
    let cache = TokenCache::builder(move |_: Scopes| {
        counter.fetch_add(1, Ordering::SeqCst);
        async { Ok(Token::new("same").expires_in(seconds(100))) }
    });
    let (cache, scopes) = (cache.clock(Manual::new()).build(), home(1));
    for fetches in 1..5 {
        let bearer = cache.get(&scopes).await.unwrap();
        assert_eq!(calls.load(Ordering::SeqCst), fetches);
        cache.reject_bearer(&scopes, &bearer);
        cache.reject_bearer(&scopes, &bearer);
    }
}

#[tokio::test(start_paused = true)]
async fn with_a_cache_as_source_a_fetch_in_flight_does_not_return_the_refused_token() {
    let (source, clock, backend) = caching_source();
    let cache = TokenCache::builder(backend.clone()).shared_clock(Arc::clone(&clock) as _).build();
    let scopes = home(1);
    cache.get(&scopes).await.unwrap();
    sleep(seconds(81)).await;
    let first = backend.get(&scopes).await.unwrap();
    sleep(FETCH / 5).await;
    let outer = cache.get(&scopes).await.unwrap();
    assert_eq!(outer.token(), first.token());
    cache.reject_bearer(&scopes, &outer);
    assert_eq!(token(&cache, &scopes).await, "1");
    assert_eq!(source.calls.load(Ordering::SeqCst), 3);
}

#[tokio::test(start_paused = true)]
async fn a_doubted_token_is_refreshed_and_used_until_there_is_another() {
    let (source, _, cache) = slow();
    let scopes = home(1);
    let first = cache.get(&scopes).await.unwrap();
    assert!(!cache.doubt(&scopes, &"another".into()) && !cache.doubt(&home(2), &first.access_token()));
    source.fail(true);
    assert!(cache.doubt(&scopes, &first.access_token()));
    for _ in 0..3 {
        assert_eq!(token(&cache, &scopes).await, first.token(), "while there is no other token");
    }
    assert_eq!(source.calls(), 2, "no fetch starts during the pause");
    source.fail(false);
    sleep(seconds(10)).await;
    let second = cache.get(&scopes).await.unwrap();
    assert_ne!(second.token(), first.token());
    assert_eq!((source.calls(), cache.stats().rejected), (3, 0));
    assert_eq!(got(&cache, &scopes).await, (Some(second.generation), Duration::ZERO), "the new token is not doubted");
}

#[tokio::test(start_paused = true)]
async fn believes_one_doubt_in_ten_seconds_for_each_set_of_scopes() {
    let (source, _, cache) = slow();
    let scopes = home(1);
    let mut believed = 0;
    for _ in 0..50 {
        let claimed = cache.get(&scopes).await.unwrap();
        believed += u32::from(cache.doubt(&scopes, &claimed.access_token()));
    }
    assert_eq!((believed, source.calls()), (1, 2));
    sleep(seconds(10)).await;
    let claimed = cache.get(&scopes).await.unwrap();
    assert!(cache.doubt(&scopes, &claimed.access_token()), "ten seconds have passed");
    // Each set of scopes has an interval of its own.
    let other = cache.get(&home(2)).await.unwrap();
    assert!(cache.doubt(&home(2), &other.access_token()));
}

#[tokio::test(start_paused = true)]
async fn a_token_that_cannot_be_sent_is_a_failure_with_backoff() {
    for unsendable in ["", "  ", "Bearer abc", "abc\u{f8}", "abc def"] {
        let calls = Arc::new(AtomicUsize::new(0));
        let counter = Arc::clone(&calls);
        let cache = TokenCache::builder(move |_: Scopes| {
            counter.fetch_add(1, Ordering::SeqCst);
            async move { Ok(Token::new(unsendable)) }
        });
        let cache = cache.clock(Manual::new()).build();
        for _ in 0..3 {
            let error = cache.get(&home(1)).await.err().unwrap();
            assert_eq!((error.kind(), error.is_retryable()), (ErrorKind::Token, false), "{unsendable:?}");
        }
        assert_eq!((calls.load(Ordering::SeqCst), cache.stats().failed), (1, 1), "{unsendable:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_token_with_other_granted_scopes_is_returned_and_reports_them() {
    let granting = |granted: &'static str| {
        let source = move |_: Scopes| async move { Ok(Token::new("x").granted(granted)) };
        TokenCache::builder(source).clock(Manual::new()).build()
    };
    let other = "lockHolder.admin:home-2";
    assert_eq!(granting(other).get(&home(1)).await.unwrap().granted_scope(), Some(other));
    assert_eq!(granting(other).get(&home(2)).await.unwrap().granted_scope(), None);
    assert_eq!(granting(other).get(&Scopes::unscoped()).await.unwrap().granted_scope(), None);
}
