//! The tables of mistakes: what is written in place of what, and what only looks wrong. Each is made in a faultless spec.

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

use crate::{BASE, HOUSE, found, found_at_home, found_for_bindings};
use bindings::{FOR_BINDINGS, TAKEN};
use house::AT_HOME;

/// Rule, what is written in place of what, and the word on the line where it must be found.
type Mistake = (&'static str, &'static str, &'static str, &'static str);

/// All mistakes against OpenAPI itself.
fn all() -> impl Iterator<Item = &'static Mistake> {
    let tables = [document::MISTAKES, addresses::MISTAKES, operations::MISTAKES, schemas::MISTAKES, examples::MISTAKES];
    tables.into_iter().flatten()
}

/// All that looks wrong and is not.
fn faultless() -> impl Iterator<Item = &'static (&'static str, &'static str)> {
    let tables =
        [document::FAULTLESS, addresses::FAULTLESS, operations::FAULTLESS, schemas::FAULTLESS, examples::FAULTLESS];
    tables.into_iter().flatten()
}

/// What goes wrong when these mistakes are made: they are not found, elsewhere, or more than once.
fn wrong(base: &str, found: fn(&str) -> Vec<Finding>, mistakes: impl Iterator<Item = &'static Mistake>) -> Vec<String> {
    let mut wrong = Vec::new();
    for (rule, old, new, place) in mistakes {
        let text = base.replacen(old, new, 1);
        assert_ne!(text, base, "{rule}: nothing is changed by {new:?}");
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
        // A component that only this led to is left over; that is another fact, not the same one twice.
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
fn each_mistake_is_found_where_it_is_and_as_what_it_is() {
    let wrong = wrong(BASE, found, all());
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn each_mistake_against_the_house_is_found_where_it_is_and_as_what_it_is() {
    let wrong = wrong(HOUSE, found_at_home, AT_HOME.iter());
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn each_mistake_for_the_generator_is_found_where_bindings_are_made_and_nowhere_else() {
    let wrong = wrong(BASE, found_for_bindings, FOR_BINDINGS.iter());
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    for (rule, old, new, _) in FOR_BINDINGS {
        let findings = found(&BASE.replacen(old, new, 1));
        assert!(findings.iter().all(|finding| finding.rule == "component-used"), "{rule} {new:?}: {findings:#?}");
    }
    for (old, new) in TAKEN {
        let findings = found_for_bindings(&BASE.replacen(old, new, 1));
        assert!(BASE.contains(old) && findings.is_empty(), "{new:?}: {findings:#?}");
    }
}

#[test]
fn the_house_rules_are_for_our_own_specs_alone() {
    for (_, old, new, _) in AT_HOME.iter().filter(|(rule, ..)| rule.starts_with("house") || *rule == "doc-safe-text") {
        let findings = found(&HOUSE.replacen(old, new, 1));
        // A name that nothing declares is wrong anywhere.
        let ours = findings.iter().find(|finding| finding.rule.starts_with("house") || finding.rule == "doc-safe-text");
        assert_eq!(ours, None);
    }
}

#[test]
fn every_rule_has_a_mistake_that_breaks_it() {
    let broken: BTreeSet<_> = all().chain(FOR_BINDINGS).chain(AT_HOME).map(|(rule, ..)| *rule).collect();
    // The generator's own refusals have no other rule to tell them by.
    let rules: BTreeSet<_> = rules().into_iter().map(|rule| rule.id).filter(|id| *id != "bindings").collect();
    assert_eq!(broken, rules);
}

#[test]
fn what_only_looks_wrong_raises_nothing() {
    let crlf = BASE.replace('\n', "\r\n");
    let variants = faultless().map(|(old, new)| (*new, BASE.replacen(old, new, 1)));
    for (what, text) in variants.chain([("line ends of Windows", crlf)]) {
        assert_ne!(text, BASE, "nothing is changed by {what:?}");
        let findings = found(&text);
        assert!(findings.is_empty(), "{what:?}: {findings:#?}");
    }
}

/// For `compare.py`, which shows them to other validators.
#[test]
#[ignore = "writes the mistakes as files into the folder that CORPUS names"]
fn the_corpus_is_written_for_other_validators() {
    let folder = PathBuf::from(std::env::var("CORPUS").unwrap());
    let put = |name: String, text: String| std::fs::write(folder.join(name), text).unwrap();
    put("base.yaml".to_owned(), BASE.to_owned());
    for (number, (rule, old, new, _)) in all().chain(FOR_BINDINGS).enumerate() {
        put(format!("mistake-{number:03}-{rule}.yaml"), BASE.replacen(old, new, 1));
    }
    for (number, (old, new)) in faultless().enumerate() {
        put(format!("faultless-{number:03}.yaml"), BASE.replacen(old, new, 1));
    }
}
