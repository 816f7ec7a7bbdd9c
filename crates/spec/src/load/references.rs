//! Follows references inside a document: `#` and a JSON pointer.

use std::collections::{BTreeSet, HashSet};

use serde_json::{Value, json};

use super::escape;
use super::null::beside_null;

/// Is what a node leads to once its references are followed.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Target<'a> {
    /// The references end at this node, or there is none and it is the node itself.
    Node(&'a Value),
    /// A reference does not resolve in this file.
    Nowhere,
    /// The references form a circle.
    Circle,
}

/// Is the key that makes an object a reference.
pub const REFERENCE: &str = "$ref";

/// Returns the reference of a node.
///
/// A property may be called `$ref`. Its value is a schema and no string, so it is no reference.
#[must_use]
pub fn reference(node: &Value) -> Option<&str> {
    node.get(REFERENCE)?.as_str()
}

/// Returns the JSON pointer that a node refers to, if it is in this file.
#[must_use]
pub fn target(node: &Value) -> Option<&str> {
    reference(node)?.strip_prefix('#')
}

/// Returns a reference to a component in `schemas`, `parameters` or `responses`.
#[must_use]
pub fn reference_to(folder: &str, name: &str) -> Value {
    json!({ REFERENCE: format!("#/components/{folder}/{}", escape(name)) })
}

/// Returns the pointer of the reference in an object.
#[must_use]
pub fn reference_pointer(pointer: &str) -> String {
    format!("{pointer}/{REFERENCE}")
}

/// Follows a node's `$ref`, and that of its target, until there is none.
#[must_use]
pub fn follow<'a>(root: &'a Value, node: &'a Value) -> Target<'a> {
    followed(root, node).0
}

/// Does the same as [`follow`], and returns the pointer in the last of the references.
///
/// It ends, since no reference is followed twice.
pub(crate) fn followed<'a>(root: &'a Value, node: &'a Value) -> (Target<'a>, Option<&'a str>) {
    let (mut node, mut seen) = (node, Vec::new());
    while let Some(reference) = reference(node) {
        // A list, since chains are short: most have one reference.
        if seen.contains(&reference) {
            return (Target::Circle, None);
        }
        seen.push(reference);
        match reference.strip_prefix('#').and_then(|pointer| root.pointer(pointer)) {
            Some(next) => node = next,
            None => return (Target::Nowhere, None),
        }
    }
    (Target::Node(node), seen.last().and_then(|last| last.strip_prefix('#')))
}

/// Returns the node at the end of a node's references, if they resolve.
#[must_use]
pub fn resolve<'a>(root: &'a Value, node: &'a Value) -> Option<&'a Value> {
    match follow(root, node) {
        Target::Node(node) => Some(node),
        Target::Nowhere | Target::Circle => None,
    }
}

/// Follows references, and an `allOf` with one member, to the schema that says what a value is.
#[must_use]
pub fn underlying<'a>(root: &'a Value, schema: &'a Value) -> Option<&'a Value> {
    steps(root, schema)?.pop()
}

/// Returns the schemas on that way, the last of which is its end.
pub(crate) fn steps<'a>(root: &'a Value, schema: &'a Value) -> Option<Vec<&'a Value>> {
    let mut schema = resolve(root, schema)?;
    let mut steps = vec![schema];
    while let (None, Some([single])) =
        (schema.get("type"), schema.get("allOf").and_then(Value::as_array).map(Vec::as_slice))
    {
        schema = resolve(root, single)?;
        // `A: {allOf: [{$ref: A}]}`
        if steps.iter().any(|earlier| std::ptr::eq(*earlier, schema)) {
            return None;
        }
        steps.push(schema);
    }
    Some(steps)
}

/// Returns the references in a value, at any depth.
///
/// A `$ref` inside an example is data, and is returned as well: for the question of what a part uses, too much is safe.
pub fn references(value: &Value) -> impl Iterator<Item = &str> {
    let mut open = vec![value];
    std::iter::from_fn(move || {
        loop {
            let node = open.pop()?;
            match node {
                Value::Array(items) => open.extend(items),
                Value::Object(map) => {
                    open.extend(map.values());
                    if let Some(reference) = reference(node) {
                        return Some(reference);
                    }
                }
                _ => {}
            }
        }
    })
}

