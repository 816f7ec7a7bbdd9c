//! Where tokens come from, and how long they are kept.

mod bearer;
mod cache;
mod client_credentials;
mod clock;
mod setback;

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::time::Duration;

pub(crate) use bearer::Bearer;
pub(crate) use cache::TokenCache;
pub use client_credentials::ClientCredentials;

use crate::error::Result;
use crate::scope::Scopes;
use crate::text::Secret;

/// Gives out access tokens.
///
/// [`ClientCredentials`] asks Unloc's Auth API and is what most programs want. A program that must not hold the secret
/// asks its own backend instead:
///
/// ```
/// use std::time::Duration;
/// use unloc::{FetchToken, Scopes, Token, TokenSource};
///
/// struct Backend;
///
/// impl TokenSource for Backend {
///     fn fetch(&self, scopes: Scopes) -> FetchToken<'_> {
///         Box::pin(async move {
///             let answer = ask_the_backend(&scopes.to_string()).await;
///             Ok(Token::new(answer).expires_in(Duration::from_secs(3600)))
///         })
///     }
/// }
/// # async fn ask_the_backend(_: &str) -> String { String::new() }
/// # fn example() -> unloc::Result<()> {
/// let unloc = unloc::Unloc::builder().token_source(Backend).build()?;
/// # Ok(()) }
/// ```
pub trait TokenSource: Send + Sync + 'static {
    /// Gets a new token for these scopes.
    ///
    /// It is called at most once at a time for the same scopes, and runs as a task of its own: it ends also if the
    /// callers that wanted the token have given up, and what it gives is kept. It has a minute.
    fn fetch(&self, scopes: Scopes) -> FetchToken<'_>;
}

/// What [`TokenSource::fetch`] returns; make it with `Box::pin(async move { … })`.
pub type FetchToken<'a> = Pin<Box<dyn Future<Output = Result<Token>> + Send + 'a>>;

/// An access token as its source gave it out.
#[derive(Clone)]
pub struct Token {
    access_token: Secret,
    lifetime: Option<Duration>,
}

impl Token {
    /// A token of unknown lifetime, which is taken to be five minutes.
    pub fn new(access_token: impl Into<Secret>) -> Self {
        Self { access_token: access_token.into(), lifetime: None }
    }

    /// How long it lives, counted from now.
    #[must_use]
    pub fn expires_in(self, lifetime: Duration) -> Self {
        Self { lifetime: Some(lifetime), ..self }
    }

    /// The token. Take care where it goes.
    #[must_use]
    pub fn access_token(&self) -> &Secret {
        &self.access_token
    }

    /// How long it lived from the moment it was given out, if its source said so.
    #[must_use]
    pub fn lifetime(&self) -> Option<Duration> {
        self.lifetime
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Token").field("lifetime", &self.lifetime).finish_non_exhaustive()
    }
}
