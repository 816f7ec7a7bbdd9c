//! References: what they lead to.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;
use unloc_spec::{REFERENCE, Target, escape, follow, reference, target};

use crate::finding::{Findings, Rule, Severity};
use crate::shape::Object;
use crate::spec::{Reference, Spec, entries};
use unloc_spec::words::nearest;

const RESOLVES: Rule = Rule {
    id: "ref-resolves",
    severity: Severity::Error,
    reason: "A reference that leads nowhere leaves a hole in the types.",
    example: "`$ref: '#/components/schemas/Lok'`, a parameter that refers to itself",
};

const KIND: Rule = Rule {
    id: "ref-kind",
    severity: Severity::Error,
    reason: "A reference to another kind of thing is read as what it is not.",
    example: "a schema with `$ref: '#/components/responses/NotFound'`",
};

const EXTERNAL: Rule = Rule {
    id: "no-external-ref",
    severity: Severity::Error,
    reason: "The generator reads one file, and does not follow references out of it.",
    example: "`$ref: 'types.yaml#/Lock'`",
};

const SIBLINGS: Rule = Rule {
    id: "ref-siblings",
    severity: Severity::Error,
    reason: "What stands beside a `$ref` is ignored in 3.0.",
    example: "a `description` beside a `$ref`",
};

const USED: Rule = Rule {
    id: "component-used",
    severity: Severity::Warning,
    reason: "A component that nothing leads to is dead weight, or the sign of a reference that was meant to lead there.",
    example: "a schema that no body and no other schema refers to",
};

pub(crate) const RULES: &[&Rule] = &[&RESOLVES, &KIND, &EXTERNAL, &SIBLINGS, &USED];

pub(crate) fn check(spec: &Spec<'_>, findings: &mut Findings<'_>) {
    for reference in &spec.references {
        let place = reference.place();
        let Some(inside) = reference.target.strip_prefix('#') else {
            let message = format!("`{}` lies outside of this file", reference.target);
            findings.value(&EXTERNAL, &place, message, "bring it into `components` of this file");
            continue;
        };
        let folder = reference.to.component().unwrap_or_default();
        circle(spec, reference, findings);
        if spec.root.pointer(inside).is_none() {
            let wanted = inside.rsplit('/').next().unwrap_or_default();
            let known = entries(spec.root.pointer(&format!("/components/{folder}"))).map(|(name, _)| name);
            let help = match nearest(wanted, known) {
                Some(near) => format!("did you mean `#/components/{folder}/{near}`?"),
                None => format!("add it to `components/{folder}`, or refer to what is there"),
            };
            findings.value(&RESOLVES, &place, format!("`{}` leads to nothing in this file", reference.target), help);
        } else if let Some(other) = inside.strip_prefix("/components/").and_then(|rest| rest.split('/').next())
            && other != folder
            && !stands_at(spec, reference.to, inside)
        {
            let message =
                format!("{} is wanted here, and `{}` is one of `{other}`", reference.to.name(), reference.target);
            findings.value(&KIND, &place, message, format!("refer to one of `components/{folder}`"));
        }
        siblings(spec, &reference.pointer, findings);
    }
    unused(spec, findings);
}

/// Whether such an object stands there, inside of a component of another kind: the schema of a response is a schema.
pub(super) fn stands_at(spec: &Spec<'_>, object: Object, inside: &str) -> bool {
    spec.all(object).iter().any(|node| node.pointer == inside)
        || spec.references.iter().any(|reference| reference.to == object && reference.pointer == inside)
}

/// A chain of references without an end. Of schemas, that no value can be one is told there; of others, the first of the
/// chain that stands in the circle is told, once.
fn circle(spec: &Spec<'_>, reference: &Reference<'_>, findings: &mut Findings<'_>) {
    let node = spec.root.pointer(&reference.pointer);
    if reference.to == Object::Schema || node.is_none_or(|node| follow(spec.root, node) != Target::Circle) {
        return;
    }
    let mut way = vec![reference.pointer.as_str()];
    while let Some(next) = way.last().and_then(|last| target(spec.root.pointer(last)?)) {
        if next == reference.pointer {
            break;
        }
        // A circle that this only leads into is told where it is.
        if way.contains(&next) {
            return;
        }
        way.push(next);
    }
    let place = |pointer: &&&str| findings.place(pointer);
    if way.iter().min_by_key(place) == Some(&reference.pointer.as_str()) {
        let message = format!("`{}` leads back to this reference, and to nothing else", reference.target);
        findings.value(&RESOLVES, &reference.place(), message, "describe it at one of the places");
    }
}

