//! Finds Markdown and HTML in descriptions, which become the rustdoc of the bindings.

use crate::finding::{Findings, Rule, Severity};
use crate::shape::Object;
use crate::spec::Spec;

const SAFE: Rule = Rule {
    id: "doc-safe-text",
    severity: Severity::Warning,
    reason: "Descriptions become rustdoc, which reads this as code to compile, HTML or a broken link.",
    example: "a code fence, `<tag>`, `[name]` or a bare URL in a `description`",
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
                    let message = format!("`{key}` contains {what}, which rustdoc does not show as plain text");
                    findings.value(&SAFE, &format!("{}/{key}", node.pointer), message, help);
                }
            }
        }
    }
}

/// Returns the first thing in a text that rustdoc would not show as written, and what to do about it.
fn unsafe_for_rustdoc(text: &str) -> Option<(&'static str, &'static str)> {
    // rustdoc compiles fenced and indented code as a doctest.
    if text.contains("```") || text.contains("~~~") {
        return Some(("a code fence", "use words, or backticks within a sentence"));
    }
    let mut lines = text.lines();
    let mut before = "";
    if lines.any(|line| {
        let is_code = before.trim().is_empty() && line.starts_with("    ") && !line.trim().is_empty();
        before = line;
        is_code
    }) {
        return Some(("indented code", "indent it by less than four spaces"));
    }
    // Between backticks everything is shown as written, so only every other part is checked.
    let mut is_code = true;
    let plain: String = text
        .split('`')
        .filter(|_| {
            is_code = !is_code;
            !is_code
        })
        .collect();
    Some(match () {
        () if plain.contains("http://") || plain.contains("https://") => ("a bare URL", "put it in backticks"),
        () if plain.contains('<') || plain.contains('>') => ("an angle bracket", "put it in backticks, or use words"),
        () if plain.contains('[') || plain.contains(']') => {
            ("a square bracket", "put it in backticks, or use round ones")
        }
        () if plain.contains('\\') => ("a backslash", "put it in backticks, or remove it"),
        () => return None,
    })
}
