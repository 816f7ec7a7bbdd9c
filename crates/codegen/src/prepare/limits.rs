//! Tolerances towards values that break what the documents promise about them.

use serde_json::{Map, Value};

use super::{Draft, Rule, each_property, parts};

/// The keywords that limit a value.
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
    reason: "The documents' own examples break their limits (an organizationId of three characters where four are the \
             least): a limit never makes a response unreadable. Neither does a property that the spec does not \
             allow beside those it lists: it is ignored, as any that it does not know.",
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
    reason: "Lengths of texts in requests are checked by their setters, so that the type of a property is text whatever its \
             limits are. Patterns would bring a regular-expression engine \
             into every user's program, and bounds of numbers would bring NonZero types and silent gaps (the generator \
             checks only some): both stay documentation, and the service judges.",
    apply: |draft: &mut Draft| {
        draft.schemas(|schema, node, marks| {
            each_property(node, |property| {
                let limit = |key: &str| property.node.get(key).and_then(Value::as_u64);
                let (least, most) = (limit("minLength"), limit("maxLength"));
                let is = |key: &str, values: &[&str]| {
                    property.node.get(key).and_then(Value::as_str).is_some_and(|value| values.contains(&value))
                };
                // Nothing else has a length.
                let is_text = is("type", &["string"]) && !is("format", &["date", "date-time"]);
                if is_text && (least.is_some() || most.is_some()) {
                    let limits = (least.unwrap_or(0), most.unwrap_or(u64::MAX));
                    marks.lengths.insert((schema.to_owned(), property.name.to_owned()), limits);
                }
            });
        });
        draft.everywhere(&|node| remove(node, &LIMITS));
    },
};

pub(super) const NO_DEFAULT: Rule = Rule {
    name: "no-default",
    reason: "A default in a schema says what the service assumes. Written into the Rust type it would invent values \
             that the service never sent.",
    apply: |draft: &mut Draft| draft.everywhere(&|node| remove(node, &["default"])),
};

/// Removes keywords from a schema and its inline parts. A map of properties is no schema: a property may have a
/// keyword's name.
/// Types of closed objects would refuse what they do not know.
fn open(schema: &mut Map<String, Value>) {
    if schema.get("additionalProperties") == Some(&Value::Bool(false)) {
        schema.remove("additionalProperties");
    }
}

fn remove(schema: &mut Map<String, Value>, keywords: &[&str]) {
    schema.retain(|key, _| !keywords.contains(&key.as_str()));
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
