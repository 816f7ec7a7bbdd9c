//! The parameters of an operation.

use std::collections::BTreeMap;

use unloc_spec::{At, RawOperation};

use crate::change::{Change, Direction, Kind, Verdict};
use crate::compare::Comparison;
use crate::operations::item;
use crate::rename;
use crate::schemas::Spot;
use crate::side::Side;

type Parameters<'a> = BTreeMap<(String, String), At<'a>>;

/// The parameters of an operation, by where they stand and what they are called.
pub(crate) fn parameters<'a>(side: Side<'a>, operation: &RawOperation<'a>) -> Parameters<'a> {
    let named = operation.parameters(&side.document.value).into_iter().filter_map(|parameter| {
        let (place, name) = (parameter.text("in")?, parameter.text("name")?);
        // Names of headers are one in any case.
        let name = if place == "header" { name.to_lowercase() } else { name.to_owned() };
        Some(((place.to_owned(), name), parameter))
    });
    named.collect()
}

impl<'a> Comparison<'a> {
    pub(crate) fn parameters(&mut self, old: &RawOperation<'a>, new: &RawOperation<'a>) {
        let (mut gone, mut come) = (parameters(self.old, old), parameters(self.new, new));
        let mut kept = Vec::new();
        // Those of a path are told apart by their place in it, all others by their names.
        let names = |operation: &RawOperation<'a>| operation.template().names().collect::<Vec<_>>();
        let (places, others) = (names(old), names(new));
        if places.len() == others.len() {
            let pairs = places.iter().zip(&others).filter_map(|(before, after)| {
                let key = |name: &str| ("path".to_owned(), name.to_owned());
                Some((gone.get(&key(before))?.clone(), come.get(&key(after))?.clone()))
            });
            kept.extend(pairs);
            gone.retain(|(place, name), _| place != "path" || !places.contains(&name.as_str()));
            come.retain(|(place, name), _| place != "path" || !others.contains(&name.as_str()));
        }
        gone.retain(|key, before| match come.remove(key) {
            Some(after) => {
                kept.push((before.clone(), after));
                false
            }
            None => true,
        });
        gone.retain(|(place, name), before| {
            let alike = come.iter().find(|((other, after), at)| {
                let schema = |at: &At<'a>| at.get("schema").unwrap_or_else(|| at.clone());
                let (one, other_schema) = (schema(before), schema(at));
                place == other
                    && before.is("required") == at.is("required")
                    && rename::is_same((self.old, name, &one, None), (self.new, after, &other_schema, None))
            });
            let Some(key) = alike.map(|(key, _)| key.clone()) else { return true };
            kept.extend(come.remove(&key).map(|after| (before.clone(), after)));
            false
        });
        for (before, after) in kept {
            self.parameter(old, new, &before, &after);
        }
        // What a path names has gone or come with the path, which is told already.
        for ((place, name), before) in gone.into_iter().filter(|((place, _), _)| place != "path") {
            let what = format!("the {place} parameter `{name}` is gone");
            let change = Change::new(Kind::Parameter, Direction::Request, what);
            let mut change = change
                .wire(Verdict::Unknown, "the service may refuse what the old bindings send, or take no notice of it");
            change.lost = vec![name.clone()];
            let change = change.about(Some(item(old).member(&name)), None);
            self.add(change, &before.pointer, &new.at.pointer);
        }
        for ((place, name), after) in come.into_iter().filter(|((place, _), _)| place != "path") {
            let is_required = after.is("required");
            let must = if is_required { "required " } else { "" };
            let what = format!("the {must}{place} parameter `{name}` is new");
            let (verdict, why) = match is_required {
                true => (Verdict::Breaking, "the old bindings do not send it"),
                false => (Verdict::Compatible, "it may be left out, as the old bindings do"),
            };
            let mut change = Change::new(Kind::Parameter, Direction::Request, what).wire(verdict, why);
            (change.new, change.demands) = (vec![name.clone()], is_required);
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
                    format!("the path parameter `{is}` stands where `{was}` stood")
                }
                _ => format!("the {place} parameter `{was}` is now called `{is}`"),
            };
            let (verdict, why) = match place {
                "path" if new.template().names().any(|name| name == was) => {
                    (Verdict::Breaking, "the old bindings put another value there")
                }
                "path" => (Verdict::Compatible, "only its value travels"),
                _ => (Verdict::Breaking, "the old bindings send it under its old name"),
            };
            let change = Change::new(Kind::Rename, Direction::Request, what).wire(verdict, why);
            self.add(about(change), &before.pointer, &after.pointer);
        }
        if before.is("required") != after.is("required") {
            let is_required = after.is("required");
            let what = format!("{called} is {} now", if is_required { "required" } else { "optional" });
            let (verdict, why) = match is_required {
                true => (Verdict::Breaking, "the old bindings may leave it out"),
                false => (Verdict::Compatible, "it may still be sent"),
            };
            let mut change = Change::new(Kind::Parameter, Direction::Request, what).wire(verdict, why);
            change.demands = is_required;
            self.add(about(change), &before.pointer, &after.pointer);
        }
        let written = |at: &At<'a>| {
            let style =
                at.text("style").unwrap_or(if place == "query" || place == "cookie" { "form" } else { "simple" });
            let explode = at.value.get("explode").and_then(serde_json::Value::as_bool).unwrap_or(style == "form");
            (style.to_owned(), explode, at.value.get("content").is_some())
        };
        // How several values are put together is no matter where there is one.
        let is_one = |side: Side<'a>, at: &At<'a>| {
            let kind = at.get("schema").and_then(|schema| side.view(&schema).kind);
            kind.is_some_and(|kind| !matches!(kind, "array" | "object"))
        };
        let is_scalar = is_one(self.old, before) && is_one(self.new, after);
        let (one, other) = (written(before), written(after));
        if one.0 != other.0 || one.2 != other.2 || (one.1 != other.1 && !is_scalar) {
            let change =
                Change::new(Kind::Parameter, Direction::Request, format!("{called} is written in another way"));
            let change = change.wire(Verdict::Breaking, "the old bindings write it as before");
            self.add(about(change), &before.pointer, &after.pointer);
        }
        // A parameter that is written as JSON has its schema below its media type, of which there is one.
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
                let what = format!("{called} is described in another way");
                let change = Change::new(Kind::Parameter, Direction::Request, what);
                let change = change.wire(Verdict::Unknown, "whether one covers the other cannot be told: compare them");
                self.add(about(change), &before.pointer, &after.pointer);
            }
        }
    }
}
