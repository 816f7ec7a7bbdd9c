//! Reports what a cache does: events, an observer, and counters.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use crate::auth::scope::Scopes;
use crate::error::Error;
use crate::runtime::platform::{MaybeSend, MaybeSync};

/// Describes something that happened in a [`TokenCache`](super::TokenCache).
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum TokenEvent {
    /// A caller got the cached token at once.
    Hit,
    /// A refresh started in the background; callers still get the cached token at once.
    SoftRefresh,
    /// A caller waits for a fetch: its own, or one that is in flight already.
    ///
    /// [`TokenCache::prefetch`](super::TokenCache::prefetch) counts as a caller.
    HardWait,
    /// A caller got the last error during the backoff; nothing was sent.
    NegativeHit,
    /// The source returned a token.
    Fetched {
        /// Is the token's lifetime.
        lifetime: Duration,
        /// Is how long the source took.
        took: Duration,
    },
    /// The source returned no token.
    Failed {
        /// Says why; tokens and secrets are redacted.
        error: Error,
        /// Counts the fetches that failed in a row.
        failures: u32,
        /// Is the length of the backoff before the next fetch.
        pause: Duration,
    },
    /// The service refused a token before it expired; the cache has dropped it.
    Rejected,
    /// The cache was full and evicted the least recently used sets of scopes.
    Evicted {
        /// Counts the sets of scopes that were evicted.
        count: usize,
    },
}

/// Observes a [`TokenCache`](super::TokenCache), for metrics or for tests.
///
/// Any `Fn(&Scopes, &TokenEvent)` is an observer. The cache calls it where the event happens, in the middle of a call,
/// so it should return quickly. The scopes are empty if an event concerns more than one set of scopes.
///
/// ```
/// use std::sync::Arc;
/// use std::sync::atomic::{AtomicU64, Ordering};
/// use unloc::Scopes;
/// use unloc::token::{Token, TokenCache, TokenEvent};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> unloc::Result<()> {
/// let fetched = Arc::new(AtomicU64::new(0));
/// let counter = Arc::clone(&fetched);
/// let cache = TokenCache::builder(|_: Scopes| async { Ok(Token::new("EXAMPLE")) })
///     .observer(move |_: &Scopes, event: &TokenEvent| {
///         if matches!(event, TokenEvent::Fetched { .. }) {
///             counter.fetch_add(1, Ordering::Relaxed);
///         }
///     })
///     .build();
/// cache.get(&Scopes::unscoped()).await?;
/// cache.get(&Scopes::unscoped()).await?;
/// assert_eq!(fetched.load(Ordering::Relaxed), 1);
/// # Ok(()) }
/// ```
pub trait TokenObserver: MaybeSend + MaybeSync + 'static {
    /// Receives an event and the scopes that it concerns.
    fn observe(&self, scopes: &Scopes, event: &TokenEvent);
}

impl<F: Fn(&Scopes, &TokenEvent) + MaybeSend + MaybeSync + 'static> TokenObserver for F {
    fn observe(&self, scopes: &Scopes, event: &TokenEvent) {
        self(scopes, event);
    }
}

/// Counts what happened in a [`TokenCache`](super::TokenCache) since it was built.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct TokenStats {
    /// Is the number of sets of scopes in the cache now.
    pub entries: usize,
    /// Counts callers that got the cached token.
    pub hits: u64,
    /// Counts refreshes in the background.
    pub soft_refreshes: u64,
    /// Counts callers that waited for a fetch.
    pub hard_waits: u64,
    /// Counts callers that got the last error during a backoff.
    pub negative_hits: u64,
    /// Counts tokens that the source returned.
    pub fetched: u64,
    /// Counts fetches that returned no token.
    pub failed: u64,
    /// Counts tokens that the service refused before they expired.
    pub rejected: u64,
    /// Counts sets of scopes that were evicted because the cache was full.
    pub evicted: u64,
}

// Each counter stands for itself, so all accesses are relaxed: no reader needs two of them to agree.
#[derive(Default)]
pub(super) struct Counters {
    hits: AtomicU64,
    soft_refreshes: AtomicU64,
    hard_waits: AtomicU64,
    negative_hits: AtomicU64,
    fetched: AtomicU64,
    failed: AtomicU64,
    rejected: AtomicU64,
    evicted: AtomicU64,
}

impl Counters {
    pub(super) fn count(&self, event: &TokenEvent) {
        let (counter, by) = match event {
            TokenEvent::Hit => (&self.hits, 1),
            TokenEvent::SoftRefresh => (&self.soft_refreshes, 1),
            TokenEvent::HardWait => (&self.hard_waits, 1),
            TokenEvent::NegativeHit => (&self.negative_hits, 1),
            TokenEvent::Fetched { .. } => (&self.fetched, 1),
            TokenEvent::Failed { .. } => (&self.failed, 1),
            TokenEvent::Rejected => (&self.rejected, 1),
            TokenEvent::Evicted { count } => (&self.evicted, *count as u64),
        };
        counter.fetch_add(by, Ordering::Relaxed);
    }

    pub(super) fn read(&self, entries: usize) -> TokenStats {
        let read = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
        TokenStats {
            entries,
            hits: read(&self.hits),
            soft_refreshes: read(&self.soft_refreshes),
            hard_waits: read(&self.hard_waits),
            negative_hits: read(&self.negative_hits),
            fetched: read(&self.fetched),
            failed: read(&self.failed),
            rejected: read(&self.rejected),
            evicted: read(&self.evicted),
        }
    }
}
