//! Detects whether a removed part was added again under another name.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use unloc_spec::At;

use crate::numbers::normal;
use crate::side::Side;
use crate::view::Extra;

/// Returns the position of each entry of a mapping, in the order of the file.
pub(crate) fn order<'a>(side: Side<'_>, entries: &BTreeMap<&'a str, At<'_>>) -> BTreeMap<&'a str, usize> {
    let mut names: Vec<_> = entries.iter().map(|(name, at)| (side.document.position(&at.pointer), *name)).collect();
    names.sort();
    names.into_iter().enumerate().map(|(place, (_, name))| (name, place)).collect()
}

type Candidate<'a, 's> = (Side<'a>, &'s str, &'s At<'a>, Option<&'s usize>);

/// Returns whether two parts are the same under different names.
///
/// Their content must be equal. In addition, their descriptions must be equal, or their names similar, or, if neither
/// has a description, their positions equal.
pub(crate) fn is_same(old: Candidate<'_, '_>, new: Candidate<'_, '_>) -> bool {
    let described = |(side, _, at, _): Candidate<'_, '_>| {
        let inner = side.follow(at.clone())?;
        at.text("description").or_else(|| inner.text("description")).map(str::to_owned)
    };
    let hint = match (described(old), described(new)) {
        (Some(one), Some(other)) => one == other,
        (None, None) => old.3.is_some() && old.3 == new.3,
        _ => false,
    };
    (hint || is_similar(old.1, new.1)) && signature(old.0, old.2, 0) == signature(new.0, new.2, 0)
}

fn is_similar(one: &str, other: &str) -> bool {
    let letters =
        |name: &str| name.chars().filter(|letter| letter.is_alphanumeric()).collect::<String>().to_lowercase();
    let (one, other) = (letters(one), letters(other));
    let shorter = one.chars().count().min(other.chars().count());
    one == other || (shorter > 2 && (one.contains(&other) || other.contains(&one)))
}

/// Returns a schema in a normal form that does not depend on how it is composed.
pub(crate) fn signature(side: Side<'_>, at: &At<'_>, depth: usize) -> Value {
    let view = side.view(at);
    // Three levels distinguish schemas well enough, and recursive schemas need a limit.
    if depth > 2 {
        return json!(view.kind);
    }
    let inner = |at: &At<'_>| signature(side, at, depth + 1);
    let properties: BTreeMap<_, _> = view.properties.iter().map(|(name, at)| (*name, inner(at))).collect();
    let extra = match &view.extra {
        Extra::Open => json!(true),
        Extra::Closed => json!(false),
        Extra::Of(at) => inner(at),
    };
    let bounds: BTreeMap<_, _> = view.bounds.iter().map(|(key, at)| (*key, normal(at.value))).collect();
    let values = view.values.map(|values| values.iter().map(normal).collect::<Vec<_>>());
    let lists = view.alternatives.iter();
    let alternatives: Vec<Vec<_>> = lists.map(|list| list.members.iter().map(inner).collect()).collect();
    let choices: Vec<_> = view.choices.iter().map(|at| at.value).collect();
    json!({
        "type": view.kind, "format": view.format, "nullable": view.is_nullable(), "enum": values, "bounds": bounds,
        "properties": properties, "required": view.required, "extra": extra, "items": view.items.as_ref().map(inner), "choices": choices,
        "alternatives": alternatives,
    })
}
