//! Checks that schemas can be satisfied, and that their keywords have an effect.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;
use unloc_spec::{component_schema, escape, reference};

use crate::finding::{Findings, Rule, Severity};
use crate::shape::Object;
use crate::spec::{Node, Spec, entries};

const REQUIRED_DEFINED: Rule = Rule {
    id: "required-defined",
    severity: Severity::Error,
    reason: "A required property without a schema has no type, and every value without it is invalid.",
    example: "`required: [nam]` with a property `name`",
};

// OpenAPI 3.0.3, 4.7.24: "`items` MUST be present if the `type` is `array`".
const ARRAY_ITEMS: Rule = Rule {
    id: "array-items",
    severity: Severity::Error,
    reason: "OpenAPI requires an array to describe its items.",
    example: "`type: array` without `items`",
};

const BOUNDS: Rule = Rule {
    id: "bounds-agree",
    severity: Severity::Error,
    reason: "No value satisfies bounds that contradict each other.",
    example: "`minLength: 9` with `maxLength: 4`",
};

// OpenAPI 3.0.3, 4.7.24: the pattern is a regular expression of ECMA-262.
const PATTERN: Rule = Rule {
    id: "pattern-valid",
    severity: Severity::Error,
    reason: "The generator fails on a pattern that is no valid regular expression.",
    example: "`pattern: '[a-z'`",
};

const NULLABLE_ENUM: Rule = Rule {
    id: "nullable-enum",
    severity: Severity::Error,
    reason: "An enum allows null only if it lists null, even with `nullable`.",
    example: "`nullable: true` with `enum: [a, b]`",
};

const FITS_TYPE: Rule = Rule {
    id: "keyword-fits-type",
    severity: Severity::Warning,
    reason: "A keyword for another type has no effect.",
    example: "`maxLength` with `type: integer`",
};

// JSON Schema Validation (draft Wright 00), 5.20: "Elements in the array SHOULD be unique".
const ENUM_UNIQUE: Rule = Rule {
    id: "enum-unique",
    severity: Severity::Error,
    reason: "The generator fails on duplicate values in an enum.",
    example: "`enum: [open, open]`",
};

const ENUM_TYPE: Rule = Rule {
    id: "enum-type",
    severity: Severity::Error,
    reason: "A value of another type never matches the schema.",
    example: "`enum: [1, 2]` with `type: string`",
};

// OpenAPI 3.0.3, 4.7.24.1: a property "MUST NOT be marked as both `readOnly` and `writeOnly` being `true`".
const READ_WRITE: Rule = Rule {
    id: "read-write-only",
    severity: Severity::Error,
    reason: "A property excluded from both requests and responses is never used.",
    example: "`readOnly: true` with `writeOnly: true`",
};

const FINITE: Rule = Rule {
    id: "finite-schema",
    severity: Severity::Error,
    reason: "No finite value satisfies a schema that requires a value of itself.",
    example: "`Node` with a required property `next` that is a `Node`, or with a `Node` in its `oneOf`",
};

const DISCRIMINATOR: Rule = Rule {
    id: "discriminator-property",
    severity: Severity::Error,
    reason: "The discriminator has to be present in every alternative.",
    example: "`propertyName: kind` where an alternative does not require `kind`",
};

pub(crate) const RULES: &[&Rule] = &[
    &REQUIRED_DEFINED,
    &ARRAY_ITEMS,
    &BOUNDS,
    &PATTERN,
    &NULLABLE_ENUM,
    &FITS_TYPE,
    &ENUM_UNIQUE,
    &ENUM_TYPE,
    &READ_WRITE,
    &FINITE,
    &DISCRIMINATOR,
];

/// Maps each type to the keywords that apply to it.
const KEYWORDS: &[(&str, &[&str])] = &[
    ("string", &["minLength", "maxLength", "pattern"]),
    ("number", &["minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"]),
    ("array", &["items", "minItems", "maxItems", "uniqueItems"]),
    ("object", &["properties", "required", "additionalProperties", "minProperties", "maxProperties"]),
];

pub(crate) fn check(spec: &Spec<'_>, findings: &mut Findings<'_>) {
    for node in spec.all(Object::Schema) {
        keywords(node, findings);
        values(node, findings);
        discriminator(spec, node, findings);
    }
    for flaw in spec.schemas.undefined() {
        findings.value(&REQUIRED_DEFINED, &flaw.pointer, flaw.message, flaw.help);
    }
    endless(spec, findings);
    let (circles, _) = spec.schemas.circular();
    for pointer in circles {
        // Inner schemas of a circle are reported with the component that contains them.
        let name = pointer.strip_prefix("/components/schemas/").filter(|name| !name.contains('/'));
        if let Some(name) = name.filter(|_| !findings.is_reported(&FINITE, pointer)) {
            let message = format!("`{name}` contains itself through `allOf`, `anyOf`, `oneOf` or `not`");
            findings.key(&FINITE, pointer, message, "remove the reference that leads back to it");
        }
    }
}

