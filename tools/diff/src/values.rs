//! Compares what schemas say about a single value: type, format, enum, null, default, and the tolerances of the
//! bindings.

use serde_json::Value;
use unloc_spec::At;
use unloc_spec::keys::{ALIASES, CASE_INSENSITIVE, ENVELOPE, RUST_NAME, SENSITIVE, TOLERATE};

use crate::change::{Change, Direction, Kind, Verdict};
use crate::compare::Comparison;
use crate::numbers::normal;
use crate::schemas::{Shift, Spot};
use crate::view::View;

impl<'a> Comparison<'a> {
    /// Compares the defaults that the service assumes for omitted values.
    pub(crate) fn default(&mut self, old: &View<'a>, new: &View<'a>, (inner, outer): (&Spot, &Spot)) {
        let value = |view: &View<'a>| view.default.as_ref().map(|at| normal(at.value));
        let (before, after) = (value(old), value(new));
        if before == after {
            return;
        }
        let is_own = old.is_own(old.default.as_ref()) && new.is_own(new.default.as_ref());
        let spot = if is_own { inner } else { outer };
        let shown = |value: &Option<Value>| value.as_ref().map_or("none".to_owned(), unambiguous);
        let what = format!("the default of {} changed from {} to {}", spot.name, shown(&before), shown(&after));
        let (verdict, why) = match self.direction {
            Direction::Request if outer.is_required => (Verdict::Compatible, "it is always sent"),
            Direction::Request if before.is_some() => {
                (Verdict::Unknown, "to omit it, as the old bindings may, now means another value")
            }
            Direction::Request => (Verdict::Compatible, "no default was documented before"),
            _ => (Verdict::Compatible, "the old bindings read an omitted value as absent, not as the default"),
        };
        let change = self.spot(Change::new(Kind::Default, self.direction, what).wire(verdict, why), spot);
        let place = |view: &View<'a>| view.default.as_ref().map_or(view.home.clone(), |at| at.pointer.clone());
        self.add(change, &place(old), &place(new));
    }

    pub(crate) fn nullability(&mut self, old: &View<'a>, new: &View<'a>, spot: &Spot) {
        let places = (old.keyword("nullable"), new.keyword("nullable"));
        let takes_null = spot.takes_null || old.says_nullable;
        let tolerated = takes_null.then_some("the old bindings accept null there anyway");
        match (old.is_nullable(), new.is_nullable()) {
            (false, true) => {
                let verdict = self.shifted(Shift::More, tolerated);
                self.say(Kind::Nullability, format!("{} can now be null", spot.name), verdict, spot, places);
            }
            (true, false) => {
                let verdict = self.shifted(Shift::Fewer, None);
                self.say(Kind::Nullability, format!("{} can no longer be null", spot.name), verdict, spot, places);
            }
            _ => {}
        }
    }

    /// Compares type and format; returns whether the rest can be compared.
    pub(crate) fn kind(&mut self, old: &View<'a>, new: &View<'a>, spot: &Spot) -> bool {
        let places = (old.keyword("type"), new.keyword("type"));
        if old.effective_kind() != new.effective_kind() {
            let shift = match (old.effective_kind(), new.effective_kind()) {
                (Some("integer"), Some("number")) | (Some(_), None) => Shift::More,
                (Some("number"), Some("integer")) | (None, Some(_)) => Shift::Fewer,
                _ => Shift::Other,
            };
            let tolerated = old.texts(TOLERATE);
            let is_read = match new.kind {
                // The bindings also read a phone number from a JSON number, which has no plus.
                Some("integer") if old.own.get(SENSITIVE).is_some_and(|at| *at.value == "phone-number") => true,
                Some("integer") => tolerated.contains("integer") || tolerated.contains("number"),
                kind => kind.is_some_and(|kind| tolerated.contains(kind)),
            };
            let verdict = self.shifted(shift, is_read.then_some("the old bindings read that type, too (`x-tolerate`)"));
            let what = format!("the type of {} changed from {} to {}", spot.name, old.described(), new.described());
            self.say(Kind::Type, what, verdict, spot, places);
            // If the types have nothing in common, further differences are of no interest.
            return shift != Shift::Other;
        }
        if old.format != new.format
            && let Some(shift) = reformatted(old, new)
        {
            let is_string = old.kind == Some("string") && !is_time(old.format);
            let verdict = self.shifted(shift, is_string.then_some("the old bindings read any string there"));
            let what = format!("the type of {} changed from {} to {}", spot.name, old.described(), new.described());
            self.say(Kind::Type, what, verdict, spot, (old.keyword("format"), new.keyword("format")));
        }
        true
    }

