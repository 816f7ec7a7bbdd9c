//! All rules, and the order in which they look.

mod answers;
mod combined;
mod docs;
mod examples;
mod generator;
mod house;
mod names;
mod operations;
mod paging;
mod parameters;
mod payload;
mod references;
mod rustdoc;
mod schemas;
mod security;
mod structure;
mod style;

use super::config::Config;
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
    let groups: [&[&Rule]; 19] = [
        &[&YAML, &BINDINGS, &ALLOW],
        spec::RULES,
        structure::RULES,
        references::RULES,
        operations::RULES,
        parameters::RULES,
        answers::RULES,
        paging::RULES,
        schemas::RULES,
        combined::RULES,
        examples::RULES,
        payload::RULES,
        security::RULES,
        style::RULES,
        names::RULES,
        generator::RULES,
        docs::RULES,
        rustdoc::RULES,
        house::RULES,
    ];
    groups.into_iter().flatten().copied().collect()
}

/// `xtask/RULES.md`.
pub(crate) fn document() -> String {
    let mut text = "# What `cargo xtask validate` looks for\n\n\
        An exception is written at its node, with its reason: `x-lint-allow: { rule: reason }`. One that suppresses nothing is a\n\
        finding itself. This page is made of the rules: `cargo xtask validate --rules > xtask/RULES.md`.\n"
        .to_owned();
    let ours: Vec<&Rule> = [&BINDINGS].into_iter().chain(rustdoc::RULES.iter().copied()).collect();
    let is_among = |rule: &Rule, group: &[&Rule]| group.iter().any(|other| other.id == rule.id);
    let others = all().into_iter().filter(|rule| !is_among(rule, &ours) && !is_among(rule, house::RULES));
    table(&mut text, "", others.collect());
    let head = "\n## Where bindings are made\n\n\
        Only for files beside a `lint.yaml` with `bindings: true`, as in `openapi/`.\n";
    table(&mut text, head, ours);
    let head = "\n## House rules\n\n\
        Only for files beside a `lint.yaml` with `house: true`; what they are for stands in `openapi/README.md`. There,\n\
        `path-trailing-slash` wants a slash at the end of every path.\n";
    table(&mut text, head, house::RULES.to_vec());
    text
}

fn table(text: &mut String, head: &str, mut rules: Vec<&Rule>) {
    text.push_str(head);
    text.push_str("\n| rule | severity | why | for example |\n|---|---|---|---|\n");
    rules.sort_by_key(|rule| rule.id);
    for rule in rules {
        let (id, severity) = (rule.id, rule.severity.name());
        text.push_str(&format!("| `{id}` | {severity} | {} | {} |\n", rule.reason, rule.example.replace('|', "\\|")));
    }
}

/// Looks at a document that has been walked.
pub(crate) fn check(spec: &Spec<'_>, config: Config, findings: &mut Findings<'_>) {
    structure::check(spec, findings);
    references::check(spec, findings);
    operations::check(spec, findings);
    parameters::check(spec, findings);
    answers::check(spec, findings);
    paging::check(spec, findings);
    schemas::check(spec, findings);
    combined::check(spec, findings);
    security::check(spec, findings);
    style::check(spec, config, findings);
    names::check(spec, findings);
    generator::check(spec, findings);
    docs::check(spec, findings);
    if config.bindings {
        rustdoc::check(spec, findings);
    }
    if config.house {
        house::check(spec, findings);
    }
    examples::statuses(spec, findings);
    payload::check(spec, findings);
    examples::check(spec, findings);
}
