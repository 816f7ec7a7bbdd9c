//! Defines the tolerances for values that break documented limits.

use serde_json::{Map, Value};

use super::{Draft, Rule, each_property, parts};

/// Lists the keywords that limit a value.
pub const LIMITS: [&str; 13] = [
    "minimum",
    "maximum",
    "exclusiveMinimum",
    "exclusiveMaximum",
    "multipleOf",
    "minLength",
    "maxLength",
    "pattern",
    "minItems",
    "maxItems",
    "uniqueItems",
    "minProperties",
    "maxProperties",
];

pub(super) const NO_LIMIT_IN_RESPONSE: Rule = Rule {
    name: "no-limit-in-response",
    reason: "The documents' own examples break their limits: one organizationId has three characters, and four are \
             the least. So a limit never makes a response unreadable. Neither does a property that \
             `additionalProperties: false` forbids: it is ignored, like every unknown property.",
    apply: |draft: &mut Draft| {
        let responses = draft.responses.clone();
        draft.schemas(|schema, node, _| {
            if responses.contains(schema) {
                remove(node, &LIMITS);
                open(node);
            }
        });
    },
};

pub(super) const NO_LIMIT_AT_RUN_TIME: Rule = Rule {
    name: "no-limit-at-run-time",
    reason: "Setters check the lengths of strings in requests, so a property with a length still has the type \
             `String`. Patterns would bring a regular-expression engine into every user's program. Bounds of numbers \
             would bring NonZero types and gaps, since typify checks only some of them. Both stay documentation, and \
             the service checks them.",
    apply: |draft: &mut Draft| {
        draft.schemas(|schema, node, marks| {
            each_property(node, |property| {
                let limit = |key: &str| property.node.get(key).and_then(Value::as_u64);
                let (least, most) = (limit("minLength"), limit("maxLength"));
                let is = |key: &str, values: &[&str]| {
                    property.node.get(key).and_then(Value::as_str).is_some_and(|value| values.contains(&value))
                };
                // A date is a string in JSON and a chrono type in Rust, which has no length.
                let is_text = is("type", &["string"]) && !is("format", &["date", "date-time"]);
                if is_text && (least.is_some() || most.is_some()) {
                    let limits = (least.unwrap_or(0), most.unwrap_or(u64::MAX));
                    marks.lengths.insert((schema.to_owned(), property.name.to_owned()), limits);
                }
            });
        });
        // Everywhere, parameters included: `minimum: 1` at a `limit` would make it a `NonZeroU32`.
        draft.everywhere(&|node| remove(node, &LIMITS));
    },
};

pub(super) const NO_DEFAULT: Rule = Rule {
    name: "no-default",
    reason: "A `default` in a schema says what the service assumes. In a Rust type it would invent values that the \
             service never sent.",
    apply: |draft: &mut Draft| draft.everywhere(&|node| remove(node, &["default"])),
};

/// Allows unlisted properties again: typify makes `#[serde(deny_unknown_fields)]` of `additionalProperties: false`.
fn open(schema: &mut Map<String, Value>) {
    if schema.get("additionalProperties") == Some(&Value::Bool(false)) {
        schema.remove("additionalProperties");
    }
}

/// Removes keywords from a schema and from the schemas that are written inside it.
fn remove(schema: &mut Map<String, Value>, keywords: &[&str]) {
    schema.retain(|key, _| !keywords.contains(&key.as_str()));
    // The mapping `properties` itself is no schema: a property may be called `pattern`, and stays.
    for value in schema.get_mut("properties").and_then(Value::as_object_mut).into_iter().flatten() {
        if let Some(property) = value.1.as_object_mut() {
            remove(property, keywords);
        }
    }
    parts(schema).for_each(|part| remove(part, keywords));
    for key in ["items", "additionalProperties"] {
        if let Some(inner) = schema.get_mut(key).and_then(Value::as_object_mut) {
            remove(inner, keywords);
        }
    }
}
