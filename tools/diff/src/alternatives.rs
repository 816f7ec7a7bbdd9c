//! Alternatives, member by member: what has come, what is gone, and what has changed within one that stays.
//!
//! Members are the same if they refer to the same component, if the same value tells them apart, if they look alike, or
//! else if they are closest to each other in shape.

use std::collections::BTreeSet;

use unloc_spec::At;

use crate::change::{Change, Direction, Kind, Verdict};
use crate::compare::Comparison;
use crate::numbers::normal;
use crate::rename;
use crate::schemas::Spot;
use crate::side::Side;
use crate::view::{Alternatives, View};

/// How many pairs of members are held against each other by their shapes.
const MOST: usize = 10_000;

/// What an alternative is told apart by.
struct Member<'a> {
    at: At<'a>,
    view: View<'a>,
    /// The values that it is known by: what the discriminator maps to it, and properties that have one value only.
    tags: BTreeSet<String>,
}

impl<'a> Member<'a> {
    fn all(side: Side<'a>, list: &Alternatives<'a>) -> Vec<Self> {
        let member = |at: &At<'a>| {
            let view = side.view(at);
            let mapped = list.mapping.iter().flat_map(At::entries).filter(|(_, to)| {
                let to = to.value.as_str().map(|to| to.rsplit('/').next().unwrap_or(to));
                to.is_some() && to == view.name.as_deref()
            });
            let mut tags: BTreeSet<_> = mapped.map(|(value, _)| value.to_owned()).collect();
            for (name, property) in &view.properties {
                if let Some([value]) = side.view(property).values {
                    tags.insert(format!("{name}={}", normal(value)));
                }
            }
            Self { at: at.clone(), view, tags }
        };
        list.members.iter().map(member).collect()
    }

    /// What to call it, at its place among the others.
    fn called(&self, place: usize) -> String {
        let title = self.at.text("title").map(|title| format!("`{title}`"));
        let name = self.view.name.as_ref().map(|name| format!("`{name}`"));
        let tag = self.tags.first().map(|tag| format!("`{tag}`"));
        name.or(title).or(tag).unwrap_or_else(|| format!("number {} ({})", place + 1, self.view.described()))
    }
}

impl<'a> Comparison<'a> {
    /// Compares alternatives where both sides have one list of them, or one side has a single schema in its place; nothing
    /// where that is not so, and the whole has to be compared.
    pub(crate) fn alternatives(&mut self, old: &View<'a>, new: &View<'a>, spot: &Spot) -> bool {
        let (before, after) = match (old.alternatives.as_slice(), new.alternatives.as_slice()) {
            ([before], [after]) => (before.clone(), after.clone()),
            ([before], []) if old.is_bare() => (before.clone(), single(self.new, new, old)),
            ([], [after]) if new.is_bare() => (single(self.old, old, new), after.clone()),
            _ => return false,
        };
        let (was, is) = (Member::all(self.old, &before), Member::all(self.new, &after));
        let (kept, gone, come) = self.matched(&was, &is);
        let is_both = before.members.len() > 1 && after.members.len() > 1;
        let is_another_rule = is_both && before.is_one != after.is_one;
        let is_whole = gone.is_empty() && come.is_empty() && !is_another_rule;
        if !is_whole && self.engine.is_equal(&old.pointer, &new.pointer) {
            return true;
        }
        for (one, other) in kept {
            let (member, other) = (&was[one], &is[other]);
            let name = match spot.name.starts_with("the alternative ") {
                true => spot.name.clone(),
                false => format!("the alternative {} of {}", member.called(one), spot.name),
            };
            // Whether null may come is told of the whole.
            let inner = Spot { name, takes_null: false, null_is_told: true, is_required: true, ..spot.clone() };
            self.schemas(&member.at, &other.at, &inner);
        }
        for place in gone {
            let what = format!("{} is no longer among the alternatives of {}", was[place].called(place), spot.name);
            let verdict = match self.direction {
                Direction::Request => {
                    match self.engine.understood(self.direction, &was[place].at.pointer, &new.pointer) {
                        Verdict::Compatible => (Verdict::Compatible, "another alternative takes what is sent"),
                        _ => (Verdict::Breaking, "the old bindings may send what is no longer taken"),
                    }
                }
                _ => (Verdict::Compatible, "the old bindings can read every answer"),
            };
            self.member(what, verdict, spot, (&was[place].at, None, &after.pointer));
        }
        for place in come {
            let what = format!("{} is among the alternatives of {} now", is[place].called(place), spot.name);
            let verdict = match self.direction {
                Direction::Request => (Verdict::Compatible, "what the old bindings send is still taken"),
                _ => match self.engine.understood(self.direction, &old.pointer, &is[place].at.pointer) {
                    Verdict::Compatible => (Verdict::Compatible, "the old bindings read it as another alternative"),
                    _ => (Verdict::Breaking, "an answer may hold what the old bindings cannot read"),
                },
            };
            self.member(what, verdict, spot, (&is[place].at, Some(&before.pointer), ""));
        }
        if is_another_rule {
            let now = if after.is_one { "exactly one" } else { "at least one" };
            let what = format!("{now} of the alternatives of {} has to fit now", spot.name);
            let verdict = match (self.direction, after.is_one) {
                (Direction::Request, true) => (Verdict::Unknown, "what fits to several may no longer be taken"),
                (Direction::Request, false) => (Verdict::Compatible, "what the old bindings send is still taken"),
                _ => (Verdict::Compatible, "the old bindings take the first alternative that fits"),
            };
            let change = Change::new(Kind::Type, self.direction, what).wire(verdict.0, verdict.1);
            self.add(self.spot(change, spot), &before.pointer, &after.pointer);
        }
        true
    }

