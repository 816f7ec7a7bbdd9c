//! The handle on a cache: what callers get.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use arc_swap::ArcSwapOption;
use futures_util::stream::{self, StreamExt};

use super::bearer::Bearer;
use super::entry::{Entry, Flight, Found, Launch};
use super::observer::{TokenEvent, TokenStats};
use super::store::Store;
use super::{FetchToken, Token, TokenSource, refresh};
use crate::auth::scope::Scopes;
use crate::error::{Error, Result};
use crate::model::sensitive::Secret;
use crate::runtime::timeout::timeout;

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
    /// The entry of the scopes that this handle was asked for first. Nearly all handles are asked for no others, and find
    /// their token here, without a lock.
    first: ArcSwapOption<Entry>,
}

impl TokenCache {
    /// A token for these scopes that lives.
    ///
    /// # Errors
    /// What the source said, now or a moment ago: callers that wait for one fetch share its error, and during the pause
    /// behind it nothing is asked for ([`Error::retry_after`] says how long that is).
    /// [`ErrorKind::Timeout`](crate::ErrorKind::Timeout) if the source took too long, and
    /// [`ErrorKind::Configuration`](crate::ErrorKind::Configuration) if no Tokio runtime is running here.
    pub async fn get(&self, scopes: &Scopes) -> Result<Bearer> {
        match self.find(scopes) {
            Some(bearer) => {
                self.store.tell(scopes, &TokenEvent::Hit);
                Ok(bearer)
            }
            None => self.seek(scopes).await,
        }
    }

    /// The token, while nothing has to be done about it.
    fn find(&self, scopes: &Scopes) -> Option<Bearer> {
        let now = self.store.now();
        let first = self.first.load();
        let entry = first.as_ref().filter(|entry| entry.scopes == *scopes);
        let look = |entry: &Arc<Entry>| {
            if first.is_none() {
                self.first.store(Some(Arc::clone(entry)));
            }
            self.store.fresh(entry, now)
        };
        match entry {
            Some(entry) => self.store.fresh(entry, now),
            None => self.store.with(scopes, look).flatten(),
        }
    }

    /// A token that is due to be replaced, but not dead.
    pub(crate) fn alive(&self, scopes: &Scopes) -> Option<Bearer> {
        let now = self.store.now();
        self.store.with(scopes, |entry| entry.alive(now)).flatten()
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
        self.store.with(scopes, |entry| entry.invalidate());
    }

    /// How often what happened so far.
    #[must_use]
    pub fn stats(&self) -> TokenStats {
        self.store.stats()
    }

    /// Forgets a token that the service refused before its time, unless it has been replaced already. Calls of
    /// [`Unloc`](crate::Unloc) do this by themselves after a 401; this is for a program that hands tokens on, and is told by
    /// someone whom it can believe. For others there is [`doubt`](Self::doubt).
    ///
    /// The source is told as well, see [`TokenSource::rejected`].
    pub fn reject(&self, scopes: &Scopes, refused: &Secret) {
        self.reject_one(scopes, refused, None);
    }

    /// Renews a token of which somebody says that the service refused it who need not be believed: a caller of a backend
    /// that hands tokens on, say. Gives whether the claim is believed.
    ///
    /// It is if it names the token that is kept, and none was believed for these scopes in the last ten seconds. Unlike
    /// after [`reject`](Self::reject), the token stays until there is another: calls wait for that one, and have the old
    /// one if it cannot be had. So nobody can take a token from all, or make a stampede. The source is not told.
    pub fn doubt(&self, scopes: &Scopes, claimed: &Secret) -> bool {
        let now = self.store.now();
        let is_believed = self.store.with(scopes, |entry| entry.doubt(claimed, now)) == Some(true);
        if is_believed {
            tracing::debug!(target: "unloc::token", scopes = scopes.shown(), "a token is said to have been refused, and is renewed");
        }
        is_believed
    }

    /// As [`reject`](Self::reject), by the fetch that brought it: what is the same to the letter may be of a newer one.
    pub(crate) fn reject_bearer(&self, scopes: &Scopes, refused: &Bearer) {
        self.reject_one(scopes, &refused.access_token(), Some(refused.generation));
    }

    fn reject_one(&self, scopes: &Scopes, refused: &Secret, generation: Option<u64>) {
        // Also if it is not kept any more: the source may keep it. First of all, so that each fetch from the next on is
        // one that the source can answer with another token.
        self.source.rejected(scopes, refused);
        let reject = |entry: &Arc<Entry>| entry.reject(refused, generation, || self.store.next());
        if self.store.with(scopes, reject) == Some(true) {
            tracing::debug!(target: "unloc::token", scopes = scopes.shown(), "the service refused a token before its time");
            self.store.tell(scopes, &TokenEvent::Rejected);
        }
    }

