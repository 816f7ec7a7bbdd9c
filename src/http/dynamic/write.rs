//! Writes JSON arguments as the types of the bindings are written.

use chrono::{DateTime, NaiveDate};
use serde_json::{Map, Value};

use crate::model::PhoneNumber;
use crate::model::field;
use crate::model::lenient::Cut;
use crate::model::open_enum::is_value;
use crate::model::operation::Sensitive;
use crate::model::table::{Kind, Property, Shape};

/// Returns a value as it is sent, or says why it cannot be: `name` is its place among the arguments.
// Nothing is converted but times, which the bindings cut to milliseconds, and the case of an enum's value.
pub(super) fn write(name: &str, shape: &Shape, value: Value) -> Result<Value, String> {
    let wrong = |expected: &str| Err(format!("`{name}`: {} where {expected} is expected", described(&value)));
    if value.is_null() && !matches!(shape.kind, Kind::Component(_) | Kind::Any) {
        return if shape.nullable { Ok(Value::Null) } else { Err(format!("`{name}` must not be null: leave it out")) };
    }
    match shape.kind {
        Kind::Any => Ok(value),
        // Whether it may be null is known where it is used.
        Kind::Component(component) => write(name, &Shape { nullable: shape.nullable, ..component.shape }, value),
        Kind::Boolean if value.is_boolean() => Ok(value),
        Kind::Boolean => wrong("true or false"),
        Kind::Integer { bits, signed } => match fits(&value, bits, signed) {
            Some(true) => Ok(value),
            Some(false) => Err(format!("`{name}` is out of range: expected a whole number of {bits} bits")),
            None => wrong("a whole number"),
        },
        Kind::Number if value.is_number() => Ok(value),
        Kind::Number => wrong("a number"),
        Kind::List(items) => match value {
            Value::Array(list) => {
                let list = list.into_iter().enumerate();
                list.map(|(index, item)| write(&format!("{name}[{index}]"), items, item)).collect()
            }
            _ => wrong("a list"),
        },
        Kind::Map(values) => match value {
            Value::Object(mut map) => {
                for value in map.values_mut() {
                    *value = write(&format!("{name}[…]"), values, value.take())?;
                }
                Ok(map.into())
            }
            _ => wrong("an object"),
        },
        Kind::Object(properties) => match value {
            Value::Object(object) => self::object(name, properties, object),
            _ => wrong("an object"),
        },
        Kind::Text | Kind::Time | Kind::Date | Kind::Sensitive(_) | Kind::Choice { .. } => match &value {
            Value::String(text) => self::text(name, shape.kind, text),
            _ => wrong("a string"),
        },
    }
}

/// Returns a string as it is sent.
fn text(name: &str, kind: Kind, text: &str) -> Result<Value, String> {
    match kind {
        Kind::Time => match DateTime::parse_from_rfc3339(text) {
            Ok(time) => serde_json::to_value(time.to_utc().cut()).map_err(|error| format!("`{name}`: {error}")),
            Err(error) => Err(format!("`{name}`: not a time in RFC 3339 form: {error}")),
        },
        Kind::Date => match text.parse::<NaiveDate>() {
            Ok(date) => Ok(date.to_string().into()),
            Err(error) => Err(format!("`{name}`: not a date: {error}")),
        },
        Kind::Sensitive(Sensitive::PhoneNumber) => match text.parse::<PhoneNumber>() {
            Ok(number) => Ok(number.expose().into()),
            Err(error) => Err(format!("`{name}`: {error}")),
        },
        Kind::Choice { values, case_insensitive } => {
            Ok((*values.iter().find(|value| is_value(text, value, case_insensitive)).unwrap_or(&text)).into())
        }
        _ => Ok(text.into()),
    }
}

/// Returns an object as it is sent, with its properties in the order of the bindings.
fn object(name: &str, properties: &[Property], mut object: Map<String, Value>) -> Result<Value, String> {
    let inside = |property: &str| if name.is_empty() { property.to_owned() } else { format!("{name}.{property}") };
    let mut written = Map::new();
    for Property { name: property, required, sends_null, length, shape, .. } in properties {
        let shape = &Shape { nullable: *sends_null, ..*shape };
        match object.remove(*property) {
            Some(value) => {
                let place = inside(property);
                let value = match (write(&place, shape, value)?, length) {
                    (Value::String(text), Some((least, most))) => field::length(&place, text, *least, *most)?.into(),
                    (value, _) => value,
                };
                written.insert((*property).to_owned(), value);
            }
            None if *required => return Err(format!("`{}` is not set", inside(property))),
            None => {}
        }
    }
    match object.keys().next() {
        None => Ok(written.into()),
        Some(other) => {
            let known: Vec<_> = properties.iter().map(|property| format!("`{}`", property.name)).collect();
            let known = known.join(", ");
            Err(format!("`{}` is unknown: there are {known}", inside(other)))
        }
    }
}

/// Returns whether a whole number is in the range of its type; `None` for anything else.
fn fits(value: &Value, bits: u32, signed: bool) -> Option<bool> {
    let number = value.as_i64().map(i128::from).or_else(|| value.as_u64().map(i128::from))?;
    let (least, most) = if signed { (-(1 << (bits - 1)), (1 << (bits - 1)) - 1) } else { (0, (1 << bits) - 1) };
    Some((least..=most).contains(&number))
}

/// Describes a value without showing it.
fn described(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "a boolean",
        Value::Number(_) => "a number",
        Value::String(_) => "a string",
        Value::Array(_) => "a list",
        Value::Object(_) => "an object",
    }
}

/// Returns a parameter as it is written into a path or a header, or says why it cannot be.
pub(super) fn shown(name: &str, value: &Value) -> Result<String, String> {
    match value {
        Value::String(text) => Ok(text.clone()),
        Value::Bool(_) | Value::Number(_) => Ok(value.to_string()),
        Value::Null | Value::Array(_) | Value::Object(_) => {
            Err(format!("`{name}`: {} where one value is expected", described(value)))
        }
    }
}
