//! How a cache is built.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use super::TokenSource;
use super::cache::TokenCache;
use super::observer::TokenObserver;
use super::store::Store;
use crate::runtime::clock::{Clock, SystemClock};

/// How long a source may take, whatever its callers wait, unless the builder says otherwise.
const FETCH_LIMIT: Duration = Duration::from_secs(60);

/// How many sets of scopes are remembered, unless the builder says otherwise.
const CAPACITY: usize = 10_000;

/// Builds a [`TokenCache`] that is not as [`TokenCache::new`] makes it.
#[must_use = "nothing is built before `build()`"]
pub struct TokenCacheBuilder {
    source: Arc<dyn TokenSource>,
    clock: Arc<dyn Clock>,
    capacity: usize,
    fetch_limit: Duration,
    observer: Option<Arc<dyn TokenObserver>>,
}

impl TokenCache {
    /// A cache of the tokens of this source.
    pub fn new(source: impl TokenSource) -> Self {
        Self::builder(source).build()
    }

    /// Begins to build a cache of the tokens of this source.
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

    /// How many sets of scopes are remembered, 10 000 unless this is called; those that were used least recently are
    /// forgotten first, except those that a fetch is under way for. One with a token of 500 bytes takes about a kilobyte.
    pub fn capacity(self, capacity: usize) -> Self {
        Self { capacity, ..self }
    }

    /// How long a source may take for a token, a minute unless this is called. Callers wait for it no longer than their
    /// own operation timeout, and give up without disturbing it.
    pub fn fetch_limit(self, fetch_limit: Duration) -> Self {
        Self { fetch_limit, ..self }
    }

    /// Who watches.
    pub fn observer(self, observer: impl TokenObserver) -> Self {
        Self { observer: Some(Arc::new(observer)), ..self }
    }

    /// Sets where time and jitter come from.
    #[cfg(feature = "test-util")]
    pub fn clock(self, clock: impl Clock) -> Self {
        self.shared_clock(Arc::new(clock))
    }

    pub(crate) fn shared_clock(self, clock: Arc<dyn Clock>) -> Self {
        Self { clock, ..self }
    }

    /// Builds the cache; nothing is fetched yet.
    #[must_use]
    pub fn build(self) -> TokenCache {
        let store = Store::new(self.clock, self.capacity, self.fetch_limit, self.observer);
        TokenCache::of(Arc::new(store), self.source)
    }
}

impl fmt::Debug for TokenCacheBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TokenCacheBuilder").field("capacity", &self.capacity).finish_non_exhaustive()
    }
}
