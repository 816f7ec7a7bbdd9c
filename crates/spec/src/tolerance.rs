//! As what a value of a response may arrive besides what its schema says: one table for the check of `x-tolerate`, the
//! bindings, and the tolerant JSON Schema.

use serde_json::{Map, Value};

use crate::keys::{SENSITIVE, TOLERATE};

/// The types that can be read loosely, and the JSON type that each is read from as well.
const LOOSE: [(&str, &str); 4] =
    [("array", "string"), ("boolean", "string"), ("integer", "string"), ("string", "number")];

/// The kinds of `x-sensitive` whose texts may have lost their quotes, and the JSON type that is left then.
const UNQUOTED: [(&str, &str); 2] = [("cursor", "number"), ("phone-number", "integer")];

/// How a property is read loosely.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tolerance {
    /// Its type.
    pub kind: &'static str,
    /// The JSON type that is read as well.
    pub also: &'static str,
    /// Whether what cannot be read so is as good as absent.
    pub or_absent: bool,
}

impl Tolerance {
    /// The one that a property of this type can have.
    #[must_use]
    pub fn for_type(kind: &str) -> Option<Self> {
        let (kind, also) = LOOSE.into_iter().find(|(own, _)| *own == kind)?;
        Some(Self { kind, also, or_absent: false })
    }

    /// The one that the `x-tolerate` of a property asks for.
    #[must_use]
    pub fn of(property: &Map<String, Value>) -> Option<Self> {
        let asked = property.get(TOLERATE)?.as_array()?;
        let found = Self::for_type(property.get("type")?.as_str()?)?;
        Some(Self { or_absent: asked.iter().any(|kind| kind == "any"), ..found })
    }
}

/// The JSON type that a sensitive text is read from as well.
#[must_use]
pub fn unquoted(schema: &Map<String, Value>) -> Option<&'static str> {
    let kind = schema.get(SENSITIVE)?.as_str()?;
    UNQUOTED.into_iter().find(|(own, _)| *own == kind).map(|(_, also)| also)
}
