//! Holds the options of one call, or of all calls of a client.

use std::fmt;
use std::time::Duration;

use ::http::header::{HeaderMap, HeaderName, HeaderValue};
use futures_util::FutureExt;
use futures_util::future::Shared;

use crate::http::retry::RetryPolicy;
use crate::runtime::platform::{BoxFuture, MaybeSend};

/// Limits one attempt, from the request to the last byte of its response.
// A slow response of the service takes seconds; 20 s leave room for a slow network as well.
const ATTEMPT_TIMEOUT: Duration = Duration::from_secs(20);

/// Limits the whole call, with the wait for a token and all attempts.
// Room for three slow attempts, as many as the default policy makes.
const OPERATION_TIMEOUT: Duration = Duration::from_secs(60);

/// Sets timeouts, retries and headers, for one call or for all calls of a client.
///
/// | option | default | limits or sets |
/// |---|---|---|
/// | [`attempt_timeout`] | 20 s | one attempt, from the request to the last byte of its response |
/// | [`operation_timeout`] | 60 s | the whole call: the wait for a token, all attempts, the waits between them |
/// | [`retry`](Self::retry) | [`RetryPolicy::default`]: 3 attempts | whether and when the call is retried |
/// | [`header`](Self::header) | none | additional headers |
/// | [`cancel_on`](Self::cancel_on) | never | when the call is given up |
///
/// # Where to set them
///
/// * For one call: `options(…)` on its builder.
/// * For all calls of a client: [`UnlocBuilder::options`](crate::UnlocBuilder::options).
/// * For some calls: [`Unloc::with_options`](crate::Unloc::with_options) and
///   [`LockHolderClient::with_options`](crate::LockHolderClient::with_options) return a client with other options.
///
/// An option of the call takes precedence over the same option of its client. The headers of both are sent.
///
/// ```no_run
/// # async fn example(home: unloc::LockHolderClient) -> unloc::Result<()> {
/// use std::time::Duration;
/// use unloc::{RequestOptions, RetryPolicy};
///
/// // Limits one call to five seconds, with the wait for a token and all retries.
/// let quick = RequestOptions::new().operation_timeout(Duration::from_secs(5));
/// let lock = home.get_lock().lock_id("front-door").options(quick).send().await?;
///
/// // Limits another call to one attempt, of two seconds at most.
/// let once = RequestOptions::new().attempt_timeout(Duration::from_secs(2)).retry(RetryPolicy::never());
/// let lock = home.get_lock().lock_id("front-door").options(once).send().await?;
/// # Ok(()) }
/// ```
///
/// # Attempt timeout and operation timeout
///
/// If an attempt times out, the call is retried where its [`RetryPolicy`] allows it. The operation timeout also ends an
/// attempt that is in flight. A wait that would not end before the operation timeout is not begun: the call returns the
/// error of its last attempt at once. With `items()` and `pages()`, each page is a call with an operation timeout of
/// its own.
///
/// # Limit a call by its options, not by dropping it
///
/// A call whose future is dropped, by `select!` or by `tokio::time::timeout`, returns no error. Its request is
/// cancelled, but may have reached the service. So the outcome is unknown: a dropped `createKey` may have created a
/// key. Set [`operation_timeout`] or [`cancel_on`](Self::cancel_on) instead. The error of a call that times out has an
/// [`outcome`](crate::Error::outcome), which says whether the service may have carried out the operation.
///
/// # `Debug`
///
/// `Debug` shows the names of the headers, and not their values.
///
/// [`attempt_timeout`]: Self::attempt_timeout
/// [`operation_timeout`]: Self::operation_timeout
#[derive(Clone, Default)]
#[must_use = "options do nothing before they are given to a call or a client"]
pub struct RequestOptions {
    attempt_timeout: Option<Duration>,
    operation_timeout: Option<Duration>,
    retry: Option<RetryPolicy>,
    headers: HeaderMap,
    cancelled: Option<Cancelled>,
    #[cfg(target_arch = "wasm32")]
    replace_body: Option<js_sys::Function>,
    // Setters are chained, so a mistake in one of them is reported by the call.
    refused: Option<String>,
}

/// Completes when a call is to be cancelled. Clones complete together.
pub(crate) type Cancelled = Shared<BoxFuture<'static, ()>>;

/// Lists the headers that the SDK or the HTTP client sets.
// A caller's value would break the framing of the request (`content-length`), its authentication (`authorization`), or
// the decoding of its response (`accept-encoding`).
const RESERVED_HEADERS: [&str; 11] = [
    "accept",
    "accept-encoding",
    "authorization",
    "connection",
    "content-length",
    "content-type",
    "host",
    "proxy-authorization",
    "te",
    "transfer-encoding",
    "user-agent",
];

