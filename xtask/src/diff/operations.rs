//! Operations, which are the same if method and path are, or else if their ids are.

use std::collections::{BTreeMap, BTreeSet};

use unloc_spec::keys::PAGINATION;

use super::bodies::is_success;
use super::change::{Change, Direction, Item, Kind, Verdict};
use super::compare::Comparison;
use super::refs::{self, Refs};
use super::view::{At, Side};

/// An operation of one version.
#[derive(Clone, Debug)]
pub(crate) struct Operation<'a> {
    pub(crate) method: &'a str,
    pub(crate) path: &'a str,
    pub(crate) at: At<'a>,
    /// The path that it is an operation of.
    pub(crate) item: At<'a>,
}

impl<'a> Operation<'a> {
    pub(crate) fn all(side: Side<'a>) -> Vec<Self> {
        let mut all = Vec::new();
        for (path, item) in side.root().get("paths").into_iter().flat_map(|paths| paths.entries()) {
            for (method, at) in item
                .entries()
                .filter(|(method, at)| unloc_spec::operation::method(method).is_some() && at.value.is_object())
            {
                all.push(Self { method, path, at, item: item.clone() });
            }
        }
        all
    }

    fn id(&self) -> Option<&'a str> {
        self.at.text("operationId")
    }

    /// What to call it: its id, or method and path.
    pub(crate) fn name(&self) -> String {
        self.id().map_or_else(|| self.address(), str::to_owned)
    }

    fn address(&self) -> String {
        format!("{} {}", self.method.to_uppercase(), self.path)
    }

    /// Method and path, behind that of the server, without the names of parameters.
    pub(crate) fn key(&self, prefix: &str) -> String {
        let parts = self.path.split(['{', '}']).enumerate();
        let parts = parts.map(|(place, part)| if place % 2 == 0 { part } else { "{}" });
        format!("{} {prefix}{}", self.method, parts.collect::<String>())
    }

    /// The schemas that the successes of all operations can be made of.
    pub(crate) fn answers(side: Side<'a>, refs: &Refs<'a>) -> BTreeSet<String> {
        let mut roots = BTreeSet::new();
        for responses in Self::all(side).into_iter().filter_map(|operation| operation.at.get("responses")) {
            let statuses = || responses.entries().map(|(status, _)| status);
            for (_, at) in responses.entries().filter(|(status, _)| is_success(statuses(), status)) {
                refs::mentioned(at.value, &mut roots);
            }
        }
        refs.reached(roots).into_iter().filter_map(refs::name).collect()
    }

    fn is_idempotent(&self) -> bool {
        unloc_spec::operation::is_idempotent(self.method, self.at.value)
    }

    pub(crate) fn item(&self) -> Item {
        Item::Operation(self.name(), None)
    }
}

impl<'a> Comparison<'a> {
    pub(crate) fn operations(&mut self) {
        let (mut old, mut new) = (Operation::all(self.old), Operation::all(self.new));
        let mut pairs = Vec::new();
        let mut pair = |before: &dyn Fn(&Operation<'a>) -> Option<String>,
                        after: &dyn Fn(&Operation<'a>) -> Option<String>| {
            let mut places: BTreeMap<String, usize> = BTreeMap::new();
            for (place, operation) in new.iter().enumerate() {
                places.extend(after(operation).map(|key| (key, place)));
            }
            let mut taken: BTreeMap<usize, Operation<'a>> = BTreeMap::new();
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
        pair(&|before| Some(before.key(&prefixes.0)), &|after| Some(after.key(&prefixes.1)));
        let id = |operation: &Operation<'a>| operation.id().map(str::to_owned);
        pair(&id, &id);
        for gone in old {
            self.turn_to(&gone.name());
            let what = format!("the operation `{}` ({}) is gone", gone.name(), gone.address());
            let mut change = Change::new(Kind::Operation, Direction::Both, what);
            change = change.wire(Verdict::Breaking, "the old bindings call what is no longer there");
            change.reaches.0 = self.reaches(gone.at.value);
            self.add(change.about(Some(gone.item()), None), &gone.at.pointer, "/paths");
        }
        for come in new {
            self.turn_to(&come.name());
            let what = format!("the operation `{}` ({}) is new", come.name(), come.address());
            let mut change = Change::new(Kind::Operation, Direction::Both, what);
            change = change.wire(Verdict::Compatible, "the old bindings do not call it");
            change.reaches.1 = self.reaches(come.at.value);
            self.add(change.about(None, Some(come.item())), "/paths", &come.at.pointer);
        }
        let names: BTreeSet<_> = pairs.iter().map(|(_, new)| new.name()).collect();
        for (old, new) in pairs {
            self.turn_to(&new.name());
            // A program that compiles then calls another operation than it did.
            let is_another = old.name() != new.name() && names.contains(&old.name());
            self.operation(&old, &new, is_another);
        }
    }

    fn operation(&mut self, old: &Operation<'a>, new: &Operation<'a>, is_another: bool) {
        let about = |change: Change| change.about(Some(old.item()), Some(new.item()));
        let prefixes = self.prefixes.clone();
        if old.key(&prefixes.0) != new.key(&prefixes.1) {
            let address =
                |prefix: &str, one: &Operation<'a>| format!("{} {prefix}{}", one.method.to_uppercase(), one.path);
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
        if old.is_idempotent() != new.is_idempotent() {
            let repeated = if new.is_idempotent() { "is repeated now" } else { "is no longer repeated" };
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
