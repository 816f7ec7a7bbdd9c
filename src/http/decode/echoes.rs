//! Completes a response with values that the call sent and the response leaves out.

use serde_json::{Map, Value, json};
use url::Url;

use crate::http::path::decode_segment;
use crate::model::operation::{Operation, Source};

/// Holds the parts of a request that a response may echo.
pub(crate) struct SentRequest<'a> {
    pub(crate) base_path: &'a str,
    pub(crate) url: &'a Url,
    /// Holds the body, as JSON.
    pub(crate) json: &'a [u8],
}

impl SentRequest<'_> {
    /// Adds to a response the values that the call sent and the response leaves out; returns whether it added any.
    ///
    /// The response has to contain the object that was changed. Values that the service did send are not overwritten.
    pub(super) fn fill(&self, operation: &Operation, response: &mut Value) -> bool {
        if operation.echoes.is_empty() {
            return false;
        }
        let object = match &operation.envelope {
            None => Some(response),
            Some(envelope) => {
                // Not wrapped, but with properties of the object inside: wrap it, so that one form remains below.
                let is_bare = response.get(envelope.property).is_none()
                    && envelope.inside.iter().any(|name| response.get(*name).is_some());
                if is_bare {
                    *response = json!({envelope.property: response.take()});
                }
                response.get_mut(envelope.property)
            }
        };
        // Without the object, a response made of echoes alone would hide that the service sent none.
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
            // The index counts from the base path on, whose length differs from one environment to another.
            Source::Segment(index) => {
                let path = self.url.path().strip_prefix(self.base_path)?;
                Some(decode_segment(path.split('/').nth(index)?)?.into())
            }
        }
    }
}

/// Sets a value that is missing or null, and creates the objects on the way to it; returns whether it was set.
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
