use std::collections::BTreeSet;
use std::path::Path;

use super::mistakes::{self, AT_HOME, FOR_BINDINGS, Mistake, TAKEN};
use super::*;

const BASE: &str = include_str!("base.yaml");
const HOUSE: &str = include_str!("house.yaml");

/// As in a folder without a `lint.yaml`.
fn found(text: &str) -> Vec<Finding> {
    crate::text(Path::new("base.yaml"), text, Config::default())
}

/// As in a folder that bindings are made of.
fn found_for_bindings(text: &str) -> Vec<Finding> {
    let config = Config { bindings: true, house: false };
    // What rustdoc would take for more than text has a table of its own.
    by_rules(Path::new("base.yaml"), text, config)
        .into_iter()
        .filter(|finding| finding.rule != "doc-safe-text")
        .collect()
}

/// As in the folder of our own specs.
fn found_at_home(text: &str) -> Vec<Finding> {
    crate::text(Path::new("house.yaml"), text, Config { bindings: true, house: true })
}

#[test]
fn a_faultless_spec_raises_nothing() {
    assert_eq!((found(BASE), found_at_home(HOUSE)), (vec![], vec![]));
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
    let wrong = wrong(BASE, found, mistakes::all());
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
    let broken: BTreeSet<_> = mistakes::all().chain(FOR_BINDINGS).chain(AT_HOME).map(|(rule, ..)| *rule).collect();
    // The generator's own refusals have no other rule to tell them by.
    let rules: BTreeSet<_> = rules::all().into_iter().map(|rule| rule.id).filter(|id| *id != "bindings").collect();
    assert_eq!(broken, rules);
}

#[test]
fn what_only_looks_wrong_raises_nothing() {
    let crlf = BASE.replace('\n', "\r\n");
    let variants = mistakes::faultless().map(|(old, new)| (*new, BASE.replacen(old, new, 1)));
    for (what, text) in variants.chain([("line ends of Windows", crlf)]) {
        assert_ne!(text, BASE, "nothing is changed by {what:?}");
        let findings = found(&text);
        assert!(findings.is_empty(), "{what:?}: {findings:#?}");
    }
}

#[test]
fn every_format_tells_the_rule_the_place_and_the_help() {
    let text = BASE.replacen("    get:", "    gett:", 1);
    let findings = found(&text);
    let texts = [("base.yaml".to_owned(), text)];
    let human = report::human(&findings, &texts, false);
    assert!(
        human.starts_with(
            "error[unknown-field]: a path has no field `gett`, so this is ignored\n  --> base.yaml:16:5\n"
        ),
        "{human}"
    );
    assert!(
        human.contains("16 |     gett:\n   |     ^^^^\n") && human.contains("help: did you mean `get`?"),
        "{human}"
    );
    let json: Value = report::json(&findings).parse().unwrap();
    let first = &json["findings"][0];
    assert_eq!((&first["rule"], &first["line"], &first["column"]), (&"unknown-field".into(), &16.into(), &5.into()));
    assert!(report::github(&findings).starts_with("::error file=base.yaml,line=16,col=5,title=unknown-field::a path"));
    let sarif: Value = report::sarif(&findings).parse().unwrap();
    let region = &sarif["runs"][0]["results"][0]["locations"][0]["physicalLocation"]["region"];
    assert_eq!((&region["startLine"], &region["endColumn"]), (&16.into(), &9.into()));
}

#[test]
fn the_page_of_rules_is_made_of_the_rules() {
    assert_eq!(
        include_str!("../RULES.md"),
        rules::document(),
        "run: cargo xtask validate --rules > tools/lint/RULES.md"
    );
}

#[test]
fn the_specs_of_this_repository_are_clean() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().nth(2).unwrap();
    assert_eq!(files(&own(root).unwrap()).unwrap().findings, []);
}

/// For `compare.py`, which shows them to other validators.
#[test]
#[ignore = "writes the mistakes as files into the folder that CORPUS names"]
fn the_corpus_is_written_for_other_validators() {
    let folder = PathBuf::from(std::env::var("CORPUS").unwrap());
    let put = |name: String, text: String| std::fs::write(folder.join(name), text).unwrap();
    put("base.yaml".to_owned(), BASE.to_owned());
    for (number, (rule, old, new, _)) in mistakes::all().chain(FOR_BINDINGS).enumerate() {
        put(format!("mistake-{number:03}-{rule}.yaml"), BASE.replacen(old, new, 1));
    }
    for (number, (old, new)) in mistakes::faultless().enumerate() {
        put(format!("faultless-{number:03}.yaml"), BASE.replacen(old, new, 1));
    }
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
        let findings = crate::text(&file, &edited, config);
        let told = |finding: &&Finding| finding.at.line == line && finding.message.contains("gives a function");
        assert!(findings.iter().any(|finding| told(&finding)), "{new}: {findings:#?}");
    }
    let named = text.replacen("operationId: getLocks\n", "operationId: id\n      x-rust-name: locksOfHome\n", 1);
    let findings = crate::text(&file, &named, config);
    assert!(!findings.iter().any(|finding| finding.rule == "bindings"), "{findings:#?}");
}
