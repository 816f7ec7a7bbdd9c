//! Defines open enums, which keep values that the spec does not list.

/// Defines an enum with the values that a spec lists. Other values become `Unknown` and are written back unchanged.
// Closed enums made other SDKs fail whole lists when the service got a new value.
macro_rules! open_enum {
    (
        #[doc = $doc:literal]
        $name:ident, case_insensitive: $insensitive:literal,
        { $(#[doc = $variant_doc:literal] $variant:ident = $text:literal),* $(,)? }
    ) => {
        #[doc = $doc]
        ///
        /// The enum is open: a value that is not listed is read as [`Unknown`](Self::Unknown) and written back
        /// unchanged.
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[non_exhaustive]
        pub enum $name {
            $(#[doc = $variant_doc] $variant,)*
            /// The spec does not list this value.
            Unknown(::std::string::String),
        }

        impl $name {
            /// Lists the values of the spec.
            pub const KNOWN: &'static [&'static str] = &[$($text),*];

            /// Returns the value as it is sent.
            #[must_use]
            pub fn as_str(&self) -> &str {
                match self {
                    $(Self::$variant => $text,)*
                    Self::Unknown(text) => text,
                }
            }

            /// Returns the variant of a listed value.
            fn known(text: &str) -> ::std::option::Option<Self> {
                $(
                    if crate::model::open_enum::is_value(text, $text, $insensitive) {
                        return Some(Self::$variant);
                    }
                )*
                None
            }
        }

        impl ::std::convert::From<&str> for $name {
            fn from(text: &str) -> Self {
                Self::known(text).unwrap_or_else(|| Self::Unknown(text.to_owned()))
            }
        }

        impl ::std::convert::From<::std::string::String> for $name {
            fn from(text: ::std::string::String) -> Self {
                Self::known(&text).unwrap_or(Self::Unknown(text))
            }
        }

        impl ::std::str::FromStr for $name {
            // Any text is a value, so that programs can send one that a later spec lists.
            type Err = ::std::convert::Infallible;

            fn from_str(text: &str) -> ::std::result::Result<Self, Self::Err> {
                Ok(text.into())
            }
        }

        impl ::std::fmt::Display for $name {
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                f.write_str(self.as_str())
            }
        }

        impl ::serde::Serialize for $name {
            fn serialize<S: ::serde::Serializer>(&self, serializer: S) -> ::std::result::Result<S::Ok, S::Error> {
                serializer.serialize_str(self.as_str())
            }
        }

        impl<'de> ::serde::Deserialize<'de> for $name {
            fn deserialize<D: ::serde::Deserializer<'de>>(
                deserializer: D,
            ) -> ::std::result::Result<Self, D::Error> {
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
                // Examples and no `enum`, which would forbid the values that the service adds.
                let mut schema = generator.subschema_for::<::std::string::String>();
                schema.insert("description".to_owned(), $doc.into());
                schema.insert("examples".to_owned(), Self::KNOWN.into());
                schema
            }
        }
    };
}

pub(crate) use open_enum;

/// Returns whether a text is this value of an enum.
// `x-case-insensitive`: vendors are written `Danalock` and `danalock` in the documents.
pub(crate) fn is_value(text: &str, value: &str, case_insensitive: bool) -> bool {
    text == value || (case_insensitive && text.eq_ignore_ascii_case(value))
}

#[cfg(test)]
mod tests {
    use crate::model::integrator::types::{KeyState, Vendor};

    #[test]
    fn reads_listed_values_as_variants_and_writes_others_back_unchanged() {
        let states: Vec<KeyState> = serde_json::from_str(r#"["active","on-holiday",""]"#).unwrap();
        assert_eq!(
            states,
            [KeyState::Active, KeyState::Unknown("on-holiday".to_owned()), KeyState::Unknown(String::new())]
        );
        assert_eq!(serde_json::to_string(&states).unwrap(), r#"["active","on-holiday",""]"#);
    }

    #[test]
    fn compares_vendors_case_insensitively() {
        assert_eq!(Vendor::from("Danalock"), Vendor::Danalock);
        assert_eq!(Vendor::from("danalock"), Vendor::Danalock);
        assert_eq!(KeyState::from("Active"), KeyState::Unknown("Active".to_owned()));
    }
}
