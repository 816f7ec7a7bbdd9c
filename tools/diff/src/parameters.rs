//! Compares the parameters of an operation.

use std::collections::BTreeMap;

use unloc_spec::{At, RawOperation};

use crate::change::{Change, Direction, Kind, Verdict};
use crate::compare::Comparison;
use crate::operations::item;
use crate::rename;
use crate::schemas::Spot;
use crate::side::Side;

type Parameters<'a> = BTreeMap<(String, String), At<'a>>;

/// Returns the parameters of an operation by location and name.
pub(crate) fn parameters<'a>(side: Side<'a>, operation: &RawOperation<'a>) -> Parameters<'a> {
    let named = operation.parameters(&side.document.value).into_iter().filter_map(|parameter| {
        let (place, name) = (parameter.text("in")?, parameter.text("name")?);
        // Header names ignore case (RFC 9110, section 5.1).
        let name = if place == "header" { name.to_lowercase() } else { name.to_owned() };
        Some(((place.to_owned(), name), parameter))
    });
    named.collect()
}

impl<'a> Comparison<'a> {
    pub(crate) fn parameters(&mut self, old: &RawOperation<'a>, new: &RawOperation<'a>) {
        let (mut removed, mut added) = (parameters(self.old, old), parameters(self.new, new));
        let mut matched = Vec::new();
        // Path parameters are matched by their position in the path, all others by name.
        let names = |operation: &RawOperation<'a>| operation.template().names().collect::<Vec<_>>();
        let (places, others) = (names(old), names(new));
        if places.len() == others.len() {
            let pairs = places.iter().zip(&others).filter_map(|(before, after)| {
                let key = |name: &str| ("path".to_owned(), name.to_owned());
                Some((removed.get(&key(before))?.clone(), added.get(&key(after))?.clone()))
            });
            matched.extend(pairs);
            removed.retain(|(place, name), _| place != "path" || !places.contains(&name.as_str()));
            added.retain(|(place, name), _| place != "path" || !others.contains(&name.as_str()));
        }
        removed.retain(|key, before| match added.remove(key) {
            Some(after) => {
                matched.push((before.clone(), after));
                false
            }
            None => true,
        });
        removed.retain(|(place, name), before| {
            let alike = added.iter().find(|((other, after), at)| {
                let schema = |at: &At<'a>| at.get("schema").unwrap_or_else(|| at.clone());
                let (one, other_schema) = (schema(before), schema(at));
                place == other
                    && before.is("required") == at.is("required")
                    && rename::is_same((self.old, name, &one, None), (self.new, after, &other_schema, None))
            });
            let Some(key) = alike.map(|(key, _)| key.clone()) else { return true };
            matched.extend(added.remove(&key).map(|after| (before.clone(), after)));
            false
        });
        for (before, after) in matched {
            self.parameter(old, new, &before, &after);
        }
        // Path parameters are added and removed with the path, which is reported already.
        for ((place, name), before) in removed.into_iter().filter(|((place, _), _)| place != "path") {
            let what = format!("the {place} parameter `{name}` was removed");
            let change = Change::new(Kind::Parameter, Direction::Request, what);
            let mut change =
                change.wire(Verdict::Unknown, "the service may refuse or ignore what the old bindings send");
            change.lost = vec![name.clone()];
            let change = change.about(Some(item(old).member(&name)), None);
            self.add(change, &before.pointer, &new.at.pointer);
        }
        for ((place, name), after) in added.into_iter().filter(|((place, _), _)| place != "path") {
            let is_required = after.is("required");
            let must = if is_required { "required " } else { "" };
            let what = format!("the {must}{place} parameter `{name}` was added");
            let (verdict, why) = match is_required {
                true => (Verdict::Breaking, "the old bindings do not send it"),
                false => (Verdict::Compatible, "it may be omitted, as the old bindings do"),
            };
            let mut change = Change::new(Kind::Parameter, Direction::Request, what).wire(verdict, why);
            (change.new, change.fails_at_run_time) = (vec![name.clone()], is_required);
            let change = change.about(None, Some(item(new).member(&name)));
            self.add(change, &old.at.pointer, &after.pointer);
        }
    }

