//! Reads arrays of a JSON object.

use serde_json::Value;

use crate::domain::error::Invalid;
use crate::http::fields::Fields;

impl Fields {
    /// Reads an array of objects. Their fields are named like `keys.0.lockId`.
    pub(crate) fn objects(&self, name: &str) -> Result<Option<Vec<Self>>, Invalid> {
        let Some(items) = self.array(name)? else { return Ok(None) };
        let object = |(index, item): (usize, &Value)| match item {
            Value::Object(map) => {
                let path = format!("{}{name}.{index}.", self.path);
                Ok(Self { map: map.clone(), path, is_lenient: self.is_lenient })
            }
            Value::Null => Err(self.error(&format!("{name}.{index}"), "must be of type object")),
            _ => Err(self.error(&format!("{name}.{index}"), "must be an object")),
        };
        items.iter().enumerate().map(object).collect::<Result<_, _>>().map(Some)
    }

    /// Reads an array of strings.
    pub(crate) fn texts<'a>(&'a self, name: &str) -> Result<Option<Vec<&'a str>>, Invalid> {
        let Some(items) = self.array(name)? else { return Ok(None) };
        let text = |(index, item): (usize, &'a Value)| {
            item.as_str().ok_or_else(|| self.error(&format!("{name}.{index}"), "must be of type string"))
        };
        items.iter().enumerate().map(text).collect::<Result<_, _>>().map(Some)
    }

    fn array(&self, name: &str) -> Result<Option<&Vec<Value>>, Invalid> {
        let Some(value) = self.value(name, "array")? else { return Ok(None) };
        value.as_array().map(Some).ok_or_else(|| self.error(name, "must be an array"))
    }
}
