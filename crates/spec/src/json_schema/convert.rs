//! Converts single keywords of OpenAPI 3.0 to JSON Schema 2020-12.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use crate::load::REFERENCE;
use crate::tolerance::{Tolerance, unquoted};

/// Adds the names of the definitions that a schema refers to. Returns whether it refers to nothing else.
pub(super) fn definitions(schema: &Value, names: &mut Vec<String>) -> bool {
    match schema {
        Value::Object(map) => map.iter().all(|(key, value)| match value {
            Value::String(reference) if key == REFERENCE => {
                // `#/$defs/Lock`, or a place inside such a definition.
                let name = reference.strip_prefix("#/$defs/").and_then(|rest| rest.split('/').next());
                names.extend(name.map(|name| name.replace("~1", "/").replace("~0", "~")));
                name.is_some()
            }
            value => definitions(value, names),
        }),
        Value::Array(list) => list.iter().all(|value| definitions(value, names)),
        _ => true,
    }
}

/// Converts an exclusive bound: a boolean next to `minimum` in OpenAPI 3.0, and a bound of its own in JSON Schema.
pub(super) fn exclusive(node: &Value, schema: &mut Map<String, Value>) {
    for (flag, bound) in [("exclusiveMinimum", "minimum"), ("exclusiveMaximum", "maximum")] {
        if node.get(flag) == Some(&Value::Bool(true))
            && let Some(bound) = schema.remove(bound)
        {
            schema.insert(flag.to_owned(), bound);
        }
    }
}

/// Widens a schema by the JSON types that a tolerance accepts as well.
pub(super) fn tolerated(node: &Value, schema: Value) -> Value {
    let Some(node) = node.as_object() else { return schema };
    let other = match Tolerance::of(node) {
        // With `any`, every value is accepted: one that cannot be read is treated as absent.
        Some(Tolerance { or_absent: true, .. }) => return true.into(),
        Some(Tolerance { kind: "boolean", .. }) => json!({ "enum": ["true", "false"] }),
        Some(Tolerance { kind: "integer", .. }) => {
            // A number in quotes is read in every form that it has without them.
            json!({ "type": "string", "pattern": "^-?[0-9]+(\\.[0-9]+)?([eE][-+]?[0-9]+)?$" })
        }
        Some(Tolerance { also, .. }) => json!({ "type": also }),
        None => match unquoted(node) {
            // A phone number that lost its quotes has lost its plus as well, and is never negative.
            Some("integer") => json!({ "type": "integer", "minimum": 0 }),
            Some(also) => json!({ "type": also }),
            None => return schema,
        },
    };
    json!({ "anyOf": [schema, other] })
}

/// Allows null as well.
pub(super) fn or_null(schema: Value) -> Value {
    json!({ "anyOf": [schema, { "type": "null" }] })
}

/// Returns the names in `required`.
pub(super) fn required(node: &Value) -> BTreeSet<&str> {
    texts(node, "required").collect()
}

/// Returns the strings of a list.
pub(super) fn texts<'a>(node: &'a Value, key: &str) -> impl Iterator<Item = &'a str> {
    node.get(key).and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str)
}
