//! Walks examples along their schemas, and reports what an example shows but its schema does not describe.

use std::collections::BTreeSet;

use serde_json::Value;
use unloc_spec::escape;

use crate::finding::{Findings, Rule, Severity};
use crate::shape::Object;
use crate::spec::{Node, Spec, entries, suggestion};

pub(super) const KNOWN: Rule = Rule {
    id: "example-known-properties",
    severity: Severity::Warning,
    reason: "A property that the schema does not define is misspelt in the example or missing in the schema.",
    example: "`nam: Front door` in an example, where the schema has `name`",
};

const DATE_TIME: Rule = Rule {
    id: "date-time-format",
    severity: Severity::Warning,
    reason: "Without `format: date-time`, a timestamp becomes a `String` in Rust.",
    example: "a string `createdAt` with an example `2024-05-02T10:35:24Z` and no format",
};

const STRINGLY: Rule = Rule {
    id: "no-stringly-boolean",
    severity: Severity::Warning,
    reason: "A string that holds true or false should be a boolean.",
    example: "`type: string` with an example `'true'`, `enum: ['yes', 'no']`",
};

pub(crate) const RULES: &[&Rule] = &[&KNOWN, &DATE_TIME, &STRINGLY];

pub(crate) fn check(spec: &Spec<'_>, findings: &mut Findings<'_>) {
    let errors = findings.list.iter().filter(|finding| finding.severity == Severity::Error);
    let wrong = errors.map(|finding| finding.pointer.clone()).collect();
    // An example copied from another response would fail in every property; one finding is enough.
    let misplaced = findings.list.iter().filter(|finding| finding.rule == super::examples::STATUS.id);
    let misplaced: BTreeSet<String> = misplaced.map(|finding| finding.pointer.clone()).collect();
    let mut walk = Walk { spec, wrong, reported: BTreeSet::new() };
    for object in [Object::MediaType, Object::Parameter, Object::Header] {
        for node in spec.all(object) {
            let Some(schema) = node.value.get("schema") else { continue };
            let at = format!("{}/schema", node.pointer);
            let examples = examples(spec, &node.pointer, node.value).into_iter();
            for (pointer, value) in examples.filter(|(pointer, _)| !misplaced.contains(pointer)) {
                walk.value((schema, &at), (value, &pointer), findings);
            }
        }
    }
    for node in spec.all(Object::Schema) {
        for key in ["example", "default"] {
            if let Some(value) = node.value.get(key) {
                walk.value((node.value, &node.pointer), (value, &format!("{}/{key}", node.pointer)), findings);
            }
        }
        if let Some(values) = node.value.get("enum").and_then(Value::as_array) {
            let is_flag = |value: &Value| {
                value
                    .as_str()
                    .is_some_and(|text| ["true", "false", "yes", "no"].contains(&text.to_lowercase().as_str()))
            };
            if !values.is_empty() && values.iter().all(is_flag) {
                walk.flag(&format!("{}/enum", node.pointer), findings);
            }
        }
    }
}

/// Returns the examples of a node with their pointers, including those in `components/examples`.
pub(super) fn examples<'a>(spec: &Spec<'a>, pointer: &str, node: &'a Value) -> Vec<(String, &'a Value)> {
    let single = node.get("example").map(|value| (format!("{pointer}/example"), value));
    let named = entries(node.get("examples")).filter_map(|(name, value)| {
        let named = Node { value, pointer: format!("{pointer}/examples/{}", escape(name)) }.follow(spec.root)?;
        Some((format!("{}/value", named.pointer), named.value.get("value")?))
    });
    single.into_iter().chain(named).collect()
}

/// Walks one value after the other along its schema.
struct Walk<'a> {
    spec: &'a Spec<'a>,
    /// Holds the pointers of all errors so far: checking a value against an invalid schema would only repeat the error.
    wrong: BTreeSet<String>,
    /// Holds the schemas with a finding: several examples may show the same.
    reported: BTreeSet<String>,
}

