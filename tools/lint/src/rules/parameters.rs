//! Parameters: that they fill their paths, and that each stands there once.

use std::collections::{BTreeMap, BTreeSet};

use unloc_spec::{At, PathTemplate, RawOperation, paths};

use crate::finding::{Findings, Rule, Severity};
use crate::shape::Object;
use crate::spec::Spec;

const PATH_PARAMETERS: Rule = Rule {
    id: "path-parameters",
    severity: Severity::Error,
    reason: "The generator stops at a template that its parameters do not fill.",
    example: "`/locks/{lockId}/` without a parameter `lockId`, or with one that is not required",
};

const PARAMETER_UNIQUE: Rule = Rule {
    id: "parameter-unique",
    severity: Severity::Error,
    reason: "Of two parameters with one name and place, one is lost.",
    example: "`limit` in the query, twice; `/pairs/{id}/{id}/`",
};

const SCHEMA_XOR_CONTENT: Rule = Rule {
    id: "parameter-schema-xor-content",
    severity: Severity::Error,
    reason: "A parameter or header has either a `schema` or a `content`; without one it has no type.",
    example: "a parameter with neither",
};

pub(crate) const RULES: &[&Rule] = &[&PATH_PARAMETERS, &PARAMETER_UNIQUE, &SCHEMA_XOR_CONTENT];

pub(crate) fn check(spec: &Spec<'_>, findings: &mut Findings<'_>) {
    let operations = spec.operations();
    // A shared parameter is at fault where several paths have it, and none a place for it.
    let mut fitting = BTreeSet::new();
    let mut users: BTreeMap<String, BTreeSet<&str>> = BTreeMap::new();
    for operation in &operations {
        let places: Vec<_> = operation.template().names().collect();
        for parameter in operation.parameters(spec.root) {
            if fills(&parameter, &places) {
                fitting.insert(parameter.pointer);
            } else {
                users.entry(parameter.pointer).or_default().insert(operation.path);
            }
        }
    }
    let misfits = users.into_iter().filter(|(pointer, paths)| paths.len() > 1 && !fitting.contains(pointer));
    let misfits: BTreeSet<String> = misfits.map(|(pointer, _)| pointer).collect();
    for operation in &operations {
        parameters(spec, operation, &misfits, findings);
    }
    for (path, item) in paths(spec.root) {
        // OpenAPI 3.0.4, Paths Object: one template expression stands in one path once.
        let places: Vec<_> = PathTemplate::of(path).names().collect();
        for (number, name) in places.iter().enumerate() {
            if places.iter().take(number).filter(|other| *other == name).count() == 1 {
                let message = format!("`{{{name}}}` stands in this path twice, and has one value");
                findings.key(&PARAMETER_UNIQUE, &item.pointer, message, "give each place a name of its own");
            }
        }
    }
    for parameter in spec.all(Object::Parameter).iter().chain(spec.all(Object::Header)) {
        // OpenAPI 3.0.3, 4.7.12.1: "MUST contain either a schema property, or a content property, but not both".
        let has = |key: &str| parameter.value.get(key).is_some();
        let (message, help) = match (has("schema"), has("content")) {
            (false, false) => ("neither `schema` nor `content` says of what type this is", "give it a `schema`"),
            (true, true) => {
                ("`schema` and `content` both say of what type this is", "keep the `schema`, or the `content`")
            }
            _ => continue,
        };
        findings.key(&SCHEMA_XOR_CONTENT, &parameter.pointer, message, help);
    }
}

fn text<'a>(parameter: &At<'a>, key: &str) -> &'a str {
    parameter.text(key).unwrap_or_default()
}

fn fills(parameter: &At<'_>, places: &[&str]) -> bool {
    text(parameter, "in") == "path" && places.contains(&text(parameter, "name"))
}

fn parameters(spec: &Spec<'_>, operation: &RawOperation<'_>, misfits: &BTreeSet<String>, findings: &mut Findings<'_>) {
    let parameters = operation.parameters(spec.root);
    let places: Vec<_> = operation.template().names().collect();
    let mut missing: Vec<&str> =
        places.iter().copied().filter(|place| !parameters.iter().any(|one| fills(one, &[*place]))).collect();
    for (number, parameter) in parameters.iter().enumerate() {
        let (name, place, pointer) = (text(parameter, "name"), text(parameter, "in"), &parameter.pointer);
        let is_same = |other: &&At<'_>| text(other, "name") == name && text(other, "in") == place;
        if let Some(earlier) = parameters[..number].iter().find(is_same) {
            let there = findings.shown(&earlier.pointer);
            let message = format!("`{name}` in {place} stands here twice: it is at {there} already");
            findings.key(&PARAMETER_UNIQUE, pointer, message, "take one out");
        }
        if place != "path" {
            // The path wants it, and it is said to stand elsewhere.
            if let Some(same) = missing.iter().position(|missing| *missing == name) {
                missing.remove(same);
                let message = format!("`{name}` stands in the path, and is described with `in: {place}`");
                findings.value(&PATH_PARAMETERS, &format!("{pointer}/in"), message, "write `in: path`");
            }
            continue;
        }
        if !places.contains(&name) {
            let is_shared = pointer.starts_with("/components/");
            let message = format!("the path `{}` has no place for `{name}`", operation.path);
            let help = format!("write `{{{name}}}` into the path, or take it out");
            match missing.as_slice() {
                // Fitting nowhere, it is what is misspelt, in all of them at once.
                [only] if is_shared && misfits.contains(pointer) => {
                    let message = format!("no path has a place for `{name}`; they have one for `{only}`");
                    let help = format!("write `name: {only}`, or mend the paths");
                    findings.value(&PATH_PARAMETERS, &format!("{pointer}/name"), message, help);
                    missing.clear();
                }
                // One for the other, which is one mistake.
                [only] => {
                    let at = if is_shared { &operation.item.pointer } else { pointer };
                    let message = format!("the path has a place for `{only}`, and the parameter is called `{name}`");
                    findings.key(&PATH_PARAMETERS, at, message, "call both by one name");
                    missing.clear();
                }
                _ => {
                    let at = if is_shared { &operation.pointer } else { pointer };
                    findings.key(&PATH_PARAMETERS, at, message, help);
                }
            }
        }
        if !parameter.is("required") {
            let message = format!("`{name}` is a part of the path and must be required");
            findings.key(&PATH_PARAMETERS, pointer, message, "add `required: true`");
        }
    }
    let list = format!("{}/parameters", operation.pointer);
    let at = if operation.value.get("parameters").is_some() { &list } else { &operation.pointer };
    for place in missing {
        let message = format!("nothing says what `{{{place}}}` in the path of {} is", operation.called());
        findings.key(&PATH_PARAMETERS, at, message, format!("add a parameter `{place}` with `in: path`"));
    }
}
