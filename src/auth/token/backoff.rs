//! Computes the pause after a failed fetch.

use std::time::Duration;

use ::http::StatusCode;

use crate::error::{Error, ErrorKind};
use crate::runtime::clock::share;
use crate::runtime::moment::Moment;

/// Limits the `Retry-After` of a token endpoint.
// A longer one is not believed: it would keep the client down long after the service is back.
const MAX_RETRY_AFTER: Duration = Duration::from_secs(600);
/// Is the shortest pause, whatever `Retry-After` says.
// `Retry-After: 0` would otherwise turn an outage into a token request for each call.
const MIN_PAUSE: Duration = Duration::from_millis(250);

/// Gives the first pause and the longest one while callers still have a token.
// Nobody waits for the next fetch, so there is no reason to press a token endpoint that fails.
const WITH_TOKEN: (Duration, Duration) = (Duration::from_secs(5), Duration::from_secs(60));
/// Gives them while callers wait, and the credentials were refused or the response cannot be decoded.
// Neither gets better within a second: somebody has to correct the credentials, or the service.
const REFUSED: (Duration, Duration) = (Duration::from_secs(1), Duration::from_secs(60));
/// Gives them while callers wait and the failure is of any other kind.
// An outage can end at any time, and each call fails until the next fetch: hence a short first pause.
const WITHOUT_TOKEN: (Duration, Duration) = (MIN_PAUSE, Duration::from_secs(10));

/// Lengthens a pause by up to this part of itself.
// Programs that saw the same outage would otherwise come back at the same moment.
const JITTER: f64 = 0.25;

/// Holds a failure and the pause after it.
pub(super) struct Backoff {
    pub(super) error: Error,
    /// Counts the failures in a row, apart for callers with a token and callers without.
    pub(super) failures: u32,
    /// Is the earliest time of the next fetch.
    pub(super) until: Moment,
    /// Is set if callers had a token when the fetch failed.
    had_token: bool,
}

impl Backoff {
    /// Computes the pause after one more failure.
    ///
    /// `usable_until` is when callers begin to wait, if they have a token now. `jitter` is a number from zero to one.
    pub(super) fn after_failure(
        previous: Option<&Self>,
        error: &Error,
        usable_until: Option<Moment>,
        now: Moment,
        jitter: f64,
    ) -> Self {
        // Background failures that nobody noticed must not lengthen the first pause of callers that do wait.
        let previous = previous.filter(|previous| previous.had_token == usable_until.is_some());
        let failures = previous.map_or(1, |previous| previous.failures.saturating_add(1));
        let refused = match error.kind() {
            ErrorKind::Decode => true,
            // Status 503, or an OAuth error such as `temporarily_unavailable` in a 200: an outage, not a refusal.
            ErrorKind::Service if error.is_transient() => false,
            // Some services refuse credentials with status 200 and an OAuth error in the body.
            ErrorKind::Service => error.status().is_some_and(|status| status.is_success() || is_refusal(status)),
            _ => error.status().is_some_and(is_refusal),
        };
        let (initial, max) = match (usable_until.is_some(), refused) {
            (true, _) => WITH_TOKEN,
            (false, true) => REFUSED,
            (false, false) => WITHOUT_TOKEN,
        };
        // 2^16 times the first pause is beyond every maximum; the bound keeps the shift from overflowing.
        let doubled = initial.saturating_mul(1 << (failures - 1).min(16)).min(max);
        let until = match (error.retry_after(), usable_until) {
            // The service knows best when it is back, so `Retry-After` wins and gets no jitter.
            (Some(requested), _) => now.plus(requested.clamp(MIN_PAUSE, MAX_RETRY_AFTER)),
            (None, usable_until) => {
                let until = now.plus(doubled + doubled.mul_f64(share(jitter) * JITTER));
                // A background pause ends where callers begin to wait, so that it delays none of them. The minimum
                // stays: a failure just before that moment would otherwise be followed by the next fetch within
                // milliseconds.
                usable_until.map_or(until, |end| until.earlier(now.plus(end.until(now).max(MIN_PAUSE))))
            }
        };
        Self { error: error.remembered(), failures, until, had_token: usable_until.is_some() }
    }
}

