//! Compares two schemas at the same place, for the direction in which their values are sent.
//!
//! The old bindings write what the old schema allows, and read with the tolerances of `crates/codegen/src/prepare`. So
//! a request must match the new schema exactly, and a response the old one leniently.

use std::collections::BTreeSet;

use serde_json::Value;
use unloc_spec::At;
use unloc_spec::keys::ENVELOPE;

use crate::change::{Change, Direction, Item, Kind, Verdict};
use crate::compare::{Comparison, Task};
use crate::view::View;

/// Describes the place of two compared schemas.
#[derive(Clone, Debug)]
pub(crate) struct Spot {
    /// Names the place in messages.
    pub(crate) name: String,
    /// Names the parts of the bindings, in the old and in the new version.
    pub(crate) items: (Item, Item),
    /// Is set if the old bindings accept null there, no matter what the schema says.
    pub(crate) takes_null: bool,
    /// Is set if nullability was compared elsewhere.
    pub(crate) null_is_compared: bool,
    /// Is set if the value is always sent, so that no default applies.
    pub(crate) is_required: bool,
}

impl Spot {
    pub(crate) fn new(name: impl Into<String>, old: Item, new: Item) -> Self {
        Self { name: name.into(), items: (old, new), takes_null: false, null_is_compared: false, is_required: true }
    }

    /// Returns whether the place belongs to one operation, not to a type.
    pub(crate) fn is_of_operation(&self) -> bool {
        matches!(self.items.1, Item::Operation(..))
    }
}

/// Says how the allowed values of the new schema compare with those of the old one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Shift {
    /// The new schema allows fewer values.
    Fewer,
    /// The new schema allows more values.
    More,
    /// Neither schema covers the other.
    Other,
}

impl<'a> Comparison<'a> {
    pub(crate) fn schemas(&mut self, old: &At<'a>, new: &At<'a>, spot: &Spot) {
        if self.same.is_same(old.value, new.value) {
            return;
        }
        let (one, other) = (self.old.view(old), self.new.view(new));
        if one.is_broken || other.is_broken {
            let what = format!("{} has a reference that cannot be resolved", spot.name);
            let change = Change::new(Kind::Type, self.direction, what);
            let why = "the reference must be fixed first; run `cargo xtask validate` to find it";
            self.add(self.spot(change.wire(Verdict::Unknown, why), spot), &one.pointer, &other.pointer);
            return;
        }
        self.names(&one, &other, spot);
        if !spot.null_is_compared {
            self.nullability(&one, &other, spot);
        }
        // From here on, changes belong to the component, wherever it is used. If its user now has another component,
        // they belong to the user.
        let (inner, is_component) = match (&one.name, &other.name) {
            (Some(old), Some(new)) if old == new || self.is_renamed(old, new) => {
                let items = (Item::Type(old.clone(), None), Item::Type(new.clone(), None));
                (Spot::new(format!("`{old}`"), items.0, items.1), true)
            }
            _ => (Spot { takes_null: false, null_is_compared: false, ..spot.clone() }, false),
        };
        self.default(&one, &other, (&inner, spot));
        let is_reference = (old.reference().is_some(), new.reference().is_some());
        let is_shared = is_component && is_reference == (true, true);
        let (node, is_first) = match is_shared {
            true => self.visit(&one.home, &other.home, &inner, true),
            false => self.visit(&one.pointer, &other.pointer, &inner, false),
        };
        if !is_first {
            return;
        }
        if is_reference != (false, false) {
            let (direction, outer) = (self.direction, if is_shared { inner.clone() } else { spot.clone() });
            self.tasks.push(Task { direction, node, old: one, new: other, spot: inner, outer });
            return;
        }
        let before = self.current.replace(node);
        self.content(&one, &other, (&inner, spot));
        self.current = before;
    }

