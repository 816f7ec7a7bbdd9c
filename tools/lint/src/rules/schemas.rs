//! Schemas: what they say has to be possible, and to mean something.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;
use unloc_spec::{component_schema, escape, reference};

use crate::finding::{Findings, Rule, Severity};
use crate::shape::Object;
use crate::spec::{Node, Spec, entries};

const REQUIRED_DEFINED: Rule = Rule {
    id: "required-defined",
    severity: Severity::Error,
    reason: "A required property that is not described has no type, and no value can be read without it.",
    example: "`required: [nam]` beside a property `name`",
};

const ARRAY_ITEMS: Rule = Rule {
    id: "array-items",
    severity: Severity::Error,
    reason: "A list has to say of what.",
    example: "`type: array` without `items`",
};

const BOUNDS: Rule = Rule {
    id: "bounds-agree",
    severity: Severity::Error,
    reason: "No value lies between bounds that contradict each other.",
    example: "`minLength: 9` beside `maxLength: 4`",
};

const PATTERN: Rule = Rule {
    id: "pattern-valid",
    severity: Severity::Error,
    reason: "The generator stops at a pattern that cannot be read.",
    example: "`pattern: '[a-z'`",
};

const NULLABLE_ENUM: Rule = Rule {
    id: "nullable-enum",
    severity: Severity::Error,
    reason: "An enum that does not list null does not allow it, whatever `nullable` says.",
    example: "`nullable: true` beside `enum: [a, b]`",
};

const FITS_TYPE: Rule = Rule {
    id: "keyword-fits-type",
    severity: Severity::Warning,
    reason: "A bound for another type bounds nothing.",
    example: "`maxLength` beside `type: integer`",
};

const ENUM_UNIQUE: Rule = Rule {
    id: "enum-unique",
    severity: Severity::Error,
    reason: "The generator stops at a value that stands in an enum twice.",
    example: "`enum: [open, open]`",
};

const ENUM_TYPE: Rule = Rule {
    id: "enum-type",
    severity: Severity::Error,
    reason: "A value of another type can never come.",
    example: "`enum: [1, 2]` beside `type: string`",
};

const READ_WRITE: Rule = Rule {
    id: "read-write-only",
    severity: Severity::Error,
    reason: "What is neither read nor written is nowhere.",
    example: "`readOnly: true` beside `writeOnly: true`",
};

const FINITE: Rule = Rule {
    id: "finite-schema",
    severity: Severity::Error,
    reason: "A value that must hold another of its own kind never ends.",
    example: "`Node` with a required property `next` that is a `Node`, or with a `Node` in its `oneOf`",
};

const DISCRIMINATOR: Rule = Rule {
    id: "discriminator-property",
    severity: Severity::Error,
    reason: "What tells the alternatives apart must be there in each.",
    example: "`propertyName: kind` where a member has no required `kind`",
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

/// Which keywords say something about which type.
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
        // The parts that stand in a component are told as the component.
        let name = pointer.strip_prefix("/components/schemas/").filter(|name| !name.contains('/'));
        if let Some(name) = name.filter(|_| !findings.is_told(&FINITE, pointer)) {
            let message = format!("whether a value is a `{name}` depends on whether it is one, without end");
            findings.key(&FINITE, pointer, message, "take the reference out by which it is a part of itself");
        }
    }
}

