//! What can go wrong, and what to do about it.

pub(crate) mod body;
mod cause;
pub(crate) mod encoding;
mod kind;
mod making;
mod oauth;
mod redact;
mod service;
mod time;
mod unbuilt;

use std::borrow::Cow;
use std::convert::Infallible;
use std::error::Error as StdError;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use reqwest::StatusCode;
use reqwest::header::HeaderMap;

use crate::model::operation::Operation;
use crate::model::sensitive::InvalidPhoneNumber;
#[cfg(test)]
pub(crate) use cause::Cause;
#[cfg(not(target_arch = "wasm32"))]
pub(crate) use cause::Unresolved;
pub use kind::{ErrorKind, Outcome};
pub(crate) use redact::{Sent, Texts, one_line, redact};
pub(crate) use time::seconds;
pub(crate) use unbuilt::Unbuilt;

/// `Result` with this crate's [`Error`].
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Why a call did not give what was asked for.
///
/// `Display` is one line that names the operation, what happened and what to do. `{:?}` is the same line, since that is
/// what `main() -> unloc::Result<()>` and `unwrap()` print, and `{:#?}` adds kind, outcome and status. None shows headers,
/// bodies, secrets, tokens or phone numbers; [`body`](Self::body) hands out the body as it came, so take care where it
/// goes. Cheap to clone, because callers that wait for one token share its error.
///
/// ```
/// # async fn example(home: unloc::LockHolderClient) {
/// use unloc::{ErrorKind, Outcome};
///
/// match home.get_lock().lock_id("front-door").send().await {
///     Ok(lock) => println!("{}", lock.name),
///     Err(error) if error.status().is_some_and(|status| status == 404) => println!("no such lock"),
///     Err(error) if error.is_retryable() => println!("later: {error}"),
///     Err(error) => println!("{error}"),
/// }
/// # }
/// ```
#[derive(Clone)]
pub struct Error(Arc<Inner>);

const ACTED: &str = "the service may have acted on it";

/// Where services name a call for their logs.
const REQUEST_IDS: [&str; 4] = ["x-request-id", "request-id", "x-correlation-id", "x-amzn-requestid"];

struct Inner {
    kind: ErrorKind,
    outcome: Outcome,
    operation: Option<&'static Operation>,
    message: Cow<'static, str>,
    hint: Option<Cow<'static, str>>,
    status: Option<StatusCode>,
    code: Option<String>,
    description: Option<String>,
    headers: HeaderMap,
    body: Vec<u8>,
    attempts: u32,
    retry_after: Option<Duration>,
    about_a_token: bool,
    /// Whoever made it says that it will be over.
    transient: bool,
    source: Option<Arc<dyn StdError + Send + Sync>>,
}

impl Error {
    /// An error of a [`TokenSource`](crate::TokenSource) that is not one of ours: why it has no token.
    ///
    /// It is final for the calls that wait: they are not made again. For what passes (a backend that is busy or cannot be
    /// reached) there are [`token_unavailable`](Self::token_unavailable) and [`token_later`](Self::token_later). The cache
    /// pauses behind either.
    ///
    /// ```
    /// let error = unloc::Error::token("the backend is closed on Sundays");
    /// assert_eq!(error.kind(), unloc::ErrorKind::Token);
    /// ```
    pub fn token(message: impl fmt::Display) -> Self {
        Self::new(ErrorKind::Token, redact(&message.to_string()))
    }

    /// The same, for what passes: calls wait out the pause that the cache makes, which grows with each failure, and are made
    /// again as far as their operation timeout and [`RetryPolicy`](crate::RetryPolicy) allow.
    pub fn token_unavailable(message: impl fmt::Display) -> Self {
        Self::token(message).change(|inner| inner.transient = true)
    }

    /// The same, with a pause that the source knows, such as a backend's `Retry-After`: nothing is asked for before it is
    /// over (250 ms at least, ten minutes at most).
    ///
    /// ```
    /// use std::time::Duration;
    ///
    /// let error = unloc::Error::token_later("the backend restarts", Duration::from_secs(2));
    /// assert_eq!(error.retry_after(), Some(Duration::from_secs(2)));
    /// assert!(error.is_retryable());
    /// ```
    pub fn token_later(message: impl fmt::Display, pause: Duration) -> Self {
        Self::token_unavailable(message).retry_in(pause)
    }

    /// Where it arose.
    #[must_use]
    pub fn kind(&self) -> ErrorKind {
        self.0.kind
    }

    /// What became of the operation.
    #[must_use]
    pub fn outcome(&self) -> Outcome {
        self.0.outcome
    }