    pub(crate) fn values(&mut self, old: &View<'a>, new: &View<'a>, spot: &Spot) {
        let texts =
            |values: &[Value]| values.iter().filter(|value| !value.is_null()).map(unambiguous).collect::<Vec<_>>();
        let (before, after) = (old.values.map(texts), new.values.map(texts));
        let places = (old.keyword("enum"), new.keyword("enum"));
        let open = "the old bindings preserve unknown values";
        match (before, after) {
            (Some(before), Some(after)) => {
                let lost: Vec<_> = before.iter().filter(|value| !after.contains(value)).cloned().collect();
                let added: Vec<_> = after.iter().filter(|value| !before.contains(value)).cloned().collect();
                if lost.is_empty() && added.is_empty() {
                    return;
                }
                let shift = match (lost.is_empty(), added.is_empty()) {
                    (true, _) => Shift::More,
                    (_, true) => Shift::Fewer,
                    _ => Shift::Other,
                };
                let (verdict, why) = self.shifted(shift, Some(open));
                let mut parts = Vec::new();
                parts.extend((!lost.is_empty()).then(|| format!("lost {}", quoted(&lost))));
                parts.extend((!added.is_empty()).then(|| format!("gained {}", quoted(&added))));
                let what = format!("{} {}", spot.name, parts.join(" and "));
                let mut change = Change::new(Kind::Enum, self.direction, what).wire(verdict, why);
                (change.lost, change.new) = (lost, added);
                let change = self.spot(change, spot);
                self.add(change, places.0, places.1);
            }
            (Some(_), None) => {
                let verdict = self.shifted(Shift::More, Some(open));
                self.say(Kind::Enum, format!("{} no longer lists its values", spot.name), verdict, spot, places);
            }
            (None, Some(after)) => {
                let verdict = self.shifted(Shift::Fewer, None);
                let what = format!("{} can now only be {}", spot.name, quoted(&after));
                self.say(Kind::Enum, what, verdict, spot, places);
            }
            (None, None) => {}
        }
    }

    /// Compares the `x-` keys that control how the bindings read and name a value.
    pub(crate) fn tolerances(&mut self, old: &View<'a>, new: &View<'a>, (inner, outer): (&Spot, &Spot)) {
        let all = [SENSITIVE, RUST_NAME, CASE_INSENSITIVE, ALIASES, TOLERATE, ENVELOPE];
        // Requests are affected only by the type of a string and by the name of its setter.
        let keys = if self.direction == Direction::Response { &all[..] } else { &all[..2] };
        for key in keys.iter().copied() {
            let (before, after) = (old.own.get(key), new.own.get(key));
            if before.map(|at| at.value) == after.map(|at| at.value) {
                continue;
            }
            let shown = |at: Option<&At<'a>>| at.map_or("none".to_owned(), |at| at.value.to_string());
            let spot = if old.is_own(before) && new.is_own(after) { inner } else { outer };
            let what = format!("`{key}` of {} changed from {} to {}", spot.name, shown(before), shown(after));
            let change = Change::new(Kind::Behaviour, self.direction, what);
            let why = "affects how the bindings read it, not what is sent";
            let mut change = self.spot(change.wire(Verdict::Compatible, why), spot);
            let is_less = before.is_some() && !old.texts(key).is_subset(&new.texts(key));
            change.fails_at_run_time = key != RUST_NAME && (after.is_none() || is_less);
            let place = |at: Option<&At<'a>>, view: &View<'a>| at.map_or(view.home.clone(), |at| at.pointer.clone());
            self.add(change, &place(before, old), &place(after, new));
        }
    }
}

fn is_time(format: Option<&str>) -> bool {
    matches!(format, Some("date-time" | "date"))
}

/// Returns how the allowed values changed with the format, or `None` if they did not.
fn reformatted(old: &View<'_>, new: &View<'_>) -> Option<Shift> {
    match old.kind {
        Some("integer") => {
            let bits = |view: &View<'_>| if view.format == Some("int32") { 32 } else { 64 };
            match bits(old).cmp(&bits(new)) {
                std::cmp::Ordering::Less => Some(Shift::More),
                std::cmp::Ordering::Equal => None,
                std::cmp::Ordering::Greater => Some(Shift::Fewer),
            }
        }
        Some("string") if old.format.is_none() => Some(Shift::Fewer),
        Some("string") if new.format.is_none() => Some(Shift::More),
        Some("string") => Some(Shift::Other),
        // `float` and `double` differ in precision only, which JSON does not define.
        _ => None,
    }
}

/// Formats a value so that the number 1 differs from the string "1".
fn unambiguous(value: &Value) -> String {
    match &normal(value) {
        Value::String(text) if serde_json::from_str::<f64>(text).is_ok() => format!("'{text}'"),
        value => yaml(value),
    }
}

/// Formats a value as in YAML.
pub(crate) fn yaml(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

pub(crate) fn quoted(values: &[String]) -> String {
    values.iter().map(|value| format!("`{value}`")).collect::<Vec<_>>().join(", ")
}
