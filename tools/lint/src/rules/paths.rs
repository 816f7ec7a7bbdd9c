//! Paths: how they are written, and that no address is one of two.

use std::collections::BTreeMap;

use serde_json::Value;
use unloc_spec::{At, Overlap, PathTemplate, RawOperation, paths};

use crate::finding::{Findings, Rule, Severity};
use crate::spec::Spec;

const LEADING_SLASH: Rule = Rule {
    id: "path-leading-slash",
    severity: Severity::Error,
    reason: "A path is appended to the server's address as it stands.",
    example: "`locks/:` in place of `/locks/:`",
};

const NO_QUERY: Rule = Rule {
    id: "path-no-query",
    severity: Severity::Error,
    reason: "A query in a path would be encoded as a part of it.",
    example: "`/locks/?limit={limit}`",
};

const UNAMBIGUOUS: Rule = Rule {
    id: "path-unambiguous",
    severity: Severity::Error,
    reason: "Two templates that differ in the names of their parameters alone are one path, and only one of them is used.",
    example: "`/locks/{lockId}/` beside `/locks/{id}/`",
};

const OVERLAP: Rule = Rule {
    id: "path-overlap",
    severity: Severity::Warning,
    reason: "Where two templates match one address and neither is the more concrete, each server decides for itself.",
    example: "`/{kind}/nearby/` beside `/locks/{lockId}/`, both with a GET",
};

pub(crate) const RULES: &[&Rule] = &[&LEADING_SLASH, &NO_QUERY, &UNAMBIGUOUS, &OVERLAP];

pub(crate) fn check(spec: &Spec<'_>, findings: &mut Findings<'_>) {
    let mut known = Vec::new();
    for (path, item) in paths(spec.root) {
        if !path.starts_with('/') {
            findings.key(
                &LEADING_SLASH,
                &item.pointer,
                format!("the path `{path}` does not begin with a slash"),
                format!("write `/{path}`"),
            );
        }
        if path.contains(['?', '#']) {
            findings.key(
                &NO_QUERY,
                &item.pointer,
                "a path ends where its query begins",
                "describe the query by parameters",
            );
        }
        known.push(Path { path, template: PathTemplate::of(path), item });
    }
    // The later one is the one too many.
    known.sort_by_key(|path| findings.place(&path.item.pointer));
    let mut earlier: BTreeMap<usize, Vec<&Path<'_>>> = BTreeMap::new();
    for path in &known {
        let alike = earlier.entry(path.template.segments().len()).or_default();
        let overlap = alike.iter().filter_map(|other| Some((path.template.overlap(&other.template)?, other)));
        // That they are one says more than that they overlap.
        match overlap.max_by_key(|(found, _)| *found == Overlap::Same) {
            Some((Overlap::Same, other)) => {
                let message = format!("`{}` matches what `{}` matches", path.path, other.path);
                let help = "bring their operations together under one path";
                findings.key(&UNAMBIGUOUS, &path.item.pointer, message, help);
            }
            Some((Overlap::Some, other)) if path.shares_a_call(other, spec) => {
                let address = path.template.common_address(&other.template);
                let message = format!("`{address}` is matched by `{}` and by `{}`", path.path, other.path);
                let help = "give one of them a part that the other has not, or say by `enum` or `type` what the parameter cannot be";
                findings.key(&OVERLAP, &path.item.pointer, message, help);
            }
            _ => {}
        }
        alike.push(path);
    }
}

struct Path<'a> {
    path: &'a str,
    template: PathTemplate<'a>,
    item: At<'a>,
}

impl<'a> Path<'a> {
    /// Whether one call can be meant for both: they have a method in common, and no parameter says that it cannot be
    /// what the other has in its place.
    fn shares_a_call(&self, other: &Self, spec: &Spec<'a>) -> bool {
        let operations = |path: &Self| RawOperation::of(path.path, &path.item).collect::<Vec<_>>();
        let theirs = operations(other);
        let pairs = operations(self).into_iter().filter_map(|mine| {
            let their = theirs.iter().find(|their| their.method == mine.method)?;
            Some((mine, their))
        });
        let (mut pairs, segments) = (pairs, || self.template.segments().iter().zip(other.template.segments()));
        pairs.any(|(mine, their)| {
            segments().all(|(one, two)| match (one.whole(), two.whole()) {
                (None, Some(name)) if one.names().is_empty() => can_be(their, name, one.text(), spec),
                (Some(name), None) if two.names().is_empty() => can_be(&mine, name, two.text(), spec),
                _ => true,
            })
        })
    }
}

/// Whether the parameter that fills a segment can be this text.
fn can_be<'a>(operation: &RawOperation<'a>, name: &str, text: &str, spec: &Spec<'a>) -> bool {
    let mut parameters = operation.parameters(spec.root).into_iter();
    let parameter = parameters.find(|at| at.text("name") == Some(name) && at.text("in") == Some("path"));
    let schema = parameter.and_then(|parameter| parameter.value.get("schema"));
    let schema = schema.and_then(|schema| spec.resolve(schema));
    let says = |key: &str| schema.and_then(|schema| schema.get(key));
    let is_value = match says("type").and_then(Value::as_str) {
        Some("integer" | "number") => text.parse::<f64>().is_ok(),
        Some("boolean") => matches!(text, "true" | "false"),
        _ => true,
    };
    let is_of_format = match says("format").and_then(Value::as_str) {
        Some("uuid") => text.len() == 36 && text.split('-').count() == 5,
        Some("date" | "date-time") => text.starts_with(|sign: char| sign.is_ascii_digit()),
        _ => true,
    };
    let is_listed = says("enum").and_then(Value::as_array).is_none_or(|list| list.iter().any(|one| one == text));
    let pattern = says("pattern").and_then(Value::as_str).and_then(|pattern| regress::Regex::new(pattern).ok());
    is_value && is_of_format && is_listed && pattern.is_none_or(|pattern| pattern.find(text).is_some())
}
