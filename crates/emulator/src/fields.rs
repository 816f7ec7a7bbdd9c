//! The fields of a JSON object, read strictly.
//!
//! The emulator reads requests field by field instead of deriving a type, because each refusal has to name the field and
//! the limit it broke. Fields nobody asks for are ignored, as most services do; the control interface,
//! where a misspelt one would make a test check nothing, refuses them with [`Fields::only`].

use std::ops::RangeInclusive;

use chrono::{DateTime, Utc};
use serde_json::{Map, Value};

use crate::clock;
use crate::error::Invalid;

/// The fields of one JSON object.
///
/// Null is a value like any other, and refused where a reader wants a text or a number: the later service does that, too
/// ("must be of type string"). [`nullable`](Fields::nullable) is for the few fields that the specs call nullable.
pub(crate) struct Fields {
    map: Map<String, Value>,
    /// Where the object lies in the body, for messages: empty for the body itself, else `address.`.
    path: String,
    /// Whether null is as good as nothing, wherever it stands.
    is_lenient: bool,
}

impl Fields {
    pub(crate) fn parse(bytes: &[u8]) -> Result<Self, Invalid> {
        if count(bytes) > MOST {
            return Err(Invalid(format!("The body has more JSON values than any request needs: {MOST} at most")));
        }
        let value: Value =
            serde_json::from_slice(bytes).map_err(|error| Invalid(format!("The body is not valid JSON: {error}")))?;
        match value {
            Value::Object(map) => Ok(Self { map, path: String::new(), is_lenient: false }),
            _ => Err(Invalid("The body must be a JSON object".to_owned())),
        }
    }

    /// The same fields, where null is as good as leaving one out: for the control interface, which no spec describes.
    pub(crate) fn lenient(self) -> Self {
        Self { is_lenient: true, ..self }
    }

    /// The field's value as it was sent, null included.
    pub(crate) fn sent(&self, name: &str) -> Option<&Value> {
        self.map.get(name)
    }

    /// The field's value, if it was sent and is not null.
    pub(crate) fn present(&self, name: &str) -> Option<&Value> {
        self.sent(name).filter(|value| !value.is_null())
    }

    /// The field's value for a reader that wants this type, in the words of JSON Schema.
    pub(crate) fn value(&self, name: &str, kind: &str) -> Result<Option<&Value>, Invalid> {
        match self.sent(name) {
            Some(Value::Null) if !self.is_lenient => Err(self.wrong(name, &format!("must be of type {kind}"))),
            _ => Ok(self.present(name)),
        }
    }

    /// What `read` makes of a field for which null is as good as leaving it out.
    pub(crate) fn nullable<'a, T>(
        &'a self,
        name: &str,
        read: impl FnOnce(&'a Self, &str) -> Result<Option<T>, Invalid>,
    ) -> Result<Option<T>, Invalid> {
        if self.present(name).is_none() { Ok(None) } else { read(self, name) }
    }

    /// The names of all fields that were sent.
    pub(crate) fn names(&self) -> impl Iterator<Item = &str> {
        self.map.keys().map(String::as_str)
    }

    /// Refuses every field but these.
    pub(crate) fn only(&self, known: &[&str]) -> Result<(), Invalid> {
        let Some(other) = self.names().find(|name| !known.contains(name)) else { return Ok(()) };
        // Anybody can send a name of any length.
        let other: String = other.chars().take(100).collect();
        Err(self.wrong(&other, &format!("is no field here: there are {}", known.join(", "))))
    }

    /// A string whose number of characters lies within `limits`.
    pub(crate) fn text(&self, name: &str, limits: RangeInclusive<usize>) -> Result<Option<&str>, Invalid> {
        let Some(value) = self.value(name, "string")? else { return Ok(None) };
        let Some(text) = value.as_str() else { return Err(self.wrong(name, "must be a string")) };
        if !limits.contains(&text.chars().count()) {
            let (least, most) = limits.into_inner();
            return Err(self.wrong(name, &format!("must be {least} to {most} characters long")));
        }
        Ok(Some(text))
    }

