//! Two versions of a spec: every change that their operations can meet.

use std::collections::BTreeSet;

use jsonschema::canonical::{CanonicalSchema, Containment};
use unloc_codegen::json_schema::{JsonSchemas, Reading};
use unloc_codegen::load::Document;

use super::change::{Change, Direction, Verdict};
use super::operations::Operation;
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
        let schema = |side: Side<'a>, view: &View<'a>, reading: Reading| {
            let schema = JsonSchemas::new(side.document, reading).at(&view.pointer)?;
            jsonschema::canonical::options().should_validate_formats(true).canonicalize(&schema).ok()
        };
        let written = (schema(self.old, old, Reading::Written)?, schema(self.new, new, Reading::Written)?);
        let covers = |wide: &CanonicalSchema, narrow: &CanonicalSchema| wide.covers(narrow).ok();
        if covers(&written.0, &written.1) == Some(Containment::Yes)
            && covers(&written.1, &written.0) == Some(Containment::Yes)
        {
            return None;
        }
        // What is sent has the properties that are known, and no other; and answers may have any beside those.
        let answer = match self.direction {
            Direction::Request => covers(&written.1, &schema(self.old, old, Reading::Exact)?),
            _ => covers(&schema(self.old, old, Reading::Open)?, &schema(self.new, new, Reading::Exact)?),
        };
        Some(match answer {
            Some(Containment::Yes) => Verdict::Compatible,
            Some(Containment::No) => Verdict::Breaking,
            _ => Verdict::Unknown,
        })
    }
}
