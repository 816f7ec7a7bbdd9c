//! Keeps tokens while they live; callers that need the same token wait for one request and share what it gives.

use std::collections::HashMap;
use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use futures_util::future::{BoxFuture, FutureExt, Shared};
use reqwest::header::HeaderValue;
use tokio::time::Instant;

use super::{Token, TokenSource};
use crate::error::{Error, Result};
use crate::scope::Scopes;

/// How long a token lives whose source does not say.
const ASSUMED_LIFETIME: Duration = Duration::from_secs(300);

/// A token, ready to be sent.
pub(crate) struct Bearer {
    header: HeaderValue,
    generation: u64,
    deadline: Instant,
}

impl Bearer {
    /// The header's value; marked sensitive, so that no log shows it.
    pub(crate) fn header(&self) -> HeaderValue {
        self.header.clone()
    }

    /// The token itself, to be blotted out where the service repeats it.
    pub(crate) fn token(&self) -> &str {
        self.header.to_str().ok().and_then(|text| text.strip_prefix("Bearer ")).unwrap_or_default()
    }
}

/// A handle on the tokens of one source; clones share them.
#[derive(Clone)]
pub(crate) struct TokenCache(Arc<Inner>);

struct Inner {
    source: Arc<dyn TokenSource>,
    slots: Mutex<HashMap<Scopes, Slot>>,
    /// Counts flights; the number of its flight is a token's generation.
    number: AtomicU64,
}

/// What a fetch gave, for all who wait; `None` if it was lost, by a panic or with the runtime that it ran on.
type Fetched = Option<Result<Arc<Bearer>>>;

/// A request that is on its way. It runs as a task of its own, so that it ends whether or not its callers wait.
#[derive(Clone)]
struct Flight {
    number: u64,
    landing: Shared<BoxFuture<'static, Fetched>>,
}

enum Slot {
    Kept(Arc<Bearer>),
    Fetching(Flight),
}

impl TokenCache {
    pub(crate) fn new(source: Arc<dyn TokenSource>) -> Self {
        Self(Arc::new(Inner { source, slots: Mutex::default(), number: AtomicU64::new(0) }))
    }

    /// A token for these scopes that is not about to expire.
    pub(crate) async fn get(&self, scopes: &Scopes) -> Result<Arc<Bearer>> {
        loop {
            let (flight, began) = {
                let mut slots = self.0.slots();
                match slots.get(scopes) {
                    Some(Slot::Kept(bearer)) if Instant::now() < bearer.deadline => return Ok(Arc::clone(bearer)),
                    Some(Slot::Fetching(flight)) => (flight.clone(), false),
                    _ => {
                        let flight = self.begin(scopes.clone());
                        slots.insert(scopes.clone(), Slot::Fetching(flight.clone()));
                        (flight, true)
                    }
                }
            };
            if let Some(fetched) = flight.landing.await {
                return fetched;
            }
            self.0.clear(scopes, flight.number);
            if began {
                return Err(Error::token("the token source panicked, or its runtime ended"));
            }
            // Someone else's flight was lost, perhaps long ago: it says nothing about the next one.
        }
    }

    /// Drops this token if it is still the one that is kept: someone else may have replaced it already.
    pub(crate) fn forget(&self, scopes: &Scopes, rejected: &Bearer) {
        let mut slots = self.0.slots();
        if matches!(slots.get(scopes), Some(Slot::Kept(kept)) if kept.generation == rejected.generation) {
            slots.remove(scopes);
        }
    }

    fn begin(&self, scopes: Scopes) -> Flight {
        // The map holds the flight: holding the map from within it would keep both alive for ever.
        let (source, cache) = (Arc::clone(&self.0.source), Arc::downgrade(&self.0));
        let number = self.0.number.fetch_add(1, Ordering::Relaxed);
        let task = tokio::spawn(async move {
            let fetched = source.fetch(scopes.clone()).await;
            let Some(cache) = cache.upgrade() else { return Err(Error::token("the client is gone")) };
            let bearer = fetched.and_then(|token| bearer(&token, number));
            match &bearer {
                Ok(bearer) => {
                    cache.slots().insert(scopes, Slot::Kept(Arc::clone(bearer)));
                }
                Err(_) => cache.clear(&scopes, number),
            }
            bearer
        });
        Flight { number, landing: task.map(std::result::Result::ok).boxed().shared() }
    }
}

impl Inner {
    fn slots(&self) -> MutexGuard<'_, HashMap<Scopes, Slot>> {
        // Nothing that can panic happens under the lock.
        self.slots.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Forgets a flight that came to nothing, if it is still the one that callers would wait for.
    fn clear(&self, scopes: &Scopes, number: u64) {
        let mut slots = self.slots();
        if matches!(slots.get(scopes), Some(Slot::Fetching(flight)) if flight.number == number) {
            slots.remove(scopes);
        }
    }
}

fn bearer(token: &Token, generation: u64) -> Result<Arc<Bearer>> {
    let mut header = HeaderValue::try_from(format!("Bearer {}", token.access_token().expose()))
        .map_err(|_| Error::token("the access token has characters that cannot stand in a header"))?;
    header.set_sensitive(true);
    let lifetime = token.lifetime().unwrap_or(ASSUMED_LIFETIME);
    // A request that is under way when its token dies is refused: leave room for it, less for short lives.
    let margin = (lifetime / 10).min(Duration::from_secs(30));
    let now = Instant::now();
    let deadline = now.checked_add(lifetime - margin).unwrap_or(now + ASSUMED_LIFETIME);
    Ok(Arc::new(Bearer { header, generation, deadline }))
}

impl fmt::Debug for TokenCache {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TokenCache(hidden)")
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::AtomicUsize;

    use futures_util::future::join_all;