impl<'a> Walk<'a> {
    /// Collects a schema and all parts of its `allOf`, each with its pointer. Returns `None` where alternatives leave
    /// open which schema applies.
    fn parts(&self, schema: (&'a Value, &str), depth: u8, parts: &mut Vec<(&'a Value, String)>) -> Option<()> {
        let Node { value: schema, pointer } =
            Node { value: schema.0, pointer: schema.1.to_owned() }.follow(self.spec.root)?;
        // Two references may lead to one part. Following both would double the work at each level.
        if parts.iter().any(|(known, _)| std::ptr::eq(*known, schema)) {
            return Some(());
        }
        let below = format!("{pointer}/");
        // The set is sorted: if the first entry from `{pointer}/` on is not inside of this schema, none is.
        let is_wrong = self.wrong.contains(&pointer)
            || self.wrong.range(below.clone()..).next().is_some_and(|wrong| wrong.starts_with(&below));
        let is_open = ["oneOf", "anyOf", "not"].iter().any(|key| schema.get(*key).is_some());
        if is_wrong || is_open || depth > 16 {
            return None;
        }
        for (place, part) in schema.get("allOf").and_then(Value::as_array).into_iter().flatten().enumerate() {
            self.parts((part, &format!("{pointer}/allOf/{place}")), depth + 1, parts)?;
        }
        parts.push((schema, pointer));
        Some(())
    }

    /// Checks a value and everything in it against a schema.
    fn value(&mut self, schema: (&'a Value, &str), (value, at): (&Value, &str), findings: &mut Findings<'_>) {
        let mut parts = Vec::new();
        if self.parts(schema, 0, &mut parts).is_none() {
            return;
        }
        match value {
            Value::Object(map) => {
                for (key, value) in map {
                    let inner = format!("{at}/{}", escape(key));
                    let described = parts.iter().find_map(|(part, pointer)| {
                        let property = part.get("properties")?.get(key)?;
                        Some((property, format!("{pointer}/properties/{}", escape(key))))
                    });
                    match described {
                        Some((property, pointer)) => self.value((property, &pointer), (value, &inner), findings),
                        None => unknown(&parts, key, &inner, findings),
                    }
                }
            }
            Value::Array(list) => {
                let items =
                    parts.iter().find_map(|(part, pointer)| Some((part.get("items")?, format!("{pointer}/items"))));
                let Some((items, pointer)) = items else { return };
                for (place, value) in list.iter().enumerate() {
                    self.value((items, &pointer), (value, &format!("{at}/{place}")), findings);
                }
            }
            Value::String(text) => self.text(&parts, text, findings),
            _ => {}
        }
    }

    /// Reports a string that looks like a timestamp or a boolean, where the schema only says that it is a string.
    fn text(&mut self, parts: &[(&Value, String)], text: &str, findings: &mut Findings<'_>) {
        let says = |key: &str| parts.iter().any(|(part, _)| part.get(key).is_some());
        let Some((_, pointer)) = parts.iter().find(|(part, _)| part.get("type").is_some_and(|kind| kind == "string"))
        else {
            return;
        };
        // A schema that restricts the string says on purpose what it holds.
        if says("format") || says("enum") || says("pattern") {
            return;
        }
        if is_date_time(text) && self.reported.insert(pointer.clone()) {
            let message = format!("an example is the timestamp `{text}`, but the schema has no `format`");
            findings.key(&DATE_TIME, pointer, message, "add `format: date-time`");
        }
        if ["true", "false"].contains(&text) {
            self.flag(&pointer.clone(), findings);
        }
    }

    /// Reports a string that is a boolean.
    fn flag(&mut self, pointer: &str, findings: &mut Findings<'_>) {
        if self.reported.insert(pointer.to_owned()) {
            findings.key(
                &STRINGLY,
                pointer,
                "this string only holds true or false",
                "use `type: boolean`, if the service sends a boolean",
            );
        }
    }
}

/// Returns whether a text begins like an RFC 3339 timestamp: `2024-05-02T10:35:24`.
fn is_date_time(text: &str) -> bool {
    let bytes = text.as_bytes();
    let has = |place: usize, byte: u8| bytes.get(place) == Some(&byte);
    text.len() >= 19
        && text.starts_with(|c: char| c.is_ascii_digit())
        && has(4, b'-')
        && has(7, b'-')
        && has(10, b'T')
        && has(13, b':')
}

/// Reports a property that none of the parts of a schema defines.
fn unknown(parts: &[(&Value, String)], key: &str, pointer: &str, findings: &mut Findings<'_>) {
    let names = || parts.iter().flat_map(|(part, _)| entries(part.get("properties"))).map(|(name, _)| name);
    let takes_any =
        parts.iter().any(|(part, _)| part.get("additionalProperties").is_some_and(|more| *more != Value::Bool(false)));
    // A schema without properties describes a map with any keys.
    if takes_any
        || names().next().is_none()
        || key.starts_with("x-")
        || findings.is_reported(&super::literal::REFERENCE, pointer)
    {
        return;
    }
    let other = || format!("add `{key}` to the `properties` of the schema, or remove it from the example");
    let help = suggestion(key, names()).unwrap_or_else(other);
    findings.key(&KNOWN, pointer, format!("unknown property `{key}`: the schema does not define it"), help);
}
