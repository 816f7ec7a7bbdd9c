//! `cargo xtask validate`: what is wrong with a spec, where, what it leads to, and how to mend it.

pub(crate) mod config;
mod finding;
mod report;
mod rules;
mod shape;
mod spec;
mod text;
mod timings;

use std::collections::{BTreeMap, BTreeSet};
use std::panic::resume_unwind;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Instant;

use serde_json::Value;

use config::Config;
use finding::{Finding, Findings, Severity};
use report::Format;
use spec::Spec;
use timings::{Stages, Timings};
use unloc_spec::keys::LINT_ALLOW;
use unloc_spec::{Document, escape};

use crate::output;

const USAGE: &str = "\
usage: cargo xtask validate [--format human|json|github|sarif] [--timings] [FILE ...]
       cargo xtask validate --rules

Without a file, all of openapi/*.yaml. Exit codes: 0 clean, or warnings only; 1 errors found; 2 not usable.";

/// Holds the specs of this repository to the rules.
pub(crate) fn check(root: &Path) -> Result<(), String> {
    let (findings, texts, _) = all(&own(root)?)?;
    report::print(Format::Human, &findings, &texts);
    if findings.is_empty() {
        Ok(())
    } else {
        Err("the specs have findings; see them alone: cargo xtask validate".to_owned())
    }
}

/// Validates the files that the arguments name.
pub(crate) fn run(root: &Path, arguments: &[&str]) -> ExitCode {
    let (mut format, mut timings, mut files) = (Format::Human, false, Vec::new());
    let mut arguments = arguments.iter();
    while let Some(argument) = arguments.next() {
        match *argument {
            "--format" => match arguments.next().and_then(|name| Format::named(name)) {
                Some(named) => format = named,
                None => return refuse("`--format` takes human, json, github or sarif"),
            },
            "--timings" => timings = true,
            "--rules" => {
                output::print(&rules::document());
                return ExitCode::SUCCESS;
            }
            "-h" | "--help" => {
                output::print(&format!("{USAGE}\n"));
                return ExitCode::SUCCESS;
            }
            other if other.starts_with('-') => return refuse(&format!("there is no option `{other}`")),
            file => files.push(PathBuf::from(file)),
        }
    }
    if files.is_empty() {
        match own(root) {
            Ok(own) => files = own,
            Err(why) => return fail(&why),
        }
    }
    let (findings, texts, taken) = match all(&files) {
        Ok(all) => all,
        Err(why) => return fail(&why),
    };
    if timings {
        eprint!("{taken}");
    }
    report::print(format, &findings, &texts);
    let is_bad = findings.iter().any(|finding| finding.severity == Severity::Error);
    if is_bad { ExitCode::FAILURE } else { ExitCode::SUCCESS }
}

/// The findings in all files, in the order of the files, with their names and texts.
type All = (Vec<Finding>, Vec<(String, String)>, Timings);

/// Validates files at the same time, each on a thread of its own.
fn all(files: &[PathBuf]) -> Result<All, String> {
    let begun = Instant::now();
    let one = |file: &Path| {
        let begun = Instant::now();
        let text =
            std::fs::read_to_string(file).map_err(|error| format!("{} cannot be read: {error}", file.display()))?;
        // As the document has it, to show the lines that are meant.
        let text = text.strip_prefix('\u{feff}').map(str::to_owned).unwrap_or(text);
        let (findings, stages) = staged(file, &text, Config::beside(file)?, begun);
        Ok((findings, text, stages))
    };
    let done: Vec<Result<_, String>> = std::thread::scope(|scope| {
        let threads: Vec<_> = files.iter().map(|file| scope.spawn(move || one(file))).collect();
        let joined = threads.into_iter().map(std::thread::ScopedJoinHandle::join);
        joined.map(|done| done.unwrap_or_else(|panic| resume_unwind(panic))).collect()
    });
    let (mut findings, mut texts, mut timings) = (Vec::new(), Vec::new(), Timings::default());
    for (file, done) in files.iter().zip(done) {
        let ((found, text, stages), name) = (done?, file.display().to_string());
        timings.add(&name, text.lines().count(), found.len(), stages);
        findings.extend(found);
        texts.push((name, text));
    }
    timings.total = begun.elapsed();
    Ok((findings, texts, timings))
}

/// What cannot be done though it was asked for in the right way.
fn fail(why: &str) -> ExitCode {
    eprintln!("error: {why}");
    ExitCode::from(2)
}

fn refuse(why: &str) -> ExitCode {
    eprintln!("error: {why}\n\n{USAGE}");
    ExitCode::from(2)
}

/// The specs of this repository, named as one would name them from where one stands.
fn own(root: &Path) -> Result<Vec<PathBuf>, String> {
    let folder = root.join("openapi");
    let shown =
        std::env::current_dir().ok().filter(|here| here == root).map_or_else(|| folder.clone(), |_| "openapi".into());
    let entries =
        std::fs::read_dir(&folder).map_err(|error| format!("{} cannot be read: {error}", folder.display()))?;
    let names = entries.filter_map(|entry| entry.ok().map(|entry| entry.file_name()));
    let mut files: Vec<_> = names.map(|name| shown.join(name)).filter(|file| is_spec(file)).collect();
    files.sort();
    Ok(files)
}

/// Whether a file of `openapi/` is a spec.
pub(crate) fn is_spec(file: &Path) -> bool {
    file.extension().is_some_and(|extension| extension == "yaml") && file.file_stem().is_some_and(|stem| stem != "lint")
}

/// Everything that is found in one document.
#[cfg(test)]
pub(crate) fn validate(file: &Path, text: &str, config: Config) -> Vec<Finding> {
    staged(file, text, config, Instant::now()).0
}

/// What the rules find, without the generator itself, which takes far longer than they do.
#[cfg(test)]
pub(crate) fn by_rules(file: &Path, text: &str, config: Config) -> Vec<Finding> {
    judged(file, text, config, Instant::now(), false).0
}

/// Everything that is found in one document, and how long it took from when it was begun to be read.
fn staged(file: &Path, text: &str, config: Config, begun: Instant) -> (Vec<Finding>, Stages) {
    judged(file, text, config, begun, config.bindings)
}

/// The same, with or without the generator's own judgement.
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
    match output::quietly(|| unloc_codegen::bindable(document).and_then(|()| unclashing(document))) {
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

#[cfg(test)]
mod kinds;
#[cfg(test)]
mod mistakes;
#[cfg(test)]
mod mutants;
#[cfg(test)]
mod snapshots;
#[cfg(test)]
mod tests;
