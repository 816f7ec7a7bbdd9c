//! What a caller may say about one call, or about all calls of a client.

use std::fmt;
use std::time::Duration;

use reqwest::header::{HeaderMap, HeaderName, HeaderValue};

use crate::http::retry::RetryPolicy;

/// The longest time from a request to the last byte of its response: a slow answer of the service takes seconds.
const ATTEMPT_TIMEOUT: Duration = Duration::from_secs(20);

/// The longest time of a call, with the wait for a token and all attempts: room for three slow ones.
const OPERATION_TIMEOUT: Duration = Duration::from_secs(60);

/// How a call is made: times, repeats and headers. For one call, by `options(…)` on its builder; for all calls of a client,
/// by [`UnlocBuilder::options`](crate::UnlocBuilder::options). What is set for a call counts before what is set for its
/// client; headers of both are sent.
///
/// | | unless it is set |
/// |---|---|
/// | [`attempt_timeout`](Self::attempt_timeout) | 20 s |
/// | [`operation_timeout`](Self::operation_timeout) | 60 s |
/// | [`retry`](Self::retry) | [`RetryPolicy::default`]: 3 attempts |
/// | [`header`](Self::header) | none |
///
/// ```no_run
/// # async fn example(home: unloc::LockHolderClient) -> unloc::Result<()> {
/// use std::time::Duration;
/// use unloc::{RequestOptions, RetryPolicy};
///
/// let quick = RequestOptions::new().attempt_timeout(Duration::from_secs(2)).retry(RetryPolicy::never());
/// let lock = home.get_lock().lock_id("front-door").options(quick).send().await?;
/// # Ok(()) }
/// ```
///
/// `Debug` shows the headers' names, and not what they hold.
#[derive(Clone, Default)]
#[must_use = "options do nothing before they are given to a call or a client"]
pub struct RequestOptions {
    attempt_timeout: Option<Duration>,
    operation_timeout: Option<Duration>,
    retry: Option<RetryPolicy>,
    headers: HeaderMap,
    refused: Option<String>,
}

