//! Finds out whether a property is required.

use std::collections::{HashMap, HashSet};
use std::ptr;

use serde_json::Value;

use super::{Schemas, parts};
use crate::load::{Target, follow};

/// Limits how deep alternatives are followed into alternatives.
const DEEPEST: usize = 64;

impl<'a> Schemas<'a> {
    /// Returns whether every value of this schema has a property.
    ///
    /// It may be required by the schema itself, by a member of an `allOf`, by all alternatives, or by the schema that
    /// this one is a part of.
    #[must_use]
    pub fn requires(&self, schema: &'a Value, name: &str) -> bool {
        let mut whole = Some(schema);
        let mut known = HashMap::new();
        while let Some(schema) = whole {
            if self.requires_within(schema, name, &mut known, 0) {
                return true;
            }
            whole = self.inside.get(&ptr::from_ref(schema)).copied();
        }
        false
    }

    /// Returns whether a schema and its parts require a property. `known` holds the results so far, and `None` for a
    /// schema that is being looked at.
    fn requires_within(
        &self,
        schema: &'a Value,
        name: &str,
        known: &mut HashMap<*const Value, Option<bool>>,
        depth: usize,
    ) -> bool {
        let Target::Node(schema) = follow(self.root, schema) else { return false };
        let address = ptr::from_ref(schema);
        if let Some(known) = known.get(&address) {
            // An alternative that leads back to itself allows no further values, so it cannot lack the property.
            return known.unwrap_or(true);
        }
        // Nobody nests alternatives so deep by hand. The result is then the one that causes no finding.
        if depth > DEEPEST {
            return true;
        }
        known.insert(address, None);
        let mut all = Vec::new();
        let own = |schema: &Value| {
            let required = schema.get("required").and_then(Value::as_array);
            required.is_some_and(|list| list.iter().any(|required| required == name))
        };
        let mut is_required = self.visit([schema], &["allOf"], &mut HashSet::new(), &mut |part| {
            all.push(part);
            own(part)
        });
        for (part, key) in all.into_iter().flat_map(|part| ["oneOf", "anyOf"].map(|key| (part, key))) {
            is_required = is_required
                || parts(part, key).next().is_some()
                    && parts(part, key).all(|member| self.requires_within(member, name, known, depth + 1));
        }
        known.insert(address, Some(is_required));
        is_required
    }
}
