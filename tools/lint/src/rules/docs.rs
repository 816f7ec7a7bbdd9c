//! What readers see: descriptions, and the texts of examples.

use serde_json::Value;
use unloc_spec::{escape, reference};

use crate::finding::{Findings, Rule, Severity};
use crate::shape::Object;
use crate::spec::Spec;

const DESCRIBED: Rule = Rule {
    id: "description",
    severity: Severity::Warning,
    reason: "What is not described here has no documentation in Rust.",
    example: "a property, parameter or schema without `description`",
};

const PLACEHOLDER: Rule = Rule {
    id: "no-placeholder-text",
    severity: Severity::Warning,
    reason: "Placeholders are published as they stand.",
    example: "`description: TODO`, `summary: string`",
};

pub(crate) const RULES: &[&Rule] = &[&DESCRIBED, &PLACEHOLDER];

pub(crate) fn check(spec: &Spec<'_>, findings: &mut Findings<'_>) {
    for object in [Object::Parameter, Object::Schema, Object::Tag] {
        for node in spec.all(object) {
            let last = node.pointer.rsplit('/').next().unwrap_or_default();
            let name = node.text("name").unwrap_or(last);
            let parent = node.pointer.rsplit('/').nth(1).unwrap_or_default();
            // Items, members and schemas of parameters are described by what holds them.
            let stands_alone = object != Object::Schema || parent == "properties" || parent == "schemas";
            if stands_alone && !is_described(node.value) && !is_described_before(spec, &node.pointer) {
                // A shared parameter is known by its name.
                let named = format!("{}/name", node.pointer);
                findings.key(
                    &DESCRIBED,
                    if object == Object::Schema || node.value.get("name").is_none() { &node.pointer } else { &named },
                    format!("`{name}` has no `description`"),
                    "say what it means, in which unit and within which limits",
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
                        format!("`{key}` says nothing yet"),
                        "write what it is",
                    );
                }
            }
        }
    }
}

/// Whether a node has a description, or one of the parts that it is made of and that stand here.
fn is_described(node: &Value) -> bool {
    let mut parts = ["allOf", "anyOf", "oneOf"].into_iter().filter_map(|key| node.get(key)?.as_array()).flatten();
    node.get("description").is_some() || parts.any(is_described)
}

/// Whether a property in a part of an `allOf` only narrows one that another part describes.
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
        // A reference is described where it leads to.
        if property.is_some_and(|property| is_described(property) || reference(property).is_some()) {
            return true;
        }
        open.extend(schema.get("allOf").and_then(Value::as_array).into_iter().flatten());
    }
    false
}

/// Calls this with every text that examples and defaults show, and its place.
pub(super) fn shown(spec: &Spec<'_>, tell: &mut dyn FnMut(&str, &str)) {
    for object in [Object::MediaType, Object::Parameter, Object::Header, Object::Schema, Object::Example] {
        for node in spec.all(object) {
            for key in ["example", "default", "value"] {
                if let Some(value) = node.value.get(key) {
                    texts(&format!("{}/{key}", node.pointer), value, tell);
                }
            }
        }
    }
}

/// The texts in a value, however deep.
fn texts(pointer: &str, value: &Value, tell: &mut dyn FnMut(&str, &str)) {
    match value {
        Value::Object(map) => {
            map.iter().for_each(|(key, value)| texts(&format!("{pointer}/{}", escape(key)), value, tell));
        }
        Value::Array(list) => {
            list.iter().enumerate().for_each(|(place, value)| texts(&format!("{pointer}/{place}"), value, tell));
        }
        Value::String(text) => tell(pointer, text),
        _ => {}
    }
}
