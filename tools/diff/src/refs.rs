//! Resolves the references of a spec: what each of them reaches, and which reach the same on both sides.
//!
//! Both are computed once for a spec. To follow references again at each place is quadratic, because in a large spec
//! almost every schema reaches almost every other.

use std::collections::{BTreeSet, HashMap, HashSet};

use serde_json::Value;
use unloc_spec::references;

use crate::side::Side;

/// Returns the name of the component that a reference points to; types have the same name.
pub(crate) fn name(reference: &str) -> Option<String> {
    reference.strip_prefix('#')?.rsplit('/').next().map(unescaped)
}

/// Decodes a segment of a JSON pointer.
pub(crate) fn unescaped(step: &str) -> String {
    step.replace("~1", "/").replace("~0", "~")
}

/// Maps each reference to the references in its target.
pub(crate) struct Refs<'a>(HashMap<&'a str, BTreeSet<&'a str>>);

impl<'a> Refs<'a> {
    pub(crate) fn of(side: Side<'a>) -> Self {
        let all: BTreeSet<_> = references(&side.document.value).collect();
        let inner = all.into_iter().map(|reference| {
            let at = side.referred(reference);
            (reference, at.into_iter().flat_map(|at| references(at.value)).collect())
        });
        Self(inner.collect())
    }

    /// Returns these references and all that they lead to.
    pub(crate) fn reached<'s>(&'s self, from: impl IntoIterator<Item = &'s str>) -> HashSet<&'s str> {
        let mut open: Vec<&str> = from.into_iter().collect();
        let mut reached: HashSet<&str> = open.iter().copied().collect();
        while let Some(reference) = open.pop() {
            let inner = self.0.get(reference).into_iter().flatten().copied();
            open.extend(inner.filter(|inner| reached.insert(inner)));
        }
        reached
    }
}

/// Knows what is equal on both sides, including everything that it refers to.
pub(crate) struct Same<'a> {
    /// Lists the references that do not reach the same on both sides.
    changed: HashSet<&'a str>,
}

impl<'a> Same<'a> {
    pub(crate) fn between(old: Side<'a>, new: Side<'a>) -> Self {
        let (before, after) = (Refs::of(old), Refs::of(new));
        let mut users: HashMap<&str, Vec<&str>> = HashMap::new();
        let mut open = Vec::new();
        let all: BTreeSet<&str> = before.0.keys().chain(after.0.keys()).copied().collect();
        for reference in all {
            let at = |side: Side<'a>| side.referred(reference).map(|at| at.value);
            // An unresolved reference counts as changed, so that it is always reported.
            if at(old).is_none_or(|one| at(new) != Some(one)) {
                open.push(reference);
            }
            let inner = [&before, &after].into_iter().filter_map(|refs| refs.0.get(reference)).flatten();
            inner.for_each(|inner| users.entry(inner).or_default().push(reference));
        }
        let mut changed: HashSet<&str> = open.iter().copied().collect();
        while let Some(reference) = open.pop() {
            let users = users.get(reference).into_iter().flatten().copied();
            open.extend(users.filter(|user| changed.insert(user)));
        }
        Self { changed }
    }

    pub(crate) fn is_same(&self, old: &Value, new: &Value) -> bool {
        old == new && !references(new).any(|reference| self.changed.contains(reference))
    }
}
