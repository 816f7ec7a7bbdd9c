//! All rules, and the order in which they look.

mod docs;
mod examples;
mod names;
mod operations;
mod references;
mod schemas;
mod security;

use super::finding::{Findings, Rule, Severity};
use super::spec::{self, Spec};

pub(crate) const YAML: Rule = Rule {
    id: "yaml",
    severity: Severity::Error,
    reason: "What is no YAML, or names a key twice, cannot be read.",
    example: "a tab as indentation, `get:` twice under one path",
};

pub(crate) const BINDINGS: Rule = Rule {
    id: "bindings",
    severity: Severity::Error,
    reason: "The build ends at what the generator refuses. No other rule foresaw it; the sentence is the generator's.",
    example: "whatever `cargo build` would stop at",
};

pub(crate) const ALLOW: Rule = Rule {
    id: "allow",
    severity: Severity::Error,
    reason: "An exception that suppresses nothing hides the next mistake.",
    example: "`x-lint-allow: { description: … }` where there is a description",
};

/// Every rule there is.
pub(crate) fn all() -> Vec<&'static Rule> {
    let groups: [&[&Rule]; 8] = [
        spec::RULES,
        references::RULES,
        operations::RULES,
        schemas::RULES,
        examples::RULES,
        security::RULES,
        names::RULES,
        docs::RULES,
    ];
    let mut rules: Vec<&Rule> = groups.into_iter().flatten().copied().collect();
    rules.extend([&YAML, &BINDINGS, &ALLOW]);
    rules
}

/// `xtask/RULES.md`.
pub(crate) fn document() -> String {
    let mut text = "# What `cargo xtask validate` looks for\n\n\
        An exception is written at its node, with its reason: `x-lint-allow: { rule: reason }`. One that suppresses nothing is a\n\
        finding itself. This page is made of the rules: `cargo xtask validate --rules > xtask/RULES.md`.\n\n\
        | rule | severity | why | for example |\n|---|---|---|---|\n"
        .to_owned();
    let mut rules = all();
    rules.sort_by_key(|rule| rule.id);
    for rule in rules {
        let (id, severity) = (rule.id, rule.severity.name());
        text.push_str(&format!("| `{id}` | {severity} | {} | {} |\n", rule.reason, rule.example.replace('|', "\\|")));
    }
    text
}

/// Looks at a document that has been walked.
pub(crate) fn check(spec: &Spec<'_>, findings: &mut Findings<'_>) {
    references::check(spec, findings);
    operations::check(spec, findings);
    schemas::check(spec, findings);
    security::check(spec, findings);
    names::check(spec, findings);
    docs::check(spec, findings);
    examples::check(spec, findings);
}
