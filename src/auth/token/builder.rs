//! Builds token caches.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use super::TokenSource;
use super::cache::TokenCache;
use super::observer::TokenObserver;
use super::store::Store;
use crate::runtime::clock::{Clock, SystemClock};

/// Limits one fetch, unless the builder says otherwise.
// Its own limit, and not the caller's: a call with a timeout of 50 ms would otherwise end the fetch for all callers. A
// minute leaves a source room for retries of its own.
const FETCH_LIMIT: Duration = Duration::from_secs(60);

/// Limits the sets of scopes in a cache, unless the builder says otherwise.
// Each lock holder has a set of scopes. A cache without a limit would grow with them for as long as the program runs;
// at this limit it stays below ten megabytes, which `tests/token_memory.rs` checks.
const CAPACITY: usize = 10_000;

/// Builds a [`TokenCache`] with other limits, or with an observer.
#[must_use = "nothing is built before `build()`"]
pub struct TokenCacheBuilder {
    source: Arc<dyn TokenSource>,
    clock: Arc<dyn Clock>,
    capacity: usize,
    fetch_limit: Duration,
    observer: Option<Arc<dyn TokenObserver>>,
}

impl TokenCache {
    /// Creates a cache for the tokens of this source, with the default limits.
    pub fn new(source: impl TokenSource) -> Self {
        Self::builder(source).build()
    }

    /// Returns a builder of a cache for the tokens of this source.
    pub fn builder(source: impl TokenSource) -> TokenCacheBuilder {
        TokenCacheBuilder::new(source)
    }
}

impl TokenCacheBuilder {
    fn new(source: impl TokenSource) -> Self {
        Self {
            source: Arc::new(source),
            clock: Arc::new(SystemClock),
            capacity: CAPACITY,
            fetch_limit: FETCH_LIMIT,
            observer: None,
        }
    }

    /// Sets how many sets of scopes the cache holds. The default is 10 000. Each lock holder takes one, and the calls
    /// for the integrator as a whole take one more.
    ///
    /// When a new set exceeds the capacity, the cache evicts the least recently used sixteenth. A set with a fetch in
    /// flight is never evicted. An entry with a token of 500 bytes takes about a kilobyte.
    pub fn capacity(self, capacity: usize) -> Self {
        Self { capacity, ..self }
    }

    /// Sets how long a source may take for one token. The default is a minute.
    ///
    /// An API call waits no longer than its own operation timeout; the fetch then continues for the others.
    /// [`ClientCredentials`](crate::ClientCredentials) takes ten seconds at most, whatever the limit.
    pub fn fetch_limit(self, fetch_limit: Duration) -> Self {
        Self { fetch_limit, ..self }
    }

    /// Sets an observer, which is called for every event of the cache.
    pub fn observer(self, observer: impl TokenObserver) -> Self {
        Self { observer: Some(Arc::new(observer)), ..self }
    }

    /// Sets the source of time and jitter.
    #[cfg(feature = "test-util")]
    pub fn clock(self, clock: impl Clock) -> Self {
        self.shared_clock(Arc::new(clock))
    }

    pub(crate) fn shared_clock(self, clock: Arc<dyn Clock>) -> Self {
        Self { clock, ..self }
    }

    /// Builds the cache. Nothing is fetched yet.
    #[must_use]
    pub fn build(self) -> TokenCache {
        let store = Store::new(self.clock, self.capacity, self.fetch_limit, self.observer);
        TokenCache::from_parts(Arc::new(store), self.source)
    }
}

impl fmt::Debug for TokenCacheBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TokenCacheBuilder").field("capacity", &self.capacity).finish_non_exhaustive()
    }
}
