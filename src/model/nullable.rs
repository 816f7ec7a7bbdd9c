//! Values that can be written, written as null, or left out.

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A property of a request that the caller can give, give as null, or leave out.
///
/// The setters take the value, an `Option` (where `None` is null) or a `Nullable`; a setter that is not called leaves
/// the property out.
///
/// ```
/// use unloc::types::CreateKeyRequest;
///
/// let for_good: CreateKeyRequest = CreateKeyRequest::builder().user_id("+12125550142").end(None).build()?;
/// assert_eq!(serde_json::to_string(&for_good)?, r#"{"end":null,"userId":"+12125550142"}"#);
/// let unsaid: CreateKeyRequest = CreateKeyRequest::builder().user_id("+12125550142").build()?;
/// assert_eq!(serde_json::to_string(&unsaid)?, r#"{"userId":"+12125550142"}"#);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[allow(clippy::exhaustive_enums)]
pub enum Nullable<T> {
    /// Left out.
    #[default]
    Absent,
    /// Written as null.
    Null,
    /// Written.
    Value(T),
}

impl<T> Nullable<T> {
    /// Whether the property is left out.
    pub fn is_absent(&self) -> bool {
        matches!(self, Self::Absent)
    }

    /// The value, if there is one.
    pub fn value(&self) -> Option<&T> {
        match self {
            Self::Value(value) => Some(value),
            Self::Absent | Self::Null => None,
        }
    }
}

impl<T> From<T> for Nullable<T> {
    fn from(value: T) -> Self {
        Self::Value(value)
    }
}

impl<T> From<Option<T>> for Nullable<T> {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Null, Self::Value)
    }
}

impl<T: Serialize> Serialize for Nullable<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.value().serialize(serializer)
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Nullable<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Option::deserialize(deserializer).map(Self::from)
    }
}

#[cfg(feature = "schemars")]
impl<T: schemars::JsonSchema> schemars::JsonSchema for Nullable<T> {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> std::borrow::Cow<'static, str> {
        format!("Nullable{}", T::schema_name()).into()
    }

    fn json_schema(generator: &mut schemars::SchemaGenerator) -> schemars::Schema {
        generator.subschema_for::<Option<T>>()
    }
}
