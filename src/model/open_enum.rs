//! Enums that keep the values they do not know.

/// Makes an enum of texts out of what a spec lists; unknown values are kept in `Unknown` and written back as they came.
macro_rules! open_enum {
    (
        #[doc = $doc:literal]
        $name:ident, case_insensitive: $insensitive:literal,
        { $(#[doc = $variant_doc:literal] $variant:ident = $text:literal),* $(,)? }
    ) => {
        #[doc = $doc]
        ///
        /// The list may grow: a value that it lacks is [`Unknown`](Self::Unknown) and round-trips.
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[non_exhaustive]
        pub enum $name {
            $(#[doc = $variant_doc] $variant,)*
            /// A value that the spec does not list.
            Unknown(::std::string::String),
        }

        impl $name {
            /// The values that the spec lists.
            pub const KNOWN: &'static [&'static str] = &[$($text),*];

            /// The value as it is written.
            #[must_use]
            pub fn as_str(&self) -> &str {
                match self {
                    $(Self::$variant => $text,)*
                    Self::Unknown(text) => text,
                }
            }

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
                let mut schema = generator.subschema_for::<::std::string::String>();
                schema.insert("description".to_owned(), $doc.into());
                schema.insert("examples".to_owned(), Self::KNOWN.into());
                schema
            }
        }
    };
}

pub(crate) use open_enum;

/// Whether a text is this value of an enum.
pub(crate) fn is_value(text: &str, value: &str, case_insensitive: bool) -> bool {
    text == value || (case_insensitive && text.eq_ignore_ascii_case(value))
}

#[cfg(test)]
mod tests {
    use crate::model::integrator::types::{KeyState, Vendor};

    #[test]
    fn unknown_values_round_trip_and_known_ones_have_names() {
        let states: Vec<KeyState> = serde_json::from_str(r#"["active","on-holiday",""]"#).unwrap();
        assert_eq!(
            states,
            [KeyState::Active, KeyState::Unknown("on-holiday".to_owned()), KeyState::Unknown(String::new())]
        );
        assert_eq!(serde_json::to_string(&states).unwrap(), r#"["active","on-holiday",""]"#);
    }

    #[test]
    fn vendors_are_the_same_in_any_case() {
        assert_eq!(Vendor::from("Danalock"), Vendor::Danalock);
        assert_eq!(Vendor::from("danalock"), Vendor::Danalock);
        assert_eq!(KeyState::from("Active"), KeyState::Unknown("Active".to_owned()));
    }
}
