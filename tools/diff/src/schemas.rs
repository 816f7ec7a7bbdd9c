//! Two schemas that stand at the same place, in the direction in which their values travel.
//!
//! The old bindings write what the old schema allows, and read by the tolerances of `crates/codegen/src/prepare`: so a request
//! is held to the new schema exactly, and an answer to the old one leniently.

use std::collections::BTreeSet;

use serde_json::Value;
use unloc_spec::At;
use unloc_spec::keys::ENVELOPE;

use crate::change::{Change, Direction, Item, Kind, Verdict};
use crate::compare::{Comparison, Task};
use crate::view::View;

/// Where two schemas stand.
#[derive(Clone, Debug)]
pub(crate) struct Spot {
    /// What to call it in a sentence.
    pub(crate) name: String,
    /// What of the bindings it is.
    pub(crate) items: (Item, Item),
    /// Whether the old bindings read null there whatever the schema says.
    pub(crate) takes_null: bool,
    /// Whether it is told elsewhere that null may come.
    pub(crate) null_is_told: bool,
    /// Whether it always travels, so that nothing is assumed in its place.
    pub(crate) is_required: bool,
}

impl Spot {
    pub(crate) fn new(name: impl Into<String>, old: Item, new: Item) -> Self {
        Self { name: name.into(), items: (old, new), takes_null: false, null_is_told: false, is_required: true }
    }

    /// Whether it is a part of one operation, and of no type.
    pub(crate) fn is_of_operation(&self) -> bool {
        matches!(self.items.1, Item::Operation(..))
    }
}

/// How the values of the new schema lie to those of the old one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Shift {
    Fewer,
    More,
    Other,
}

impl<'a> Comparison<'a> {
    pub(crate) fn schemas(&mut self, old: &At<'a>, new: &At<'a>, spot: &Spot) {
        if self.same.is_same(old.value, new.value) {
            return;
        }
        let (one, other) = (self.old.view(old), self.new.view(new));
        if one.is_broken || other.is_broken {
            let what = format!("{} refers to what is not there", spot.name);
            let change = Change::new(Kind::Type, self.direction, what);
            let why = "a reference leads nowhere, so nothing can be said: `cargo xtask validate` shows where";
            self.add(self.spot(change.wire(Verdict::Unknown, why), spot), &one.pointer, &other.pointer);
            return;
        }
        self.names(&one, &other, spot);
        if !spot.null_is_told {
            self.nullability(&one, &other, spot);
        }
        // From here on it is about the component, wherever it is used; but about its user, if that has another now.
        let (inner, is_component) = match (&one.name, &other.name) {
            (Some(old), Some(new)) if old == new || self.is_renamed(old, new) => {
                let items = (Item::Type(old.clone(), None), Item::Type(new.clone(), None));
                (Spot::new(format!("`{old}`"), items.0, items.1), true)
            }
            _ => (Spot { takes_null: false, null_is_told: false, ..spot.clone() }, false),
        };
        self.default(&one, &other, (&inner, spot));
        let is_reference = (old.reference().is_some(), new.reference().is_some());
        let is_shared = is_component && is_reference == (true, true);
        let (node, is_first) = match is_shared {
            true => self.meet(&one.home, &other.home, &inner, true),
            false => self.meet(&one.pointer, &other.pointer, &inner, false),
        };
        if !is_first {
            return;
        }
        if is_reference != (false, false) {
            let (direction, outer) = (self.direction, if is_shared { inner.clone() } else { spot.clone() });
            self.tasks.push(Task { direction, node, old: one, new: other, spot: inner, outer });
            return;
        }
        let before = self.here.replace(node);
        self.content(&one, &other, (&inner, spot));
        self.here = before;
    }

    /// Compares what two schemas say of their values, once it is clear which schemas they are.
    pub(crate) fn content(&mut self, one: &View<'a>, other: &View<'a>, (inner, outer): (&Spot, &Spot)) {
        if self.is_unwrapped(one, other, outer) {
            return;
        }
        if !self.is_same_choice(one, other) {
            self.choices(one, other, inner);
            return;
        }
        let has_alternatives = !one.alternatives.is_empty() || !other.alternatives.is_empty();
        if has_alternatives && !self.alternatives(one, other, inner) {
            self.choices(one, other, inner);
            return;
        }
        // Where one side has a single schema for a list of them, all has been said.
        let is_told = one.alternatives.len() != other.alternatives.len();
        if !is_told && self.kind(one, other, inner) {
            self.values(one, other, inner);
            self.bounds(one, other, (inner, outer));
            self.tolerances(one, other, (inner, outer));
            self.properties(one, other, inner);
            self.entries(one, other, inner);
        }
    }

    /// Whether what only an engine can compare is written alike on both sides.
    fn is_same_choice(&self, old: &View<'a>, new: &View<'a>) -> bool {
        let mut both = old.choices.iter().zip(&new.choices);
        old.choices.len() == new.choices.len() && both.all(|(one, other)| self.same.is_same(one.value, other.value))
    }

