//! Reads what the facade passes, field by field, and refuses what is left.
//!
//! Without serde's derive: for these few fields its code would be a twentieth of the module.

use std::time::Duration;

use serde_json::{Map, Value};

/// Says what is wrong with a field. It names the field, and never quotes a value, which may be a secret.
pub(crate) type Result<T> = std::result::Result<T, String>;

/// Holds the fields of an object that have not been taken yet. Null counts as missing.
pub(crate) struct Fields {
    /// Precedes the names in messages, as in `retry.maxAttempts`.
    place: String,
    left: Map<String, Value>,
}

impl Fields {
    pub(crate) fn parse(text: &str) -> Result<Self> {
        // As bytes, like the bodies of responses: reading a `str` would compile the deserializer a second time.
        match serde_json::from_slice(text.as_bytes()) {
            Ok(Value::Object(left)) => Ok(Self { place: String::new(), left }),
            _ => Err("expected an object".to_owned()),
        }
    }

    pub(crate) fn take(&mut self, name: &str) -> Option<Value> {
        self.left.remove(name).filter(|value| !value.is_null())
    }

    pub(crate) fn text(&mut self, name: &str) -> Result<Option<String>> {
        match self.take(name) {
            None => Ok(None),
            Some(Value::String(text)) => Ok(Some(text)),
            Some(_) => Err(self.wrong(name, "a string")),
        }
    }

    pub(crate) fn number<N: TryFrom<u64>>(&mut self, name: &str) -> Result<Option<N>> {
        let Some(value) = self.take(name) else { return Ok(None) };
        let number = value.as_u64().and_then(|number| N::try_from(number).ok());
        number.map(Some).ok_or_else(|| self.wrong(name, "a whole number"))
    }

    pub(crate) fn milliseconds(&mut self, name: &str) -> Result<Option<Duration>> {
        Ok(self.number(name)?.map(Duration::from_millis))
    }

    pub(crate) fn object(&mut self, name: &str) -> Result<Option<Self>> {
        match self.take(name) {
            None => Ok(None),
            Some(Value::Object(left)) => Ok(Some(self.inside(name, left))),
            Some(_) => Err(self.wrong(name, "an object")),
        }
    }

    /// Returns the fields of an object that was taken.
    pub(crate) fn inside(&self, name: &str, left: Map<String, Value>) -> Self {
        Self { place: format!("{}{name}.", self.place), left }
    }

    /// Returns the fields that have not been taken.
    pub(crate) fn rest(self) -> Map<String, Value> {
        self.left
    }

    /// Refuses fields that have not been taken.
    pub(crate) fn end(self) -> Result<()> {
        self.left.keys().next().map_or(Ok(()), |name| Err(format!("unknown field `{}{name}`", self.place)))
    }

    pub(crate) fn wrong(&self, name: &str, expected: &str) -> String {
        format!("`{}{name}` has the wrong type: expected {expected}", self.place)
    }
}
