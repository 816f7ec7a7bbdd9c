//! Compares schemas with a JSON Schema engine where their parts cannot be compared one by one.

use std::collections::HashMap;

use jsonschema::canonical::{CanonicalSchema, Containment};
use serde_json::Value;
use unloc_spec::json_schema::{JsonSchemas, Reading};
use unloc_spec::target;

use crate::change::{Direction, Verdict};
use crate::side::Side;

/// Limits the values that a schema may consist of, including those it refers to.
///
/// The cost of the engine grows faster than the schema, and for such a large one it can rarely decide anything.
const MAX_VALUES: usize = 4_000;

/// Caches the canonical forms of schemas by side, place and reading.
pub(crate) struct Engine<'a> {
    forms: HashMap<(bool, String, Reading), Option<CanonicalSchema>>,
    old: Side<'a>,
    new: Side<'a>,
}

impl<'a> Engine<'a> {
    pub(crate) fn between(old: Side<'a>, new: Side<'a>) -> Self {
        Self { forms: HashMap::new(), old, new }
    }

    /// Returns whether two schemas allow the same values.
    pub(crate) fn is_equal(&mut self, old: &str, new: &str) -> bool {
        let (one, other) = ((false, old, Reading::Written), (true, new, Reading::Written));
        self.covers(one, other) == Some(Containment::Yes) && self.covers(other, one) == Some(Containment::Yes)
    }

    /// Returns whether values sent under one schema are understood under the other.
    ///
    /// Requests have only the known properties. Responses may have any others in addition.
    pub(crate) fn understood(&mut self, direction: Direction, old: &str, new: &str) -> Verdict {
        let containment = match direction {
            Direction::Request => self.covers((true, new, Reading::Written), (false, old, Reading::Exact)),
            _ => self.covers((false, old, Reading::Open), (true, new, Reading::Exact)),
        };
        match containment {
            Some(Containment::Yes) => Verdict::Compatible,
            Some(Containment::No) => Verdict::Breaking,
            _ => Verdict::Unknown,
        }
    }

    fn covers(&mut self, wide: (bool, &str, Reading), narrow: (bool, &str, Reading)) -> Option<Containment> {
        let (wide, narrow) = (self.form(wide)?, self.form(narrow)?);
        wide.covers(&narrow).ok()
    }

    /// Returns the canonical form of a schema, or `None` if the engine does not support it.
    fn form(&mut self, (is_new, pointer, reading): (bool, &str, Reading)) -> Option<CanonicalSchema> {
        let key = (is_new, pointer.to_owned(), reading);
        if let Some(form) = self.forms.get(&key) {
            return form.clone();
        }
        let side = if is_new { self.new } else { self.old };
        let schema = is_small(side, pointer).then(|| JsonSchemas::new(side.document, reading).at(pointer)).flatten();
        let form = schema.and_then(|schema| {
            jsonschema::canonical::options().should_validate_formats(true).canonicalize(&schema).ok()
        });
        self.forms.insert(key, form.clone());
        form
    }
}

/// Returns whether a schema, including what it refers to, is small enough for the engine.
fn is_small(side: Side<'_>, pointer: &str) -> bool {
    let mut open: Vec<&Value> = side.at(pointer).into_iter().map(|at| at.value).collect();
    let mut met = std::collections::HashSet::new();
    let mut count = 0;
    while let Some(value) = open.pop() {
        count += 1;
        if count > MAX_VALUES {
            return false;
        }
        match value {
            Value::Object(map) => {
                if let Some(target) = target(value).filter(|target| met.insert(*target)) {
                    open.extend(side.document.value.pointer(target));
                }
                open.extend(map.values());
            }
            Value::Array(list) => open.extend(list),
            _ => {}
        }
    }
    true
}
