//! Checks the `x-` keys against the table of `unloc-spec`: where each is allowed, and which values it takes.

use unloc_spec::keys;

use crate::finding::{Findings, Rule, Severity};

pub(super) const KEY: Rule = Rule {
    id: "house-key",
    severity: Severity::Error,
    reason: "An `x-` key with a wrong name, place or value would be silently ignored.",
    example: "`x-pagenation`, `x-sensitive` at an object, `x-idempotent: yes`",
};

pub(super) fn check(findings: &mut Findings<'_>) {
    for flaw in keys::check(findings.document()) {
        findings.key(&KEY, &flaw.pointer, flaw.message, flaw.help);
    }
}
