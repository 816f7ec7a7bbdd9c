//! Checks consistency across a document: unused tags, schemes, scopes and defaults, duplicate summaries, slashes.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;
use unloc_spec::{At, escape};

use crate::finding::{Findings, Rule, Severity};
use crate::shape::Object;
use crate::spec::{Spec, entries};
use unloc_spec::Config;

const TAGGED: Rule = Rule {
    id: "operation-tags",
    severity: Severity::Warning,
    reason: "An operation without a tag belongs to no group of the documentation.",
    example: "an operation without `tags`, where others have them",
};

const TAG_USED: Rule = Rule {
    id: "tag-used",
    severity: Severity::Warning,
    reason: "An unused tag is an empty group, or is misspelt where it is used.",
    example: "`- name: Locks` under `tags`, and no operation with `tags: [Locks]`",
};

const SUMMARY: Rule = Rule {
    id: "summary-unique",
    severity: Severity::Warning,
    reason: "Readers cannot distinguish operations with the same summary; one was probably copied.",
    example: "`summary: Get one lock` twice",
};

const SCHEME_USED: Rule = Rule {
    id: "security-scheme-used",
    severity: Severity::Warning,
    reason: "A security scheme that nothing requires has no effect.",
    example: "a scheme under `securitySchemes`, and no `security` with its name",
};

const SCOPE_USED: Rule = Rule {
    id: "scope-used",
    severity: Severity::Warning,
    reason: "A scope that no operation requires is dead weight, or is missing where it is needed.",
    example: "`locks.write` under `scopes`, and in no `security`",
};

// OpenAPI 3.0.3, 4.7.12.1: "the parameter definition SHALL be ignored".
const RESERVED: Rule = Rule {
    id: "reserved-header",
    severity: Severity::Error,
    reason: "OpenAPI ignores header parameters of this name: media types and `security` define these headers.",
    example: "a parameter `Authorization` with `in: header`",
};

const DEFAULT: Rule = Rule {
    id: "default-useful",
    severity: Severity::Warning,
    reason: "A required value never takes its default.",
    example: "`required: true` with a schema that has `default: 10`",
};

const SERVER_SLASH: Rule = Rule {
    id: "server-trailing-slash",
    severity: Severity::Warning,
    reason: "Paths begin with a slash, so URLs would contain two slashes in a row.",
    example: "`url: https://api.example.com/v1/`",
};

const PATH_SLASH: Rule = Rule {
    id: "path-trailing-slash",
    severity: Severity::Warning,
    reason: "Services distinguish `/locks` and `/locks/`; a path that ends differently than the others is a slip.",
    example: "`/roles` among paths that end with a slash, `/locks//keys/`",
};

pub(crate) const RULES: &[&Rule] =
    &[&TAGGED, &TAG_USED, &SUMMARY, &SCHEME_USED, &SCOPE_USED, &RESERVED, &DEFAULT, &SERVER_SLASH, &PATH_SLASH];

pub(crate) fn check(spec: &Spec<'_>, config: Config, findings: &mut Findings<'_>) {
    tags(spec, findings);
    summaries(spec, findings);
    security(spec, findings);
    headers(spec, findings);
    defaults(spec, findings);
    slashes(spec, config.house, findings);
}

/// Reports operations without a tag, and tags without an operation.
fn tags(spec: &Spec<'_>, findings: &mut Findings<'_>) {
    let operations = spec.operations();
    let tags = |value: &Value| value.get("tags").and_then(Value::as_array).is_some_and(|tags| !tags.is_empty());
    let bare: Vec<_> = operations.iter().filter(|operation| !tags(operation.value)).collect();
    // Where most operations have no tag, the document does not use tags.
    if bare.len() * 2 < operations.len() {
        for operation in bare {
            let message = format!("{} has no tag, unlike most operations of this file", operation.called());
            findings.key(&TAGGED, &operation.pointer, message, "add `tags` with one entry");
        }
    }
    let used: BTreeSet<_> = operations
        .iter()
        .flat_map(|operation| operation.value.get("tags").and_then(Value::as_array).into_iter().flatten())
        .filter_map(Value::as_str)
        .collect();
    for tag in spec.all(Object::Tag) {
        let Some(name) = tag.text("name").filter(|name| !used.contains(name)) else {
            continue;
        };
        // A misspelt tag of an operation makes the declared one look unused; `tag-declared` reports it.
        if findings.list.iter().any(|finding| finding.rule == "tag-declared") {
            continue;
        }
        let pointer = format!("{}/name", tag.pointer);
        findings.value(&TAG_USED, &pointer, format!("no operation has the tag `{name}`"), "use it, or remove it");
    }
}

/// Reports operations with the same summary.
fn summaries(spec: &Spec<'_>, findings: &mut Findings<'_>) {
    let mut seen: BTreeMap<&str, String> = BTreeMap::new();
    for operation in spec.operations() {
        let Some(summary) = operation.value.get("summary").and_then(Value::as_str) else { continue };
        // `no-placeholder-text` reports empty summaries.
        if let Some(earlier) = seen.insert(summary.trim(), operation.called()).filter(|_| !summary.trim().is_empty()) {
            let message = format!("{} has the same summary as {earlier}", operation.called());
            let pointer = format!("{}/summary", operation.pointer);
            findings.value(&SUMMARY, &pointer, message, "say in each how it differs from the other");
        }
    }
}