    use super::*;
    use crate::scope::Scope;
    use crate::token::FetchToken;

    /// Takes half a second, then gives a token for 100 seconds, or fails.
    #[derive(Default)]
    struct Slow {
        calls: AtomicUsize,
        fails: bool,
        panics_first: bool,
    }

    impl TokenSource for Arc<Slow> {
        fn fetch(&self, scopes: Scopes) -> FetchToken<'_> {
            Box::pin(async move {
                let call = self.calls.fetch_add(1, Ordering::SeqCst);
                tokio::time::sleep(Duration::from_millis(500)).await;
                assert!(call > 0 || !self.panics_first, "on purpose");
                if self.fails {
                    return Err(Error::token("closed"));
                }
                Ok(Token::new(format!("{scopes}#{call}")).expires_in(Duration::from_secs(100)))
            })
        }
    }

    fn slow(fails: bool) -> (Arc<Slow>, TokenCache) {
        let source = Arc::new(Slow { fails, ..Slow::default() });
        (Arc::clone(&source), TokenCache::new(Arc::new(source)))
    }

    fn calls(source: &Slow) -> usize {
        source.calls.load(Ordering::SeqCst)
    }

    #[tokio::test(start_paused = true)]
    async fn fifty_callers_make_one_request_and_share_its_token() {
        let (source, cache) = slow(false);
        let scopes = Scopes::unscoped();
        let tokens = join_all((0..50).map(|_| cache.get(&scopes))).await;
        assert_eq!(calls(&source), 1);
        assert!(tokens.iter().all(|token| token.as_ref().unwrap().generation == 0));
    }

    #[tokio::test(start_paused = true)]
    async fn fifty_callers_share_one_failure_and_the_next_one_asks_again() {
        let (source, cache) = slow(true);
        let scopes = Scopes::unscoped();
        let started = Instant::now();
        let tokens = join_all((0..50).map(|_| cache.get(&scopes))).await;
        assert!(tokens.iter().all(Result::is_err));
        assert_eq!((calls(&source), started.elapsed()), (1, Duration::from_millis(500)));
        assert!(cache.get(&scopes).await.is_err());
        assert_eq!(calls(&source), 2);
    }

    #[tokio::test(start_paused = true)]
    async fn a_token_is_kept_until_shortly_before_it_dies() {
        let (source, cache) = slow(false);
        let scopes = Scopes::unscoped();
        cache.get(&scopes).await.unwrap();
        tokio::time::advance(Duration::from_secs(89)).await;
        cache.get(&scopes).await.unwrap();
        assert_eq!(calls(&source), 1);
        tokio::time::advance(Duration::from_secs(2)).await;
        cache.get(&scopes).await.unwrap();
        assert_eq!(calls(&source), 2);
    }

    #[tokio::test(start_paused = true)]
    async fn a_caller_that_gives_up_does_not_disturb_the_others() {
        let (source, cache) = slow(false);
        let scopes = Scopes::unscoped();
        let impatient = tokio::time::timeout(Duration::from_millis(100), cache.get(&scopes));
        let (gone, got) = tokio::join!(impatient, cache.get(&scopes));
        assert!(gone.is_err() && got.is_ok());
        assert_eq!(calls(&source), 1);
    }

    #[tokio::test(start_paused = true)]
    async fn a_request_that_everyone_gave_up_on_still_brings_its_token() {
        let (source, cache) = slow(false);
        let scopes = Scopes::unscoped();
        let impatient = tokio::time::timeout(Duration::from_millis(100), cache.get(&scopes)).await;
        assert!(impatient.is_err());
        tokio::time::sleep(Duration::from_secs(31)).await;
        cache.get(&scopes).await.unwrap();
        assert_eq!(calls(&source), 1);
    }

    #[tokio::test(start_paused = true)]
    async fn a_source_that_panics_once_is_asked_again() {
        let source = Arc::new(Slow { panics_first: true, ..Slow::default() });
        let cache = TokenCache::new(Arc::new(Arc::clone(&source)));
        let scopes = Scopes::unscoped();
        let first = cache.get(&scopes).await.err().unwrap();
        assert!(first.to_string().contains("panicked"), "{first}");
        cache.get(&scopes).await.unwrap();
        assert_eq!(calls(&source), 2);
    }

    #[test]
    fn a_request_that_was_lost_with_its_runtime_is_made_anew_on_the_next() {
        let runtime =
            || tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build().unwrap();
        let (source, cache) = slow(false);
        let scopes = Scopes::unscoped();
        let first = runtime();
        first.block_on(async {
            let impatient = tokio::time::timeout(Duration::from_millis(100), cache.get(&scopes)).await;
            assert!(impatient.is_err());
        });
        drop(first);
        runtime().block_on(cache.get(&scopes)).unwrap();
        assert_eq!(calls(&source), 2);
    }

    #[tokio::test(start_paused = true)]
    async fn only_the_rejected_token_is_forgotten() {
        let (source, cache) = slow(false);
        let scopes = Scopes::from(Scope::lock_holder_admin("a").unwrap());
        let first = cache.get(&scopes).await.unwrap();
        cache.forget(&scopes, &first);
        let second = cache.get(&scopes).await.unwrap();
        cache.forget(&scopes, &first);
        assert_eq!(cache.get(&scopes).await.unwrap().generation, second.generation);
        assert_eq!(calls(&source), 2);
    }

    #[tokio::test(start_paused = true)]
    async fn a_lifetime_of_nothing_or_of_ever_is_survived() {
        for lifetime in [Duration::ZERO, Duration::MAX] {
            bearer(&Token::new("x").expires_in(lifetime), 0).unwrap();
        }
        assert!(bearer(&Token::new("a\nb"), 0).is_err());
    }
}
