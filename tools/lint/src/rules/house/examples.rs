//! Examples: each body has one, and nothing in it is real.

use serde_json::Value;
use unloc_spec::escape;

use crate::finding::{Findings, Rule, Severity};
use crate::rules::payload;
use crate::shape::Object;
use crate::spec::Spec;

pub(super) const PRESENT: Rule = Rule {
    id: "house-example",
    severity: Severity::Warning,
    reason: "The documentation and the emulator show what the examples show.",
    example: "a body without `example` or `examples`",
};

pub(super) const INVENTED: Rule = Rule {
    id: "house-example-invented",
    severity: Severity::Error,
    reason: "What stands in an example is published: an address may be somebody's, and a secret may work.",
    example: "`https://images.acme.com/door.jpg`, `password: hunter2`",
};

pub(super) fn check(spec: &Spec<'_>, findings: &mut Findings<'_>) {
    for node in spec.all(Object::MediaType) {
        let has_schema = node.value.get("schema").is_some();
        if has_schema && node.value.get("example").is_none() && node.value.get("examples").is_none() {
            findings.key(&PRESENT, &node.pointer, "this body has no example", "add one that says something");
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
                let message = format!("`{name}` is a secret, and this one could be real");
                findings.value(&INVENTED, pointer, message, "write one that begins with `EXAMPLE`");
            }
            if host(text).is_some_and(|host| host != "example.com" && !host.ends_with(".example.com")) {
                findings.value(&INVENTED, pointer, "this address may be somebody's", "use one at example.com");
            }
        }
        _ => {}
    }
}

/// Whether another rule has told it already.
fn looks_secret(findings: &Findings<'_>, pointer: &str) -> bool {
    findings.list.iter().any(|finding| finding.rule == "no-secret-in-example" && finding.pointer == pointer)
}

fn is_secret(name: &str) -> bool {
    let name = name.to_lowercase();
    name.ends_with("password")
        || name.ends_with("secret")
        || name.ends_with("access_token")
        || name.ends_with("invitecodes")
}

/// The host of a web address.
fn host(text: &str) -> Option<&str> {
    let rest = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"))?;
    rest.split(['/', ':', '?', '#']).next()
}