/// Reports security schemes and scopes that no requirement names.
fn security(spec: &Spec<'_>, findings: &mut Findings<'_>) {
    let mut schemes: BTreeSet<&str> = BTreeSet::new();
    let mut scopes: BTreeSet<(&str, &str)> = BTreeSet::new();
    for requirement in spec.all(Object::SecurityRequirement) {
        for (name, required) in entries(Some(requirement.value)) {
            schemes.insert(name);
            scopes.extend(required.as_array().into_iter().flatten().filter_map(|scope| Some((name, scope.as_str()?))));
        }
    }
    // A misspelt name in a requirement makes the declared one look unused; these two rules report it.
    let is_reported = |findings: &Findings<'_>, rule: &str| findings.list.iter().any(|finding| finding.rule == rule);
    if is_reported(findings, "security-defined") {
        return;
    }
    let misspelt = is_reported(findings, "scope-declared");
    for (name, scheme) in
        entries(spec.root.pointer("/components/securitySchemes")).filter(|(name, _)| !name.starts_with("x-"))
    {
        let pointer = format!("/components/securitySchemes/{}", escape(name));
        if !schemes.contains(name) {
            let help = "add it to `security`, at the top of the file or at an operation, or remove it";
            findings.key(&SCHEME_USED, &pointer, format!("security scheme `{name}` is unused"), help);
            continue;
        }
        for (flow, described) in entries(scheme.get("flows")).filter(|_| !misspelt) {
            for (scope, _) in entries(described.get("scopes")).filter(|(scope, _)| !scopes.contains(&(name, scope))) {
                let pointer = format!("{pointer}/flows/{flow}/scopes/{}", escape(scope));
                let help = "add it to `security` of the operations that need it, or remove it";
                findings.key(&SCOPE_USED, &pointer, format!("scope `{scope}` is unused"), help);
            }
        }
    }
}

/// Reports header parameters that OpenAPI ignores.
fn headers(spec: &Spec<'_>, findings: &mut Findings<'_>) {
    for node in spec.all(Object::Parameter) {
        let name = node.text("name").unwrap_or_default();
        let is_header = node.value.get("in").is_some_and(|place| place == "header");
        let help = match name.to_lowercase().as_str() {
            "authorization" => "remove it, and use `securitySchemes` and `security` instead",
            "accept" => "remove it: the media types of the responses define it",
            "content-type" => "remove it: the media type of the request defines it",
            _ => continue,
        };
        if is_header {
            let pointer = format!("{}/name", node.pointer);
            findings.value(&RESERVED, &pointer, format!("the header parameter `{name}` is ignored"), help);
        }
    }
}

/// Reports defaults of required parameters and properties.
fn defaults(spec: &Spec<'_>, findings: &mut Findings<'_>) {
    let mut report = |pointer: &str, name: &str| {
        let message = format!("`{name}` is required, so its default is never used");
        findings.key(&DEFAULT, &format!("{pointer}/default"), message, "remove the default, or make it optional");
    };
    for node in spec.all(Object::Parameter) {
        let is_required = node.is("required");
        if is_required && node.value.pointer("/schema/default").is_some() {
            let name = node.text("name").unwrap_or_default();
            report(&format!("{}/schema", node.pointer), name);
        }
    }
    for node in spec.all(Object::Schema) {
        for name in node.value.get("required").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str)
        {
            if node.value.get("properties").and_then(|all| all.get(name)?.get("default")).is_some() {
                report(&format!("{}/properties/{}", node.pointer, escape(name)), name);
            }
        }
    }
}

/// Reports server URLs that end with a slash, and paths whose slashes differ from those of the others.
fn slashes(spec: &Spec<'_>, house: bool, findings: &mut Findings<'_>) {
    for server in spec.all(Object::Server) {
        let url = server.text("url").unwrap_or_default();
        if url.len() > 1 && url.ends_with('/') {
            let pointer = format!("{}/url", server.pointer);
            let better = url.trim_end_matches('/');
            findings.value(&SERVER_SLASH, &pointer, "the server URL ends with a slash", format!("write `{better}`"));
        }
    }
    // The root path has only its leading slash, and other rules report paths without one or with a query.
    let paths: Vec<_> = unloc_spec::paths(spec.root)
        .filter(|(path, _)| path.starts_with('/') && path.len() > 1 && !path.contains(['?', '#']))
        .collect();
    let with = paths.iter().filter(|(path, _)| path.ends_with('/')).count();
    let without = paths.len() - with;
    for (path, At { pointer, .. }) in paths {
        // One in five or fewer is a slip; more of them are on purpose. Our own specs always end a path with a slash.
        let odd = match path.ends_with('/') {
            true => !house && with * 4 <= without,
            false => house || without * 4 <= with,
        };
        if path.contains("//") {
            let message = format!("path `{path}` contains two slashes in a row");
            findings.key(&PATH_SLASH, &pointer, message, "remove one of them");
        } else if odd {
            let (message, help) = if path.ends_with('/') {
                ("ends with a slash, unlike the other paths", "remove the slash, if the service has none")
            } else {
                ("does not end with a slash, unlike the other paths", "add a slash at the end, if the service has one")
            };
            findings.key(&PATH_SLASH, &pointer, format!("path `{path}` {message}"), help);
        }
    }
}
