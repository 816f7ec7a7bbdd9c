//! Operations, which are the same if method and path are, or else if their ids are.

use std::collections::{BTreeMap, BTreeSet};

use super::change::{Change, Direction, Item, Kind, Verdict};
use super::compare::Comparison;
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
                .filter(|(method, at)| unloc_codegen::operation::method(method).is_some() && at.value.is_object())
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

    /// Method and path without the names of parameters.
    fn key(&self) -> String {
        let parts = self.path.split(['{', '}']).enumerate();
        let parts = parts.map(|(place, part)| if place % 2 == 0 { part } else { "{}" });
        format!("{} {}", self.method, parts.collect::<String>())
    }

    /// The schemas that the successes of all operations can be made of.
    pub(crate) fn answers(side: Side<'a>) -> BTreeSet<String> {
        let all = Self::all(side).into_iter().flat_map(|operation| operation.at.get("responses"));
        let good = all.flat_map(|responses| responses.entries()).filter(|(status, _)| status.starts_with('2'));
        good.flat_map(|(_, at)| side.reached(at.value)).collect()
    }

    /// Whether it may be repeated, said or not.
    fn is_repeatable(&self) -> bool {
        let said = self.at.value.get("x-repeatable").and_then(serde_json::Value::as_bool);
        said.unwrap_or(!matches!(self.method, "post" | "patch"))
    }

    pub(crate) fn item(&self) -> Item {
        Item::Operation(self.name(), None)
    }
}

impl<'a> Comparison<'a> {
    pub(crate) fn operations(&mut self) {
        let (mut old, mut new) = (Operation::all(self.old), Operation::all(self.new));
        let mut pairs = Vec::new();
        let mut pair = |same: &dyn Fn(&Operation<'a>, &Operation<'a>) -> bool| {
            old.retain(|before| match new.iter().position(|after| same(before, after)) {
                Some(place) => {
                    pairs.push((before.clone(), new.remove(place)));
                    false
                }
                None => true,
            });
        };
        pair(&|before, after| before.key() == after.key());
        pair(&|before, after| before.id().is_some() && before.id() == after.id());
        for gone in old {
            self.turn_to(&gone.name());
            let what = format!("the operation `{}` ({}) is gone", gone.name(), gone.address());
            let mut change = Change::new(Kind::Operation, Direction::Both, what);
            change = change.wire(Verdict::Breaking, "the old bindings call what is no longer there");
            change.brings.0 = self.old.reached(gone.at.value);
            self.add(change.about(Some(gone.item()), None), &gone.at.pointer, "/paths");
        }
        for come in new {
            self.turn_to(&come.name());
            let what = format!("the operation `{}` ({}) is new", come.name(), come.address());
            let mut change = Change::new(Kind::Operation, Direction::Both, what);
            change = change.wire(Verdict::Compatible, "the old bindings do not call it");
            change.brings.1 = self.new.reached(come.at.value);
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
        if old.key() != new.key() {
            let what = format!("`{}` is at {}, no longer at {}", new.name(), new.address(), old.address());
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
        let (before, after) = (old.at.value.get("x-pagination"), new.at.value.get("x-pagination"));
        if before != after {
            let what = format!("`x-pagination` of `{}` is {} where it was {}", new.name(), said(after), said(before));
            let change = Change::new(Kind::Behaviour, Direction::Both, what);
            let change = change.wire(Verdict::Compatible, "says how the bindings call, not what travels");
            self.add(about(change), &old.at.pointer, &new.at.pointer);
        }
        if old.is_repeatable() != new.is_repeatable() {
            let repeated = if new.is_repeatable() { "is repeated now" } else { "is no longer repeated" };
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
    }

    /// The addresses that the bindings have built in, by environment where they are named.
    pub(crate) fn servers(&mut self) {
        let servers = |side: Side<'a>| {
            let list = side.root().get("servers").into_iter().flat_map(|servers| servers.list());
            let named = list.enumerate().map(|(place, server)| {
                let name = server.text("x-environment").map_or_else(|| place.to_string(), str::to_owned);
                (name, server)
            });
            named.collect::<BTreeMap<_, _>>()
        };
        let (old, new) = (servers(self.old), servers(self.new));
        for (name, before) in &old {
            let Some(url) = before.text("url") else { continue };
            let after = new.get(name).and_then(|server| server.text("url"));
            // Without a name, the order of servers says nothing.
            let is_named = before.text("x-environment").is_some();
            if after == Some(url) || (!is_named && new.values().any(|server| server.text("url") == Some(url))) {
                continue;
            }
            let called = if is_named { format!("the server of `{name}`, {url},") } else { format!("the server {url}") };
            let what = match after {
                Some(after) => format!("{called} is now {after}"),
                None => format!("{called} is gone"),
            };
            let change = Change::new(Kind::Server, Direction::Request, what);
            let mut change = change.wire(Verdict::Breaking, "the old bindings have the old address built in");
            change.demands = is_named && after.is_none();
            let place = new.get(name).map_or("/servers", |server| server.pointer.as_str());
            self.add(change, &before.pointer, place);
        }
        for (name, after) in new.iter().filter(|(name, _)| !old.contains_key(*name)) {
            let what = format!("the server {} ({name}) is new", after.text("url").unwrap_or_default());
            let change = Change::new(Kind::Server, Direction::Request, what);
            let change = change.wire(Verdict::Compatible, "the old bindings do not call it");
            self.add(change, "/servers", &after.pointer);
        }
    }
}
