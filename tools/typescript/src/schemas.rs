//! Writes a declaration for each schema that callers see.

use serde_json::Value;
use unloc_spec::{escape, is_null, keys};

use crate::names::type_name;
use crate::spec::{Spec, admits_null};
use crate::text::{comment, line, quoted, safe};
use crate::types::{Place, deprecated, described_values};

/// Returns the declarations of all schemas.
pub(crate) fn declarations(spec: &Spec<'_>) -> String {
    spec.schemas().into_iter().map(|(name, node)| declaration(spec, name, node)).collect()
}

/// Returns the declaration of a schema.
fn declaration(spec: &Spec<'_>, name: &str, node: &Value) -> String {
    let described = safe(node.get("description").and_then(Value::as_str).unwrap_or_default());
    let comment = comment(0, &[described, values(node), spec.facts(node), deprecated(node)]);
    let place = Place { indent: 0, pointer: format!("/components/schemas/{}", escape(name)) };
    let ty = type_name(name);
    let text = if is_interface(node) {
        format!("export interface {ty} {}\n", spec.object(node, &place))
    } else {
        spec.ty(node, &place).behind(&format!("export type {ty} ="))
    };
    format!("\n{comment}{text}")
}

/// Returns whether the declaration of a schema is an interface, which others can extend.
pub(crate) fn is_interface(node: &Value) -> bool {
    let is_composed = ["allOf", "anyOf", "oneOf", "enum"].iter().any(|key| node.get(key).is_some());
    node.get("properties").is_some() && !is_composed && !admits_null(node) && !is_null(node)
}

/// Returns the list of an enum's values with their descriptions.
fn values(node: &Value) -> String {
    let values = described_values(node);
    if values.is_empty() {
        return String::new();
    }
    let lines = values.iter().map(|(value, described)| {
        let described = if described.is_empty() { String::new() } else { format!(": {}", line(described)) };
        format!("- {}{described}\n", code(value))
    });
    let case = match node.get(keys::CASE_INSENSITIVE) == Some(&Value::Bool(true)) {
        true => " Known values are recognized in any case.",
        false => "",
    };
    format!("{}\nThe service may know other values.{case}", lines.collect::<String>())
}

/// Returns a value as code, or as a string if a code span cannot hold it.
fn code(value: &str) -> String {
    let text = safe(&quoted(value));
    if value.contains(['`', '\n']) || value.is_empty() { text } else { format!("`{}`", text.trim_matches('"')) }
}