/// Checks the keywords of one schema against its type.
fn keywords(node: &Node<'_>, findings: &mut Findings<'_>) {
    let at = |key: &str| format!("{}/{key}", node.pointer);
    let kind = node.text("type");
    if kind == Some("array") && node.value.get("items").is_none() {
        findings.key(&ARRAY_ITEMS, &node.pointer, "this array has no `items`", "add `items` with a schema");
    }
    if node.is("readOnly") && node.is("writeOnly") {
        findings.key(
            &READ_WRITE,
            &at("writeOnly"),
            "`readOnly` and `writeOnly` exclude each other",
            "keep one of them",
        );
    }
    if let Some(kind) = kind {
        // Integers take the keywords of numbers.
        let own = if kind == "integer" { "number" } else { kind };
        for (of, keys) in KEYWORDS.iter().filter(|(of, _)| *of != own) {
            for key in keys.iter().filter(|key| node.value.get(**key).is_some()) {
                let message = format!("`{key}` applies to `{of}` and has no effect with `type: {kind}`");
                findings.key(&FITS_TYPE, &at(key), message, "remove it, or correct the type");
            }
        }
    }
}

/// Checks the bounds, the pattern and the enum of one schema.
fn values(node: &Node<'_>, findings: &mut Findings<'_>) {
    let at = |key: &str| format!("{}/{key}", node.pointer);
    let number = |key: &str| node.value.get(key).and_then(Value::as_f64);
    for (least, most) in [
        ("minLength", "maxLength"),
        ("minItems", "maxItems"),
        ("minProperties", "maxProperties"),
        ("minimum", "maximum"),
    ] {
        let (Some(low), Some(high)) = (number(least), number(most)) else { continue };
        // `field-type` reports a negative length.
        if least != "minimum" && (low < 0.0 || high < 0.0) {
            continue;
        }
        // `minimum: 3` and `maximum: 3` allow 3, unless one of them is exclusive.
        let open = ["exclusiveMinimum", "exclusiveMaximum"].iter().any(|key| node.is(key));
        if low > high || (least == "minimum" && low == high && open) {
            let message = format!("contradictory bounds: at least {low} and at most {high}");
            findings.value(&BOUNDS, &at(most), message, format!("correct `{least}` or `{most}`"));
        }
    }
    for (flag, bound) in [("exclusiveMinimum", "minimum"), ("exclusiveMaximum", "maximum")] {
        if node.is(flag) && number(bound).is_none() {
            findings.key(
                &BOUNDS,
                &at(flag),
                format!("`{flag}` has no effect without `{bound}`"),
                format!("add `{bound}`"),
            );
        }
    }
    if let Some(pattern) = node.text("pattern")
        && let Err(error) = regress::Regex::new(pattern)
    {
        // `regress` implements the ECMA-262 dialect that OpenAPI prescribes, and the generator compiles patterns with
        // it.
        findings.value(&PATTERN, &at("pattern"), format!("invalid regular expression: {error}"), "correct the pattern");
    }
    let Some(list) = node.value.get("enum").and_then(Value::as_array) else { return };
    let kind = node.text("type");
    let mut first: BTreeMap<String, usize> = BTreeMap::new();
    for (place, value) in list.iter().enumerate() {
        let pointer = format!("{}/enum/{place}", node.pointer);
        let earlier = *first.entry(value.to_string()).or_insert(place);
        if earlier != place {
            let there = findings.location(&format!("{}/enum/{earlier}", node.pointer));
            let message = format!("duplicate enum value {value}: the first one is at {there}");
            findings.value(&ENUM_UNIQUE, &pointer, message, "remove one of them");
        }
        let nullable = node.is("nullable") && value.is_null();
        if kind.is_some_and(|kind| !is_of(value, kind)) && !nullable {
            let help = if kind == Some("string") {
                format!("quote it: '{value}'")
            } else {
                "correct the value or the type".to_owned()
            };
            findings.value(
                &ENUM_TYPE,
                &pointer,
                format!("{value} is not of type `{}`", kind.unwrap_or_default()),
                help,
            );
        }
    }
    if node.is("nullable") && !list.contains(&Value::Null) {
        findings.key(
            &NULLABLE_ENUM,
            &at("enum"),
            "the enum does not list null, so `nullable` has no effect",
            "add `null` to the enum",
        );
    }
}

