//! What a cache does, for those who want to watch it.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use crate::auth::scope::Scopes;
use crate::error::Error;
use crate::runtime::platform::{MaybeSend, MaybeSync};

/// Something that happened in a [`TokenCache`](super::TokenCache).
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum TokenEvent {
    /// A caller got the token that is kept, at once.
    Hit,
    /// A fetch was begun beside the calls, whose callers get the token that is kept.
    SoftRefresh,
    /// A caller waits for a fetch: its own or one that is under way. [`TokenCache::prefetch`](super::TokenCache::prefetch)
    /// is such a caller, too.
    HardWait,
    /// A caller got the failure of a moment ago; nothing was sent.
    NegativeHit,
    /// The source gave a token.
    Fetched {
        /// How long it lives.
        lifetime: Duration,
        /// How long the source took.
        took: Duration,
    },
    /// The source gave none.
    Failed {
        /// Why; tokens and secrets do not show in it.
        error: Error,
        /// How many fetches failed in a row.
        failures: u32,
        /// How long nothing is asked for.
        pause: Duration,
    },
    /// The service refused a token before its time, and it is not used again.
    Rejected,
    /// Scopes that were not used for long were forgotten, since there are too many.
    Evicted {
        /// How many.
        count: usize,
    },
}

/// Watches a [`TokenCache`](super::TokenCache), for metrics or for tests.
///
/// It is called where the event happens, in the middle of a call, so it should be quick. Any `Fn(&Scopes, &TokenEvent)`
/// is one. The scopes are empty where an event concerns more than one set of them.
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
    /// This happened.
    fn observe(&self, scopes: &Scopes, event: &TokenEvent);
}

impl<F: Fn(&Scopes, &TokenEvent) + MaybeSend + MaybeSync + 'static> TokenObserver for F {
    fn observe(&self, scopes: &Scopes, event: &TokenEvent) {
        self(scopes, event);
    }
}

/// How often what happened in a [`TokenCache`](super::TokenCache), since it was made.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct TokenStats {
    /// Sets of scopes that are remembered now.
    pub entries: usize,
    /// Callers that got the token that was kept.
    pub hits: u64,
    /// Fetches that were begun beside the calls.
    pub soft_refreshes: u64,
    /// Callers that waited for a fetch.
    pub hard_waits: u64,
    /// Callers that got the failure of a moment ago.
    pub negative_hits: u64,
    /// Tokens that a source gave.
    pub fetched: u64,
    /// Fetches that gave none.
    pub failed: u64,
    /// Tokens that the service refused before their time.
    pub rejected: u64,
    /// Sets of scopes that were forgotten because there were too many.
    pub evicted: u64,
}

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
