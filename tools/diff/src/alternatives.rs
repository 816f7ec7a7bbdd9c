//! Compares the alternatives of `oneOf` and `anyOf` member by member: added, removed and changed ones.
//!
//! Two members match if they refer to the same component, if they have the same discriminating value, or if they are
//! equal. The remaining members are matched by similarity.

use std::collections::BTreeSet;

use unloc_spec::At;

use crate::change::{Change, Direction, Kind, Verdict};
use crate::compare::Comparison;
use crate::numbers::normal;
use crate::rename;
use crate::schemas::Spot;
use crate::side::Side;
use crate::view::{Alternatives, View};

/// Limits the pairs of members that are matched by similarity, because their number is the product of both lists.
const MAX_PAIRS: usize = 10_000;

/// Holds an alternative and what distinguishes it from the others.
struct Member<'a> {
    at: At<'a>,
    view: View<'a>,
    /// Lists the values that identify it: those that the discriminator maps to it, and properties with a single value.
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

    /// Returns its name in messages; `place` is its index in the list.
    fn called(&self, place: usize) -> String {
        let title = self.at.text("title").map(|title| format!("`{title}`"));
        let name = self.view.name.as_ref().map(|name| format!("`{name}`"));
        let tag = self.tags.first().map(|tag| format!("`{tag}`"));
        name.or(title).or(tag).unwrap_or_else(|| format!("number {} ({})", place + 1, self.view.described()))
    }
}

impl<'a> Comparison<'a> {
    /// Compares the alternatives if each side has one list of them, or one side has a single schema instead.
    ///
    /// Returns false in all other cases; then the schemas must be compared as a whole.
    pub(crate) fn alternatives(&mut self, old: &View<'a>, new: &View<'a>, spot: &Spot) -> bool {
        let (before, after) = match (old.alternatives.as_slice(), new.alternatives.as_slice()) {
            ([before], [after]) => (before.clone(), after.clone()),
            ([before], []) if old.is_bare() => (before.clone(), single(self.new, new, old)),
            ([], [after]) if new.is_bare() => (single(self.old, old, new), after.clone()),
            _ => return false,
        };
        let (was, is) = (Member::all(self.old, &before), Member::all(self.new, &after));
        let (matched_pairs, removed, added) = self.matched(&was, &is);
        let is_both = before.members.len() > 1 && after.members.len() > 1;
        let rule_changed = is_both && before.is_one != after.is_one;
        let is_whole = removed.is_empty() && added.is_empty() && !rule_changed;
        if !is_whole && self.engine.is_equal(&old.pointer, &new.pointer) {
            return true;
        }
        for (one, other) in matched_pairs {
            let (member, other) = (&was[one], &is[other]);
            let name = match spot.name.starts_with("the alternative ") {
                true => spot.name.clone(),
                false => format!("the alternative {} of {}", member.called(one), spot.name),
            };
            // Whether null is allowed was compared for the whole schema.
            let inner = Spot { name, takes_null: false, null_is_compared: true, is_required: true, ..spot.clone() };
            self.schemas(&member.at, &other.at, &inner);
        }
        for place in removed {
            let what = format!("{} was removed from the alternatives of {}", was[place].called(place), spot.name);
            let verdict = match self.direction {
                Direction::Request => {
                    match self.engine.understood(self.direction, &was[place].at.pointer, &new.pointer) {
                        Verdict::Compatible => (Verdict::Compatible, "another alternative accepts what is sent"),
                        _ => (Verdict::Breaking, "the old bindings may send values that are no longer accepted"),
                    }
                }
                _ => (Verdict::Compatible, "the old bindings can read every response"),
            };
            self.member(what, verdict, spot, (&was[place].at, None, &after.pointer));
        }
        for place in added {
            let what = format!("{} was added to the alternatives of {}", is[place].called(place), spot.name);
            let verdict = match self.direction {
                Direction::Request => (Verdict::Compatible, "everything that the old bindings send is still accepted"),
                _ => match self.engine.understood(self.direction, &old.pointer, &is[place].at.pointer) {
                    Verdict::Compatible => (Verdict::Compatible, "the old bindings read it as another alternative"),
                    _ => (Verdict::Breaking, "a response may contain values that the old bindings cannot read"),
                },
            };
            self.member(what, verdict, spot, (&is[place].at, Some(&before.pointer), ""));
        }
        if rule_changed {
            let now = if after.is_one { "exactly one" } else { "at least one" };
            let what = format!("a value of {} must now match {now} of its alternatives", spot.name);
            let verdict = match (self.direction, after.is_one) {
                (Direction::Request, true) => {
                    (Verdict::Unknown, "values that match several alternatives may no longer be accepted")
                }
                (Direction::Request, false) => {
                    (Verdict::Compatible, "everything that the old bindings send is still accepted")
                }
                _ => (Verdict::Compatible, "the old bindings use the first alternative that matches"),
            };
            let change = Change::new(Kind::Type, self.direction, what).wire(verdict.0, verdict.1);
            self.add(self.spot(change, spot), &before.pointer, &after.pointer);
        }
        true
    }

