//! When within a week a key works.

use chrono::{DateTime, Datelike, TimeDelta, Timelike, Utc};
use chrono_tz::Tz;
use serde::ser::SerializeMap;
use serde::{Serialize, Serializer};

pub(crate) const WEEKDAYS: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];

/// At most one period for each weekday, Monday first, in the lock's time zone.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Recurrence([Option<Period>; 7]);

/// A weekday's period.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Period {
    pub(crate) start_hour: u8,
    pub(crate) start_minute: u8,
    pub(crate) end_hour: u8,
    pub(crate) end_minute: u8,
}

impl Period {
    /// Start and end in minutes from the day's midnight. A period that ends before it starts ends on the next day.
    fn minutes(self) -> (u32, u32) {
        let start = u32::from(self.start_hour) * 60 + u32::from(self.start_minute);
        let end = u32::from(self.end_hour) * 60 + u32::from(self.end_minute);
        (start, if end < start { end + 24 * 60 } else { end })
    }
}

impl Recurrence {
    pub(crate) fn set(&mut self, weekday: usize, period: Period) {
        if let Some(day) = self.0.get_mut(weekday) {
            *day = Some(period);
        }
    }

    pub(crate) fn on(weekday: usize, [start_hour, start_minute, end_hour, end_minute]: [u8; 4]) -> Self {
        let mut recurrence = Self::default();
        recurrence.set(weekday, Period { start_hour, start_minute, end_hour, end_minute });
        recurrence
    }

    /// Whether this moment is in a period, by the clocks on the wall of the lock. Without any period there is no
    /// restriction: an empty object is as good as none.
    pub(crate) fn contains(&self, now: DateTime<Utc>, time_zone: Tz) -> bool {
        if self.0.iter().all(Option::is_none) {
            return true;
        }
        let local = now.with_timezone(&time_zone);
        let minute = local.hour() * 60 + local.minute();
        let today = local.weekday().num_days_from_monday() as usize;
        let is_in = |day: usize, minute: u32| {
            self.0[day].is_some_and(|period| {
                let (start, end) = period.minutes();
                (start..end).contains(&minute)
            })
        };
        is_in(today, minute) || is_in((today + 6) % 7, minute + 24 * 60)
    }

    /// The spans in which the key works between two moments, to be drawn. At most 400, whoever asks for how long.
    pub(crate) fn spans(
        &self,
        from: DateTime<Utc>,
        to: DateTime<Utc>,
        time_zone: Tz,
    ) -> Vec<(DateTime<Utc>, DateTime<Utc>)> {
        if self.0.iter().all(Option::is_none) {
            return vec![(from, to)];
        }
        let mut day = from.with_timezone(&time_zone).date_naive() - TimeDelta::days(1);
        let last = to.with_timezone(&time_zone).date_naive();
        let mut spans = Vec::new();
        while day <= last && spans.len() < 400 {
            if let Some(period) = self.0[day.weekday().num_days_from_monday() as usize] {
                let (start, end) = period.minutes();
                let at = |minutes: u32| {
                    let local = day.and_time(chrono::NaiveTime::MIN) + TimeDelta::minutes(minutes.into());
                    // An hour that the summer time leaves out begins when it ends.
                    let shifted = local + TimeDelta::hours(1);
                    let zoned = local.and_local_timezone(time_zone).earliest();
                    zoned.or_else(|| shifted.and_local_timezone(time_zone).earliest()).map(|date| date.to_utc())
                };
                if let (Some(start), Some(end)) = (at(start), at(end)) {
                    let (start, end) = (start.max(from), end.min(to));
                    if start < end {
                        spans.push((start, end));
                    }
                }
            }
            day += TimeDelta::days(1);
        }
        spans
    }
}

impl Serialize for Recurrence {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        for (name, period) in WEEKDAYS.iter().zip(&self.0) {
            if let Some(period) = period {
                map.serialize_entry(name, period)?;
            }
        }
        map.end()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().unwrap()
    }

    #[test]
    fn a_period_is_meant_in_the_locks_time_zone_in_summer_and_in_winter() {
        // 8:00 to 11:30 on Mondays, in Oslo: an hour ahead of UTC in winter, two in summer.
        let mornings = Recurrence::on(0, [8, 0, 11, 30]);
        let works = |text| mornings.contains(at(text), Tz::Europe__Oslo);
        for (inside, outside) in [
            ("2026-01-05T07:00:00Z", "2026-01-05T06:59:00Z"),
            ("2026-07-06T06:00:00Z", "2026-07-06T05:59:00Z"),
            ("2026-07-06T09:29:59Z", "2026-07-06T09:30:00Z"),
            ("2026-01-05T10:29:59Z", "2026-01-06T08:00:00Z"),
        ] {
            assert!(works(inside), "{inside}");
            assert!(!works(outside), "{outside}");
        }
    }

    #[test]
    fn a_period_that_ends_before_it_starts_ends_on_the_next_day() {
        let nights = Recurrence::on(6, [22, 0, 6, 0]);
        let works = |text| nights.contains(at(text), Tz::UTC);
        assert!(works("2026-11-22T23:00:00Z") && works("2026-11-23T05:59:00Z"));
        assert!(!works("2026-11-22T21:59:00Z") && !works("2026-11-23T06:00:00Z") && !works("2026-11-23T23:00:00Z"));
    }

    #[test]
    fn a_day_can_last_until_midnight_and_no_period_at_all_is_no_restriction() {
        let sundays = Recurrence::on(6, [0, 0, 24, 0]);
        assert!(sundays.contains(at("2026-11-22T23:59:59Z"), Tz::UTC));
        assert!(!sundays.contains(at("2026-11-23T00:00:00Z"), Tz::UTC));
        assert!(Recurrence::default().contains(at("2026-11-23T00:00:00Z"), Tz::UTC));
    }

    #[test]
    fn spans_are_what_contains_says() {
        let nights = Recurrence::on(6, [22, 0, 6, 0]);
        let (from, to) = (at("2026-11-20T00:00:00Z"), at("2026-12-01T12:00:00Z"));
        let spans = nights.spans(from, to, Tz::Europe__Oslo);
        assert_eq!(spans.len(), 2);
        let mut minute = from;
        while minute < to {
            let drawn = spans.iter().any(|(start, end)| (*start..*end).contains(&minute));
            assert_eq!(drawn, nights.contains(minute, Tz::Europe__Oslo), "{minute}");
            minute += TimeDelta::minutes(1);
        }
    }
}
