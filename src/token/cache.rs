//! The handle on a cache: what callers get, and the fetches that bring it.

use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Weak};
use std::time::Duration;

use arc_swap::ArcSwapOption;
use futures_util::stream::{self, StreamExt};

use super::bearer::{ASSUMED_LIFETIME, Bearer, Kept};
use super::observer::{TokenEvent, TokenObserver, TokenStats};
use super::slot::{Flight, Found, Launch, Slot};
use super::store::Store;
use super::{FetchToken, Token, TokenSource};
use crate::clock::{Clock, SystemClock};
use crate::error::{Error, ErrorKind, Result};
use crate::platform;
use crate::scope::Scopes;
use crate::text::Secret;
use crate::within::within;

/// How long a source may take, whatever its callers wait, unless the builder says otherwise.
const FETCH_LIMIT: Duration = Duration::from_secs(60);

/// How many sets of scopes are remembered, unless the builder says otherwise.
const CAPACITY: usize = 10_000;

/// How often a caller looks again that found a fetch lost, or its token dead on waking.
const TRIES: u32 = 100;

/// How many tokens are fetched at once ahead of their use.
const PREFETCHES: usize = 8;

/// Keeps the tokens of a [`TokenSource`], each while it lives, and renews them beside the calls that use them.
///
/// What happens when is described in [the module](super). A handle: clones share the tokens, and a cache can serve many
/// clients. Every [`Unloc`](crate::Unloc) has one; make one yourself to share it, to watch it, or to use it without the
/// rest of this crate.
///
/// ```
/// use std::time::Duration;
/// use unloc::Scopes;
/// use unloc::token::{Token, TokenCache};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> unloc::Result<()> {
/// let cache = TokenCache::new(|scopes: Scopes| async move {
///     let answer = ask_the_backend(&scopes.to_string()).await;
///     Ok(Token::new(answer).expires_in(Duration::from_secs(3600)))
/// });
/// let bearer = cache.get(&Scopes::unscoped()).await?;
/// assert!(bearer.header().is_sensitive());
/// # Ok(()) }
/// # async fn ask_the_backend(_: &str) -> String { "EXAMPLE".into() }
/// ```
pub struct TokenCache {
    store: Arc<Store>,
    source: Arc<dyn TokenSource>,
    /// Issuer and client, as far as the source names them; else a name of its own.
    identity: Arc<str>,
    /// The slot of the scopes that this handle was asked for first. Nearly all handles are asked for no others, and find
    /// their token here, without a lock.
    first: ArcSwapOption<Slot>,
}

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
        TokenCacheBuilder {
            source: Arc::new(source),
            clock: Arc::new(SystemClock),
            capacity: CAPACITY,
            fetch_limit: FETCH_LIMIT,
            observer: None,
        }
    }

    /// A handle for another source in the same cache: bound, clock, observer and figures are shared, tokens only if both
    /// sources have the same [`identity`](TokenSource::identity).
    #[must_use]
    pub fn with_source(&self, source: impl TokenSource) -> Self {
        Self::of(Arc::clone(&self.store), identity(&source), Arc::new(source))
    }

    /// A token for these scopes that lives.
    ///
    /// # Errors
    /// What the source said, now or a moment ago: callers that wait for one fetch share its error, and during the pause
    /// behind it nothing is asked for ([`Error::retry_after`] says how long that is). [`ErrorKind::Timeout`] if the source
    /// took too long. [`ErrorKind::Configuration`] if no Tokio runtime is running here.
    pub async fn get(&self, scopes: &Scopes) -> Result<Bearer> {
        let now = self.store.now();
        let first = self.first.load();
        let slot = first.as_ref().filter(|slot| slot.key.is_for(scopes));
        let look = |slot: &Arc<Slot>| {
            if first.is_none() {
                self.first.store(Some(Arc::clone(slot)));
            }
            self.store.fresh(slot, now)
        };
        let fresh = match slot {
            Some(slot) => self.store.fresh(slot, now),
            None => self.store.with(&self.identity, scopes, look).flatten(),
        };
        match fresh {
            Some(bearer) => {
                self.store.watch(scopes, &TokenEvent::Hit);
                Ok(bearer)
            }
            None => self.seek(scopes).await,
        }
    }

    /// Gets tokens before they are needed, some at once, and waits until all are there.
    ///
    /// # Errors
    /// The first failure; the other tokens are fetched all the same.
    pub async fn prefetch(&self, scopes: impl IntoIterator<Item = Scopes>) -> Result<()> {
        let fetches = scopes.into_iter().map(|scopes| {
            let cache = self.clone();
            async move { cache.get(&scopes).await }
        });
        let mut fetches = stream::iter(fetches).buffer_unordered(PREFETCHES);
        let mut outcome = Ok(());
        while let Some(fetched) = fetches.next().await {
            outcome = outcome.and(fetched.map(drop));
        }
        outcome
    }

    /// Forgets the token for these scopes, and a failure if there is one: the next call fetches a new one. A fetch that
    /// is under way goes on, and brings it.
    pub fn invalidate(&self, scopes: &Scopes) {
        self.store.with(&self.identity, scopes, |slot| slot.invalidate());
    }

    /// How often what happened so far.
    #[must_use]
    pub fn stats(&self) -> TokenStats {
        self.store.stats()
    }

    /// Forgets a token that the service refused before its time, unless it has been replaced already. Calls of
    /// [`Unloc`](crate::Unloc) do this by themselves after a 401; this is for a program that hands tokens on, and is told.
    ///
    /// The source is told as well, see [`TokenSource::rejected`].
    pub fn reject(&self, scopes: &Scopes, refused: &Secret) {
        self.reject_if(scopes, refused, |kept| kept.is(refused));
    }

    /// The same, by the fetch that brought it: what is the same to the letter may be of a newer one.
    pub(crate) fn reject_bearer(&self, scopes: &Scopes, refused: &Bearer) {
        self.reject_if(scopes, &refused.access_token(), |kept| kept.generation == refused.generation);
    }

    fn reject_if(&self, scopes: &Scopes, refused: &Secret, is_it: impl FnOnce(&Kept) -> bool) {
        if self.store.with(&self.identity, scopes, |slot| slot.reject(is_it)) == Some(true) {
            tracing::debug!(scopes = scopes.shown(), "the service refused a token before its time");
            self.source.rejected(scopes, refused);
            self.store.tell(scopes, &TokenEvent::Rejected);
        }
    }

    fn of(store: Arc<Store>, identity: Arc<str>, source: Arc<dyn TokenSource>) -> Self {
        Self { store, identity, source, first: ArcSwapOption::empty() }
    }

    async fn seek(&self, scopes: &Scopes) -> Result<Bearer> {
        let mut waits = false;
        for _ in 0..TRIES {
            let slot = self.store.slot(&self.identity, scopes);
            if self.first.load().as_ref().is_none_or(|first| first.is_gone()) {
                self.first.store(Some(Arc::clone(&slot)));
            }
            let found = slot.look(self.store.now(), || self.store.number());
            let (flight, mine) = match found {
                Found::Gone => continue,
                Found::Token(bearer, launch) => {
                    slot.count_hit();
                    if let Some(launch) = launch {
                        tracing::debug!(scopes = scopes.shown(), "a new token is fetched beside the calls");
                        // Who has a token needs no runtime; the next caller tries again.
                        let _ = self.launch(&slot, scopes, launch);
                        self.store.tell(scopes, &TokenEvent::SoftRefresh);
                    } else {
                        self.store.watch(scopes, &TokenEvent::Hit);
                    }
                    return Ok(bearer);
                }
                Found::Failure(error, rest) => {
                    self.store.tell(scopes, &TokenEvent::NegativeHit);
                    return Err(error.retry_in(rest));
                }
                Found::Wait(flight, launch) => {
                    if !waits {
                        waits = true;
                        tracing::debug!(scopes = scopes.shown(), "a call waits for a token");
                        self.store.tell(scopes, &TokenEvent::HardWait);
                    }
                    let mine = launch.is_some();
                    if let Some(launch) = launch {
                        self.launch(&slot, scopes, launch)?;
                    }
                    (flight, mine)
                }
            };
            if let Some(landed) = self.wait(&slot, flight, mine).await {
                return landed;
            }
        }
        Err(Error::token("each token that the source gave was dead before it could be used"))
    }

    /// What a fetch gives; nothing if it is worth looking again.
    async fn wait(&self, slot: &Slot, flight: Flight, mine: bool) -> Option<Result<Bearer>> {
        let Flight { number, landing } = flight;
        // The fetch has its own limit; this one is for a fetch whose runtime stands still.
        let limit = self.store.fetch_limit + Duration::from_secs(1);
        let landed = within(&*self.store.clock, limit, landing).await;
        let now = self.store.now();
        match landed {
            // Whoever is woken late, or after the machine slept, may find that it has died meanwhile.
            Some(Ok(Ok(kept))) if kept.is_dead(now) && !kept.was_never_alive() => None,
            Some(Ok(Ok(kept))) => Some(Ok(kept.bearer(now))),
            Some(Ok(Err(error))) => Some(slot.alive(now).ok_or(error)),
            Some(Err(_)) => {
                slot.give_up(number);
                // Someone else's fetch was lost, perhaps long ago: that says nothing about the next one.
                mine.then(|| Err(Error::token("the token source panicked, or its runtime ended")))
            }
            None => {
                slot.give_up(number);
                Some(slot.alive(now).ok_or_else(|| late(self.store.fetch_limit)))
            }
        }
    }

    fn launch(&self, slot: &Arc<Slot>, scopes: &Scopes, launch: Launch) -> Result<()> {
        let Launch { number, landed } = launch;
        let pilot = Pilot { store: Arc::downgrade(&self.store), slot: Arc::clone(slot), number };
        let (source, clock, limit) = (Arc::clone(&self.source), Arc::clone(&self.store.clock), self.store.fetch_limit);
        let scopes = scopes.clone();
        platform::spawn(async move {
            let begun = clock.now();
            let fetched = within(&*clock, limit, source.fetch(scopes.clone())).await;
            let fetched = fetched.unwrap_or_else(|| Err(late(limit)));
            // What nobody keeps any more nobody waits for either.
            let Some(store) = pilot.store.upgrade() else { return };
            let received = clock.now();
            let took = received.steady.saturating_sub(begun.steady);
            let token = fetched.and_then(|token| {
                if token.lifetime().is_none() {
                    store.warn_of_unknown_lifetime.call_once(|| {
                        let assumed = ASSUMED_LIFETIME.as_secs();
                        tracing::warn!("the token source does not say how long tokens live: {assumed} s are assumed");
                    });
                }
                Kept::new(&token, number, received, store.spread).map(Arc::new)
            });
            let token = pilot.land(&store, &scopes, token, took);
            let _ = landed.send(token);
        })
    }
}