    pub(crate) fn boolean(&self, name: &str) -> Result<Option<bool>, Invalid> {
        let Some(value) = self.value(name, "boolean")? else { return Ok(None) };
        value.as_bool().map(Some).ok_or_else(|| self.wrong(name, "must be true or false"))
    }

    /// A whole number within `limits`.
    ///
    /// 60.0 and 6e1 are the whole number 60, as JSON Schema has it: a service in JavaScript cannot tell them apart.
    pub(crate) fn number(&self, name: &str, limits: RangeInclusive<i64>) -> Result<Option<i64>, Invalid> {
        let Some(value) = self.value(name, "integer")? else { return Ok(None) };
        // Up to here, floats are exact.
        const EXACT: f64 = 9_007_199_254_740_992.0;
        let whole = || value.as_f64().filter(|float| float.fract() == 0.0 && float.abs() <= EXACT);
        let number = value.as_i64().or_else(|| whole().map(|float| float as i64));
        match number.filter(|number| limits.contains(number)) {
            Some(number) => Ok(Some(number)),
            None => {
                let (least, most) = limits.into_inner();
                Err(self.wrong(name, &format!("must be a whole number from {least} to {most}")))
            }
        }
    }

    pub(crate) fn date(&self, name: &str) -> Result<Option<DateTime<Utc>>, Invalid> {
        let Some(value) = self.value(name, "string")? else { return Ok(None) };
        // A text that no date can be has the message of one that has another form.
        clock::parse(value.as_str().unwrap_or_default()).map(Some).map_err(|rule| self.wrong(name, rule))
    }

    pub(crate) fn object(&self, name: &str) -> Result<Option<Self>, Invalid> {
        match self.value(name, "object")? {
            None => Ok(None),
            Some(Value::Object(map)) => {
                Ok(Some(Self { map: map.clone(), path: format!("{}{name}.", self.path), is_lenient: self.is_lenient }))
            }
            Some(_) => Err(self.wrong(name, "must be an object")),
        }
    }

    /// Turns a field that is absent into the refusal that names it.
    pub(crate) fn required<T>(&self, name: &str, value: Option<T>) -> Result<T, Invalid> {
        value.ok_or_else(|| self.wrong(name, "is missing"))
    }

    pub(crate) fn wrong(&self, name: &str, rule: &str) -> Invalid {
        Invalid(format!("{}{name} {rule}", self.path))
    }
}

/// How many values a body may have. Values take much more memory than their text: a hundred times as much, if they are
/// small objects.
const MOST: usize = 10_000;