fn is_refusal(status: StatusCode) -> bool {
    // RFC 6749, section 5.2: 400 for most errors, and 401 for `invalid_client`. Gateways send 403 instead.
    matches!(status.as_u16(), 400 | 401 | 403)
}

#[cfg(test)]
mod tests {
    use ::http::header::HeaderMap;

    use super::*;

    const NOW: Moment = Moment { steady: Duration::from_secs(9), wall: Duration::from_secs(1_700_000_000) };

    fn response(status: u16, retry_after: Option<u64>) -> Error {
        let status = StatusCode::from_u16(status).unwrap();
        let error = Error::rejected(status, HeaderMap::new(), Vec::new(), &crate::error::Sent::default());
        match retry_after {
            Some(seconds) => error.retry_in(Duration::from_secs(seconds)),
            None => error,
        }
    }

    fn pauses(error: &Error, has_token: bool, count: usize) -> Vec<Duration> {
        let mut last = None;
        let pause = |_| {
            let usable_until = has_token.then(|| NOW.plus(Duration::from_secs(3600)));
            let next = Backoff::after_failure(last.as_ref(), error, usable_until, NOW, 0.0);
            let pause = next.until.steady - NOW.steady;
            last = Some(next);
            pause
        };
        (0..count).map(pause).collect()
    }

    #[test]
    fn doubles_pauses_up_to_a_maximum_that_depends_on_the_error_and_on_who_waits() {
        let milliseconds = |list: &[u64]| list.iter().copied().map(Duration::from_millis).collect::<Vec<_>>();
        assert_eq!(pauses(&response(503, None), false, 7), milliseconds(&[250, 500, 1000, 2000, 4000, 8000, 10_000]));
        assert_eq!(
            pauses(&response(401, None), false, 7),
            milliseconds(&[1000, 2000, 4000, 8000, 16_000, 32_000, 60_000])
        );
        // Some services send OAuth errors with status 200: refused credentials, or that they are busy.
        let with_status_200 = |code: &str| {
            let body = format!(r#"{{"error":"{code}"}}"#).into_bytes();
            Error::undecodable(StatusCode::OK, HeaderMap::new(), body, "it does not fit").or_refusal("hunter2")
        };
        assert_eq!(pauses(&with_status_200("invalid_client"), false, 2), milliseconds(&[1000, 2000]));
        assert_eq!(pauses(&with_status_200("temporarily_unavailable"), false, 2), milliseconds(&[250, 500]));
        assert_eq!(pauses(&response(503, None), true, 5), milliseconds(&[5000, 10_000, 20_000, 40_000, 60_000]));
        assert_eq!(pauses(&response(503, None), false, 100)[99], Duration::from_secs(10));
    }

    #[test]
    fn a_background_pause_ends_at_the_hard_window_and_the_next_pause_is_the_shortest() {
        let (error, hard) = (response(503, None), NOW.plus(Duration::from_secs(2)));
        let first = Backoff::after_failure(None, &error, Some(hard), NOW, 1.0);
        assert_eq!(first.until, hard);
        let second = Backoff::after_failure(Some(&first), &error, None, hard, 0.0);
        assert_eq!((second.until, second.failures), (hard.plus(MIN_PAUSE), 1));
    }

    #[test]
    fn a_failure_just_before_the_hard_window_is_followed_by_the_shortest_pause() {
        let hard = NOW.plus(Duration::from_millis(20));
        assert_eq!(Backoff::after_failure(None, &response(503, None), Some(hard), NOW, 0.0).until, NOW.plus(MIN_PAUSE));
    }

    #[test]
    fn retry_after_takes_precedence_within_its_limits() {
        let pause = |requested| pauses(&response(503, Some(requested)), false, 1)[0];
        assert_eq!(pause(7), Duration::from_secs(7));
        assert_eq!(pause(0), MIN_PAUSE);
        assert_eq!(pause(99_999_999), MAX_RETRY_AFTER);
    }
}
