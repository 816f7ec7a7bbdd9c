//! Checks that parameters match the templates of their paths, and that none is duplicated.

use std::collections::{BTreeMap, BTreeSet};

use unloc_spec::{At, PathTemplate, RawOperation, paths};

use crate::finding::{Findings, Rule, Severity};
use crate::shape::Object;
use crate::spec::Spec;

const PATH_PARAMETERS: Rule = Rule {
    id: "path-parameters",
    severity: Severity::Error,
    reason: "The generator fails if a path template and its parameters do not match.",
    example: "`/locks/{lockId}/` without a parameter `lockId`, or with one that is not required",
};

// OpenAPI 3.0.3, 4.7.10.1: name and location together identify a parameter.
const PARAMETER_UNIQUE: Rule = Rule {
    id: "parameter-unique",
    severity: Severity::Error,
    reason: "Of two parameters with the same name and `in`, one is lost.",
    example: "`limit` in the query, twice; `/pairs/{id}/{id}/`",
};

const SCHEMA_XOR_CONTENT: Rule = Rule {
    id: "parameter-schema-xor-content",
    severity: Severity::Error,
    reason: "A parameter or header must have either `schema` or `content`; without both it has no type.",
    example: "a parameter with neither",
};

pub(crate) const RULES: &[&Rule] = &[&PATH_PARAMETERS, &PARAMETER_UNIQUE, &SCHEMA_XOR_CONTENT];

pub(crate) fn check(spec: &Spec<'_>, findings: &mut Findings<'_>) {
    let operations = spec.operations();
    // A shared parameter that fits none of its several paths is itself misspelt: report it once, not at each path.
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
        // OpenAPI 3.0.4, Paths Object: each template expression must not appear more than once in a path.
        let places: Vec<_> = PathTemplate::of(path).names().collect();
        for (number, name) in places.iter().enumerate() {
            if places.iter().take(number).filter(|other| *other == name).count() == 1 {
                let message = format!("duplicate parameter `{{{name}}}` in this path");
                findings.key(&PARAMETER_UNIQUE, &item.pointer, message, "use a different name for each");
            }
        }
    }
    for parameter in spec.all(Object::Parameter).iter().chain(spec.all(Object::Header)) {
        // OpenAPI 3.0.3, 4.7.12.1: "MUST contain either a schema property, or a content property, but not both".
        let has = |key: &str| parameter.value.get(key).is_some();
        let (message, help) = match (has("schema"), has("content")) {
            (false, false) => ("neither `schema` nor `content` is present", "add a `schema`"),
            (true, true) => ("`schema` and `content` are both present", "keep one of them"),
            _ => continue,
        };
        findings.key(&SCHEMA_XOR_CONTENT, &parameter.pointer, message, help);
    }
}

/// Returns a string field of a parameter, or an empty string.
fn text<'a>(parameter: &At<'a>, key: &str) -> &'a str {
    parameter.text(key).unwrap_or_default()
}

/// Returns whether a parameter is one of the names in a path template.
fn fills(parameter: &At<'_>, places: &[&str]) -> bool {
    text(parameter, "in") == "path" && places.contains(&text(parameter, "name"))
}

/// Checks the parameters of one operation against its path, and against each other.
fn parameters(spec: &Spec<'_>, operation: &RawOperation<'_>, misfits: &BTreeSet<String>, findings: &mut Findings<'_>) {
    let parameters = operation.parameters(spec.root);
    let places: Vec<_> = operation.template().names().collect();
    let mut missing: Vec<&str> =
        places.iter().copied().filter(|place| !parameters.iter().any(|one| fills(one, &[*place]))).collect();
    for (number, parameter) in parameters.iter().enumerate() {
        let (name, place, pointer) = (text(parameter, "name"), text(parameter, "in"), &parameter.pointer);
        let is_same = |other: &&At<'_>| text(other, "name") == name && text(other, "in") == place;
        if let Some(earlier) = parameters[..number].iter().find(is_same) {
            let there = findings.location(&earlier.pointer);
            let message = format!("duplicate parameter `{name}` with `in: {place}`: the first one is at {there}");
            findings.key(&PARAMETER_UNIQUE, pointer, message, "remove one of them");
        }
        if place != "path" {
            // A parameter of the path with the wrong `in` would otherwise be reported as missing, too.
            if let Some(same) = missing.iter().position(|missing| *missing == name) {
                missing.remove(same);
                let message = format!("`{name}` is part of the path, but has `in: {place}`");
                findings.value(&PATH_PARAMETERS, &format!("{pointer}/in"), message, "write `in: path`");
            }
            continue;
        }
        if !places.contains(&name) {
            let is_shared = pointer.starts_with("/components/");
            let message = format!("path `{}` does not contain `{{{name}}}`", operation.path);
            let help = format!("add `{{{name}}}` to the path, or remove the parameter");
            match missing.as_slice() {
                // It fits none of its paths, so the shared parameter has the wrong name.
                [only] if is_shared && misfits.contains(pointer) => {
                    let message = format!("no path contains `{{{name}}}`; they contain `{{{only}}}`");
                    let help = format!("write `name: {only}`, or correct the paths");
                    findings.value(&PATH_PARAMETERS, &format!("{pointer}/name"), message, help);
                    missing.clear();
                }
                // One name is missing and one is left over: report it once, as a wrong name.
                [only] => {
                    let at = if is_shared { &operation.item.pointer } else { pointer };
                    let message = format!("the path contains `{{{only}}}`, but the parameter is called `{name}`");
                    findings.key(&PATH_PARAMETERS, at, message, "use the same name for both");
                    missing.clear();
                }
                _ => {
                    let at = if is_shared { &operation.pointer } else { pointer };
                    findings.key(&PATH_PARAMETERS, at, message, help);
                }
            }
        }
        if !parameter.is("required") {
            // OpenAPI 3.0.3, 4.7.12.1: with `in: path` the field `required` must be present and true.
            let message = format!("path parameter `{name}` must be required");
            findings.key(&PATH_PARAMETERS, pointer, message, "add `required: true`");
        }
    }
    let list = format!("{}/parameters", operation.pointer);
    let at = if operation.value.get("parameters").is_some() { &list } else { &operation.pointer };
    for place in missing {
        let message = format!("undefined parameter `{{{place}}}` in the path of {}", operation.called());
        findings.key(&PATH_PARAMETERS, at, message, format!("add a parameter `{place}` with `in: path`"));
    }
}
