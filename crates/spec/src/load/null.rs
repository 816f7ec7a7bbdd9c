//! Recognizes null as an alternative in a schema.

use serde_json::Value;

/// Returns whether a schema allows null only. OpenAPI 3.0 has no type for null and writes it as an enum.
#[must_use]
pub fn is_null(node: &Value) -> bool {
    node.get("enum").and_then(Value::as_array).map(Vec::as_slice) == Some(&[Value::Null])
}

/// Returns the schema that has null as its only alternative, and the keyword that says so.
///
/// OpenAPI 3.0 makes a component nullable in this way. `nullable` widens the `type` next to it, but neither a `$ref`
/// nor an `allOf` (OpenAPI 3.0.3, 4.7.24).
#[must_use]
pub fn beside_null(node: &Value) -> Option<(&'static str, &Value)> {
    ["anyOf", "oneOf"].into_iter().find_map(|key| match node.get(key)?.as_array()?.as_slice() {
        [one, other] if is_null(other) && !is_null(one) => Some((key, one)),
        [one, other] if is_null(one) && !is_null(other) => Some((key, other)),
        _ => None,
    })
}
