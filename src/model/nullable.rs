//! Defines the type of request properties that have a value, are null, or are left out.

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// Holds a property of a request that can be a value, null, or left out.
///
/// Setters accept the value, an `Option` (where `None` is sent as null), or a `Nullable`. A setter that is not called
/// leaves the property out. For a key that never ends, leave `end` out: version 2 of the service refused null.
///
/// ```
/// use unloc::types::CreateKeyRequest;
///
/// let absent: CreateKeyRequest = CreateKeyRequest::builder().user_id("+12125550142").build()?;
/// assert_eq!(serde_json::to_string(&absent)?, r#"{"userId":"+12125550142"}"#);
/// let null: CreateKeyRequest = CreateKeyRequest::builder().user_id("+12125550142").end(None).build()?;
/// assert_eq!(serde_json::to_string(&null)?, r#"{"end":null,"userId":"+12125550142"}"#);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
// Exhaustive: JSON has no fourth case, and callers may match all three.
#[allow(clippy::exhaustive_enums)]
pub enum Nullable<T> {
    /// The property is left out.
    #[default]
    Absent,
    /// The property is sent as null.
    Null,
    /// The property is sent with this value.
    Value(T),
}

impl<T> Nullable<T> {
    /// Returns whether the property is left out.
    pub fn is_absent(&self) -> bool {
        matches!(self, Self::Absent)
    }

    /// Returns the value, if there is one.
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
        // Null and not absent: to leave a property out, callers do not call its setter.
        value.map_or(Self::Null, Self::Value)
    }
}

impl<T: Serialize> Serialize for Nullable<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        // `Absent` writes null here; the generated fields skip it with `skip_serializing_if`.
        self.value().serialize(serializer)
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Nullable<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        // A property that is missing is never read, and becomes `Absent` by `#[serde(default)]`.
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
        // Whether a property may be left out is said by `required` of its object.
        generator.subschema_for::<Option<T>>()
    }
}
