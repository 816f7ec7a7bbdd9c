//! Checks what the official JSON Schema of OpenAPI 3.0 requires beyond the fields of each object.

use std::collections::BTreeMap;

use serde_json::Value;
use unloc_spec::escape;

use crate::finding::{Findings, Rule, Severity};
use crate::shape::Object;
use crate::spec::{Spec, entries};

const COMPONENT_NAME: Rule = Rule {
    id: "component-name",
    severity: Severity::Error,
    reason: "OpenAPI allows only letters, digits, `.`, `-` and `_` in a component name, and tools reject others.",
    example: "`Lock list:` under `schemas`",
};

const NOT_EMPTY: Rule = Rule {
    id: "list-not-empty",
    severity: Severity::Error,
    reason: "An empty list of alternatives allows no value; an empty list of names has no effect.",
    example: "`enum: []`, `required: []`, `oneOf: []`",
};

// OpenAPI 3.0.3, 4.7.1.1 for tags; JSON Schema Validation (draft Wright 00), 5.15 for `required`.
const UNIQUE: Rule = Rule {
    id: "list-unique",
    severity: Severity::Error,
    reason: "A duplicate name is a slip: one of the two was probably meant to be a different name.",
    example: "`required: [id, id]`, `tags: [Locks, Locks]`",
};

const ADDRESS: Rule = Rule {
    id: "address-valid",
    severity: Severity::Error,
    reason: "Readers and tools use a URL or mail address exactly as written.",
    example: "`url: www.example.com`, `email: nobody`",
};

// JSON Schema Validation (draft Wright 00), 5.1.
const MULTIPLE: Rule = Rule {
    id: "multiple-of",
    severity: Severity::Error,
    reason: "JSON Schema requires `multipleOf` to be greater than zero.",
    example: "`multipleOf: 0`",
};

pub(crate) const RULES: &[&Rule] = &[&COMPONENT_NAME, &NOT_EMPTY, &UNIQUE, &ADDRESS, &MULTIPLE];

pub(crate) fn check(spec: &Spec<'_>, findings: &mut Findings<'_>) {
    names(spec, findings);
    lists(spec, findings);
    addresses(spec, findings);
    for node in spec.all(Object::Schema) {
        if node.value.get("multipleOf").and_then(Value::as_f64).is_some_and(|number| number <= 0.0) {
            let pointer = format!("{}/multipleOf", node.pointer);
            findings.value(&MULTIPLE, &pointer, "`multipleOf` must be greater than zero", "correct the number");
        }
    }
}

/// Reports component names with characters that OpenAPI does not allow.
fn names(spec: &Spec<'_>, findings: &mut Findings<'_>) {
    // OpenAPI 3.0.3, Components Object: the keys match `^[a-zA-Z0-9\.\-_]+$`.
    let is_plain = |c: char| c.is_ascii_alphanumeric() || ".-_".contains(c);
    for (folder, components) in entries(spec.root.get("components")).filter(|(key, _)| !key.starts_with("x-")) {
        for (name, _) in entries(Some(components)).filter(|(name, _)| name.is_empty() || !name.chars().all(is_plain)) {
            let better: String = name.split(|c| !is_plain(c)).collect();
            let message =
                format!("invalid component name `{name}`: only letters, digits, `.`, `-` and `_` are allowed");
            findings.key(
                &COMPONENT_NAME,
                &format!("/components/{folder}/{}", escape(name)),
                message,
                format!("rename it, for example to `{better}`, here and in every reference"),
            );
        }
    }
}

/// Reports empty lists and duplicate entries.
fn lists(spec: &Spec<'_>, findings: &mut Findings<'_>) {
    for (object, keys) in [
        (Object::Schema, &["enum", "required", "allOf", "anyOf", "oneOf"] as &[&str]),
        (Object::ServerVariable, &["enum"]),
    ] {
        for node in spec.all(object) {
            for key in keys.iter().filter(|key| node.value.get(**key).is_some_and(|list| *list == Value::Array(vec![])))
            {
                let pointer = format!("{}/{key}", node.pointer);
                findings.key(&NOT_EMPTY, &pointer, format!("`{key}` is empty"), "add an entry, or remove the key");
            }
        }
    }
    for (object, key) in [(Object::Schema, "required"), (Object::Operation, "tags")] {
        for node in spec.all(object) {
            let list = node.value.get(key).and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
            let mut first: BTreeMap<String, usize> = BTreeMap::new();
            for (place, name) in list.iter().enumerate() {
                let earlier = *first.entry(name.to_string()).or_insert(place);
                if earlier != place {
                    let there = findings.location(&format!("{}/{key}/{earlier}", node.pointer));
                    let message = format!("duplicate {name} in `{key}`: the first one is at {there}");
                    let pointer = format!("{}/{key}/{place}", node.pointer);
                    findings.value(&UNIQUE, &pointer, message, "remove one of them, or correct it");
                }
            }
        }
    }
    let mut seen: BTreeMap<String, String> = BTreeMap::new();
    for tag in spec.all(Object::Tag) {
        let Some(name) = tag.value.get("name") else { continue };
        let pointer = format!("{}/name", tag.pointer);
        if let Some(earlier) = seen.get(&name.to_string()) {
            let message = format!("duplicate tag {name}: the first one is at {}", findings.location(earlier));
            findings.value(&UNIQUE, &pointer, message, "remove one of them, or correct it");
        } else {
            seen.insert(name.to_string(), pointer);
        }
    }
}

/// Reports URLs and mail addresses that cannot be valid. Relative URLs are allowed (OpenAPI 3.0.3, 4.6).
fn addresses(spec: &Spec<'_>, findings: &mut Findings<'_>) {
    for (object, keys) in [
        (Object::Info, &["termsOfService"] as &[&str]),
        (Object::Contact, &["url"]),
        (Object::License, &["url"]),
        (Object::ExternalDocs, &["url"]),
        (Object::Server, &["url"]),
        (Object::OAuthFlow, &["authorizationUrl", "tokenUrl", "refreshUrl"]),
        (Object::SecurityScheme, &["openIdConnectUrl"]),
    ] {
        for node in spec.all(object) {
            for key in keys {
                let Some(url) = node.text(key) else { continue };
                if url.is_empty() || url.starts_with("www.") || url.contains([' ', '<', '>', '"', '\n']) {
                    let message = format!("`{url}` is not a valid URL");
                    let help = "write the full URL, with `https://`";
                    findings.value(&ADDRESS, &format!("{}/{key}", node.pointer), message, help);
                }
            }
        }
    }
    for node in spec.all(Object::Contact) {
        let Some(mail) = node.text("email") else { continue };
        let parts: Vec<_> = mail.split('@').collect();
        if parts.len() != 2 || parts.contains(&"") || mail.contains(' ') {
            let pointer = format!("{}/email", node.pointer);
            findings.value(&ADDRESS, &pointer, format!("`{mail}` is not a valid mail address"), "write name@host");
        }
    }
}
