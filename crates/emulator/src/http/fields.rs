//! Reads the fields of a JSON object strictly.
//!
//! Requests are read field by field instead of by a derived type, because each error names the field and the limit.
//! Unknown fields are ignored, as most services do. The control interface rejects them with [`Fields::reject_unknown`]:
//! a misspelt field there would make a test check nothing.

mod arrays;

use std::ops::RangeInclusive;

use chrono::{DateTime, Utc};
use serde_json::{Map, Value};

use crate::domain::clock;
use crate::domain::error::Invalid;

/// Holds the fields of one JSON object.
///
/// Null is refused for a string, number or object, as in the later version of the service ("must be of type string").
/// [`nullable`](Fields::nullable) reads the few fields that are nullable in the specs.
pub(crate) struct Fields {
    map: Map<String, Value>,
    /// Is the prefix of field names in messages: empty for the body itself, `address.` for the object `address`.
    path: String,
    /// Is set if null means the same as an absent field.
    is_lenient: bool,
}

impl Fields {
    /// Parses a request body.
    pub(crate) fn parse(bytes: &[u8]) -> Result<Self, Invalid> {
        if count_values(bytes) > MAX_VALUES {
            return Err(Invalid::request(format!(
                "The body has too many JSON values: at most {MAX_VALUES} are allowed"
            )));
        }
        let value: Value = serde_json::from_slice(bytes)
            .map_err(|error| Invalid::request(format!("The body is not valid JSON: {error}")))?;
        match value {
            Value::Object(map) => Ok(Self { map, path: String::new(), is_lenient: false }),
            _ => Err(Invalid::request("The body must be a JSON object")),
        }
    }

    /// Returns the same fields, with null treated as absent. For the control interface.
    pub(crate) fn lenient(self) -> Self {
        Self { is_lenient: true, ..self }
    }

    /// Returns the field's value as sent, including null.
    pub(crate) fn sent(&self, name: &str) -> Option<&Value> {
        self.map.get(name)
    }

    /// Returns the field's value if it was sent and is not null.
    pub(crate) fn present(&self, name: &str) -> Option<&Value> {
        self.sent(name).filter(|value| !value.is_null())
    }

    /// Returns the field's value, or an error that names the JSON Schema type if it is null.
    pub(crate) fn value(&self, name: &str, kind: &str) -> Result<Option<&Value>, Invalid> {
        match self.sent(name) {
            Some(Value::Null) if !self.is_lenient => Err(self.error(name, &format!("must be of type {kind}"))),
            _ => Ok(self.present(name)),
        }
    }

    /// Reads a nullable field, for which null means the same as absent.
    pub(crate) fn nullable<'a, T>(
        &'a self,
        name: &str,
        read: impl FnOnce(&'a Self, &str) -> Result<Option<T>, Invalid>,
    ) -> Result<Option<T>, Invalid> {
        if self.present(name).is_none() { Ok(None) } else { read(self, name) }
    }

    /// Returns the names of all fields that were sent.
    pub(crate) fn names(&self) -> impl Iterator<Item = &str> {
        self.map.keys().map(String::as_str)
    }

    /// Rejects fields other than the known ones.
    pub(crate) fn reject_unknown(&self, known: &[&str]) -> Result<(), Invalid> {
        let Some(other) = self.names().find(|name| !known.contains(name)) else { return Ok(()) };
        // The client chooses the name, so its length is unlimited.
        let other: String = other.chars().take(100).collect();
        Err(self.error(&other, &format!("is an unknown field: use {}", known.join(", "))))
    }

    /// Reads a string whose number of characters is within `limits`.
    pub(crate) fn text(&self, name: &str, limits: RangeInclusive<usize>) -> Result<Option<&str>, Invalid> {
        let Some(value) = self.value(name, "string")? else { return Ok(None) };
        let Some(text) = value.as_str() else { return Err(self.error(name, "must be a string")) };
        if !limits.contains(&text.chars().count()) {
            let (min, max) = limits.into_inner();
            return Err(self.error(name, &format!("must be {min} to {max} characters long")));
        }
        Ok(Some(text))
    }

    pub(crate) fn boolean(&self, name: &str) -> Result<Option<bool>, Invalid> {
        let Some(value) = self.value(name, "boolean")? else { return Ok(None) };
        value.as_bool().map(Some).ok_or_else(|| self.error(name, "must be true or false"))
    }

    /// Reads an integer within `limits`.
    ///
    /// 60.0 and 6e1 are the integer 60, as in JSON Schema. A service in JavaScript cannot distinguish them.
    pub(crate) fn number(&self, name: &str, limits: RangeInclusive<i64>) -> Result<Option<i64>, Invalid> {
        let Some(value) = self.value(name, "integer")? else { return Ok(None) };
        // 2^53: up to here every integer has an exact `f64`.
        const EXACT: f64 = 9_007_199_254_740_992.0;
        let whole = || value.as_f64().filter(|float| float.fract() == 0.0 && float.abs() <= EXACT);
        let number = value.as_i64().or_else(|| whole().map(|float| float as i64));
        match number.filter(|number| limits.contains(number)) {
            Some(number) => Ok(Some(number)),
            None => {
                let (min, max) = limits.into_inner();
                Err(self.error(name, &format!("must be a whole number from {min} to {max}")))
            }
        }
    }

    pub(crate) fn date(&self, name: &str) -> Result<Option<DateTime<Utc>>, Invalid> {
        let Some(value) = self.value(name, "string")? else { return Ok(None) };
        // A value that is no string gets the same message as a string of the wrong format.
        clock::parse(value.as_str().unwrap_or_default()).map(Some).map_err(|rule| self.error(name, rule))
    }

