//! An engine for schemas, which is asked where parts cannot be compared one by one.

use std::collections::HashMap;

use jsonschema::canonical::{CanonicalSchema, Containment};
use serde_json::Value;
use unloc_spec::json_schema::{JsonSchemas, Reading};
use unloc_spec::target;

use crate::change::{Direction, Verdict};
use crate::side::Side;

/// How many values a schema may consist of, with all that it refers to. What the engine needs grows faster than the
/// schema, and of one so large it says seldom more than that it cannot tell.
const LARGEST: usize = 4_000;

/// The forms that schemas have been brought into, each once: by side, place and reading.
pub(crate) struct Engine<'a> {
    forms: HashMap<(bool, String, Reading), Option<CanonicalSchema>>,
    old: Side<'a>,
    new: Side<'a>,
}

impl<'a> Engine<'a> {
    pub(crate) fn between(old: Side<'a>, new: Side<'a>) -> Self {
        Self { forms: HashMap::new(), old, new }
    }

    /// Whether two places allow the same values.
    pub(crate) fn is_equal(&mut self, old: &str, new: &str) -> bool {
        let (one, other) = ((false, old, Reading::Written), (true, new, Reading::Written));
        self.covers(one, other) == Some(Containment::Yes) && self.covers(other, one) == Some(Containment::Yes)
    }

    /// Whether what travels under one schema is understood under the other.
    ///
    /// What is sent has the properties that are known, and no other; and answers may have any beside those.
    pub(crate) fn understood(&mut self, direction: Direction, old: &str, new: &str) -> Verdict {
        let answer = match direction {
            Direction::Request => self.covers((true, new, Reading::Written), (false, old, Reading::Exact)),
            _ => self.covers((false, old, Reading::Open), (true, new, Reading::Exact)),
        };
        match answer {
            Some(Containment::Yes) => Verdict::Compatible,
            Some(Containment::No) => Verdict::Breaking,
            _ => Verdict::Unknown,
        }
    }

    fn covers(&mut self, wide: (bool, &str, Reading), narrow: (bool, &str, Reading)) -> Option<Containment> {
        let (wide, narrow) = (self.form(wide)?, self.form(narrow)?);
        wide.covers(&narrow).ok()
    }

    /// A schema as the engine compares it; nothing where it cannot.
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

/// Whether a schema, with all that it refers to, is small enough for the engine.
fn is_small(side: Side<'_>, pointer: &str) -> bool {
    let mut open: Vec<&Value> = side.at(pointer).into_iter().map(|at| at.value).collect();
    let mut met = std::collections::HashSet::new();
    let mut count = 0;
    while let Some(value) = open.pop() {
        count += 1;
        if count > LARGEST {
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
