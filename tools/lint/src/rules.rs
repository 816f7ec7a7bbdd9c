//! Lists all rules and runs them in order.

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
mod responses;
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
    reason: "A file that is not valid YAML or JSON, or that repeats a key, cannot be parsed.",
    example: "a tab as indentation, `get:` twice under one path",
};

pub(crate) const BINDINGS: Rule = Rule {
    id: "bindings",
    severity: Severity::Error,
    reason: "`cargo build` fails where the generator does. No other rule covers this error; its text is the generator's.",
    example: "anything else that makes `cargo build` fail",
};

pub(crate) const ALLOW: Rule = Rule {
    id: "allow",
    severity: Severity::Error,
    reason: "An exception that suppresses nothing would hide the next mistake.",
    example: "`x-lint-allow: { description: … }` where there is a description",
};

/// Lists every rule.
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
        responses::RULES,
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

/// Lists the rules about limits of our generator alone: OpenAPI allows what they forbid, and other tools support it.
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

/// Returns whether a rule is on in a folder with this configuration.
pub(crate) fn is_on(rule: &str, config: Config) -> bool {
    let is_house_rule = house::RULES.iter().any(|other| other.id == rule);
    (config.bindings || !FOR_BINDINGS.contains(&rule)) && (config.house || !is_house_rule)
}

/// Renders `tools/lint/RULES.md` from the rules.
#[must_use]
pub fn document() -> String {
    let mut text = "# Rules of `cargo xtask validate`\n\n\
        To suppress a finding, add `x-lint-allow: { rule: reason }` to its node. An exception that\n\
        suppresses nothing is a finding itself. This page is generated; after a change of the rules, run\n\
        `cargo xtask validate --rules > tools/lint/RULES.md`.\n"
        .to_owned();
    let is_among = |config: Config| all().into_iter().filter(move |rule| is_on(rule.id, config));
    let plain = Config::default();
    table(&mut text, "", is_among(plain).collect());
    let head = "\n## Rules for bindings\n\n\
        OpenAPI allows these, but our generator rejects them or reads them differently than expected.\n\
        They apply to files in a folder whose `lint.yaml` has `bindings: true`, as `openapi/` does.\n";
    let for_bindings = is_among(Config { bindings: true, ..plain }).filter(|rule| !is_on(rule.id, plain));
    table(&mut text, head, for_bindings.collect());
    let head = "\n## House rules\n\n\
        These apply to files in a folder whose `lint.yaml` has `house: true`. `openapi/README.md` explains\n\
        them. In such a folder `path-trailing-slash` also requires every path to end with a slash.\n";
    table(&mut text, head, house::RULES.to_vec());
    text
}

/// Appends a heading and a table of rules, sorted by id.
fn table(text: &mut String, head: &str, mut rules: Vec<&Rule>) {
    text.push_str(head);
    text.push_str("\n| rule | severity | why | for example |\n|---|---|---|---|\n");
    rules.sort_by_key(|rule| rule.id);
    for rule in rules {
        let (id, severity) = (rule.id, rule.severity.name());
        text.push_str(&format!("| `{id}` | {severity} | {} | {} |\n", rule.reason, rule.example.replace('|', "\\|")));
    }
}

/// Runs all rules that are on, in an order in which later rules can skip what earlier ones have reported.
pub(crate) fn check(spec: &Spec<'_>, config: Config, findings: &mut Findings<'_>) {
    // These find most mistakes on their own; the groups below look at what they have reported.
    structure::check(spec, findings);
    references::check(spec, findings);
    paths::check(spec, findings);
    operations::check(spec, findings);
    parameters::check(spec, findings);
    responses::check(spec, findings);
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
    // Skips tags, schemes and scopes that `operations` and `security` have reported as misspelt.
    style::check(spec, config, findings);
    names::check(spec, findings);
    docs::check(spec, findings);
    people::check(spec, findings);
    secrets::check(spec, findings);
    if config.bindings {
        rustdoc::check(spec, findings);
    }
    // Skips what `single-success-type`, `operation-tags` and `no-secret-in-example` have reported.
    if config.house {
        house::check(spec, findings);
    }
    // Before examples are validated, which skips schemas with errors: a limit of the generator makes no schema invalid.
    findings.list.retain(|finding| is_on(finding.rule, config));
    // Each of these three skips the examples that the one before has reported.
    examples::statuses(spec, findings);
    payload::check(spec, findings);
    examples::check(spec, findings);
    // Last, because any other rule explains an error better than the generator's table does.
    if config.bindings {
        generator::check(findings);
    }
}