    pub(crate) fn object(&self, name: &str) -> Result<Option<Self>, Invalid> {
        match self.value(name, "object")? {
            None => Ok(None),
            Some(Value::Object(map)) => {
                Ok(Some(Self { map: map.clone(), path: format!("{}{name}.", self.path), is_lenient: self.is_lenient }))
            }
            Some(_) => Err(self.error(name, "must be an object")),
        }
    }

    /// Returns the value, or an error that names the missing field.
    pub(crate) fn required<T>(&self, name: &str, value: Option<T>) -> Result<T, Invalid> {
        value.ok_or_else(|| self.error(name, "is missing"))
    }

    /// Builds an error from the field's name with its path and the broken rule.
    pub(crate) fn error(&self, name: &str, rule: &str) -> Invalid {
        Invalid::field(format!("{}{name}", self.path), rule)
    }
}

/// Limits the number of values in a body. A small object takes a hundred times as much memory as its text.
const MAX_VALUES: usize = 10_000;

/// Returns an upper bound for the number of JSON values, from the opening brackets and commas outside of strings.
fn count_values(bytes: &[u8]) -> usize {
    let (mut count, mut in_text, mut escaped) = (1, false, false);
    for byte in bytes {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if in_text => escaped = true,
            b'"' => in_text = !in_text,
            b'{' | b'[' | b',' if !in_text => count += 1,
            _ => {}
        }
    }
    count
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fields(json: &str) -> Fields {
        Fields::parse(json.as_bytes()).unwrap()
    }

    #[test]
    fn errors_name_the_field_and_the_limit() {
        let body = fields(r#"{ "name": "abc", "hour": 25, "on": "true", "start": "tomorrow" }"#);
        let messages = [
            body.text("name", 4..=1024).unwrap_err().to_string(),
            body.number("hour", 0..=24).unwrap_err().to_string(),
            body.boolean("on").unwrap_err().to_string(),
            body.date("start").unwrap_err().to_string(),
        ];
        assert_eq!(messages[0], "name must be 4 to 1024 characters long");
        assert_eq!(messages[1], "hour must be a whole number from 0 to 24");
        assert_eq!(messages[2], "on must be true or false");
        assert!(messages[3].starts_with("start must be an ISO 8601 date"), "{}", messages[3]);
    }

    #[test]
    fn errors_name_nested_fields_with_their_path() {
        let body = fields(r#"{ "address": { "street": 7 } }"#);
        let address = body.object("address").unwrap().unwrap();
        assert_eq!(address.text("street", 0..=9).unwrap_err().to_string(), "address.street must be a string");
    }

    #[test]
    fn length_is_in_characters_not_bytes() {
        let body = fields(r#"{ "name": "Ærøø" }"#);
        assert_eq!(body.text("name", 4..=4).unwrap(), Some("Ærøø"));
    }

    #[test]
    fn null_is_refused_unless_nullable_or_lenient() {
        let body = fields(r#"{ "a": null, "b": { "c": null } }"#);
        let messages = [
            body.text("a", 0..=9).unwrap_err().to_string(),
            body.boolean("a").unwrap_err().to_string(),
            body.number("a", 0..=9).unwrap_err().to_string(),
            body.date("a").unwrap_err().to_string(),
            body.object("a").map(|_| ()).unwrap_err().to_string(),
            body.object("b").unwrap().unwrap().text("c", 0..=9).unwrap_err().to_string(),
        ];
        let types = ["a:string", "a:boolean", "a:integer", "a:string", "a:object", "b.c:string"];
        assert_eq!(messages, types.map(|text| text.replace(':', " must be of type ")));
        assert_eq!(body.nullable("a", Fields::date).unwrap(), None);
        assert_eq!(body.nullable("absent", Fields::date).unwrap(), None);
        assert!(body.nullable("b", Fields::date).is_err());
        let lenient = body.lenient();
        assert_eq!(lenient.date("a").unwrap(), None);
        assert_eq!(lenient.object("b").unwrap().unwrap().text("c", 0..=9).unwrap(), None);
        assert!(lenient.sent("a").is_some());
    }

    #[test]
    fn reads_integers_in_every_notation() {
        let read = |text: &str| fields(&format!(r#"{{ "n": {text} }}"#)).number("n", -1000..=1_000_000);
        for (text, number) in
            [("60", 60), ("60.0", 60), ("6e1", 60), ("0.6E+2", 60), ("-0.0", 0), ("-7.000", -7), ("1e6", 1_000_000)]
        {
            assert_eq!(read(text).unwrap(), Some(number), "{text}");
        }
        for bad in
            ["60.5", "1e-3", "1000000.5", "1e7", "1e300", "-1e300", "18446744073709551616", "\"60\"", "true", "[60]"]
        {
            assert_eq!(read(bad).unwrap_err().to_string(), "n must be a whole number from -1000 to 1000000", "{bad}");
        }
    }

    #[test]
    fn counts_values_at_any_depth_but_not_inside_strings() {
        assert_eq!(count_values(br#"{"a": [1, 2], "b": {}}"#), 6);
        assert_eq!(count_values(br#"{"a": "[{,\"[{,\\", "b": 1}"#), 3);
        let crowd = |values| format!("{{\"a\": [{}]}}", vec!["0"; values].join(","));
        assert!(Fields::parse(crowd(MAX_VALUES - 2).as_bytes()).is_ok());
        assert!(Fields::parse(crowd(MAX_VALUES - 1).as_bytes()).is_err_and(|wrong| wrong.rule.contains("10000")));
    }

    #[test]
    fn refuses_a_body_that_is_no_object() {
        for bad in ["", "[", "[]", "\"x\"", "7", "null", "{\"a\":}"] {
            assert!(Fields::parse(bad.as_bytes()).is_err(), "{bad:?}");
        }
    }
}
