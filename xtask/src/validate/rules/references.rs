//! References: what they lead to.

use std::collections::BTreeSet;

use serde_json::Value;
use unloc_codegen::load::escape;

use crate::validate::finding::{Findings, Rule, Severity};
use crate::validate::spec::{Spec, entries};
use crate::validate::text::nearest;

const RESOLVES: Rule = Rule {
    id: "ref-resolves",
    severity: Severity::Error,
    reason: "A reference that leads nowhere leaves a hole in the types.",
    example: "`$ref: '#/components/schemas/Lok'`",
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
        let place = format!("{}/$ref", reference.pointer);
        let Some(inside) = reference.target.strip_prefix('#') else {
            let message = format!("`{}` lies outside of this file", reference.target);
            findings.value(&EXTERNAL, &place, message, "bring it into `components` of this file");
            continue;
        };
        let folder = reference.to.component().unwrap_or_default();
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
        {
            let message =
                format!("{} is wanted here, and `{}` is one of `{other}`", reference.to.name(), reference.target);
            findings.value(&KIND, &place, message, format!("refer to one of `components/{folder}`"));
        }
        siblings(spec, &reference.pointer, findings);
    }
    unused(spec, findings);
}

fn siblings(spec: &Spec<'_>, pointer: &str, findings: &mut Findings<'_>) {
    let node = spec.root.pointer(pointer);
    for (key, _) in entries(node).filter(|(key, _)| *key != "$ref" && !key.starts_with("x-")) {
        let message = format!("`{key}` stands beside a `$ref`, and is ignored");
        let help = "put the reference into an `allOf` with one item, and this beside the `allOf`";
        findings.key(&SIBLINGS, &format!("{pointer}/{}", escape(key)), message, help);
    }
}

/// What can be reached from the paths; a circle of components that only lead to each other cannot.
fn unused(spec: &Spec<'_>, findings: &mut Findings<'_>) {
    let mut reached = BTreeSet::new();
    let mut open: Vec<&Value> =
        entries(Some(spec.root)).filter(|(key, _)| *key != "components").map(|(_, value)| value).collect();
    while let Some(value) = open.pop() {
        match value {
            Value::Array(items) => open.extend(items),
            Value::Object(map) => {
                let target = map.get("$ref").and_then(Value::as_str).and_then(|target| target.strip_prefix('#'));
                // A discriminator names its schemas by reference or by name.
                let mapped = entries(map.get("mapping")).filter_map(|(_, target)| target.as_str());
                let mapped = mapped.map(|target| target.trim_start_matches('#').to_owned());
                for target in target.map(str::to_owned).into_iter().chain(mapped) {
                    let target = if target.contains('/') { target } else { format!("/components/schemas/{target}") };
                    if let Some(value) = spec.root.pointer(&target).filter(|_| reached.insert(target.clone())) {
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
            if !reached.iter().any(|target| *target == pointer || target.starts_with(&format!("{pointer}/"))) {
                findings.key(&USED, &pointer, format!("nothing leads to `{name}`"), "refer to it, or take it out");
            }
        }
    }
}
