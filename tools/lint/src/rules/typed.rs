//! Finds schemas without a type.

use crate::finding::{Findings, Rule, Severity};
use crate::shape::Object;
use crate::spec::{Node, Spec};

const TYPED: Rule = Rule {
    id: "schema-typed",
    severity: Severity::Warning,
    reason: "A schema without a type allows any value, and the bindings represent it as raw JSON.",
    example: "a property with a `description` alone, `properties` without `type: object`",
};

pub(crate) const RULES: &[&Rule] = &[&TYPED];

/// Lists the keys that describe a schema well enough without a `type`.
const MADE_OF: [&str; 5] = ["allOf", "anyOf", "oneOf", "not", "enum"];
/// Lists the keys that only make sense for an object.
const OBJECT: [&str; 3] = ["properties", "additionalProperties", "required"];

pub(crate) fn check(spec: &Spec<'_>, findings: &mut Findings<'_>) {
    for node in spec.all(Object::Schema) {
        let has = |key: &&str| node.value.get(*key).is_some();
        if has(&"type") || MADE_OF.iter().any(has) || is_refinement(spec, node) || is_anything(node) {
            continue;
        }
        let (message, help) = if let Some(key) = OBJECT.into_iter().find(has) {
            (format!("this schema has `{key}` but no `type`"), "add `type: object`")
        } else if has(&"items") {
            ("this schema has `items` but no `type`".to_owned(), "add `type: array`")
        } else {
            ("this schema has no `type`".to_owned(), "add a `type`, or use a reference")
        };
        findings.key(&TYPED, &node.pointer, message, help);
    }
}

/// Returns whether a schema is `additionalProperties: {}` or `items: {}`, by which OpenAPI allows any value on purpose
/// ("Free-Form Object").
fn is_anything(node: &Node<'_>) -> bool {
    let is_empty = node.value.as_object().is_some_and(serde_json::Map::is_empty);
    is_empty
        && [Some("additionalProperties"), Some("items")].contains(&node.pointer.rsplit('/').next())
        // A property of an object may have one of these two names.
        && !node.pointer.ends_with("/properties/items")
        && !node.pointer.ends_with("/properties/additionalProperties")
}

/// Returns whether a schema only refines its surroundings: it adds a description, a `required` or a property.
fn is_refinement(spec: &Spec<'_>, node: &Node<'_>) -> bool {
    let mut steps = node.pointer.rsplitn(3, '/');
    let (last, list, rest) = (steps.next(), steps.next(), steps.next());
    if last == Some("not") {
        return true;
    }
    match (list, rest.and_then(|whole| spec.root.pointer(whole))) {
        // All parts of an `allOf` apply together, so one part or the parent may give the type.
        (Some("allOf"), Some(_)) => true,
        // Each alternative needs a type, unless the parent has it, or the alternative is only a condition, as in
        // `anyOf: [{ required: [a] }, { required: [b] }]`.
        (Some("anyOf" | "oneOf"), Some(whole)) => {
            whole.get("type").is_some()
                || whole.get("properties").is_some()
                || node.value.get("required").is_some() && node.value.get("properties").is_none()
        }
        _ => false,
    }
}
