//! Checks example objects: where their value is, and references inside of it.

use serde_json::Value;
use unloc_spec::{escape, reference, reference_pointer};

use crate::finding::{Findings, Rule, Severity};
use crate::shape::Object;
use crate::spec::{Spec, entries};

const VALUE: Rule = Rule {
    id: "example-value",
    severity: Severity::Error,
    reason: "`value` and `externalValue` exclude each other; tools show one or the other.",
    example: "an example with both `value` and `externalValue`",
};

pub(super) const REFERENCE: Rule = Rule {
    id: "example-ref",
    severity: Severity::Warning,
    reason: "Tools do not resolve a `$ref` inside an example: readers see the reference instead of the value.",
    example: "`example: { $ref: '#/components/examples/Lock' }`",
};

pub(crate) const RULES: &[&Rule] = &[&VALUE, &REFERENCE];

pub(crate) fn check(spec: &Spec<'_>, findings: &mut Findings<'_>) {
    for node in spec.all(Object::Example) {
        // OpenAPI 3.0.3, Example Object: the two are mutually exclusive.
        if node.value.get("value").is_some() && node.value.get("externalValue").is_some() {
            let pointer = format!("{}/externalValue", node.pointer);
            findings.key(&VALUE, &pointer, "`value` and `externalValue` are mutually exclusive", "keep one of them");
        }
    }
    // Some APIs have a property that is called `$ref`; then a `$ref` in an example is data.
    if spec
        .all(Object::Schema)
        .iter()
        .any(|node| entries(node.value.get("properties")).any(|(name, _)| name == unloc_spec::REFERENCE))
    {
        return;
    }
    for (object, key) in [
        (Object::MediaType, "example"),
        (Object::Parameter, "example"),
        (Object::Header, "example"),
        (Object::Schema, "example"),
        (Object::Example, "value"),
    ] {
        for node in spec.all(object) {
            if let Some(value) = node.value.get(key) {
                references(&format!("{}/{key}", node.pointer), value, findings);
            }
        }
    }
}

/// Reports objects in a value that consist of a `$ref` alone.
fn references(pointer: &str, value: &Value, findings: &mut Findings<'_>) {
    match value {
        Value::Object(map) => {
            if let Some(target) = reference(value).filter(|_| map.len() == 1) {
                let message = format!("`{target}` is not resolved: inside an example, a `$ref` is a plain value");
                let help = "write out the value, or reference the whole example under `examples`";
                findings.key(&REFERENCE, &reference_pointer(pointer), message, help);
                return;
            }
            map.iter().for_each(|(key, value)| references(&format!("{pointer}/{}", escape(key)), value, findings));
        }
        Value::Array(list) => {
            let items = list.iter().enumerate();
            items.for_each(|(place, value)| references(&format!("{pointer}/{place}"), value, findings));
        }
        _ => {}
    }
}
