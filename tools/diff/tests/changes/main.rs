//! What is said of a change, through the library as its users have it: tables of edits of our own spec, of kinds of changes
//! in several forms, and what is around them.
#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used, reason = "in a test, a panic is the failure")]

mod calls;
mod edits;
mod foreign;
mod kinds;
mod own;
mod parts;
mod programs;
mod report;
mod sources;

use std::path::Path;

use unloc_diff::{Change, Edition, Verdict, between, on_the_wire};
use unloc_spec::Document;

fn document(file: &str, text: &str) -> Document {
    Document::parse(Path::new(file), text).unwrap()
}

/// `kind direction: wire / rust` of each change, sorted.
fn summary(changes: &[Change]) -> Vec<String> {
    let mut lines: Vec<_> = changes
        .iter()
        .map(|one| format!("{} {}: {} / {}", one.kind.name(), one.direction.name(), one.wire.name(), one.rust.name()))
        .collect();
    lines.sort();
    lines
}

/// What is told of two texts of a spec of ours, or of somebody else's; and why nothing is said of Rust code, if so.
fn told_of(api: &str, is_ours: bool, old: &str, new: &str) -> (Vec<Change>, Option<String>) {
    let edition = |text: &str| Edition::new(document(&format!("{api}.yaml"), text), api, is_ours);
    between(&edition(old), &edition(new))
}

/// The worst that is said on the wire from one spec to the other, and all sentences; nothing if nothing has changed.
fn told(old: &str, new: &str) -> (Option<Verdict>, String) {
    let changes = on_the_wire(&document("doors.yaml", old), &document("doors.yaml", new));
    let all: Vec<_> = changes.iter().map(|change| format!("{}: {}\n", change.wire.name(), change.what)).collect();
    (changes.iter().map(|change| change.wire).max(), all.concat())
}