    pub(super) fn of(store: Arc<Store>, source: Arc<dyn TokenSource>) -> Self {
        Self { store, source, first: ArcSwapOption::empty() }
    }

    async fn seek(&self, scopes: &Scopes) -> Result<Bearer> {
        let mut waits = false;
        for _ in 0..TRIES {
            let entry = self.store.entry(scopes);
            if self.first.load().as_ref().is_none_or(|first| first.is_gone()) {
                self.first.store(Some(Arc::clone(&entry)));
            }
            let found = entry.look(self.store.now(), self.patience(), || self.store.number());
            let (flight, mine) = match found {
                Found::Gone => continue,
                Found::Token(bearer, launch) => {
                    // Who has a token needs no runtime; the next caller tries again.
                    if launch.is_some_and(|launch| self.launch(&entry, scopes, launch).is_ok()) {
                        tracing::debug!(target: "unloc::token", scopes = scopes.shown(), "a new token is fetched beside the calls");
                        self.store.tell(scopes, &TokenEvent::SoftRefresh);
                    }
                    self.store.tell(scopes, &TokenEvent::Hit);
                    return Ok(bearer);
                }
                Found::Failure(error, rest) => {
                    self.store.tell(scopes, &TokenEvent::NegativeHit);
                    return Err(error.retry_in(rest));
                }
                Found::Wait(flight, launch) => {
                    if !waits {
                        waits = true;
                        tracing::debug!(target: "unloc::token", scopes = scopes.shown(), "a call waits for a token");
                        self.store.tell(scopes, &TokenEvent::HardWait);
                    }
                    let mine = launch.is_some();
                    if let Some(launch) = launch {
                        self.launch(&entry, scopes, launch)?;
                    }
                    (flight, mine)
                }
            };
            if let Some(landed) = self.wait(&entry, flight, mine).await {
                return landed;
            }
        }
        Err(Error::token(
            "gave up after 100 tries: every token expired, or its fetch was lost, before it could be used",
        ))
    }

    /// What a fetch gives; nothing if it is worth looking again.
    async fn wait(&self, entry: &Entry, flight: Flight, mine: bool) -> Option<Result<Bearer>> {
        let left = self.patience().saturating_sub(flight.age(self.store.now()));
        let Flight { number, landing, .. } = flight;
        let landed = timeout(&*self.store.clock, left, landing).await;
        let now = self.store.now();
        match landed {
            Some(Ok(Ok(None))) => None,
            // Whoever is woken late, or after the machine slept, may find that it has died meanwhile.
            Some(Ok(Ok(Some(kept)))) if kept.is_dead(now) && !kept.was_never_alive() => None,
            Some(Ok(Ok(Some(kept)))) => Some(Ok(kept.bearer(now))),
            Some(Ok(Err(error))) => Some(entry.alive(now).ok_or(error)),
            Some(Err(_)) => {
                entry.give_up(number);
                // Someone else's fetch was lost, perhaps long ago: that says nothing about the next one.
                let lost = || Error::token("the runtime ended under the fetch of a token");
                mine.then(|| entry.alive(now).ok_or_else(lost))
            }
            None => {
                entry.give_up(number);
                Some(entry.alive(now).ok_or_else(|| refresh::late(self.store.fetch_limit)))
            }
        }
    }

    fn launch(&self, entry: &Arc<Entry>, scopes: &Scopes, launch: Launch) -> Result<()> {
        refresh::launch(&self.store, &self.source, entry, scopes, launch)
    }

    /// How long a fetch is waited for, whoever waits. It has its own limit, which does not count the time that the machine
    /// sleeps, as this one may; this is for a fetch whose runtime stands still.
    fn patience(&self) -> Duration {
        self.store.fetch_limit.saturating_mul(2)
    }
}

/// A cache is a source for another one: of a program that is handed tokens by its neighbour, say.
impl TokenSource for TokenCache {
    fn fetch(&self, scopes: Scopes) -> FetchToken<'_> {
        Box::pin(async move {
            let bearer = self.get(&scopes).await?;
            let token = Token::new(bearer.access_token()).expires_in(bearer.remaining());
            Ok(bearer.granted_scope().into_iter().fold(token, Token::granted))
        })
    }

    fn rejected(&self, scopes: &Scopes, token: &Secret) {
        self.reject(scopes, token);
    }
}

impl Clone for TokenCache {
    fn clone(&self) -> Self {
        Self::of(Arc::clone(&self.store), Arc::clone(&self.source))
    }
}

impl fmt::Debug for TokenCache {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TokenCache").field("stats", &self.stats()).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
