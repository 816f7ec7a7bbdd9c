//! Tests the reported changes through the public API, with tables of edits of our own specs and of schema changes.
#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used, reason = "in a test, a panic is the failure")]

mod calls;
mod edits;
mod foreign;
mod kinds;
mod own_specs;
mod parts;
mod programs;
mod report;
mod sources;

use std::path::Path;

use unloc_diff::{Change, Edition, Verdict, between, on_the_wire};
use unloc_spec::Document;

/// Parses a spec.
fn document(file: &str, text: &str) -> Document {
    Document::parse(Path::new(file), text).unwrap()
}

/// Formats each change as `kind direction: wire / rust`, sorted.
fn summary(changes: &[Change]) -> Vec<String> {
    let mut lines: Vec<_> = changes
        .iter()
        .map(|one| format!("{} {}: {} / {}", one.kind.name(), one.direction.name(), one.wire.name(), one.rust.name()))
        .collect();
    lines.sort();
    lines
}

/// Compares two texts of a spec; returns the changes, and the note if Rust code could not be checked.
fn compared(api: &str, is_ours: bool, old: &str, new: &str) -> (Vec<Change>, Option<String>) {
    let edition = |text: &str| Edition::new(document(&format!("{api}.yaml"), text), api, is_ours);
    between(&edition(old), &edition(new))
}

/// Returns the worst verdict on the wire, or `None` without changes, and all messages.
fn on_the_wire_of(old: &str, new: &str) -> (Option<Verdict>, String) {
    let changes = on_the_wire(&document("doors.yaml", old), &document("doors.yaml", new));
    let all: Vec<_> = changes.iter().map(|change| format!("{}: {}\n", change.wire.name(), change.what)).collect();
    (changes.iter().map(|change| change.wire).max(), all.concat())
}
