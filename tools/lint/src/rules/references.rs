//! Checks where references lead.

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
    reason: "A reference that does not resolve leaves a type undefined.",
    example: "`$ref: '#/components/schemas/Lok'`, a parameter that refers to itself",
};

const KIND: Rule = Rule {
    id: "ref-kind",
    severity: Severity::Error,
    reason: "Tools would read the target as a different kind of object than it is.",
    example: "a schema with `$ref: '#/components/responses/NotFound'`",
};

const EXTERNAL: Rule = Rule {
    id: "no-external-ref",
    severity: Severity::Error,
    reason: "The generator reads one file and does not follow references to others.",
    example: "`$ref: 'types.yaml#/Lock'`",
};

// OpenAPI 3.0.3, 4.7.23: "any properties added SHALL be ignored".
const SIBLINGS: Rule = Rule {
    id: "ref-siblings",
    severity: Severity::Error,
    reason: "OpenAPI 3.0 ignores all other keys of an object with a `$ref`.",
    example: "a `description` next to a `$ref`",
};

const USED: Rule = Rule {
    id: "component-used",
    severity: Severity::Warning,
    reason: "An unreferenced component is dead weight, or a reference to it is missing or misspelt.",
    example: "a schema that no body and no other schema refers to",
};

pub(crate) const RULES: &[&Rule] = &[&RESOLVES, &KIND, &EXTERNAL, &SIBLINGS, &USED];

pub(crate) fn check(spec: &Spec<'_>, findings: &mut Findings<'_>) {
    for reference in &spec.references {
        let place = reference.place();
        let Some(inside) = reference.target.strip_prefix('#') else {
            let message = format!("reference `{}` leads out of this file", reference.target);
            findings.value(&EXTERNAL, &place, message, "copy the target into `components` of this file");
            continue;
        };
        let folder = reference.to.component().unwrap_or_default();
        circle(spec, reference, findings);
        if spec.root.pointer(inside).is_none() {
            let wanted = inside.rsplit('/').next().unwrap_or_default();
            let known = entries(spec.root.pointer(&format!("/components/{folder}"))).map(|(name, _)| name);
            let help = match nearest(wanted, known) {
                Some(near) => format!("did you mean `#/components/{folder}/{near}`?"),
                None => format!("add it to `components/{folder}`, or correct the reference"),
            };
            findings.value(&RESOLVES, &place, format!("reference `{}` does not resolve", reference.target), help);
            // Comparing the folders is enough: all components in one are of the same kind.
        } else if let Some(other) = inside.strip_prefix("/components/").and_then(|rest| rest.split('/').next())
            && other != folder
            && !is_at(spec, reference.to, inside)
        {
            let message =
                format!("expected {} here, but `{}` is in `components/{other}`", reference.to.name(), reference.target);
            findings.value(&KIND, &place, message, format!("refer to an entry of `components/{folder}`"));
        }
        siblings(spec, &reference.pointer, findings);
    }
    unused(spec, findings);
}

/// Returns whether an object of this kind is at a pointer, also inside of a component of another kind: the schema of a
/// response is a schema.
pub(super) fn is_at(spec: &Spec<'_>, object: Object, inside: &str) -> bool {
    spec.all(object).iter().any(|node| node.pointer == inside)
        || spec.references.iter().any(|reference| reference.to == object && reference.pointer == inside)
}

/// Reports a circular chain of references once, at the member of the circle that comes first in the file. Schemas are
/// left out: `finite-schema` reports those that no value can satisfy.
fn circle(spec: &Spec<'_>, reference: &Reference<'_>, findings: &mut Findings<'_>) {
    let node = spec.root.pointer(&reference.pointer);
    if reference.to == Object::Schema || node.is_none_or(|node| follow(spec.root, node) != Target::Circle) {
        return;
    }
    let mut chain = vec![reference.pointer.as_str()];
    while let Some(next) = chain.last().and_then(|last| target(spec.root.pointer(last)?)) {
        if next == reference.pointer {
            break;
        }
        // This reference only leads into the circle, which is reported at one of its members.
        if chain.contains(&next) {
            return;
        }
        chain.push(next);
    }
    let place = |pointer: &&&str| findings.place(pointer);
    if chain.iter().min_by_key(place) == Some(&reference.pointer.as_str()) {
        let message = format!("circular reference: `{}` leads back to this reference", reference.target);
        findings.value(&RESOLVES, &reference.place(), message, "write out the object at one of the references");
    }
}

/// Reports keys next to a `$ref`.
fn siblings(spec: &Spec<'_>, pointer: &str, findings: &mut Findings<'_>) {
    let node = spec.root.pointer(pointer);
    for (key, _) in entries(node).filter(|(key, _)| *key != REFERENCE && !key.starts_with("x-")) {
        let message = format!("`{key}` is ignored next to a `$ref`");
        let help = "wrap the reference in an `allOf` with one item, and put the key next to the `allOf`";
        findings.key(&SIBLINGS, &format!("{pointer}/{}", escape(key)), message, help);
    }
}

/// Reports components that cannot be reached from outside of `components`. Components that only refer to each other are
/// unused as well.
fn unused(spec: &Spec<'_>, findings: &mut Findings<'_>) {
    let children = children(spec);
    let (mut reached, mut derived): (BTreeSet<String>, BTreeSet<String>) = (BTreeSet::new(), BTreeSet::new());
    let mut open: Vec<&Value> =
        entries(Some(spec.root)).filter(|(key, _)| *key != "components").map(|(_, value)| value).collect();
    while let Some(value) = open.pop() {
        match value {
            Value::Array(items) => open.extend(items),
            Value::Object(map) => {
                // `mapping: { dog: Dog }` names a schema, `mapping: { dog: '#/components/schemas/Dog' }` refers to it.
                let mapped = entries(map.get("mapping")).filter_map(|(_, target)| target.as_str());
                let mapped = mapped.map(|target| target.trim_start_matches('#').to_owned());
                for target in target(value).map(str::to_owned).into_iter().chain(mapped) {
                    let target = if target.contains('/') { target } else { format!("/components/schemas/{target}") };
                    let Some(value) = spec.root.pointer(&target) else { continue };
                    // Without a mapping, the discriminator's value is the name of any schema that inherits from this
                    // one by `allOf`, directly or indirectly (OpenAPI 3.0.3, 4.7.25).
                    if is_base(spec, value) {
                        let mut bases = vec![target.clone()];
                        while let Some(base) = bases.pop() {
                            for child in children.get(&base).into_iter().flatten() {
                                if derived.insert(child.clone()) {
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
    // A security requirement names its scheme by key and not by reference; `security-scheme-used` checks those.
    for (folder, components) in entries(spec.root.get("components")).filter(|(key, _)| *key != "securitySchemes") {
        for (name, _) in entries(Some(components)).filter(|_| !folder.starts_with("x-")) {
            let pointer = format!("/components/{folder}/{}", escape(name));
            let below = format!("{pointer}/");
            // A reference into a component, such as `#/components/responses/Refused/content/…`, uses it as well.
            let is_inside = reached.range(below.clone()..).next().is_some_and(|target| target.starts_with(&below));
            if !reached.contains(&pointer) && !is_inside {
                findings.key(&USED, &pointer, format!("component `{name}` is unused"), "refer to it, or remove it");
            }
        }
    }
}

/// Returns, for each component, the components that inherit from it by an `allOf`.
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

/// Returns whether a schema has a discriminator without a mapping, and without a `oneOf` or `anyOf` that lists the
/// choices.
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
