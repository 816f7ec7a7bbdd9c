//! Implements the emulator's clock, and the date format of the APIs.

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use chrono::{DateTime, Datelike, SecondsFormat, TimeDelta, Timelike, Utc};
use serde::Serializer;

/// Is the last moment of the clock. Later dates have five-digit years, which most ISO 8601 parsers reject.
const MAX_TIME: DateTime<Utc> = match DateTime::from_timestamp(253_402_300_799, 999_999_999) {
    Some(max) => max,
    None => DateTime::UNIX_EPOCH,
};

/// Is the first moment of the clock, in year 5. The sample data has dates before the start, and years must not reach 0.
const MIN_TIME: DateTime<Utc> = match DateTime::from_timestamp(-62_000_000_000, 0) {
    Some(min) => min,
    None => DateTime::UNIX_EPOCH,
};

/// Parses a date of a request. The error is the rule that the text breaks, as the rest of a sentence.
///
/// Accepts an RFC 3339 date-time whose year is from 1 to 9999, as written and in UTC. A second 60 is refused although
/// RFC 3339, section 5.7, allows leap seconds: JavaScript cannot parse it, future leap seconds are unknown, and chrono
/// would accept it in any minute.
pub(crate) fn parse(text: &str) -> Result<DateTime<Utc>, &'static str> {
    const FORM: &str = "must be an ISO 8601 date such as 2020-01-15T14:08:47.000Z";
    // chrono accepts U+2212 as a minus sign, RFC 3339 does not.
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

/// Parses the start time of a clock: a date-time, or a day, which means midnight UTC.
#[doc(hidden)]
pub fn parse_start(text: &str) -> Result<DateTime<Utc>, String> {
    let is_day = text.len() == "2030-06-01".len() && !text.contains(['T', 't', ' ']);
    let moment = if is_day { parse(&format!("{text}T00:00:00Z")) } else { parse(text) };
    let moment = moment.map_err(|rule| format!("{rule} (or a day such as 2030-06-01)"))?;
    if (MIN_TIME..=MAX_TIME).contains(&moment) { Ok(moment) } else { Err("must lie in the years 6 to 9999".to_owned()) }
}

/// Moves a leap second into the next minute: chrono can hold it, but the APIs cannot write it.
fn without_leap_second(moment: DateTime<Utc>) -> DateTime<Utc> {
    let over = moment.timestamp_subsec_nanos().checked_sub(1_000_000_000);
    over.and_then(|nanos| DateTime::from_timestamp(moment.timestamp() + 1, nanos)).unwrap_or(moment)
}

/// Is the emulator's only source of time. It can run at any speed, stop, and be advanced.
///
/// Everything that depends on time (expiry of tokens, states of keys and vendor connections) is computed from this
/// clock on each read. A background task could lag behind a clock that was advanced.
pub(crate) struct Clock(Mutex<Reading>);

/// Anchors the clock: at the instant `since` of the machine's clock, the emulator's time was `at`.
#[derive(Clone, Copy)]
struct Reading {
    at: DateTime<Utc>,
    since: Instant,
    speed: f64,
}

impl Reading {
    fn read(&self, instant: Instant) -> DateTime<Utc> {
        let passed = instant.saturating_duration_since(self.since).as_secs_f64() * self.speed;
        let passed = Duration::try_from_secs_f64(passed).unwrap_or(Duration::MAX);
        add_clamped(self.at, passed)
    }
}

fn add_clamped(at: DateTime<Utc>, by: Duration) -> DateTime<Utc> {
    let by = TimeDelta::from_std(by).ok();
    by.and_then(|by| at.checked_add_signed(by)).map_or(MAX_TIME, |at| at.min(MAX_TIME))
}

impl Clock {
    /// Creates a clock that starts at `at`, or at the machine's time.
    pub(crate) fn new(at: Option<DateTime<Utc>>, speed: f64) -> Self {
        let at = without_leap_second(at.unwrap_or_else(Utc::now)).clamp(MIN_TIME, MAX_TIME);
        Self(Mutex::new(Reading { at, since: Instant::now(), speed: clamp_speed(speed) }))
    }

    pub(crate) fn now(&self) -> DateTime<Utc> {
        self.read().0
    }

    /// Returns the time and the speed.
    pub(crate) fn read(&self) -> (DateTime<Utc>, f64) {
        self.change(|_| {})
    }

    pub(crate) fn set_speed(&self, speed: f64) {
        self.change(|reading| reading.speed = clamp_speed(speed));
    }

    pub(crate) fn advance(&self, by: Duration) {
        self.change(|reading| reading.at = add_clamped(reading.at, by));
    }

