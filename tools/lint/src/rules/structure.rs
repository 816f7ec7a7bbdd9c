//! What the official schema of OpenAPI 3.0 asks for beyond the fields that each object has.

use std::collections::BTreeMap;

use serde_json::Value;
use unloc_spec::escape;

use crate::finding::{Findings, Rule, Severity};
use crate::shape::Object;
use crate::spec::{Spec, entries};

const COMPONENT_NAME: Rule = Rule {
    id: "component-name",
    severity: Severity::Error,
    reason: "A component with a blank or another sign in its name cannot be referred to.",
    example: "`Lock list:` under `schemas`",
};

const NOT_EMPTY: Rule = Rule {
    id: "list-not-empty",
    severity: Severity::Error,
    reason: "A list of alternatives without one allows nothing; an empty list of names says nothing.",
    example: "`enum: []`, `required: []`, `oneOf: []`",
};

const UNIQUE: Rule = Rule {
    id: "list-unique",
    severity: Severity::Error,
    reason: "A name that stands in a list twice is a slip: the second was meant to be another.",
    example: "`required: [id, id]`, `tags: [Locks, Locks]`",
};

const ADDRESS: Rule = Rule {
    id: "address-valid",
    severity: Severity::Error,
    reason: "Readers and programs follow an address as it is written.",
    example: "`url: www.example.com`, `email: nobody`",
};

const MULTIPLE: Rule = Rule {
    id: "multiple-of",
    severity: Severity::Error,
    reason: "Nothing is a multiple of zero or less.",
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
            findings.value(&MULTIPLE, &pointer, "`multipleOf` must be above zero", "write what it is a multiple of");
        }
    }
}

fn names(spec: &Spec<'_>, findings: &mut Findings<'_>) {
    let is_plain = |sign: char| sign.is_ascii_alphanumeric() || ".-_".contains(sign);
    for (folder, components) in entries(spec.root.get("components")).filter(|(key, _)| !key.starts_with("x-")) {
        for (name, _) in entries(Some(components)).filter(|(name, _)| name.is_empty() || !name.chars().all(is_plain)) {
            let better: String = name.split(|sign| !is_plain(sign)).collect();
            let message = format!("`{name}` is no name for a component: letters, digits, `.`, `-` and `_` only");
            findings.key(
                &COMPONENT_NAME,
                &format!("/components/{folder}/{}", escape(name)),
                message,
                format!("call it `{better}` or the like, here and in every reference to it"),
            );
        }
    }
}

fn lists(spec: &Spec<'_>, findings: &mut Findings<'_>) {
    for (object, keys) in [
        (Object::Schema, &["enum", "required", "allOf", "anyOf", "oneOf"] as &[&str]),
        (Object::ServerVariable, &["enum"]),
    ] {
        for node in spec.all(object) {
            for key in keys.iter().filter(|key| node.value.get(**key).is_some_and(|list| *list == Value::Array(vec![])))
            {
                let pointer = format!("{}/{key}", node.pointer);
                findings.key(&NOT_EMPTY, &pointer, format!("`{key}` is an empty list"), "fill it, or take it out");
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
                    let there = findings.shown(&format!("{}/{key}/{earlier}", node.pointer));
                    let message = format!("{name} stands in `{key}` twice: it is at {there} already");
                    let pointer = format!("{}/{key}/{place}", node.pointer);
                    findings.value(&UNIQUE, &pointer, message, "take one out, or correct it");
                }
            }
        }
    }
    let mut seen: BTreeMap<String, String> = BTreeMap::new();
    for tag in spec.all(Object::Tag) {
        let Some(name) = tag.value.get("name") else { continue };
        let pointer = format!("{}/name", tag.pointer);
        if let Some(earlier) = seen.get(&name.to_string()) {
            let message = format!("the tag {name} is declared twice: it is at {} already", findings.shown(earlier));
            findings.value(&UNIQUE, &pointer, message, "take one out, or correct it");
        } else {
            seen.insert(name.to_string(), pointer);
        }
    }
}

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
                    let message = format!("`{url}` is no address");
                    let help = "write it in full, from `https://` on";
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
            findings.value(&ADDRESS, &pointer, format!("`{mail}` is no mail address"), "write it as name@host");
        }
    }
}
