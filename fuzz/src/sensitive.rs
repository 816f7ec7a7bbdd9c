//! What of an answer must not show itself: every value that the spec calls sensitive.

use std::collections::BTreeSet;

use serde_json::Value;
use unloc_spec::target;

use super::envelopes::SPEC;

/// A text shorter than this also stands there by chance.
const SHORTEST: usize = 5;

/// The sensitive texts of an operation's answer, as the service writes it.
pub(super) fn hidden(operation: &str, answer: &Value) -> BTreeSet<String> {
    texts(operation, answer, true).into_iter().filter(|text| text.len() >= SHORTEST).collect()
}

/// Whether a text is part of the answer at a place that is not sensitive. `Debug` writes some characters in another way.
pub(super) fn is_shown_elsewhere(operation: &str, answer: &Value, text: &str) -> bool {
    // Names of fields and of types are part of what is shown, too.
    let is_name = text.bytes().all(|byte| byte.is_ascii_alphabetic() || b"_ (){}[]:,".contains(&byte));
    is_name || texts(operation, answer, false).iter().any(|shown| format!("{shown:?}").contains(text))
}

fn texts(operation: &str, answer: &Value, sensitive: bool) -> BTreeSet<String> {
    let (document, operations) = &*SPEC;
    let success = operations.iter().find(|one| one.id == operation).and_then(|one| one.success.as_deref());
    let schema = success.and_then(|name| document.value.pointer(&format!("/components/schemas/{name}")));
    let mut found = BTreeSet::new();
    walk(&document.value, schema.unwrap_or(&Value::Null), answer, false, &mut |text, hidden| {
        if hidden == sensitive {
            found.insert(text);
        }
    });
    found
}

fn walk(root: &Value, schema: &Value, value: &Value, hidden: bool, see: &mut impl FnMut(String, bool)) {
    let (mut schema, mut hidden) = (schema, hidden);
    loop {
        hidden |= schema.get("x-sensitive").is_some();
        let single = schema.get("allOf").and_then(|all| all.get(0));
        let Some(next) = target(single.unwrap_or(schema)).and_then(|target| root.pointer(target)) else { break };
        schema = next;
    }
    match value {
        Value::Object(fields) => {
            for (name, value) in fields {
                let of = schema.get("properties").and_then(|all| all.get(name)).or(schema.get("additionalProperties"));
                // A name that the spec does not have may be anything.
                see(name.clone(), false);
                walk(root, of.unwrap_or(&Value::Null), value, hidden, see);
            }
        }
        Value::Array(items) => {
            let of = schema.get("items").unwrap_or(&Value::Null);
            items.iter().for_each(|item| walk(root, of, item, hidden, see));
        }
        Value::String(text) => see(text.clone(), hidden),
        other => see(other.to_string(), hidden),
    }
}
