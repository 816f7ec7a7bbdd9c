//! The `x-` keys: where each may stand, and what it may say, by the table of `unloc-spec`.

use unloc_spec::keys;

use crate::finding::{Findings, Rule, Severity};

pub(super) const KEY: Rule = Rule {
    id: "house-key",
    severity: Severity::Error,
    reason: "A key of ours that is misspelt, at the wrong place or of the wrong value is ignored in silence.",
    example: "`x-pagenation`, `x-sensitive` at an object, `x-idempotent: yes`",
};

pub(super) fn check(findings: &mut Findings<'_>) {
    for flaw in keys::check(findings.document()) {
        findings.key(&KEY, &flaw.pointer, flaw.message, flaw.help);
    }
}