    fn parameter(&mut self, old: &RawOperation<'a>, new: &RawOperation<'a>, before: &At<'a>, after: &At<'a>) {
        let name = |at: &At<'a>| at.text("name").unwrap_or_default();
        let (was, is) = (name(before), name(after));
        let place = after.text("in").unwrap_or_default();
        let items = (item(old).member(was), item(new).member(is));
        let about = |change: Change| change.about(Some(items.0.clone()), Some(items.1.clone()));
        let called = format!("the {place} parameter `{is}`");
        if was != is && !(place == "header" && was.eq_ignore_ascii_case(is)) {
            let what = match place {
                "path" if new.template().names().any(|name| name == was) => {
                    format!("the path parameter `{is}` took the place of `{was}`")
                }
                _ => format!("the {place} parameter `{was}` was renamed to `{is}`"),
            };
            let (verdict, why) = match place {
                "path" if new.template().names().any(|name| name == was) => {
                    (Verdict::Breaking, "the old bindings put another value there")
                }
                "path" => (Verdict::Compatible, "only its value is sent"),
                _ => (Verdict::Breaking, "the old bindings send it under its old name"),
            };
            let change = Change::new(Kind::Rename, Direction::Request, what).wire(verdict, why);
            self.add(about(change), &before.pointer, &after.pointer);
        }
        if before.is("required") != after.is("required") {
            let is_required = after.is("required");
            let what = format!("{called} is now {}", if is_required { "required" } else { "optional" });
            let (verdict, why) = match is_required {
                true => (Verdict::Breaking, "the old bindings may omit it"),
                false => (Verdict::Compatible, "it may still be sent"),
            };
            let mut change = Change::new(Kind::Parameter, Direction::Request, what).wire(verdict, why);
            change.fails_at_run_time = is_required;
            self.add(about(change), &before.pointer, &after.pointer);
        }
        let serialization = |at: &At<'a>| {
            let style =
                at.text("style").unwrap_or(if place == "query" || place == "cookie" { "form" } else { "simple" });
            let explode = at.value.get("explode").and_then(serde_json::Value::as_bool).unwrap_or(style == "form");
            (style.to_owned(), explode, at.value.get("content").is_some())
        };
        // `explode` has no effect on a single value (OpenAPI 3.0.3, 4.7.12).
        let is_one = |side: Side<'a>, at: &At<'a>| {
            let kind = at.get("schema").and_then(|schema| side.view(&schema).kind);
            kind.is_some_and(|kind| !matches!(kind, "array" | "object"))
        };
        let is_scalar = is_one(self.old, before) && is_one(self.new, after);
        let (one, other) = (serialization(before), serialization(after));
        if one.0 != other.0 || one.2 != other.2 || (one.1 != other.1 && !is_scalar) {
            let change =
                Change::new(Kind::Parameter, Direction::Request, format!("the serialization of {called} changed"));
            let change = change.wire(Verdict::Breaking, "the old bindings serialize it as before");
            self.add(about(change), &before.pointer, &after.pointer);
        }
        // A parameter with `content` has exactly one media type, which holds the schema.
        let schema = |at: &At<'a>| {
            let inner = || at.get("content")?.entries().next()?.1.get("schema");
            at.get("schema").or_else(inner)
        };
        match (schema(before), schema(after)) {
            (Some(one), Some(other)) => {
                let spot = Spot { is_required: before.is("required"), ..Spot::new(called, items.0, items.1) };
                self.schemas(&one, &other, &spot);
            }
            (None, None) => {}
            _ => {
                let what = format!("{called} has a schema on one side only");
                let change = Change::new(Kind::Parameter, Direction::Request, what);
                let change = change.wire(Verdict::Unknown, "cannot be decided automatically; review by hand");
                self.add(about(change), &before.pointer, &after.pointer);
            }
        }
    }
}
