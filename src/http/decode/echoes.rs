//! What a call said, for a response that was to repeat it.

use reqwest::Url;
use serde_json::{Map, Value};

use crate::http::path::unsegment;
use crate::model::operation::{Operation, Source};

/// What a call said.
pub(crate) struct Said<'a> {
    pub(crate) base_path: &'a str,
    pub(crate) url: &'a Url,
    /// Its body.
    pub(crate) json: &'a [u8],
}

impl Said<'_> {
    /// Puts what the call said where the response leaves it out; whether there was anything to do.
    ///
    /// The response has to hold the object that was changed. What stands in it is the service's word and stays.
    pub(super) fn fill(&self, operation: &Operation, response: &mut Value) -> bool {
        if operation.echoes.is_empty() {
            return false;
        }
        let object = match &operation.envelope {
            None => Some(response),
            Some(envelope) => {
                let is_bare = response.get(envelope.property).is_none()
                    && envelope.inside.iter().any(|name| response.get(*name).is_some());
                if is_bare {
                    let object = Map::from_iter([(envelope.property.to_owned(), response.take())]);
                    *response = object.into();
                }
                response.get_mut(envelope.property)
            }
        };
        let Some(object @ Value::Object(_)) = object else { return false };
        let body: Value = serde_json::from_slice(self.json).unwrap_or_default();
        let mut filled = false;
        for echo in operation.echoes {
            if let Some(value) = self.value(&body, echo.source).filter(|value| !value.is_null()) {
                filled |= put(object, echo.at, value);
            }
        }
        filled
    }

    fn value(&self, body: &Value, source: Source) -> Option<Value> {
        match source {
            Source::Property(name) => body.get(name).cloned(),
            Source::Segment(place) => {
                let path = self.url.path().strip_prefix(self.base_path)?;
                Some(unsegment(path.split('/').nth(place)?)?.into())
            }
        }
    }
}

/// Puts a value where nothing or null stands, and the objects around it where they are missing.
fn put(object: &mut Value, at: &[&str], value: Value) -> bool {
    let mut place = object;
    for name in at {
        if place.is_null() {
            *place = Map::new().into();
        }
        let Some(object) = place.as_object_mut() else { return false };
        place = object.entry(*name).or_insert(Value::Null);
    }
    let is_missing = place.is_null();
    if is_missing {
        *place = value;
    }
    is_missing
}
