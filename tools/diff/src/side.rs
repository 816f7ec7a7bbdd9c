//! Gives access to one side of a comparison: its nodes, its hidden properties, and where null is allowed.

use std::collections::BTreeSet;

use serde_json::Value;
use unloc_spec::{At, Document, escape};

use crate::change::{Direction, Place};

/// Refers to one version of a spec.
#[derive(Clone, Copy)]
pub(crate) struct Side<'a> {
    pub(crate) document: &'a Document,
}

impl<'a> Side<'a> {
    pub(crate) fn root(self) -> At<'a> {
        At::root(&self.document.value)
    }

    pub(crate) fn at(self, pointer: &str) -> Option<At<'a>> {
        At::find(&self.document.value, pointer)
    }

    pub(crate) fn place(self, pointer: &str) -> Option<Place> {
        let at = self.document.position(pointer)?;
        Some(Place { file: self.document.file.display().to_string(), at })
    }

    pub(crate) fn has_schema(self, name: &str) -> bool {
        self.at(&format!("/components/schemas/{}", escape(name))).is_some()
    }

    /// Returns the target of a reference, if it is in this file.
    pub(crate) fn referred(self, reference: &str) -> Option<At<'a>> {
        self.at(reference.strip_prefix('#')?)
    }

    /// Follows references; returns `None` if they cannot be resolved.
    pub(crate) fn follow(self, at: At<'a>) -> Option<At<'a>> {
        at.follow(&self.document.value)
    }

    /// Returns whether a property is not sent in this direction: read-only properties are not part of requests, and
    /// write-only properties are not part of responses (OpenAPI 3.0.3, 4.7.24).
    pub(crate) fn is_hidden(self, at: &At<'a>, direction: Direction) -> bool {
        let key = match direction {
            Direction::Request => "readOnly",
            Direction::Response => "writeOnly",
            Direction::Both => return false,
        };
        self.says(at, key, &mut BTreeSet::new())
    }

    /// Returns whether a schema sets this flag, directly, through a reference or in a part of an `allOf`.
    fn says(self, at: &At<'a>, key: &str, visited: &mut BTreeSet<String>) -> bool {
        if let Some(reference) = at.reference() {
            let inner = self.referred(reference).filter(|inner| visited.insert(inner.pointer.clone()));
            return inner.is_some_and(|inner| self.says(&inner, key, visited));
        }
        at.is(key) || at.get("allOf").is_some_and(|parts| parts.list().any(|part| self.says(&part, key, visited)))
    }

    /// Returns whether a schema allows null.
    ///
    /// An `enum` without null excludes it, no matter what `nullable` says. `nullable` adds null only to a `type` in the
    /// same schema (OpenAPI 3.0.3, proposal 003 on the meaning of `nullable`).
    pub(crate) fn admits_null(self, at: &At<'a>, visited: &mut BTreeSet<String>, depth: usize) -> bool {
        if let Some(reference) = at.reference() {
            // Alternatives can refer to each other in long chains; `depth` limits the search.
            let inner = self.referred(reference).filter(|inner| depth > 0 && visited.insert(inner.pointer.clone()));
            return inner.is_some_and(|inner| self.admits_null(&inner, visited, depth - 1));
        }
        let lists_null = listed(at.value).map(|values| values.iter().any(Value::is_null));
        match (at.is("nullable"), lists_null) {
            (_, Some(false)) => return false,
            (true, _) => return true,
            (false, Some(true)) if at.value.get("type").is_none() => return true,
            (false, _) if at.value.get("type").is_some() => return false,
            _ => {}
        }
        let parts = ["allOf", "oneOf", "anyOf"].into_iter().filter_map(|key| at.get(key));
        parts.flat_map(|parts| parts.list()).any(|part| self.admits_null(&part, visited, depth))
    }

    /// Returns whether a schema allows only null, as in a list of alternatives.
    pub(crate) fn is_null_only(self, at: &At<'a>) -> bool {
        let values = self.follow(at.clone()).and_then(|at| listed(at.value));
        values.is_some_and(|values| !values.is_empty() && values.iter().all(Value::is_null))
    }
}

/// Limits how many references the search for null follows among alternatives.
pub(crate) const DEPTH: usize = 4;

/// Returns the values of the `enum` of a schema.
pub(crate) fn listed(value: &Value) -> Option<&[Value]> {
    value.get("enum")?.as_array().map(Vec::as_slice)
}
