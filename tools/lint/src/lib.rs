//! The linter: what is wrong with a spec, where, what it leads to, and how to mend it. `cargo xtask validate` is its command.

mod bindable;
mod command;
mod finding;
mod report;
mod rules;
mod shape;
mod spec;
mod timings;

use std::collections::{BTreeMap, BTreeSet};
use std::panic::resume_unwind;
use std::path::{Path, PathBuf};
use std::time::Instant;

use anyhow::{Context, Result};
use serde_json::Value;
use unloc_codegen::quietly;
use unloc_spec::keys::LINT_ALLOW;
use unloc_spec::{Config, Document, apis, escape};

pub use bindable::bindable;
pub use command::command;
pub use finding::{Finding, Rule, Severity};
pub use report::Format;
pub use rules::{all as rules, document as rules_page};
pub use timings::Timings;

use finding::Findings;
use spec::Spec;
use timings::Stages;

/// What was found in some files.
#[derive(Debug)]
pub struct Linted {
    /// In the order of the files.
    pub findings: Vec<Finding>,
    /// The files, by name, and their texts.
    pub texts: Vec<(String, String)>,
    /// How long it took.
    pub timings: Timings,
}

impl Linted {
    /// Whether there is an error among the findings.
    #[must_use]
    pub fn has_errors(&self) -> bool {
        self.findings.iter().any(|finding| finding.severity == Severity::Error)
    }

    /// The findings as text.
    #[must_use]
    pub fn report(&self, format: Format, colour: bool) -> String {
        report::report(format, &self.findings, &self.texts, colour)
    }
}

/// Lints files at the same time, each on a thread of its own.
///
/// # Errors
/// Names the file that cannot be read.
pub fn files(files: &[PathBuf]) -> Result<Linted> {
    let begun = Instant::now();
    let one = |file: &Path| -> Result<_> {
        let begun = Instant::now();
        let text = std::fs::read_to_string(file).with_context(|| format!("{} cannot be read", file.display()))?;
        // As the document has it, to show the lines that are meant.
        let text = text.strip_prefix('\u{feff}').map(str::to_owned).unwrap_or(text);
        let config = Config::beside(file)?;
        let (findings, stages) = judged(file, &text, config, begun, config.bindings);
        Ok((findings, text, stages))
    };
    let done: Vec<Result<_>> = std::thread::scope(|scope| {
        let threads: Vec<_> = files.iter().map(|file| scope.spawn(move || one(file))).collect();
        let joined = threads.into_iter().map(std::thread::ScopedJoinHandle::join);
        joined.map(|done| done.unwrap_or_else(|panic| resume_unwind(panic))).collect()
    });
    let mut linted = Linted { findings: Vec::new(), texts: Vec::new(), timings: Timings::default() };
    for (file, done) in files.iter().zip(done) {
        let ((found, text, stages), name) = (done?, file.display().to_string());
        linted.timings.add(&name, text.lines().count(), found.len(), stages);
        linted.findings.extend(found);
        linted.texts.push((name, text));
    }
    linted.timings.total = begun.elapsed();
    Ok(linted)
}

/// The specs of the package in this folder, named as one would name them from where one stands.
///
/// # Errors
/// Names the folder, if it cannot be read.
pub fn own(root: &Path) -> Result<Vec<PathBuf>> {
    let is_here = std::env::current_dir().is_ok_and(|here| here == root);
    let folder = if is_here { "openapi".into() } else { root.join("openapi") };
    Ok(apis(root)?.iter().map(|api| folder.join(format!("{api}.yaml"))).collect())
}

/// Everything that is found in one document.
#[must_use]
pub fn text(file: &Path, text: &str, config: Config) -> Vec<Finding> {
    judged(file, text, config, Instant::now(), config.bindings).0
}

/// What the rules find, without the generator itself, which takes far longer than they do.
#[must_use]
pub fn by_rules(file: &Path, text: &str, config: Config) -> Vec<Finding> {
    judged(file, text, config, Instant::now(), false).0
}

