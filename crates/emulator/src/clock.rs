//! What time it is in the emulator.

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use chrono::{DateTime, Datelike, SecondsFormat, TimeDelta, Timelike, Utc};
use serde::Serializer;

/// The last moment the emulator's clock can show: dates beyond have no ISO 8601 form that everybody reads.
const END: DateTime<Utc> = match DateTime::from_timestamp(253_402_300_799, 999_999_999) {
    Some(end) => end,
    None => DateTime::UNIX_EPOCH,
};

/// The first moment the emulator's clock can show: the town, which is older than its start, has dates before it.
const BEGINNING: DateTime<Utc> = match DateTime::from_timestamp(-62_000_000_000, 0) {
    Some(beginning) => beginning,
    None => DateTime::UNIX_EPOCH,
};

/// Reads a date as the APIs write dates, in the words of a refusal where it is none.
///
/// Takes what RFC 3339 calls a date-time, in years 1 to 9999 both as it is written and in UTC. A second 60 is refused
/// although section 5.7 has it for leap seconds: JavaScript reads such a date as none, and which leap seconds are still to
/// come nobody knows. chrono takes it in any minute.
pub(crate) fn parse(text: &str) -> Result<DateTime<Utc>, &'static str> {
    const FORM: &str = "must be an ISO 8601 date such as 2020-01-15T14:08:47.000Z";
    // chrono reads U+2212 as a minus, too.
    let date = DateTime::parse_from_rfc3339(text).ok().filter(|_| text.is_ascii()).ok_or(FORM)?;
    if date.nanosecond() >= 1_000_000_000 {
        return Err("must not have a second 60: the last second of a minute is 59");
    }
    let in_range = |year| (1..=9999).contains(&year);
    if !in_range(date.year()) || !in_range(date.to_utc().year()) {
        return Err("must lie in the years 1 to 9999, in UTC as well");
    }
    Ok(date.to_utc())
}

/// Reads where a clock is to begin: a date-time, or the day at whose midnight in UTC it does.
#[doc(hidden)]
pub fn parse_start(text: &str) -> Result<DateTime<Utc>, String> {
    let is_day = text.len() == "2030-06-01".len() && !text.contains(['T', 't', ' ']);
    let moment = if is_day { parse(&format!("{text}T00:00:00Z")) } else { parse(text) };
    let moment = moment.map_err(|rule| format!("{rule} (or a day such as 2030-06-01)"))?;
    if (BEGINNING..=END).contains(&moment) { Ok(moment) } else { Err("must lie in the years 6 to 9999".to_owned()) }
}

/// Leap seconds, which chrono can hold and the APIs cannot write, belong to the next minute.
fn without_leap_second(moment: DateTime<Utc>) -> DateTime<Utc> {
    let over = moment.timestamp_subsec_nanos().checked_sub(1_000_000_000);
    over.and_then(|nanos| DateTime::from_timestamp(moment.timestamp() + 1, nanos)).unwrap_or(moment)
}

/// The emulator's only source of time: it runs as fast as it is told to, stands still, and can be put forward.
///
/// Everything that depends on time (a token's end, a key's state, a connection that comes up) asks this clock when
/// somebody looks. No background task could lag behind a clock that was moved.
pub(crate) struct Clock(Mutex<Hand>);

/// At `since` on the machine's clock it was `at` here.
#[derive(Clone, Copy)]
struct Hand {
    at: DateTime<Utc>,
    since: Instant,
    speed: f64,
}

impl Hand {
    fn read(&self, instant: Instant) -> DateTime<Utc> {
        let passed = instant.saturating_duration_since(self.since).as_secs_f64() * self.speed;
        let passed = Duration::try_from_secs_f64(passed).unwrap_or(Duration::MAX);
        later(self.at, passed)
    }
}

fn later(at: DateTime<Utc>, by: Duration) -> DateTime<Utc> {
    let by = TimeDelta::from_std(by).ok();
    by.and_then(|by| at.checked_add_signed(by)).map_or(END, |at| at.min(END))
}

impl Clock {
    /// A clock that begins at `at`, or with the machine's time.
    pub(crate) fn new(at: Option<DateTime<Utc>>, speed: f64) -> Self {
        let at = without_leap_second(at.unwrap_or_else(Utc::now)).clamp(BEGINNING, END);
        Self(Mutex::new(Hand { at, since: Instant::now(), speed: sensible(speed) }))
    }

    pub(crate) fn now(&self) -> DateTime<Utc> {
        self.read().0
    }

    /// The time, and how fast it passes.
    pub(crate) fn read(&self) -> (DateTime<Utc>, f64) {
        self.change(|_| {})
    }

    pub(crate) fn set_speed(&self, speed: f64) {
        self.change(|hand| hand.speed = sensible(speed));
    }

    pub(crate) fn advance(&self, by: Duration) {
        self.change(|hand| hand.at = later(hand.at, by));
    }

    /// Puts the clock forward to this moment; never back. Whether it could.
    pub(crate) fn advance_to(&self, moment: DateTime<Utc>) -> bool {
        let moment = without_leap_second(moment);
        let mut done = false;
        self.change(|hand| {
            done = (hand.at..=END).contains(&moment);
            if done {
                hand.at = moment;
            }
        });
        done
    }

    fn change(&self, change: impl FnOnce(&mut Hand)) -> (DateTime<Utc>, f64) {
        let mut hand = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let instant = Instant::now();
        let mut new = Hand { at: hand.read(instant), since: instant, ..*hand };
        let asked = new.at;
        change(&mut new);
        // Reading must not move the anchor: rounding would add up.
        if new.at != asked || new.speed != hand.speed {
            *hand = new;
        }
        (new.at, new.speed)
    }
}

