//! What readers see: descriptions, and examples that could be somebody's.

use serde_json::Value;
use unloc_codegen::load::escape;

use crate::validate::finding::{Findings, Rule, Severity};
use crate::validate::shape::Object;
use crate::validate::spec::Spec;

const DESCRIBED: Rule = Rule {
    id: "description",
    severity: Severity::Warning,
    reason: "What is not described here has no documentation in Rust.",
    example: "a property, parameter or schema without `description`",
};

const PLACEHOLDER: Rule = Rule {
    id: "no-placeholder-text",
    severity: Severity::Warning,
    reason: "Placeholders are published as they stand.",
    example: "`description: TODO`, `summary: string`",
};

const SECRET: Rule = Rule {
    id: "no-secret-in-example",
    severity: Severity::Error,
    reason: "A token or password in an example is published, and may be somebody's.",
    example: "a value that begins with `eyJ`, a bearer token, a private key",
};

const PEOPLE: Rule = Rule {
    id: "no-personal-data-in-example",
    severity: Severity::Error,
    reason: "A number or mail address in an example may be somebody's, who will be called.",
    example: "`+4791234567`, `kari@gmail.com`",
};

pub(crate) const RULES: &[&Rule] = &[&DESCRIBED, &PLACEHOLDER, &SECRET, &PEOPLE];

/// Ranges that numbering authorities keep for fiction.
const FICTION: [&str; 3] = ["+121255501", "+1555555", "+447700900"];

pub(crate) fn check(spec: &Spec<'_>, findings: &mut Findings<'_>) {
    for object in [Object::Parameter, Object::Schema, Object::Tag] {
        for node in spec.all(object) {
            let last = node.pointer.rsplit('/').next().unwrap_or_default();
            let name = node.value.get("name").and_then(Value::as_str).unwrap_or(last);
            let parent = node.pointer.rsplit('/').nth(1).unwrap_or_default();
            // Items, members and schemas of parameters are described by what holds them.
            let stands_alone = object != Object::Schema || parent == "properties" || parent == "schemas";
            if stands_alone && node.value.get("description").is_none() {
                // A shared parameter is known by its name.
                let named = format!("{}/name", node.pointer);
                findings.key(
                    &DESCRIBED,
                    if object == Object::Schema || node.value.get("name").is_none() { &node.pointer } else { &named },
                    format!("`{name}` has no `description`"),
                    "say what it means, in which unit and within which limits",
                );
            }
        }
    }
    for object in [
        Object::Info,
        Object::Operation,
        Object::Parameter,
        Object::Response,
        Object::Schema,
        Object::Tag,
        Object::RequestBody,
    ] {
        for node in spec.all(object) {
            for key in ["summary", "description"] {
                let text = node.value.get(key).and_then(Value::as_str).unwrap_or("ok");
                let words = text.trim().to_lowercase();
                let is_placeholder =
                    ["", "todo", "tbd", "fixme", "xxx", "string", "...", "…", "description", "lorem ipsum"]
                        .contains(&words.as_str())
                        || words.starts_with("todo")
                        || words.starts_with("tbd")
                        || words.starts_with("lorem ipsum");
                if is_placeholder {
                    findings.value(
                        &PLACEHOLDER,
                        &format!("{}/{key}", node.pointer),
                        format!("`{key}` says nothing yet"),
                        "write what it is",
                    );
                }
            }
        }
    }
    for object in [Object::MediaType, Object::Parameter, Object::Header, Object::Schema, Object::Example] {
        for node in spec.all(object) {
            for key in ["example", "default", "value"] {
                if let Some(value) = node.value.get(key) {
                    people(&format!("{}/{key}", node.pointer), value, findings);
                }
            }
        }
    }
}

/// Texts in an example, however deep.
fn people(pointer: &str, value: &Value, findings: &mut Findings<'_>) {
    match value {
        Value::Object(map) => {
            map.iter().for_each(|(key, value)| people(&format!("{pointer}/{}", escape(key)), value, findings));
        }
        Value::Array(list) => {
            list.iter().enumerate().for_each(|(place, value)| people(&format!("{pointer}/{place}"), value, findings));
        }
        Value::String(text) => {
            if looks_secret(text) {
                findings.value(
                    &SECRET,
                    pointer,
                    "this looks like a secret that works",
                    "write EXAMPLE in its place; if it is real, have it revoked",
                );
            }
            let digits =
                text.strip_prefix('+').filter(|rest| rest.len() >= 7 && rest.bytes().all(|byte| byte.is_ascii_digit()));
            if digits.is_some() && !FICTION.iter().any(|range| text.starts_with(range)) {
                findings.value(
                    &PEOPLE,
                    pointer,
                    "this number may be somebody's",
                    "use one that is kept for fiction, such as +12125550142",
                );
            }
            let host =
                text.rsplit_once('@').map(|(_, host)| host).filter(|host| host.contains('.') && !host.contains(' '));
            if host.is_some_and(|host| {
                !["example.com", "example.org", "example.net"]
                    .iter()
                    .any(|own| host == *own || host.ends_with(&format!(".{own}")))
                    && !host.ends_with(".example")
                    && !host.ends_with(".test")
            }) {
                findings.value(&PEOPLE, pointer, "this mail address may be somebody's", "use one at example.com");
            }
        }
        _ => {}
    }
}

/// Whether a text has the form that well-known services give to their tokens.
fn looks_secret(text: &str) -> bool {
    let is_example = text.contains("EXAMPLE");
    let prefixes =
        ["sk_live_", "ghp_", "gho_", "github_pat_", "glpat-", "xoxb-", "xoxp-", "AKIA", "AIza", "npm_", "SG."];
    let has_prefix = text.len() >= 16 && !text.contains(' ') && prefixes.iter().any(|start| text.starts_with(start));
    let is_long = text.starts_with("eyJ") && text.len() > 40 || text.starts_with("Bearer ") && text.len() > 30;
    text.contains("-----BEGIN") || !is_example && (is_long || has_prefix)
}
