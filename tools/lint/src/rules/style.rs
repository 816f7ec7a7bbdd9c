//! What one half of a document says, and the other half does not take up: tags, schemes, scopes, defaults, slashes.

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
    reason: "An operation without a tag is in no group of the documentation.",
    example: "an operation without `tags`, where others have them",
};

const TAG_USED: Rule = Rule {
    id: "tag-used",
    severity: Severity::Warning,
    reason: "A tag that no operation has makes an empty group, or is misspelt where it is used.",
    example: "`- name: Locks` under `tags`, and no operation with `tags: [Locks]`",
};

const SUMMARY: Rule = Rule {
    id: "summary-unique",
    severity: Severity::Warning,
    reason: "Two operations with one summary cannot be told apart in a list; one was copied from the other.",
    example: "`summary: Get one lock` twice",
};

const SCHEME_USED: Rule = Rule {
    id: "security-scheme-used",
    severity: Severity::Warning,
    reason: "A scheme that nothing requires protects nothing.",
    example: "a scheme under `securitySchemes`, and no `security` with its name",
};

const SCOPE_USED: Rule = Rule {
    id: "scope-used",
    severity: Severity::Warning,
    reason: "A scope that no operation asks for is dead weight, or is forgotten where it is needed.",
    example: "`locks.write` under `scopes`, and in no `security`",
};

const RESERVED: Rule = Rule {
    id: "reserved-header",
    severity: Severity::Error,
    reason: "OpenAPI ignores parameters of this name: the media types and `security` say what these headers hold.",
    example: "a parameter `Authorization` with `in: header`",
};

const DEFAULT: Rule = Rule {
    id: "default-useful",
    severity: Severity::Warning,
    reason: "What must be given never takes its default.",
    example: "`required: true` beside a schema with `default: 10`",
};

const SERVER_SLASH: Rule = Rule {
    id: "server-trailing-slash",
    severity: Severity::Warning,
    reason: "A path begins with a slash of its own: behind this address it would be doubled.",
    example: "`url: https://api.example.com/v1/`",
};

