//! Holds the response to a successful call.

use std::fmt;

use ::http::StatusCode;
use ::http::header::HeaderMap;

/// Holds the value of a successful call, the status and headers of the response, and how often it was sent.
///
/// `send_with_response()` of every builder returns one.
///
/// ```no_run
/// # async fn example(home: unloc::LockHolderClient) -> unloc::Result<()> {
/// let response = home.get_lock().lock_id("front-door").send_with_response().await?;
/// println!("{} after {} requests", response.status(), response.attempts());
/// println!("{}", response.into_value().name);
/// # Ok(()) }
/// ```
///
/// `Debug` shows the names of the headers, and not their values.
#[derive(Clone)]
pub struct Response<T> {
    value: T,
    status: StatusCode,
    headers: HeaderMap,
    attempts: u32,
}

impl<T> Response<T> {
    pub(crate) fn new(value: T, status: StatusCode, headers: HeaderMap, attempts: u32) -> Self {
        Self { value, status, headers, attempts }
    }

    /// Returns the value.
    #[must_use]
    pub fn value(&self) -> &T {
        &self.value
    }

    /// Returns the value, and drops the rest.
    #[must_use]
    pub fn into_value(self) -> T {
        self.value
    }

    /// Returns the HTTP status, which is 2xx.
    #[must_use]
    pub fn status(&self) -> StatusCode {
        self.status
    }

    /// Returns the headers of the response.
    #[must_use]
    pub fn headers(&self) -> &HeaderMap {
        &self.headers
    }

    /// Returns how many requests were sent for the call, as far as is known, the successful one included.
    ///
    /// A request that was refused with a 401 counts. Attempts that got no token or no connection do not count, and
    /// neither do the retries that a browser makes by itself. The limit of [`RetryPolicy`](crate::RetryPolicy) counts
    /// attempts in another way.
    #[must_use]
    pub fn attempts(&self) -> u32 {
        self.attempts
    }

    /// Returns this response with another value.
    pub(crate) fn map<U>(self, map: impl FnOnce(T) -> U) -> Response<U> {
        let Self { value, status, headers, attempts } = self;
        Response { value: map(value), status, headers, attempts }
    }
}

impl<T: fmt::Debug> fmt::Debug for Response<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Response")
            .field("value", &self.value)
            .field("status", &self.status)
            .field("headers", &self.headers.keys().collect::<Vec<_>>())
            .field("attempts", &self.attempts)
            .finish()
    }
}
