//! How the responses' loose ends are read; which property is read how, the build takes from the spec.

mod once;
pub(crate) mod optional;
mod time;

use std::fmt;
use std::marker::PhantomData;

use serde::de::{Error, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};

pub(crate) use once::{once, put};
pub(crate) use time::{Cut, read_cut, time, write_cut};

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
    filled_or(value, "null", expected)
}

fn filled_or<V, T: Slot<V>, E: Error>(value: Option<V>, nothing: &str, expected: &str) -> Result<T, E> {
    T::fill(value).ok_or_else(|| E::custom(format_args!("{nothing} where {expected} is expected")))
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