fn siblings(spec: &Spec<'_>, pointer: &str, findings: &mut Findings<'_>) {
    let node = spec.root.pointer(pointer);
    for (key, _) in entries(node).filter(|(key, _)| *key != REFERENCE && !key.starts_with("x-")) {
        let message = format!("`{key}` stands beside a `$ref`, and is ignored");
        let help = "put the reference into an `allOf` with one item, and this beside the `allOf`";
        findings.key(&SIBLINGS, &format!("{pointer}/{}", escape(key)), message, help);
    }
}

/// What can be reached from the paths; a circle of components that only lead to each other cannot.
fn unused(spec: &Spec<'_>, findings: &mut Findings<'_>) {
    let children = children(spec);
    let (mut reached, mut told_apart): (BTreeSet<String>, BTreeSet<String>) = (BTreeSet::new(), BTreeSet::new());
    let mut open: Vec<&Value> =
        entries(Some(spec.root)).filter(|(key, _)| *key != "components").map(|(_, value)| value).collect();
    while let Some(value) = open.pop() {
        match value {
            Value::Array(items) => open.extend(items),
            Value::Object(map) => {
                // A discriminator names its schemas by reference or by name.
                let mapped = entries(map.get("mapping")).filter_map(|(_, target)| target.as_str());
                let mapped = mapped.map(|target| target.trim_start_matches('#').to_owned());
                for target in target(value).map(str::to_owned).into_iter().chain(mapped) {
                    let target = if target.contains('/') { target } else { format!("/components/schemas/{target}") };
                    let Some(value) = spec.root.pointer(&target) else { continue };
                    // Without a mapping, a discriminator's value is the name of any schema that is made of this one by
                    // `allOf` (OpenAPI 3.0.3, 4.7.25), at first or second hand.
                    if is_base(spec, value) {
                        let mut bases = vec![target.clone()];
                        while let Some(base) = bases.pop() {
                            for child in children.get(&base).into_iter().flatten() {
                                if told_apart.insert(child.clone()) {
                                    bases.push(child.clone());
                                    reached.insert(child.clone());
                                    open.extend(spec.root.pointer(child));
                                }
                            }
                        }
                    }
                    if reached.insert(target) {
                        open.push(value);
                    }
                }
                open.extend(map.values());
            }
            _ => {}
        }
    }
    for (folder, components) in entries(spec.root.get("components")).filter(|(key, _)| *key != "securitySchemes") {
        for (name, _) in entries(Some(components)).filter(|_| !folder.starts_with("x-")) {
            let pointer = format!("/components/{folder}/{}", escape(name));
            let below = format!("{pointer}/");
            let is_inside = reached.range(below.clone()..).next().is_some_and(|target| target.starts_with(&below));
            if !reached.contains(&pointer) && !is_inside {
                findings.key(&USED, &pointer, format!("nothing leads to `{name}`"), "refer to it, or take it out");
            }
        }
    }
}

/// The components that are made of each component by an `allOf` of theirs.
fn children(spec: &Spec<'_>) -> BTreeMap<String, Vec<String>> {
    let mut children: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for (name, schema) in entries(spec.root.pointer("/components/schemas")) {
        let mut open = vec![schema];
        while let Some(schema) = open.pop() {
            for part in schema.get("allOf").and_then(Value::as_array).into_iter().flatten() {
                match target(part) {
                    Some(base) => {
                        let child = format!("/components/schemas/{}", escape(name));
                        children.entry(base.to_owned()).or_default().push(child);
                    }
                    None => open.push(part),
                }
            }
        }
    }
    children
}

/// Whether a schema has a discriminator of its own, without a mapping and without alternatives that say what there is.
fn is_base(spec: &Spec<'_>, schema: &Value) -> bool {
    let Some(schema) = spec.resolve(schema) else { return false };
    let mut open = vec![schema];
    while let Some(schema) = open.pop() {
        let has_alternatives = ["oneOf", "anyOf"].iter().any(|key| schema.get(*key).is_some());
        if let Some(discriminator) = schema.get("discriminator").filter(|_| !has_alternatives) {
            return entries(discriminator.get("mapping")).next().is_none();
        }
        let parts = schema.get("allOf").and_then(Value::as_array).into_iter().flatten();
        open.extend(parts.filter(|part| reference(part).is_none()));
    }
    false
}
