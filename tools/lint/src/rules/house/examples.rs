//! Checks that every body has an example, and that examples contain no real data.

use serde_json::Value;
use unloc_spec::escape;

use crate::finding::{Findings, Rule, Severity};
use crate::rules::payload;
use crate::shape::Object;
use crate::spec::Spec;

pub(super) const PRESENT: Rule = Rule {
    id: "house-example",
    severity: Severity::Warning,
    reason: "The code examples in the documentation are built from the examples of the spec.",
    example: "a body without `example` or `examples`",
};

pub(super) const INVENTED: Rule = Rule {
    id: "house-example-invented",
    severity: Severity::Error,
    reason: "Examples are published: a URL may belong to somebody, and a secret may be real.",
    example: "`https://images.acme.com/door.jpg`, `password: hunter2`",
};

pub(super) fn check(spec: &Spec<'_>, findings: &mut Findings<'_>) {
    for node in spec.all(Object::MediaType) {
        let has_schema = node.value.get("schema").is_some();
        if has_schema && node.value.get("example").is_none() && node.value.get("examples").is_none() {
            findings.key(&PRESENT, &node.pointer, "this body has no example", "add one with realistic values");
        }
    }
    for object in [Object::MediaType, Object::Parameter] {
        for node in spec.all(object) {
            for (pointer, value) in payload::examples(spec, &node.pointer, node.value) {
                invented("", &pointer, value, findings);
            }
        }
    }
    for node in spec.all(Object::Schema) {
        if let Some(value) = node.value.get("example") {
            let name = node.pointer.rsplit('/').next().unwrap_or_default();
            invented(name, &format!("{}/example", node.pointer), value, findings);
        }
    }
}

/// Reports secrets without the prefix `EXAMPLE`, and URLs outside of `example.com`.
fn invented(name: &str, pointer: &str, value: &Value, findings: &mut Findings<'_>) {
    match value {
        Value::Object(map) => {
            for (key, value) in map {
                invented(key, &format!("{pointer}/{}", escape(key)), value, findings);
            }
        }
        Value::Array(list) => {
            let items = list.iter().enumerate();
            items.for_each(|(place, value)| invented(name, &format!("{pointer}/{place}"), value, findings));
        }
        Value::String(text) => {
            if is_secret(name) && !text.starts_with("EXAMPLE") && !looks_secret(findings, pointer) {
                let message = format!("`{name}` is a secret, and this value may be real");
                findings.value(&INVENTED, pointer, message, "use a value that begins with `EXAMPLE`");
            }
            if host(text).is_some_and(|host| host != "example.com" && !host.ends_with(".example.com")) {
                // RFC 2606 reserves example.com for documentation.
                findings.value(&INVENTED, pointer, "this URL may belong to somebody", "use one at example.com");
            }
        }
        _ => {}
    }
}

/// Returns whether `no-secret-in-example` has reported this value already.
fn looks_secret(findings: &Findings<'_>, pointer: &str) -> bool {
    findings.list.iter().any(|finding| finding.rule == "no-secret-in-example" && finding.pointer == pointer)
}

/// Returns whether a property of this name holds a secret.
fn is_secret(name: &str) -> bool {
    let name = name.to_lowercase();
    name.ends_with("password")
        || name.ends_with("secret")
        || name.ends_with("access_token")
        || name.ends_with("invitecodes")
}

/// Returns the host of a URL.
fn host(text: &str) -> Option<&str> {
    let rest = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"))?;
    rest.split(['/', ':', '?', '#']).next()
}
