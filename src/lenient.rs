//! How the responses' loose ends are read; which property is read how, the build takes from the spec.

pub(crate) mod optional;

use std::fmt;
use std::marker::PhantomData;

use chrono::{DateTime, Utc};
use serde::de::{Error, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};

/// `null` where a list or a map is expected.
pub(crate) fn null_is_empty<'de, D: Deserializer<'de>, T: Deserialize<'de> + Default>(
    deserializer: D,
) -> Result<T, D::Error> {
    Option::deserialize(deserializer).map(Option::unwrap_or_default)
}

/// A number or a boolean where a text is expected.
pub(crate) fn text<'de, D: Deserializer<'de>, T: Slot<String>>(deserializer: D) -> Result<T, D::Error> {
    read(deserializer, "a text or a number", |scalar| match scalar {
        Scalar::Text(text) => Some(text),
        Scalar::Unsigned(value) => Some(value.to_string()),
        Scalar::Signed(value) => Some(value.to_string()),
        Scalar::Float(value) => Some(value.to_string()),
        Scalar::Boolean(value) => Some(value.to_string()),
        Scalar::List(_) => None,
    })
}

/// `"true"` where `true` is expected.
pub(crate) fn boolean<'de, D: Deserializer<'de>, T: Slot<bool>>(deserializer: D) -> Result<T, D::Error> {
    read(deserializer, "a boolean, or one in quotes", |scalar| match scalar {
        Scalar::Boolean(value) => Some(value),
        Scalar::Unsigned(0) => Some(false),
        Scalar::Unsigned(1) => Some(true),
        Scalar::Text(text) if text.eq_ignore_ascii_case("true") || text == "1" => Some(true),
        Scalar::Text(text) if text.eq_ignore_ascii_case("false") || text == "0" => Some(false),
        _ => None,
    })
}

/// `"3600"`, or `3599.7` with or without quotes, where a whole number is expected; what is behind the point is cut off.
pub(crate) fn integer<'de, D: Deserializer<'de>, T: Slot<i64>>(deserializer: D) -> Result<T, D::Error> {
    whole(deserializer)
}

/// The same for a property of 32 bits.
#[allow(dead_code, reason = "the build names it only where a spec asks for it")]
pub(crate) fn integer32<'de, D: Deserializer<'de>, T: Slot<i32>>(deserializer: D) -> Result<T, D::Error> {
    whole(deserializer)
}

fn whole<'de, D: Deserializer<'de>, N: TryFrom<i64>, T: Slot<N>>(deserializer: D) -> Result<T, D::Error> {
    read(deserializer, "a whole number, or one in quotes", |scalar| {
        // Beyond 2^53 a float names no single whole number.
        #[allow(clippy::cast_possible_truncation)]
        let cut = |value: f64| (value.abs() < 9e15).then_some(value as i64);
        let value = match scalar {
            Scalar::Unsigned(value) => i64::try_from(value).ok()?,
            Scalar::Signed(value) => value,
            Scalar::Float(value) => cut(value)?,
            // Its forms in quotes are those without them.
            Scalar::Text(text) => text.trim().parse().ok().or_else(|| cut(text.trim().parse().ok()?))?,
            _ => return None,
        };
        N::try_from(value).ok()
    })
}

/// One text with blanks between, where a list of texts is expected.
pub(crate) fn list<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<String>, D::Error> {
    let list: Option<Vec<String>> = read(deserializer, "a list of texts, or one text", |scalar| match scalar {
        Scalar::List(list) => Some(list),
        Scalar::Text(text) => Some(text.split_whitespace().map(str::to_owned).collect()),
        _ => None,
    })?;
    Ok(list.unwrap_or_default())
}

/// A phone number that may have arrived as a JSON number, without its plus.
pub(crate) fn phone_number<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    read(deserializer, "a phone number", |scalar| match scalar {
        Scalar::Text(text) => Some(text),
        Scalar::Unsigned(value) => Some(format!("+{value}")),
        _ => None,
    })
}