/// Returns whether a value is of a type; true for a type that OpenAPI does not have, which `field-type` reports.
fn is_of(value: &Value, kind: &str) -> bool {
    match kind {
        "string" => value.is_string(),
        "integer" => value.is_i64() || value.is_u64(),
        "number" => value.is_number(),
        "boolean" => value.is_boolean(),
        "array" => value.is_array(),
        "object" => value.is_object(),
        _ => true,
    }
}

/// Reports a discriminator that is not required in every alternative.
fn discriminator(spec: &Spec<'_>, node: &Node<'_>, findings: &mut Findings<'_>) {
    let Some(name) = node.value.pointer("/discriminator/propertyName").and_then(Value::as_str) else { return };
    let members = ["oneOf", "anyOf"].iter().filter_map(|key| node.value.get(*key)?.as_array()).flatten();
    let members: Vec<_> = members.collect();
    // Required by the parent schema, it is in each alternative (OpenAPI 3.0.3, 4.7.25: "inline or through allOf").
    let is_required = spec.schemas.requires(node.value, name)
        || !members.is_empty() && members.iter().all(|member| spec.schemas.requires(member, name));
    if !is_required {
        let message = format!("the discriminator `{name}` is not required in every alternative");
        findings.value(
            &DISCRIMINATOR,
            &format!("{}/discriminator/propertyName", node.pointer),
            message,
            format!("add `{name}` to `required` of each alternative"),
        );
    }
}

/// Reports components whose values would have to contain one another endlessly.
fn endless(spec: &Spec<'_>, findings: &mut Findings<'_>) {
    // Only references form circles, and only components have names to refer to; so a graph of components is enough.
    let mut needs: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for (name, schema) in entries(spec.root.pointer("/components/schemas")) {
        let mut found = BTreeSet::new();
        needed(schema, &mut found);
        needs.insert(name, found);
    }
    peel(&mut needs);
    for (name, direct) in &needs {
        let (mut open, mut seen): (Vec<&str>, BTreeSet<&str>) = (direct.iter().copied().collect(), BTreeSet::new());
        while let Some(next) = open.pop() {
            if seen.insert(next) {
                open.extend(needs.get(next).into_iter().flatten());
            }
        }
        if seen.contains(name) {
            let pointer = format!("/components/schemas/{}", escape(name));
            findings.key(
                &FINITE,
                &pointer,
                format!("`{name}` requires a value of itself, directly or through other schemas"),
                "make one of the properties in the circle optional or nullable",
            );
        }
    }
}

/// Removes components that are in no circle, by repeatedly removing those without needs (Kahn's algorithm). Nearly all
/// of a document goes, so the search for circles has little left to walk.
fn peel(needs: &mut BTreeMap<&str, BTreeSet<&str>>) {
    let mut users: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for (name, direct) in needs.iter() {
        direct.iter().for_each(|needed| users.entry(needed).or_default().push(name));
    }
    let mut counts: BTreeMap<&str, usize> = needs.iter().map(|(name, direct)| (*name, direct.len())).collect();
    // A component that does not exist needs nothing; `ref-resolves` reports it.
    let missing = users.keys().copied().filter(|name| !needs.contains_key(name));
    let mut free: Vec<&str> =
        counts.iter().filter(|(_, count)| **count == 0).map(|(name, _)| *name).chain(missing).collect();
    while let Some(name) = free.pop() {
        needs.remove(name);
        for user in users.get(name).into_iter().flatten() {
            if let Some(count) = counts.get_mut(user) {
                *count -= 1;
                if *count == 0 {
                    free.push(user);
                }
            }
        }
    }
}

/// Collects the components of which every value of this schema contains one.
fn needed<'a>(schema: &'a Value, found: &mut BTreeSet<&'a str>) {
    // Null ends the chain. So does an empty array, which is why `items` is not followed.
    if schema.get("nullable") == Some(&Value::Bool(true)) {
        return;
    }
    if let Some(reference) = reference(schema) {
        found.extend(component_schema(reference));
        return;
    }
    let required: Vec<_> =
        schema.get("required").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str).collect();
    for (_, property) in entries(schema.get("properties")).filter(|(name, _)| required.contains(name)) {
        needed(property, found);
    }
    for member in schema.get("allOf").and_then(Value::as_array).into_iter().flatten() {
        needed(member, found);
    }
}
