//! Tests what the rules find: in tables of mistakes, in specs that were once judged wrongly, in our own specs with a
//! slip in them. Also tests the output formats.
#![allow(clippy::unwrap_used, reason = "in a test, a panic is the failure")]

mod large;
mod measured;
mod mistakes;
mod mutants;
mod regressions;
mod reports;
mod texts;

use std::path::Path;

use unloc_lint::{Finding, by_rules, files, own, rules_page};
use unloc_spec::Config;

/// Holds a spec without findings.
const BASE: &str = include_str!("base.yaml");

/// Holds a spec without findings by the rules for bindings and the house rules.
const HOUSE: &str = include_str!("house.yaml");

/// Lints a text as in a folder without a `lint.yaml`.
fn found(text: &str) -> Vec<Finding> {
    unloc_lint::text(Path::new("doors.yaml"), text, Config::default())
}

/// Lints a text as in a folder whose `lint.yaml` has `bindings: true`.
fn found_for_bindings(text: &str) -> Vec<Finding> {
    let config = Config { bindings: true, house: false };
    // `doc-safe-text` has a test of its own.
    by_rules(Path::new("doors.yaml"), text, config)
        .into_iter()
        .filter(|finding| finding.rule != "doc-safe-text")
        .collect()
}

/// Lints a text as in the folder of our own specs.
fn found_by_house_rules(text: &str) -> Vec<Finding> {
    unloc_lint::text(Path::new("house.yaml"), text, Config { bindings: true, house: true })
}

#[test]
fn valid_specs_have_no_findings() {
    assert_eq!((found(BASE), found_by_house_rules(HOUSE)), (vec![], vec![]));
}

#[test]
fn an_exception_from_a_rule_that_is_off_is_not_reported_as_unused() {
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
fn rules_md_is_up_to_date() {
    assert_eq!(include_str!("../../RULES.md"), rules_page(), "run: cargo xtask validate --rules > tools/lint/RULES.md");
}

#[test]
fn our_own_specs_have_no_findings() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().nth(2).unwrap();
    assert_eq!(files(&own(root).unwrap()).unwrap().findings, []);
}

#[test]
fn an_operation_named_like_a_hand_written_client_function_is_reported_at_its_line() {
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
        let is_clash = |finding: &&Finding| finding.at.line == line && finding.message.contains("gives a function");
        assert!(findings.iter().any(|finding| is_clash(&finding)), "{new}: {findings:#?}");
    }
    let named = text.replacen("operationId: getLocks\n", "operationId: id\n      x-rust-name: locksOfHome\n", 1);
    let findings = unloc_lint::text(&file, &named, config);
    assert!(!findings.iter().any(|finding| finding.rule == "bindings"), "{findings:#?}");
}
