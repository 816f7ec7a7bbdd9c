//! Finds `nullable` where it has no effect.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::finding::{Findings, Rule, Severity};
use crate::shape::Object;
use crate::spec::Spec;

/// Is a warning, because tools disagree: many allow null there as intended, many do not.
const NULLABLE_TYPE: Rule = Rule {
    id: "nullable-type",
    severity: Severity::Warning,
    reason: "`nullable` adds null to the `type` of the same schema. With only `allOf`, `anyOf` or `oneOf` it has no effect \
             (OpenAPI 3.0.3); some tools allow null there, others reject it.",
    example: "`nullable: true` with `allOf: [{ $ref: '#/components/schemas/Lock' }]`",
};

pub(crate) const RULES: &[&Rule] = &[&NULLABLE_TYPE];

pub(crate) fn check(spec: &Spec<'_>, findings: &mut Findings<'_>) {
    for node in spec.all(Object::Schema) {
        only_null(&node.pointer, node.value, findings);
        let is_nullable = node.is("nullable");
        if !is_nullable || node.value.get("type").is_some() || allows_null(spec, node.value, &mut BTreeSet::new()) {
            continue;
        }
        let mut keys = ["allOf", "anyOf", "oneOf", "enum"].into_iter().filter(|key| node.value.get(*key).is_some());
        let key = keys.next().unwrap_or("it");
        let (message, help) = match key {
            "enum" => (
                "`nullable` has no effect: there is no `type`, and the `enum` does not list null".to_owned(),
                "add the `type`, and null to the `enum`".to_owned(),
            ),
            // OpenAPI 3.0 has no type for null alone; this is the shortest schema that only null satisfies.
            key => (
                format!("`nullable` has no effect: there is no `type`, and `{key}` does not allow null"),
                "use `anyOf` with the schema and with null: `{ type: string, nullable: true, enum: [null] }`"
                    .to_owned(),
            ),
        };
        findings.key(&NULLABLE_TYPE, &format!("{}/nullable", node.pointer), message, help);
    }
}

/// Reports an `anyOf` or `oneOf` that allows only null, which is what remains when the schema itself was removed.
fn only_null(pointer: &str, schema: &Value, findings: &mut Findings<'_>) {
    let is_null =
        |part: &Value| part.get("enum").and_then(Value::as_array).is_some_and(|values| values[..] == [Value::Null]);
    for key in ["anyOf", "oneOf"] {
        let parts = schema.get(key).and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
        if !parts.is_empty() && parts.iter().all(is_null) {
            let help = "add the schema of the non-null values, or remove the property";
            findings.key(&NULLABLE_TYPE, &format!("{pointer}/{key}"), "only null is allowed here", help);
        }
    }
}

/// Returns whether a schema allows null, after the OpenAPI proposal "Clarify Semantics of `nullable` in OpenAPI 3.0":
/// `nullable` only widens the `type` of its own schema, and a schema without a `type` allows null like any other value.
fn allows_null<'a>(spec: &Spec<'a>, schema: &'a Value, open: &mut BTreeSet<*const Value>) -> bool {
    // `ref-resolves` and `finite-schema` report references that lead nowhere or back to themselves.
    let Some(schema) = spec.resolve(schema) else { return true };
    if !open.insert(std::ptr::from_ref(schema)) {
        return true;
    }
    let parts = |key: &str| schema.get(key).and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    let is_nullable = schema.get("nullable") == Some(&Value::Bool(true));
    let allows = (schema.get("type").is_none() || is_nullable)
        && schema.get("enum").and_then(Value::as_array).is_none_or(|values| values.contains(&Value::Null))
        && parts("allOf").iter().all(|part| allows_null(spec, part, open))
        && ["anyOf", "oneOf"]
            .into_iter()
            .map(parts)
            .all(|parts| parts.is_empty() || parts.iter().any(|part| allows_null(spec, part, open)));
    // Only a schema within itself is a circle; the same one in two branches is not.
    open.remove(&std::ptr::from_ref(schema));
    allows
}
