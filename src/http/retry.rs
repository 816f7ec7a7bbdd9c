//! Decides whether a failed call is retried, and after how long a wait.

mod budget;
mod retry_after;

use std::time::Duration;

pub(crate) use budget::Budget;
pub(crate) use retry_after::retry_after;

use crate::runtime::clock::share;

/// Limits the attempts of a call, the first included.
// One retry gets past the failure of a single server; the second one is for a further failure.
const MAX_ATTEMPTS: u32 = 3;

/// Bounds the wait before the first retry.
// About as long as it takes to connect to another server.
const INITIAL_BACKOFF: Duration = Duration::from_millis(250);

/// Bounds every wait that the service did not ask for.
// With longer waits, three slow attempts would not fit into the operation timeout of 60 s.
const MAX_BACKOFF: Duration = Duration::from_secs(5);

/// Bounds the `Retry-After` that a call waits for.
// Half of the operation timeout. A program that is asked to wait for longer should decide for itself.
const MAX_RETRY_AFTER: Duration = Duration::from_secs(30);

/// Bounds `max_backoff`.
// `Duration::mul_f64` panics on overflow. `Duration::MAX` overflows even with a factor of 1.0, because its conversion
// to a float rounds up.
const DAY: Duration = Duration::from_secs(86_400);

/// Sets how many attempts a call makes and how long it waits between them.
///
/// # What is retried
///
/// Only transient failures are retried, and only where a second request does no harm. A call that is not
/// [`idempotent`](crate::Operation::idempotent), such as `createKey`, is retried only while no request has reached the
/// service, and once after a 401: a second request could create a second key. If it is unknown whether a request
/// reached the service, it counts as reached.
///
/// | failure of an attempt | idempotent | not idempotent, such as `createKey` |
/// |---|---|---|
/// | no connection, so no request reached the service | retried | retried |
/// | no token, for a transient reason | retried | retried |
/// | the service refused the token (401) | one retry with a fresh token | one retry with a fresh token |
/// | the connection broke, or the attempt timed out | retried | [`Outcome::Unknown`]; after a 2xx [`Outcome::Accepted`] |
/// | status 408, 500, 502, 503 or 504 | retried | [`Outcome::Unknown`] |
/// | status 425 or 429 | retried | [`Outcome::Rejected`] |
/// | anything else, such as 400, 404, 409 or a certificate error | error | error |
///
/// Where the table names an [`Outcome`](crate::Outcome), the call returns an error with it.
///
/// For `createKey` the policy is stricter than [`Error::is_retryable`](crate::Error::is_retryable): after a 425 or 429
/// a program may call again without harm, but the SDK leaves that decision to it. After [`Outcome::Unknown`] or
/// [`Outcome::Accepted`], [`resolve_create_key`](crate::LockHolderClient::resolve_create_key) looks for the key.
///
/// # What counts as an attempt
///
/// An attempt gets a token and sends the request. One that gets no token or no connection counts as well. The retry
/// after a 401 is part of the same attempt. [`Response::attempts`](crate::Response::attempts) and
/// [`Error::attempts`](crate::Error::attempts) count something else: the requests that may have reached the service.
///
/// If the token endpoint fails at once, without a `Retry-After`, three attempts take less than two seconds. A longer
/// outage fails a call that has no valid token. Set more attempts to wait for its end.
///
/// # How long a call waits
///
/// Waits grow exponentially, with full jitter: a wait is a random share of a bound, and the bound doubles with each
/// retry, from [`initial_backoff`](Self::initial_backoff) up to [`max_backoff`](Self::max_backoff). If the response has
/// a `Retry-After`, the wait is that time plus the jitter. `Retry-After` may be seconds, with or without a fraction, or
/// a date. A date is compared with the `Date` of the same response, if there is one, so the clocks of service and
/// machine may differ. Of several values the longest counts; a value that is neither seconds nor a date is ignored.
///
/// # When a call gives up
///
/// * After [`max_attempts`](Self::max_attempts) attempts.
/// * At once, if the service asks for a wait longer than [`max_retry_after`](Self::max_retry_after), or if a wait would
///   not end before the [operation timeout](crate::RequestOptions::operation_timeout).
///   [`Error::retry_after`](crate::Error::retry_after) is the time that the service asked for.
/// * At once, if the client's [retry budget](crate::UnlocBuilder::retry_budget) is exhausted. All calls of a client
///   share it, so that retries do not multiply the traffic during an outage.
///
/// ```
/// use std::time::Duration;
/// use unloc::{RequestOptions, RetryPolicy};
///
/// let patient = RetryPolicy::default().max_attempts(6).max_backoff(Duration::from_secs(20));
/// let options = RequestOptions::new().retry(patient).operation_timeout(Duration::from_secs(120));
/// ```
///
/// [`Outcome::Unknown`]: crate::Outcome::Unknown
/// [`Outcome::Accepted`]: crate::Outcome::Accepted
/// [`Outcome::Rejected`]: crate::Outcome::Rejected
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RetryPolicy {
    max_attempts: u32,
    initial_backoff: Duration,
    max_backoff: Duration,
    max_retry_after: Duration,
}