/// Headers that the SDK or HTTP itself sets.
const TAKEN: [&str; 11] = [
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
    /// Nothing set.
    pub fn new() -> Self {
        Self::default()
    }

    /// How long one attempt may take, from the request to the last byte of the answer. Whether an attempt that ran out of
    /// time arrived nobody knows. Waiting for a token is bounded by the [`operation_timeout`](Self::operation_timeout) alone.
    pub fn attempt_timeout(self, timeout: Duration) -> Self {
        Self { attempt_timeout: Some(timeout), ..self }
    }

    /// How long the whole call may take: waiting for a token, all attempts, and the waits between.
    pub fn operation_timeout(self, timeout: Duration) -> Self {
        Self { operation_timeout: Some(timeout), ..self }
    }

    /// Whether and how the call is repeated.
    pub fn retry(self, retry: RetryPolicy) -> Self {
        Self { retry: Some(retry), ..self }
    }

    /// A header to send along. One of the same name that was given before is replaced.
    ///
    /// A call with a name or value that cannot be sent, or with a header that the SDK sets itself (such as
    /// `authorization`; for `user-agent` see [`UnlocBuilder::user_agent`](crate::UnlocBuilder::user_agent)), fails with
    /// [`ErrorKind::Request`](crate::ErrorKind::Request) before anything is sent.
    pub fn header(mut self, name: impl AsRef<str>, value: impl AsRef<str>) -> Self {
        let name = name.as_ref();
        match (HeaderName::try_from(name), HeaderValue::try_from(value.as_ref())) {
            (Ok(known), _) if TAKEN.contains(&known.as_str()) => {
                self.refused = Some(format!("the header `{known}` is set by the SDK: leave it out of the options"));
            }
            (Ok(name), Ok(mut value)) => {
                // What it holds is the caller's affair; no log needs it.
                value.set_sensitive(true);
                self.headers.insert(name, value);
            }
            (Err(_), _) => self.refused = Some("the options hold a header whose name cannot be sent".to_owned()),
            (Ok(name), Err(_)) => self.refused = Some(format!("the value of the header `{name}` cannot be sent")),
        }
        self
    }

    /// These, and what they leave open from others; headers of both.
    pub(crate) fn or(self, others: &Self) -> Self {
        let mut headers = others.headers.clone();
        headers.extend(self.headers);
        Self {
            attempt_timeout: self.attempt_timeout.or(others.attempt_timeout),
            operation_timeout: self.operation_timeout.or(others.operation_timeout),
            retry: self.retry.or_else(|| others.retry.clone()),
            headers,
            refused: self.refused.or_else(|| others.refused.clone()),
        }
    }

    /// The same with nothing left open.
    pub(crate) fn merge(self, others: &Self) -> CallOptions {
        let headers = if others.headers.is_empty() {
            self.headers
        } else {
            let mut headers = others.headers.clone();
            headers.extend(self.headers);
            headers
        };
        let attempt_timeout = self.attempt_timeout.or(others.attempt_timeout).unwrap_or(ATTEMPT_TIMEOUT);
        let operation_timeout = self.operation_timeout.or(others.operation_timeout).unwrap_or(OPERATION_TIMEOUT);
        let no_time = (attempt_timeout.is_zero() || operation_timeout.is_zero()).then(|| {
            let what = if attempt_timeout.is_zero() { "attempt timeout" } else { "operation timeout" };
            format!("the {what} in the options is zero, which leaves no time for an attempt")
        });
        CallOptions {
            attempt_timeout,
            operation_timeout,
            retry: self.retry.or_else(|| others.retry.clone()).unwrap_or_default(),
            headers,
            refused: self.refused.or_else(|| others.refused.clone()).or(no_time),
        }
    }
}

/// Options with nothing left open.
pub(crate) struct CallOptions {
    pub(crate) attempt_timeout: Duration,
    pub(crate) operation_timeout: Duration,
    pub(crate) retry: RetryPolicy,
    pub(crate) headers: HeaderMap,
    /// Why no call can be made like this.
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
    fn what_a_call_says_counts_before_what_its_client_says() {
        let seconds = Duration::from_secs;
        let client = RequestOptions::new()
            .attempt_timeout(seconds(1))
            .operation_timeout(seconds(2))
            .header("x-a", "1")
            .header("x-b", "1");
        let limits = RequestOptions::new().attempt_timeout(seconds(3)).header("x-b", "2").merge(&client);
        assert_eq!(
            (limits.attempt_timeout, limits.operation_timeout, limits.retry),
            (seconds(3), seconds(2), RetryPolicy::default())
        );
        assert_eq!(
            (&limits.headers["x-a"], &limits.headers["x-b"], limits.headers.len()),
            (&"1".parse().unwrap(), &"2".parse().unwrap(), 2)
        );
        let plain = RequestOptions::new().merge(&RequestOptions::new());
        assert_eq!((plain.attempt_timeout, plain.operation_timeout), (seconds(20), seconds(60)));
    }

    #[test]
    fn headers_that_cannot_be_sent_or_are_not_the_callers_are_refused_without_their_values() {
        for (name, value) in [
            ("authorization", "Bearer x"),
            ("Host", "x"),
            ("Accept-Encoding", "gzip"),
            ("a b", "x"),
            ("x-a", "hunter2\n"),
        ] {
            let options = RequestOptions::new().header(name, value);
            let refused = options.merge(&RequestOptions::new()).refused.unwrap();
            assert!(!refused.contains("hunter2") && !refused.contains("Bearer x"), "{refused}");
        }
        let shown = format!("{:?}", RequestOptions::new().header("x-key", "hunter2"));
        assert!(shown.contains("x-key") && !shown.contains("hunter2"), "{shown}");
    }
}
