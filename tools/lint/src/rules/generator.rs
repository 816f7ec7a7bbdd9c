//! What the generator refuses, or passes over in silence.

use unloc_spec::unsupported_in;

use super::names::INLINE;
use crate::finding::{Finding, Findings, Rule, Severity};

const UNSUPPORTED: Rule = Rule {
    id: "generator-unsupported",
    severity: Severity::Error,
    reason: "The generator does not know this, and the build ends.",
    example: "a parameter with `in: cookie` or with `content`, `style: deepObject`, `explode: false` at a list, `multipart/form-data`, `servers` at an operation, a `$ref` into a component",
};

pub(super) const IGNORED: Rule = Rule {
    id: "generator-ignores",
    severity: Severity::Warning,
    reason: "The generator passes over this: calls look otherwise than is written here.",
    example: "`format: int64` at a text",
};

pub(crate) const RULES: &[&Rule] = &[&UNSUPPORTED, &IGNORED];

/// Tells what the table knows that the build goes by, unless another rule has told it.
pub(crate) fn check(findings: &mut Findings<'_>) {
    for flaw in unsupported_in(findings.document()) {
        let parent = flaw.pointer.rsplit_once('/').map_or("", |(parent, _)| parent);
        let is_told = |finding: &Finding| {
            (finding.pointer == flaw.pointer || finding.pointer == parent)
                && (finding.severity == Severity::Error || finding.rule == INLINE.id)
        };
        if !findings.list.iter().any(is_told) {
            findings.key(&UNSUPPORTED, &flaw.pointer, flaw.message, flaw.help);
        }
    }
}