/// Sees to it that a fetch has an end also if its source panics. One that is lost with its runtime ends by itself: its
/// channel closes, and the next caller begins another.
struct Pilot {
    /// The store's slots lead here: holding the store would keep both alive for ever.
    store: Weak<Store>,
    slot: Arc<Slot>,
    number: u64,
}

impl Pilot {
    fn land(&self, store: &Store, scopes: &Scopes, landed: Result<Arc<Kept>>, took: Duration) -> Result<Arc<Kept>> {
        let setback = self.slot.land(self.number, &landed, store.now(), store.clock.chance());
        match (landed, setback) {
            (Err(error), Some((failures, pause))) => {
                tracing::debug!(scopes = scopes.shown(), %error, failures, ?pause, ?took, "no new token");
                store.tell(scopes, &TokenEvent::Failed { error: error.clone(), failures, pause });
                Err(error.retry_in(pause))
            }
            (landed, _) => landed.inspect(|kept| {
                let lifetime = kept.lifetime();
                tracing::debug!(scopes = scopes.shown(), ?lifetime, ?took, "a new token");
                store.tell(scopes, &TokenEvent::Fetched { lifetime, took });
            }),
        }
    }
}

impl Drop for Pilot {
    fn drop(&mut self) {
        if std::thread::panicking()
            && let Some(store) = self.store.upgrade()
        {
            // A source that panics each time is asked once a pause, like one that fails.
            let error = Error::token("the token source panicked");
            let setback = self.slot.land(self.number, &Err(error.clone()), store.now(), store.clock.chance());
            let (failures, pause) = setback.unwrap_or_default();
            store.counters.count(&TokenEvent::Failed { error, failures, pause });
        }
    }
}