const PATH_SLASH: Rule = Rule {
    id: "path-trailing-slash",
    severity: Severity::Warning,
    reason: "Services tell `/locks` and `/locks/` apart; one path that ends otherwise than the rest is a slip.",
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

fn tags(spec: &Spec<'_>, findings: &mut Findings<'_>) {
    let operations = spec.operations();
    let tags = |value: &Value| value.get("tags").and_then(Value::as_array).is_some_and(|tags| !tags.is_empty());
    let bare: Vec<_> = operations.iter().filter(|operation| !tags(operation.value)).collect();
    if bare.len() * 2 < operations.len() {
        for operation in bare {
            let message = format!("{} has no tag, where the others have one", operation.called());
            findings.key(&TAGGED, &operation.pointer, message, "add `tags` with the group it belongs to");
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
        // A misspelt use is told where it stands.
        if findings.list.iter().any(|finding| finding.rule == "tag-declared") {
            continue;
        }
        let pointer = format!("{}/name", tag.pointer);
        findings.value(&TAG_USED, &pointer, format!("no operation has the tag `{name}`"), "use it, or take it out");
    }
}

fn summaries(spec: &Spec<'_>, findings: &mut Findings<'_>) {
    let mut seen: BTreeMap<&str, String> = BTreeMap::new();
    for operation in spec.operations() {
        let Some(summary) = operation.value.get("summary").and_then(Value::as_str) else { continue };
        if let Some(earlier) = seen.insert(summary.trim(), operation.called()).filter(|_| !summary.trim().is_empty()) {
            let message = format!("{} has the same summary as {earlier}", operation.called());
            let pointer = format!("{}/summary", operation.pointer);
            findings.value(&SUMMARY, &pointer, message, "say in each what the other does not do");
        }
    }
}

fn security(spec: &Spec<'_>, findings: &mut Findings<'_>) {
    let mut schemes: BTreeSet<&str> = BTreeSet::new();
    let mut scopes: BTreeSet<(&str, &str)> = BTreeSet::new();
    for requirement in spec.all(Object::SecurityRequirement) {
        for (name, asked) in entries(Some(requirement.value)) {
            schemes.insert(name);
            scopes.extend(asked.as_array().into_iter().flatten().filter_map(|scope| Some((name, scope.as_str()?))));
        }
    }
    // A misspelt use is told where it stands.
    let told = |findings: &Findings<'_>, rule: &str| findings.list.iter().any(|finding| finding.rule == rule);
    if told(findings, "security-defined") {
        return;
    }
    let misspelt = told(findings, "scope-declared");
    for (name, scheme) in
        entries(spec.root.pointer("/components/securitySchemes")).filter(|(name, _)| !name.starts_with("x-"))
    {
        let pointer = format!("/components/securitySchemes/{}", escape(name));
        if !schemes.contains(name) {
            let help = "name it under `security`, at the top or at an operation, or take it out";
            findings.key(&SCHEME_USED, &pointer, format!("nothing requires the scheme `{name}`"), help);
            continue;
        }
        for (flow, described) in entries(scheme.get("flows")).filter(|_| !misspelt) {
            for (scope, _) in entries(described.get("scopes")).filter(|(scope, _)| !scopes.contains(&(name, scope))) {
                let pointer = format!("{pointer}/flows/{flow}/scopes/{}", escape(scope));
                let help = "name it in the `security` of what needs it, or take it out";
                findings.key(&SCOPE_USED, &pointer, format!("no operation asks for the scope `{scope}`"), help);
            }
        }
    }
}

fn headers(spec: &Spec<'_>, findings: &mut Findings<'_>) {
    for node in spec.all(Object::Parameter) {
        let name = node.text("name").unwrap_or_default();
        let is_header = node.value.get("in").is_some_and(|place| place == "header");
        let help = match name.to_lowercase().as_str() {
            "authorization" => "take it out, and describe it under `securitySchemes` and `security`",
            "accept" => "take it out: the media types of the answers say it",
            "content-type" => "take it out: the media type of the request says it",
            _ => continue,
        };
        if is_header {
            let pointer = format!("{}/name", node.pointer);
            findings.value(&RESERVED, &pointer, format!("a header parameter `{name}` is ignored"), help);
        }
    }
}

fn defaults(spec: &Spec<'_>, findings: &mut Findings<'_>) {
    let mut tell = |pointer: &str, name: &str| {
        let message = format!("`{name}` is required, so its default is never used");
        findings.key(&DEFAULT, &format!("{pointer}/default"), message, "take out the default, or make it optional");
    };
    for node in spec.all(Object::Parameter) {
        let is_required = node.is("required");
        if is_required && node.value.pointer("/schema/default").is_some() {
            let name = node.text("name").unwrap_or_default();
            tell(&format!("{}/schema", node.pointer), name);
        }
    }
    for node in spec.all(Object::Schema) {
        for name in node.value.get("required").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str)
        {
            if node.value.get("properties").and_then(|all| all.get(name)?.get("default")).is_some() {
                tell(&format!("{}/properties/{}", node.pointer, escape(name)), name);
            }
        }
    }
}

fn slashes(spec: &Spec<'_>, house: bool, findings: &mut Findings<'_>) {
    for server in spec.all(Object::Server) {
        let url = server.text("url").unwrap_or_default();
        if url.len() > 1 && url.ends_with('/') {
            let pointer = format!("{}/url", server.pointer);
            let better = url.trim_end_matches('/');
            findings.value(
                &SERVER_SLASH,
                &pointer,
                "the server's address ends with a slash",
                format!("write `{better}`"),
            );
        }
    }
    let paths: Vec<_> = unloc_spec::paths(spec.root)
        .filter(|(path, _)| path.starts_with('/') && path.len() > 1 && !path.contains(['?', '#']))
        .collect();
    let with = paths.iter().filter(|(path, _)| path.ends_with('/')).count();
    let without = paths.len() - with;
    for (path, At { pointer, .. }) in paths {
        // A mixture is a habit; one among many is a slip. The house has one habit.
        let odd = match path.ends_with('/') {
            true => !house && with * 4 <= without,
            false => house || without * 4 <= with,
        };
        if path.contains("//") {
            let message = format!("`{path}` has a slash too many");
            findings.key(&PATH_SLASH, &pointer, message, "keep one of the two");
        } else if odd {
            let (message, help) = if path.ends_with('/') {
                ("ends with a slash, unlike the other paths", "take the slash away, if the service does without")
            } else {
                ("has no slash at its end, unlike the other paths", "add a slash at the end, if the service has it")
            };
            findings.key(&PATH_SLASH, &pointer, format!("`{path}` {message}"), help);
        }
    }
}
