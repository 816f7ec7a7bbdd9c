//! Compares the properties of two objects.

use std::collections::{BTreeMap, BTreeSet};

use unloc_spec::At;
use unloc_spec::keys::ALIASES;

use crate::change::{Change, Direction, Kind, Verdict};
use crate::compare::Comparison;
use crate::rename;
use crate::schemas::Spot;
use crate::side::Side;
use crate::view::{Extra, View};

/// Limits the pairs of properties that are compared to find renamed ones, because their number is a product.
const MAX_PAIRS: usize = 10_000;

impl<'a> Comparison<'a> {
    pub(crate) fn properties(&mut self, old: &View<'a>, new: &View<'a>, spot: &Spot) {
        // Requests do not have read-only properties, and responses do not have write-only ones.
        let hidden = |side: Side<'a>, view: &View<'a>| {
            let hidden = view.properties.iter().filter(|(_, at)| side.is_hidden(at, self.direction));
            hidden.map(|(name, _)| *name).collect::<BTreeSet<_>>()
        };
        let (unseen, unsent) = (hidden(self.old, old), hidden(self.new, new));
        let only = |one: &View<'a>, other: &View<'a>, hidden: &BTreeSet<&str>| {
            let names = one.properties.keys().filter(|name| !other.properties.contains_key(*name));
            names.filter(|name| !hidden.contains(*name)).copied().collect::<BTreeSet<&str>>()
        };
        let (mut removed, mut added) = (only(old, new, &unseen), only(new, old, &unsent));
        let aliases: BTreeSet<String> = match added.is_empty() {
            true => BTreeSet::new(),
            false => old.properties.values().flat_map(|at| self.old.view(at).texts(ALIASES)).collect(),
        };
        let may_be_renamed = !removed.is_empty() && !added.is_empty() && removed.len() * added.len() <= MAX_PAIRS;
        let order = |side: Side<'a>, view: &View<'a>| {
            if may_be_renamed { rename::order(side, &view.properties) } else { BTreeMap::new() }
        };
        let places = (order(self.old, old), order(self.new, new));
        for before in removed.clone().into_iter().filter(|_| may_be_renamed) {
            let is_same = |after: &str| {
                old.required.contains(before) == new.required.contains(after)
                    && rename::is_same(
                        (self.old, before, &old.properties[before], places.0.get(before)),
                        (self.new, after, &new.properties[after], places.1.get(after)),
                    )
            };
            let mut alike = added.iter().filter(|after| is_same(after));
            if let (Some(after), None) = (alike.next().copied(), alike.next()) {
                self.property_renamed(old, new, (before, after), spot);
                removed.remove(before);
                added.remove(after);
            }
        }
        removed.into_iter().for_each(|name| self.property_removed(old, new, name, spot));
        added.into_iter().for_each(|name| self.property_added(old, new, (name, aliases.contains(name)), spot));
        for (name, before) in &old.properties {
            let Some(after) = new.properties.get(name) else { continue };
            match (unseen.contains(name), unsent.contains(name)) {
                (false, false) => self.property_changed(old, new, (name, before, after), spot),
                (false, true) => self.property_hidden(old, (name, before, after), spot),
                (true, false) => self.property_shown(new, (name, before, after), spot),
                (true, true) => {}
            }
        }
        self.unlisted(old, new, spot);
        self.closed(old, new, spot);
        if let (Extra::Of(before), Extra::Of(after)) = (&old.extra, &new.extra) {
            let (before, after) = (before.clone(), after.clone());
            let name = format!("an entry of {}", spot.name);
            let inner = Spot { name, null_is_compared: false, is_required: true, ..spot.clone() };
            self.schemas(&before, &after, &inner);
        } else if let (Extra::Of(_), _) | (_, Extra::Of(_)) = (&old.extra, &new.extra) {
            let what = format!("the schema of the entries of {} changed", spot.name);
            let change = Change::new(Kind::Type, self.direction, what);
            let change = change.wire(Verdict::Unknown, "cannot be decided automatically; review by hand");
            let (old, new) = (old.keyword("additionalProperties"), new.keyword("additionalProperties"));
            self.add(self.spot(change, spot), old, new);
        }
    }

    /// Returns whether the old bindings need this property in a response.
    fn is_needed(&self, view: &View<'a>, name: &str) -> bool {
        view.required.contains(name) && view.properties.get(name).is_some_and(|at| !at.is("nullable"))
    }

