//! Checks descriptions, and visits the strings of examples for other rules.

use serde_json::Value;
use unloc_spec::{escape, reference};

use crate::finding::{Findings, Rule, Severity};
use crate::shape::Object;
use crate::spec::Spec;

const DESCRIBED: Rule = Rule {
    id: "description",
    severity: Severity::Warning,
    reason: "Without a description, the item has no documentation in Rust.",
    example: "a property, parameter or schema without `description`",
};

const PLACEHOLDER: Rule = Rule {
    id: "no-placeholder-text",
    severity: Severity::Warning,
    reason: "Placeholder texts are published like any other text.",
    example: "`description: TODO`, `summary: string`",
};

pub(crate) const RULES: &[&Rule] = &[&DESCRIBED, &PLACEHOLDER];

pub(crate) fn check(spec: &Spec<'_>, findings: &mut Findings<'_>) {
    for object in [Object::Parameter, Object::Schema, Object::Tag] {
        for node in spec.all(object) {
            let last = node.pointer.rsplit('/').next().unwrap_or_default();
            let name = node.text("name").unwrap_or(last);
            let parent = node.pointer.rsplit('/').nth(1).unwrap_or_default();
            // The parent describes items, parts of an `allOf` and schemas of parameters.
            let stands_alone = object != Object::Schema || parent == "properties" || parent == "schemas";
            if stands_alone && !is_described(node.value) && !is_described_before(spec, &node.pointer) {
                // A parameter is an item of a list, so its name is a better place to point at than its first key.
                let named = format!("{}/name", node.pointer);
                findings.key(
                    &DESCRIBED,
                    if object == Object::Schema || node.value.get("name").is_none() { &node.pointer } else { &named },
                    format!("`{name}` has no `description`"),
                    "describe its meaning, unit and limits",
                );
            }
        }
    }
    for object in [
        Object::Info,
        Object::Operation,
        Object::Parameter,
        Object::Response,
        Object::Schema,
        Object::Tag,
        Object::RequestBody,
    ] {
        for node in spec.all(object) {
            for key in ["summary", "description"] {
                // A missing text is no placeholder; `description` reports it where it is needed.
                let text = node.text(key).unwrap_or("ok");
                let words = text.trim().to_lowercase();
                let is_placeholder =
                    ["", "todo", "tbd", "fixme", "xxx", "string", "...", "…", "description", "lorem ipsum"]
                        .contains(&words.as_str())
                        || words.starts_with("todo")
                        || words.starts_with("tbd")
                        || words.starts_with("lorem ipsum");
                if is_placeholder {
                    findings.value(
                        &PLACEHOLDER,
                        &format!("{}/{key}", node.pointer),
                        format!("`{key}` is a placeholder"),
                        "replace it with a real text",
                    );
                }
            }
        }
    }
}

/// Returns whether a node or one of its inline parts has a description.
fn is_described(node: &Value) -> bool {
    let mut parts = ["allOf", "anyOf", "oneOf"].into_iter().filter_map(|key| node.get(key)?.as_array()).flatten();
    node.get("description").is_some() || parts.any(is_described)
}

/// Returns whether a property in a part of an `allOf` refines one that another part describes.
fn is_described_before(spec: &Spec<'_>, pointer: &str) -> bool {
    let Some((part, name)) = pointer.rsplit_once("/properties/") else { return false };
    let Some((whole, _)) = part.rsplit_once("/allOf/").filter(|(_, place)| !place.contains('/')) else { return false };
    let Some(whole) = spec.root.pointer(whole) else { return false };
    let name = name.replace("~1", "/").replace("~0", "~");
    let (mut open, mut seen) = (vec![whole], Vec::new());
    while let Some(schema) = open.pop().and_then(|schema| spec.resolve(schema)) {
        if seen.iter().any(|other| std::ptr::eq(*other, schema)) {
            continue;
        }
        seen.push(schema);
        let property = schema.get("properties").and_then(|properties| properties.get(&name));
        // The target of a reference is checked on its own.
        if property.is_some_and(|property| is_described(property) || reference(property).is_some()) {
            return true;
        }
        open.extend(schema.get("allOf").and_then(Value::as_array).into_iter().flatten());
    }
    false
}

/// Calls `visit` with the pointer and the text of every string in examples and defaults.
pub(super) fn example_strings(spec: &Spec<'_>, visit: &mut dyn FnMut(&str, &str)) {
    for object in [Object::MediaType, Object::Parameter, Object::Header, Object::Schema, Object::Example] {
        for node in spec.all(object) {
            for key in ["example", "default", "value"] {
                if let Some(value) = node.value.get(key) {
                    strings(&format!("{}/{key}", node.pointer), value, visit);
                }
            }
        }
    }
}

/// Visits the strings in a value at any depth.
fn strings(pointer: &str, value: &Value, visit: &mut dyn FnMut(&str, &str)) {
    match value {
        Value::Object(map) => {
            map.iter().for_each(|(key, value)| strings(&format!("{pointer}/{}", escape(key)), value, visit));
        }
        Value::Array(list) => {
            list.iter().enumerate().for_each(|(place, value)| strings(&format!("{pointer}/{place}"), value, visit));
        }
        Value::String(text) => visit(pointer, text),
        _ => {}
    }
}
