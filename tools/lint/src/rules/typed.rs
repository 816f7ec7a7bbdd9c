//! Schemas that do not say which type they are of.

use crate::finding::{Findings, Rule, Severity};
use crate::shape::Object;
use crate::spec::{Node, Spec};

const TYPED: Rule = Rule {
    id: "schema-typed",
    severity: Severity::Warning,
    reason: "Without a type anything goes, and the bindings hold it as raw JSON.",
    example: "a property with a `description` alone, `properties` without `type: object`",
};

pub(crate) const RULES: &[&Rule] = &[&TYPED];

const MADE_OF: [&str; 5] = ["allOf", "anyOf", "oneOf", "not", "enum"];
const OBJECT: [&str; 3] = ["properties", "additionalProperties", "required"];

pub(crate) fn check(spec: &Spec<'_>, findings: &mut Findings<'_>) {
    for node in spec.all(Object::Schema) {
        let has = |key: &&str| node.value.get(*key).is_some();
        if has(&"type") || MADE_OF.iter().any(has) || is_refinement(spec, node) || is_anything(node) {
            continue;
        }
        let (message, help) = if let Some(key) = OBJECT.into_iter().find(has) {
            (format!("`{key}` says what an object holds, and not that this is one"), "add `type: object`")
        } else if has(&"items") {
            ("`items` says what a list holds, and not that this is one".to_owned(), "add `type: array`")
        } else {
            ("nothing says which type this is".to_owned(), "add a `type`, or a reference")
        };
        findings.key(&TYPED, &node.pointer, message, help);
    }
}

/// `additionalProperties: {}` and `items: {}` are how OpenAPI writes that anything may stand there ("Free-Form Object").
fn is_anything(node: &Node<'_>) -> bool {
    let is_empty = node.value.as_object().is_some_and(serde_json::Map::is_empty);
    is_empty
        && [Some("additionalProperties"), Some("items")].contains(&node.pointer.rsplit('/').next())
        && !node.pointer.ends_with("/properties/items")
        && !node.pointer.ends_with("/properties/additionalProperties")
}

/// Whether this is a part that adds to what is said beside it: a description, what is required, a property more.
fn is_refinement(spec: &Spec<'_>, node: &Node<'_>) -> bool {
    let mut steps = node.pointer.rsplitn(3, '/');
    let (last, list, rest) = (steps.next(), steps.next(), steps.next());
    if last == Some("not") {
        return true;
    }
    match (list, rest.and_then(|whole| spec.root.pointer(whole))) {
        // The parts of an `allOf` hold together: one of them, or what is around them, says the type.
        (Some("allOf"), Some(_)) => true,
        // Each alternative stands for itself, unless the type stands around them, or it is a condition alone, as in
        // `anyOf: [{ required: [a] }, { required: [b] }]`.
        (Some("anyOf" | "oneOf"), Some(whole)) => {
            whole.get("type").is_some()
                || whole.get("properties").is_some()
                || node.value.get("required").is_some() && node.value.get("properties").is_none()
        }
        _ => false,
    }
}