    /// Reports properties that are now required but not described, so that no bindings can send them.
    fn unlisted(&mut self, old: &View<'a>, new: &View<'a>, spot: &Spot) {
        let names =
            new.required.iter().filter(|name| !new.properties.contains_key(*name) && !old.required.contains(*name));
        for name in names {
            let what = format!("{} now requires `{name}`, which it does not describe", spot.name);
            let (verdict, why) = match self.direction {
                Direction::Request => (Verdict::Breaking, "the old bindings cannot send it"),
                _ => (Verdict::Compatible, "the old bindings can read every response"),
            };
            let mut change = Change::new(Kind::Property, self.direction, what).wire(verdict, why);
            change.fails_at_run_time = self.direction == Direction::Request;
            let change = self.about(change, spot, None, Some(name));
            self.add(change, &old.home, new.keyword("required"));
        }
    }

    fn closed(&mut self, old: &View<'a>, new: &View<'a>, spot: &Spot) {
        let (before, after) = (old.is_closed(), new.is_closed());
        if before == after {
            return;
        }
        let now = if after { "no longer allows unlisted properties" } else { "now allows unlisted properties" };
        // Generated types have only the listed properties; without any, they are maps.
        let is_map = self.direction == Direction::Request && after && old.properties.is_empty();
        let (verdict, why) = match is_map {
            true => (Verdict::Breaking, "the old bindings may send any property"),
            false => (Verdict::Compatible, "the old bindings send and read only the listed properties"),
        };
        let change = Change::new(Kind::Type, self.direction, format!("{} {now}", spot.name)).wire(verdict, why);
        let places = (old.keyword("additionalProperties"), new.keyword("additionalProperties"));
        self.add(self.spot(change, spot), places.0, places.1);
    }

    fn about(&self, change: Change, spot: &Spot, old: Option<&str>, new: Option<&str>) -> Change {
        change.about(old.map(|name| spot.items.0.member(name)), new.map(|name| spot.items.1.member(name)))
    }

    fn property_removed(&mut self, old: &View<'a>, new: &View<'a>, name: &str, spot: &Spot) {
        let what = format!("the property `{name}` of {} was removed", spot.name);
        let (verdict, why) = match self.direction {
            Direction::Request if new.is_closed() => {
                (Verdict::Breaking, "the service refuses what the old bindings send")
            }
            Direction::Request => (Verdict::Unknown, "the service may refuse or ignore what the old bindings send"),
            _ if self.is_needed(old, name) => (Verdict::Breaking, "the old bindings cannot read a response without it"),
            _ => (Verdict::Compatible, "the old bindings read it as absent, as it could be before"),
        };
        let mut change = Change::new(Kind::Property, self.direction, what).wire(verdict, why);
        change.lost = vec![name.to_owned()];
        change.reaches.0 = self.reaches(old.properties[name].value);
        let change = self.about(change, spot, Some(name), None);
        let place = old.properties[name].pointer.clone();
        self.add(change, &place, &new.home);
    }

    fn property_added(&mut self, old: &View<'a>, new: &View<'a>, (name, is_alias): (&str, bool), spot: &Spot) {
        let is_required = new.required.contains(name);
        let must = if is_required { "required " } else { "" };
        let what = format!("the {must}property `{name}` of {} was added", spot.name);
        let (verdict, why) = match self.direction {
            Direction::Request if is_required => (Verdict::Breaking, "the old bindings do not send it"),
            Direction::Request => (Verdict::Compatible, "it may be omitted, as the old bindings do"),
            _ if is_alias => {
                (Verdict::Unknown, "the old bindings read it as an alias of another property (`x-aliases`)")
            }
            _ if matches!(old.extra, Extra::Of(_)) => {
                (Verdict::Unknown, "the old bindings read it as an entry of their map")
            }
            _ => (Verdict::Compatible, "the old bindings ignore it"),
        };
        let mut change = Change::new(Kind::Property, self.direction, what).wire(verdict, why);
        change.new = vec![name.to_owned()];
        change.fails_at_run_time = self.direction == Direction::Request && is_required;
        change.reaches.1 = self.reaches(new.properties[name].value);
        let change = self.about(change, spot, None, Some(name));
        let place = new.properties[name].pointer.clone();
        self.add(change, &old.home, &place);
    }

