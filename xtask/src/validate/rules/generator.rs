//! What the generator refuses, or passes over in silence.

use serde_json::Value;
use unloc_spec::{REFERENCE, component_schema, escape, reference_pointer};

use super::references::stands_at;
use crate::validate::finding::{Findings, Rule, Severity};
use crate::validate::shape::Object;
use crate::validate::spec::{Node, Spec, entries};

const UNSUPPORTED: Rule = Rule {
    id: "generator-unsupported",
    severity: Severity::Error,
    reason: "The generator does not know this, and stops.",
    example: "a parameter with `in: cookie` or with `content`, `style: deepObject`, `multipart/form-data`, a `$ref` into a component",
};

pub(super) const IGNORED: Rule = Rule {
    id: "generator-ignores",
    severity: Severity::Warning,
    reason: "The generator passes over this: calls go elsewhere, or look otherwise, than is written here.",
    example: "`servers` at an operation, `explode: false` at a list in the query, `format: int64` at a text",
};

pub(crate) const RULES: &[&Rule] = &[&UNSUPPORTED, &IGNORED];

pub(crate) fn check(spec: &Spec<'_>, findings: &mut Findings<'_>) {
    for node in spec.all(Object::Parameter) {
        parameter(spec, node, findings);
    }
    for node in spec.all(Object::MediaType) {
        if node.value.get("encoding").is_some() {
            let pointer = format!("{}/encoding", node.pointer);
            let help = "take it out, and say in the description how the parts are written";
            findings.key(&UNSUPPORTED, &pointer, "the generator knows no `encoding`", help);
        }
    }
    for node in spec.all(Object::RequestBody) {
        // Of several, that there are several is told.
        let single = entries(node.value.get("content")).filter(|_| entries(node.value.get("content")).count() == 1);
        for (media, _) in single.filter(|(media, _)| !can_be_sent(media)) {
            let pointer = format!("{}/content/{}", node.pointer, escape(media));
            // What is no media type at all is told as such.
            if findings.is_told(&super::media_types::MEDIA_TYPE, &pointer) {
                continue;
            }
            let help =
                "send JSON, a form (`application/x-www-form-urlencoded`), bytes (`application/octet-stream`) or text";
            findings.key(&UNSUPPORTED, &pointer, format!("the generator cannot send `{media}`"), help);
        }
    }
    for node in spec.all(Object::PathItem) {
        if node.value.get(REFERENCE).is_some() {
            let help = "write the operations out under this path";
            let pointer = reference_pointer(&node.pointer);
            findings.key(&UNSUPPORTED, &pointer, "the generator follows no reference of a path", help);
        }
    }
    let elsewhere = |target: &str| component_schema(target).is_none_or(|name| name.contains('/'));
    for reference in spec.references.iter().filter(|reference| reference.to == Object::Schema) {
        // What leads nowhere, or to what is no schema, is told as such.
        let inside = reference.target.strip_prefix('#').filter(|inside| spec.root.pointer(inside).is_some());
        let is_schema = |inside: &str| {
            inside.strip_prefix("/components/").is_none_or(|rest| rest.starts_with("schemas/"))
                || stands_at(spec, Object::Schema, inside)
        };
        if elsewhere(reference.target) && inside.is_some_and(is_schema) {
            let message = format!(
                "the generator follows references to `#/components/schemas/Name` only, and `{}` is none",
                reference.target
            );
            findings.value(
                &UNSUPPORTED,
                &reference.place(),
                message,
                "give that schema a name under `components/schemas`",
            );
        }
    }
    for object in [Object::PathItem, Object::Operation] {
        for node in spec.all(object).iter().filter(|node| node.value.get("servers").is_some()) {
            let pointer = format!("{}/servers", node.pointer);
            let message = "the generator knows the servers at the top only, and calls these never";
            findings.key(&IGNORED, &pointer, message, "give what has another server a file of its own");
        }
    }
}

fn can_be_sent(media: &str) -> bool {
    let name = media.split(';').next().unwrap_or_default().trim();
    [
        "application/json",
        "application/x-www-form-urlencoded",
        "application/octet-stream",
        "text/plain",
        "text/x-markdown",
    ]
    .contains(&name)
}

fn parameter(spec: &Spec<'_>, node: &Node<'_>, findings: &mut Findings<'_>) {
    let text = |key: &str| node.value.get(key).and_then(Value::as_str);
    let at = |key: &str| format!("{}/{key}", node.pointer);
    let place = text("in").unwrap_or_default();
    if place == "cookie" {
        let help = "describe it as a header, or leave it to the HTTP client";
        findings.value(&UNSUPPORTED, &at("in"), "the generator knows no cookies", help);
    }
    if node.value.get("content").is_some() {
        let message = "the generator knows no `content` of parameters";
        findings.key(&UNSUPPORTED, &at("content"), message, "give it a `schema`");
    }
    let own = if place == "query" { "form" } else { "simple" };
    if let Some(style) = text("style").filter(|style| *style != own && place != "cookie") {
        let message = format!("the generator knows no style `{style}` of a parameter in {place}");
        findings.value(
            &UNSUPPORTED,
            &at("style"),
            message,
            format!("write `{own}`, which is what holds without it too"),
        );
    }
    let schema = node.value.get("schema").and_then(|schema| spec.resolve(schema));
    let is_list = schema.and_then(|schema| schema.get("type")).is_some_and(|kind| kind == "array");
    if place == "query" && is_list && node.value.get("explode") == Some(&Value::Bool(false)) {
        let message = "the generator writes a list as `a=1&a=2`, whatever `explode` says";
        findings.key(&IGNORED, &at("explode"), message, "describe it as one text, with its values parted by commas");
    }
}
