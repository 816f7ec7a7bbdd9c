//! Computes the times of the week at which a key works.

use chrono::{DateTime, Datelike, NaiveTime, Offset, TimeDelta, TimeZone, Timelike, Utc};
use chrono_tz::Tz;
use serde::ser::SerializeMap;
use serde::{Serialize, Serializer};

pub(crate) const WEEKDAYS: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];

/// Holds at most one period for each weekday, Monday first, in the lock's time zone.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Recurrence([Option<Period>; 7]);

/// Is the period of one weekday.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Period {
    pub(crate) start_hour: u8,
    pub(crate) start_minute: u8,
    pub(crate) end_hour: u8,
    pub(crate) end_minute: u8,
}

impl Period {
    /// Returns start and end in minutes from midnight. A period that ends before it starts ends on the next day.
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

    /// Returns the periods with the names of their weekdays, Monday first.
    pub(crate) fn periods(&self) -> impl Iterator<Item = (&'static str, Period)> {
        WEEKDAYS.into_iter().zip(&self.0).filter_map(|(name, period)| Some((name, (*period)?)))
    }

    /// Returns whether a weekday has a period.
    pub(crate) fn has(&self, weekday: usize) -> bool {
        self.0.get(weekday).is_some_and(Option::is_some)
    }

    /// Returns a recurrence with one period.
    pub(crate) fn on(weekday: usize, [start_hour, start_minute, end_hour, end_minute]: [u8; 4]) -> Self {
        let mut recurrence = Self::default();
        recurrence.set(weekday, Period { start_hour, start_minute, end_hour, end_minute });
        recurrence
    }

    /// Returns whether a moment is in a period, in the lock's local time. Without any period there is no restriction.
    ///
    /// Local time decides on days with a clock change, too. In the hour that is skipped in spring no key works; in the
    /// hour that occurs twice in autumn a key works twice.
    pub(crate) fn contains(&self, now: DateTime<Utc>, time_zone: Tz) -> bool {
        if self.is_unrestricted() {
            return true;
        }
        let local = now.with_timezone(&time_zone);
        let minute = local.hour() * 60 + local.minute();
        let today = local.weekday().num_days_from_monday() as usize;
        // The longest period, from 24:59 to 24:58, ends two days after its own weekday.
        (0..=2).any(|days_ago| {
            self.0[(today + 7 - days_ago) % 7].is_some_and(|period| {
                let (start, end) = period.minutes();
                (start..end).contains(&(minute + days_ago as u32 * 24 * 60))
            })
        })
    }

    /// Returns the spans between two moments in which [`contains`](Self::contains) is true, at most 400 of them.
    pub(crate) fn spans(&self, from: DateTime<Utc>, to: DateTime<Utc>, time_zone: Tz) -> Vec<Span> {
        if self.is_unrestricted() {
            return vec![(from, to)];
        }
        let mut spans = Vec::new();
        for span in split_by_offset(from, to, time_zone) {
            self.spans_within(span, &mut spans);
        }
        spans.sort_unstable();
        // Merge: periods of adjacent days can overlap, or meet at midnight.
        spans.dedup_by(|next, earlier| {
            let touches = next.0 <= earlier.1;
            if touches {
                earlier.1 = earlier.1.max(next.1);
            }
            touches
        });
        // A recurrence has at most one period a day, so 400 are enough for a year.
        spans.truncate(400);
        spans
    }

    /// Adds the spans within a range of constant offset.
    fn spans_within(&self, (from, to, offset): OffsetSpan, spans: &mut Vec<Span>) {
        let local = |moment: DateTime<Utc>| (moment.naive_utc() + offset).date();
        // A period that began two days earlier can reach into this range: see `contains`.
        let mut day = local(from) - TimeDelta::days(2);
        while day <= local(to) {
            if let Some(period) = self.0[day.weekday().num_days_from_monday() as usize] {
                let at = |minutes: u32| {
                    let wall = day.and_time(NaiveTime::MIN) + TimeDelta::minutes(minutes.into());
                    (wall - offset).and_utc()
                };
                let (start, end) = period.minutes();
                let (start, end) = (at(start).max(from), at(end).min(to));
                if start < end {
                    spans.push((start, end));
                }
            }
            day += TimeDelta::days(1);
        }
    }

