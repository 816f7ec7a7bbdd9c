//! `cargo xtask validate`: what is wrong with a spec, where, what it leads to, and how to mend it.

mod finding;
mod report;
mod rules;
mod shape;
mod spec;
mod text;

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Instant;

use serde_json::Value;
use unloc_codegen::load::{Document, escape};

use finding::{Finding, Findings, Severity, start};
use report::Format;
use spec::Spec;

const USAGE: &str = "\
usage: cargo xtask validate [--format human|json|github|sarif] [--timings] [FILE ...]
       cargo xtask validate --rules

Without a file, all of openapi/*.yaml. Exit codes: 0 clean, or warnings only; 1 errors found; 2 not usable.";

/// Holds the specs of this repository to the rules.
pub(crate) fn check(root: &Path) -> Result<(), String> {
    let mut findings = Vec::new();
    let mut texts = Vec::new();
    for file in own(root)? {
        let text =
            std::fs::read_to_string(&file).map_err(|error| format!("{} cannot be read: {error}", file.display()))?;
        findings.extend(validate(&file, &text));
        texts.push((file.display().to_string(), text));
    }
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
                print!("{}", rules::document());
                return ExitCode::SUCCESS;
            }
            "-h" | "--help" => {
                println!("{USAGE}");
                return ExitCode::SUCCESS;
            }
            other if other.starts_with('-') => return refuse(&format!("there is no option `{other}`")),
            file => files.push(PathBuf::from(file)),
        }
    }
    if files.is_empty() {
        match own(root) {
            Ok(own) => files = own,
            Err(why) => return refuse(&why),
        }
    }
    let mut findings = Vec::new();
    let mut texts = Vec::new();
    for file in &files {
        let begun = Instant::now();
        let text = match std::fs::read_to_string(file) {
            Ok(text) => text,
            Err(error) => return refuse(&format!("{} cannot be read: {error}", file.display())),
        };
        let count = findings.len();
        findings.extend(validate(file, &text));
        if timings {
            let (lines, found) = (text.lines().count(), findings.len() - count);
            eprintln!(
                "{}: {lines} lines, {found} findings, {:.1} ms",
                file.display(),
                begun.elapsed().as_secs_f64() * 1e3
            );
        }
        texts.push((file.display().to_string(), text));
    }
    report::print(format, &findings, &texts);
    let is_bad = findings.iter().any(|finding| finding.severity == Severity::Error);
    if is_bad { ExitCode::FAILURE } else { ExitCode::SUCCESS }
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

fn is_spec(file: &Path) -> bool {
    file.extension().is_some_and(|extension| extension == "yaml") && file.file_stem().is_some_and(|stem| stem != "lint")
}

/// Everything that is found in one document.
pub(crate) fn validate(file: &Path, text: &str) -> Vec<Finding> {
    let document = match Document::parse(file, text) {
        Ok(document) => document,
        Err(error) => {
            let (at, rule) = (error.position.unwrap_or_else(start), &rules::YAML);
            let help = "nothing else is looked at before the file can be read".to_owned();
            let file = file.display().to_string();
            return vec![Finding {
                rule: rule.id,
                severity: rule.severity,
                file,
                at,
                width: 1,
                message: error.message,
                help,
                pointer: String::new(),
            }];
        }
    };
    let mut findings = Findings::new(&document);
    let spec = Spec::walk(&document, &mut findings);
    rules::check(&spec, &mut findings);
    exceptions(&spec, &mut findings);
    if is_ours(file) && findings.list.iter().all(|finding| finding.severity == Severity::Warning) {
        generator(&document, &mut findings);
    }
    let mut list = findings.list;
    list.sort_by(|one, other| (one.at, one.rule, &one.message).cmp(&(other.at, other.rule, &other.message)));
    list.dedup();
    list
}

/// Whether the bindings of this repository are made of it: its folder says so.
fn is_ours(file: &Path) -> bool {
    let config = file.parent().map(|folder| folder.join("lint.yaml"));
    let config = config.and_then(|config| Document::read(&config).ok());
    config.is_some_and(|config| config.value.get("bindings") == Some(&Value::Bool(true)))
}

/// Runs the generator itself, for whatever no rule foresaw.
fn generator(document: &Document, findings: &mut Findings<'_>) {
    let hook = std::panic::take_hook();
    std::panic::set_hook(Box::new(|_| {}));
    let made = catch_unwind(AssertUnwindSafe(|| unloc_codegen::bindings(document, "api")));
    std::panic::set_hook(hook);
    let help = "mend what the sentence names; if it is right as it is, the generator has to learn it";
    match made {
        Ok(Ok(_)) => {}
        Ok(Err(errors)) => {
            for error in errors {
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

/// Takes out what is allowed where it is found, and tells of exceptions that are none.
fn exceptions(spec: &Spec<'_>, findings: &mut Findings<'_>) {
    let mut allowed = Vec::new();
    collect(spec.root, "", &mut allowed);
    for (pointer, rule) in allowed {
        let count = findings.list.len();
        findings.list.retain(|finding| {
            finding.rule != rule || !(finding.pointer == pointer || finding.pointer.starts_with(&format!("{pointer}/")))
        });
        if findings.list.len() == count {
            let place = format!("{pointer}/x-lint-allow/{}", escape(&rule));
            let message = format!("nothing here breaks the rule `{rule}`");
            findings.key(&rules::ALLOW, &place, message, "take the exception out");
        }
    }
}

fn collect(value: &Value, pointer: &str, allowed: &mut Vec<(String, String)>) {
    match value {
        Value::Object(map) => {
            for (key, value) in map {
                if key == "x-lint-allow" {
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
mod mutants;
#[cfg(test)]
mod tests;
