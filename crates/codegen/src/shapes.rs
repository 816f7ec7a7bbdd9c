//! Describes values: what the schemas of the prepared spec and the marks of its tolerances say together.
//!
//! The tables of the dynamic calls and the forms of the npm package are written from these descriptions.

use serde_json::{Map, Value};
use unloc_spec::{beside_null, entries, schema_name, underlying};

use crate::prepare::{Marks, Reader};

/// Describes a value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shape {
    /// Describes the value if it is not null.
    pub kind: Kind,
    /// Is set if the value can be null.
    pub nullable: bool,
}

/// Describes a value that is not null.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Kind {
    /// The value is any JSON. Alternatives (`oneOf`, `anyOf`) and combinations (`allOf`) are not described further:
    /// without types there is no way to say which member a value belongs to.
    Any,
    /// The value is a boolean.
    Boolean,
    /// The value is a whole number of so many bits.
    Integer {
        /// Holds 8, 16, 32 or 64.
        bits: u32,
        /// Is set if the number can be negative.
        signed: bool,
    },
    /// The value is a number.
    Number,
    /// The value is a string.
    Text,
    /// The value is an RFC 3339 date and time.
    Time,
    /// The value is a date.
    Date,
    /// The value is a string of this type of the crate `unloc`, which redacts it.
    Sensitive(&'static str),
    /// The value is one of these strings, or one that the spec does not list.
    Choice {
        /// Lists the strings.
        values: Vec<String>,
        /// Is set if a string in another case is the same value.
        case_insensitive: bool,
    },
    /// The value is a list of values.
    List(Box<Shape>),
    /// The value is a map from strings.
    Map(Box<Shape>),
    /// The value is an object with these properties, in the order of their names.
    Object(Vec<Property>),
    /// The value is described by the component of this name.
    Component(String),
}

/// Describes a property of an object.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Property {
    /// Is the name in requests, and the first of those in responses.
    pub name: String,
    /// Lists the other names in responses.
    pub aliases: Vec<String>,
    /// Is set if the property has to be there.
    pub required: bool,
    /// Names the function that reads the property leniently, if one does.
    pub reader: Option<Reader>,
    /// Is set if a request may contain null for it.
    pub sends_null: bool,
    /// Limits the characters of a string in a request: at least, at most.
    pub length: Option<(u64, u64)>,
    /// Describes the value.
    pub shape: Shape,
}

/// Describes the schemas of a spec.
#[derive(Clone, Copy, Debug)]
pub struct Shapes<'a> {
    /// Is the spec as the author wrote it.
    pub document: &'a Value,
    /// Is the prepared spec, from which the types are generated.
    pub spec: &'a Value,
    /// Holds what the preparation found.
    pub marks: &'a Marks,
}

impl Shapes<'_> {
    /// Returns the description of a component's content, where [`shape`](Self::shape) only refers to the component.
    #[must_use]
    pub fn component(&self, name: &str) -> Shape {
        let node = &self.spec["components"]["schemas"][name];
        let sensitive = match self.marks.replaced.get(name).map(String::as_str) {
            Some("crate::model::PhoneNumber") => Some("PhoneNumber"),
            Some("crate::model::Secret") => Some("Secret"),
            Some("crate::model::Cursor") => Some("Cursor"),
            _ => None,
        };
        let kind = if let Some(open) = self.marks.enums.get(name) {
            let values = open.values.iter().map(|(value, _)| value.clone()).collect();
            Kind::Choice { values, case_insensitive: open.case_insensitive }
        } else if let Some(sensitive) = sensitive {
            Kind::Sensitive(sensitive)
        } else if let Some(properties) = node.get("properties").and_then(Value::as_object) {
            self.object(name, node, properties)
        } else if node.get("additionalProperties") == Some(&Value::Bool(false)) {
            Kind::Object(Vec::new())
        } else {
            return self.shape(node);
        };
        Shape { kind, nullable: is_nullable(node) }
    }

    /// Returns the description of an object's properties.
    fn object(&self, schema: &str, node: &Value, properties: &Map<String, Value>) -> Kind {
        let required = node.get("required").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
        let described = properties.iter().map(|(name, node)| {
            let key = (schema.to_owned(), name.clone());
            let written = &self.document["components"]["schemas"][schema]["properties"][name];
            Property {
                name: name.clone(),
                aliases: self.marks.aliases.get(&key).cloned().unwrap_or_default(),
                required: required.iter().any(|one| one == name),
                reader: self.marks.lenient.get(&key).copied(),
                sends_null: allows_null(self.document, written),
                length: self.marks.lengths.get(&key).copied(),
                shape: self.shape(node),
            }
        });
        Kind::Object(described.collect())
    }

    /// Returns the description of a schema.
    #[must_use]
    pub fn shape(&self, node: &Value) -> Shape {
        if let Some(name) = schema_name(node) {
            // By name, since a schema may contain itself.
            let nullable = is_nullable(node) || is_nullable(&self.spec["components"]["schemas"][name]);
            return Shape { kind: Kind::Component(name.to_owned()), nullable };
        }
        let text = |key: &str| node.get(key).and_then(Value::as_str);
        let is_choice = ["allOf", "anyOf", "oneOf", "not"].iter().any(|key| node.get(key).is_some());
        let kind = match text("type").filter(|_| !is_choice) {
            Some("boolean") => Kind::Boolean,
            Some("integer") => integer(text("format").unwrap_or_default()),
            Some("number") => Kind::Number,
            Some("string") => match text("format") {
                Some("date-time") => Kind::Time,
                Some("date") => Kind::Date,
                _ => Kind::Text,
            },
            Some("array") => Kind::List(Box::new(self.shape(node.get("items").unwrap_or(&Value::Null)))),
            Some("object") => {
                // `additionalProperties` may be `true` or `{}`, which is a map of anything.
                let is_any = entries(node, "additionalProperties").is_empty();
                let values = if is_any { &Value::Null } else { &node["additionalProperties"] };
                Kind::Map(Box::new(self.shape(values)))
            }
            _ => Kind::Any,
        };
        Shape { kind, nullable: is_nullable(node) }
    }
}

/// Returns the description of an integer. Without a format, typify writes an `i64`.
fn integer(format: &str) -> Kind {
    let (signed, bits) = match format.strip_prefix("uint") {
        Some(bits) => (false, bits),
        None => (true, format.strip_prefix("int").unwrap_or_default()),
    };
    let bits: u32 = bits.parse().ok().filter(|bits| [8, 16, 32, 64].contains(bits)).unwrap_or(64);
    Kind::Integer { bits, signed }
}

/// Returns whether a schema allows null in the author's spec. The prepared spec allows it for all optional properties.
fn allows_null(document: &Value, node: &Value) -> bool {
    let of = underlying(document, node).unwrap_or(node);
    is_nullable(node) || is_nullable(of) || beside_null(node).is_some() || beside_null(of).is_some()
}

/// Returns whether a schema allows null.
fn is_nullable(node: &Value) -> bool {
    node.get("nullable") == Some(&Value::Bool(true))
}
