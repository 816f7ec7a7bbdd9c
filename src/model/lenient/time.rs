//! Deserializes times of responses leniently, and truncates times of requests to milliseconds.

use std::fmt;

use chrono::{DateTime, Datelike, Timelike, Utc};
use serde::de::{Error, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::{FieldType, filled_or};
use crate::model::nullable::Nullable;

const TIME: &str = "an RFC 3339 date and time";

/// Reads a time. Where the field is optional, an empty string counts as absent, as null does.
///
/// Services write an empty string for an `end` that does not exist, as they do for a cursor.
pub(crate) fn time<'de, D: Deserializer<'de>, T: FieldType<DateTime<Utc>>>(deserializer: D) -> Result<T, D::Error> {
    struct TimeVisitor;

    impl Visitor<'_> for TimeVisitor {
        // A time, or what was there in its place, for the message.
        type Value = Result<DateTime<Utc>, &'static str>;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str(TIME)
        }

        fn visit_str<E: Error>(self, text: &str) -> Result<Self::Value, E> {
            // Nearly all times are in RFC 3339 form, for which chrono has a parser that is much faster than `FromStr`,
            // which it gives to serde. `FromStr` also takes months and days of one digit, so it is the second chance.
            match DateTime::parse_from_rfc3339(text).or_else(|_| text.parse()) {
                Ok(time) => Ok(Ok(time.to_utc())),
                Err(_) if text.trim().is_empty() => Ok(Err("an empty string")),
                // All else is an error: `never` or `-` could as well be a slip, and a key would seem to last for ever.
                Err(error) => beyond(text).map(Ok).ok_or_else(|| E::custom(error)),
            }
        }

        fn visit_unit<E>(self) -> Result<Self::Value, E> {
            Ok(Err("null"))
        }

        fn visit_none<E>(self) -> Result<Self::Value, E> {
            Ok(Err("null"))
        }
    }

    match deserializer.deserialize_any(TimeVisitor)? {
        Ok(time) => filled_or(Some(time), "", TIME),
        Err(nothing) => filled_or(None, nothing, TIME),
    }
}

/// Returns the greatest or least time that chrono can hold, for a time whose year it cannot hold.
///
/// Services written in JavaScript write "for ever" as its greatest date, +275760-09-13 (ECMA-262, section 21.4.1.1).
/// Such a key must not fail the list that it is in, and must not end earlier than any other key.
fn beyond(text: &str) -> Option<DateTime<Utc>> {
    // +275760-09-13T00:00:00.000Z: ISO 8601 requires the sign for years of more than four digits.
    let (sign, rest) = text.split_at_checked(1)?;
    let (year, rest) = rest.split_at_checked(rest.find('-')?)?;
    let (least, greatest) = (DateTime::<Utc>::MIN_UTC, DateTime::<Utc>::MAX_UTC);
    let (limit, last) = match sign {
        "+" => (greatest, greatest.year()),
        "-" => (least, least.year()),
        _ => return None,
    };
    // A year that does not fit into a u64 is beyond the limit as well.
    let is_number = !year.is_empty() && year.bytes().all(|byte| byte.is_ascii_digit());
    let is_beyond = is_number && year.parse().map_or(true, |year: u64| year > u64::from(last.unsigned_abs()));
    // The rest must be a valid date. 2000 is a leap year, so February 29 passes for any year beyond the limit, which is
    // harmless.
    DateTime::parse_from_rfc3339(&format!("2000{rest}")).ok().filter(|_| is_beyond)?;
    Some(limit)
}

/// Truncates times of requests to milliseconds.
///
/// The service stores times to the millisecond, as all its documents show them. Times are truncated where they enter
/// the SDK, so that the times of a request equal those of the key in the response. After a lost response, that
/// comparison decides whether a second key is created. They are truncated and not rounded, as JavaScript's `Date` does
/// it, so that a key never ends later than requested.
pub(crate) trait Cut {
    /// Returns the value with its times truncated to milliseconds.
    fn cut(self) -> Self;
}

