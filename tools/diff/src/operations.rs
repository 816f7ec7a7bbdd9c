//! Compares operations. Two operations match if they have the same method and path, or else the same id.

use std::collections::{BTreeMap, BTreeSet};

use unloc_spec::keys::PAGINATION;
use unloc_spec::{At, PATHS, RawOperation, references};

use crate::bodies::is_success;
use crate::change::{Change, Direction, Item, Kind, Verdict};
use crate::compare::Comparison;
use crate::refs::{self, Refs};
use crate::side::Side;

/// Returns the operations of one version.
pub(crate) fn all<'a>(side: Side<'a>) -> impl Iterator<Item = RawOperation<'a>> {
    RawOperation::all(&side.document.value).filter(|operation| operation.value.is_object())
}

/// Returns method and path, including the server's path, without parameter names.
pub(crate) fn key(operation: &RawOperation<'_>, prefix: &str) -> String {
    format!("{} {prefix}{}", operation.method, operation.template().nameless())
}

/// Returns the names of the schemas that success responses can contain.
pub(crate) fn response_schemas<'a>(side: Side<'a>, refs: &Refs<'a>) -> BTreeSet<String> {
    let mut roots = BTreeSet::new();
    for responses in all(side).filter_map(|operation| operation.get("responses")) {
        let statuses = || responses.entries().map(|(status, _)| status);
        for (_, at) in responses.entries().filter(|(status, _)| is_success(statuses(), status)) {
            roots.extend(references(at.value));
        }
    }
    refs.reached(roots).into_iter().filter_map(refs::name).collect()
}

fn is_idempotent(operation: &RawOperation<'_>) -> bool {
    unloc_spec::operation::is_idempotent(operation.method, operation.value)
}

/// Returns the item of the bindings that represents the operation.
pub(crate) fn item(operation: &RawOperation<'_>) -> Item {
    Item::Operation(operation.name(), None)
}

impl<'a> Comparison<'a> {
    pub(crate) fn operations(&mut self) {
        let (mut old, mut new) = (all(self.old).collect::<Vec<_>>(), all(self.new).collect::<Vec<_>>());
        let mut pairs = Vec::new();
        let mut pair = |before: &dyn Fn(&RawOperation<'a>) -> Option<String>,
                        after: &dyn Fn(&RawOperation<'a>) -> Option<String>| {
            let mut places: BTreeMap<String, usize> = BTreeMap::new();
            for (place, operation) in new.iter().enumerate() {
                places.extend(after(operation).map(|key| (key, place)));
            }
            let mut taken: BTreeMap<usize, RawOperation<'a>> = BTreeMap::new();
            old.retain(|operation| match before(operation).and_then(|key| places.remove(&key)) {
                Some(place) => taken.insert(place, operation.clone()).is_some(),
                None => true,
            });
            let mut rest = Vec::new();
            for (place, operation) in new.drain(..).enumerate() {
                match taken.remove(&place) {
                    Some(before) => pairs.push((before, operation)),
                    None => rest.push(operation),
                }
            }
            new = rest;
        };
        let prefixes = self.prefixes.clone();
        pair(&|before| Some(key(before, &prefixes.0)), &|after| Some(key(after, &prefixes.1)));
        let id = |operation: &RawOperation<'a>| operation.id().map(str::to_owned);
        pair(&id, &id);
        for removed in old {
            self.begin_operation(&removed.name());
            let what = format!("the operation `{}` ({}) was removed", removed.name(), removed.address());
            let mut change = Change::new(Kind::Operation, Direction::Both, what);
            change = change.wire(Verdict::Breaking, "the old bindings call a removed operation");
            change.reaches.0 = self.reaches(removed.at.value);
            self.add(change.about(Some(item(&removed)), None), &removed.at.pointer, PATHS);
        }
        for added in new {
            self.begin_operation(&added.name());
            let what = format!("the operation `{}` ({}) was added", added.name(), added.address());
            let mut change = Change::new(Kind::Operation, Direction::Both, what);
            change = change.wire(Verdict::Compatible, "the old bindings do not call it");
            change.reaches.1 = self.reaches(added.at.value);
            self.add(change.about(None, Some(item(&added))), PATHS, &added.at.pointer);
        }
        let names: BTreeSet<_> = pairs.iter().map(|(_, new)| new.name()).collect();
        for (old, new) in pairs {
            self.begin_operation(&new.name());
            // If the old name now belongs to another operation, a program still compiles but calls that one.
            let is_reused = old.name() != new.name() && names.contains(&old.name());
            self.operation(&old, &new, is_reused);
        }
    }

    fn operation(&mut self, old: &RawOperation<'a>, new: &RawOperation<'a>, is_reused: bool) {
        let about = |change: Change| change.about(Some(item(old)), Some(item(new)));
        let prefixes = self.prefixes.clone();
        if key(old, &prefixes.0) != key(new, &prefixes.1) {
            let address =
                |prefix: &str, one: &RawOperation<'a>| format!("{} {prefix}{}", one.method.to_uppercase(), one.path);
            let (is, was) = (address(&prefixes.1, new), address(&prefixes.0, old));
            let what = format!("`{}` moved from {was} to {is}", new.name());
            let change = Change::new(Kind::Path, Direction::Request, what);
            let change = change.wire(Verdict::Breaking, "the old bindings call the old address");
            self.add(about(change), &old.item.pointer, &new.item.pointer);
        }
        if old.name() != new.name() {
            let what = format!("the operation `{}` was renamed to `{}`", old.name(), new.name());
            let change = Change::new(Kind::Rename, Direction::Both, what);
            let mut change = change.wire(Verdict::Compatible, "operation names are not sent");
            change.fails_at_run_time = is_reused;
            let id = |at: &At<'_>| format!("{}/operationId", at.pointer);
            self.add(about(change), &id(&old.at), &id(&new.at));
        }
        let shown = |value: Option<&serde_json::Value>| value.map_or("none".to_owned(), ToString::to_string);
        let (before, after) = (old.at.value.get(PAGINATION), new.at.value.get(PAGINATION));
        if before != after {
            let what = format!("`x-pagination` of `{}` changed from {} to {}", new.name(), shown(before), shown(after));
            let change = Change::new(Kind::Behaviour, Direction::Both, what);
            let change = change.wire(Verdict::Compatible, "affects how the bindings call, not what is sent");
            self.add(about(change), &old.at.pointer, &new.at.pointer);
        }
        if is_idempotent(old) != is_idempotent(new) {
            let retried = if is_idempotent(new) { "is now retried" } else { "is no longer retried" };
            let what = format!("`{}` {retried} when its outcome is unknown", new.name());
            let change = Change::new(Kind::Behaviour, Direction::Both, what);
            let change = change.wire(Verdict::Compatible, "affects how the bindings call, not what is sent");
            self.add(about(change), &old.at.pointer, &new.at.pointer);
        }
        if !old.at.is("deprecated") && new.at.is("deprecated") {
            let what = format!("`{}` is now deprecated", new.name());
            let change = Change::new(Kind::Operation, Direction::Both, what);
            let change = change.wire(Verdict::Compatible, "it can still be called");
            self.add(about(change), &old.at.pointer, &format!("{}/deprecated", new.at.pointer));
        }
        self.security(old, new);
        self.direction = Direction::Request;
        self.parameters(old, new);
        self.bodies(old, new);
        self.direction = Direction::Response;
        self.responses(old, new);
        self.run_tasks();
    }
}
