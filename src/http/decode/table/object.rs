//! Reads objects as the code of serde's derive does: each property once, under any of its names.

use std::fmt;

use serde::Deserializer;
use serde::de::{DeserializeSeed, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::Map;
use serde_path_to_error::Segment;

use super::{Output, Reader};
use crate::model::lenient;
use crate::model::table::{Kind, Property, Reading};

/// Reads the value of a property, and writes it with its name, unless the result leaves the property out.
struct Named<'a> {
    property: &'static Property,
    keeps_unknown: bool,
    out: &'a mut Output,
}

impl<'de> DeserializeSeed<'de> for Named<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<(), D::Error> {
        let (Property { name, required, reading, shape, .. }, out) = (self.property, self.out);
        let before = out.place();
        out.name(name);
        let place = out.place();
        let is_read = Reader { shape, keeps_unknown: self.keeps_unknown, out }.optional(from, *reading)?;
        // Null: an empty list or map where the property tolerates that, an error where a value is required.
        match shape.kind {
            _ if is_read => {}
            Kind::List(_) if *reading != Reading::Strict => out.value(&[(); 0]),
            Kind::Map(_) if *reading != Reading::Strict => out.value(&Map::new()),
            _ if *required && !shape.nullable => {
                return Err(D::Error::custom(format_args!("null where `{name}` is required")));
            }
            _ => out.value(&()),
        }
        // Optional lists and maps have `skip_serializing_if` in the types, so that empty ones are left out.
        let is_left_out =
            matches!((shape.kind, out.since(place)), (_, b"null") | (Kind::List(_) | Kind::Map(_), b"[]" | b"{}"));
        if is_left_out && !required {
            out.truncate(before);
        }
        Ok(())
    }
}

/// Reads an object by its properties.
pub(super) struct Object<'a> {
    pub(super) properties: &'static [Property],
    pub(super) reader: Reader<'a>,
}

impl Object<'_> {
    fn named(&mut self, property: &'static Property) -> Named<'_> {
        Named { property, keeps_unknown: self.reader.keeps_unknown, out: self.reader.out }
    }

    /// Notes that an error is at a property.
    fn at<E>(&mut self, key: &str, error: E) -> E {
        self.reader.out.at(Segment::Map { key: key.to_owned() }, error)
    }
}

impl<'de> Visitor<'de> for Object<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(mut self, mut entries: A) -> Result<(), A::Error> {
        let (mut known, mut unknown) = (vec![false; self.properties.len()], Map::new());
        self.reader.out.open(b'{');
        while let Some(name) = entries.next_key_seed(Name(self.properties))? {
            match name {
                Ok((index, property)) => {
                    // An error as in the derived code. `decode_by` merges duplicates, and tries again.
                    if known.get_mut(index).is_some_and(|known| std::mem::replace(known, true)) {
                        return Err(A::Error::duplicate_field(property.name));
                    }
                    let value = entries.next_value_seed(self.named(property));
                    value.map_err(|error| self.at(property.name, error))?;
                }
                Err(name) if self.reader.keeps_unknown => {
                    lenient::put(&mut unknown, name, entries.next_value()?);
                }
                Err(name) => {
                    let skipped = entries.next_value::<IgnoredAny>();
                    skipped.map_err(|error| self.at(&name, error))?;
                }
            }
        }
        let missing = self.properties.iter().zip(known).find(|(property, known)| property.required && !known);
        if let Some((missing, _)) = missing {
            return Err(A::Error::missing_field(missing.name));
        }
        for (name, value) in unknown {
            self.reader.out.name(&name);
            self.reader.out.value(&value);
        }
        self.reader.out.close(b'}');
        Ok(())
    }

    // The derived code accepts a list in place of an object, and reads its items in the order of the properties. A list
    // of one object can so be read as the envelope of that object. Whatever the types accept has to be accepted here.
    fn visit_seq<A: SeqAccess<'de>>(mut self, mut items: A) -> Result<(), A::Error> {
        self.reader.out.open(b'{');
        for (index, property) in self.properties.iter().enumerate() {
            let value = items.next_element_seed(self.named(property));
            let value = value.map_err(|error| self.reader.out.at(Segment::Seq { index }, error))?;
            // A field has `#[serde(default)]` if it is a list or a map, or if a function reads it leniently.
            let is_read_leniently = property.reading != Reading::Strict || matches!(property.shape.kind, Kind::Time);
            let is_collection = matches!(property.shape.kind, Kind::List(_) | Kind::Map(_));
            if value.is_none() && (property.required || !(is_read_leniently || is_collection)) {
                return Err(A::Error::invalid_length(index, &self));
            }
        }
        self.reader.out.close(b'}');
        Ok(())
    }
}

/// Reads the name of a property: a property with its place, or a name that the spec does not know.
struct Name(&'static [Property]);

impl<'de> DeserializeSeed<'de> for Name {
    type Value = Result<(usize, &'static Property), String>;

    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<Self::Value, D::Error> {
        from.deserialize_str(self)
    }
}

impl Visitor<'_> for Name {
    type Value = Result<(usize, &'static Property), String>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the name of a property")
    }

    fn visit_str<E>(self, name: &str) -> Result<Self::Value, E> {
        let is_it = |(_, property): &(usize, &Property)| property.name == name || property.aliases.contains(&name);
        Ok(self.0.iter().enumerate().find(is_it).ok_or_else(|| name.to_owned()))
    }
}
