//! Limits of values, which requests have to keep and answers do not.
//!
//! A limit is compared by what it allows, not by how it is written: below 10 and at most 9 are one limit of a whole
//! number, and a flag that says that a bound is exclusive is a part of that bound (OpenAPI 3.0 takes both from JSON
//! Schema Wright-00, section 5).

use std::cmp::Ordering;

use serde_json::Value;
use unloc_codegen::prepare::LIMITS;

use crate::change::{Change, Direction, Item, Kind, Verdict};
use crate::compare::Comparison;
use crate::numbers::Decimal;
use crate::schemas::{Shift, Spot};
use crate::values::plain;
use crate::view::View;

/// What a limit allows.
#[derive(Clone, Debug, PartialEq)]
enum Limit {
    /// A number, and whether it is itself beyond the limit.
    Number(Decimal, bool),
    /// What has no order that could be told: a pattern, a number that is too long.
    Other(Value, bool),
}

/// A limit, if it limits anything.
fn limit(view: &View<'_>, key: &str) -> Option<Limit> {
    let value = view.bounds.get(key).map(|at| at.value)?;
    let flag = match key {
        "minimum" => "exclusiveMinimum",
        "maximum" => "exclusiveMaximum",
        _ => "",
    };
    let is_exclusive = view.bounds.get(flag).is_some_and(|at| *at.value == Value::Bool(true));
    let other = || (*value != Value::Bool(false)).then(|| Limit::Other(value.clone(), is_exclusive));
    let Some(number) = Decimal::of(value) else { return other() };
    let is_whole = view.kind == Some("integer");
    let inner = match key {
        "minimum" if is_whole && is_exclusive => number.floor().and_then(|number| number.next(1)),
        "minimum" if is_whole => number.ceil(),
        "maximum" if is_whole && is_exclusive => number.ceil().and_then(|number| number.next(-1)),
        "maximum" if is_whole => number.floor(),
        "multipleOf" if is_whole => number.whole_multiple(),
        _ => Some(number),
    };
    let Some(number) = inner else { return other() };
    let is_idle = match key {
        "minLength" | "minItems" | "minProperties" => number == Decimal::whole(0),
        "multipleOf" => is_whole && number == Decimal::ONE,
        // What the format says already.
        "minimum" | "maximum" if is_whole => range(view.format).is_some_and(|(least, most)| match key {
            "minimum" => number.compare(Decimal::whole(least)).is_some_and(Ordering::is_le),
            _ => number.compare(Decimal::whole(most)).is_some_and(Ordering::is_ge),
        }),
        _ => false,
    };
    (!is_idle).then_some(Limit::Number(number, is_exclusive && !is_whole))
}

fn range(format: Option<&str>) -> Option<(i64, i64)> {
    match format? {
        "int32" => Some((i32::MIN.into(), i32::MAX.into())),
        "int64" => Some((i64::MIN, i64::MAX)),
        _ => None,
    }
}

impl<'a> Comparison<'a> {
    pub(crate) fn bounds(&mut self, old: &View<'a>, new: &View<'a>, (inner, outer): (&Spot, &Spot)) {
        for key in LIMITS.iter().copied().filter(|key| !key.starts_with("exclusive")) {
            let (before, after) = (limit(old, key), limit(new, key));
            if before == after {
                continue;
            }
            let is_own = old.is_own(old.bounds.get(key)) && new.is_own(new.bounds.get(key));
            let spot = if is_own { inner } else { outer };
            let what = format!("`{key}` of {} is {} where it was {}", spot.name, shown(new, key), shown(old, key));
            let (verdict, why) = match (self.direction, limited(key, before.as_ref(), after.as_ref())) {
                (Direction::Request, None) => {
                    (Verdict::Unknown, "whether one covers the other cannot be told: compare them".to_owned())
                }
                (Direction::Request, Some(shift)) => self.shifted(shift, None),
                _ => (Verdict::Compatible, "limits of answers are not checked".to_owned()),
            };
            // Setters check the lengths of texts that only requests have.
            let is_setter = matches!(&spot.items.1, Item::Type(name, Some(_)) if !self.answers.contains(name));
            let is_length = matches!(key, "minLength" | "maxLength");
            let is_checked = is_length && is_setter && self.direction == Direction::Request;
            let mut change = self.spot(Change::new(Kind::Bounds, self.direction, what).wire(verdict, why), spot);
            change.demands = is_checked && verdict == Verdict::Breaking;
            let place = |view: &View<'a>| view.bounds.get(key).map_or(view.home.clone(), |at| at.pointer.clone());
            self.add(change, &place(old), &place(new));
        }
    }
}

/// A limit as it is written.
fn shown(view: &View<'_>, key: &str) -> String {
    match (limit(view, key), view.bounds.get(key)) {
        (Some(limit), Some(at)) => {
            let flag = format!("exclusive{}{}", key[..1].to_uppercase(), &key[1..]);
            let is_exclusive = matches!(limit, Limit::Number(..) | Limit::Other(_, true))
                && view.bounds.get(flag.as_str()).is_some_and(|at| *at.value == Value::Bool(true));
            if is_exclusive { format!("{} (exclusive)", plain(at.value)) } else { plain(at.value) }
        }
        _ => "none".to_owned(),
    }
}

/// How the limits of the new schema lie to those of the old one; nothing where that cannot be told.
fn limited(key: &str, before: Option<&Limit>, after: Option<&Limit>) -> Option<Shift> {
    let (before, after) = match (before, after) {
        (None, _) => return Some(Shift::Fewer),
        (_, None) => return Some(Shift::More),
        (Some(before), Some(after)) => (before, after),
    };
    let (Limit::Number(was, was_exclusive), Limit::Number(is, is_exclusive)) = (before, after) else { return None };
    if key == "multipleOf" {
        return Some(match (was.is_multiple_of(*is)?, is.is_multiple_of(*was)?) {
            (true, _) => Shift::More,
            (_, true) => Shift::Fewer,
            _ => Shift::Other,
        });
    }
    let is_fewer = match (is.compare(*was)?, key.starts_with("min")) {
        (Ordering::Equal, _) => *is_exclusive && !was_exclusive,
        (order, true) => order.is_gt(),
        (order, false) => order.is_lt(),
    };
    Some(if is_fewer { Shift::Fewer } else { Shift::More })
}