    /// The operation that was called, if it came to that.
    #[must_use]
    pub fn operation(&self) -> Option<&'static Operation> {
        self.0.operation
    }

    /// The status of the answer, if there was one.
    #[must_use]
    pub fn status(&self) -> Option<StatusCode> {
        self.0.status
    }

    /// The service's name for the error, such as `invalid_client` or `JsonWebTokenError`.
    #[must_use]
    pub fn code(&self) -> Option<&str> {
        self.0.code.as_deref()
    }

    /// The service's words for the error, on one line and without control and format characters.
    ///
    /// Redacted are, in any form in which a service might quote them, the phone numbers, secrets, tokens and cursors that
    /// the call itself sent: a number by seven or more of its digits, a secret whole or by a part of eight characters that
    /// is no word. Of all else, what has the form of a phone number or of a token: a number with `+` or `00` before it,
    /// one in ten to fifteen digits without anything between, and national numbers where they are grouped as such. Times,
    /// dates, ids, versions, addresses and sizes stay.
    #[must_use]
    pub fn description(&self) -> Option<&str> {
        self.0.description.as_deref()
    }

    /// The answer's headers; empty if there was no answer.
    #[must_use]
    pub fn headers(&self) -> &HeaderMap {
        &self.0.headers
    }

    /// The answer's body as it came; empty if there was no answer. May hold personal data.
    #[must_use]
    pub fn body(&self) -> &[u8] {
        &self.0.body
    }

    /// The name under which the service can find this call in its logs, if it gave one.
    #[must_use]
    pub fn request_id(&self) -> Option<&str> {
        REQUEST_IDS.iter().find_map(|name| self.0.headers.get(*name)?.to_str().ok())
    }

    /// How often the operation was sent, as far as is known: what a browser repeats by itself is not.
    #[must_use]
    pub fn attempts(&self) -> u32 {
        self.0.attempts
    }

    /// How long the service asked to wait before the next call, in `Retry-After`; for a token that could not be had, how
    /// long nothing is asked for. It says when, and not whether: that is [`is_retryable`](Self::is_retryable).
    #[must_use]
    pub fn retry_after(&self) -> Option<Duration> {
        self.0.retry_after
    }

    /// Whether the same call may well succeed later, and does no harm if it is made again.
    #[must_use]
    pub fn is_retryable(&self) -> bool {
        let harmless = matches!(self.0.outcome, Outcome::NotSent | Outcome::Rejected)
            || self.0.operation.is_none_or(|operation| operation.idempotent);
        self.is_transient() && harmless
    }

    /// Returns whether the failure may go away by itself: no connection, a timeout, or a status such as 429 or 503.
    ///
    /// Says nothing about harm: a call that is not idempotent may have been carried out. See
    /// [`is_retryable`](Self::is_retryable).
    #[must_use]
    pub fn is_transient(&self) -> bool {
        match (self.0.kind, self.0.status) {
            _ if self.0.transient => true,
            (ErrorKind::Connection | ErrorKind::Timeout, _) => true,
            (ErrorKind::Service | ErrorKind::Token, Some(status)) => {
                matches!(status.as_u16(), 408 | 425 | 429 | 500 | 502 | 503 | 504)
            }
            _ => false,
        }
    }

    /// Whether the service refused the token that the call carried.
    pub(crate) fn is_unauthorized(&self) -> bool {
        self.0.status == Some(StatusCode::UNAUTHORIZED)
    }

    /// Whether there was no token to send the operation with.
    pub(crate) fn is_about_a_token(&self) -> bool {
        self.0.about_a_token
    }

    /// What `error.type` is in OpenTelemetry: the status, else a name that is one of few.
    pub(crate) fn type_name(&self) -> &str {
        match (&self.0.status, self.0.kind) {
            (Some(status), ErrorKind::Service | ErrorKind::Token) => status.as_str(),
            (_, ErrorKind::Configuration) => "configuration",
            (_, ErrorKind::Scope) => "scope",
            (_, ErrorKind::Request) => "request",
            (_, ErrorKind::Token) => "token",
            (_, ErrorKind::Service) => "service",
            (_, ErrorKind::Certificate) => "certificate",
            (_, ErrorKind::Connection) => "connection",
            (_, ErrorKind::Timeout) => "timeout",
            (_, ErrorKind::Decode) => "decode",
            (_, ErrorKind::State) => "state",
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Inner { operation, message, code, description, attempts, hint, .. } = &*self.0;
        if let Some(operation) = operation {
            write!(f, "{}: ", operation.id)?;
        }
        f.write_str(message)?;
        for part in [code, description].into_iter().flatten() {
            write!(f, ": {part}")?;
        }
        if *attempts > 1 {
            write!(f, ", sent {attempts} times")?;
        }
        match hint {
            Some(hint) => write!(f, " ({hint})"),
            None => Ok(()),
        }
    }
}

/// One line, as a program shows that ends with `main() -> unloc::Result<()>` or with `unwrap()`; `{:#?}` shows the parts.
impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !f.alternate() {
            return fmt::Display::fmt(self, f);
        }
        f.debug_struct("Error")
            .field("kind", &self.0.kind)
            .field("outcome", &self.0.outcome)
            .field("operation", &self.0.operation.map(|operation| operation.id))
            .field("status", &self.0.status)
            .field("attempts", &self.0.attempts)
            .field("message", &format_args!("{self}"))
            .finish_non_exhaustive()
    }
}

/// A text that is no phone number is a mistake in the call.
impl From<InvalidPhoneNumber> for Error {
    fn from(error: InvalidPhoneNumber) -> Self {
        Self::new(ErrorKind::Request, error.to_string())
    }
}

/// An [`Environment`](crate::Environment) given as such is none that could be refused.
impl From<Infallible> for Error {
    fn from(never: Infallible) -> Self {
        match never {}
    }
}

impl StdError for Error {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.0.source.as_ref().map(|source| &**source as &(dyn StdError + 'static))
    }
}
