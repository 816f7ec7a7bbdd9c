//! Deserializes responses leniently, by functions for `#[serde(deserialize_with)]`.
//!
//! The build attaches them to properties by the rules in `crates/codegen/src/prepare/`, from the keys `x-tolerate` and
//! `x-sensitive` of the spec. Requests are never lenient.

mod duplicate_keys;
pub(crate) mod optional;
mod time;

use std::fmt;
use std::marker::PhantomData;

use serde::de::{Error, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};

pub(crate) use duplicate_keys::once;
#[cfg(feature = "dynamic")]
pub(crate) use duplicate_keys::put;
pub(crate) use time::{Cut, read_cut, time, write_cut};

/// Reads null as an empty list or map.
// Services write null for an empty list, and no caller should have to tell `None` from empty.
pub(crate) fn null_is_empty<'de, D: Deserializer<'de>, T: Deserialize<'de> + Default>(
    deserializer: D,
) -> Result<T, D::Error> {
    Option::deserialize(deserializer).map(Option::unwrap_or_default)
}

/// Reads a string, a number or a boolean as a string.
// Evidence: `postalCode` is a number in one example of the documents, and a string in the others.
pub(crate) fn text<'de, D: Deserializer<'de>, T: FieldType<String>>(deserializer: D) -> Result<T, D::Error> {
    read(deserializer, "a string or a number", |scalar| match scalar {
        Scalar::Text(text) => Some(text),
        // Leading zeros were lost where the service wrote the number; nothing here can restore them.
        Scalar::Unsigned(value) => Some(value.to_string()),
        Scalar::Signed(value) => Some(value.to_string()),
        Scalar::Float(value) => Some(value.to_string()),
        Scalar::Boolean(value) => Some(value.to_string()),
        Scalar::List(_) => None,
    })
}

/// Reads a boolean, also as a string or as 0 or 1.
// Evidence: `canShare` is the string "true" in an older example.
pub(crate) fn boolean<'de, D: Deserializer<'de>, T: FieldType<bool>>(deserializer: D) -> Result<T, D::Error> {
    read(deserializer, "a boolean, or one as a string", |scalar| match scalar {
        Scalar::Boolean(value) => Some(value),
        Scalar::Unsigned(0) => Some(false),
        Scalar::Unsigned(1) => Some(true),
        // `True` is what Python's `str()` writes.
        Scalar::Text(text) if text.eq_ignore_ascii_case("true") || text == "1" => Some(true),
        Scalar::Text(text) if text.eq_ignore_ascii_case("false") || text == "0" => Some(false),
        _ => None,
    })
}

/// Reads a whole number, also as a string or with a fraction, which is truncated: `"3600"`, `3599.7`, `"3.6e3"`.
// Some token endpoints send `expires_in` as a string or with a fraction.
pub(crate) fn integer<'de, D: Deserializer<'de>, T: FieldType<i64>>(deserializer: D) -> Result<T, D::Error> {
    whole(deserializer)
}

/// Reads a whole number of 32 bits, as [`integer`] does.
#[allow(dead_code, reason = "the build names it only where a spec asks for it")]
pub(crate) fn integer32<'de, D: Deserializer<'de>, T: FieldType<i32>>(deserializer: D) -> Result<T, D::Error> {
    whole(deserializer)
}

/// Reads a whole number of any width.
fn whole<'de, D: Deserializer<'de>, N: TryFrom<i64>, T: FieldType<N>>(deserializer: D) -> Result<T, D::Error> {
    read(deserializer, "a whole number, or one as a string", |scalar| {
        // Beyond 2^53 a float names no single whole number.
        #[allow(clippy::cast_possible_truncation)]
        let cut = |value: f64| (value.abs() < 9e15).then_some(value as i64);
        let value = match scalar {
            Scalar::Unsigned(value) => i64::try_from(value).ok()?,
            Scalar::Signed(value) => value,
            Scalar::Float(value) => cut(value)?,
            // The same forms as without quotes, so that both read alike.
            Scalar::Text(text) => text.trim().parse().ok().or_else(|| cut(text.trim().parse().ok()?))?,
            _ => return None,
        };
        N::try_from(value).ok()
    })
}