    /// Compares the values that two schemas allow, after references are resolved.
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
        // If one side has a single schema instead of alternatives, everything was compared above.
        let is_compared = one.alternatives.len() != other.alternatives.len();
        if !is_compared && self.kind(one, other, inner) {
            self.values(one, other, inner);
            self.bounds(one, other, (inner, outer));
            self.tolerances(one, other, (inner, outer));
            self.properties(one, other, inner);
            self.entries(one, other, inner);
        }
    }

    /// Returns whether the parts that only the engine can compare are equal on both sides.
    fn is_same_choice(&self, old: &View<'a>, new: &View<'a>) -> bool {
        let mut both = old.choices.iter().zip(&new.choices);
        old.choices.len() == new.choices.len() && both.all(|(one, other)| self.same.is_same(one.value, other.value))
    }

    fn entries(&mut self, old: &View<'a>, new: &View<'a>, spot: &Spot) {
        let name = format!("an entry of {}", spot.name);
        match (&old.items, &new.items) {
            (Some(old), Some(new)) => {
                self.schemas(old, new, &Spot { name, null_is_compared: false, is_required: true, ..spot.clone() });
            }
            (None, None) => {}
            (before, _) => {
                let (shift, now) = match before {
                    Some(_) => (Shift::More, "no longer has a schema"),
                    None => (Shift::Fewer, "now has a schema"),
                };
                let verdict = self.shifted(shift, None);
                let places = (old.keyword("items"), new.keyword("items"));
                self.say(Kind::Type, format!("{name} {now}"), verdict, spot, places);
            }
        }
    }

    /// Returns whether a component was only renamed.
    pub(crate) fn is_renamed(&self, old: &str, new: &str) -> bool {
        !self.new.has_schema(old) && !self.old.has_schema(new)
    }

    /// Returns the references of a part, to find later what is added or removed with it.
    pub(crate) fn reaches(&self, value: &'a Value) -> BTreeSet<String> {
        unloc_spec::references(value).map(str::to_owned).collect()
    }

    /// Returns whether a response lost its envelope, which the old bindings do not need.
    fn is_unwrapped(&mut self, old: &View<'a>, new: &View<'a>, spot: &Spot) -> bool {
        let property = old.own.get(ENVELOPE).and_then(|at| at.value.as_str());
        let inside = property.and_then(|property| self.old.view(old.properties.get(property)?).name);
        let is_response = self.direction == Direction::Response && old.name != new.name;
        let is_bare = is_response && inside.is_some() && inside == new.name;
        if is_bare {
            let what = format!("{} no longer has its envelope", spot.name);
            let why = "the old bindings read it with and without (`x-envelope`)".to_owned();
            self.say(Kind::Type, what, (Verdict::Compatible, why), spot, (&old.pointer, &new.pointer));
        }
        is_bare
    }

    /// Returns the verdict for a schema whose allowed values changed.
    pub(crate) fn shifted(&self, shift: Shift, tolerated: Option<&str>) -> (Verdict, String) {
        match (self.direction, shift) {
            (Direction::Request, Shift::More) => {
                (Verdict::Compatible, "everything that the old bindings send is still accepted".into())
            }
            (Direction::Request, _) => {
                (Verdict::Breaking, "the old bindings may send values that are no longer accepted".into())
            }
            (_, Shift::Fewer) => (Verdict::Compatible, "the old bindings can read every response".into()),
            (..) => match tolerated {
                Some(tolerance) => (Verdict::Compatible, tolerance.to_owned()),
                None => (Verdict::Breaking, "a response may contain values that the old bindings cannot read".into()),
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

    /// Compares the names of components, which matter only to the bindings.
    fn names(&mut self, old: &View<'a>, new: &View<'a>, spot: &Spot) {
        let (before, after) = (old.name.clone(), new.name.clone());
        if before == after {
            return;
        }
        let why = "schema names are not sent";
        if let (Some(before), Some(after)) = (&before, &after)
            && self.is_renamed(before, after)
        {
            let what = format!("the schema `{before}` was renamed to `{after}`");
            let change = Change::new(Kind::Rename, self.direction, what).wire(Verdict::Compatible, why);
            let items = (Item::Type(before.clone(), None), Item::Type(after.clone(), None));
            self.add(change.about(Some(items.0), Some(items.1)), &old.home, &new.home);
            return;
        }
        let called =
            |name: &Option<String>| name.as_ref().map_or("an inline schema".to_owned(), |name| format!("`{name}`"));
        let what = format!("{} now uses {} instead of {}", spot.name, called(&after), called(&before));
        let mut change = self.spot(Change::new(Kind::Type, self.direction, what).wire(Verdict::Compatible, why), spot);
        change.is_quiet = true;
        change.brings = (before.into_iter().collect(), after.into_iter().collect());
        self.add(change, &old.pointer, &new.pointer);
    }

    /// Compares `not` and other compositions that have no parts to compare, with the JSON Schema engine.
    fn choices(&mut self, old: &View<'a>, new: &View<'a>, spot: &Spot) {
        if self.engine.is_equal(&old.pointer, &new.pointer) {
            return;
        }
        let verdict = self.engine.understood(self.direction, &old.pointer, &new.pointer);
        let why = match verdict {
            Verdict::Compatible => "every possible value is understood",
            Verdict::Breaking => "some possible values are not understood",
            _ => "cannot be decided automatically; review by hand",
        };
        let what = format!("the composition of {} changed", spot.name);
        let place = |view: &View<'a>| {
            let list = view.alternatives.first().map(|list| &list.pointer);
            view.choices.first().map(|at| &at.pointer).or(list).unwrap_or(&view.home).clone()
        };
        let (before, after) = (place(old), place(new));
        let places = (&before, &after);
        self.say(Kind::Type, what, (verdict, why.to_owned()), spot, (places.0, places.1));
    }
}
