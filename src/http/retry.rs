//! When a call is made again.

mod after;
mod budget;

use std::time::Duration;

pub(crate) use after::retry_after;
pub(crate) use budget::Budget;

use crate::runtime::clock::share;

/// Attempts of a call, the first included: one more than the failure of a single server needs.
const MAX_ATTEMPTS: u32 = 3;

/// The bound of the first wait: about what a connection to another server takes.
const INITIAL_BACKOFF: Duration = Duration::from_millis(250);

/// The bound that waits grow to: with more, three attempts would not fit into an operation timeout of 60 s.
const MAX_BACKOFF: Duration = Duration::from_secs(5);

/// The longest `Retry-After` that is waited for: whoever is asked to wait for longer should decide for themselves.
const MAX_RETRY_AFTER: Duration = Duration::from_secs(30);

/// The greatest `max_backoff` that can be set.
const DAY: Duration = Duration::from_secs(86_400);

/// How often a call is made, and how long it waits between.
///
/// A call is made again when it did not reach the service, and, if its operation is
/// [`idempotent`](crate::Operation::idempotent), also after a broken connection, a timeout and the statuses 408, 425, 429,
/// 500, 502, 503 and 504. What may make a second key is not made again once it may have arrived: the error's
/// [`outcome`](crate::Error::outcome) says so. The one time that a call is made again after a 401, with a fresh token, does
/// not count here. This is stricter than [`Error::is_retryable`](crate::Error::is_retryable): a key that was refused with
/// 429 can be asked for again, and whether it should be is for the program to say.
///
/// The wait is drawn between zero and a bound that doubles each time. What the service asks for in `Retry-After`, in seconds
/// (with or without a fraction) or as a date (held against the `Date` of the same response, where it has one, so that the
/// service's clock may differ from this machine's), is added to it. Of several values the longest counts; what is neither
/// seconds nor a date asks for nothing. If the service asks for longer than
/// [`max_retry_after`](Self::max_retry_after), or than the call's operation timeout leaves, the call ends at once and its error
/// says how long ([`Error::retry_after`](crate::Error::retry_after)).
///
/// Besides, the calls of a client draw on one budget of repeats, so that an outage of the service is not answered by a
/// multiple of the traffic: see [`UnlocBuilder::retry_budget`](crate::UnlocBuilder::retry_budget).
///
/// ```
/// use std::time::Duration;
/// use unloc::{RequestOptions, RetryPolicy};
///
/// let patient = RetryPolicy::default().max_attempts(6).max_backoff(Duration::from_secs(20));
/// let options = RequestOptions::new().retry(patient).operation_timeout(Duration::from_secs(120));
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RetryPolicy {
    max_attempts: u32,
    initial_backoff: Duration,
    max_backoff: Duration,
    max_retry_after: Duration,
}

impl RetryPolicy {
    /// Every call is made once (twice, if its token is refused).
    #[must_use]
    pub fn never() -> Self {
        Self::default().max_attempts(1)
    }

    /// How often a call is made at most, the first time included; 3 unless this is called. 0 is taken for 1.
    #[must_use]
    pub fn max_attempts(self, attempts: u32) -> Self {
        Self { max_attempts: attempts.max(1), ..self }
    }

    /// Sets the bound of the wait before the first retry, which doubles with each further one; 250 ms unless this is called.
    #[must_use]
    pub fn initial_backoff(self, initial_backoff: Duration) -> Self {
        Self { initial_backoff, ..self }
    }

    /// Sets how far the bound of waits grows, a day at most; 5 s unless this is called.
    #[must_use]
    pub fn max_backoff(self, max_backoff: Duration) -> Self {
        Self { max_backoff: max_backoff.min(DAY), ..self }
    }

    /// The longest wait that the service may ask for; 30 s unless this is called.
    #[must_use]
    pub fn max_retry_after(self, max_retry_after: Duration) -> Self {
        Self { max_retry_after, ..self }
    }

    /// Whether the call may be made once more after so many failures.
    pub(crate) fn goes_on(&self, failures: u32) -> bool {
        failures < self.max_attempts
    }

    /// How long to wait after so many failures, `asked` being what the service wants and `jitter` a number from zero to
    /// one; nothing if that is too long.
    pub(crate) fn pause(&self, failures: u32, asked: Option<Duration>, jitter: f64) -> Option<Duration> {
        let doubled = 1_u32.checked_shl(failures.saturating_sub(1)).unwrap_or(u32::MAX);
        let drawn = self.initial_backoff.saturating_mul(doubled).min(self.max_backoff).mul_f64(share(jitter));
        match asked {
            Some(asked) if asked > self.max_retry_after => None,
            // Spread behind the moment that all who were sent away were given.
            Some(asked) => Some(asked.saturating_add(drawn)),
            None => Some(drawn),
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
    fn waits_are_drawn_below_a_bound_that_doubles_and_ends() {
        let policy = RetryPolicy::default();
        let bound = |failures| policy.pause(failures, None, 1.0).unwrap().as_millis();
        assert_eq!([1, 2, 3, 4, 5, 6, 7, 1000].map(bound), [250, 500, 1000, 2000, 4000, 5000, 5000, 5000]);
        assert_eq!(policy.pause(4, None, 0.0), Some(Duration::ZERO));
        assert_eq!(policy.pause(4, None, 0.25), Some(Duration::from_millis(500)));
    }

    #[test]
    fn what_the_service_asks_for_is_waited_for_and_spread_but_not_without_bound() {
        let policy = RetryPolicy::default();
        let pause = |asked| policy.pause(1, Some(Duration::from_secs(asked)), 0.5);
        assert_eq!(pause(7), Some(Duration::from_millis(7125)));
        assert_eq!(pause(30), Some(Duration::from_millis(30_125)));
        assert_eq!(pause(31), None);
        assert_eq!(policy.max_retry_after(Duration::MAX).pause(1, Some(Duration::MAX), 1.0), Some(Duration::MAX));
    }

    #[test]
    fn a_call_is_made_once_at_least() {
        assert!(!RetryPolicy::never().goes_on(1));
        assert!(!RetryPolicy::default().max_attempts(0).goes_on(1));
        assert!(RetryPolicy::default().goes_on(2) && !RetryPolicy::default().goes_on(3));
    }

    proptest! {
        #[test]
        fn no_policy_and_no_answer_make_a_panic_or_a_wait_beyond_their_bounds(
            first in any::<u64>(), most in any::<u64>(), longest in any::<u64>(), failures in any::<u32>(),
            wanted in any::<Option<u64>>(), chance in any::<f64>(),
        ) {
            let (most, longest) = (Duration::from_millis(most), Duration::from_millis(longest));
            let policy = RetryPolicy::default().initial_backoff(Duration::from_millis(first)).max_backoff(most).max_retry_after(longest);
            let asked_for = wanted.map(Duration::from_millis);
            match policy.pause(failures, asked_for, chance) {
                Some(pause) => prop_assert!(pause <= most.min(DAY).saturating_add(longest.min(asked_for.unwrap_or_default()))),
                None => prop_assert!(asked_for > Some(longest)),
            }
        }
    }
}
