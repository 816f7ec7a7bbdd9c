//! Checks schemas of our own specs: enum descriptions, integer formats, bounds in responses, and quotes.

use std::collections::BTreeSet;

use serde_json::Value;
use unloc_spec::{escape, keys};

use crate::finding::{Findings, Rule, Severity};
use crate::rules::responses::component;
use crate::shape::Object;
use crate::spec::{Spec, entries};

pub(super) const ENUM: Rule = Rule {
    id: "house-enum",
    severity: Severity::Warning,
    reason: "Each value becomes a variant in Rust, and each variant needs documentation.",
    example: "an `enum` of three values, and two `x-enum-descriptions`",
};

pub(super) const INTEGER: Rule = Rule {
    id: "house-integer-format",
    severity: Severity::Warning,
    reason: "The format selects the integer type in Rust.",
    example: "`type: integer` without `format`",
};

pub(super) const BOUNDS: Rule = Rule {
    id: "house-response-bounds",
    severity: Severity::Warning,
    reason: "The SDK does not enforce bounds in responses, so a bound there is a false promise.",
    example: "`maxLength` in a schema that only responses use",
};

pub(super) const QUOTES: Rule = Rule {
    id: "house-quotes",
    severity: Severity::Warning,
    reason: "YAML parsers may read this as a number or, in YAML 1.1, as a boolean.",
    example: "`200:`, `countryIso: NO`",
};

/// Lists the keywords that restrict a value.
const LIMITS: [&str; 11] = [
    "minLength",
    "maxLength",
    "pattern",
    "minimum",
    "maximum",
    "minItems",
    "maxItems",
    "multipleOf",
    "uniqueItems",
    "minProperties",
    "maxProperties",
];

pub(super) fn check(spec: &Spec<'_>, findings: &mut Findings<'_>) {
    let operations = spec.operations();
    let responses = spec.reached(operations.iter().filter_map(|operation| operation.value.get("responses")));
    let bodies = operations.iter().filter_map(|operation| operation.value.get("requestBody"));
    let requests = spec.reached(bodies);
    for node in spec.all(Object::Schema) {
        enums(&node.pointer, node.value, findings);
        let kind = node.text("type");
        if kind == Some("integer") && node.value.get("format").is_none() {
            findings.key(&INTEGER, &node.pointer, "this integer has no `format`", "add `format: int32` or `int64`");
        }
        let is_only_in_responses =
            component(&node.pointer).is_some_and(|name| responses.contains(name) && !requests.contains(name));
        for key in LIMITS.iter().filter(|key| is_only_in_responses && node.value.get(**key).is_some()) {
            let message = format!("`{key}` is not enforced in responses");
            findings.key(&BOUNDS, &format!("{}/{key}", node.pointer), message, "move it to the description");
        }
    }
    quotes(spec, findings);
}

/// Reports enum values without a description.
fn enums(pointer: &str, schema: &Value, findings: &mut Findings<'_>) {
    let Some(values) = schema.get("enum").and_then(Value::as_array) else { return };
    // An enum of null alone becomes no Rust type.
    if values.iter().all(Value::is_null) {
        return;
    }
    let Some(described) = schema.get(keys::ENUM_DESCRIPTIONS) else {
        let message = "the values of this enum are not described";
        findings.key(&ENUM, pointer, message, "add `x-enum-descriptions` with an entry for each value");
        return;
    };
    let described: BTreeSet<_> = entries(Some(described)).map(|(value, _)| value).collect();
    for (place, value) in values.iter().enumerate() {
        let Some(text) = value.as_str().filter(|text| !described.contains(text)) else { continue };
        // `enum-unique` reports duplicate values.
        if !values[..place].contains(value) {
            let message = format!("the enum value `{text}` is not described");
            let pointer = format!("{pointer}/x-enum-descriptions");
            findings.key(&ENUM, &pointer, message, "add an entry with a sentence about it");
        }
    }
}

/// Reports unquoted status codes, and unquoted strings that YAML 1.1 reads as booleans.
fn quotes(spec: &Spec<'_>, findings: &mut Findings<'_>) {
    let lines: Vec<&str> = findings.text().lines().collect();
    let mut plain = Vec::new();
    for responses in spec.all(Object::Responses) {
        let keys = entries(Some(responses.value)).filter(|(key, _)| key.bytes().all(|byte| byte.is_ascii_digit()));
        plain.extend(keys.map(|(key, _)| (format!("{}/{}", responses.pointer, escape(key)), key, true)));
    }
    doubtful(spec.root, &mut String::new(), &mut plain);
    for (pointer, text, is_key) in plain {
        let at = if is_key { findings.place(&pointer) } else { findings.value_place(&pointer) };
        let line = at.and_then(|at| lines.get(at.line - 1)?.get(at.column - 1..));
        // The value has lost its quotes, so the source decides: a quoted string begins with its quote.
        if line.is_some_and(|line| line.starts_with(text)) {
            let (message, help) = (format!("`{text}` is not quoted"), format!("write '{text}'"));
            if is_key {
                findings.key(&QUOTES, &pointer, message, help);
            } else {
                findings.value(&QUOTES, &pointer, message, help);
            }
        }
    }
}

/// Collects the strings that are booleans in YAML 1.1 (yaml.org/type/bool.html).
fn doubtful<'a>(value: &'a Value, pointer: &mut String, found: &mut Vec<(String, &'a str, bool)>) {
    let length = pointer.len();
    match value {
        Value::Object(map) => {
            for (key, value) in map {
                pointer.push('/');
                pointer.push_str(&escape(key));
                doubtful(value, pointer, found);
                pointer.truncate(length);
            }
        }
        Value::Array(list) => {
            for (place, value) in list.iter().enumerate() {
                pointer.push('/');
                pointer.push_str(&place.to_string());
                doubtful(value, pointer, found);
                pointer.truncate(length);
            }
        }
        Value::String(text)
            if ["y", "n", "yes", "no", "on", "off"].iter().any(|word| text.eq_ignore_ascii_case(word)) =>
        {
            found.push((pointer.clone(), text, false));
        }
        _ => {}
    }
}