impl RetryPolicy {
    /// Returns a policy without retries, except the one with a fresh token after a 401.
    #[must_use]
    pub fn never() -> Self {
        Self::default().max_attempts(1)
    }

    /// Sets the maximum number of attempts, the first included; 3 by default. 0 counts as 1.
    #[must_use]
    pub fn max_attempts(self, attempts: u32) -> Self {
        Self { max_attempts: attempts.max(1), ..self }
    }

    /// Sets the bound of the wait before the first retry, which doubles with each further one; 250 ms by default.
    #[must_use]
    pub fn initial_backoff(self, initial_backoff: Duration) -> Self {
        Self { initial_backoff, ..self }
    }

    /// Sets the limit up to which the bound of waits doubles, a day at most; 5 s by default.
    #[must_use]
    pub fn max_backoff(self, max_backoff: Duration) -> Self {
        Self { max_backoff: max_backoff.min(DAY), ..self }
    }

    /// Sets the longest `Retry-After` that a call waits for; 30 s by default.
    #[must_use]
    pub fn max_retry_after(self, max_retry_after: Duration) -> Self {
        Self { max_retry_after, ..self }
    }

    /// Returns whether a further attempt is allowed after `failures` failed ones.
    pub(crate) fn allows_attempt_after(&self, failures: u32) -> bool {
        failures < self.max_attempts
    }

    /// Returns how long to wait after `failures` failed attempts; `None` if the service asks for too long a wait.
    ///
    /// `retry_after` is the time that the service asks for, `jitter` a number from zero to one.
    pub(crate) fn backoff(&self, failures: u32, retry_after: Option<Duration>, jitter: f64) -> Option<Duration> {
        // `checked_shl` fails from the 33rd failure on; the factor is then as large as it can be.
        let factor = 1_u32.checked_shl(failures.saturating_sub(1)).unwrap_or(u32::MAX);
        let bound = self.initial_backoff.saturating_mul(factor).min(self.max_backoff);
        // Full jitter, from zero up: callers that failed at the same moment must not come back at the same moment.
        let wait = bound.mul_f64(share(jitter));
        match retry_after {
            Some(asked) if asked > self.max_retry_after => None,
            // The jitter comes on top: every caller that the service turned away was given the same moment to come
            // back.
            Some(asked) => Some(asked.saturating_add(wait)),
            None => Some(wait),
        }
    }
}

impl Default for RetryPolicy {
    fn default() -> Self {
        Self {
            max_attempts: MAX_ATTEMPTS,
            initial_backoff: INITIAL_BACKOFF,
            max_backoff: MAX_BACKOFF,
            max_retry_after: MAX_RETRY_AFTER,
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn backoff_doubles_up_to_its_limit_and_is_scaled_by_jitter() {
        let policy = RetryPolicy::default();
        let bound = |failures| policy.backoff(failures, None, 1.0).unwrap().as_millis();
        assert_eq!([1, 2, 3, 4, 5, 6, 7, 1000].map(bound), [250, 500, 1000, 2000, 4000, 5000, 5000, 5000]);
        assert_eq!(policy.backoff(4, None, 0.0), Some(Duration::ZERO));
        assert_eq!(policy.backoff(4, None, 0.25), Some(Duration::from_millis(500)));
    }

    #[test]
    fn waits_for_retry_after_plus_jitter_up_to_a_limit() {
        let policy = RetryPolicy::default();
        let wait = |asked| policy.backoff(1, Some(Duration::from_secs(asked)), 0.5);
        assert_eq!(wait(7), Some(Duration::from_millis(7125)));
        assert_eq!(wait(30), Some(Duration::from_millis(30_125)));
        assert_eq!(wait(31), None);
        assert_eq!(policy.max_retry_after(Duration::MAX).backoff(1, Some(Duration::MAX), 1.0), Some(Duration::MAX));
    }

    #[test]
    fn allows_at_least_one_attempt() {
        assert!(!RetryPolicy::never().allows_attempt_after(1));
        assert!(!RetryPolicy::default().max_attempts(0).allows_attempt_after(1));
        assert!(RetryPolicy::default().allows_attempt_after(2) && !RetryPolicy::default().allows_attempt_after(3));
    }

    proptest! {
        #[test]
        fn backoff_never_panics_or_exceeds_its_bounds(
            initial in any::<u64>(), max in any::<u64>(), longest in any::<u64>(), failures in any::<u32>(),
            asked in any::<Option<u64>>(), jitter in any::<f64>(),
        ) {
            let (max, longest) = (Duration::from_millis(max), Duration::from_millis(longest));
            let policy = RetryPolicy::default().initial_backoff(Duration::from_millis(initial)).max_backoff(max).max_retry_after(longest);
            let asked = asked.map(Duration::from_millis);
            match policy.backoff(failures, asked, jitter) {
                Some(wait) => prop_assert!(wait <= max.min(DAY).saturating_add(longest.min(asked.unwrap_or_default()))),
                None => prop_assert!(asked > Some(longest)),
            }
        }
    }
}