fn keywords(node: &Node<'_>, findings: &mut Findings<'_>) {
    let at = |key: &str| format!("{}/{key}", node.pointer);
    let kind = node.text("type");
    if kind == Some("array") && node.value.get("items").is_none() {
        findings.key(&ARRAY_ITEMS, &node.pointer, "a list without `items`", "say by `items` what it is a list of");
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
        let own = if kind == "integer" { "number" } else { kind };
        for (of, keys) in KEYWORDS.iter().filter(|(of, _)| *of != own) {
            for key in keys.iter().filter(|key| node.value.get(**key).is_some()) {
                let message = format!("`{key}` says something about {of}s, and nothing about a value of type `{kind}`");
                findings.key(&FITS_TYPE, &at(key), message, "take it out, or mend the type");
            }
        }
    }
}

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
        // A length below zero is told as such.
        if least != "minimum" && (low < 0.0 || high < 0.0) {
            continue;
        }
        let open = ["exclusiveMinimum", "exclusiveMaximum"].iter().any(|key| node.is(key));
        if low > high || (least == "minimum" && low == high && open) {
            let message = format!("no value is at least {low} and at most {high}");
            findings.value(&BOUNDS, &at(most), message, format!("mend `{least}` or `{most}`"));
        }
    }
    for (flag, bound) in [("exclusiveMinimum", "minimum"), ("exclusiveMaximum", "maximum")] {
        if node.is(flag) && number(bound).is_none() {
            findings.key(
                &BOUNDS,
                &at(flag),
                format!("`{flag}` says how `{bound}` is meant, and there is none"),
                format!("add `{bound}`"),
            );
        }
    }
    if let Some(pattern) = node.text("pattern")
        && let Err(error) = regress::Regex::new(pattern)
    {
        findings.value(&PATTERN, &at("pattern"), format!("the pattern cannot be read: {error}"), "mend the expression");
    }
    let Some(list) = node.value.get("enum").and_then(Value::as_array) else { return };
    let kind = node.text("type");
    let mut first: BTreeMap<String, usize> = BTreeMap::new();
    for (place, value) in list.iter().enumerate() {
        let pointer = format!("{}/enum/{place}", node.pointer);
        let earlier = *first.entry(value.to_string()).or_insert(place);
        if earlier != place {
            let there = findings.shown(&format!("{}/enum/{earlier}", node.pointer));
            let message = format!("{value} stands here twice: it is at {there} already");
            findings.value(&ENUM_UNIQUE, &pointer, message, "take one out");
        }
        let nullable = node.is("nullable") && value.is_null();
        if kind.is_some_and(|kind| !is_of(value, kind)) && !nullable {
            let help = if kind == Some("string") {
                format!("put it in quotes: '{value}'")
            } else {
                "mend the value or the type".to_owned()
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
            "the enum does not list null, so null is not allowed",
            "add `null` to the values",
        );
    }
}

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

fn discriminator(spec: &Spec<'_>, node: &Node<'_>, findings: &mut Findings<'_>) {
    let Some(name) = node.value.pointer("/discriminator/propertyName").and_then(Value::as_str) else { return };
    let members = ["oneOf", "anyOf"].iter().filter_map(|key| node.value.get(*key)?.as_array()).flatten();
    let members: Vec<_> = members.collect();
    // Required of the whole, it is there in each alternative (OpenAPI 3.0.3, 4.7.25: "inline or through allOf").
    let is_required = spec.schemas.requires(node.value, name)
        || !members.is_empty() && members.iter().all(|member| spec.schemas.requires(member, name));
    if !is_required {
        let message = format!("`{name}` tells the alternatives apart, and is not required in each of them");
        findings.value(
            &DISCRIMINATOR,
            &format!("{}/discriminator/propertyName", node.pointer),
            message,
            format!("add `{name}` to `required` everywhere"),
        );
    }
}

/// Components whose values would have to hold one another without end.
fn endless(spec: &Spec<'_>, findings: &mut Findings<'_>) {
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
                format!("a `{name}` must hold another one, and that one another"),
                "make a property on the way optional or nullable",
            );
        }
    }
}

/// Takes out what needs nothing any more that is left: it is in no circle, and nearly all of a document is not.
fn peel(needs: &mut BTreeMap<&str, BTreeSet<&str>>) {
    let mut users: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for (name, direct) in needs.iter() {
        direct.iter().for_each(|needed| users.entry(needed).or_default().push(name));
    }
    let mut counts: BTreeMap<&str, usize> = needs.iter().map(|(name, direct)| (*name, direct.len())).collect();
    // What does not exist needs nothing.
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

/// The components that a value of this schema cannot be without.
fn needed<'a>(schema: &'a Value, found: &mut BTreeSet<&'a str>) {
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