    /// Advances the clock to this moment. Returns false, and changes nothing, if the moment is past or after year 9999.
    pub(crate) fn advance_to(&self, moment: DateTime<Utc>) -> bool {
        let moment = without_leap_second(moment);
        let mut done = false;
        self.change(|reading| {
            done = (reading.at..=MAX_TIME).contains(&moment);
            if done {
                reading.at = moment;
            }
        });
        done
    }

    fn change(&self, change: impl FnOnce(&mut Reading)) -> (DateTime<Utc>, f64) {
        let mut reading = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let instant = Instant::now();
        let mut new = Reading { at: reading.read(instant), since: instant, ..*reading };
        let before = new.at;
        change(&mut new);
        // Reads must not move the anchor, because rounding errors would add up.
        if new.at != before || new.speed != reading.speed {
            *reading = new;
        }
        (new.at, new.speed)
    }
}

/// Limits the speed to the supported range, 0 to 1e9. NaN becomes 1.
fn clamp_speed(speed: f64) -> f64 {
    if speed.is_nan() { 1.0 } else { speed.clamp(0.0, 1e9) }
}

/// Serializes a date in the format of the API: `2020-01-15T14:08:47.000Z`.
pub(crate) fn serialize<S: Serializer>(date: &DateTime<Utc>, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(&to_iso_8601(*date))
}

/// Serializes a nullable date. `None` becomes null, as in the documentation's examples.
pub(crate) fn serialize_nullable<S: Serializer>(
    date: &Option<DateTime<Utc>>,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    match date {
        Some(date) => serialize(date, serializer),
        None => serializer.serialize_none(),
    }
}

/// Formats a date as the APIs do, with milliseconds and `Z`.
pub(crate) fn to_iso_8601(date: DateTime<Utc>) -> String {
    date.to_rfc3339_opts(SecondsFormat::Millis, true)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stopped_clock_moves_only_when_advanced() {
        let clock = Clock::new(Some(DateTime::UNIX_EPOCH), 0.0);
        assert_eq!(clock.now(), DateTime::UNIX_EPOCH);
        clock.advance(Duration::from_secs(7));
        assert_eq!(clock.now(), DateTime::UNIX_EPOCH + TimeDelta::seconds(7));
        assert!(!clock.advance_to(DateTime::UNIX_EPOCH), "it never goes back");
        assert!(clock.advance_to(DateTime::UNIX_EPOCH + TimeDelta::days(1)));
        assert_eq!(clock.now(), DateTime::UNIX_EPOCH + TimeDelta::days(1));
    }

    #[test]
    fn a_clock_runs_at_its_speed_and_does_not_jump_when_the_speed_changes() {
        let reading = Reading { at: DateTime::UNIX_EPOCH, since: Instant::now(), speed: 60.0 };
        assert_eq!(reading.read(reading.since + Duration::from_secs(2)), DateTime::UNIX_EPOCH + TimeDelta::minutes(2));
        let clock = Clock::new(Some(DateTime::UNIX_EPOCH), 1000.0);
        let before = clock.now();
        clock.set_speed(0.0);
        let stopped = clock.now();
        assert!(stopped >= before);
        assert_eq!(clock.now(), stopped);
    }

    #[test]
    fn parses_rfc_3339_date_times_of_years_1_to_9999() {
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
    fn parses_a_start_as_a_day_or_a_date_time() {
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
    fn a_leap_second_counts_as_the_next_minute() {
        let leap = DateTime::parse_from_rfc3339("2016-12-31T23:59:60.250Z").unwrap().to_utc();
        let clock = Clock::new(Some(leap), 0.0);
        assert_eq!(to_iso_8601(clock.now()), "2017-01-01T00:00:00.250Z");
        let other = DateTime::parse_from_rfc3339("2030-06-01T10:00:60Z").unwrap().to_utc();
        assert!(clock.advance_to(other));
        assert_eq!(to_iso_8601(clock.now()), "2030-06-01T10:01:00.000Z");
    }

    #[test]
    fn the_clock_never_leaves_its_range() {
        for speed in [f64::NAN, f64::INFINITY, -1.0, 1e300] {
            let clock = Clock::new(Some(MAX_TIME), speed);
            clock.advance(Duration::MAX);
            assert_eq!(clock.now(), MAX_TIME);
        }
        assert_eq!(Clock::new(Some(DateTime::<Utc>::MAX_UTC), 0.0).now(), MAX_TIME);
        assert_eq!(Clock::new(Some(DateTime::<Utc>::MIN_UTC), 0.0).now(), MIN_TIME);
    }
}
