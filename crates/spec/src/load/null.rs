//! Null as an alternative.

use serde_json::Value;

/// Whether a schema is null and nothing else: OpenAPI 3.0 has no type for null, and writes it as an enum of it.
#[must_use]
pub fn is_null(node: &Value) -> bool {
    node.get("enum").and_then(Value::as_array).map(Vec::as_slice) == Some(&[Value::Null])
}

/// The schema that has null as its only alternative, and the keyword that says so. That is how OpenAPI 3.0 says that null
/// can stand for a component: `nullable` widens the `type` beside it, and neither a `$ref` nor an `allOf`.
#[must_use]
pub fn beside_null(node: &Value) -> Option<(&'static str, &Value)> {
    ["anyOf", "oneOf"].into_iter().find_map(|key| match node.get(key)?.as_array()?.as_slice() {
        [one, other] if is_null(other) && !is_null(one) => Some((key, one)),
        [one, other] if is_null(one) && !is_null(other) => Some((key, other)),
        _ => None,
    })
}
