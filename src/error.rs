//! Defines the error type of this crate: what failed, whether the operation may have been carried out, and what to do.

pub(crate) mod body;
mod cause;
mod context;
mod display;
mod duration;
pub(crate) mod encoding;
mod invalid_request;
mod kind;
mod oauth;
mod redact;
mod service;

use std::borrow::Cow;
use std::error::Error as StdError;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use ::http::StatusCode;
use ::http::header::HeaderMap;

use crate::model::operation::Operation;
#[cfg(any(test, target_arch = "wasm32"))]
pub(crate) use cause::Cause;
pub(crate) use cause::Failed;
#[cfg(not(target_arch = "wasm32"))]
pub(crate) use cause::Unresolved;
pub(crate) use duration::seconds;
pub(crate) use invalid_request::Unbuilt;
pub use kind::{ErrorKind, Outcome};
pub(crate) use redact::{Sent, Texts, one_line, redact};

/// Aliases the standard `Result`, with this crate's [`Error`] as its default error type.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Describes why a call failed.
///
/// | question | method |
/// |---|---|
/// | What failed, and what is to be done about it? | [`kind`](Self::kind), and the hint at the end of the message |
/// | May the service have carried out the operation? | [`outcome`](Self::outcome) |
/// | Is the failure transient? | [`is_transient`](Self::is_transient) |
/// | Is it transient, and is the call safe to retry? | [`is_retryable`](Self::is_retryable) |
/// | When should it be retried? | [`retry_after`](Self::retry_after) |
///
/// The SDK retries by itself, as far as the operation timeout, the [`RetryPolicy`](crate::RetryPolicy) and the retry
/// budget allow. The returned error is that of the last attempt, with the outcome of all attempts.
///
/// `Display` writes one line that names the operation, what happened, and what to do (the hint, in parentheses). `{:?}`
/// writes the same line, because `main() -> unloc::Result<()>` and `unwrap()` print it. `{:#?}` adds kind, outcome and
/// status. All of them quote the service's code and [`description`](Self::description), redacted as far as secrets,
/// tokens and phone numbers can be recognized. Of headers and body they show nothing else, except the place of a value
/// that cannot be decoded. [`body`](Self::body) returns the body as received, so take care where it goes.
///
/// Errors are cheap to clone, because callers that wait for the same token share its error.
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

/// Is the hint of errors whose outcome is unknown.
const ACTED: &str = "the service may have processed the request";

/// Lists the headers in which services return the id of a request, as their logs know it.
///
/// The first that is present counts. `x-amzn-requestid` is the one of AWS gateways.
const REQUEST_IDS: [&str; 4] = ["x-request-id", "request-id", "x-correlation-id", "x-amzn-requestid"];

// Behind an `Arc`: `Result<T>` stays as large as a pointer in its `Err`, and all callers that wait for one token share
// it.
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
    /// Is set where the code or the token source that made the error knows it to be transient, whatever kind and status
    /// say.
    transient: bool,
    source: Option<Arc<dyn StdError + Send + Sync>>,
}

impl Error {
    /// Creates the error of a [`TokenSource`](crate::TokenSource) that has no token, for a reason of its own.
    ///
    /// The error is final: calls that wait for the token are not retried. For a transient failure, such as a backend
    /// that is busy or cannot be reached, use [`token_unavailable`](Self::token_unavailable) or
    /// [`token_later`](Self::token_later). In all three cases the token cache backs off before it calls the source
    /// again.
    ///
    /// The message is redacted like the service's words: see [`description`](Self::description).
    ///
    /// ```
    /// let error = unloc::Error::token("the backend is closed on Sundays");
    /// assert_eq!(error.kind(), unloc::ErrorKind::Token);
    /// ```
    pub fn token(message: impl fmt::Display) -> Self {
        // The message is not ours: a source may well quote the response of its backend.
        Self::new(ErrorKind::Token, redact(&message.to_string()))
    }

    /// Creates the error of a [`TokenSource`](crate::TokenSource) that has no token for a transient reason.
    ///
    /// Calls wait for the token cache's backoff, which grows with each failure. They are then retried, as far as their
    /// operation timeout and [`RetryPolicy`](crate::RetryPolicy) allow; each failure takes one of their attempts.
    pub fn token_unavailable(message: impl fmt::Display) -> Self {
        Self::token(message).change(|inner| inner.transient = true)
    }

    /// Creates the error of a [`TokenSource`](crate::TokenSource) that has no token now, and knows when to ask again.
    ///
    /// Use it for a backend's `Retry-After`, which is then the token cache's backoff: at least 250 ms, and at most ten
    /// minutes.
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

    /// Returns the kind of the error: where it arose.
    #[must_use]
    pub fn kind(&self) -> ErrorKind {
        self.0.kind
    }

    /// Returns whether the service may have carried out the operation, over all attempts of the call.
    ///
    /// [`Outcome`] says for each value what it is safe to do next.
    #[must_use]
    pub fn outcome(&self) -> Outcome {
        self.0.outcome
    }

