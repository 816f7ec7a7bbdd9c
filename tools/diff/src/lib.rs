//! Reports what a change of an OpenAPI file breaks for users of its bindings, on the wire and in Rust code.
//!
//! [`compare`] implements the command `cargo xtask diff`: it reads both sides, from git or from two files, and compares
//! them. [`between`] compares two editions that are already in memory, and [`on_the_wire`] compares without Rust code.

mod alternatives;
mod bodies;
mod bounds;
mod change;
mod command;
mod compare;
mod descriptions;
mod edition;
mod engine;
mod foreign;
mod lines;
mod numbers;
mod operations;
mod owner;
mod parameters;
mod properties;
mod refs;
mod rename;
mod report;
mod rust;
mod schemas;
mod security;
mod servers;
mod side;
mod source;
mod supported;
mod values;
mod version;
mod view;

use std::path::{Path, PathBuf};

use anyhow::Result;
use unloc_spec::Document;

use source::Pair;

pub use change::{Change, Direction, Kind, Place, Verdict};
pub use command::command;
pub use edition::Edition;
pub use report::{Format, Outcome};
pub use source::{base, is_shallow};
pub use supported::check;
pub use version::{Bump, Version};

/// Selects what is compared.
#[derive(Clone, Debug)]
pub enum Sides {
    /// Compares the specs at a git revision with the working tree; the default is where the branch left `main`.
    Since(Option<String>),
    /// Compares two files as two versions of one spec.
    Files(PathBuf, PathBuf),
}

/// Compares the specs of the package in this folder, or two files.
///
/// `released` is the version that the old side was released with, if it differs from the one in `Cargo.toml` there.
///
/// # Errors
/// Fails if a file cannot be read, or if the revision does not exist.
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
    for Pair { name, old, new } in pairs {
        match (old, new) {
            (Some(old), Some(new)) => {
                texts += descriptions::count(&old.document().value, &new.document().value);
                let (found, note) = between(&old, &new);
                changes.extend(found);
                notes.extend(note);
            }
            (Some(_), None) => changes.push(whole_file(&name, false)),
            (None, Some(_)) => changes.push(whole_file(&name, true)),
            (None, None) => {}
        }
    }
    Ok(Outcome { sides, changes, texts, notes, base: released.or(base), now })
}

/// Returns the changes from one edition of a spec to another, and a note if Rust code could not be checked.
#[must_use]
pub fn between(old: &Edition, new: &Edition) -> (Vec<Change>, Option<String>) {
    let mut changes = compare::compare(old.document(), new.document());
    let note = rust::judge(old, new, &mut changes);
    (changes, note)
}

/// Returns the changes on the wire, for programs in any language. It generates no bindings and does not judge Rust
/// code.
#[must_use]
pub fn on_the_wire(old: &Document, new: &Document) -> Vec<Change> {
    let mut changes = compare::compare(old, new);
    rust::leave_open(&mut changes, "Rust code was not compared");
    changes
}

/// Describes a spec that was added or removed as a whole.
fn whole_file(name: &str, is_new: bool) -> Change {
    let (mark, what, wire, why) = match is_new {
        true => ('+', "added", Verdict::Compatible, "the old bindings do not call it"),
        false => ('-', "removed", Verdict::Breaking, "the old bindings call operations that are no longer described"),
    };
    let change = Change::new(Kind::Operation, Direction::Both, format!("{name} was {what}")).wire(wire, why);
    let items = vec![format!("{mark} all of its bindings")];
    Change { rust: wire, rust_why: "all of its bindings".to_owned(), items, ..change }
}

/// Runs two functions in parallel and returns both results.
fn both<A: Send, B>(one: impl FnOnce() -> A + Send, other: impl FnOnce() -> B) -> (A, B) {
    std::thread::scope(|scope| {
        let one = scope.spawn(one);
        let other = other();
        (one.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)), other)
    })
}