/// Returns the pointers that these parts of a document refer to, directly or through others.
pub fn reached<'a>(root: &'a Value, from: impl IntoIterator<Item = &'a Value>) -> BTreeSet<&'a str> {
    let (mut open, mut reached): (Vec<_>, HashSet<_>) = (from.into_iter().collect(), HashSet::new());
    while let Some(value) = open.pop() {
        for target in references(value).filter_map(|reference| reference.strip_prefix('#')) {
            if reached.insert(target) {
                open.extend(root.pointer(target));
            }
        }
    }
    reached.into_iter().collect()
}

/// Returns the name of the component schema that a node refers to: directly, as the only member of an `allOf`, or as
/// the only alternative to null.
#[must_use]
pub fn schema_name(node: &Value) -> Option<&str> {
    // An `allOf` with one member is the usual way to add a description to a reference, whose siblings are ignored.
    let single = node.get("allOf").and_then(Value::as_array).map(Vec::as_slice);
    let reference = match (single, beside_null(node)) {
        (Some([single]), _) => reference(single),
        (_, Some((_, other))) => reference(other),
        _ => reference(node),
    };
    component_schema(reference?)
}

/// Returns the name of the component schema that a reference leads to, followed by the path inside it if there is one.
#[must_use]
pub fn component_schema(reference: &str) -> Option<&str> {
    reference.strip_prefix("#/components/schemas/")
}

/// Percent-decodes the references of a document.
///
/// A `$ref` is a URI, whose fragment is decoded before it is a JSON pointer (RFC 6901, section 6; OpenAPI 3.0.3,
/// 4.7.23). Bundlers write `{id}` as `%7Bid%7D`. progenitor does not decode references, so it is done here for
/// everything.
pub(super) fn decode(value: &mut Value) {
    match value {
        Value::Array(list) => list.iter_mut().for_each(decode),
        Value::Object(map) => {
            if let Some(Value::String(reference)) = map.get_mut(REFERENCE)
                && let Some(decoded) = decoded(reference)
            {
                *reference = decoded;
            }
            let entries = map.iter_mut().filter(|(key, _)| !DATA.contains(&key.as_str()));
            for (key, value) in entries {
                match value {
                    // The keys of these mappings are names that the author chose. One may be `example` or `default`.
                    Value::Object(names) if NAMES.contains(&key.as_str()) => names.values_mut().for_each(decode),
                    value => decode(value),
                }
            }
        }
        _ => {}
    }
}

/// Lists the keys whose values are data of the service, in which `$ref` is no reference.
const DATA: [&str; 4] = ["default", "enum", "example", "value"];

/// Lists the keys whose values are mappings with names as keys.
const NAMES: [&str; 8] =
    ["callbacks", "examples", "headers", "parameters", "properties", "requestBodies", "responses", "schemas"];

/// Returns a reference with a decoded fragment, or `None` if it needs no decoding or is no UTF-8 afterwards.
fn decoded(reference: &str) -> Option<String> {
    let (_, fragment) = reference.split_once('#')?;
    if !fragment.contains('%') {
        return None;
    }
    let (mut bytes, mut rest) = (Vec::with_capacity(fragment.len()), fragment.as_bytes());
    while let Some((first, behind)) = rest.split_first() {
        let code = behind.get(..2).filter(|digits| *first == b'%' && digits.iter().all(u8::is_ascii_hexdigit));
        let code = code.and_then(|digits| std::str::from_utf8(digits).ok());
        match code.and_then(|digits| u8::from_str_radix(digits, 16).ok()) {
            Some(byte) => {
                bytes.push(byte);
                rest = behind.get(2..).unwrap_or_default();
            }
            // A lone `%` stays as it is, as in a WHATWG URL.
            None => {
                bytes.push(*first);
                rest = behind;
            }
        }
    }
    let file = reference.get(..reference.len() - fragment.len())?;
    Some(format!("{file}{}", String::from_utf8(bytes).ok()?))
}
