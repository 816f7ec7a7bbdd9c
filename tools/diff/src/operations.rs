//! Operations, which are the same if method and path are, or else if their ids are.

use std::collections::{BTreeMap, BTreeSet};

use unloc_spec::keys::PAGINATION;
use unloc_spec::{At, PATHS, RawOperation, references};

use crate::bodies::is_success;
use crate::change::{Change, Direction, Item, Kind, Verdict};
use crate::compare::Comparison;
use crate::refs::{self, Refs};
use crate::side::Side;

/// The operations of one version.
pub(crate) fn all<'a>(side: Side<'a>) -> impl Iterator<Item = RawOperation<'a>> {
    RawOperation::all(&side.document.value).filter(|operation| operation.value.is_object())
}

/// Method and path, behind that of the server, without the names of parameters.
pub(crate) fn key(operation: &RawOperation<'_>, prefix: &str) -> String {
    format!("{} {prefix}{}", operation.method, operation.template().nameless())
}

/// The schemas that the successes of all operations can be made of.
pub(crate) fn answers<'a>(side: Side<'a>, refs: &Refs<'a>) -> BTreeSet<String> {
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

/// What of the bindings it is.
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
        for gone in old {
            self.turn_to(&gone.name());
            let what = format!("the operation `{}` ({}) is gone", gone.name(), gone.address());
            let mut change = Change::new(Kind::Operation, Direction::Both, what);
            change = change.wire(Verdict::Breaking, "the old bindings call what is no longer there");
            change.reaches.0 = self.reaches(gone.at.value);
            self.add(change.about(Some(item(&gone)), None), &gone.at.pointer, PATHS);
        }
        for come in new {
            self.turn_to(&come.name());
            let what = format!("the operation `{}` ({}) is new", come.name(), come.address());
            let mut change = Change::new(Kind::Operation, Direction::Both, what);
            change = change.wire(Verdict::Compatible, "the old bindings do not call it");
            change.reaches.1 = self.reaches(come.at.value);
            self.add(change.about(None, Some(item(&come))), PATHS, &come.at.pointer);
        }
        let names: BTreeSet<_> = pairs.iter().map(|(_, new)| new.name()).collect();
        for (old, new) in pairs {
            self.turn_to(&new.name());
            // A program that compiles then calls another operation than it did.
            let is_another = old.name() != new.name() && names.contains(&old.name());
            self.operation(&old, &new, is_another);
        }
    }

    fn operation(&mut self, old: &RawOperation<'a>, new: &RawOperation<'a>, is_another: bool) {
        let about = |change: Change| change.about(Some(item(old)), Some(item(new)));
        let prefixes = self.prefixes.clone();
        if key(old, &prefixes.0) != key(new, &prefixes.1) {
            let address =
                |prefix: &str, one: &RawOperation<'a>| format!("{} {prefix}{}", one.method.to_uppercase(), one.path);
            let (is, was) = (address(&prefixes.1, new), address(&prefixes.0, old));
            let what = format!("`{}` is at {is}, no longer at {was}", new.name());
            let change = Change::new(Kind::Path, Direction::Request, what);
            let change = change.wire(Verdict::Breaking, "the old bindings call the old address");
            self.add(about(change), &old.item.pointer, &new.item.pointer);
        }
        if old.name() != new.name() {
            let what = format!("the operation `{}` is now called `{}`", old.name(), new.name());
            let change = Change::new(Kind::Rename, Direction::Both, what);
            let mut change = change.wire(Verdict::Compatible, "names of operations do not travel");
            change.demands = is_another;
            let id = |at: &At<'_>| format!("{}/operationId", at.pointer);
            self.add(about(change), &id(&old.at), &id(&new.at));
        }
        let said = |value: Option<&serde_json::Value>| value.map_or("not there".to_owned(), ToString::to_string);
        let (before, after) = (old.at.value.get(PAGINATION), new.at.value.get(PAGINATION));
        if before != after {
            let what = format!("`x-pagination` of `{}` is {} where it was {}", new.name(), said(after), said(before));
            let change = Change::new(Kind::Behaviour, Direction::Both, what);
            let change = change.wire(Verdict::Compatible, "says how the bindings call, not what travels");
            self.add(about(change), &old.at.pointer, &new.at.pointer);
        }
        if is_idempotent(old) != is_idempotent(new) {
            let repeated = if is_idempotent(new) { "is repeated now" } else { "is no longer repeated" };
            let what = format!("`{}` {repeated} when its outcome is unknown", new.name());
            let change = Change::new(Kind::Behaviour, Direction::Both, what);
            let change = change.wire(Verdict::Compatible, "says how the bindings call, not what travels");
            self.add(about(change), &old.at.pointer, &new.at.pointer);
        }
        if !old.at.is("deprecated") && new.at.is("deprecated") {
            let what = format!("`{}` is deprecated now", new.name());
            let change = Change::new(Kind::Operation, Direction::Both, what);
            let change = change.wire(Verdict::Compatible, "it is still there");
            self.add(about(change), &old.at.pointer, &format!("{}/deprecated", new.at.pointer));
        }
        self.security(old, new);
        self.direction = Direction::Request;
        self.parameters(old, new);
        self.bodies(old, new);
        self.direction = Direction::Response;
        self.responses(old, new);
        self.settle();
    }
}