/// How many values JSON has at most, by what stands between them.
fn count(bytes: &[u8]) -> usize {
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

/// A mobile number in E.164: a plus, then 7 to 15 digits, the first of them not 0.
pub(crate) fn phone(name: &str, value: &str) -> Result<String, Invalid> {
    let digits = value.strip_prefix('+').unwrap_or_default();
    let digits_only = digits.bytes().all(|byte| byte.is_ascii_digit());
    if (7..=15).contains(&digits.len()) && digits_only && !digits.starts_with('0') {
        return Ok(value.to_owned());
    }
    Err(Invalid(format!(
        "{name} must be a mobile number in E.164 form, such as +12125550100 (in a path the plus is written %2B)"
    )))
}

/// Two upper-case letters, as ISO 3166-1 alpha-2 has them.
pub(crate) fn is_alpha_2(text: &str) -> bool {
    text.len() == 2 && text.bytes().all(|byte| byte.is_ascii_uppercase())
}

/// The characters of an organization id and its suffix.
pub(crate) fn is_organization_text(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fields(json: &str) -> Fields {
        Fields::parse(json.as_bytes()).unwrap()
    }

    #[test]
    fn a_refusal_names_the_field_and_the_limit() {
        let body = fields(r#"{ "name": "abc", "hour": 25, "on": "true", "start": "tomorrow" }"#);
        let messages = [
            body.text("name", 4..=1024).unwrap_err().0,
            body.number("hour", 0..=24).unwrap_err().0,
            body.boolean("on").unwrap_err().0,
            body.date("start").unwrap_err().0,
        ];
        assert_eq!(messages[0], "name must be 4 to 1024 characters long");
        assert_eq!(messages[1], "hour must be a whole number from 0 to 24");
        assert_eq!(messages[2], "on must be true or false");
        assert!(messages[3].starts_with("start must be an ISO 8601 date"), "{}", messages[3]);
    }

    #[test]
    fn a_field_inside_an_object_is_named_with_its_path() {
        let body = fields(r#"{ "address": { "street": 7 } }"#);
        let address = body.object("address").unwrap().unwrap();
        assert_eq!(address.text("street", 0..=9).unwrap_err().0, "address.street must be a string");
    }

    #[test]
    fn length_is_counted_in_characters_not_bytes() {
        let body = fields(r#"{ "name": "Ærøø" }"#);
        assert_eq!(body.text("name", 4..=4).unwrap(), Some("Ærøø"));
    }

    #[test]
    fn null_is_refused_by_name_and_type_unless_the_field_may_be_null() {
        let body = fields(r#"{ "a": null, "b": { "c": null } }"#);
        let messages = [
            body.text("a", 0..=9).unwrap_err().0,
            body.boolean("a").unwrap_err().0,
            body.number("a", 0..=9).unwrap_err().0,
            body.date("a").unwrap_err().0,
            body.object("a").map(|_| ()).unwrap_err().0,
            body.object("b").unwrap().unwrap().text("c", 0..=9).unwrap_err().0,
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
    fn a_number_is_whole_however_it_is_written() {
        let read = |text: &str| fields(&format!(r#"{{ "n": {text} }}"#)).number("n", -1000..=1_000_000);
        for (text, number) in
            [("60", 60), ("60.0", 60), ("6e1", 60), ("0.6E+2", 60), ("-0.0", 0), ("-7.000", -7), ("1e6", 1_000_000)]
        {
            assert_eq!(read(text).unwrap(), Some(number), "{text}");
        }
        for bad in
            ["60.5", "1e-3", "1000000.5", "1e7", "1e300", "-1e300", "18446744073709551616", "\"60\"", "true", "[60]"]
        {
            assert_eq!(read(bad).unwrap_err().0, "n must be a whole number from -1000 to 1000000", "{bad}");
        }
    }

    #[test]
    fn values_are_counted_wherever_they_stand_and_never_in_texts() {
        assert_eq!(count(br#"{"a": [1, 2], "b": {}}"#), 6);
        assert_eq!(count(br#"{"a": "[{,\"[{,\\", "b": 1}"#), 3);
        let crowd = |values| format!("{{\"a\": [{}]}}", vec!["0"; values].join(","));
        assert!(Fields::parse(crowd(MOST - 2).as_bytes()).is_ok());
        assert!(Fields::parse(crowd(MOST - 1).as_bytes()).is_err_and(|wrong| wrong.0.contains("10000")));
    }

    #[test]
    fn phone_numbers_are_e164_and_nothing_else() {
        for good in ["+12125550100", "+447700900000", "+1234567"] {
            assert_eq!(phone("userId", good).unwrap(), good);
        }
        for bad in
            ["12125550100", "+02125550100", "+123456", "+1234567890123456", "+1212555o100", " +12125550100", "+", ""]
        {
            assert!(phone("userId", bad).is_err(), "{bad:?}");
        }
    }

    #[test]
    fn a_body_that_is_no_object_is_refused() {
        for bad in ["", "[", "[]", "\"x\"", "7", "null", "{\"a\":}"] {
            assert!(Fields::parse(bad.as_bytes()).is_err(), "{bad:?}");
        }
    }
}
