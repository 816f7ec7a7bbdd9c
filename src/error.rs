//! What can go wrong, and what to do about it.

mod scrub;
mod service;

use std::borrow::Cow;
use std::convert::Infallible;
use std::error::Error as StdError;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use reqwest::StatusCode;
use reqwest::header::HeaderMap;

use crate::operation::Operation;
use crate::text::InvalidPhoneNumber;
use crate::types::error::ConversionError;
pub(crate) use scrub::scrub;

/// `Result` with this crate's [`Error`].
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Why a call did not give what was asked for.
///
/// `Display` is one line that names the operation, what happened and what to do. Neither it nor `Debug` shows headers,
/// bodies, secrets, tokens or phone numbers; [`body`](Self::body) hands out the body as it came, so take care where it
/// goes. Cheap to clone, because callers that wait for one token share its error.
///
/// ```
/// # async fn example(home: unloc::LockHolder) {
/// use unloc::{ErrorKind, Outcome};
///
/// match home.get_lock().lock_id("front-door").send().await {
///     Ok(lock) => println!("{:?}", lock.lock),
///     Err(error) if error.status().is_some_and(|status| status == 404) => println!("no such lock"),
///     Err(error) if error.is_retryable() => println!("later: {error}"),
///     Err(error) => println!("{error}"),
/// }
/// # }
/// ```
#[derive(Clone)]
pub struct Error(Arc<Inner>);

/// Where an error arose: its cause, whether the operation may have happened, and what to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// A client could not be built or used: an address, a credential or a TLS setting is missing or wrong, no Tokio runtime
    /// is running, or the HTTP client that the caller brought follows redirects.
    ///
    /// *Happened?* No. *What to do:* mend the configuration.
    Configuration,
    /// A scope could not be formed, or claims contradict each other.
    ///
    /// *Happened?* No. *What to do:* look at the lock holder's country, organization id and suffix.
    Scope,
    /// The request could not be built: a parameter is missing, a value or a header cannot be sent.
    ///
    /// *Happened?* No. *What to do:* mend the call.
    Request,
    /// The source of tokens has none. (If it cannot be reached, the kind is [`Connection`](Self::Connection) or
    /// [`Timeout`](Self::Timeout), and the text says that it was about a token.)
    ///
    /// *Happened?* No, the operation was never sent. *What to do:* [`Error::status`] and [`Error::code`] are the token
    /// endpoint's, if it answered. `invalid_client` means wrong credentials, or those of another environment;
    /// `invalid_scope` a lock holder that these credentials may not manage. For [`Error::retry_after`] nothing more is
    /// asked of it.
    Token,
    /// The service answered with an error: [`Error::status`], [`Error::code`] and [`Error::description`] say which.
    ///
    /// *Happened?* After 3xx and 4xx it did not; after 5xx it may have. *What to do:* what the words say. A 401 comes only
    /// after a fresh token was refused as well: look at the credentials and the scope. 403 is a scope that does not cover
    /// the lock holder, 409 something that exists already or is busy, 429 too many calls.
    Service,
    /// The service's certificate does not verify.
    ///
    /// *Happened?* No. *What to do:* check the address, the machine's clock and the trusted roots; it does not get better by
    /// itself, and is not tried again.
    Certificate,
    /// The connection could not be made, or it broke.
    ///
    /// *Happened?* [`Outcome::NotSent`] if there never was a connection, [`Outcome::Unknown`] if it broke before an answer,
    /// [`Outcome::Accepted`] if it broke in the middle of a success. *What to do:* where the outcome is open and the
    /// operation cannot be repeated, look (at the keys of the lock, say) before making the call again.
    Connection,
    /// Time ran out: for an attempt, for the whole call, or for a token.
    ///
    /// *Happened?* As for [`Connection`](Self::Connection). *What to do:* the same; times are set with
    /// [`RequestOptions`](crate::RequestOptions).
    Timeout,
    /// The service answered with success, but its body is not what the spec says.
    ///
    /// *Happened?* Yes. *What to do:* the text names operation, status and the place inside the JSON; please report it
    /// together with the body. Making the call again does not help.
    Decode,
}

