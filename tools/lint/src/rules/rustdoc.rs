//! Descriptions become the documentation of the bindings, where some signs mean more than they look like.

use crate::finding::{Findings, Rule, Severity};
use crate::shape::Object;
use crate::spec::Spec;

const SAFE: Rule = Rule {
    id: "doc-safe-text",
    severity: Severity::Warning,
    reason: "Descriptions become rustdoc, where this is code, HTML or a link that leads nowhere.",
    example: "a code fence, `<tag>`, `[name]` or a bare address in a `description`",
};

pub(crate) const RULES: &[&Rule] = &[&SAFE];

pub(crate) fn check(spec: &Spec<'_>, findings: &mut Findings<'_>) {
    for object in
        [Object::Info, Object::Operation, Object::Parameter, Object::RequestBody, Object::Response, Object::Schema]
    {
        for node in spec.all(object) {
            for key in ["summary", "description", "title"] {
                let Some(text) = node.text(key) else { continue };
                if let Some((what, help)) = unsafe_for_rustdoc(text) {
                    let message = format!("`{key}` holds {what}, which rustdoc takes for more than text");
                    findings.value(&SAFE, &format!("{}/{key}", node.pointer), message, help);
                }
            }
        }
    }
}

/// The first thing in a text that rustdoc would not show as it stands.
fn unsafe_for_rustdoc(text: &str) -> Option<(&'static str, &'static str)> {
    if text.contains("```") || text.contains("~~~") {
        return Some(("a code fence", "say it in words, or in backticks within a sentence"));
    }
    let mut lines = text.lines();
    let mut before = "";
    if lines.any(|line| {
        let is_code = before.trim().is_empty() && line.starts_with("    ") && !line.trim().is_empty();
        before = line;
        is_code
    }) {
        return Some(("indented code", "indent it by less than four blanks"));
    }
    // What stands in backticks is shown as it is.
    let mut is_code = true;
    let plain: String = text
        .split('`')
        .filter(|_| {
            is_code = !is_code;
            !is_code
        })
        .collect();
    Some(match () {
        () if plain.contains("http://") || plain.contains("https://") => ("a bare address", "put it in backticks"),
        () if plain.contains('<') || plain.contains('>') => {
            ("an angle bracket", "put it in backticks, or say it in words")
        }
        () if plain.contains('[') || plain.contains(']') => {
            ("a square bracket", "put it in backticks, or use round ones")
        }
        () if plain.contains('\\') => ("a backslash", "put it in backticks, or leave it out"),
        () => return None,
    })
}
