//! One side of a comparison: what stands where in it, what is left out of what travels, and where null is a value.

use std::collections::BTreeSet;

use serde_json::Value;
use unloc_spec::{At, Document, escape};

use crate::change::{Direction, Place};

/// One version of a spec.
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

    /// What a reference leads to, if it stands in this file.
    pub(crate) fn referred(self, reference: &str) -> Option<At<'a>> {
        self.at(reference.strip_prefix('#')?)
    }

    /// What stands there once references are followed; nothing if they lead nowhere.
    pub(crate) fn follow(self, at: At<'a>) -> Option<At<'a>> {
        at.follow(&self.document.value)
    }

    /// Whether a property is left out of what travels this way: one that is read only is not sent, and one that is write
    /// only does not come back (OpenAPI 3.0.3, 4.7.24).
    pub(crate) fn is_hidden(self, at: &At<'a>, direction: Direction) -> bool {
        let key = match direction {
            Direction::Request => "readOnly",
            Direction::Response => "writeOnly",
            Direction::Both => return false,
        };
        self.says(at, key, &mut BTreeSet::new())
    }

    /// Whether a schema says so, by itself, behind a reference or in a part of an `allOf`.
    fn says(self, at: &At<'a>, key: &str, met: &mut BTreeSet<String>) -> bool {
        if let Some(reference) = at.reference() {
            let inner = self.referred(reference).filter(|inner| met.insert(inner.pointer.clone()));
            return inner.is_some_and(|inner| self.says(&inner, key, met));
        }
        at.is(key) || at.get("allOf").is_some_and(|parts| parts.list().any(|part| self.says(&part, key, met)))
    }

    /// Whether null is one of the values of a schema.
    ///
    /// A list of values without null leaves no room for it, whatever `nullable` says, and `nullable` adds null to a
    /// `type` that is named (OpenAPI 3.0.3, proposal 003 on the meaning of `nullable`).
    pub(crate) fn admits_null(self, at: &At<'a>, met: &mut BTreeSet<String>, depth: usize) -> bool {
        if let Some(reference) = at.reference() {
            // Alternatives can name each other in long chains, in which null is nobody's any more.
            let inner = self.referred(reference).filter(|inner| depth > 0 && met.insert(inner.pointer.clone()));
            return inner.is_some_and(|inner| self.admits_null(&inner, met, depth - 1));
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
        parts.flat_map(|parts| parts.list()).any(|part| self.admits_null(&part, met, depth))
    }

    /// Whether null is all that a schema allows, as one writes it beside alternatives.
    pub(crate) fn is_null_only(self, at: &At<'a>) -> bool {
        let values = self.follow(at.clone()).and_then(|at| listed(at.value));
        values.is_some_and(|values| !values.is_empty() && values.iter().all(Value::is_null))
    }
}

/// Behind how many references null is looked for among alternatives.
pub(crate) const DEPTH: usize = 4;

/// The values that a schema lists.
pub(crate) fn listed(value: &Value) -> Option<&[Value]> {
    value.get("enum")?.as_array().map(Vec::as_slice)
}