/// Reads a list of strings, also as one string with spaces between the items.
// RFC 6749, section 3.3: `scope` is one such string. The service's documents show a list in some places.
pub(crate) fn list<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<String>, D::Error> {
    let list: Option<Vec<String>> = read(deserializer, "a list of strings, or one string", |scalar| match scalar {
        Scalar::List(list) => Some(list),
        Scalar::Text(text) => Some(text.split_whitespace().map(str::to_owned).collect()),
        _ => None,
    })?;
    // Null is an empty list, as in `null_is_empty`.
    Ok(list.unwrap_or_default())
}

/// Reads a phone number as a string; one that arrived as a JSON number gets back the plus that it lost.
// Evidence: `userId` and `toUser.id` are numbers in two later examples.
pub(crate) fn phone_number<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    read(deserializer, "a phone number", |scalar| match scalar {
        Scalar::Text(text) => Some(text),
        Scalar::Unsigned(value) => Some(format!("+{value}")),
        _ => None,
    })
}

/// Reads an open enum or an id from a string, without an allocation for values that are known.
pub(crate) fn open_enum<'de, D, T>(deserializer: D) -> Result<T, D::Error>
where
    D: Deserializer<'de>,
    T: for<'a> From<&'a str> + From<String>,
{
    // A visitor of its own, because `String::deserialize` would allocate for known values as well.
    struct StringVisitor<T>(PhantomData<T>);

    impl<T: for<'a> From<&'a str> + From<String>> Visitor<'_> for StringVisitor<T> {
        type Value = T;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("a string")
        }

        fn visit_str<E>(self, text: &str) -> Result<T, E> {
            Ok(text.into())
        }

        fn visit_string<E>(self, text: String) -> Result<T, E> {
            Ok(text.into())
        }
    }

    deserializer.deserialize_str(StringVisitor(PhantomData))
}

/// Is implemented by the types of fields that hold a `V`: `V` itself, and `Option<V>`.
pub(crate) trait FieldType<V>: Sized {
    /// Returns the field for a value or for null; `None` if it cannot be null.
    fn from_value(value: Option<V>) -> Option<Self>;
}

impl<V> FieldType<V> for V {
    fn from_value(value: Option<V>) -> Option<Self> {
        value
    }
}

impl<V> FieldType<V> for Option<V> {
    fn from_value(value: Option<V>) -> Option<Self> {
        Some(value)
    }
}

/// Holds a JSON value that is neither null nor an object.
enum Scalar {
    Text(String),
    Boolean(bool),
    Unsigned(u64),
    Signed(i64),
    Float(f64),
    List(Vec<String>),
}

/// Reads any scalar or list, and converts it.
fn read<'de, D: Deserializer<'de>, V, T: FieldType<V>>(
    deserializer: D,
    expected: &'static str,
    convert: impl FnOnce(Scalar) -> Option<V>,
) -> Result<T, D::Error> {
    let scalar = deserializer.deserialize_any(ScalarVisitor(expected))?;
    let value = match scalar {
        None => None,
        Some(scalar) => match convert(scalar) {
            // Without the value: it may be a person's, and errors get into logs.
            None => return Err(D::Error::custom(format_args!("expected {expected}"))),
            value => value,
        },
    };
    filled(value, expected)
}

/// Returns the field, or an error if it is null and must not be.
fn filled<V, T: FieldType<V>, E: Error>(value: Option<V>, expected: &str) -> Result<T, E> {
    filled_or(value, "null", expected)
}

/// Returns the field, or an error that names what was there in place of a value.
fn filled_or<V, T: FieldType<V>, E: Error>(value: Option<V>, nothing: &str, expected: &str) -> Result<T, E> {
    T::from_value(value).ok_or_else(|| E::custom(format_args!("{nothing} where {expected} is expected")))
}

/// Accepts null, scalars and lists of strings; holds what was expected, for the message.
struct ScalarVisitor(&'static str);

impl<'de> Visitor<'de> for ScalarVisitor {
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
        // Null items are left out: an empty scope says nothing.
        while let Some(item) = items.next_element::<Option<String>>()? {
            list.extend(item);
        }
        Ok(Some(Scalar::List(list)))
    }
}
