//! Two versions of a spec: every change that their operations can meet.

use std::collections::BTreeSet;

use jsonschema::canonical::{CanonicalSchema, Containment};
use unloc_codegen::json_schema::{JsonSchemas, Reading};
use unloc_codegen::load::Document;

use super::change::{Change, Direction, Verdict};
use super::operations::Operation;
use super::rename;
use super::view::{Side, View};

pub(crate) struct Comparison<'a> {
    pub(crate) old: Side<'a>,
    pub(crate) new: Side<'a>,
    pub(crate) direction: Direction,
    /// The operation that is looked at.
    pub(crate) operation: String,
    /// The schemas that answers can be made of.
    pub(crate) answers: BTreeSet<String>,
    changes: Vec<Change>,
    visited: BTreeSet<(Direction, String, String)>,
}

/// All changes from one version to the other, as they are on the wire.
pub(crate) fn compare(old: &Document, new: &Document) -> Vec<Change> {
    let mut comparison = Comparison {
        old: Side { document: old },
        new: Side { document: new },
        direction: Direction::Request,
        operation: String::new(),
        answers: [old, new].into_iter().flat_map(|document| Operation::answers(Side { document })).collect(),
        changes: Vec::new(),
        visited: BTreeSet::new(),
    };
    comparison.servers();
    comparison.operations();
    let mut changes = comparison.changes;
    changes.sort_by(|one, other| {
        let key = |change: &Change| (change.new_place.clone(), change.old_place.clone());
        key(one).cmp(&key(other))
    });
    changes
}

impl<'a> Comparison<'a> {
    /// Turns to another operation, which meets everything anew.
    pub(crate) fn turn_to(&mut self, operation: &str) {
        operation.clone_into(&mut self.operation);
        self.visited.clear();
    }

    /// Whether these two are met for the first time by this operation in this direction.
    pub(crate) fn visit(&mut self, old: &View<'a>, new: &View<'a>) -> bool {
        self.visited.insert((self.direction, old.pointer.clone(), new.pointer.clone()))
    }

    /// Takes up a change, with where it stands on both sides.
    pub(crate) fn add(&mut self, mut change: Change, old: &str, new: &str) {
        (change.old_place, change.new_place) = (self.old.place(old), self.new.place(new));
        change.operations.extend((!self.operation.is_empty()).then(|| self.operation.clone()));
        match self.changes.iter_mut().find(|other| other.is_like(&change)) {
            Some(known) => known.absorb(change),
            None => self.changes.push(change),
        }
    }

    /// Whether what travels under one schema is understood under the other; nothing if both say the same.
    pub(crate) fn contained(&self, old: &View<'a>, new: &View<'a>) -> Option<Verdict> {
        let at = |side: Side<'a>, view: &View<'a>| side.at(&view.pointer);
        if at(self.old, old)
            .zip(at(self.new, new))
            .is_some_and(|(one, other)| rename::is_word_for_word((self.old, &one), (self.new, &other)))
        {
            return None;
        }
        let covers = |wide: Option<&CanonicalSchema>, narrow: Option<&CanonicalSchema>| {
            wide.zip(narrow).and_then(|(wide, narrow)| wide.covers(narrow).ok())
        };
        let written = (canonical(self.old, old, Reading::Written), canonical(self.new, new, Reading::Written));
        let (one, other) = (written.0.as_ref(), written.1.as_ref());
        if covers(one, other) == Some(Containment::Yes) && covers(other, one) == Some(Containment::Yes) {
            return None;
        }
        // What is sent has the properties that are known, and no other; and answers may have any beside those.
        let answer = match self.direction {
            Direction::Request => covers(other, canonical(self.old, old, Reading::Exact).as_ref()),
            _ => {
                let (wide, narrow) =
                    (canonical(self.old, old, Reading::Open), canonical(self.new, new, Reading::Exact));
                covers(wide.as_ref(), narrow.as_ref())
            }
        };
        Some(match answer {
            Some(Containment::Yes) => Verdict::Compatible,
            Some(Containment::No) => Verdict::Breaking,
            _ => Verdict::Unknown,
        })
    }
}

/// A schema as the engine compares it; nothing where it cannot.
fn canonical(side: Side<'_>, view: &View<'_>, reading: Reading) -> Option<CanonicalSchema> {
    let schema = JsonSchemas::new(side.document, reading).at(&view.pointer)?;
    jsonschema::canonical::options().should_validate_formats(true).canonicalize(&schema).ok()
}
