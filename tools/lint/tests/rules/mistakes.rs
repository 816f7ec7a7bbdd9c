//! Tests tables of mistakes, and of valid variants that only look wrong. Each is a replacement in a valid spec.

mod addresses;
mod bindings;
mod document;
mod examples;
mod house;
mod operations;
mod schemas;

use std::collections::BTreeSet;
use std::path::PathBuf;

use unloc_lint::{Finding, rules};

use crate::{BASE, HOUSE, found, found_by_house_rules, found_for_bindings};
use bindings::{ACCEPTED, FOR_BINDINGS};
use house::FOR_HOUSE;

/// Holds the rule, the old and the new text, and a word on the line where the finding must be.
type Mistake = (&'static str, &'static str, &'static str, &'static str);

/// Returns all mistakes against OpenAPI itself.
fn all() -> impl Iterator<Item = &'static Mistake> {
    let tables = [document::MISTAKES, addresses::MISTAKES, operations::MISTAKES, schemas::MISTAKES, examples::MISTAKES];
    tables.into_iter().flatten()
}

/// Returns all variants that look wrong and are valid.
fn valid() -> impl Iterator<Item = &'static (&'static str, &'static str)> {
    let tables = [document::VALID, addresses::VALID, operations::VALID, schemas::VALID, examples::VALID];
    tables.into_iter().flatten()
}

/// Lists the mistakes that are not found, found elsewhere, or found by several rules.
fn wrong(base: &str, found: fn(&str) -> Vec<Finding>, mistakes: impl Iterator<Item = &'static Mistake>) -> Vec<String> {
    let mut wrong = Vec::new();
    for (rule, old, new, place) in mistakes {
        let text = base.replacen(old, new, 1);
        assert_ne!(text, base, "{rule}: {old:?} is not in the base spec");
        let findings = found(&text);
        let lines: Vec<_> = text.lines().collect();
        let is_there = |finding: &Finding| {
            let (least, most) = (finding.at.line.saturating_sub(3), (finding.at.line + 2).min(lines.len()));
            lines[least..most].iter().any(|line| line.contains(place))
        };
        let of_rule: Vec<_> = findings.iter().filter(|finding| finding.rule == *rule).collect();
        if of_rule.is_empty() || !of_rule.iter().any(|finding| is_there(finding)) {
            wrong.push(format!("{rule} is not found for {new:?}: {findings:#?}"));
        }
        // The mistake may remove the last reference to a component. That is a consequence and no duplicate.
        let others: BTreeSet<_> = findings
            .iter()
            .map(|finding| finding.rule)
            .filter(|other| other != rule && *other != "component-used")
            .collect();
        if !others.is_empty() {
            wrong.push(format!("{rule} is found, but also {others:?}: {findings:#?}"));
        }
    }
    wrong
}

#[test]
fn each_mistake_is_found_at_its_line_by_its_rule_alone() {
    let wrong = wrong(BASE, found, all());
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn each_mistake_against_a_house_rule_is_found_at_its_line_by_its_rule_alone() {
    let wrong = wrong(HOUSE, found_by_house_rules, FOR_HOUSE.iter());
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn mistakes_for_the_generator_are_found_only_by_the_rules_for_bindings() {
    let wrong = wrong(BASE, found_for_bindings, FOR_BINDINGS.iter());
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    for (rule, old, new, _) in FOR_BINDINGS {
        let findings = found(&BASE.replacen(old, new, 1));
        assert!(findings.iter().all(|finding| finding.rule == "component-used"), "{rule} {new:?}: {findings:#?}");
    }
    for (old, new) in ACCEPTED {
        let findings = found_for_bindings(&BASE.replacen(old, new, 1));
        assert!(BASE.contains(old) && findings.is_empty(), "{new:?}: {findings:#?}");
    }
}

#[test]
fn house_rules_apply_to_our_own_specs_alone() {
    for (_, old, new, _) in FOR_HOUSE.iter().filter(|(rule, ..)| rule.starts_with("house") || *rule == "doc-safe-text")
    {
        let findings = found(&HOUSE.replacen(old, new, 1));
        // A mistake against a house rule may also break a rule that always applies.
        let ours = findings.iter().find(|finding| finding.rule.starts_with("house") || finding.rule == "doc-safe-text");
        assert_eq!(ours, None);
    }
}

#[test]
fn every_rule_has_a_mistake_that_breaks_it() {
    let broken: BTreeSet<_> = all().chain(FOR_BINDINGS).chain(FOR_HOUSE).map(|(rule, ..)| *rule).collect();
    // `bindings` is for generator errors that nobody has foreseen, so there is no example of one.
    let rules: BTreeSet<_> = rules().into_iter().map(|rule| rule.id).filter(|id| *id != "bindings").collect();
    assert_eq!(broken, rules);
}

#[test]
fn valid_variants_have_no_findings() {
    let crlf = BASE.replace('\n', "\r\n");
    let variants = valid().map(|(old, new)| (*new, BASE.replacen(old, new, 1)));
    for (what, text) in variants.chain([("CRLF line endings", crlf)]) {
        assert_ne!(text, BASE, "{what:?} changes nothing");
        let findings = found(&text);
        assert!(findings.is_empty(), "{what:?}: {findings:#?}");
    }
}

/// Writes the corpus for `compare.py`, which runs other validators on it.
#[test]
#[ignore = "writes the mistakes as files to the folder that CORPUS names"]
fn writes_the_corpus() {
    let folder = PathBuf::from(std::env::var("CORPUS").unwrap());
    let put = |name: String, text: String| std::fs::write(folder.join(name), text).unwrap();
    put("base.yaml".to_owned(), BASE.to_owned());
    for (number, (rule, old, new, _)) in all().chain(FOR_BINDINGS).enumerate() {
        put(format!("mistake-{number:03}-{rule}.yaml"), BASE.replacen(old, new, 1));
    }
    for (number, (old, new)) in valid().enumerate() {
        put(format!("valid-{number:03}.yaml"), BASE.replacen(old, new, 1));
    }
}
