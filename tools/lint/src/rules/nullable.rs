//! `nullable` where it does nothing.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::finding::{Findings, Rule, Severity};
use crate::shape::Object;
use crate::spec::Spec;

/// A warning and no error: many programs take it for what was meant, and many do not.
const NULLABLE_TYPE: Rule = Rule {
    id: "nullable-type",
    severity: Severity::Warning,
    reason: "`nullable` adds null to the `type` beside it. Beside `allOf`, `anyOf` or `oneOf` alone it adds nothing by \
             OpenAPI 3.0.3; some programs allow null there, others refuse it.",
    example: "`nullable: true` beside `allOf: [{ $ref: '#/components/schemas/Lock' }]`",
};

pub(crate) const RULES: &[&Rule] = &[&NULLABLE_TYPE];

pub(crate) fn check(spec: &Spec<'_>, findings: &mut Findings<'_>) {
    for node in spec.all(Object::Schema) {
        nothing_else(&node.pointer, node.value, findings);
        let is_nullable = node.is("nullable");
        if !is_nullable || node.value.get("type").is_some() || allows_null(spec, node.value, &mut BTreeSet::new()) {
            continue;
        }
        let mut beside = ["allOf", "anyOf", "oneOf", "enum"].into_iter().filter(|key| node.value.get(*key).is_some());
        let beside = beside.next().unwrap_or("it");
        let (message, help) = match beside {
            "enum" => (
                "null is none of the values of `enum`, and `nullable` adds it to a `type` only".to_owned(),
                "add the `type`, and null to the values".to_owned(),
            ),
            beside => (
                format!("`nullable` adds null to a `type` beside it only, and what `{beside}` leads to refuses null"),
                "write `anyOf` of the schema and of one that is null alone: `{ type: string, nullable: true, enum: [null] }`"
                    .to_owned(),
            ),
        };
        findings.key(&NULLABLE_TYPE, &format!("{}/nullable", node.pointer), message, help);
    }
}

/// Alternatives to null of which none is left.
fn nothing_else(pointer: &str, schema: &Value, findings: &mut Findings<'_>) {
    let is_null =
        |part: &Value| part.get("enum").and_then(Value::as_array).is_some_and(|values| values[..] == [Value::Null]);
    for key in ["anyOf", "oneOf"] {
        let parts = schema.get(key).and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
        if !parts.is_empty() && parts.iter().all(is_null) {
            let help = "add the schema that it is where it is not null, or take the property out";
            findings.key(&NULLABLE_TYPE, &format!("{pointer}/{key}"), "nothing but null can stand here", help);
        }
    }
}

/// Whether a schema takes null, after "Clarify Semantics of `nullable` in OpenAPI 3.0": `nullable` widens the `type` of
/// its own schema and nothing else, and what has no `type` takes null as it takes anything.
fn allows_null<'a>(spec: &Spec<'a>, schema: &'a Value, open: &mut BTreeSet<*const Value>) -> bool {
    // What leads nowhere, or back to itself, is told elsewhere.
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
    open.remove(&std::ptr::from_ref(schema));
    allows
}
