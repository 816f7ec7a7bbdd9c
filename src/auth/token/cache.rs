//! Provides the handle through which callers get tokens.

mod lookup;

use std::fmt;
use std::sync::Arc;

use arc_swap::ArcSwapOption;
use futures_util::stream::{self, StreamExt};

use super::bearer::Bearer;
use super::entry::Entry;
use super::observer::{TokenEvent, TokenStats};
use super::store::Store;
use super::{FetchToken, Token, TokenSource};
use crate::auth::scope::Scopes;
use crate::error::Result;
use crate::model::sensitive::Secret;

/// Limits how many tokens [`TokenCache::prefetch`] fetches at the same time.
// A program may prefetch the tokens of all its lock holders. Token endpoints limit the rate of requests, and thousands
// at once would be refused.
const PREFETCH_CONCURRENCY: usize = 8;

/// Caches the tokens of a [`TokenSource`], and refreshes them in the background while they are used.
///
/// [The module](super) describes when a token is refreshed and who waits. A `TokenCache` is a handle: clones are cheap
/// and share the tokens, so one cache can serve many clients. Every [`Unloc`](crate::Unloc) has a cache. Build one
/// yourself to share it, to observe it, or to use it without the rest of this crate.
///
/// ```
/// use std::time::Duration;
/// use unloc::Scopes;
/// use unloc::token::{Token, TokenCache};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> unloc::Result<()> {
/// let cache = TokenCache::new(|scopes: Scopes| async move {
///     let token = ask_the_backend(&scopes.to_string()).await;
///     Ok(Token::new(token).expires_in(Duration::from_secs(3600)))
/// });
/// let bearer = cache.get(&Scopes::unscoped()).await?;
/// assert!(bearer.header().is_sensitive());
/// # Ok(()) }
/// # async fn ask_the_backend(_: &str) -> String { "EXAMPLE".into() }
/// ```
pub struct TokenCache {
    store: Arc<Store>,
    source: Arc<dyn TokenSource>,
    /// Refers to the entry of the first scopes that this handle was asked for.
    // Nearly all handles serve one client and its one set of scopes. They find their token here without the store's
    // lock, in about two thirds of the time (`benches/README.md`).
    first_entry: ArcSwapOption<Entry>,
}

impl TokenCache {
    /// Returns a token for these scopes: the cached one, or the result of a refresh.
    ///
    /// # Errors
    /// Returns the source's error at once, without a retry. Callers that wait for the same fetch share its error.
    /// During the backoff that follows, callers get this error and nothing is sent;
    /// [`Error::retry_after`](crate::Error::retry_after) says how long that takes. The kind is
    /// [`ErrorKind::Timeout`](crate::ErrorKind::Timeout) if the source exceeded the [fetch
    /// limit](super::TokenCacheBuilder::fetch_limit), and [`ErrorKind::Configuration`](crate::ErrorKind::Configuration)
    /// if no Tokio runtime is running.
    pub async fn get(&self, scopes: &Scopes) -> Result<Bearer> {
        match self.get_fresh(scopes) {
            Some(bearer) => {
                self.store.emit(scopes, &TokenEvent::Hit);
                Ok(bearer)
            }
            None => self.get_or_refresh(scopes).await,
        }
    }

    /// Returns the cached token if it is not due for a refresh.
    fn get_fresh(&self, scopes: &Scopes) -> Option<Bearer> {
        let now = self.store.now();
        let first = self.first_entry.load();
        let entry = first.as_ref().filter(|entry| entry.scopes == *scopes);
        let look_up = |entry: &Arc<Entry>| {
            if first.is_none() {
                self.first_entry.store(Some(Arc::clone(entry)));
            }
            self.store.fresh(entry, now)
        };
        match entry {
            Some(entry) => self.store.fresh(entry, now),
            None => self.store.with_entry(scopes, look_up).flatten(),
        }
    }

    /// Returns the cached token if it has not expired, even if it is due for a refresh.
    pub(crate) fn unexpired(&self, scopes: &Scopes) -> Option<Bearer> {
        let now = self.store.now();
        self.store.with_entry(scopes, |entry| entry.unexpired(now)).flatten()
    }

