//! What a failed fetch means for the next one.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use super::clock::Moment;
use crate::error::Error;

/// Asking for longer than this is not believed, and asking for less than that does not make a stampede.
const LONGEST: Duration = Duration::from_secs(600);
const SHORTEST: Duration = Duration::from_millis(250);

/// A failure, and the pause behind it.
pub(crate) struct Setback {
    pub(crate) error: Error,
    /// How many fetches failed in a row.
    pub(crate) failures: u32,
    /// Nothing is asked for before this.
    pub(crate) until: Moment,
}

impl Setback {
    /// After one more failure. `alive` is whether callers still have a token, `chance` a number from zero to one.
    pub(crate) fn after(previous: Option<&Self>, error: &Error, alive: bool, now: Moment, chance: f64) -> Self {
        let failures = previous.map_or(1, |previous| previous.failures.saturating_add(1));
        let refused = error.status().is_some_and(|status| matches!(status.as_u16(), 400 | 401 | 403));
        // Nobody waits while a token lives; wrong credentials do not get right within a second; for all else it is
        // worth asking again soon.
        let (first, most) = match (alive, refused) {
            (true, _) => (Duration::from_secs(5), Duration::from_secs(60)),
            (false, true) => (Duration::from_secs(1), Duration::from_secs(60)),
            (false, false) => (SHORTEST, Duration::from_secs(10)),
        };
        let grown = first.saturating_mul(1 << (failures - 1).min(16)).min(most);
        let pause = retry_after(error, now).unwrap_or_else(|| grown + grown.mul_f64(chance.clamp(0.0, 1.0) / 4.0));
        Self { error: error.clone(), failures, until: now.plus(pause) }
    }
}

/// What the service asks for: seconds, or a date.
fn retry_after(error: &Error, now: Moment) -> Option<Duration> {
    let text = error.headers().get("retry-after")?.to_str().ok()?.trim();
    let asked = match text.parse() {
        Ok(seconds) => Duration::from_secs(seconds),
        Err(_) => {
            let date = httpdate::parse_http_date(text).ok()?;
            let wall: SystemTime = UNIX_EPOCH.checked_add(now.wall)?;
            date.duration_since(wall).unwrap_or_default()
        }
    };
    Some(asked.clamp(SHORTEST, LONGEST))
}

#[cfg(test)]
mod tests {
    use reqwest::StatusCode;
    use reqwest::header::HeaderMap;

    use super::*;

    const NOW: Moment = Moment { steady: Duration::from_secs(9), wall: Duration::from_secs(1_700_000_000) };

    fn answer(status: u16, retry_after: Option<&str>) -> Error {
        let mut headers = HeaderMap::new();
        if let Some(text) = retry_after {
            headers.insert("retry-after", text.parse().unwrap());
        }
        Error::rejected(StatusCode::from_u16(status).unwrap(), headers, Vec::new(), std::iter::empty())
    }

    fn pauses(error: &Error, alive: bool, count: usize) -> Vec<Duration> {
        let mut last = None;
        let pause = |_| {
            let next = Setback::after(last.as_ref(), error, alive, NOW, 0.0);
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
        assert_eq!(pauses(&answer(503, None), true, 5), milliseconds(&[5000, 10_000, 20_000, 40_000, 60_000]));
        assert_eq!(pauses(&answer(503, None), false, 100)[99], Duration::from_secs(10));
    }

    #[test]
    fn what_the_service_asks_for_counts_first_within_reason() {
        let pause = |text: &str| pauses(&answer(503, Some(text)), false, 1)[0];
        assert_eq!(pause("7"), Duration::from_secs(7));
        assert_eq!(pause("0"), SHORTEST);
        assert_eq!(pause("99999999"), LONGEST);
        assert_eq!(pause("Tue, 14 Nov 2023 22:13:50 GMT"), Duration::from_secs(30));
        assert_eq!(pause("Tue, 14 Nov 2023 22:13:10 GMT"), SHORTEST);
        for nonsense in ["soon", "-1", "1.5", ""] {
            assert_eq!(pause(nonsense), SHORTEST, "{nonsense}");
        }
    }
}