fn late(limit: Duration) -> Error {
    Error::new(ErrorKind::Timeout, format!("the token source gave nothing in {} s", limit.as_secs_f64()))
}

/// What a source calls itself, or a name that no other has.
fn identity(source: &impl TokenSource) -> Arc<str> {
    static NAMELESS: AtomicU64 = AtomicU64::new(0);
    let named = source.identity().map(|name| format!("named {name}"));
    named.unwrap_or_else(|| format!("nameless {}", NAMELESS.fetch_add(1, Ordering::Relaxed))).into()
}

/// A cache is a source for another one: of a program that is handed tokens by its neighbour, say.
impl TokenSource for TokenCache {
    fn fetch(&self, scopes: Scopes) -> FetchToken<'_> {
        Box::pin(async move {
            let bearer = self.get(&scopes).await?;
            Ok(Token::new(bearer.access_token()).expires_in(bearer.remaining()))
        })
    }

    fn identity(&self) -> Option<String> {
        Some(format!("cache of {}", self.identity))
    }

    fn rejected(&self, scopes: &Scopes, token: &Secret) {
        self.reject(scopes, token);
    }
}

impl TokenCacheBuilder {
    /// How many sets of scopes are remembered, 10 000 unless this is called; those that were used least recently are
    /// forgotten first. One with a token of 500 bytes takes about a kilobyte.
    pub fn capacity(self, capacity: usize) -> Self {
        Self { capacity, ..self }
    }

    /// How long a source may take for a token, a minute unless this is called. Callers wait for it no longer than their
    /// own deadline, and give up without disturbing it.
    pub fn fetch_limit(self, fetch_limit: Duration) -> Self {
        Self { fetch_limit, ..self }
    }

    /// Who watches.
    pub fn observer(self, observer: impl TokenObserver) -> Self {
        Self { observer: Some(Arc::new(observer)), ..self }
    }

    /// Where time and chance come from.
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
        TokenCache::of(Arc::new(store), identity(&self.source), self.source)
    }
}

impl Clone for TokenCache {
    fn clone(&self) -> Self {
        Self::of(Arc::clone(&self.store), Arc::clone(&self.identity), Arc::clone(&self.source))
    }
}

impl fmt::Debug for TokenCache {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TokenCache").field("stats", &self.stats()).finish_non_exhaustive()
    }
}

impl fmt::Debug for TokenCacheBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TokenCacheBuilder").field("capacity", &self.capacity).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
