//! References inside of a document: `#` and a JSON pointer.

use std::collections::{BTreeSet, HashSet};

use serde_json::{Value, json};

use super::escape;
use super::null::beside_null;

/// What a node leads to once its references are followed.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Target<'a> {
    /// This; the node itself if it is no reference.
    Node(&'a Value),
    /// Nothing that stands in the file.
    Nowhere,
    /// Back to a reference on the way.
    Circle,
}

/// The key that makes an object a reference.
pub const REFERENCE: &str = "$ref";

/// What a node refers to. A property may be called `$ref`, too; a reference is a text.
#[must_use]
pub fn reference(node: &Value) -> Option<&str> {
    node.get(REFERENCE)?.as_str()
}

/// The JSON pointer that a node refers to, if that is in this file.
#[must_use]
pub fn target(node: &Value) -> Option<&str> {
    reference(node)?.strip_prefix('#')
}

/// A reference to a component: of `schemas`, `parameters`, `responses`.
#[must_use]
pub fn reference_to(folder: &str, name: &str) -> Value {
    json!({ REFERENCE: format!("#/components/{folder}/{}", escape(name)) })
}

/// Where the reference of an object stands.
#[must_use]
pub fn reference_pointer(pointer: &str) -> String {
    format!("{pointer}/{REFERENCE}")
}

/// Follows a node's `$ref`, and that of what it leads to, until there is none.
#[must_use]
pub fn follow<'a>(root: &'a Value, node: &'a Value) -> Target<'a> {
    followed(root, node).0
}

/// The same, with the pointer that the last of the references holds. There is no limit but the number of references that
/// a document has, since none of them is followed twice.
pub(crate) fn followed<'a>(root: &'a Value, node: &'a Value) -> (Target<'a>, Option<&'a str>) {
    let (mut node, mut seen) = (node, Vec::new());
    while let Some(reference) = reference(node) {
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

/// What a `$ref` inside `root` points to, if it does.
#[must_use]
pub fn resolve<'a>(root: &'a Value, node: &'a Value) -> Option<&'a Value> {
    match follow(root, node) {
        Target::Node(node) => Some(node),
        Target::Nowhere | Target::Circle => None,
    }
}

/// What a schema describes once its references, and those that stand alone in an `allOf`, are followed.
#[must_use]
pub fn underlying<'a>(root: &'a Value, schema: &'a Value) -> Option<&'a Value> {
    steps(root, schema)?.pop()
}

/// The schemas on the way to what a schema describes.
pub(crate) fn steps<'a>(root: &'a Value, schema: &'a Value) -> Option<Vec<&'a Value>> {
    let mut schema = resolve(root, schema)?;
    let mut steps = vec![schema];
    while let (None, Some([single])) =
        (schema.get("type"), schema.get("allOf").and_then(Value::as_array).map(Vec::as_slice))
    {
        schema = resolve(root, single)?;
        if steps.iter().any(|earlier| std::ptr::eq(*earlier, schema)) {
            return None;
        }
        steps.push(schema);
    }
    Some(steps)
}

/// The references in a value, at any depth. One inside an example is none, and counts here: whoever asks what something
/// leads to would rather have too much.
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

/// The places that these parts of a document refer to, and those that are referred to there.
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

/// The name of the component schema that a node refers to, directly, as the single member of an `allOf`, or as the
/// alternative to null.
#[must_use]
pub fn schema_name(node: &Value) -> Option<&str> {
    let single = node.get("allOf").and_then(Value::as_array).map(Vec::as_slice);
    let reference = match (single, beside_null(node)) {
        (Some([single]), _) => reference(single),
        (_, Some((_, other))) => reference(other),
        _ => reference(node),
    };
    component_schema(reference?)
}

/// The name of the component schema that a reference leads to, or into.
#[must_use]
pub fn component_schema(reference: &str) -> Option<&str> {
    reference.strip_prefix("#/components/schemas/")
}

/// Decodes what is percent-encoded in the references of a document. A `$ref` is a URI, and its fragment is decoded before
/// it is a JSON pointer (RFC 6901, section 6; OpenAPI 3.0.3, 4.7.23): bundlers write `{id}` as `%7Bid%7D`. It is done once,
/// here, because the generator does not do it.
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
                    // What these hold is called as one likes, `example` or `default` too.
                    Value::Object(names) if NAMES.contains(&key.as_str()) => names.values_mut().for_each(decode),
                    value => decode(value),
                }
            }
        }
        _ => {}
    }
}

/// Keys with values of the service, in which nothing is a reference.
const DATA: [&str; 4] = ["default", "enum", "example", "value"];

/// Keys of mappings from names.
const NAMES: [&str; 8] =
    ["callbacks", "examples", "headers", "parameters", "properties", "requestBodies", "responses", "schemas"];

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
            None => {
                bytes.push(*first);
                rest = behind;
            }
        }
    }
    let file = reference.get(..reference.len() - fragment.len())?;
    Some(format!("{file}{}", String::from_utf8(bytes).ok()?))
}
