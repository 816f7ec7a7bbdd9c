//! The differ: what an edit of the specs does to those who use the bindings, on the wire and in their code. `cargo xtask diff`
//! is its command.

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

use std::path::{Path, PathBuf};

use anyhow::Result;

use change::{Change, Direction, Kind, Verdict};
use source::Pair;
use version::Bump;

pub use report::{Format, Outcome};
pub use source::{base, is_shallow};
pub use version::Version;

/// What the command says of itself.
pub const USAGE: &str = "\
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

/// What is compared.
#[derive(Clone, Debug)]
pub enum Sides {
    /// The specs at a revision of git, or where the branch left `main`, with the working tree.
    Since(Option<String>),
    /// Two files, taken for two versions of one spec.
    Files(PathBuf, PathBuf),
}

/// Compares the specs of the package in this folder, or two files; `released` is the version that the old side came with, if
/// it is not the one in `Cargo.toml` there.
///
/// # Errors
/// Says what cannot be read, or is no revision.
pub fn compare(root: &Path, sides: &Sides, released: Option<Version>) -> Result<Outcome> {
    let (sides, pairs, base) = match sides {
        Sides::Files(old, new) => (format!("{} -> {}", old.display(), new.display()), source::files(old, new)?, None),
        Sides::Since(base) => {
            let base = base.clone().map_or_else(|| source::base(root), Ok)?;
            let base = source::resolve(root, &base)?;
            let pairs = source::revision(root, &base)?;
            (format!("{base} -> the working tree"), pairs, Some(base))
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
    Ok(Outcome { sides, changes, texts, notes, bump, base: released.or(base), now })
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
