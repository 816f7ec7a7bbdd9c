//! Reads a response without its Rust type, by the table of its operation.
//!
//! The result is the same as with the type: the table says what each property tolerates, and the functions that read it
//! are those that the types call.

mod object;
#[cfg(test)]
pub(crate) mod tests;

use std::fmt;

use chrono::{DateTime, NaiveDate, Utc};
use serde::de::{DeserializeSeed, Error, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};
use serde_json::{Map, Value};

use super::{SentRequest, decode_by, explain};
use crate::model::lenient::{self, optional};
use crate::model::open_enum::is_value;
use crate::model::operation::Sensitive;
use crate::model::table::{Kind, Reading, Shape, Table};
use crate::model::{Cursor, PhoneNumber, Secret};
use object::Object;

/// Decodes a body as the operation's response, or says why it cannot be decoded.
///
/// The result has the form that the spec documents:
/// * A property has the first of its names.
/// * A known value of an enum has the case of the spec, and times are in RFC 3339.
/// * An optional property that is null or empty is left out.
/// * Properties that the spec does not know stay.
///
/// For a response without documented content the result is null.
pub(crate) fn read(table: &'static Table, body: &[u8], sent: &SentRequest<'_>) -> Result<Value, String> {
    let (operation, Some(shape)) = (table.operation, table.response.as_ref()) else { return Ok(Value::Null) };
    let (with_unknown, known) = (Reader { shape, keeps_unknown: true }, Reader { shape, keeps_unknown: false });
    // The second reader skips unknown properties: one that a `Value` cannot hold, such as 1e999, must not fail the
    // response.
    let read = |body: &[u8]| with_unknown.of(body).or_else(|_| known.of(body)).ok();
    decode_by(operation, body, sent, &read, &|body| explain(known, body))
}

/// Reads a value of a shape.
#[derive(Clone, Copy)]
struct Reader {
    shape: &'static Shape,
    keeps_unknown: bool,
}

impl Reader {
    fn of(self, body: &[u8]) -> Result<Value, serde_json::Error> {
        let mut reader = serde_json::Deserializer::from_slice(body);
        let value = self.deserialize(&mut reader)?;
        reader.end()?;
        Ok(value)
    }

    fn inside(self, shape: &'static Shape) -> Self {
        Self { shape, ..self }
    }

    /// Reads a value that may be null, which is `None`.
    fn optional<'de, D: Deserializer<'de>>(self, from: D, reading: Reading) -> Result<Option<Value>, D::Error> {
        // Each arm calls the function that the bindings name in `deserialize_with` for a field of this kind and
        // tolerance.
        Ok(match (self.shape.kind, reading) {
            (_, Reading::OrAbsent) => optional::read(from, |from| self.optional(from, Reading::Loose))?,
            (Kind::Text, Reading::Loose) => lenient::text::<_, Option<_>>(from)?.map(Value::String),
            (Kind::Boolean, Reading::Loose) => lenient::boolean::<_, Option<_>>(from)?.map(Value::Bool),
            (Kind::Integer { bits: 32, signed: true }, Reading::Loose) => {
                lenient::integer32::<_, Option<_>>(from)?.map(Value::from)
            }
            (Kind::Integer { .. }, Reading::Loose) => lenient::integer::<_, Option<_>>(from)?.map(Value::from),
            (Kind::List(_), Reading::Loose) => Some(lenient::list(from)?.into()),
            (Kind::Time, _) => lenient::time::<_, Option<_>>(from)?.map(written),
            _ => from.deserialize_option(Maybe(self))?,
        })
    }

    /// Reads a value that is not null.
    fn solid<'de, D: Deserializer<'de>>(self, from: D) -> Result<Value, D::Error> {
        Ok(match self.shape.kind {
            Kind::Any => Value::deserialize(from)?,
            Kind::Boolean => bool::deserialize(from)?.into(),
            Kind::Integer { bits, signed: true } => {
                let value = i64::deserialize(from)?;
                // It fits if all bits from the sign bit of the smaller type on equal the sign.
                let fits = matches!(value.checked_shr(bits - 1), Some(0 | -1));
                fits.then_some(value).ok_or_else(|| beyond(bits))?.into()
            }
            Kind::Integer { bits, signed: false } => {
                let value = u64::deserialize(from)?;
                let fits = value.checked_shr(bits).is_none_or(|rest| rest == 0);
                fits.then_some(value).ok_or_else(|| beyond(bits))?.into()
            }
            Kind::Number => f64::deserialize(from)?.into(),
            Kind::Text => String::deserialize(from)?.into(),
            Kind::Time => written(lenient::time(from)?),
            Kind::Date => NaiveDate::deserialize(from)?.to_string().into(),
            Kind::Sensitive(Sensitive::PhoneNumber) => PhoneNumber::deserialize(from)?.expose().into(),
            Kind::Sensitive(Sensitive::Secret) => Secret::deserialize(from)?.expose().into(),
            Kind::Sensitive(Sensitive::Cursor) => Cursor::deserialize(from)?.expose().into(),
            Kind::Choice { values, case_insensitive } => {
                let text = String::deserialize(from)?;
                let known = values.iter().find(|value| is_value(&text, value, case_insensitive));
                known.map_or(Value::String(text), |value| (*value).into())
            }
            Kind::List(items) => from.deserialize_seq(List(self.inside(items)))?,
            Kind::Map(values) => from.deserialize_map(Entries(self.inside(values)))?,
            // `deserialize_struct`, because serde's derive calls it: it also accepts a list.
            Kind::Object(properties) => {
                from.deserialize_struct("", &[], Object { properties, keeps_unknown: self.keeps_unknown })?
            }
            Kind::Component(component) => self.inside(&component.shape).deserialize(from)?,
        })
    }
}

/// Returns the error for a number outside the range of its type.
fn beyond<E: Error>(bits: u32) -> E {
    E::custom(format_args!("a number of more than {bits} bits"))
}

/// Writes a time as the types of the bindings do.
fn written(time: DateTime<Utc>) -> Value {
    serde_json::to_value(time).unwrap_or_default()
}

impl<'de> DeserializeSeed<'de> for Reader {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<Value, D::Error> {
        if self.shape.nullable {
            Ok(self.optional(from, Reading::Strict)?.unwrap_or_default())
        } else {
            self.solid(from)
        }
    }
}

/// Reads a value or null.
struct Maybe(Reader);

impl<'de> Visitor<'de> for Maybe {
    type Value = Option<Value>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value or null")
    }

    fn visit_none<E>(self) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_unit<E>(self) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_some<D: Deserializer<'de>>(self, from: D) -> Result<Self::Value, D::Error> {
        self.0.solid(from).map(Some)
    }
}

/// Reads a list of values.
struct List(Reader);

impl<'de> Visitor<'de> for List {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Value, A::Error> {
        let mut list = Vec::new();
        while let Some(item) = items.next_element_seed(self.0)? {
            list.push(item);
        }
        Ok(list.into())
    }
}

/// Reads a map of values.
struct Entries(Reader);

impl<'de> Visitor<'de> for Entries {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a map")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Value, A::Error> {
        let mut map = Map::new();
        while let Some(name) = entries.next_key()? {
            map.insert(name, entries.next_value_seed(self.0)?);
        }
        Ok(map.into())
    }
}
