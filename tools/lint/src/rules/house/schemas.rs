//! Schemas: enums whose values are told, integers of a size, bounds where they are checked, texts that stay texts.

use std::collections::BTreeSet;

use serde_json::Value;
use unloc_spec::{escape, keys};

use crate::finding::{Findings, Rule, Severity};
use crate::rules::answers::component;
use crate::shape::Object;
use crate::spec::{Spec, entries};

pub(super) const ENUM: Rule = Rule {
    id: "house-enum",
    severity: Severity::Warning,
    reason: "Each value is a variant in Rust, and a variant without a sentence is a riddle.",
    example: "an `enum` of three values, and two `x-enum-descriptions`",
};

pub(super) const INTEGER: Rule = Rule {
    id: "house-integer-format",
    severity: Severity::Warning,
    reason: "The format decides which integer it is in Rust.",
    example: "`type: integer` without `format`",
};

pub(super) const BOUNDS: Rule = Rule {
    id: "house-answer-bounds",
    severity: Severity::Warning,
    reason: "An answer is read whatever it holds; a bound there promises what nobody checks.",
    example: "`maxLength` in a schema that only answers use",
};

pub(super) const QUOTES: Rule = Rule {
    id: "house-quotes",
    severity: Severity::Warning,
    reason: "Older readers of YAML take this for a number or a boolean.",
    example: "`200:`, `countryIso: NO`",
};

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
    let answers = spec.reached(operations.iter().filter_map(|operation| operation.value.get("responses")));
    let bodies = operations.iter().filter_map(|operation| operation.value.get("requestBody"));
    let requests = spec.reached(bodies);
    for node in spec.all(Object::Schema) {
        enums(&node.pointer, node.value, findings);
        let kind = node.text("type");
        if kind == Some("integer") && node.value.get("format").is_none() {
            findings.key(&INTEGER, &node.pointer, "an integer of no certain size", "add `format: int32` or `int64`");
        }
        let only_answer =
            component(&node.pointer).is_some_and(|name| answers.contains(name) && !requests.contains(name));
        for key in LIMITS.iter().filter(|key| only_answer && node.value.get(**key).is_some()) {
            let message = format!("`{key}` stands in an answer, where nothing checks it");
            findings.key(&BOUNDS, &format!("{}/{key}", node.pointer), message, "tell it in the description");
        }
    }
    quotes(spec, findings);
}

fn enums(pointer: &str, schema: &Value, findings: &mut Findings<'_>) {
    let Some(values) = schema.get("enum").and_then(Value::as_array) else { return };
    // Null alone has nothing to tell.
    if values.iter().all(Value::is_null) {
        return;
    }
    let Some(described) = schema.get(keys::ENUM_DESCRIPTIONS) else {
        let message = "nothing says what the values of this enum mean";
        findings.key(&ENUM, pointer, message, "add `x-enum-descriptions` with an entry for each value");
        return;
    };
    let told: BTreeSet<_> = entries(Some(described)).map(|(value, _)| value).collect();
    for (place, value) in values.iter().enumerate() {
        let Some(text) = value.as_str().filter(|text| !told.contains(text)) else { continue };
        // One that stands there twice is told as such.
        if !values[..place].contains(value) {
            let message = format!("nothing says what `{text}` means");
            let pointer = format!("{pointer}/x-enum-descriptions");
            findings.key(&ENUM, &pointer, message, "add an entry with a sentence for it");
        }
    }
}

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
        // Only what stands there as it is has no quotes.
        if line.is_some_and(|line| line.starts_with(text)) {
            let (message, help) = (format!("`{text}` is not in quotes"), format!("write '{text}'"));
            if is_key {
                findings.key(&QUOTES, &pointer, message, help);
            } else {
                findings.value(&QUOTES, &pointer, message, help);
            }
        }
    }
}

/// Texts that are booleans to some.
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
