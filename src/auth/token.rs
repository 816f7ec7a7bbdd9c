//! Fetches, caches and refreshes access tokens.
//!
//! A [`TokenSource`] fetches tokens. [`ClientCredentials`](crate::ClientCredentials) fetches them from Unloc's Auth
//! API; [`source_fn`] makes a source of an async function. A [`TokenCache`] caches one token for each set of
//! [`Scopes`](crate::Scopes). Every [`Unloc`](crate::Unloc) has a cache, so most programs need nothing of this module.
//! Use [`TokenCache::invalidate`], [`TokenCache::prefetch`], [`TokenCache::stats`] and a [`TokenObserver`] to control
//! or observe the cache.
//!
//! # When a token is refreshed, and who waits
//!
//! The cache refreshes a token when a call uses it. There is no timer and no task while nobody calls. The age of the
//! token decides whether the call waits:
//!
//! ```text
//! lifetime    0 %                              80 %               90 %               100 %
//!             |-------------- fresh -------------|------ soft ------|------ hard ------|  expired
//!                                                 at most 5 minutes  at most 30 seconds   or missing
//! a call      gets the token at once             gets it at once    waits for the refresh
//! refresh     none                               one, in the        one, shared by all calls that wait
//!                                                background
//! ```
//!
//! | token | a call | if the refresh fails |
//! |---|---|---|
//! | fresh | gets the token at once; no refresh | – |
//! | in the soft window | gets the token at once; one refresh runs in the background | No call sees the error. The next refresh starts after the backoff, or when the hard window begins. |
//! | in the hard window | waits for the refresh, at most half of what is left of its operation timeout | The call gets the current token while that is valid. A request that is in flight when its token expires is refused, so this is a last resort. |
//! | expired, or missing | waits for the refresh, at most until its operation timeout | All calls that wait get the same error. |
//!
//! Jitter makes the soft window start later, by up to a quarter of its length. Each cache draws its own jitter, so that
//! a fleet does not refresh in step. Without jitter, a token of one hour is refreshed in the background after 55
//! minutes. A token of 30 seconds is refreshed after 24 seconds, and calls wait from second 27 on.
//!
//! A lifetime counts from the moment at which the cache receives the token. If the source gives no lifetime, the cache
//! assumes 5 minutes and logs one warning. With a lifetime of zero, only the callers that wait for the fetch get the
//! token.
//!
//! One fetch serves all callers of the same scopes (single flight):
//!
//! ```text
//!                             ┌─────────────────────────────────────────┐
//!        ┌────── start ──────▶│   refresh in flight, a task of its own  │── token ──▶ fresh; the backoff is reset
//!        │                    └─────────────────────────────────────────┘
//!  due, expired                      │ error: every call that waits gets it
//!  or missing                        ▼
//!        │                    ┌─────────────────────────────────────────┐   calls get the token while it is valid;
//!        └── backoff over ────│                 backoff                 │   otherwise they get the last error, and
//!                             └─────────────────────────────────────────┘   nothing is sent
//! ```
//!
//! | situation | behaviour | reason |
//! |---|---|---|
//! | 50 callers of [`TokenCache::get`], no token, and a source that fails after 500 ms | One request. All 50 callers get its error after 500 ms. | Callers that queue for a lock and then fetch one after the other make 50 requests, and the last one waits 25 s. |
//! | 50 API calls in the same situation | A final error fails them all. After a transient one they wait for the backoff, and share the next fetch. Each failure takes one of a call's attempts: see [`RetryPolicy`](crate::RetryPolicy). | An outage of the token endpoint should fail calls only if it lasts. |
//! | The call that started a fetch gives up. | The fetch continues; the others get its token, and it is cached. | A fetch runs in a task of its own, independent of its callers. |
//! | Calls use other scopes meanwhile. | They do not wait. | Each set of scopes has its own state, and no lock is held across an `await`. |
//!
//! # After a 401
//!
//! A 401 means that the service refused the token before it expired:
//!
//! 1. The source is notified ([`TokenSource::rejected`]), so that a cache of its own does not return the same token.
//! 2. The cache drops the token, unless it was replaced already: 20 calls that are refused together cause one fetch.
//! 3. The call waits for the next token, as a call without a token does, and is retried once with it.
//! 4. A second 401 is returned to the caller. The error says whether the source returned the same token again.
//!
//! A 403 drops no token: another one would have the same scopes. There is no backoff after refusals: while the service
//! refuses every token, each call causes one fetch.
//!
//! | situation | behaviour | reason |
//! |---|---|---|
//! | A fetch that started before the refusal returns the refused token. | The token is discarded, and another fetch starts. | The source did not know of the refusal. |
//! | An untrusted party reports a token as refused ([`TokenCache::doubt`]). | The token is refreshed, at most once in ten seconds, and used until there is a new one. | False reports take a token from nobody and cause no burst of fetches. |
//!
//! # Many lock holders
//!
//! A cache entry belongs to one set of scopes. The client of a lock holder uses one set, so each lock holder takes one
//! entry; calls for the integrator as a whole take one more.
//!
//! | question | answer |
//! |---|---|
//! | How many tokens are cached? | 10 000, unless [`TokenCacheBuilder::capacity`] says otherwise. |
//! | How much memory do they take? | About 1 kB for an entry whose token has 500 bytes: less than 10 MB for a full cache. A test of this crate checks it. |
//! | What happens beyond the capacity? | A new set of scopes evicts the least recently used sixteenth, 625 of 10 000. Entries with a fetch in flight stay. |
//! | What does an eviction cost? | The next call with these scopes waits for one fetch. |
//! | Do tokens of idle lock holders cause requests? | No. They stay until they are evicted, and are refreshed only when they are used. |
//! | Does one lock holder slow another down? | No. A refresh of one token never delays another, and a [`LockHolderClient`](crate::LockHolderClient) finds its token without a lock. |
//!
//! Raise the capacity if a program uses 10 000 lock holders or more: the integrator's own token takes an entry as well.
//! Otherwise a program that cycles through them evicts most tokens before it uses them again.
//! [`TokenStats::evicted`] counts evictions, and [`TokenCache::prefetch`] fetches many tokens ahead of use.
//!
//! # Backoff
//!
//! After a failed fetch, no other fetch for these scopes starts during a backoff. An outage costs one request per
//! backoff, not one per call. Its length depends on who waits:
//!
//! | failure | first backoff | longest backoff |
//! |---|---|---|
//! | in the soft window, where no call waits | 5 s | 60 s, or until the hard window begins |
//! | calls wait; the credentials were refused, or the response cannot be decoded | 1 s | 60 s |
//! | calls wait; any other failure | 250 ms | 10 s |
//!
//! The backoff doubles with each failure in a row, and is up to a quarter longer by jitter. Failures in the soft window
//! do not count towards the backoff of calls that wait. A `Retry-After` of the token endpoint replaces the backoff,
//! within 250 ms and 10 minutes.
//!
//! # Sources that misbehave, and clocks
//!
//! | situation | behaviour | reason |
//! |---|---|---|
//! | The token is empty, begins with `Bearer `, or holds a space or a character other than visible ASCII. | The fetch fails, and nothing is sent. White space before and after the token is trimmed. | RFC 6750, section 2.1 |
//! | The source says that it granted other scopes than requested. | The token is used. A warning, [`Bearer::granted_scope`] and the error of a 403 report the difference. | A service may spell a scope in another way (RFC 6749, section 5.1), and refuses by itself what the token does not cover. |
//! | A fetch hangs. | It ends after a minute ([`TokenCacheBuilder::fetch_limit`]). A caller waits no longer than its own operation timeout. | The limits are separate: a call with a short timeout does not end the fetch for the others. |
//! | The source panics. | The panic is an error like any other. | A caller must not panic with the source. |
//! | The Tokio runtime of a fetch shuts down. | The fetch starts again on the runtime of the next call. | Clients on several runtimes can share a cache, as in tests. Each client stays on one runtime. |
//! | The Tokio runtime of a fetch stalls. | The fetch is given up after twice the fetch limit. | No call waits forever. |
//! | The machine sleeps, or its clock is set. | A token expires when the first of two clocks says so, both counted from the moment at which the cache receives it: a clock that continues while the machine sleeps, and the wall clock. If they drift apart by more than a minute, tokens are refreshed early. | With either clock alone, the cache would return expired tokens on some machines. The service's clock is never compared. |

