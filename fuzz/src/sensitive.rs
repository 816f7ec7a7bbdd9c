//! Finds the values of a response that the spec declares sensitive, which `Debug` must not show.

use std::collections::BTreeSet;

use serde_json::Value;
use unloc_spec::target;

use super::envelopes::SPEC;

/// Is the minimum length of a text to look for: shorter ones occur in other text by coincidence.
const MIN_LENGTH: usize = 5;

/// Returns the sensitive texts of an operation's response body.
pub(super) fn hidden(operation: &str, response: &Value) -> BTreeSet<String> {
    texts(operation, response, true).into_iter().filter(|text| text.len() >= MIN_LENGTH).collect()
}

/// Returns whether a text also occurs where it is not sensitive, in the form in which `Debug` escapes it.
pub(super) fn is_shown_elsewhere(operation: &str, response: &Value, text: &str) -> bool {
    // `Debug` also shows the names of fields and types.
    let is_name = text.bytes().all(|byte| byte.is_ascii_alphabetic() || b"_ (){}[]:,".contains(&byte));
    is_name || texts(operation, response, false).iter().any(|shown| format!("{shown:?}").contains(text))
}

fn texts(operation: &str, response: &Value, sensitive: bool) -> BTreeSet<String> {
    let (document, operations) = &*SPEC;
    let success = operations.iter().find(|one| one.id == operation).and_then(|one| one.success.as_deref());
    let schema = success.and_then(|name| document.value.pointer(&format!("/components/schemas/{name}")));
    let mut found = BTreeSet::new();
    walk(&document.value, schema.unwrap_or(&Value::Null), response, false, &mut |text, hidden| {
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
                // An unknown name may contain any text.
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
