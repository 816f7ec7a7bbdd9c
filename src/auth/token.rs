//! Where tokens come from, and how they are kept so that no call meets a dead one.
//!
//! A [`TokenSource`] gives tokens out; [`ClientCredentials`](crate::ClientCredentials) is the one that asks Unloc's Auth API. A [`TokenCache`] keeps
//! what a source gave, by their scopes. This is what becomes of one of these keys:
//!
//! ```text
//!   life of a token   0 %                              80 %                90 %              100 %
//!                     |-------------- fresh -------------|------ soft ------|------ hard ------|  dead
//!                                                         at most 5 minutes  at most 30 seconds   or missing
//!   a caller          gets it at once                    gets it at once    waits for the next one
//!   and besides                                          one fetch begins,  one fetch begins,
//!                                                        nobody waits       all who wait share it
//!
//!                                  one fetch for a key, a task of its own
//!                                ┌──────────────────────────────────────────┐
//!            ┌─────── begins ───▶│                 in flight                │── token ─▶ fresh: the pauses are forgotten
//!            │                   └──────────────────────────────────────────┘
//!    due, or │                         │ failure: everyone who waits gets it
//!    missing │                         ▼
//!            │                   ┌──────────────────────────────────────────┐   a token that still lives is handed out,
//!            └── pause over ─────│                  pause                   │   else the failure is, and nothing is sent
//!                                └──────────────────────────────────────────┘
//! ```
//!
//! | what happens | what the cache does | why |
//! |---|---|---|
//! | 50 callers, no token, a source that fails after 500 ms | one request; all 50 get its error after 500 ms | callers that queue for a lock and then try one after the other make 50 requests and wait 25 s |
//! | the caller that began a fetch gives up | the fetch goes on, the others get its token | a fetch is not its caller's; what it brings is kept |
//! | a token is in its soft window | one fetch beside the calls; a failure is not shown to anyone, and the next one comes after 5 s, doubling up to 60 s, or when the hard window begins | a token that lives is good enough |
//! | a token is in its hard window, and the fetch fails, or takes half of what a caller's operation timeout leaves | the token, as long as it lives | the same; it is only a last resort because a request that is under way when its token dies is refused |
//! | the source fails, and callers wait: in the hard window, or without a token | a pause, counted anew from there, of 250 ms, doubling up to 10 s (1 s up to 60 s if the credentials were refused or the answer cannot be read), a quarter longer at most by jitter; `Retry-After` counts first, between 250 ms and 10 minutes | an outage costs one request a pause, and not one a call |
//! | other scopes are asked for meanwhile | they do not notice | each key has its own state; no lock is held while anything waits |
//! | the service answers 401 to a call | that token is forgotten, unless it has been replaced already; the call is retried once with the next one, for which it waits as a call without a token does; a second 401 is the caller's, and the error says if it was the same token again | 20 calls that fail together fetch one token, and a token that is wrong for another reason is no loop. It is not remembered, though: as long as every token is refused, each call fetches one |
//! | a fetch that began before a refusal brings the refused token once more | it is dropped, and there is another fetch | the source had not heard of the refusal ([`TokenSource::rejected`]) |
//! | somebody who need not be believed says that a token was refused ([`TokenCache::doubt`]) | it is renewed, once in ten seconds at most, and handed out until there is another | nobody can take a token from all, and no claims make a stampede |
//! | the source gives an empty token, one behind `Bearer `, or one with blanks or characters beyond ASCII | a failure; nothing is sent. White space around a token is trimmed | RFC 6750, 2.1 |
//! | the source says that it granted other scopes than it was asked for | the token is used; a warning, [`Bearer::granted_scope`] and the error behind a 403 tell of it | a service may write a scope in another way (RFC 6749, 5.1), and refuses itself what the token does not cover |
//! | a token of 30 seconds | used for 24, refreshed in the background until 27 | the windows are shares of the life; the soft one shrinks by jitter, the same for a whole cache, so that a fleet does not renew in step |
//! | the source does not say how long tokens live | five minutes are assumed, and logged once | |
//! | the machine sleeps, or its clock is set | a token ends when the first of two clocks says so, counted from its arrival: one that goes on while the machine sleeps, and the wall clock. If they drift apart by more than a minute, tokens are renewed early | either clock alone lets dead tokens out on some machines; the service's own clock is never compared with |
//! | a fetch hangs | it ends after a minute ([`TokenCacheBuilder::fetch_limit`]); a caller waits for it no longer than its own operation timeout | a slow token is not a reason to lose it |
//! | the source panics, or the runtime ends under a fetch, or stands still | a panic is a failure like any other; what was lost with a runtime is fetched anew on the next; a fetch that takes twice as long as it may is given up | nothing is parked for ever |
//! | nobody calls | nothing | no timer, no task: a token is renewed when it is used |
//! | more than 10 000 sets of scopes are used ([`TokenCacheBuilder::capacity`]) | the sixteenth that was used least recently is forgotten | a lock holder is a key, and there may be many |
//!
//! [`TokenCache::invalidate`], [`TokenCache::prefetch`], [`TokenCache::stats`] and a [`TokenObserver`] are for programs that
//! want to know or to decide more.

mod backoff;
mod bearer;
mod builder;
mod cache;
mod cached_token;
mod entry;
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

/// Gives out access tokens.
///
/// [`ClientCredentials`](crate::ClientCredentials) asks Unloc's Auth API and is what most programs want. A program that must not hold the secret
/// asks its own backend instead, with [`source_fn`]: a backend keeps tokens, and has to hear of one that the service
/// refused. Where nothing keeps tokens but this crate, any closure or function from [`Scopes`] to a future is a source:
///
/// ```
/// use std::time::Duration;
/// use unloc::token::Token;
/// use unloc::{Scopes, Unloc};
///
/// /// Gets a new token with each request.
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
/// A closure's future owns what it needs, so each call clones the captures; a type that implements the trait can borrow
/// from itself. [`rejected`](Self::rejected) is then its own affair:
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
/// A source says why it has no token with [`Error::token`](crate::Error::token), which is final for the calls that wait, or
/// for what passes with [`Error::token_unavailable`](crate::Error::token_unavailable) and
/// [`Error::token_later`](crate::Error::token_later). `examples/token_backend.rs` is a backend to ask.
pub trait TokenSource: MaybeSend + MaybeSync + 'static {
    /// Gets a new token for these scopes.
    ///
    /// It is called at most once at a time for the same scopes, and runs as a task of its own: it ends also if the
    /// callers that wanted the token have given up, and what it gives is kept. It has a minute, unless the cache says
    /// otherwise.
    fn fetch(&self, scopes: Scopes) -> FetchToken<'_>;

    /// The service refused this token before its time. A source that keeps tokens of its own, or that asks someone who
    /// does, must not give it out again; the next [`fetch`](Self::fetch) is for the call that is retried. If a fetch that
    /// began before this brings the same token once more, the cache drops that token and fetches again.
    ///
    /// Called in the middle of a call: note it, and wait for nothing. [`source_fn`] keeps such notes for a function.
    fn rejected(&self, scopes: &Scopes, token: &Secret) {
        let _ = (scopes, token);
    }
}

/// What [`TokenSource::fetch`] returns; make it with `Box::pin(async move { … })`.
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