/// A time. Services write nearly all of them in one form, for which chrono has a reader that is much quicker than the one
/// that it gives to serde; what that one takes beyond it is taken still.
pub(crate) fn time<'de, D: Deserializer<'de>, T: Slot<DateTime<Utc>>>(deserializer: D) -> Result<T, D::Error> {
    struct Time;

    impl Visitor<'_> for Time {
        type Value = Option<DateTime<Utc>>;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str(TIME)
        }

        fn visit_str<E: Error>(self, text: &str) -> Result<Self::Value, E> {
            DateTime::parse_from_rfc3339(text)
                .or_else(|_| text.parse())
                .map(|time| Some(time.to_utc()))
                .map_err(E::custom)
        }

        fn visit_unit<E>(self) -> Result<Self::Value, E> {
            Ok(None)
        }

        fn visit_none<E>(self) -> Result<Self::Value, E> {
            Ok(None)
        }
    }

    filled(deserializer.deserialize_any(Time)?, TIME)
}

const TIME: &str = "a date and time after RFC 3339";

/// A text that becomes an enum without going through a second allocation for what is known.
pub(crate) fn open_enum<'de, D, T>(deserializer: D) -> Result<T, D::Error>
where
    D: Deserializer<'de>,
    T: for<'a> From<&'a str> + From<String>,
{
    struct Text<T>(PhantomData<T>);

    impl<T: for<'a> From<&'a str> + From<String>> Visitor<'_> for Text<T> {
        type Value = T;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("a text")
        }

        fn visit_str<E>(self, text: &str) -> Result<T, E> {
            Ok(text.into())
        }

        fn visit_string<E>(self, text: String) -> Result<T, E> {
            Ok(text.into())
        }
    }

    deserializer.deserialize_str(Text(PhantomData))
}

/// A field that holds a value, or that may.
pub(crate) trait Slot<V>: Sized {
    fn fill(value: Option<V>) -> Option<Self>;
}

impl<V> Slot<V> for V {
    fn fill(value: Option<V>) -> Option<Self> {
        value
    }
}

impl<V> Slot<V> for Option<V> {
    fn fill(value: Option<V>) -> Option<Self> {
        Some(value)
    }
}

enum Scalar {
    Text(String),
    Boolean(bool),
    Unsigned(u64),
    Signed(i64),
    Float(f64),
    List(Vec<String>),
}

fn read<'de, D: Deserializer<'de>, V, T: Slot<V>>(
    deserializer: D,
    expected: &'static str,
    convert: impl FnOnce(Scalar) -> Option<V>,
) -> Result<T, D::Error> {
    let scalar = deserializer.deserialize_any(Loose(expected))?;
    let value = match scalar {
        None => None,
        Some(scalar) => match convert(scalar) {
            None => return Err(D::Error::custom(format_args!("expected {expected}"))),
            value => value,
        },
    };
    filled(value, expected)
}

fn filled<V, T: Slot<V>, E: Error>(value: Option<V>, expected: &str) -> Result<T, E> {
    T::fill(value).ok_or_else(|| E::custom(format_args!("null where {expected} is expected")))
}

struct Loose(&'static str);

impl<'de> Visitor<'de> for Loose {
    type Value = Option<Scalar>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }

    fn visit_unit<E>(self) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Self::Value, E> {
        Ok(Some(Scalar::Boolean(value)))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Self::Value, E> {
        Ok(Some(Scalar::Unsigned(value)))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Self::Value, E> {
        Ok(Some(Scalar::Signed(value)))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Self::Value, E> {
        Ok(Some(Scalar::Float(value)))
    }

    fn visit_str<E>(self, value: &str) -> Result<Self::Value, E> {
        Ok(Some(Scalar::Text(value.to_owned())))
    }

    fn visit_string<E>(self, value: String) -> Result<Self::Value, E> {
        Ok(Some(Scalar::Text(value)))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Self::Value, A::Error> {
        let mut list = Vec::new();
        while let Some(item) = items.next_element::<Option<String>>()? {
            list.extend(item);
        }
        Ok(Some(Scalar::List(list)))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    fn ours(text: &str) -> Option<DateTime<Utc>> {
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
    }
}