    /// Returns the operation that was called, or `None` if the error arose before a call, as in a builder of a client.
    #[must_use]
    pub fn operation(&self) -> Option<&'static Operation> {
        self.0.operation
    }

    /// Returns the status of the response, if there was one.
    #[must_use]
    pub fn status(&self) -> Option<StatusCode> {
        self.0.status
    }

    /// Returns the service's name for the error, such as `invalid_client` or `JsonWebTokenError`.
    #[must_use]
    pub fn code(&self) -> Option<&str> {
        self.0.code.as_deref()
    }

    /// Returns the service's description of the error, on one line, redacted as far as possible.
    ///
    /// Control and format characters are removed, and at most 500 characters are shown. Redaction recognizes two kinds
    /// of values, and may miss others:
    ///
    /// * What the call itself sent: phone numbers, secrets, tokens and cursors, in any form in which a service might
    ///   quote them. A phone number is found by seven or more of its digits in a row. A secret is found whole, or by a
    ///   part of eight characters that is not a word. A cursor is found whole, or by a part of sixteen characters.
    /// * What has the form of a token or a phone number: a number after `+` or `00`, a number of ten to fifteen digits
    ///   without separators, and a national number in its usual grouping.
    ///
    /// Times, dates, ids, versions, IP addresses and sizes stay.
    #[must_use]
    pub fn description(&self) -> Option<&str> {
        self.0.description.as_deref()
    }

    /// Returns the headers of the response; empty if there was none.
    #[must_use]
    pub fn headers(&self) -> &HeaderMap {
        &self.0.headers
    }

    /// Returns the body of the response as received, **not redacted**; empty if there was no response.
    ///
    /// It may hold personal data.
    #[must_use]
    pub fn body(&self) -> &[u8] {
        &self.0.body
    }

    /// Returns the id by which the service can find this call in its logs, if the response named one.
    ///
    /// An id that quotes a secret, a token or a phone number of the call is not returned.
    #[must_use]
    pub fn request_id(&self) -> Option<&str> {
        let shown = |name: &str| self.0.headers.get(name).filter(|value| !value.is_sensitive())?.to_str().ok();
        REQUEST_IDS.into_iter().find_map(shown)
    }

    /// Returns how many requests were sent for the call, as far as is known: see
    /// [`Response::attempts`](crate::Response::attempts).
    ///
    /// A browser may resend a request by itself; such requests are not counted (see [`Outcome`]).
    #[must_use]
    pub fn attempts(&self) -> u32 {
        self.0.attempts
    }

    /// Returns how long the service asked to wait before the next call, by its `Retry-After` header.
    ///
    /// For a failed token fetch, it is the token cache's backoff. It says when to retry, and not whether: see
    /// [`is_retryable`](Self::is_retryable).
    #[must_use]
    pub fn retry_after(&self) -> Option<Duration> {
        self.0.retry_after
    }

    /// Returns whether the call may succeed later, and is safe to retry.
    ///
    /// Both must hold:
    ///
    /// * The failure is transient: see [`is_transient`](Self::is_transient).
    /// * The retry cannot carry out the operation twice: the outcome is [`NotSent`](Outcome::NotSent) or
    ///   [`Rejected`](Outcome::Rejected), or the operation is [`idempotent`](crate::Operation::idempotent).
    #[must_use]
    pub fn is_retryable(&self) -> bool {
        // Without an operation, as in a token source's own error, there is nothing that could be carried out twice.
        let harmless = matches!(self.0.outcome, Outcome::NotSent | Outcome::Rejected)
            || self.0.operation.is_none_or(|operation| operation.idempotent);
        self.is_transient() && harmless
    }

    /// Returns whether the failure may go away by itself.
    ///
    /// These failures are transient: [`Connection`](ErrorKind::Connection) and [`Timeout`](ErrorKind::Timeout), the
    /// statuses 408, 425, 429, 500, 502, 503 and 504 (of the service or of the token endpoint), and what a token source
    /// or an OAuth error code says is temporary. A [`Certificate`](ErrorKind::Certificate) that does not verify is not:
    /// it needs a person.
    ///
    /// It says nothing about safety: an operation that is not idempotent may have been carried out. See
    /// [`is_retryable`](Self::is_retryable).
    #[must_use]
    pub fn is_transient(&self) -> bool {
        match (self.0.kind, self.0.status) {
            _ if self.0.transient => true,
            (ErrorKind::Connection | ErrorKind::Timeout, _) => true,
            (ErrorKind::Service | ErrorKind::Token, Some(status)) => {
                // 501 and 505 say that the server lacks a feature (RFC 9110, sections 15.6.2 and 15.6.6); waiting adds
                // none.
                matches!(status.as_u16(), 408 | 425 | 429 | 500 | 502 | 503 | 504)
            }
            _ => false,
        }
    }

    /// Returns whether the service refused the token that the call carried.
    pub(crate) fn is_unauthorized(&self) -> bool {
        self.0.status == Some(StatusCode::UNAUTHORIZED)
    }

    /// Returns whether the call failed because there was no token to send it with.
    pub(crate) fn is_about_a_token(&self) -> bool {
        self.0.about_a_token
    }

    /// Returns the value of OpenTelemetry's `error.type`: the status, or else a name from a small fixed set.
    pub(crate) fn type_name(&self) -> &str {
        // The semantic conventions ask for a low cardinality, so neither messages nor codes of the service are used.
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
            (_, ErrorKind::Cancelled) => "cancelled",
        }
    }
}
