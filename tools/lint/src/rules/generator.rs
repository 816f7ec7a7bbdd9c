//! Reports what the generator rejects or silently ignores.

use unloc_spec::unsupported_in;

use super::names::INLINE;
use crate::finding::{Finding, Findings, Rule, Severity};

const UNSUPPORTED: Rule = Rule {
    id: "generator-unsupported",
    severity: Severity::Error,
    reason: "The generator does not support this, and the build fails.",
    example: "a parameter with `in: cookie` or with `content`, `style: deepObject`, `explode: false` at an array, `multipart/form-data`, `servers` at an operation, a `$ref` into a component",
};

pub(super) const IGNORED: Rule = Rule {
    id: "generator-ignores",
    severity: Severity::Warning,
    reason: "The generator silently ignores this, so the bindings differ from the spec.",
    example: "`format: int64` at a string",
};

pub(crate) const RULES: &[&Rule] = &[&UNSUPPORTED, &IGNORED];

/// Reports what the build rejects by its own table in `unloc-spec`, unless another rule has reported it.
pub(crate) fn check(findings: &mut Findings<'_>) {
    for flaw in unsupported_in(findings.document()) {
        let parent = flaw.pointer.rsplit_once('/').map_or("", |(parent, _)| parent);
        // An error at the flaw or at its parent is the same mistake. So is an inline object, which `no-inline-object`
        // reports.
        let is_reported = |finding: &Finding| {
            (finding.pointer == flaw.pointer || finding.pointer == parent)
                && (finding.severity == Severity::Error || finding.rule == INLINE.id)
        };
        if !findings.list.iter().any(is_reported) {
            findings.key(&UNSUPPORTED, &flaw.pointer, flaw.message, flaw.help);
        }
    }
}
