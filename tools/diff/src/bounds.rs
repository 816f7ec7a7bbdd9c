//! Compares the bounds of values, which requests must respect and responses need not.
//!
//! A bound is compared by what it allows, not by how it is written: "less than 10" and "at most 9" are the same bound
//! of an integer. A flag that makes a bound exclusive is part of that bound (OpenAPI 3.0 takes both from JSON Schema
//! Wright-00, section 5).

use std::cmp::Ordering;

use serde_json::Value;
use unloc_codegen::prepare::LIMITS;

use crate::change::{Change, Direction, Item, Kind, Verdict};
use crate::compare::Comparison;
use crate::numbers::Decimal;
use crate::schemas::{Shift, Spot};
use crate::values::yaml;
use crate::view::View;

/// Describes what a bound allows.
#[derive(Clone, Debug, PartialEq)]
enum Limit {
    /// A number, and whether the bound excludes it.
    Number(Decimal, bool),
    /// A value without an order: a pattern, or a number that is too long.
    Other(Value, bool),
}

/// Returns a bound, or `None` if it excludes nothing.
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
    let is_redundant = match key {
        "minLength" | "minItems" | "minProperties" => number == Decimal::whole(0),
        "multipleOf" => is_whole && number == Decimal::ONE,
        // A bound at or beyond the range of the format excludes nothing.
        "minimum" | "maximum" if is_whole => range(view.format).is_some_and(|(least, most)| match key {
            "minimum" => number.compare(Decimal::whole(least)).is_some_and(Ordering::is_le),
            _ => number.compare(Decimal::whole(most)).is_some_and(Ordering::is_ge),
        }),
        _ => false,
    };
    (!is_redundant).then_some(Limit::Number(number, is_exclusive && !is_whole))
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
            let what = format!("`{key}` of {} changed from {} to {}", spot.name, shown(old, key), shown(new, key));
            let (verdict, why) = match (self.direction, limited(key, before.as_ref(), after.as_ref())) {
                (Direction::Request, None) => {
                    (Verdict::Unknown, "cannot be decided automatically; review by hand".to_owned())
                }
                (Direction::Request, Some(shift)) => self.shifted(shift, None),
                _ => (Verdict::Compatible, "bounds of responses are not checked".to_owned()),
            };
            // Setters check the lengths of strings only in schemas that no response uses.
            let is_setter = matches!(&spot.items.1, Item::Type(name, Some(_)) if !self.response_schemas.contains(name));
            let is_length = matches!(key, "minLength" | "maxLength");
            let is_checked = is_length && is_setter && self.direction == Direction::Request;
            let mut change = self.spot(Change::new(Kind::Bounds, self.direction, what).wire(verdict, why), spot);
            change.fails_at_run_time = is_checked && verdict == Verdict::Breaking;
            let place = |view: &View<'a>| view.bounds.get(key).map_or(view.home.clone(), |at| at.pointer.clone());
            self.add(change, &place(old), &place(new));
        }
    }
}

/// Formats a bound as it is written.
fn shown(view: &View<'_>, key: &str) -> String {
    match (limit(view, key), view.bounds.get(key)) {
        (Some(limit), Some(at)) => {
            let flag = format!("exclusive{}{}", key[..1].to_uppercase(), &key[1..]);
            let is_exclusive = matches!(limit, Limit::Number(..) | Limit::Other(_, true))
                && view.bounds.get(flag.as_str()).is_some_and(|at| *at.value == Value::Bool(true));
            if is_exclusive { format!("{} (exclusive)", yaml(at.value)) } else { yaml(at.value) }
        }
        _ => "none".to_owned(),
    }
}

/// Returns how the new bound compares with the old one, or `None` if they cannot be compared.
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