    /// Adds a change for a member that was removed, or that was added to the list at `old`.
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

    /// Returns the pairs of matching members, and the removed and the added ones.
    fn matched(&self, old: &[Member<'a>], new: &[Member<'a>]) -> (Vec<(usize, usize)>, Vec<usize>, Vec<usize>) {
        let (mut removed, mut added): (Vec<_>, Vec<_>) = ((0..old.len()).collect(), (0..new.len()).collect());
        let mut matched_pairs = Vec::new();
        let mut pair = |same: &dyn Fn(&Member<'a>, &Member<'a>) -> bool| {
            removed.retain(|one| match added.iter().position(|other| same(&old[*one], &new[*other])) {
                Some(place) => {
                    matched_pairs.push((*one, added.remove(place)));
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
        if removed.len() * added.len() <= MAX_PAIRS {
            let mut close: Vec<_> = removed
                .iter()
                .flat_map(|one| added.iter().map(move |other| (*one, *other)))
                .map(|(one, other)| (self.similarity(&old[one], &new[other]), one, other))
                .filter(|(similarity, ..)| *similarity >= SIMILAR)
                .collect();
            // The most similar pairs come first. Places break ties, so that the result is deterministic.
            close.sort_by_key(|(similarity, one, other)| (std::cmp::Reverse(*similarity), *one, *other));
            for (_, one, other) in close {
                if removed.contains(&one) && added.contains(&other) {
                    removed.retain(|place| *place != one);
                    added.retain(|place| *place != other);
                    matched_pairs.push((one, other));
                }
            }
        }
        matched_pairs.sort_unstable();
        (matched_pairs, removed, added)
    }

    /// Returns how similar two members are, from 0 to 100.
    fn similarity(&self, old: &Member<'a>, new: &Member<'a>) -> usize {
        if let (Some(one), Some(other)) = (&old.view.name, &new.view.name)
            && one != other
            && !self.is_renamed(one, other)
        {
            // Both names exist on both sides, so these are two different components.
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
            (Some("object"), Some("object")) if names(one).is_empty() && names(other).is_empty() => SIMILAR,
            (Some("object"), Some("object")) => share(&names(one), &names(other)),
            (None, None) => share(&one.required, &other.required),
            (one_kind, other_kind) if one_kind == other_kind => {
                if one.format == other.format {
                    90
                } else {
                    80
                }
            }
            (Some("integer"), Some("number")) | (Some("number"), Some("integer")) => SIMILAR,
            _ => 0,
        }
    }
}

/// Is the similarity from which two members count as one changed member: they share half of their properties.
const SIMILAR: usize = 50;

/// Treats a schema as a list with one alternative, because the other side has a list there.
///
/// If both sides have the same name, the member is the component itself. Otherwise it is the reference, whose name may
/// match one of the alternatives.
fn single<'a>(side: Side<'a>, view: &View<'a>, other: &View<'_>) -> Alternatives<'a> {
    let pointer = if view.name == other.name { &view.home } else { &view.pointer };
    let members = side.at(pointer).into_iter().collect();
    Alternatives { pointer: view.home.clone(), is_one: false, mapping: None, members }
}