/// Everything that is found in one document, with or without the generator's own judgement, and how long it took from when
/// it was begun to be read.
fn judged(file: &Path, text: &str, config: Config, begun: Instant, generate: bool) -> (Vec<Finding>, Stages) {
    let mut stages = Stages::since(begun);
    let document = match Document::parse(file, text) {
        Ok(document) => document,
        Err(error) => {
            let at = error.position.unwrap_or_else(finding::start);
            let otherwise = "correct this first: the rest of the file is looked at once it can be read";
            let help = if error.help.is_empty() { otherwise.to_owned() } else { error.help };
            let message = error.message;
            let rule = &rules::YAML;
            let file = file.display().to_string();
            let finding = Finding {
                rule: rule.id,
                severity: rule.severity,
                file,
                at,
                width: 1,
                message,
                help,
                pointer: String::new(),
            };
            stages.read();
            return (vec![finding], stages);
        }
    };
    stages.read();
    let mut findings = Findings::new(&document);
    let spec = Spec::walk(&document, &mut findings);
    rules::check(&spec, config, &mut findings);
    exceptions(&spec, config, &mut findings);
    stages.rules();
    if generate && findings.list.iter().all(|finding| finding.severity == Severity::Warning) {
        generator(&document, &mut findings);
        stages.generator();
    }
    let mut list = findings.list;
    list.sort_by(|one, other| (one.at, one.rule, &one.message).cmp(&(other.at, other.rule, &other.message)));
    list.dedup();
    (list, stages)
}

/// Runs the generator itself, for whatever no rule foresaw.
fn generator(document: &Document, findings: &mut Findings<'_>) {
    let help = "correct what the sentence names; if it is right as it is, the generator has to learn it";
    match quietly(|| bindable(document).and_then(|()| unclashing(document))) {
        Ok(Ok(())) => {}
        Ok(Err(errors)) => {
            for error in errors {
                let help = if error.help.is_empty() { help } else { &error.help };
                findings.at(&rules::BINDINGS, error.position, error.message, help);
            }
        }
        Err(_) => findings.at(
            &rules::BINDINGS,
            None,
            "the generator panicked, for a reason that is not foreseen".to_owned(),
            help,
        ),
    }
}

/// Whether the functions of a package's clients that are written by hand have other names than those of its specs.
fn unclashing(document: &Document) -> Result<(), Vec<unloc_spec::Error>> {
    let package = document.file.parent().map(|folder| folder.join("..")).unwrap_or_default();
    // A spec that is validated elsewhere than in its package meets no client.
    if !unloc_codegen::CLIENTS.iter().all(|source| package.join(source).is_file()) {
        return Ok(());
    }
    let mut reserved = unloc_codegen::written_by_hand(&package).map_err(|error| vec![error])?;
    let clashes = reserved.clashes(document, &unloc_spec::Operation::all(document)?);
    if clashes.is_empty() { Ok(()) } else { Err(clashes) }
}

/// Takes out what is allowed where it is found, and tells of exceptions that are none.
fn exceptions(spec: &Spec<'_>, config: Config, findings: &mut Findings<'_>) {
    let mut found = Vec::new();
    collect(spec.root, "", &mut found);
    // By rule and place, and whether something was found there.
    let mut allowed: BTreeMap<&str, BTreeMap<&str, bool>> = BTreeMap::new();
    for (pointer, rule) in &found {
        allowed.entry(rule).or_default().insert(pointer, false);
    }
    findings.list.retain(|finding| {
        let Some(places) = allowed.get_mut(finding.rule) else { return true };
        let ends = finding.pointer.match_indices('/').map(|(end, _)| end).chain([finding.pointer.len()]);
        let above: BTreeSet<&str> = ends.filter_map(|end| finding.pointer.get(..end)).collect();
        let mut is_allowed = false;
        for place in above {
            if let Some(is_used) = places.get_mut(place) {
                (*is_used, is_allowed) = (true, true);
            }
        }
        !is_allowed
    });
    // One of a rule that nobody asks for here suppresses nothing, and does where it is asked for.
    let unused = found.iter().filter(|(_, rule)| rules::is_on(rule, config)).filter(|(pointer, rule)| {
        allowed.get(rule.as_str()).and_then(|places| places.get(pointer.as_str())) == Some(&false)
    });
    for (pointer, rule) in unused {
        let place = format!("{pointer}/{LINT_ALLOW}/{}", escape(rule));
        let message = format!("nothing here breaks the rule `{rule}`");
        findings.key(&rules::ALLOW, &place, message, "take the exception out");
    }
}

fn collect(value: &Value, pointer: &str, allowed: &mut Vec<(String, String)>) {
    match value {
        Value::Object(map) => {
            for (key, value) in map {
                if key == LINT_ALLOW {
                    allowed.extend(spec::entries(Some(value)).map(|(rule, _)| (pointer.to_owned(), rule.to_owned())));
                } else {
                    collect(value, &format!("{pointer}/{}", escape(key)), allowed);
                }
            }
        }
        Value::Array(list) => {
            list.iter().enumerate().for_each(|(place, value)| collect(value, &format!("{pointer}/{place}"), allowed));
        }
        _ => {}
    }
}