impl RequestOptions {
    /// Returns options with nothing set.
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets the timeout of one attempt, from the request to the last byte of its response; 20 s by default.
    ///
    /// The connection and its TLS handshake count towards it. The wait for a token does not: the
    /// [`operation_timeout`](Self::operation_timeout) limits that. If an attempt times out, it is unknown whether the
    /// service received it, so an operation that is not idempotent is not retried: see [`RetryPolicy`].
    pub fn attempt_timeout(self, timeout: Duration) -> Self {
        Self { attempt_timeout: Some(timeout), ..self }
    }

    /// Sets the timeout of the whole call: the wait for a token, all attempts, and the waits between them; 60 s by
    /// default.
    pub fn operation_timeout(self, timeout: Duration) -> Self {
        Self { operation_timeout: Some(timeout), ..self }
    }

    /// Sets how often and when the call is retried; [`RetryPolicy::default`] by default.
    pub fn retry(self, retry: RetryPolicy) -> Self {
        Self { retry: Some(retry), ..self }
    }

    /// Cancels the call when this future completes, with an error of the kind
    /// [`ErrorKind::Cancelled`](crate::ErrorKind::Cancelled).
    ///
    /// Unlike a call whose future is dropped, a cancelled call has an error, whose
    /// [`outcome`](crate::Error::outcome) says whether the service may have carried out the operation. The request is
    /// aborted.
    ///
    /// ```no_run
    /// # async fn example(home: unloc::LockHolderClient, stop: impl Future<Output = ()> + Send + 'static) -> unloc::Result<()> {
    /// use unloc::{ErrorKind, Outcome, RequestOptions};
    ///
    /// let key = home.create_key().lock_id("front-door").user_id("+12125550142");
    /// match key.options(RequestOptions::new().cancel_on(stop)).send().await {
    ///     Err(error) if error.kind() == ErrorKind::Cancelled && error.outcome() == Outcome::NotSent => {}
    ///     key => println!("{}", key?.state),
    /// }
    /// # Ok(()) }
    /// ```
    pub fn cancel_on(self, cancelled: impl Future<Output = ()> + MaybeSend + 'static) -> Self {
        let cancelled: BoxFuture<'static, ()> = Box::pin(cancelled);
        Self { cancelled: Some(cancelled.shared()), ..self }
    }

    /// Lets a function replace the bodies of successful responses before they are decoded. Only on `wasm32`.
    ///
    /// The function gets the bytes of a body as a `Uint8Array`, and returns the text to decode in their place. The body
    /// is decoded as it is if the function returns `undefined` or throws.
    ///
    /// This is for programs in JavaScript that read a part of a response themselves.
    #[cfg(target_arch = "wasm32")]
    pub fn replace_body(self, replace: js_sys::Function) -> Self {
        Self { replace_body: Some(replace), ..self }
    }

    /// Adds a header. It replaces one of the same name that was added before.
    ///
    /// The call fails with [`ErrorKind::Request`](crate::ErrorKind::Request), before anything is sent, if the name or
    /// the value is not valid in HTTP, or if the SDK sets the header itself, such as `authorization`. For `user-agent`
    /// see [`UnlocBuilder::user_agent`](crate::UnlocBuilder::user_agent).
    pub fn header(mut self, name: impl AsRef<str>, value: impl AsRef<str>) -> Self {
        let name = name.as_ref();
        // `HeaderValue` takes bytes beyond ASCII, for which HTTP has no meaning (RFC 9110, section 5.5).
        let value = Some(value.as_ref()).filter(|value| value.is_ascii());
        let value = value.ok_or(()).and_then(|value| HeaderValue::try_from(value).map_err(drop));
        match (HeaderName::try_from(name), value) {
            (Ok(known), _) if RESERVED_HEADERS.contains(&known.as_str()) => {
                self.refused = Some(format!("the header `{known}` is set by the SDK: remove it from the options"));
            }
            (Ok(name), Ok(mut value)) => {
                // It may be a secret. A sensitive value is redacted from errors, hidden by `Debug`, and never indexed
                // by HTTP/2's header compression.
                value.set_sensitive(true);
                self.headers.insert(name, value);
            }
            // Shows neither: whoever swaps name and value has the secret in the name.
            (Err(_), _) => {
                let what = "a header of the options has an invalid name: use ASCII letters, digits and `-`";
                self.refused = Some(what.to_owned());
            }
            (Ok(name), Err(_)) => {
                self.refused = Some(format!("the value of the header `{name}` is invalid: use visible ASCII"));
            }
        }
        self
    }