mod backoff;
mod bearer;
mod builder;
mod cache;
mod cached_token;
mod entry;
mod in_flight;
mod issued;
mod observer;
mod refresh;
mod source_fn;
mod store;

use std::sync::Arc;

pub use bearer::Bearer;
pub use builder::TokenCacheBuilder;
pub use cache::TokenCache;
pub use issued::Token;
pub use observer::{TokenEvent, TokenObserver, TokenStats};
pub use source_fn::{SourceFn, source_fn};

use crate::auth::scope::Scopes;
use crate::error::Result;
use crate::model::Secret;
use crate::runtime::platform::{BoxFuture, MaybeSend, MaybeSync};

/// Fetches access tokens.
///
/// Most programs use [`ClientCredentials`](crate::ClientCredentials), which fetches tokens from Unloc's Auth API. A
/// program that must not hold the client secret asks its own backend instead. Use [`source_fn`] for a backend that
/// caches tokens: it must be notified of a token that the service refused. If only this crate caches tokens, any
/// closure or function from [`Scopes`] to a future is a source:
///
/// ```
/// use std::time::Duration;
/// use unloc::token::Token;
/// use unloc::{Scopes, Unloc};
///
/// /// Requests a new token on each call.
/// async fn sign(scopes: Scopes) -> unloc::Result<Token> {
///     let token = post("https://signer.example.com/new-token", &scopes.to_string()).await;
///     Ok(Token::new(token).expires_in(Duration::from_secs(3600)))
/// }
///
/// let unloc = Unloc::builder().token_source(sign).build()?;
/// # async fn post(_: &str, _: &str) -> String { String::new() }
/// # Ok::<(), unloc::Error>(())
/// ```
///
/// The future of a closure owns its data, so the closure clones its captures on each call. A type that implements the
/// trait can borrow from itself, and can implement [`rejected`](Self::rejected):
///
/// ```
/// use std::sync::Arc;
/// use unloc::token::{FetchToken, Token, TokenSource};
/// use unloc::{Error, Scopes, Unloc};
///
/// struct Backend {
///     session: String,
/// }
///
/// impl Backend {
///     async fn ask(&self, scopes: &Scopes) -> Result<String, std::io::Error> {
///         Ok(format!("the token of {} for {scopes}", self.session))
///     }
/// }
///
/// impl TokenSource for Backend {
///     fn fetch(&self, scopes: Scopes) -> FetchToken<'_> {
///         Box::pin(async move { self.ask(&scopes).await.map(Token::new).map_err(Error::token_unavailable) })
///     }
/// }
///
/// let unloc = Unloc::builder().token_source(Backend { session: "7".to_owned() }).build()?;
///
/// let backend = Arc::new(Backend { session: "7".to_owned() });
/// let same = Unloc::builder()
///     .token_source(move |scopes: Scopes| {
///         let backend = Arc::clone(&backend);
///         async move { backend.ask(&scopes).await.map(Token::new).map_err(Error::token_unavailable) }
///     })
///     .build()?;
/// # Ok::<(), unloc::Error>(())
/// ```
///
/// # Errors of a source
///
/// | error | API calls that wait |
/// |---|---|
/// | [`Error::token`](crate::Error::token) | fail with it |
/// | [`Error::token_unavailable`](crate::Error::token_unavailable) | are retried after the cache's backoff: the failure is transient |
/// | [`Error::token_later`](crate::Error::token_later) | are retried after the given time |
///
/// Retries stay within the call's operation timeout and [`RetryPolicy`](crate::RetryPolicy), where each failure takes
/// one attempt. [`TokenCache::get`] does not retry: it returns the error.
/// `examples/token_backend.rs` is a backend for such a source.
pub trait TokenSource: MaybeSend + MaybeSync + 'static {
    /// Fetches a token for these scopes.
    ///
    /// The cache calls this at most once at a time for the same scopes, and runs the future in a task of its own. The
    /// task continues if all callers have given up, and its token is cached. It has to end within the cache's [fetch
    /// limit](TokenCacheBuilder::fetch_limit), which is a minute by default.
    fn fetch(&self, scopes: Scopes) -> FetchToken<'_>;

    /// Notifies the source that the service refused this token before it expired.
    ///
    /// A source with a cache of its own, or one that asks a backend with a cache, must not return this token again: the
    /// next [`fetch`](Self::fetch) is for the call that is retried. If a fetch that started earlier returns the same
    /// token, the cache discards it and fetches again.
    ///
    /// The cache calls this in the middle of an API call, so it must not block. [`source_fn`] implements it for a
    /// function.
    fn rejected(&self, scopes: &Scopes, token: &Secret) {
        // By default nothing: a source without a cache returns another token anyway.
        let _ = (scopes, token);
    }
}

/// Aliases the future that [`TokenSource::fetch`] returns; make it with `Box::pin(async move { … })`.
pub type FetchToken<'a> = BoxFuture<'a, Result<Token>>;

impl<F, A> TokenSource for F
where
    F: Fn(Scopes) -> A + MaybeSend + MaybeSync + 'static,
    A: Future<Output = Result<Token>> + MaybeSend + 'static,
{
    fn fetch(&self, scopes: Scopes) -> FetchToken<'_> {
        Box::pin(self(scopes))
    }
}

impl<S: TokenSource + ?Sized> TokenSource for Arc<S>
where
    Self: MaybeSend + MaybeSync,
{
    fn fetch(&self, scopes: Scopes) -> FetchToken<'_> {
        (**self).fetch(scopes)
    }

    fn rejected(&self, scopes: &Scopes, token: &Secret) {
        (**self).rejected(scopes, token);
    }
}
