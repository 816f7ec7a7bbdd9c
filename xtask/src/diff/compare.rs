//! Two versions of a spec: every change that their operations can meet.

use std::collections::BTreeSet;

use jsonschema::canonical::Containment;
use serde_json::{Value, json};
use unloc_codegen::json_schema::{JsonSchemas, Reading};
use unloc_codegen::load::Document;

use super::change::{Change, Direction, Verdict};
use super::view::{Side, View};

pub(crate) struct Comparison<'a> {
    pub(crate) old: Side<'a>,
    pub(crate) new: Side<'a>,
    pub(crate) direction: Direction,
    /// The operation that is looked at.
    pub(crate) operation: String,
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
        self.visited.insert((self.direction, old.home.clone(), new.home.clone()))
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
        let schema =
            |side: Side<'a>, view: &View<'a>| JsonSchemas::new(side.document, Reading::Exact).at(&view.pointer);
        let (narrow, wide) = match self.direction {
            Direction::Request => (schema(self.old, old), schema(self.new, new)),
            _ => (schema(self.new, new), schema(self.old, old)),
        };
        let (Some(narrow), Some(wide)) = (narrow, wide) else { return Some(Verdict::Unknown) };
        // One may have more properties than the other knows, as anywhere else.
        let wide = opened(wide);
        let canonical = |schema: &Value| jsonschema::canonical::options().canonicalize(schema).ok();
        let covers = |wide: &Value, narrow: &Value| canonical(wide)?.covers(&canonical(narrow)?).ok();
        match covers(&wide, &narrow) {
            Some(Containment::Yes) if covers(&opened(narrow), &wide) == Some(Containment::Yes) => None,
            Some(Containment::Yes) => Some(Verdict::Compatible),
            Some(Containment::No) => Some(Verdict::Breaking),
            _ => Some(Verdict::Unknown),
        }
    }
}

/// The schema, with objects that may have any property beside theirs.
fn opened(mut schema: Value) -> Value {
    match &mut schema {
        Value::Object(map) => {
            if map.get("additionalProperties") == Some(&json!(false)) {
                map.remove("additionalProperties");
            }
            map.values_mut().for_each(|value| *value = opened(value.take()));
        }
        Value::Array(list) => list.iter_mut().for_each(|value| *value = opened(value.take())),
        _ => {}
    }
    schema
}