    /// Returns these options, completed by `others` where they are not set; headers are merged.
    pub(crate) fn or(self, others: &Self) -> Self {
        let mut headers = others.headers.clone();
        headers.extend(self.headers);
        Self {
            attempt_timeout: self.attempt_timeout.or(others.attempt_timeout),
            operation_timeout: self.operation_timeout.or(others.operation_timeout),
            retry: self.retry.or_else(|| others.retry.clone()),
            headers,
            cancelled: self.cancelled.or_else(|| others.cancelled.clone()),
            #[cfg(target_arch = "wasm32")]
            replace_body: self.replace_body.or_else(|| others.replace_body.clone()),
            refused: self.refused.or_else(|| others.refused.clone()),
        }
    }

    /// Returns the options of a call: these, then those of its client, then the defaults.
    pub(crate) fn merge(self, others: &Self) -> CallOptions {
        // This runs for every call, and most clients have no headers: do not copy the map then.
        let headers = if others.headers.is_empty() {
            self.headers
        } else {
            let mut headers = others.headers.clone();
            headers.extend(self.headers);
            headers
        };
        let attempt_timeout = self.attempt_timeout.or(others.attempt_timeout).unwrap_or(ATTEMPT_TIMEOUT);
        let operation_timeout = self.operation_timeout.or(others.operation_timeout).unwrap_or(OPERATION_TIMEOUT);
        // In some HTTP clients zero means no timeout. Here it would fail every call with a misleading timeout error.
        let no_time = (attempt_timeout.is_zero() || operation_timeout.is_zero()).then(|| {
            let what = if attempt_timeout.is_zero() { "attempt timeout" } else { "operation timeout" };
            format!("the {what} in the options is zero, which leaves no time for an attempt: set a longer one")
        });
        CallOptions {
            attempt_timeout,
            operation_timeout,
            retry: self.retry.or_else(|| others.retry.clone()).unwrap_or_default(),
            headers,
            cancelled: self.cancelled.or_else(|| others.cancelled.clone()),
            #[cfg(target_arch = "wasm32")]
            replace_body: self.replace_body.or_else(|| others.replace_body.clone()),
            refused: self.refused.or_else(|| others.refused.clone()).or(no_time),
        }
    }
}

/// Holds the options of one call, with every option set.
pub(crate) struct CallOptions {
    pub(crate) attempt_timeout: Duration,
    pub(crate) operation_timeout: Duration,
    pub(crate) retry: RetryPolicy,
    pub(crate) headers: HeaderMap,
    pub(crate) cancelled: Option<Cancelled>,
    #[cfg(target_arch = "wasm32")]
    pub(crate) replace_body: Option<js_sys::Function>,
    /// Says why a call with these options is refused.
    pub(crate) refused: Option<String>,
}

impl fmt::Debug for RequestOptions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RequestOptions")
            .field("attempt_timeout", &self.attempt_timeout)
            .field("operation_timeout", &self.operation_timeout)
            .field("retry", &self.retry)
            .field("headers", &self.headers.keys().collect::<Vec<_>>())
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn options_of_a_call_take_precedence_over_those_of_its_client() {
        let seconds = Duration::from_secs;
        let client = RequestOptions::new()
            .attempt_timeout(seconds(1))
            .operation_timeout(seconds(2))
            .header("x-a", "1")
            .header("x-b", "1");
        let merged = RequestOptions::new().attempt_timeout(seconds(3)).header("x-b", "2").merge(&client);
        assert_eq!(
            (merged.attempt_timeout, merged.operation_timeout, merged.retry),
            (seconds(3), seconds(2), RetryPolicy::default())
        );
        assert_eq!(
            (&merged.headers["x-a"], &merged.headers["x-b"], merged.headers.len()),
            (&"1".parse().unwrap(), &"2".parse().unwrap(), 2)
        );
        let defaults = RequestOptions::new().merge(&RequestOptions::new());
        assert_eq!((defaults.attempt_timeout, defaults.operation_timeout), (seconds(20), seconds(60)));
    }

    #[test]
    fn refuses_invalid_and_reserved_headers_without_showing_their_values() {
        for (name, value) in [
            ("authorization", "Bearer x"),
            ("Host", "x"),
            ("Accept-Encoding", "gzip"),
            ("a b", "x"),
            ("x-a", "hunter2\n"),
            ("x-a", "hünter hunter2"),
        ] {
            let options = RequestOptions::new().header(name, value);
            let refused = options.merge(&RequestOptions::new()).refused.unwrap();
            assert!(!refused.contains("hunter2") && !refused.contains("Bearer x"), "{refused}");
        }
        let shown = format!("{:?}", RequestOptions::new().header("x-key", "hunter2"));
        assert!(shown.contains("x-key") && !shown.contains("hunter2"), "{shown}");
    }
}
