//! The differ: what an edit of the specs does to those who use the bindings, on the wire and in their code.
//!
//! [`compare`] does what its command does, `cargo xtask diff`: it fetches both sides, from git or from two files, and draws
//! the conclusions. [`between`] compares two editions that somebody has read already, and [`on_the_wire`] leaves Rust out.

mod alternatives;
mod bodies;
mod bounds;
mod change;
mod command;
mod compare;
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
mod sound;
mod source;
mod texts;
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
pub use sound::check;
pub use source::{base, is_shallow};
pub use version::{Bump, Version};

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
    for Pair { name, old, new } in pairs {
        match (old, new) {
            (Some(old), Some(new)) => {
                texts += texts::count(&old.document().value, &new.document().value);
                let (found, note) = between(&old, &new);
                changes.extend(found);
                notes.extend(note);
            }
            (Some(_), None) => changes.push(whole(&name, false)),
            (None, Some(_)) => changes.push(whole(&name, true)),
            (None, None) => {}
        }
    }
    Ok(Outcome { sides, changes, texts, notes, base: released.or(base), now })
}

/// The changes from one edition of a spec to another, and why nothing is said of Rust code, if so.
#[must_use]
pub fn between(old: &Edition, new: &Edition) -> (Vec<Change>, Option<String>) {
    let mut changes = compare::compare(old.document(), new.document());
    let note = rust::judge(old, new, &mut changes);
    (changes, note)
}

/// The changes of what travels, for programs in any language: nothing is said of Rust code, and no bindings are made.
#[must_use]
pub fn on_the_wire(old: &Document, new: &Document) -> Vec<Change> {
    let mut changes = compare::compare(old, new);
    rust::leave_open(&mut changes, "it was not asked for");
    changes
}

/// A spec that has come or gone as a whole.
fn whole(name: &str, is_new: bool) -> Change {
    let (mark, what, wire, why) = match is_new {
        true => ('+', "new", Verdict::Compatible, "the old bindings do not call it"),
        false => ('-', "gone", Verdict::Breaking, "the old bindings call what is no longer described"),
    };
    let change = Change::new(Kind::Operation, Direction::Both, format!("{name} is {what}")).wire(wire, why);
    let items = vec![format!("{mark} all of its bindings")];
    Change { rust: wire, rust_why: "all of its bindings".to_owned(), items, ..change }
}

/// Does two things at the same time.
fn both<A: Send, B>(one: impl FnOnce() -> A + Send, other: impl FnOnce() -> B) -> (A, B) {
    std::thread::scope(|scope| {
        let one = scope.spawn(one);
        let other = other();
        (one.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)), other)
    })
}
