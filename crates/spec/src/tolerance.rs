//! Lists the JSON types that a value of a response may also arrive as.
//!
//! The check of `x-tolerate`, the bindings and the tolerant JSON Schema share it.

use serde_json::{Map, Value};

use crate::keys::{SENSITIVE, TOLERATE};

/// Lists the types that can be read from another JSON type, with that type.
// The documents show `canShare` as `true` and as "true", `postalCode` as a string and as a number, and a token's
// lifetime and scopes as strings.
const LOOSE: [(&str, &str); 4] =
    [("array", "string"), ("boolean", "string"), ("integer", "string"), ("string", "number")];

/// Lists the kinds of `x-sensitive` whose strings may arrive without quotes, with the JSON type that they then have.
// Phone numbers also arrive as JSON numbers, and the cursor of a list of roles holds one.
const UNQUOTED: [(&str, &str); 2] = [("cursor", "number"), ("phone-number", "integer")];

/// Says which JSON types a property is read from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tolerance {
    /// Is the type of the property.
    pub kind: &'static str,
    /// Is the JSON type that is read as well.
    pub also: &'static str,
    /// Is set if any other value is treated as absent.
    pub or_absent: bool,
}

impl Tolerance {
    /// Returns the tolerance that a property of this type can have.
    #[must_use]
    pub fn for_type(kind: &str) -> Option<Self> {
        let (kind, also) = LOOSE.into_iter().find(|(own, _)| *own == kind)?;
        Some(Self { kind, also, or_absent: false })
    }

    /// Returns the tolerance that the `x-tolerate` of a property asks for.
    #[must_use]
    pub fn of(property: &Map<String, Value>) -> Option<Self> {
        let asked = property.get(TOLERATE)?.as_array()?;
        let found = Self::for_type(property.get("type")?.as_str()?)?;
        Some(Self { or_absent: asked.iter().any(|kind| kind == "any"), ..found })
    }
}

/// Returns the JSON type that a sensitive string is read from as well.
#[must_use]
pub fn unquoted(schema: &Map<String, Value>) -> Option<&'static str> {
    let kind = schema.get(SENSITIVE)?.as_str()?;
    UNQUOTED.into_iter().find(|(own, _)| *own == kind).map(|(_, also)| also)
}