/// Time does not run backwards, and not infinitely fast.
fn sensible(speed: f64) -> f64 {
    if speed.is_nan() { 1.0 } else { speed.clamp(0.0, 1e9) }
}

/// The form all dates of the API have: `2020-01-15T14:08:47.000Z`.
pub(crate) fn serialize<S: Serializer>(date: &DateTime<Utc>, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(&text(*date))
}

/// A date that may be null. Null is written out, as the documentation's examples do.
pub(crate) fn serialize_nullable<S: Serializer>(
    date: &Option<DateTime<Utc>>,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    match date {
        Some(date) => serialize(date, serializer),
        None => serializer.serialize_none(),
    }
}

pub(crate) fn text(date: DateTime<Utc>) -> String {
    date.to_rfc3339_opts(SecondsFormat::Millis, true)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clock_that_stands_still_moves_only_when_it_is_put_forward() {
        let clock = Clock::new(Some(DateTime::UNIX_EPOCH), 0.0);
        assert_eq!(clock.now(), DateTime::UNIX_EPOCH);
        clock.advance(Duration::from_secs(7));
        assert_eq!(clock.now(), DateTime::UNIX_EPOCH + TimeDelta::seconds(7));
        assert!(!clock.advance_to(DateTime::UNIX_EPOCH), "it never goes back");
        assert!(clock.advance_to(DateTime::UNIX_EPOCH + TimeDelta::days(1)));
        assert_eq!(clock.now(), DateTime::UNIX_EPOCH + TimeDelta::days(1));
    }

    #[test]
    fn a_clock_runs_as_fast_as_it_is_told_to_and_never_jumps_when_that_changes() {
        let hand = Hand { at: DateTime::UNIX_EPOCH, since: Instant::now(), speed: 60.0 };
        assert_eq!(hand.read(hand.since + Duration::from_secs(2)), DateTime::UNIX_EPOCH + TimeDelta::minutes(2));
        let clock = Clock::new(Some(DateTime::UNIX_EPOCH), 1000.0);
        let before = clock.now();
        clock.set_speed(0.0);
        let stopped = clock.now();
        assert!(stopped >= before);
        assert_eq!(clock.now(), stopped);
    }

    #[test]
    fn a_date_is_an_rfc_3339_date_time_of_the_years_1_to_9999() {
        for good in [
            "0001-01-01T00:00:00Z",
            "2016-12-31T23:59:59.999999999Z",
            "2030-06-01t10:00:59.5z",
            "2030-06-01T10:00:00-00:00",
            "9999-12-31T23:59:59.999Z",
        ] {
            assert!(parse(good).is_ok(), "{good}");
        }
        for (bad, named) in [
            ("2030-06-01T10:00:60Z", "second 60"),
            ("2016-12-31T23:59:60Z", "second 60"),
            ("2016-12-31T23:59:60.25+00:00", "second 60"),
            ("2017-01-01T05:29:60+05:30", "second 60"),
            ("2030-06-01T10:00:61Z", "ISO 8601"),
            ("0000-01-01T00:00:00Z", "years 1 to 9999"),
            ("0000-12-31T23:59:59-02:00", "years 1 to 9999"),
            ("0001-01-01T00:00:00+00:01", "years 1 to 9999"),
            ("9999-12-31T23:59:59-14:00", "years 1 to 9999"),
            ("+12030-06-01T10:00:00Z", "ISO 8601"),
            ("2030-06-01T10:00:00\u{2212}02:00", "ISO 8601"),
            ("2030-06-01", "ISO 8601"),
            ("2030-02-29T00:00:00Z", "ISO 8601"),
            ("2030-06-01T10:00:00", "ISO 8601"),
            ("", "ISO 8601"),
        ] {
            assert!(parse(bad).is_err_and(|rule| rule.contains(named)), "{bad}: {:?}", parse(bad));
        }
    }

    #[test]
    fn a_clock_begins_on_a_day_or_at_a_moment_that_it_can_show() {
        assert_eq!(parse_start("2030-06-01"), parse_start("2030-06-01T02:00:00+02:00"));
        for bad in
            ["0005-01-01", "0000-06-01", "2030-06-01T10:00:60Z", "2030-6-1", "2030-06-31", "tomorrow", "12:00:00Z"]
        {
            assert!(parse_start(bad).is_err(), "{bad}");
        }
        for good in ["0006-01-01", "9999-12-31", "9999-12-31T23:59:59.999Z"] {
            assert!(parse_start(good).is_ok(), "{good}");
        }
    }

    #[test]
    fn no_clock_shows_a_leap_second() {
        let leap = DateTime::parse_from_rfc3339("2016-12-31T23:59:60.250Z").unwrap().to_utc();
        let clock = Clock::new(Some(leap), 0.0);
        assert_eq!(text(clock.now()), "2017-01-01T00:00:00.250Z");
        let other = DateTime::parse_from_rfc3339("2030-06-01T10:00:60Z").unwrap().to_utc();
        assert!(clock.advance_to(other));
        assert_eq!(text(clock.now()), "2030-06-01T10:01:00.000Z");
    }

    #[test]
    fn no_speed_and_no_jump_leads_beyond_the_last_date() {
        for speed in [f64::NAN, f64::INFINITY, -1.0, 1e300] {
            let clock = Clock::new(Some(END), speed);
            clock.advance(Duration::MAX);
            assert_eq!(clock.now(), END);
        }
        assert_eq!(Clock::new(Some(DateTime::<Utc>::MAX_UTC), 0.0).now(), END);
        assert_eq!(Clock::new(Some(DateTime::<Utc>::MIN_UTC), 0.0).now(), BEGINNING);
    }
}
