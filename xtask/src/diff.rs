//! `cargo xtask diff`: what an edit of the specs does to those who use the bindings, on the wire and in their code.

mod alternatives;
mod bodies;
mod bounds;
mod change;
mod compare;
#[cfg(test)]
mod edits;
mod engine;
mod foreign;
mod lines;
mod numbers;
mod operations;
mod parameters;
mod properties;
mod refs;
mod rename;
mod report;
mod rust;
mod schemas;
mod security;
mod servers;
mod sound;
mod source;
mod texts;
mod version;
mod view;

use std::path::Path;
use std::process::ExitCode;

use crate::ci::Skip;
use change::{Change, Direction, Kind, Verdict};
use report::{Format, Outcome};
use source::Pair;
use version::{Bump, Version};

const USAGE: &str = "\
usage: cargo xtask diff [--base REV] [--format human|markdown|json] [--released VERSION]
       cargo xtask diff --old FILE --new FILE [--format …] [--released VERSION]

Compares the specs (OpenAPI 3.0, openapi/*.yaml) at a git revision, where this branch left `main` unless `--base` names
another, with the working tree; or two files. Of each change it says what happens on the wire to programs that were built
with the old bindings, and to Rust code that is compiled against the new ones:

  compatible         nothing has to be done
  unknown            a person has to look: what is said is not enough to tell
  fails at run time  the code compiles, and what it builds is refused, or it calls something else (Rust only)
  breaking           programs fail, or do not compile

A property that is readOnly is no part of a request, and one that is writeOnly no part of an answer. Of a discriminator
only its mapping is looked at, to tell which alternatives are the same. Not looked at: deprecated properties and
parameters, callbacks, links, servers of single paths. The bindings are named after the file: integrator.yaml gives the
module `integrator`. Of a file without `bindings: true` in a lint.yaml beside it, `x-` keys of others are no matter; where
no bindings can be made of it, the report says why and goes on with the wire.

`--released` is the version that the old side came with, if it is not the one in Cargo.toml there; two files are held to
the one in this workspace. Exit codes: 0 fine; 1 the version in Cargo.toml is too small for the changes, breaking or not;
2 the specs could not be compared.";

#[derive(Default)]
struct Arguments<'a> {
    base: Option<&'a str>,
    old: Option<&'a str>,
    new: Option<&'a str>,
    format: Option<Format>,
    released: Option<Version>,
}

/// Compares what the arguments name.
pub(crate) fn run(root: &Path, arguments: &[&str]) -> ExitCode {
    if arguments.iter().any(|argument| matches!(*argument, "-h" | "--help")) {
        println!("{USAGE}");
        return ExitCode::SUCCESS;
    }
    let arguments = match read(arguments) {
        Ok(arguments) => arguments,
        Err(why) => {
            eprintln!("error: {why}\n\n{USAGE}");
            return ExitCode::from(2);
        }
    };
    match outcome(root, &arguments) {
        Ok(outcome) => {
            outcome.print(arguments.format.unwrap_or(Format::Human));
            if outcome.is_too_small() { ExitCode::FAILURE } else { ExitCode::SUCCESS }
        }
        Err(why) => {
            eprintln!("error: {why}");
            ExitCode::from(2)
        }
    }
}

/// Shows the changes since the branch left `main`, and judges nothing: whether the version is right is asked when it is
/// released.
pub(crate) fn dry(root: &Path) -> Result<Option<Skip>, String> {
    if let Err(why) = source::base(root) {
        // A shallow clone without `main` cannot tell; any other can fetch it.
        let skip = Skip::new(why, "git fetch --unshallow origin main:refs/remotes/origin/main");
        return Ok(Some(Skip { is_allowed: source::is_shallow(root), ..skip }));
    }
    outcome(root, &Arguments::default()).map(|outcome| outcome.print(Format::Human)).map(|()| None)
}

fn read<'a>(arguments: &[&'a str]) -> Result<Arguments<'a>, String> {
    let mut read = Arguments::default();
    let mut rest = arguments.iter();
    while let Some(name) = rest.next() {
        if !matches!(*name, "--base" | "--old" | "--new" | "--format" | "--released") {
            return Err(format!("there is no option `{name}`"));
        }
        let value = rest.next().copied().ok_or_else(|| format!("`{name}` needs a value"))?;
        match *name {
            "--base" => read.base = Some(value),
            "--old" => read.old = Some(value),
            "--new" => read.new = Some(value),
            "--format" => {
                read.format = Some(
                    Format::named(value)
                        .ok_or_else(|| format!("`--format` takes human, markdown or json, not `{value}`"))?,
                );
            }
            _ => {
                let version = Version::parse(value).ok_or_else(|| format!("`{value}` is no version, like 0.1.0"))?;
                read.released = Some(version);
            }
        }
    }
    if read.old.is_some() != read.new.is_some() {
        return Err("`--old` and `--new` go together".to_owned());
    }
    if read.old.is_some() && read.base.is_some() {
        return Err("`--base` names a revision, `--old` and `--new` two files: choose".to_owned());
    }
    Ok(read)
}

fn outcome(root: &Path, arguments: &Arguments<'_>) -> Result<Outcome, String> {
    let (sides, pairs, base) = match (arguments.old, arguments.new) {
        (Some(old), Some(new)) => (format!("{old} -> {new}"), source::files(Path::new(old), Path::new(new))?, None),
        _ => {
            let base = arguments.base.map_or_else(|| source::base(root), |base| Ok(base.to_owned()))?;
            let base = source::resolve(root, &base)?;
            (format!("{base} -> the working tree"), source::revision(root, &base)?, Some(base))
        }
    };
    let (base, now) = source::versions(root, base.as_deref());
    let (mut changes, mut texts, mut notes) = (Vec::new(), 0, Vec::new());
    for pair in pairs {
        texts += pair.old.as_ref().zip(pair.new.as_ref()).map_or(0, |(old, new)| texts::count(&old.value, &new.value));
        let (found, note) = between(&pair);
        changes.extend(found);
        notes.extend(note);
    }
    let bump = Bump::of(&changes);
    Ok(Outcome { sides, changes, texts, notes, bump, base: arguments.released.or(base), now })
}

/// The changes of one spec, and why nothing is said of Rust code, if so.
fn between(pair: &Pair) -> (Vec<Change>, Option<String>) {
    let whole = |what: &str, wire: Verdict, why: &str| {
        let change = Change::new(Kind::Operation, Direction::Both, format!("{} {what}", pair.name));
        let rust = if wire == Verdict::Breaking { wire } else { Verdict::Compatible };
        let items = vec![format!("{} all of its bindings", if rust == Verdict::Breaking { '-' } else { '+' })];
        vec![Change { rust, rust_why: "all of its bindings".to_owned(), items, ..change.wire(wire, why) }]
    };
    match (&pair.old, &pair.new) {
        (Some(old), Some(new)) => {
            let mut changes = compare::compare(old, new);
            let make = if pair.is_ours { rust::surfaces } else { rust::foreign_surfaces };
            let (before, after) = make(old, new, &pair.api);
            let note = rust::judge((old, &before), (new, &after), &mut changes);
            (changes, note)
        }
        (Some(_), None) => {
            (whole("is gone", Verdict::Breaking, "the old bindings call what is no longer described"), None)
        }
        (None, Some(_)) => (whole("is new", Verdict::Compatible, "the old bindings do not call it"), None),
        (None, None) => (Vec::new(), None),
    }
}

#[cfg(test)]
mod calls;
#[cfg(test)]
mod kinds;
#[cfg(test)]
mod programs;
#[cfg(test)]
mod tests;