    fn property_renamed(&mut self, old: &View<'a>, new: &View<'a>, (before, after): (&str, &str), spot: &Spot) {
        let what = format!("the property `{before}` of {} was renamed to `{after}`", spot.name);
        let is_read = self.old.view(&old.properties[before]).texts(ALIASES).contains(after);
        let (verdict, why) = match self.direction {
            Direction::Request => (Verdict::Breaking, "the old bindings send it under its old name"),
            _ if is_read => (Verdict::Compatible, "the old bindings read the new name, too (`x-aliases`)"),
            _ if self.is_needed(old, before) => (Verdict::Breaking, "the old bindings look for the old name"),
            _ => (Verdict::Unknown, "the old bindings read it as absent; whether programs can handle that is unknown"),
        };
        let mut change = Change::new(Kind::Rename, self.direction, what).wire(verdict, why);
        (change.lost, change.new) = (vec![before.to_owned()], vec![after.to_owned()]);
        let change = self.about(change, spot, Some(before), Some(after));
        let places = (old.properties[before].pointer.clone(), new.properties[after].pointer.clone());
        self.add(change, &places.0, &places.1);
    }

    fn property_changed(
        &mut self,
        old: &View<'a>,
        new: &View<'a>,
        (name, before, after): (&str, &At<'a>, &At<'a>),
        spot: &Spot,
    ) {
        let (was, is) = (old.required.contains(name), new.required.contains(name));
        let called = format!("`{name}` of {}", spot.name);
        if was != is {
            let what = format!("{called} is now {}", if is { "required" } else { "optional" });
            let (verdict, why) = match self.direction {
                Direction::Request if is => (Verdict::Breaking, "the old bindings may omit it"),
                Direction::Request => (Verdict::Compatible, "it may still be sent"),
                _ if !is && self.is_needed(old, name) => {
                    (Verdict::Breaking, "the old bindings cannot read a response without it")
                }
                _ => (Verdict::Compatible, "the old bindings can read every response"),
            };
            let mut change = Change::new(Kind::Property, self.direction, what).wire(verdict, why);
            change.fails_at_run_time = self.direction == Direction::Request && is;
            let change = self.about(change, spot, Some(name), Some(name));
            self.add(change, &before.pointer, &after.pointer);
        }
        let items = (spot.items.0.member(name), spot.items.1.member(name));
        // The bindings read null as an empty list or map, if the property itself declares one.
        let is_map = before.value.get("additionalProperties").is_some_and(serde_json::Value::is_object);
        let takes_null = !was || is_map || before.value.get("items").is_some();
        let inner = Spot { takes_null, is_required: was, ..Spot::new(called, items.0, items.1) };
        self.schemas(before, after, &inner);
    }

    /// Reports a property that still exists but is no longer sent in this direction.
    fn property_hidden(&mut self, old: &View<'a>, (name, before, after): (&str, &At<'a>, &At<'a>), spot: &Spot) {
        let (now, verdict, why) = match self.direction {
            Direction::Request => {
                let why = "the service may refuse or ignore what the old bindings send";
                ("read only", Verdict::Unknown, why)
            }
            _ if self.is_needed(old, name) => {
                ("write only", Verdict::Breaking, "the old bindings cannot read a response without it")
            }
            _ => ("write only", Verdict::Compatible, "the old bindings read it as absent, as it could be before"),
        };
        let what = format!("`{name}` of {} is now {now}", spot.name);
        let change = Change::new(Kind::Property, self.direction, what).wire(verdict, why);
        let change = self.about(change, spot, Some(name), Some(name));
        self.add(change, &before.pointer, &after.pointer);
    }

    /// Reports a property that is now sent in this direction.
    fn property_shown(&mut self, new: &View<'a>, (name, before, after): (&str, &At<'a>, &At<'a>), spot: &Spot) {
        let is_required = new.required.contains(name);
        let (once, verdict, why) = match self.direction {
            Direction::Request if is_required => ("read only", Verdict::Breaking, "the old bindings may omit it"),
            Direction::Request => ("read only", Verdict::Compatible, "it may be omitted"),
            _ => ("write only", Verdict::Compatible, "the old bindings can read every response"),
        };
        let must = if is_required && self.direction == Direction::Request { ", and required" } else { "" };
        let what = format!("`{name}` of {} is no longer {once}{must}", spot.name);
        let mut change = Change::new(Kind::Property, self.direction, what).wire(verdict, why);
        change.fails_at_run_time = verdict == Verdict::Breaking;
        let change = self.about(change, spot, Some(name), Some(name));
        self.add(change, &before.pointer, &after.pointer);
    }
}
