//! Lints OpenAPI 3.0 specs. Each finding names its line, the consequence and a fix. The command is `cargo xtask
//! validate`.

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

/// Holds the findings of one run over several files.
#[derive(Debug)]
pub struct Linted {
    /// Lists all findings in the order of the files.
    pub findings: Vec<Finding>,
    /// Pairs the name of each file with its text.
    pub texts: Vec<(String, String)>,
    /// Records how long the run took.
    pub timings: Timings,
}

impl Linted {
    /// Returns whether at least one finding is an error.
    #[must_use]
    pub fn has_errors(&self) -> bool {
        self.findings.iter().any(|finding| finding.severity == Severity::Error)
    }

    /// Formats the findings as text.
    #[must_use]
    pub fn report(&self, format: Format, colour: bool) -> String {
        report::report(format, &self.findings, &self.texts, colour)
    }
}

/// Lints files in parallel, each on its own thread.
///
/// # Errors
/// Fails if a file cannot be read, and names it.
pub fn files(files: &[PathBuf]) -> Result<Linted> {
    let begun = Instant::now();
    let one = |file: &Path| -> Result<_> {
        let begun = Instant::now();
        let text = std::fs::read_to_string(file).with_context(|| format!("{} cannot be read", file.display()))?;
        // `Document::parse` drops the byte order mark as well: positions and excerpts have to count from the same
        // start.
        let text = text.strip_prefix('\u{feff}').map(str::to_owned).unwrap_or(text);
        let config = Config::beside(file)?;
        let (findings, stages) = lint(file, &text, config, begun, config.bindings);
        Ok((findings, text, stages))
    };
    // The generator takes half of the time and runs on one core, so a thread per file pays off.
    let done: Vec<Result<_>> = std::thread::scope(|scope| {
        let threads: Vec<_> = files.iter().map(|file| scope.spawn(move || one(file))).collect();
        let joined = threads.into_iter().map(std::thread::ScopedJoinHandle::join);
        // A panic in a rule is a bug. Pass it on, or the file would count as clean.
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

/// Lists the specs of the package in this folder. From within the folder their paths are relative, as one would type
/// them.
///
/// # Errors
/// Fails if the folder cannot be read, and names it.
pub fn own(root: &Path) -> Result<Vec<PathBuf>> {
    let is_here = std::env::current_dir().is_ok_and(|here| here == root);
    let folder = if is_here { "openapi".into() } else { root.join("openapi") };
    Ok(apis(root)?.iter().map(|api| folder.join(format!("{api}.yaml"))).collect())
}

/// Lints one document: runs the rules and, where the configuration asks for bindings, the generator.
#[must_use]
pub fn text(file: &Path, text: &str, config: Config) -> Vec<Finding> {
    lint(file, text, config, Instant::now(), config.bindings).0
}

/// Lints one document by the rules alone, without the generator, which takes far longer than they do.
#[must_use]
pub fn by_rules(file: &Path, text: &str, config: Config) -> Vec<Finding> {
    lint(file, text, config, Instant::now(), false).0
}

/// Lints one document, with or without the generator. Returns the findings and the time spent in each stage since
/// `begun`.
fn lint(file: &Path, text: &str, config: Config, begun: Instant, generate: bool) -> (Vec<Finding>, Stages) {
    let mut stages = Stages::since(begun);
    let document = match Document::parse(file, text) {
        Ok(document) => document,
        Err(error) => {
            let at = error.position.unwrap_or_else(finding::start);
            let default_help = "fix this first; the rest of the file is checked once it can be parsed";
            let help = if error.help.is_empty() { default_help.to_owned() } else { error.help };
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
    apply_exceptions(&spec, config, &mut findings);
    stages.rules();
    // After an error of a rule, the generator would only report the same mistake in its own words.
    if generate && findings.list.iter().all(|finding| finding.severity == Severity::Warning) {
        generator(&document, &mut findings);
        stages.generator();
    }
    let mut list = findings.list;
    // A shared parameter is checked with each operation that uses it, which gives the same finding several times.
    list.sort_by(|one, other| (one.at, one.rule, &one.message).cmp(&(other.at, other.rule, &other.message)));
    list.dedup();
    (list, stages)
}

/// Runs the generator and reports the errors that no rule covers.
fn generator(document: &Document, findings: &mut Findings<'_>) {
    let help = "fix what the message names; if the spec is right, the generator does not support it yet";
    match quietly(|| bindable(document).and_then(|()| check_client_names(document))) {
        Ok(Ok(())) => {}
        Ok(Err(errors)) => {
            for error in errors {
                let help = if error.help.is_empty() { help } else { &error.help };
                findings.at(&rules::BINDINGS, error.position, error.message, help);
            }
        }
        // progenitor and typify panic on some input; one finding is better than the end of the whole run.
        Err(_) => findings.at(&rules::BINDINGS, None, "the generator panicked on this document".to_owned(), help),
    }
}

/// Checks that no generated function has the name of a function that the package's clients define by hand.
fn check_client_names(document: &Document) -> Result<(), Vec<unloc_spec::Error>> {
    let package = document.file.parent().map(|folder| folder.join("..")).unwrap_or_default();
    // A spec outside of the package has no hand-written clients that it could clash with.
    if !unloc_codegen::CLIENTS.iter().all(|source| package.join(source).is_file()) {
        return Ok(());
    }
    let mut reserved = unloc_codegen::written_by_hand(&package).map_err(|error| vec![error])?;
    let clashes = reserved.clashes(document, &unloc_spec::Operation::all(document)?);
    if clashes.is_empty() { Ok(()) } else { Err(clashes) }
}

/// Removes the findings that an `x-lint-allow` suppresses, and reports exceptions that suppress nothing.
fn apply_exceptions(spec: &Spec<'_>, config: Config, findings: &mut Findings<'_>) {
    let mut found = Vec::new();
    collect(spec.root, "", &mut found);
    // By rule and place: whether the exception has suppressed a finding.
    let mut allowed: BTreeMap<&str, BTreeMap<&str, bool>> = BTreeMap::new();
    for (pointer, rule) in &found {
        allowed.entry(rule).or_default().insert(pointer, false);
    }
    findings.list.retain(|finding| {
        let Some(places) = allowed.get_mut(finding.rule) else { return true };
        // An exception covers its node and everything inside: look it up under each prefix of the finding's pointer.
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
    // An exception from a rule that is off here may be needed in a folder where the rule is on.
    let unused = found.iter().filter(|(_, rule)| rules::is_on(rule, config)).filter(|(pointer, rule)| {
        allowed.get(rule.as_str()).and_then(|places| places.get(pointer.as_str())) == Some(&false)
    });
    for (pointer, rule) in unused {
        let place = format!("{pointer}/{LINT_ALLOW}/{}", escape(rule));
        let message = format!("this exception suppresses nothing: no finding of the rule `{rule}` here");
        findings.key(&rules::ALLOW, &place, message, "remove the exception");
    }
}

/// Collects every `x-lint-allow` below a value, as pairs of a pointer and a rule.
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
