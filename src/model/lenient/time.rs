//! Times: how those of responses are read, and how those of requests are cut.

use std::fmt;

use chrono::{DateTime, Datelike, Timelike, Utc};
use serde::de::{Error, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::{Slot, filled_or};
use crate::model::nullable::Nullable;

const TIME: &str = "a date and time after RFC 3339";

/// A time. Services write nearly all of them in one form, for which chrono has a reader that is much quicker than the one
/// that it gives to serde; what that one takes beyond it is taken still.
///
/// An empty text is no time, as null is none: services write it for an `end` that there is not, as they do for a cursor.
pub(crate) fn time<'de, D: Deserializer<'de>, T: Slot<DateTime<Utc>>>(deserializer: D) -> Result<T, D::Error> {
    struct Time;

    impl Visitor<'_> for Time {
        type Value = Result<DateTime<Utc>, &'static str>;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str(TIME)
        }

        fn visit_str<E: Error>(self, text: &str) -> Result<Self::Value, E> {
            match DateTime::parse_from_rfc3339(text).or_else(|_| text.parse()) {
                Ok(time) => Ok(Ok(time.to_utc())),
                Err(_) if text.trim().is_empty() => Ok(Err("an empty text")),
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

    match deserializer.deserialize_any(Time)? {
        Ok(time) => filled_or(Some(time), "", TIME),
        Err(nothing) => filled_or(None, nothing, TIME),
    }
}

/// A year that chrono cannot hold as the greatest or least time that it can: services written in JavaScript say "for ever"
/// with the greatest date there (ECMA-262, 21.4.1.1), +275760-09-13, and a key that ends then must neither fail the list
/// that it stands in nor end earlier than any other.
fn beyond(text: &str) -> Option<DateTime<Utc>> {
    let (sign, rest) = text.split_at_checked(1)?;
    let (year, rest) = rest.split_at_checked(rest.find('-')?)?;
    let (least, greatest) = (DateTime::<Utc>::MIN_UTC, DateTime::<Utc>::MAX_UTC);
    let (limit, last) = match sign {
        "+" => (greatest, greatest.year()),
        "-" => (least, least.year()),
        _ => return None,
    };
    // A number of more digits than a u64 holds is beyond, too.
    let is_number = !year.is_empty() && year.bytes().all(|byte| byte.is_ascii_digit());
    let is_beyond = is_number && year.parse().map_or(true, |year: u64| year > u64::from(last.unsigned_abs()));
    // What stands behind the year is a date like any other.
    DateTime::parse_from_rfc3339(&format!("2000{rest}")).ok().filter(|_| is_beyond)?;
    Some(limit)
}

/// What holds times that go to the service.
///
/// The service keeps times to the millisecond, as all its documents show them. What is finer is cut off where it enters the
/// SDK, so that the time of a key that was asked for and the time of the key that comes back are equal: after a lost
/// response, that comparison decides whether a second key is made. Cut and not rounded, as JavaScript's `Date` does it: a
/// key never ends later than was asked for.
pub(crate) trait Cut {
    /// The same, to the millisecond.
    fn cut(self) -> Self;
}

impl Cut for DateTime<Utc> {
    fn cut(self) -> Self {
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

/// Writes times of a request: a property can also be set without its setter.
pub(crate) fn write_cut<T: Cut + Clone + Serialize, S: Serializer>(value: &T, to: S) -> Result<S::Ok, S::Error> {
    value.clone().cut().serialize(to)
}

/// Reads times of a request that a program has stored.
pub(crate) fn read_cut<'de, D: Deserializer<'de>, T: Cut + Deserialize<'de>>(from: D) -> Result<T, D::Error> {
    T::deserialize(from).map(T::cut)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    fn ours(text: &str) -> Option<DateTime<Utc>> {
        time(json!(text)).ok()
    }

    fn optional(text: &str) -> Option<Option<DateTime<Utc>>> {
        time(json!(text)).ok()
    }

    fn chronos(text: &str) -> Option<DateTime<Utc>> {
        serde_json::from_value(json!(text)).ok()
    }

    #[test]
    fn a_time_is_read_in_every_form_that_chrono_reads() {
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
            assert_eq!(ours(text), chronos(text), "{text}");
        }
        assert!(ours("2024-05-03T11:00:00.000Z").is_some() && ours("2024-5-3T11:00:00Z").is_some());
        assert_eq!(time::<_, Option<DateTime<Utc>>>(json!(null)).unwrap(), None);
        let refused = time::<_, DateTime<Utc>>(json!(null)).unwrap_err().to_string();
        assert!(refused.contains("null where a date and time"), "{refused}");
    }

    #[test]
    fn an_empty_text_is_no_time_where_there_need_be_none_and_nothing_else_is() {
        for text in ["", " ", "\t"] {
            assert_eq!(optional(text), Some(None), "{text:?}");
            let refused = time::<_, DateTime<Utc>>(json!(text)).unwrap_err().to_string();
            assert!(refused.contains("an empty text where a date and time"), "{refused}");
        }
        for text in ["never", "-", "null", "0", "0000-00-00T00:00:00Z", "2024-02-30T00:00:00Z", "2024-05-03"] {
            assert_eq!(optional(text), None, "{text}");
        }
    }

    #[test]
    fn years_that_chrono_cannot_hold_are_its_last_or_first_time_and_stay_so_when_written() {
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
            // No leap year, and no year that is too great.
            ("+200001-02-29T00:00:00Z", None),
            ("+-09-13T00:00:00Z", None),
            ("é275760-09-13T00:00:00Z", None),
        ] {
            assert_eq!(ours(text), wanted, "{text}");
        }
        for limit in [least, greatest].into_iter().flatten() {
            assert_eq!(time::<_, DateTime<Utc>>(serde_json::to_value(limit).unwrap()).unwrap(), limit);
        }
    }

    #[test]
    fn a_time_is_cut_to_the_millisecond_and_never_later_whatever_holds_it() {
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
        fn no_text_is_another_time_to_us_than_to_chrono(
            usual in r"[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])[Tt ]([01][0-9]|2[0-4]):[0-5][0-9]:([0-5][0-9]|60)(\.[0-9]{1,12})?(Z|z|[+-][0-2][0-9]:[0-6][0-9])",
            odd in r"[+-]?[0-9]{1,5}-[0-9]{1,2}-[0-9]{1,2}[Tt ][0-9]{1,2}:[0-9]{1,2}:[0-9]{1,2}(\.[0-9]{1,10})? ?(Z|z|[+-][0-9]{2}:?[0-9]{2})?",
        ) {
            for text in [usual, odd] {
                prop_assert_eq!(ours(&text), chronos(&text));
            }
        }

        #[test]
        fn any_time_is_cut_once_and_for_all_to_what_its_three_digits_say(
            seconds in -60_000_000_000_i64..250_000_000_000, nanos in 0_u32..2_000_000_000,
        ) {
            // A leap second is one only at the end of a minute.
            let nanos = if seconds.rem_euclid(60) == 59 { nanos } else { nanos % 1_000_000_000 };
            let time = DateTime::<Utc>::from_timestamp(seconds, nanos).unwrap();
            let cut = time.cut();
            prop_assert!(cut <= time && time - cut < chrono::TimeDelta::milliseconds(1));
            prop_assert_eq!(cut.cut(), cut);
            // What is written is what is held, and what is read again.
            prop_assert_eq!(super::time::<_, DateTime<Utc>>(serde_json::to_value(cut).unwrap()).unwrap(), cut);
        }
    }
}
