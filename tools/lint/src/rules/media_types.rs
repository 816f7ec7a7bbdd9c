//! Finds misspelt media types.

use unloc_spec::escape;

use crate::finding::{Findings, Rule, Severity};
use crate::shape::Object;
use crate::spec::{Spec, entries};
use unloc_spec::words::nearest;

pub(super) const MEDIA_TYPE: Rule = Rule {
    id: "media-type",
    severity: Severity::Error,
    reason: "Clients never send or parse a body with a media type that does not exist.",
    example: "`application/jsn:`, `json:`",
};

pub(crate) const RULES: &[&Rule] = &[&MEDIA_TYPE];

pub(crate) fn check(spec: &Spec<'_>, findings: &mut Findings<'_>) {
    for object in [Object::RequestBody, Object::Response, Object::Parameter, Object::Header] {
        for node in spec.all(object) {
            // `field-type` reports entries that are no mapping, `unknown-field` a `$ref` in place of a media type.
            for (media, _) in entries(node.value.get("content")).filter(|(_, value)| value.is_object()) {
                let help = match better(media) {
                    Some(near) => format!("did you mean `{near}`?"),
                    None if media.contains('/') => continue,
                    None => "write type and subtype, as in `application/json`".to_owned(),
                };
                let pointer = format!("{}/content/{}", node.pointer, escape(media));
                findings.key(&MEDIA_TYPE, &pointer, format!("`{media}` is not a known media type"), help);
            }
        }
    }
}

/// Returns the media type that a misspelt one was probably meant to be.
fn better(media: &str) -> Option<String> {
    // RFC 9110 8.3.1: parameters follow a semicolon, and the type is case-insensitive.
    let name = media.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    let (kind, sub) = name.split_once('/')?;
    if let Some(near) = nearest(kind, ["application", "multipart", "text", "image"].into_iter()) {
        return Some(format!("{near}/{sub}"));
    }
    if kind != "application" || ["json", "problem+json", "octet-stream"].contains(&sub) {
        return None;
    }
    // RFC 6838 4.2.8: a structured syntax suffix, as in `application/problem+json`.
    match sub.rsplit_once('+') {
        Some((base, suffix)) if is_slip_of_json(suffix) => Some(format!("{kind}/{base}+json")),
        Some((base, "json")) => nearest(base, ["problem"].into_iter()).map(|near| format!("{kind}/{near}+json")),
        Some(_) => None,
        None if is_slip_of_json(sub) => Some(format!("{kind}/json")),
        None => nearest(sub, ["problem+json", "octet-stream"].into_iter()).map(|near| format!("{kind}/{near}")),
    }
}

/// Returns whether a subtype is a slip of `json`: a letter is missing, swapped, doubled or wrong. Relatives of JSON are
/// none: they change the first letter or add one, as in `bson`, `cson`, `hjson`, `jsonc`, `json5` and `jsonl`.
fn is_slip_of_json(sub: &str) -> bool {
    let changed_first = sub.len() == 4 && sub.ends_with("son");
    let prefixed = sub.len() == 5 && sub.ends_with("json") && sub != "jjson";
    let suffixed = sub.len() == 5 && sub.starts_with("json") && !["jsonn", "jsons"].contains(&sub);
    let is_relative = changed_first || prefixed || suffixed;
    !is_relative && nearest(sub, ["json"].into_iter()).is_some()
}
