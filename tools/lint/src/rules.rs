//! All rules, and the order in which they look.

mod answers;
mod combined;
mod docs;
mod examples;
mod formats;
mod generator;
mod house;
mod literal;
mod media_types;
mod names;
mod nullable;
mod operations;
mod paging;
mod parameters;
mod paths;
mod payload;
mod people;
mod references;
mod rustdoc;
mod schemas;
mod secrets;
mod security;
mod servers;
mod structure;
mod style;
mod typed;

use super::finding::{Findings, Rule, Severity};
use super::spec::{self, Spec};
use unloc_spec::Config;

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
#[must_use]
pub fn all() -> Vec<&'static Rule> {
    let groups: [&[&Rule]; 28] = [
        &[&YAML, &BINDINGS, &ALLOW],
        spec::RULES,
        structure::RULES,
        references::RULES,
        paths::RULES,
        operations::RULES,
        parameters::RULES,
        answers::RULES,
        paging::RULES,
        schemas::RULES,
        formats::RULES,
        nullable::RULES,
        typed::RULES,
        combined::RULES,
        examples::RULES,
        literal::RULES,
        payload::RULES,
        media_types::RULES,
        servers::RULES,
        security::RULES,
        style::RULES,
        names::RULES,
        generator::RULES,
        docs::RULES,
        people::RULES,
        secrets::RULES,
        rustdoc::RULES,
        house::RULES,
    ];
    groups.into_iter().flatten().copied().collect()
}

/// What speaks of the generator alone: OpenAPI allows it, and others read it well.
const FOR_BINDINGS: [&str; 11] = [
    "bindings",
    "content-schema",
    "doc-safe-text",
    "enum-value-nameable",
    "generator-ignores",
    "generator-unsupported",
    "no-inline-object",
    "operation-id-present",
    "rust-name-collision",
    "single-request-type",
    "single-success-type",
];

/// Whether this folder asks for a rule.
pub(crate) fn is_on(rule: &str, config: Config) -> bool {
    let is_of_the_house = house::RULES.iter().any(|other| other.id == rule);
    (config.bindings || !FOR_BINDINGS.contains(&rule)) && (config.house || !is_of_the_house)
}

/// `tools/lint/RULES.md`.
#[must_use]
pub fn document() -> String {
    let mut text = "# What `cargo xtask validate` looks for\n\n\
        An exception is written at its node, with its reason: `x-lint-allow: { rule: reason }`. One that suppresses nothing is a\n\
        finding itself. This page is made of the rules: `cargo xtask validate --rules > tools/lint/RULES.md`.\n"
        .to_owned();
    let is_among = |config: Config| all().into_iter().filter(move |rule| is_on(rule.id, config));
    let plain = Config::default();
    table(&mut text, "", is_among(plain).collect());
    let head = "\n## Where bindings are made\n\n\
        What OpenAPI allows and the generator does not take, or takes otherwise than one would think. Only for files beside\n\
        a `lint.yaml` with `bindings: true`, as in `openapi/`.\n";
    let for_bindings = is_among(Config { bindings: true, ..plain }).filter(|rule| !is_on(rule.id, plain));
    table(&mut text, head, for_bindings.collect());
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
    paths::check(spec, findings);
    operations::check(spec, findings);
    parameters::check(spec, findings);
    answers::check(spec, findings);
    paging::check(spec, findings);
    schemas::check(spec, findings);
    formats::check(spec, findings);
    nullable::check(spec, findings);
    typed::check(spec, findings);
    combined::check(spec, findings);
    media_types::check(spec, findings);
    literal::check(spec, findings);
    servers::check(spec, findings);
    security::check(spec, findings);
    style::check(spec, config, findings);
    names::check(spec, findings);
    docs::check(spec, findings);
    people::check(spec, findings);
    secrets::check(spec, findings);
    if config.bindings {
        rustdoc::check(spec, findings);
    }
    if config.house {
        house::check(spec, findings);
    }
    // Before examples are held to their schemas: what the generator alone refuses makes no schema wrong.
    findings.list.retain(|finding| is_on(finding.rule, config));
    examples::statuses(spec, findings);
    payload::check(spec, findings);
    examples::check(spec, findings);
    if config.bindings {
        generator::check(findings);
    }
}
