//! Reads a response without its Rust type, by the table of its operation.
//!
//! The result is the same as with the type: the table says what each property tolerates, and the functions that read it
//! are those that the types call. It is JSON text, written while the response is read: a program of another language
//! parses it anyway, and a tree of values in between would cost more than all else.

mod object;
mod output;
#[cfg(test)]
pub(crate) mod tests;

use std::fmt;

use chrono::{DateTime, NaiveDate, SecondsFormat, Utc};
use serde::de::{DeserializeSeed, Error, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};
use serde_json::Value;
use serde_path_to_error::Segment;

use super::{SentRequest, decode_by, explain_by, json_path};
use crate::model::lenient::{self, optional};
use crate::model::open_enum::is_value;
use crate::model::operation::Sensitive;
use crate::model::table::{Kind, Reading, Shape, Table};
use crate::model::{Cursor, PhoneNumber, Secret};
use object::Object;
use output::Output;

/// Decodes a body as the operation's response, or says why it cannot be decoded.
///
/// The result has the form that the spec documents:
/// * A property has the first of its names.
/// * A known value of an enum has the case of the spec, and times are in RFC 3339, with milliseconds.
/// * An optional property that is null or empty is left out.
/// * Properties that the spec does not know stay.
///
/// For a response without documented content the result is null.
pub(crate) fn read(table: &'static Table, body: &[u8], sent: &SentRequest<'_>) -> Result<String, String> {
    let (operation, Some(shape)) = (table.operation, table.response.as_ref()) else { return Ok("null".to_owned()) };
    let read = |body: &[u8], keeps_unknown| {
        let (mut reader, mut out) = (serde_json::Deserializer::from_slice(body), Output::with_capacity(body.len()));
        Reader { shape, keeps_unknown, out: &mut out }.deserialize(&mut reader).and_then(|()| reader.end()).ok()?;
        Some(out.into_text())
    };
    // The second time without unknown properties: one that a `Value` cannot hold, such as 1e999, must not fail the
    // response.
    let read = |body: &[u8]| read(body, true).or_else(|| read(body, false));
    let explain = |body: &[u8]| {
        explain_by(body, &|reader| {
            let mut out = Output::with_capacity(body.len());
            let error = Reader { shape, keeps_unknown: false, out: &mut out }.deserialize(reader).err()?;
            Some((json_path(out.trail.iter().rev()), error))
        })
    };
    decode_by(operation, body, sent, &read, &explain)
}

/// Reads a value of a shape, and writes it.
struct Reader<'a> {
    shape: &'static Shape,
    keeps_unknown: bool,
    out: &'a mut Output,
}

impl Reader<'_> {
    fn again(&mut self) -> Reader<'_> {
        self.inside(self.shape)
    }

    fn inside(&mut self, shape: &'static Shape) -> Reader<'_> {
        Reader { shape, keeps_unknown: self.keeps_unknown, out: self.out }
    }

    /// Reads a value that may be null. For null it writes nothing, and returns `false`.
    fn optional<'de, D: Deserializer<'de>>(mut self, from: D, reading: Reading) -> Result<bool, D::Error> {
        // Each arm calls the function that the bindings name in `deserialize_with` for a field of this kind and
        // tolerance.
        let out = &mut *self.out;
        Ok(match (self.shape.kind, reading) {
            (_, Reading::OrAbsent) => {
                let place = out.place();
                let is_read = optional::read(from, |from| self.again().optional(from, Reading::Loose))?;
                if !is_read {
                    // What was written before the error.
                    self.out.truncate(place);
                }
                is_read
            }
            (Kind::Text, Reading::Loose) => out.optional(lenient::text::<_, Option<_>>(from)?),
            (Kind::Boolean, Reading::Loose) => out.optional(lenient::boolean::<_, Option<_>>(from)?),
            (Kind::Integer { bits: 32, signed: true }, Reading::Loose) => {
                out.optional(lenient::integer32::<_, Option<_>>(from)?)
            }
            (Kind::Integer { .. }, Reading::Loose) => out.optional(lenient::integer::<_, Option<_>>(from)?),
            (Kind::List(_), Reading::Loose) => out.optional(Some(lenient::list(from)?)),
            (Kind::Time, _) => out.optional(lenient::time::<_, Option<_>>(from)?.map(written)),
            _ => from.deserialize_option(Maybe(self))?,
        })
    }

    /// Reads a value that is not null.
    fn solid<'de, D: Deserializer<'de>>(mut self, from: D) -> Result<(), D::Error> {
        let out = &mut *self.out;
        match self.shape.kind {
            Kind::Any => out.value(&Value::deserialize(from)?),
            Kind::Boolean => out.value(&bool::deserialize(from)?),
            Kind::Integer { bits, signed: true } => {
                let value = i64::deserialize(from)?;
                // It fits if all bits from the sign bit of the smaller type on equal the sign.
                let fits = matches!(value.checked_shr(bits - 1), Some(0 | -1));
                out.value(&fits.then_some(value).ok_or_else(|| beyond(bits))?);
            }
            Kind::Integer { bits, signed: false } => {
                let value = u64::deserialize(from)?;
                let fits = value.checked_shr(bits).is_none_or(|rest| rest == 0);
                out.value(&fits.then_some(value).ok_or_else(|| beyond(bits))?);
            }
            Kind::Number => out.value(&f64::deserialize(from)?),
            Kind::Text | Kind::Choice { .. } => from.deserialize_str(Text(self))?,
            Kind::Time => out.value(&written(lenient::time(from)?)),
            Kind::Date => out.value(&NaiveDate::deserialize(from)?),
            Kind::Sensitive(Sensitive::PhoneNumber) => out.value(PhoneNumber::deserialize(from)?.expose()),
            Kind::Sensitive(Sensitive::Secret) => out.value(Secret::deserialize(from)?.expose()),
            Kind::Sensitive(Sensitive::Cursor) => out.value(Cursor::deserialize(from)?.expose()),
            Kind::List(items) => from.deserialize_seq(List(self.inside(items)))?,
            Kind::Map(values) => from.deserialize_map(Entries(self.inside(values)))?,
            // `deserialize_struct`, because serde's derive calls it: it also accepts a list.
            Kind::Object(properties) => from.deserialize_struct("", &[], Object { properties, reader: self })?,
            Kind::Component(component) => self.inside(&component.shape).deserialize(from)?,
        }
        Ok(())
    }
}

