//! Media types: whether they are any.

use unloc_spec::escape;

use crate::finding::{Findings, Rule, Severity};
use crate::shape::Object;
use crate::spec::{Spec, entries};
use unloc_spec::words::nearest;

pub(super) const MEDIA_TYPE: Rule = Rule {
    id: "media-type",
    severity: Severity::Error,
    reason: "A body under a media type that does not exist is never sent, nor read.",
    example: "`application/jsn:`, `json:`",
};

pub(crate) const RULES: &[&Rule] = &[&MEDIA_TYPE];

pub(crate) fn check(spec: &Spec<'_>, findings: &mut Findings<'_>) {
    for object in [Object::RequestBody, Object::Response, Object::Parameter, Object::Header] {
        for node in spec.all(object) {
            // What holds no mapping is told as such, a reference where none can stand included.
            for (media, _) in entries(node.value.get("content")).filter(|(_, value)| value.is_object()) {
                let help = match better(media) {
                    Some(near) => format!("did you mean `{near}`?"),
                    None if media.contains('/') => continue,
                    None => "write it with its slash, as in `application/json`".to_owned(),
                };
                let pointer = format!("{}/content/{}", node.pointer, escape(media));
                findings.key(&MEDIA_TYPE, &pointer, format!("`{media}` is no media type"), help);
            }
        }
    }
}

/// What a media type was meant to be, if it is a slip.
fn better(media: &str) -> Option<String> {
    // RFC 9110 8.3.1: parameters stand behind a semicolon, and upper and lower case are the same.
    let name = media.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    let (kind, sub) = name.split_once('/')?;
    if let Some(near) = nearest(kind, ["application", "multipart", "text", "image"].into_iter()) {
        return Some(format!("{near}/{sub}"));
    }
    if kind != "application" || ["json", "problem+json", "octet-stream"].contains(&sub) {
        return None;
    }
    match sub.rsplit_once('+') {
        Some((base, suffix)) if is_slip_of_json(suffix) => Some(format!("{kind}/{base}+json")),
        Some((base, "json")) => nearest(base, ["problem"].into_iter()).map(|near| format!("{kind}/{near}+json")),
        Some(_) => None,
        None if is_slip_of_json(sub) => Some(format!("{kind}/json")),
        None => nearest(sub, ["problem+json", "octet-stream"].into_iter()).map(|near| format!("{kind}/{near}")),
    }
}

/// Fingers forget, swap, double or miss a letter. Whoever names a relative of JSON puts another letter first, in front
/// or behind, as in `bson`, `cson`, `hjson`, `jsonc`, `json5` and `jsonl`.
fn is_slip_of_json(sub: &str) -> bool {
    let other_first = sub.len() == 4 && sub.ends_with("son");
    let in_front = sub.len() == 5 && sub.ends_with("json") && sub != "jjson";
    let behind = sub.len() == 5 && sub.starts_with("json") && !["jsonn", "jsons"].contains(&sub);
    let is_relative = other_first || in_front || behind;
    !is_relative && nearest(sub, ["json"].into_iter()).is_some()
}