/// What became of the operation, as far as can be known. In the order of how much may have happened: of the attempts of one
/// call, the one that leaves most open counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Outcome {
    /// The service never saw it. The call can be made again, whatever it is.
    NotSent,
    /// The service saw it and refused. Nothing was done.
    Rejected,
    /// The service may have carried it out: look before doing it again, unless the operation is
    /// [`repeatable`](crate::Operation::repeatable).
    Unknown,
    /// The service carried it out, only its answer could not be read.
    Accepted,
}

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
    /// ```
    /// let error = unloc::Error::token("the backend is closed on Sundays");
    /// assert_eq!(error.kind(), unloc::ErrorKind::Token);
    /// ```
    pub fn token(message: impl fmt::Display) -> Self {
        Self::new(ErrorKind::Token, scrub(&message.to_string()))
    }

    /// The same, for what will be over in so long: nothing is asked for before, and a call whose deadline allows it waits
    /// for that and is made again.
    ///
    /// ```
    /// use std::time::Duration;
    ///
    /// let error = unloc::Error::token_later("the backend restarts", Duration::from_secs(2));
    /// assert_eq!(error.retry_after(), Some(Duration::from_secs(2)));
    /// assert!(error.is_retryable());
    /// ```
    pub fn token_later(message: impl fmt::Display, pause: Duration) -> Self {
        Self::token(message).retry_in(pause).change(|inner| inner.transient = true)
    }

    pub(crate) fn new(kind: ErrorKind, message: impl Into<Cow<'static, str>>) -> Self {
        Self(Arc::new(Inner {
            kind,
            outcome: Outcome::NotSent,
            operation: None,
            message: message.into(),
            hint: None,
            status: None,
            code: None,
            description: None,
            headers: HeaderMap::new(),
            body: Vec::new(),
            attempts: 0,
            retry_after: None,
            about_a_token: false,
            transient: false,
            source: None,
        }))
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

    /// The service's words for the error, with phone numbers and tokens blotted out.
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
        let names = ["x-request-id", "request-id", "x-correlation-id", "x-amzn-requestid"];
        names.iter().find_map(|name| self.0.headers.get(*name)?.to_str().ok())
    }

    /// How often the operation was sent, as far as is known.
    #[must_use]
    pub fn attempts(&self) -> u32 {
        self.0.attempts
    }

    /// How long the service asked to wait before the next call, in `Retry-After`; for a token that could not be had, how
    /// long nothing is asked for.
    #[must_use]
    pub fn retry_after(&self) -> Option<Duration> {
        self.0.retry_after
    }

    /// Whether the same call may well succeed later, and does no harm if it is made again.
    #[must_use]
    pub fn is_retryable(&self) -> bool {
        let harmless = matches!(self.0.outcome, Outcome::NotSent | Outcome::Rejected)
            || self.0.operation.is_none_or(|operation| operation.repeatable);
        self.is_passing() && harmless
    }

    /// Whether it may well be over in a moment, whatever it left behind.
    pub(crate) fn is_passing(&self) -> bool {
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
        }
    }

    fn change(mut self, change: impl FnOnce(&mut Inner)) -> Self {
        match Arc::get_mut(&mut self.0) {
            Some(inner) => change(inner),
            None => {
                // Shared with others who wait for the same token: they keep theirs as it is.
                let mut copy = self.0.copy();
                change(&mut copy);
                self.0 = Arc::new(copy);
            }
        }
        self
    }

    pub(crate) fn during(self, operation: &'static Operation) -> Self {
        self.change(|inner| inner.operation = Some(operation))
    }

    pub(crate) fn hint(self, hint: impl Into<Cow<'static, str>>) -> Self {
        self.change(|inner| inner.hint = Some(hint.into()))
    }

    /// One more thing to say.
    pub(crate) fn also(self, hint: String) -> Self {
        self.change(|inner| {
            inner.hint = Some(match inner.hint.take() {
                Some(first) => format!("{first}; {hint}").into(),
                None => hint.into(),
            });
        })
    }

    /// The service, or the cache of tokens, wants to be left alone for so long.
    pub(crate) fn retry_in(self, pause: Duration) -> Self {
        self.change(|inner| inner.retry_after = Some(pause))
    }

    /// With an outcome that leaves as much open as this one.
    pub(crate) fn at_worst(self, outcome: Outcome) -> Self {
        self.change(|inner| inner.outcome = inner.outcome.max(outcome))
    }

    /// Without the body, where that may hold a secret.
    pub(crate) fn without_body(self) -> Self {
        self.change(|inner| inner.body = Vec::new())
    }

    pub(crate) fn after(self, attempts: u32) -> Self {
        self.change(|inner| inner.attempts = attempts)
    }

    /// The same failure as one of getting a token: the operation itself was not sent.
    pub(crate) fn while_getting_a_token(self, operation: &'static Operation) -> Self {
        self.change(|inner| {
            if !matches!(inner.kind, ErrorKind::Configuration | ErrorKind::Scope) {
                inner.message = format!("no access token: {}", inner.message).into();
            }
            if matches!(inner.kind, ErrorKind::Service | ErrorKind::Decode | ErrorKind::Request) {
                inner.kind = ErrorKind::Token;
            }
            if inner.outcome >= Outcome::Unknown {
                // That the service acted, or may have, is true of the token only.
                inner.hint = None;
            }
            inner.outcome = Outcome::NotSent;
            inner.operation = Some(operation);
            inner.attempts = 0;
            inner.about_a_token = true;
        })
    }
}

impl Inner {
    fn copy(&self) -> Self {
        let Self { kind, outcome, operation, status, attempts, retry_after, about_a_token, transient, .. } = *self;
        Self {
            kind,
            outcome,
            operation,
            status,
            attempts,
            retry_after,
            about_a_token,
            transient,
            message: self.message.clone(),
            hint: self.hint.clone(),
            code: self.code.clone(),
            description: self.description.clone(),
            headers: self.headers.clone(),
            body: self.body.clone(),
            source: self.source.clone(),
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

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
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

/// A request that could not be built is a mistake in the call.
impl From<ConversionError> for Error {
    fn from(error: ConversionError) -> Self {
        Self::new(ErrorKind::Request, scrub(&error.to_string()))
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