    fn is_unrestricted(&self) -> bool {
        self.0.iter().all(Option::is_none)
    }
}

/// Is the time from one moment until another, which is excluded.
pub(crate) type Span = (DateTime<Utc>, DateTime<Utc>);

/// Is a span of constant UTC offset, with this offset.
type OffsetSpan = (DateTime<Utc>, DateTime<Utc>, TimeDelta);

/// Splits a span at each change of the UTC offset.
fn split_by_offset(from: DateTime<Utc>, to: DateTime<Utc>, time_zone: Tz) -> Vec<OffsetSpan> {
    // The IANA database has no two changes within six hours that cancel each other, so this step misses none.
    const STEP: TimeDelta = TimeDelta::hours(6);
    let offset = |moment: DateTime<Utc>| {
        let offset = time_zone.offset_from_utc_datetime(&moment.naive_utc());
        TimeDelta::seconds(offset.fix().local_minus_utc().into())
    };
    let (mut split_by_offset, mut begin, mut at) = (Vec::new(), from, from);
    while at < to {
        let next = (at + STEP).min(to);
        if offset(at) == offset(next) {
            at = next;
            continue;
        }
        // Offsets change at whole seconds: find the first second with the new offset by bisection.
        let (mut before, mut after) = (at.timestamp(), next.timestamp());
        while after - before > 1 {
            let middle = before + (after - before) / 2;
            let is_before = DateTime::from_timestamp(middle, 0).is_none_or(|moment| offset(moment) == offset(at));
            *if is_before { &mut before } else { &mut after } = middle;
        }
        let change = DateTime::from_timestamp(after, 0).unwrap_or(next);
        split_by_offset.push((begin, change, offset(at)));
        (begin, at) = (change, change);
    }
    split_by_offset.push((begin, to, offset(begin)));
    split_by_offset
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
    use proptest::prelude::*;

    use super::*;

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().unwrap()
    }

    #[test]
    fn periods_are_in_the_locks_time_zone_in_summer_and_winter() {
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
    fn a_period_can_end_at_midnight_and_no_period_means_no_restriction() {
        let sundays = Recurrence::on(6, [0, 0, 24, 0]);
        assert!(sundays.contains(at("2026-11-22T23:59:59Z"), Tz::UTC));
        assert!(!sundays.contains(at("2026-11-23T00:00:00Z"), Tz::UTC));
        assert!(Recurrence::default().contains(at("2026-11-23T00:00:00Z"), Tz::UTC));
    }

    /// Compares `spans` with `contains` minute by minute, and one second before and after each start and end.
    fn assert_spans_match_contains(recurrence: &Recurrence, from: DateTime<Utc>, days: i64, time_zone: Tz) {
        let to = from + TimeDelta::days(days);
        let spans = recurrence.spans(from, to, time_zone);
        for (one, next) in spans.iter().zip(spans.iter().skip(1)) {
            assert!(one.1 < next.0, "{time_zone}: {one:?} is not apart from {next:?}");
        }
        let edges = spans.iter().flat_map(|(start, end)| [*start, *end]);
        let edges = edges.flat_map(|edge| [edge - TimeDelta::seconds(1), edge, edge + TimeDelta::seconds(1)]);
        let minutes = (0..days * 24 * 60).map(|minute| from + TimeDelta::minutes(minute));
        for moment in minutes.chain(edges).filter(|moment| (from..to).contains(moment)) {
            let drawn = spans.iter().any(|(start, end)| (*start..*end).contains(&moment));
            assert_eq!(drawn, recurrence.contains(moment, time_zone), "{moment} in {time_zone}: {recurrence:?}");
        }
    }

    /// Returns the moments between two years at which a zone's offset changes.
    fn changes(time_zone: Tz, years: [i32; 2]) -> Vec<DateTime<Utc>> {
        let [from, to] = years.map(|year| at(&format!("{year}-01-01T00:00:00Z")));
        split_by_offset(from, to, time_zone).into_iter().skip(1).map(|(begin, ..)| begin).collect()
    }

    #[test]
    fn spans_match_contains() {
        for nights in [Recurrence::on(6, [22, 0, 6, 0]), Recurrence::on(2, [24, 59, 24, 58])] {
            assert_spans_match_contains(&nights, at("2026-11-20T00:00:00Z"), 12, Tz::Europe__Oslo);
        }
    }

    #[test]
    fn a_skipped_hour_has_no_span_and_a_doubled_hour_has_two() {
        let night = |period| Recurrence::on(6, period);
        let spans = |period, day: &str| {
            let from = at(&format!("{day}T00:00:00Z"));
            let spans = night(period).spans(from, from + TimeDelta::hours(12), Tz::Europe__Oslo);
            spans
                .into_iter()
                .map(|(start, end)| [start, end].map(|at| at.format("%H:%M").to_string()))
                .collect::<Vec<_>>()
        };
        let drawn = |times: &[[&str; 2]]| times.iter().map(|span| span.map(str::to_owned)).collect::<Vec<_>>();
        // On this day in spring, Oslo has no time from 2:00 to 3:00.
        for (period, times) in
            [([2, 15, 2, 45], &[][..]), ([2, 30, 4, 0], &[["01:00", "02:00"]]), ([1, 0, 2, 30], &[["00:00", "01:00"]])]
        {
            assert_eq!(spans(period, "2030-03-31"), drawn(times), "{period:?}");
        }
        // On this day in autumn, it is 2:00 twice in Oslo: at 0:00 and at 1:00 UTC.
        for (period, times) in [
            ([2, 15, 2, 45], &[["00:15", "00:45"], ["01:15", "01:45"]][..]),
            ([2, 30, 4, 0], &[["00:30", "01:00"], ["01:30", "03:00"]]),
            ([1, 0, 2, 30], &[["00:00", "00:30"], ["01:00", "01:30"]]),
        ] {
            assert_eq!(spans(period, "2030-10-27"), drawn(times), "{period:?}");
        }
    }

    #[test]
    fn spans_match_contains_around_every_clock_change() {
        let week = |period: [u8; 4]| {
            let [start_hour, start_minute, end_hour, end_minute] = period;
            Recurrence([Some(Period { start_hour, start_minute, end_hour, end_minute }); 7])
        };
        // Changes by an hour, by half an hour, at midnight, for Ramadan, by a whole day, and by seconds (Amsterdam,
        // 1937).
        for (time_zone, years) in [
            (Tz::Europe__Oslo, [2029, 2032]),
            (Tz::Europe__London, [1995, 1997]),
            (Tz::America__New_York, [2006, 2008]),
            (Tz::Australia__Lord_Howe, [2026, 2028]),
            (Tz::America__Sao_Paulo, [2016, 2018]),
            (Tz::Africa__Casablanca, [2026, 2028]),
            (Tz::Pacific__Apia, [2011, 2013]),
            (Tz::Europe__Amsterdam, [1936, 1941]),
        ] {
            let changes = changes(time_zone, years);
            assert!(!changes.is_empty(), "{time_zone}");
            for change in changes {
                let from = change - TimeDelta::days(2) + TimeDelta::seconds(17);
                for period in [[2, 15, 2, 45], [2, 30, 4, 0], [0, 0, 24, 0], [23, 30, 0, 30], [1, 59, 2, 0]] {
                    assert_spans_match_contains(&week(period), from, 4, time_zone);
                }
            }
        }
    }

    fn period() -> impl Strategy<Value = Option<Period>> {
        let period = (0..=24_u8, 0..60_u8, 0..=24_u8, 0..60_u8);
        proptest::option::of(period.prop_map(|(start_hour, start_minute, end_hour, end_minute)| Period {
            start_hour,
            start_minute,
            end_hour,
            end_minute,
        }))
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(48) })]

        #[test]
        fn spans_match_contains_in_every_zone(
            time_zone in proptest::sample::select(&chrono_tz::TZ_VARIANTS[..]),
            days in proptest::array::uniform7(period()),
            year in 1970..2037_i32,
            near in any::<proptest::sample::Index>(),
            off in -4 * 24 * 3600..4 * 24 * 3600_i64,
        ) {
            // Near a clock change, if the zone has one in this year.
            let changes = changes(time_zone, [year, year + 1]);
            let change = if changes.is_empty() { at("2030-01-01T00:00:00Z") } else { changes[near.index(changes.len())] };
            assert_spans_match_contains(&Recurrence(days), change + TimeDelta::seconds(off), 5, time_zone);
        }
    }
}
