//! Operations, which are the same if method and path are, or else if their ids are.

use std::collections::BTreeMap;

use super::change::{Change, Direction, Item, Kind, Verdict};
use super::compare::Comparison;
use super::view::{At, Side};

const METHODS: [&str; 8] = ["get", "put", "post", "delete", "options", "head", "patch", "trace"];

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
            for (method, at) in item.entries().filter(|(method, at)| METHODS.contains(method) && at.value.is_object()) {
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
        let parts = self.path.split('/').map(|part| if part.contains('{') { "{}" } else { part });
        format!("{} {}", self.method, parts.collect::<Vec<_>>().join("/"))
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
        for (old, new) in pairs {
            self.turn_to(&new.name());
            self.operation(&old, &new);
        }
    }

    fn operation(&mut self, old: &Operation<'a>, new: &Operation<'a>) {
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
            let change = change.wire(Verdict::Compatible, "names of operations do not travel");
            let id = |at: &At<'_>| format!("{}/operationId", at.pointer);
            self.add(about(change), &id(&old.at), &id(&new.at));
        }
        for (key, less) in [("x-pagination", true), ("x-repeatable", false)] {
            let (before, after) = (old.at.value.get(key), new.at.value.get(key));
            if before != after {
                let said =
                    |value: Option<&serde_json::Value>| value.map_or("not there".to_owned(), ToString::to_string);
                let what = format!("`{key}` of `{}` is {} where it was {}", new.name(), said(after), said(before));
                let mut change = Change::new(Kind::Behaviour, Direction::Both, what);
                change = change.wire(Verdict::Compatible, "says how the bindings call, not what travels");
                change.demands = less && before.is_some() && after.is_some();
                self.add(about(change), &old.at.pointer, &new.at.pointer);
            }
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
            if after == Some(url) || new.values().any(|server| server.text("url") == Some(url)) {
                continue;
            }
            let what = match after {
                Some(after) => format!("the server {url} is now {after}"),
                None => format!("the server {url} is gone"),
            };
            let change = Change::new(Kind::Server, Direction::Request, what);
            let change = change.wire(Verdict::Breaking, "the old bindings have the old address built in");
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
