//! Checks the syntax of paths, and that no request matches two of them.

use std::collections::BTreeMap;

use serde_json::Value;
use unloc_spec::{At, Overlap, PathTemplate, RawOperation, paths};

use crate::finding::{Findings, Rule, Severity};
use crate::spec::Spec;

// OpenAPI 3.0.3, 4.7.8.1: "The field name MUST begin with a forward slash".
const LEADING_SLASH: Rule = Rule {
    id: "path-leading-slash",
    severity: Severity::Error,
    reason: "Clients append the path to the server URL without a separator.",
    example: "`locks/:` in place of `/locks/:`",
};

const NO_QUERY: Rule = Rule {
    id: "path-no-query",
    severity: Severity::Error,
    reason: "Clients encode a query in a path as part of the path.",
    example: "`/locks/?limit={limit}`",
};

// OpenAPI 3.0.3, 4.7.8.1: such templates "MUST NOT exist as they are identical".
const UNAMBIGUOUS: Rule = Rule {
    id: "path-unambiguous",
    severity: Severity::Error,
    reason: "Templates that differ only in parameter names are the same path, and tools use one of them.",
    example: "`/locks/{lockId}/` and `/locks/{id}/`",
};

// OpenAPI 3.0.3, 4.7.8.1: "In case of ambiguous matching, it's up to the tooling to decide which one to use".
const OVERLAP: Rule = Rule {
    id: "path-overlap",
    severity: Severity::Warning,
    reason: "If two templates match the same URL and neither is more specific, the choice depends on the server.",
    example: "`/{kind}/nearby/` and `/locks/{lockId}/`, both with a GET",
};

pub(crate) const RULES: &[&Rule] = &[&LEADING_SLASH, &NO_QUERY, &UNAMBIGUOUS, &OVERLAP];

pub(crate) fn check(spec: &Spec<'_>, findings: &mut Findings<'_>) {
    let mut known = Vec::new();
    for (path, item) in paths(spec.root) {
        if !path.starts_with('/') {
            findings.key(
                &LEADING_SLASH,
                &item.pointer,
                format!("path `{path}` does not begin with a slash"),
                format!("write `/{path}`"),
            );
        }
        if path.contains(['?', '#']) {
            findings.key(
                &NO_QUERY,
                &item.pointer,
                "a path must not contain a query or a fragment",
                "describe the query as parameters with `in: query`",
            );
        }
        known.push(Path { path, template: PathTemplate::of(path), item });
    }
    // Of two conflicting paths, the later one in the file is reported.
    known.sort_by_key(|path| findings.place(&path.item.pointer));
    // By number of segments: templates of different length never match the same URL.
    let mut earlier: BTreeMap<usize, Vec<&Path<'_>>> = BTreeMap::new();
    for path in &known {
        let alike = earlier.entry(path.template.segments().len()).or_default();
        let overlap = alike.iter().filter_map(|other| Some((path.template.overlap(&other.template)?, other)));
        // A path may overlap with several others; being the same as one of them is the more precise finding.
        match overlap.max_by_key(|(found, _)| *found == Overlap::Same) {
            Some((Overlap::Same, other)) => {
                let message = format!("`{}` is the same path as `{}`", path.path, other.path);
                let help = "move their operations under one of the two";
                findings.key(&UNAMBIGUOUS, &path.item.pointer, message, help);
            }
            Some((Overlap::Some, other)) if path.shares_a_call(other, spec) => {
                let address = path.template.common_address(&other.template);
                let message = format!("ambiguous paths: `{address}` matches `{}` and `{}`", path.path, other.path);
                let help =
                    "give one of them a segment of its own, or restrict the parameter by `enum`, `type` or `pattern`";
                findings.key(&OVERLAP, &path.item.pointer, message, help);
            }
            _ => {}
        }
        alike.push(path);
    }
}

/// Holds a path with its parsed template.
struct Path<'a> {
    path: &'a str,
    template: PathTemplate<'a>,
    item: At<'a>,
}

impl<'a> Path<'a> {
    /// Returns whether one request can match both: they share a method, and no parameter's schema excludes the literal
    /// that the other path has in its place.
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

/// Returns whether the schema of the parameter that fills a segment allows this text.
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
        Some("date" | "date-time") => text.starts_with(|c: char| c.is_ascii_digit()),
        _ => true,
    };
    let is_listed = says("enum").and_then(Value::as_array).is_none_or(|list| list.iter().any(|one| one == text));
    let pattern = says("pattern").and_then(Value::as_str).and_then(|pattern| regress::Regex::new(pattern).ok());
    is_value && is_of_format && is_listed && pattern.is_none_or(|pattern| pattern.find(text).is_some())
}
