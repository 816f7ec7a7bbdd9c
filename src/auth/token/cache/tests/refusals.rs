//! Tokens that the service refused before their time, and what a source does that keeps tokens as well.

use super::*;

/// Gives the same token, as a backend with a cache of its own does, until it hears that it was refused. What it answers it
/// decides when it is asked, and it takes half a second.
#[derive(Default)]
struct Keeping {
    calls: AtomicUsize,
    current: AtomicUsize,
    fails: AtomicBool,
}

impl TokenSource for Keeping {
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

fn keeping() -> (Arc<Keeping>, Arc<Manual>, TokenCache) {
    let (source, clock) = (Arc::new(Keeping::default()), Arc::new(Manual::new()));
    let cache = TokenCache::builder(Arc::clone(&source)).shared_clock(Arc::clone(&clock) as _).build();
    (source, clock, cache)
}

async fn token(cache: &TokenCache, scopes: &Scopes) -> String {
    cache.get(scopes).await.unwrap().token().to_owned()
}

/// A token of which a renewal is under way, and of which its source does not know that it will be refused.
async fn in_renewal(cache: &TokenCache, scopes: &Scopes) -> Bearer {
    cache.get(scopes).await.unwrap();
    sleep(seconds(81)).await;
    let first = cache.get(scopes).await.unwrap();
    sleep(FETCH / 5).await;
    first
}

#[tokio::test(start_paused = true)]
async fn a_fetch_that_began_before_a_refusal_does_not_bring_the_refused_token_back() {
    let (source, _, cache) = keeping();
    let scopes = home(1);
    let first = in_renewal(&cache, &scopes).await;
    let begun = Instant::now();
    cache.reject_bearer(&scopes, &first);
    let (one, other) = tokio::join!(token(&cache, &scopes), token(&cache, &scopes));
    assert_eq!((one.as_str(), other.as_str()), ("1", "1"));
    assert_eq!(
        source.calls.load(Ordering::SeqCst),
        3,
        "the first, the renewal, and the one for those who were refused"
    );
    assert_eq!(begun.elapsed(), FETCH * 4 / 5 + FETCH, "never two at once");
    assert_eq!(token(&cache, &scopes).await, "1");
}

#[tokio::test(start_paused = true)]
async fn a_fetch_that_ended_just_before_a_refusal_does_not_bring_the_refused_token_back() {
    let (source, _, cache) = keeping();
    let scopes = home(1);
    let first = in_renewal(&cache, &scopes).await;
    sleep(FETCH).await;
    assert_ne!(cache.get(&scopes).await.unwrap().generation, first.generation);
    cache.reject_bearer(&scopes, &first);
    assert_eq!(token(&cache, &scopes).await, "1");
    // Who comes late with the same refusal finds its successor, and drops nothing.
    for _ in 0..20 {
        cache.reject_bearer(&scopes, &first);
        assert_eq!(token(&cache, &scopes).await, "1");
    }
    assert_eq!(source.calls.load(Ordering::SeqCst), 3);
}

#[tokio::test(start_paused = true)]
async fn a_fetch_that_began_before_a_refusal_and_brings_another_token_is_enough() {
    let (source, _, cache) = slow();
    let scopes = home(1);
    let first = in_renewal(&cache, &scopes).await;
    cache.reject_bearer(&scopes, &first);
    let begun = Instant::now();
    assert_ne!(token(&cache, &scopes).await, first.token());
    assert_eq!((source.calls(), begun.elapsed()), (2, FETCH * 4 / 5));
}

#[tokio::test(start_paused = true)]
async fn many_refusals_of_one_token_cost_one_fetch_in_whatever_order_they_come() {
    let (source, _, cache) = keeping();
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
async fn a_source_that_gives_the_same_token_after_all_is_asked_once_for_each_refusal() {
    // It does not hear of refusals at all.
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
async fn behind_another_cache_a_renewal_that_began_before_a_refusal_does_not_bring_it_back_either() {
    let (source, clock, behind) = keeping();
    let cache = TokenCache::builder(behind.clone()).shared_clock(Arc::clone(&clock) as _).build();
    let scopes = home(1);
    cache.get(&scopes).await.unwrap();
    sleep(seconds(81)).await;
    let first = behind.get(&scopes).await.unwrap();
    sleep(FETCH / 5).await;
    let outer = cache.get(&scopes).await.unwrap();
    assert_eq!(outer.token(), first.token());
    cache.reject_bearer(&scopes, &outer);
    assert_eq!(token(&cache, &scopes).await, "1");
    assert_eq!(source.calls.load(Ordering::SeqCst), 3);
}

#[tokio::test(start_paused = true)]
async fn a_doubted_token_is_renewed_and_handed_out_until_there_is_another() {
    let (source, _, cache) = slow();
    let scopes = home(1);
    let first = cache.get(&scopes).await.unwrap();
    assert!(!cache.doubt(&scopes, &"another".into()) && !cache.doubt(&home(2), &first.access_token()));
    source.fail(true);
    assert!(cache.doubt(&scopes, &first.access_token()));
    for _ in 0..3 {
        assert_eq!(token(&cache, &scopes).await, first.token(), "while there is no other");
    }
    assert_eq!(source.calls(), 2, "and nothing is asked for in the pause");
    source.fail(false);
    sleep(seconds(10)).await;
    let second = cache.get(&scopes).await.unwrap();
    assert_ne!(second.token(), first.token());
    assert_eq!((source.calls(), cache.stats().rejected), (3, 0));
    assert_eq!(got(&cache, &scopes).await, (Some(second.generation), Duration::ZERO), "this one is in no doubt");
}

#[tokio::test(start_paused = true)]
async fn doubts_are_believed_once_in_a_while_however_many_there_are() {
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
    assert!(cache.doubt(&scopes, &claimed.access_token()), "a while has passed");
    // Each set of scopes has its own.
    let other = cache.get(&home(2)).await.unwrap();
    assert!(cache.doubt(&home(2), &other.access_token()));
}

#[tokio::test(start_paused = true)]
async fn a_token_that_cannot_be_sent_is_a_failure_with_its_pause() {
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
async fn a_token_of_other_scopes_is_handed_out_and_says_so() {
    let granting = |granted: &'static str| {
        let source = move |_: Scopes| async move { Ok(Token::new("x").granted(granted)) };
        TokenCache::builder(source).clock(Manual::new()).build()
    };
    let other = "lockHolder.admin:home-2";
    assert_eq!(granting(other).get(&home(1)).await.unwrap().granted_scope(), Some(other));
    assert_eq!(granting(other).get(&home(2)).await.unwrap().granted_scope(), None);
    assert_eq!(granting(other).get(&Scopes::unscoped()).await.unwrap().granted_scope(), None);
}
