//! Defines types for string schemas that have a name in a spec, such as ids.

/// Defines a string type, so that the id of a lock cannot be passed where the id of a key is expected.
// A path takes several ids in a row, and two of them swapped would address another key.
macro_rules! text_type {
    (#[doc = $doc:literal] $name:ident) => {
        #[doc = $doc]
        ///
        /// Any string is accepted, also from responses: the service decides which ones are valid.
        #[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
        // `Box<str>` takes two words and `String` three; ids are never changed.
        pub struct $name(::std::boxed::Box<str>);

        impl $name {
            /// Returns the string.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl ::std::convert::From<&str> for $name {
            fn from(text: &str) -> Self {
                Self(text.into())
            }
        }

        impl ::std::convert::From<::std::string::String> for $name {
            fn from(text: ::std::string::String) -> Self {
                Self(text.into())
            }
        }

        impl ::std::convert::From<&Self> for $name {
            fn from(other: &Self) -> Self {
                other.clone()
            }
        }

        impl ::std::convert::From<$name> for ::std::string::String {
            fn from(text: $name) -> Self {
                text.0.into()
            }
        }

        impl ::std::str::FromStr for $name {
            type Err = ::std::convert::Infallible;

            fn from_str(text: &str) -> ::std::result::Result<Self, Self::Err> {
                Ok(text.into())
            }
        }

        impl ::std::convert::AsRef<str> for $name {
            fn as_ref(&self) -> &str {
                self.as_str()
            }
        }

        impl ::std::cmp::PartialEq<str> for $name {
            fn eq(&self, other: &str) -> bool {
                self.as_str() == other
            }
        }

        impl ::std::cmp::PartialEq<&str> for $name {
            fn eq(&self, other: &&str) -> bool {
                self.as_str() == *other
            }
        }

        impl ::std::fmt::Display for $name {
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                // With `pad`, width and alignment apply as they do for `str`.
                f.pad(self.as_str())
            }
        }

        impl ::std::fmt::Debug for $name {
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                f.debug_tuple(stringify!($name)).field(&self.0).finish()
            }
        }

        impl ::serde::Serialize for $name {
            fn serialize<S: ::serde::Serializer>(&self, serializer: S) -> ::std::result::Result<S::Ok, S::Error> {
                serializer.serialize_str(self.as_str())
            }
        }

        impl<'de> ::serde::Deserialize<'de> for $name {
            fn deserialize<D: ::serde::Deserializer<'de>>(deserializer: D) -> ::std::result::Result<Self, D::Error> {
                // The same visitor as for open enums: one more for each id type would only be more code.
                crate::model::lenient::open_enum(deserializer)
            }
        }

        crate::model::field::text_sources!($name);

        #[cfg(feature = "schemars")]
        impl ::schemars::JsonSchema for $name {
            fn inline_schema() -> bool {
                true
            }

            fn schema_name() -> ::std::borrow::Cow<'static, str> {
                stringify!($name).into()
            }

            fn json_schema(generator: &mut ::schemars::SchemaGenerator) -> ::schemars::Schema {
                generator.subschema_for::<::std::string::String>()
            }
        }
    };
}

pub(crate) use text_type;

#[cfg(test)]
mod tests {
    use crate::model::integrator::types::{Lock, LockId};

    #[test]
    fn serializes_and_deserializes_as_a_string() {
        let id = LockId::from("front-door");
        assert_eq!(
            (serde_json::to_string(&id).unwrap(), id.to_string()),
            ("\"front-door\"".into(), "front-door".into())
        );
        assert_eq!(serde_json::from_str::<LockId>("\"front-door\"").unwrap(), id);
        assert!(serde_json::from_str::<LockId>("7").is_err());
        assert_eq!(format!("{id:?} {id:>11}"), "LockId(\"front-door\")  front-door");
        assert!(id == "front-door" && *"x" != *id.as_str());
        assert_eq!(String::from(id.clone()), "front-door");
        let lock: Lock = serde_json::from_str(r#"{"id":"front-door","name":"Front door"}"#).unwrap();
        assert_eq!(lock.id, id);
    }
}
