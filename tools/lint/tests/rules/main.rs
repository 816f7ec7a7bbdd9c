//! The rules, by what they find: tables of mistakes, kinds of specs, our own specs with a slip in them, and what people
//! read of it.
#![allow(clippy::unwrap_used, reason = "in a test, a panic is the failure")]

mod kinds;
mod large;
mod measured;
mod mistakes;
mod mutants;
mod reports;
mod texts;

use std::path::Path;

use unloc_lint::{Finding, by_rules, files, own, rules_page};
use unloc_spec::Config;

/// Where nothing is wrong.
const BASE: &str = include_str!("base.yaml");

/// The same for a spec that bindings are made of and that keeps to the house's own rules.
const HOUSE: &str = include_str!("house.yaml");

/// As in a folder without a `lint.yaml`.
fn found(text: &str) -> Vec<Finding> {
    unloc_lint::text(Path::new("doors.yaml"), text, Config::default())
}

/// As in a folder that bindings are made of.
fn found_for_bindings(text: &str) -> Vec<Finding> {
    let config = Config { bindings: true, house: false };
    // What rustdoc would take for more than text has a table of its own.
    by_rules(Path::new("doors.yaml"), text, config)
        .into_iter()
        .filter(|finding| finding.rule != "doc-safe-text")
        .collect()
}

/// As in the folder of our own specs.
fn found_at_home(text: &str) -> Vec<Finding> {
    unloc_lint::text(Path::new("house.yaml"), text, Config { bindings: true, house: true })
}

#[test]
fn a_faultless_spec_raises_nothing() {
    assert_eq!((found(BASE), found_at_home(HOUSE)), (vec![], vec![]));
}

#[test]
fn an_exception_of_a_rule_that_nobody_asks_for_here_is_none_of_nothing() {
    let text = BASE.replacen(
        "        neighbour:\n          allOf:\n            - $ref: '#/components/schemas/Door'\n",
        "        neighbour:\n          x-lint-allow: { no-inline-object: it is used here alone }\n          type: object\n          properties:\n            doorId:\n              type: string\n              description: Its id.\n",
        1,
    );
    assert_eq!((found(&text), found_for_bindings(&text)), (vec![], vec![]));
    let (text, findings) = (text.replacen("no-inline-object", "no-inline-objects", 1), found);
    assert_eq!(findings(&text).iter().map(|finding| finding.rule).collect::<Vec<_>>(), ["allow"]);
}

#[test]
fn the_page_of_rules_is_made_of_the_rules() {
    assert_eq!(include_str!("../../RULES.md"), rules_page(), "run: cargo xtask validate --rules > tools/lint/RULES.md");
}

#[test]
fn the_specs_of_this_repository_are_clean() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().nth(2).unwrap();
    assert_eq!(files(&own(root).unwrap()).unwrap().findings, []);
}

#[test]
fn an_operation_that_is_called_as_a_function_of_its_client_is_told_at_its_line() {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../openapi/integrator.yaml");
    let text = std::fs::read_to_string(&file).unwrap();
    let config = Config { bindings: true, house: true };
    for (old, new) in [
        ("getLockHolders", "tokens"),
        ("getLockHolders", "lockHolder"),
        ("getLockHolders", "builder"),
        ("getLockHolders", "client"),
        ("getLockHolders", "fromEnv"),
        ("getLockHolders", "clone"),
        ("getLocks", "id"),
        ("getLocks", "fmt"),
    ] {
        let edited = text.replacen(&format!("operationId: {old}\n"), &format!("operationId: {new}\n"), 1);
        let line = edited.lines().position(|line| line.trim() == format!("operationId: {new}")).unwrap() + 1;
        let findings = unloc_lint::text(&file, &edited, config);
        let told = |finding: &&Finding| finding.at.line == line && finding.message.contains("gives a function");
        assert!(findings.iter().any(|finding| told(&finding)), "{new}: {findings:#?}");
    }
    let named = text.replacen("operationId: getLocks\n", "operationId: id\n      x-rust-name: locksOfHome\n", 1);
    let findings = unloc_lint::text(&file, &named, config);
    assert!(!findings.iter().any(|finding| finding.rule == "bindings"), "{findings:#?}");
}