/// Writes a time with milliseconds, as JavaScript and the service do, or with all the digits it has.
fn written(time: DateTime<Utc>) -> String {
    let is_whole = time.timestamp_subsec_nanos().is_multiple_of(1_000_000);
    time.to_rfc3339_opts(if is_whole { SecondsFormat::Millis } else { SecondsFormat::AutoSi }, true)
}

/// Returns the error for a number outside the range of its type.
fn beyond<E: Error>(bits: u32) -> E {
    E::custom(format_args!("a number of more than {bits} bits"))
}

impl<'de> DeserializeSeed<'de> for Reader<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(mut self, from: D) -> Result<(), D::Error> {
        if !self.shape.nullable {
            return self.solid(from);
        }
        if !self.again().optional(from, Reading::Strict)? {
            self.out.value(&());
        }
        Ok(())
    }
}

/// Reads a value or null; returns which it was.
struct Maybe<'a>(Reader<'a>);

impl<'de> Visitor<'de> for Maybe<'_> {
    type Value = bool;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value or null")
    }

    fn visit_none<E>(self) -> Result<bool, E> {
        Ok(false)
    }

    fn visit_unit<E>(self) -> Result<bool, E> {
        Ok(false)
    }

    fn visit_some<D: Deserializer<'de>>(self, from: D) -> Result<bool, D::Error> {
        self.0.solid(from).map(|()| true)
    }
}

/// Reads a string, or a value of an enum.
struct Text<'a>(Reader<'a>);

impl Visitor<'_> for Text<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a string")
    }

    fn visit_str<E>(self, text: &str) -> Result<(), E> {
        let known = match self.0.shape.kind {
            Kind::Choice { values, case_insensitive } => {
                values.iter().find(|value| is_value(text, value, case_insensitive))
            }
            _ => None,
        };
        self.0.out.value(known.unwrap_or(&text));
        Ok(())
    }
}

/// Reads a list of values.
struct List<'a>(Reader<'a>);

impl<'de> Visitor<'de> for List<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list")
    }

    fn visit_seq<A: SeqAccess<'de>>(mut self, mut items: A) -> Result<(), A::Error> {
        self.0.out.open(b'[');
        let mut index = 0;
        loop {
            match items.next_element_seed(Item(self.0.again())) {
                Ok(Some(())) => index += 1,
                Ok(None) => break,
                Err(error) => return Err(self.0.out.at(Segment::Seq { index }, error)),
            }
        }
        self.0.out.close(b']');
        Ok(())
    }
}

/// Reads an item of a list.
struct Item<'a>(Reader<'a>);

impl<'de> DeserializeSeed<'de> for Item<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<(), D::Error> {
        self.0.out.separate();
        self.0.deserialize(from)
    }
}

/// Reads a map of values.
struct Entries<'a>(Reader<'a>);

impl<'de> Visitor<'de> for Entries<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a map")
    }

    fn visit_map<A: MapAccess<'de>>(mut self, mut entries: A) -> Result<(), A::Error> {
        self.0.out.open(b'{');
        while let Some(key) = entries.next_key::<String>()? {
            self.0.out.name(&key);
            if let Err(error) = entries.next_value_seed(self.0.again()) {
                return Err(self.0.out.at(Segment::Map { key }, error));
            }
        }
        self.0.out.close(b'}');
        Ok(())
    }
}
