//! Records what the rules of `prepare` change in names, types and optionality.
//!
//! With it, tests compare generated types with the YAML and accept no other difference. The tests of `unloc` use it
//! too.

use std::collections::BTreeMap;

use serde_json::Value;
use unloc_codegen::prepare::{RULES, prepare};
use unloc_spec::{beside_null, entries, is_null, schema_name};

/// Holds the shape of each property, by component schema and property. A shape is a type in short, see [`shapes`].
pub(crate) type Shapes = BTreeMap<(String, String), String>;

/// Describes what a rule changed in one property.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Change {
    /// Is the name of the component schema.
    pub(crate) schema: String,
    pub(crate) property: String,
    pub(crate) before: String,
    /// Is `absent` if the schema was dropped.
    pub(crate) after: String,
    /// Is the name of the rule.
    pub(crate) rule: &'static str,
}

/// Applies the rules one after the other, and returns what each of them changes.
pub(crate) fn changes(spec: &Value) -> Vec<Change> {
    let mut changes = Vec::new();
    let mut before = shapes(spec);
    for (count, rule) in (1..).zip(RULES) {
        let after = shapes(&prepare(&RULES[..count], spec, "crate::types").spec);
        for ((schema, property), old) in &before {
            let new = after.get(&(schema.clone(), property.clone())).map_or("absent", String::as_str);
            if new != old {
                let (schema, property) = (schema.clone(), property.clone());
                changes.push(Change { schema, property, before: old.clone(), after: new.to_owned(), rule: rule.name });
            }
        }
        before = after;
    }
    changes
}

/// Returns the shape of each property of each object among a document's component schemas.
///
/// A shape is `string(date-time)`, `integer(int32)`, `Address`, `[Role]` or `{LockAuth}`, followed by `|null` and
/// `, optional` where they apply. A component that only names a scalar counts as that scalar. It works on OpenAPI 3.0
/// (`nullable`, `#/components/schemas`) and on JSON Schema 2020-12 (`type: [T, "null"]`, `#/$defs`) alike.
pub(crate) fn shapes(document: &Value) -> Shapes {
    let components = document.pointer("/components/schemas").or_else(|| document.get("$defs"));
    let mut found = Shapes::new();
    for (schema, node) in components.and_then(Value::as_object).into_iter().flatten() {
        let required = node.get("required").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
        for (property, node) in entries(node, "properties") {
            let optional = !required.iter().any(|name| name.as_str() == Some(property));
            let mut shape = of(components, node);
            if optional {
                shape.push_str(", optional");
            }
            found.insert((schema.clone(), property.to_owned()), shape);
        }
    }
    found
}

fn of(components: Option<&Value>, node: &Value) -> String {
    let (mut types, null) = types(node);
    if let Some(name) = reference(node) {
        let target = components.and_then(|components| components.get(name));
        types = match target {
            Some(target) if !is_object(target) => of(components, target),
            _ => name.to_owned(),
        };
    } else if let Some(members) = node.get("anyOf").or_else(|| node.get("oneOf")).and_then(Value::as_array) {
        // JSON Schema writes a nullable reference as `anyOf: [T, null]`.
        let is_null = |member: &&Value| member.get("type") == Some(&Value::from("null")) || is_null(member);
        let solid: Vec<_> = members.iter().filter(|member| !is_null(member)).collect();
        return match solid.as_slice() {
            [single] if members.len() == 2 => format!("{}|null", of(components, single)),
            _ => "either".to_owned(),
        };
    } else if node.get("enum").is_some() {
        types = "enum".to_owned();
    } else if let Some(items) = node.get("items") {
        types = format!("[{}]", of(components, items));
    } else if let Some(values) = node.get("additionalProperties").filter(|values| values.is_object()) {
        types = format!("{{{}}}", of(components, values));
    } else if let Some(format) = node.get("format").and_then(Value::as_str) {
        types = format!("{types}({format})");
    }
    if null && !types.ends_with("|null") { format!("{types}|null") } else { types }
}

fn reference(node: &Value) -> Option<&str> {
    schema_name(node).or_else(|| unloc_spec::reference(node)?.strip_prefix("#/$defs/"))
}

fn is_object(node: &Value) -> bool {
    node.get("properties").is_some() || node.get("type") == Some(&Value::from("object"))
}

fn types(node: &Value) -> (String, bool) {
    let nullable = node.get("nullable") == Some(&Value::Bool(true)) || beside_null(node).is_some();
    match node.get("type") {
        Some(Value::String(name)) => (name.clone(), nullable),
        Some(Value::Array(names)) => {
            let solid: Vec<_> = names.iter().filter_map(Value::as_str).filter(|name| *name != "null").collect();
            (solid.join("|"), solid.len() < names.len())
        }
        _ => ("any".to_owned(), nullable),
    }
}