    /// Fetches tokens before they are needed, eight at the same time, and waits for all of them.
    ///
    /// # Errors
    /// Returns the first error. The other tokens are fetched all the same.
    pub async fn prefetch(&self, scopes: impl IntoIterator<Item = Scopes>) -> Result<()> {
        let fetches = scopes.into_iter().map(|scopes| {
            let cache = self.clone();
            async move { cache.get(&scopes).await }
        });
        let mut fetches = stream::iter(fetches).buffer_unordered(PREFETCH_CONCURRENCY);
        let mut outcome = Ok(());
        while let Some(fetched) = fetches.next().await {
            outcome = outcome.and(fetched.map(drop));
        }
        outcome
    }

    /// Drops the token for these scopes and ends a backoff, so that the next call fetches a token.
    ///
    /// A fetch in flight continues, and its token is cached.
    pub fn invalidate(&self, scopes: &Scopes) {
        self.store.with_entry(scopes, |entry| entry.invalidate());
    }

    /// Returns the cache's counters.
    #[must_use]
    pub fn stats(&self) -> TokenStats {
        self.store.stats()
    }

    /// Drops a token that the service refused before it expired, unless the token was replaced already.
    ///
    /// Calls of [`Unloc`](crate::Unloc) do this after a 401. Use it in a program that passes tokens on and learns of
    /// the refusal from a trusted party; use [`doubt`](Self::doubt) for any other party. The source is notified through
    /// [`TokenSource::rejected`].
    pub fn reject(&self, scopes: &Scopes, refused: &Secret) {
        self.reject_generation(scopes, refused, None);
    }

    /// Refreshes a token that an untrusted party reports as refused, and returns whether the report is believed.
    ///
    /// An untrusted party is, for example, a caller of a backend that passes tokens on. The report is believed if it
    /// names the cached token, and if no other report for these scopes was believed within the last ten seconds.
    ///
    /// Unlike after [`reject`](Self::reject), the token stays in the cache until there is another. Calls wait for the
    /// refresh, and get the old token if it fails. False reports therefore take a token from nobody, and cause at most
    /// one fetch in ten seconds. The source is not notified.
    pub fn doubt(&self, scopes: &Scopes, claimed: &Secret) -> bool {
        let now = self.store.now();
        let is_believed = self.store.with_entry(scopes, |entry| entry.doubt(claimed, now)) == Some(true);
        if is_believed {
            tracing::debug!(target: "unloc::token", scopes = scopes.redacted(), "a token was reported as refused and will be refreshed");
        }
        is_believed
    }

    /// Drops a refused token by the fetch that returned it: another fetch may have returned the same string since.
    pub(crate) fn reject_bearer(&self, scopes: &Scopes, refused: &Bearer) {
        self.reject_generation(scopes, &refused.access_token(), Some(refused.generation));
    }

    fn reject_generation(&self, scopes: &Scopes, refused: &Secret, generation: Option<u64>) {
        // Also if the token is not cached any more, because the source may have a cache of its own. The source hears of
        // it first: every fetch that starts from here on can then return another token.
        self.source.rejected(scopes, refused);
        let reject = |entry: &Arc<Entry>| entry.reject(refused, generation, || self.store.peek_generation());
        if self.store.with_entry(scopes, reject) == Some(true) {
            tracing::debug!(target: "unloc::token", scopes = scopes.redacted(), "the service refused a token before it expired");
            self.store.emit(scopes, &TokenEvent::Rejected);
        }
    }

    pub(super) fn from_parts(store: Arc<Store>, source: Arc<dyn TokenSource>) -> Self {
        Self { store, source, first_entry: ArcSwapOption::empty() }
    }
}

/// Lets one cache be the source of another, for example of a client with its own limits or observer.
impl TokenSource for TokenCache {
    fn fetch(&self, scopes: Scopes) -> FetchToken<'_> {
        Box::pin(async move {
            let bearer = self.get(&scopes).await?;
            // The token may have been in this cache for a while, so what is left counts and not its lifetime.
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
        // Without `first_entry`: the clone may serve other scopes, and finds its own entry on its first call.
        Self::from_parts(Arc::clone(&self.store), Arc::clone(&self.source))
    }
}

impl fmt::Debug for TokenCache {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TokenCache").field("stats", &self.stats()).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