    /// Tells that a member is gone, or has come where there was a list before.
    fn member(
        &mut self,
        what: String,
        (verdict, why): (Verdict, &str),
        spot: &Spot,
        (at, old, new): (&At<'a>, Option<&str>, &str),
    ) {
        let mut change = Change::new(Kind::Type, self.direction, what).wire(verdict, why);
        match old {
            None => change.reaches.0 = self.reaches(at.value),
            Some(_) => change.reaches.1 = self.reaches(at.value),
        }
        let (old, new) = old.map_or((at.pointer.as_str(), new), |old| (old, at.pointer.as_str()));
        self.add(self.spot(change, spot), old, new);
    }

    /// Which members are the same, and those that have no other.
    fn matched(&self, old: &[Member<'a>], new: &[Member<'a>]) -> (Vec<(usize, usize)>, Vec<usize>, Vec<usize>) {
        let (mut gone, mut come): (Vec<_>, Vec<_>) = ((0..old.len()).collect(), (0..new.len()).collect());
        let mut kept = Vec::new();
        let mut pair = |same: &dyn Fn(&Member<'a>, &Member<'a>) -> bool| {
            gone.retain(|one| match come.iter().position(|other| same(&old[*one], &new[*other])) {
                Some(place) => {
                    kept.push((*one, come.remove(place)));
                    false
                }
                None => true,
            });
        };
        pair(&|one, other| one.view.name.is_some() && one.view.name == other.view.name);
        pair(&|one, other| !one.tags.is_empty() && one.tags == other.tags);
        pair(&|one, other| self.same.is_same(one.at.value, other.at.value));
        pair(&|one, other| {
            let title = one.at.text("title");
            title.is_some() && title == other.at.text("title") && one.view.kind == other.view.kind
        });
        if gone.len() * come.len() <= MOST {
            let mut close: Vec<_> = gone
                .iter()
                .flat_map(|one| come.iter().map(move |other| (*one, *other)))
                .map(|(one, other)| (self.closeness(&old[one], &new[other]), one, other))
                .filter(|(closeness, ..)| *closeness >= CLOSE)
                .collect();
            // The closest first; of those that are equally close, by their places.
            close.sort_by_key(|(closeness, one, other)| (std::cmp::Reverse(*closeness), *one, *other));
            for (_, one, other) in close {
                if gone.contains(&one) && come.contains(&other) {
                    gone.retain(|place| *place != one);
                    come.retain(|place| *place != other);
                    kept.push((one, other));
                }
            }
        }
        kept.sort_unstable();
        (kept, gone, come)
    }

    /// How close two members are in shape, of 100.
    fn closeness(&self, old: &Member<'a>, new: &Member<'a>) -> usize {
        if let (Some(one), Some(other)) = (&old.view.name, &new.view.name)
            && one != other
            && !self.is_renamed(one, other)
        {
            // Both are known by name on both sides, and are two things.
            return 0;
        }
        if rename::signature(self.old, &old.at, 0) == rename::signature(self.new, &new.at, 0) {
            return 100;
        }
        let (one, other) = (&old.view, &new.view);
        let share = |one: &BTreeSet<&str>, other: &BTreeSet<&str>| {
            one.intersection(other).count() * 100 / one.union(other).count().max(1)
        };
        let names = |view: &View<'a>| view.properties.keys().copied().collect::<BTreeSet<_>>();
        match (one.effective_kind(), other.effective_kind()) {
            (Some("object"), Some("object")) if names(one).is_empty() && names(other).is_empty() => CLOSE,
            (Some("object"), Some("object")) => share(&names(one), &names(other)),
            (None, None) => share(&one.required, &other.required),
            (one_kind, other_kind) if one_kind == other_kind => {
                if one.format == other.format {
                    90
                } else {
                    80
                }
            }
            (Some("integer"), Some("number")) | (Some("number"), Some("integer")) => CLOSE,
            _ => 0,
        }
    }
}

/// From where on two members are one that has changed: half of their properties are shared.
const CLOSE: usize = 50;

/// A schema that stands where the other side has alternatives. Under one name for both it is what stands there, and else
/// what refers to it, which may be one of the alternatives by its name.
fn single<'a>(side: Side<'a>, view: &View<'a>, other: &View<'_>) -> Alternatives<'a> {
    let pointer = if view.name == other.name { &view.home } else { &view.pointer };
    let members = side.at(pointer).into_iter().collect();
    Alternatives { pointer: view.home.clone(), is_one: false, mapping: None, members }
}