impl Cut for DateTime<Utc> {
    fn cut(self) -> Self {
        // In a leap second the nanoseconds are 10^9 and more, and stay so, since 10^9 is a multiple of 10^6.
        self.with_nanosecond(self.nanosecond() / 1_000_000 * 1_000_000).unwrap_or(self)
    }
}

impl<T: Cut> Cut for Option<T> {
    fn cut(self) -> Self {
        self.map(T::cut)
    }
}

impl<T: Cut> Cut for Nullable<T> {
    fn cut(self) -> Self {
        match self {
            Self::Value(value) => Self::Value(value.cut()),
            other => other,
        }
    }
}

impl<T: Cut> Cut for Vec<T> {
    fn cut(self) -> Self {
        self.into_iter().map(T::cut).collect()
    }
}

/// Serializes times of a request, truncated.
// The setters truncate already, but the fields of a request are public.
pub(crate) fn write_cut<T: Cut + Clone + Serialize, S: Serializer>(value: &T, to: S) -> Result<S::Ok, S::Error> {
    value.clone().cut().serialize(to)
}

/// Deserializes times of a request, truncated.
// A program may have stored a request, and compare it with a key later.
pub(crate) fn read_cut<'de, D: Deserializer<'de>, T: Cut + Deserialize<'de>>(from: D) -> Result<T, D::Error> {
    T::deserialize(from).map(T::cut)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    fn read(text: &str) -> Option<DateTime<Utc>> {
        time(json!(text)).ok()
    }

    fn optional(text: &str) -> Option<Option<DateTime<Utc>>> {
        time(json!(text)).ok()
    }

    fn by_chrono(text: &str) -> Option<DateTime<Utc>> {
        serde_json::from_value(json!(text)).ok()
    }

    #[test]
    fn reads_times_in_every_form_that_chrono_reads() {
        for text in [
            "2024-05-03T11:00:00.000Z",
            "2024-05-03t11:00:00z",
            "2024-05-03 13:00:00+02:00",
            "2024-5-3T11:00:00Z",
            "2024-05-03T11:00:60.123456789Z",
            "+12024-05-03T11:00:00Z",
            "2024-05-03T11:00Z",
            "2024-05-03",
            "soon",
            "",
        ] {
            assert_eq!(read(text), by_chrono(text), "{text}");
        }
        assert!(read("2024-05-03T11:00:00.000Z").is_some() && read("2024-5-3T11:00:00Z").is_some());
        assert_eq!(time::<_, Option<DateTime<Utc>>>(json!(null)).unwrap(), None);
        let refused = time::<_, DateTime<Utc>>(json!(null)).unwrap_err().to_string();
        assert!(refused.contains("null where an RFC 3339 date and time"), "{refused}");
    }

    #[test]
    fn reads_only_an_empty_string_as_an_absent_optional_time() {
        for text in ["", " ", "\t"] {
            assert_eq!(optional(text), Some(None), "{text:?}");
            let refused = time::<_, DateTime<Utc>>(json!(text)).unwrap_err().to_string();
            assert!(refused.contains("an empty string where an RFC 3339 date and time"), "{refused}");
        }
        for text in ["never", "-", "null", "0", "0000-00-00T00:00:00Z", "2024-02-30T00:00:00Z", "2024-05-03"] {
            assert_eq!(optional(text), None, "{text}");
        }
    }

    #[test]
    fn reads_years_beyond_chronos_range_as_its_greatest_or_least_time_and_writes_them_back() {
        let (least, greatest) = (Some(DateTime::<Utc>::MIN_UTC), Some(DateTime::<Utc>::MAX_UTC));
        for (text, wanted) in [
            ("+275760-09-13T00:00:00.000Z", greatest),
            ("-271821-04-20T00:00:00.000Z", least),
            ("+262144-01-01T00:00:00Z", greatest),
            ("+999999-12-31T23:59:59.999999999+14:00", greatest),
            ("+99999999999999999999999-01-01T00:00:00Z", greatest),
            ("+275760-13-13T00:00:00.000Z", None),
            ("+275760-09-13", None),
            ("+27576O-09-13T00:00:00.000Z", None),
            ("275760-09-13T00:00:00.000Z", None),
            // 200001 is not a leap year, and chrono can hold it.
            ("+200001-02-29T00:00:00Z", None),
            ("+-09-13T00:00:00Z", None),
            ("é275760-09-13T00:00:00Z", None),
        ] {
            assert_eq!(read(text), wanted, "{text}");
        }
        for limit in [least, greatest].into_iter().flatten() {
            assert_eq!(time::<_, DateTime<Utc>>(serde_json::to_value(limit).unwrap()).unwrap(), limit);
        }
    }

    #[test]
    fn truncates_times_to_milliseconds_in_options_nullables_and_lists() {
        let at = |text: &str| text.parse::<DateTime<Utc>>().unwrap();
        for (fine, cut) in [
            ("2030-01-01T10:00:00.123999999Z", "2030-01-01T10:00:00.123Z"),
            ("2030-01-01T10:00:00.999999999Z", "2030-01-01T10:00:00.999Z"),
            ("2030-01-01T10:00:00Z", "2030-01-01T10:00:00Z"),
            ("1969-12-31T23:59:59.000000001Z", "1969-12-31T23:59:59Z"),
            ("2016-12-31T23:59:60.987654321Z", "2016-12-31T23:59:60.987Z"),
        ] {
            let (fine, cut) = (at(fine), at(cut));
            assert_eq!(fine.cut(), cut);
            assert_eq!((Some(fine).cut(), Nullable::Value(fine).cut()), (Some(cut), Nullable::Value(cut)));
            assert_eq!(vec![Nullable::Null, Nullable::Value(fine)].cut(), [Nullable::Null, Nullable::Value(cut)]);
        }
        let (least, greatest) = (DateTime::<Utc>::MIN_UTC, DateTime::<Utc>::MAX_UTC);
        assert!(least.cut() == least && greatest.cut() <= greatest);
    }

    proptest! {
        #[test]
        fn reads_any_text_as_chrono_does(
            usual in r"[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])[Tt ]([01][0-9]|2[0-4]):[0-5][0-9]:([0-5][0-9]|60)(\.[0-9]{1,12})?(Z|z|[+-][0-2][0-9]:[0-6][0-9])",
            odd in r"[+-]?[0-9]{1,5}-[0-9]{1,2}-[0-9]{1,2}[Tt ][0-9]{1,2}:[0-9]{1,2}:[0-9]{1,2}(\.[0-9]{1,10})? ?(Z|z|[+-][0-9]{2}:?[0-9]{2})?",
        ) {
            for text in [usual, odd] {
                prop_assert_eq!(read(&text), by_chrono(&text));
            }
        }

        #[test]
        fn truncates_any_time_by_less_than_a_millisecond_and_idempotently(
            seconds in -60_000_000_000_i64..250_000_000_000, nanos in 0_u32..2_000_000_000,
        ) {
            // chrono allows a leap second only at the end of a minute.
            let nanos = if seconds.rem_euclid(60) == 59 { nanos } else { nanos % 1_000_000_000 };
            let time = DateTime::<Utc>::from_timestamp(seconds, nanos).unwrap();
            let cut = time.cut();
            prop_assert!(cut <= time && time - cut < chrono::TimeDelta::milliseconds(1));
            prop_assert_eq!(cut.cut(), cut);
            // Serialized and deserialized, the time stays the same.
            prop_assert_eq!(super::time::<_, DateTime<Utc>>(serde_json::to_value(cut).unwrap()).unwrap(), cut);
        }
    }
}
