//! Visits the strings of a request body and their property names.
//!
//! A serde serializer reads them from the typed value, so that no body has to be parsed back from JSON.

use std::fmt;

use serde::ser::{self, Impossible, Serialize, Serializer};

/// Is implemented by all values that serialize, and visits their strings.
pub(crate) trait Texts: Sync {
    /// Calls `found` with the name of the property and the string, for each string.
    fn each(&self, found: &mut dyn FnMut(&str, &str));
}

impl<T: Serialize + Sync> Texts for T {
    fn each(&self, found: &mut dyn FnMut(&str, &str)) {
        // The visitor itself fails for no type of the specs, and a value that cannot be serialized was not sent.
        let _ = self.serialize(Visitor { name: "", found });
    }
}

/// Serializes into calls of `found`, and remembers the name of the current property.
struct Visitor<'a> {
    name: &'a str,
    found: &'a mut dyn FnMut(&str, &str),
}

impl Visitor<'_> {
    /// Visits a value under this name.
    fn inside<T: Serialize + ?Sized>(&mut self, name: &str, value: &T) -> fmt::Result {
        value.serialize(Visitor { name, found: self.found })
    }
}

/// Ignores the types that are not strings: none of them is sensitive in the specs.
macro_rules! no_string {
    ($($function:ident: $ty:ty),*) => {
        $(fn $function(self, _: $ty) -> fmt::Result {
            Ok(())
        })*
    };
}

impl<'a> Serializer for Visitor<'a> {
    type Ok = ();
    type Error = fmt::Error;
    type SerializeSeq = Self;
    type SerializeTuple = Self;
    type SerializeTupleStruct = Self;
    // The bindings have no variants with several fields: alternatives are untagged newtype variants.
    type SerializeTupleVariant = Impossible<(), fmt::Error>;
    type SerializeMap = Entries<'a>;
    type SerializeStruct = Self;
    type SerializeStructVariant = Impossible<(), fmt::Error>;

    no_string!(
        serialize_bool: bool, serialize_i8: i8, serialize_i16: i16, serialize_i32: i32, serialize_i64: i64,
        serialize_u8: u8, serialize_u16: u16, serialize_u32: u32, serialize_u64: u64, serialize_f32: f32,
        serialize_f64: f64, serialize_char: char, serialize_bytes: &[u8], serialize_unit_struct: &'static str
    );

    fn serialize_str(self, text: &str) -> fmt::Result {
        (self.found)(self.name, text);
        Ok(())
    }

    fn serialize_none(self) -> fmt::Result {
        Ok(())
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> fmt::Result {
        value.serialize(self)
    }

    fn serialize_unit(self) -> fmt::Result {
        Ok(())
    }

    fn serialize_unit_variant(self, _: &'static str, _: u32, variant: &'static str) -> fmt::Result {
        self.serialize_str(variant)
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(self, _: &'static str, value: &T) -> fmt::Result {
        value.serialize(self)
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
        value: &T,
    ) -> fmt::Result {
        value.serialize(self)
    }

    fn serialize_seq(self, _: Option<usize>) -> Result<Self, fmt::Error> {
        Ok(self)
    }

    fn serialize_tuple(self, _: usize) -> Result<Self, fmt::Error> {
        Ok(self)
    }

    fn serialize_tuple_struct(self, _: &'static str, _: usize) -> Result<Self, fmt::Error> {
        Ok(self)
    }

    fn serialize_tuple_variant(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
        _: usize,
    ) -> Result<Impossible<(), fmt::Error>, fmt::Error> {
        Err(fmt::Error)
    }

    fn serialize_map(self, _: Option<usize>) -> Result<Entries<'a>, fmt::Error> {
        Ok(Entries { visitor: self, name: String::new() })
    }

    fn serialize_struct(self, _: &'static str, _: usize) -> Result<Self, fmt::Error> {
        Ok(self)
    }

    fn serialize_struct_variant(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
        _: usize,
    ) -> Result<Impossible<(), fmt::Error>, fmt::Error> {
        Err(fmt::Error)
    }
}

/// Visits the items of a list under the list's name.
macro_rules! items {
    ($($of:ident $function:ident),*) => {
        $(impl ser::$of for Visitor<'_> {
            type Ok = ();
            type Error = fmt::Error;

            fn $function<T: Serialize + ?Sized>(&mut self, value: &T) -> fmt::Result {
                let name = self.name;
                self.inside(name, value)
            }

            fn end(self) -> fmt::Result {
                Ok(())
            }
        })*
    };
}

items!(SerializeSeq serialize_element, SerializeTuple serialize_element, SerializeTupleStruct serialize_field);

impl ser::SerializeStruct for Visitor<'_> {
    type Ok = ();
    type Error = fmt::Error;

    fn serialize_field<T: Serialize + ?Sized>(&mut self, name: &'static str, value: &T) -> fmt::Result {
        self.inside(name, value)
    }

    fn end(self) -> fmt::Result {
        Ok(())
    }
}

/// Visits the entries of a map, whose keys are the names of the values.
struct Entries<'a> {
    visitor: Visitor<'a>,
    name: String,
}

impl ser::SerializeMap for Entries<'_> {
    type Ok = ();
    type Error = fmt::Error;

    fn serialize_key<T: Serialize + ?Sized>(&mut self, key: &T) -> fmt::Result {
        self.name.clear();
        let name = &mut self.name;
        key.serialize(Visitor { name: "", found: &mut |_, text| name.push_str(text) })
    }

    fn serialize_value<T: Serialize + ?Sized>(&mut self, value: &T) -> fmt::Result {
        value.serialize(Visitor { name: &self.name, found: self.visitor.found })
    }

    fn end(self) -> fmt::Result {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::Texts;
    use crate::model::integrator::types::CreateKeyRequest;

    fn strings(of: &dyn Texts) -> Vec<(String, String)> {
        let mut found = Vec::new();
        of.each(&mut |name, text| found.push((name.to_owned(), text.to_owned())));
        found
    }

    #[test]
    fn visits_each_string_with_the_name_of_its_property() {
        let body = CreateKeyRequest::builder().user_id("+12125550142").duration_minutes(60).build().unwrap();
        assert_eq!(strings(&body), [("userId".to_owned(), "+12125550142".to_owned())]);
        let value = json!({ "a": [1, "x", { "b": "y" }], "c": { "d": ["z", null] }, "e": true });
        let found = strings(&value);
        let expected = [("a", "x"), ("b", "y"), ("d", "z")].map(|(name, text)| (name.to_owned(), text.to_owned()));
        assert_eq!(found, expected);
        assert_eq!(strings(&()), []);
        assert_eq!(strings(&Some("x")), [(String::new(), "x".to_owned())]);
    }
}
