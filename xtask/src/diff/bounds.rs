//! Limits of values, which requests have to keep and answers do not.

use serde_json::Value;
use unloc_codegen::prepare::LIMITS;

use super::change::{Change, Direction, Item, Kind, Verdict};
use super::compare::Comparison;
use super::schemas::{Shift, Spot, plain};
use super::view::View;

/// A limit, if it limits anything.
fn value<'a>(view: &View<'a>, key: &str) -> Option<&'a Value> {
    let value = view.bounds.get(key).map(|at| at.value)?;
    let is_length = key.starts_with("min") && key != "minimum";
    let is_idle = *value == Value::Bool(false) || (is_length && value.as_u64() == Some(0));
    (!is_idle).then_some(value)
}

/// Whether two limits are one: a number may be written in several ways.
fn is_same(one: Option<&Value>, other: Option<&Value>) -> bool {
    let number = |value: Option<&Value>| value.and_then(Value::as_f64);
    one == other || number(one).is_some_and(|one| number(other) == Some(one) && one.abs() < 9e15)
}

impl<'a> Comparison<'a> {
    pub(crate) fn bounds(&mut self, old: &View<'a>, new: &View<'a>, (inner, outer): (&Spot, &Spot)) {
        let changed: Vec<_> = LIMITS.iter().filter(|key| !is_same(value(old, key), value(new, key))).collect();
        // What makes a bound exclusive is told with the bound.
        let told = changed.iter().filter(|key| {
            let bound = key.strip_prefix("exclusive").map(str::to_lowercase);
            bound.is_none_or(|bound| !changed.iter().any(|key| **key == bound))
        });
        for key in told {
            let is_own = old.is_own(old.bounds.get(*key)) && new.is_own(new.bounds.get(*key));
            let spot = if is_own { inner } else { outer };
            let shown = |view: &View<'a>| value(view, key).map_or("none".to_owned(), plain);
            let what = format!("`{key}` of {} is {} where it was {}", spot.name, shown(new), shown(old));
            let (verdict, why) = match (self.direction, limited(key, old, new)) {
                (Direction::Request, None) => {
                    (Verdict::Unknown, "whether one covers the other cannot be told: compare them".to_owned())
                }
                (Direction::Request, Some(shift)) => self.shifted(shift, None),
                _ => (Verdict::Compatible, "limits of answers are not checked".to_owned()),
            };
            // Setters check the lengths of texts that only requests have.
            let is_setter = matches!(&spot.items.1, Item::Type(name, Some(_)) if !self.answers.contains(name));
            let is_length = matches!(**key, "minLength" | "maxLength");
            let is_checked = is_length && is_setter && self.direction == Direction::Request;
            let mut change = self.spot(Change::new(Kind::Bounds, self.direction, what).wire(verdict, why), spot);
            change.demands = is_checked && verdict == Verdict::Breaking;
            let place = |view: &View<'a>| view.bounds.get(*key).map_or(view.home.clone(), |at| at.pointer.clone());
            self.add(change, &place(old), &place(new));
        }
    }
}

/// How the limits of the new schema lie to those of the old one; nothing where that cannot be told.
fn limited(key: &str, old: &View<'_>, new: &View<'_>) -> Option<Shift> {
    let number = |view: &View<'_>| value(view, key).and_then(Value::as_f64);
    let (before, after) = match (value(old, key), value(new, key)) {
        (None, _) => return Some(Shift::Fewer),
        (_, None) => return Some(Shift::More),
        (Some(_), Some(_)) => (number(old)?, number(new)?),
    };
    let is_fewer = match key {
        "multipleOf" if (before / after).fract() == 0.0 => false,
        "multipleOf" if (after / before).fract() == 0.0 => true,
        "multipleOf" => return Some(Shift::Other),
        key if key.starts_with("min") => after > before,
        _ => after < before,
    };
    Some(if is_fewer { Shift::Fewer } else { Shift::More })
}
