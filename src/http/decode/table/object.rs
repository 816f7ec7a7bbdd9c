//! Reads objects as the code of serde's derive does: each property once, under any of its names.

use std::collections::BTreeMap;
use std::fmt;

use serde::Deserializer;
use serde::de::{DeserializeSeed, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Value};

use super::Reader;
use crate::model::lenient;
use crate::model::table::{Kind, Property, Reading};

/// Reads the value of a property; `None` if the result leaves the property out.
#[derive(Clone, Copy)]
struct Named {
    property: &'static Property,
    keeps_unknown: bool,
}

impl Named {
    fn is_list_or_map(self) -> bool {
        matches!(self.property.shape.kind, Kind::List(_) | Kind::Map(_))
    }
}

impl<'de> DeserializeSeed<'de> for Named {
    type Value = Option<Value>;

    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<Self::Value, D::Error> {
        let Property { name, required, reading, shape, .. } = self.property;
        let value = Reader { shape, keeps_unknown: self.keeps_unknown }.optional(from, *reading)?;
        // Null: an empty list or map where the property tolerates that, an error where a value is required.
        let value = match (value, shape.kind) {
            (None, Kind::List(_)) if *reading != Reading::Strict => Some(Vec::<Value>::new().into()),
            (None, Kind::Map(_)) if *reading != Reading::Strict => Some(Map::new().into()),
            (None, _) if *required && !shape.nullable => {
                return Err(D::Error::custom(format_args!("null where `{name}` is required")));
            }
            (None, _) => required.then_some(Value::Null),
            (value, _) => value,
        };
        // Optional lists and maps have `skip_serializing_if` in the types, so that empty ones are left out.
        let is_empty =
            |value: &Value| value.as_array().is_some_and(Vec::is_empty) || value.as_object().is_some_and(Map::is_empty);
        Ok(value.filter(|value| *required || !self.is_list_or_map() || !is_empty(value)))
    }
}

/// Reads an object by its properties.
pub(super) struct Object {
    pub(super) properties: &'static [Property],
    pub(super) keeps_unknown: bool,
}

impl Object {
    fn named(&self, property: &'static Property) -> Named {
        Named { property, keeps_unknown: self.keeps_unknown }
    }
}

impl<'de> Visitor<'de> for Object {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Value, A::Error> {
        let (mut known, mut object) = (BTreeMap::new(), Map::new());
        while let Some(name) = entries.next_key::<String>()? {
            let is_it = |property: &&Property| property.name == name || property.aliases.contains(&name.as_str());
            if let Some(property) = self.properties.iter().find(is_it) {
                // An error as in the derived code. `decode_by` merges duplicates, and tries again.
                if known.contains_key(property.name) {
                    return Err(A::Error::duplicate_field(property.name));
                }
                known.insert(property.name, entries.next_value_seed(self.named(property))?);
            } else if self.keeps_unknown {
                lenient::put(&mut object, name, entries.next_value()?);
            } else {
                entries.next_value::<IgnoredAny>()?;
            }
        }
        if let Some(missing) = self.properties.iter().find(|one| one.required && !known.contains_key(one.name)) {
            return Err(A::Error::missing_field(missing.name));
        }
        object.extend(known.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?))));
        Ok(object.into())
    }

    // The derived code accepts a list in place of an object, and reads its items in the order of the properties. A list
    // of one object can so be read as the envelope of that object. Whatever the types accept has to be accepted here.
    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Value, A::Error> {
        let mut object = Map::new();
        for (place, property) in self.properties.iter().enumerate() {
            let value = items.next_element_seed(self.named(property))?;
            let value = value.ok_or_else(|| A::Error::invalid_length(place, &self))?;
            object.extend(value.map(|value| (property.name.to_owned(), value)));
        }
        Ok(object.into())
    }
}
