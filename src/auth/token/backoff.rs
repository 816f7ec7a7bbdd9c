//! What a failed fetch means for the next one.

use std::time::Duration;

use reqwest::StatusCode;

use crate::error::{Error, ErrorKind};
use crate::runtime::clock::share;
use crate::runtime::moment::Moment;

/// A `Retry-After` of more than this is not believed: it would be an outage of the client's own.
const LONGEST: Duration = Duration::from_secs(600);
/// No pause is shorter, whatever was asked for: without one, an outage would cost a request for each call.
const SHORTEST: Duration = Duration::from_millis(250);

/// The first pause while callers still have a token, and the bound that it doubles to: nobody waits for the next one.
const UNNOTICED: (Duration, Duration) = (Duration::from_secs(5), Duration::from_secs(60));
/// The same while callers wait, and the credentials were refused or the response cannot be read: that does not get better
/// within a second.
const REFUSED: (Duration, Duration) = (Duration::from_secs(1), Duration::from_secs(60));
/// The same while callers wait, for all else: it is worth asking again soon.
const NOTICED: (Duration, Duration) = (SHORTEST, Duration::from_secs(10));

/// A pause is longer by up to so much of itself, by jitter.
const SPREAD: f64 = 0.25;

/// A failure, and the pause behind it.
pub(super) struct Backoff {
    pub(super) error: Error,
    /// How many fetches failed in a row, while callers had a token or while they had none.
    pub(super) failures: u32,
    /// Nothing is asked for before this.
    pub(super) until: Moment,
    /// Whether callers had a token.
    alive: bool,
}

impl Backoff {
    /// After one more failure. `alive` is until when callers have a token that they need not wait for, `jitter` a number
    /// from zero to one.
    pub(super) fn after(
        previous: Option<&Self>,
        error: &Error,
        alive: Option<Moment>,
        now: Moment,
        jitter: f64,
    ) -> Self {
        // Failures that nobody noticed do not make those wait longer who notice the next one.
        let previous = previous.filter(|previous| previous.alive == alive.is_some());
        let failures = previous.map_or(1, |previous| previous.failures.saturating_add(1));
        // An answer that cannot be read will not get better within a second, and neither will wrong credentials, which some
        // services answer with 200.
        let refused = match error.kind() {
            ErrorKind::Decode => true,
            ErrorKind::Service if error.is_transient() => false,
            ErrorKind::Service => error.status().is_some_and(|status| status.is_success() || is_refusal(status)),
            _ => error.status().is_some_and(is_refusal),
        };
        let (first, most) = match (alive.is_some(), refused) {
            (true, _) => UNNOTICED,
            (false, true) => REFUSED,
            (false, false) => NOTICED,
        };
        let grown = first.saturating_mul(1 << (failures - 1).min(16)).min(most);
        let until = match (error.retry_after(), alive) {
            (Some(asked), _) => now.plus(asked.clamp(SHORTEST, LONGEST)),
            (None, alive) => {
                let until = now.plus(grown + grown.mul_f64(share(jitter) * SPREAD));
                // A pause that nobody notices ends where callers begin to wait, but is a pause all the same.
                alive.map_or(until, |alive| until.earlier(now.plus(alive.until(now).max(SHORTEST))))
            }
        };
        Self { error: error.remembered(), failures, until, alive: alive.is_some() }
    }
}

fn is_refusal(status: StatusCode) -> bool {
    matches!(status.as_u16(), 400 | 401 | 403)
}

#[cfg(test)]
mod tests {
    use reqwest::header::HeaderMap;

    use super::*;

    const NOW: Moment = Moment { steady: Duration::from_secs(9), wall: Duration::from_secs(1_700_000_000) };

    fn answer(status: u16, retry_after: Option<u64>) -> Error {
        let status = StatusCode::from_u16(status).unwrap();
        let error = Error::rejected(status, HeaderMap::new(), Vec::new(), &crate::error::Sent::default());
        match retry_after {
            Some(seconds) => error.retry_in(Duration::from_secs(seconds)),
            None => error,
        }
    }

    fn pauses(error: &Error, alive: bool, count: usize) -> Vec<Duration> {
        let mut last = None;
        let pause = |_| {
            let alive = alive.then(|| NOW.plus(Duration::from_secs(3600)));
            let next = Backoff::after(last.as_ref(), error, alive, NOW, 0.0);
            let pause = next.until.steady - NOW.steady;
            last = Some(next);
            pause
        };
        (0..count).map(pause).collect()
    }

    #[test]
    fn pauses_grow_up_to_a_bound_that_depends_on_who_waits_and_why() {
        let milliseconds = |list: &[u64]| list.iter().copied().map(Duration::from_millis).collect::<Vec<_>>();
        assert_eq!(pauses(&answer(503, None), false, 7), milliseconds(&[250, 500, 1000, 2000, 4000, 8000, 10_000]));
        assert_eq!(
            pauses(&answer(401, None), false, 7),
            milliseconds(&[1000, 2000, 4000, 8000, 16_000, 32_000, 60_000])
        );
        // Some services refuse credentials with 200, or say so that they are busy.
        let in_a_success = |code: &str| {
            let body = format!(r#"{{"error":"{code}"}}"#).into_bytes();
            Error::undecodable(StatusCode::OK, HeaderMap::new(), body, "it does not fit").or_refusal("hunter2")
        };
        assert_eq!(pauses(&in_a_success("invalid_client"), false, 2), milliseconds(&[1000, 2000]));
        assert_eq!(pauses(&in_a_success("temporarily_unavailable"), false, 2), milliseconds(&[250, 500]));
        assert_eq!(pauses(&answer(503, None), true, 5), milliseconds(&[5000, 10_000, 20_000, 40_000, 60_000]));
        assert_eq!(pauses(&answer(503, None), false, 100)[99], Duration::from_secs(10));
    }

    #[test]
    fn a_pause_ends_where_callers_begin_to_wait_and_the_next_one_is_short() {
        let (error, hard) = (answer(503, None), NOW.plus(Duration::from_secs(2)));
        let first = Backoff::after(None, &error, Some(hard), NOW, 1.0);
        assert_eq!(first.until, hard);
        let second = Backoff::after(Some(&first), &error, None, hard, 0.0);
        assert_eq!((second.until, second.failures), (hard.plus(SHORTEST), 1));
    }

    #[test]
    fn a_failure_just_before_callers_begin_to_wait_is_followed_by_a_pause_as_well() {
        let hard = NOW.plus(Duration::from_millis(20));
        assert_eq!(Backoff::after(None, &answer(503, None), Some(hard), NOW, 0.0).until, NOW.plus(SHORTEST));
    }

    #[test]
    fn what_the_service_asks_for_counts_first_within_reason() {
        let pause = |asked| pauses(&answer(503, Some(asked)), false, 1)[0];
        assert_eq!(pause(7), Duration::from_secs(7));
        assert_eq!(pause(0), SHORTEST);
        assert_eq!(pause(99_999_999), LONGEST);
    }
}