    fn entries(&mut self, old: &View<'a>, new: &View<'a>, spot: &Spot) {
        let name = format!("an entry of {}", spot.name);
        match (&old.items, &new.items) {
            (Some(old), Some(new)) => {
                self.schemas(old, new, &Spot { name, null_is_told: false, is_required: true, ..spot.clone() });
            }
            (None, None) => {}
            (before, _) => {
                let (shift, now) = match before {
                    Some(_) => (Shift::More, "is no longer described"),
                    None => (Shift::Fewer, "is described now"),
                };
                let verdict = self.shifted(shift, None);
                let places = (old.keyword("items"), new.keyword("items"));
                self.say(Kind::Type, format!("{name} {now}"), verdict, spot, places);
            }
        }
    }

    /// Whether a component has only got another name.
    pub(crate) fn is_renamed(&self, old: &str, new: &str) -> bool {
        !self.new.has_schema(old) && !self.old.has_schema(new)
    }

    /// The references of a part, to tell later what comes or goes with it.
    pub(crate) fn reaches(&self, value: &'a Value) -> BTreeSet<String> {
        unloc_spec::references(value).map(str::to_owned).collect()
    }

    /// Whether an answer stands bare that stood in an envelope, which the old bindings read as well.
    fn is_unwrapped(&mut self, old: &View<'a>, new: &View<'a>, spot: &Spot) -> bool {
        let property = old.own.get(ENVELOPE).and_then(|at| at.value.as_str());
        let inside = property.and_then(|property| self.old.view(old.properties.get(property)?).name);
        let is_answer = self.direction == Direction::Response && old.name != new.name;
        let is_bare = is_answer && inside.is_some() && inside == new.name;
        if is_bare {
            let what = format!("{} stands there without its envelope", spot.name);
            let why = "the old bindings read it with and without (`x-envelope`)".to_owned();
            self.say(Kind::Type, what, (Verdict::Compatible, why), spot, (&old.pointer, &new.pointer));
        }
        is_bare
    }

    /// The verdict for a schema whose values have become others.
    pub(crate) fn shifted(&self, shift: Shift, tolerated: Option<&str>) -> (Verdict, String) {
        match (self.direction, shift) {
            (Direction::Request, Shift::More) => {
                (Verdict::Compatible, "what the old bindings send is still taken".into())
            }
            (Direction::Request, _) => (Verdict::Breaking, "the old bindings may send what is no longer taken".into()),
            (_, Shift::Fewer) => (Verdict::Compatible, "the old bindings can read every answer".into()),
            (..) => match tolerated {
                Some(tolerance) => (Verdict::Compatible, tolerance.to_owned()),
                None => (Verdict::Breaking, "an answer may hold what the old bindings cannot read".into()),
            },
        }
    }

    pub(crate) fn spot(&self, change: Change, spot: &Spot) -> Change {
        change.about(Some(spot.items.0.clone()), Some(spot.items.1.clone()))
    }

    pub(crate) fn say(
        &mut self,
        kind: Kind,
        what: String,
        (verdict, why): (Verdict, String),
        spot: &Spot,
        places: (&str, &str),
    ) {
        let change = self.spot(Change::new(kind, self.direction, what).wire(verdict, why), spot);
        self.add(change, places.0, places.1);
    }

    /// The names of components are no matter of the wire.
    fn names(&mut self, old: &View<'a>, new: &View<'a>, spot: &Spot) {
        let (before, after) = (old.name.clone(), new.name.clone());
        if before == after {
            return;
        }
        let why = "names of schemas do not travel";
        if let (Some(before), Some(after)) = (&before, &after)
            && self.is_renamed(before, after)
        {
            let what = format!("the schema `{before}` is now called `{after}`");
            let change = Change::new(Kind::Rename, self.direction, what).wire(Verdict::Compatible, why);
            let items = (Item::Type(before.clone(), None), Item::Type(after.clone(), None));
            self.add(change.about(Some(items.0), Some(items.1)), &old.home, &new.home);
            return;
        }
        let called =
            |name: &Option<String>| name.as_ref().map_or("its own words".to_owned(), |name| format!("`{name}`"));
        let what = format!("{} is described by {}, no longer by {}", spot.name, called(&after), called(&before));
        let mut change = self.spot(Change::new(Kind::Type, self.direction, what).wire(Verdict::Compatible, why), spot);
        change.is_quiet = true;
        change.brings = (before.into_iter().collect(), after.into_iter().collect());
        self.add(change, &old.pointer, &new.pointer);
    }

    /// What must not be, and what is put together in a way that has no parts to compare: there the question is put to an
    /// engine for schemas.
    fn choices(&mut self, old: &View<'a>, new: &View<'a>, spot: &Spot) {
        if self.engine.is_equal(&old.pointer, &new.pointer) {
            return;
        }
        let verdict = self.engine.understood(self.direction, &old.pointer, &new.pointer);
        let why = match verdict {
            Verdict::Compatible => "every value that can travel is understood",
            Verdict::Breaking => "there are values that can travel and are not understood",
            _ => "whether one covers the other cannot be told: compare them",
        };
        let what = format!("what {} may be is put together in another way", spot.name);
        let place = |view: &View<'a>| {
            let list = view.alternatives.first().map(|list| &list.pointer);
            view.choices.first().map(|at| &at.pointer).or(list).unwrap_or(&view.home).clone()
        };
        let (before, after) = (place(old), place(new));
        let places = (&before, &after);
        self.say(Kind::Type, what, (verdict, why.to_owned()), spot, (places.0, places.1));
    }
}
