//! Finds every `x-` key of a document, and checks it by the table.

use serde_json::Value;

use super::checks::KeyUse;
use super::{KEYS, Place, SENSITIVE, find};
use crate::client;
use crate::error::Flaw;
use crate::load::{Document, escape};
use crate::walk::method;
use crate::words::nearest;

/// Returns every mistake in the `x-` keys of a document: unknown and misplaced keys, invalid values, and clients that
/// do not fit the operations.
#[must_use]
pub fn check(document: &Document) -> Vec<Flaw> {
    let root = &document.value;
    let mut flaws = Vec::new();
    walk(root, "", Place::Document, &mut |place, node, pointer| one(root, place, node, pointer, &mut flaws));
    // A mistake in `x-clients` would be reported again at each operation.
    if flaws.is_empty() {
        flaws.extend(client::check_operations(root));
    }
    flaws
}

/// Returns whether the keys of the mapping under this key are names that the author chose.
///
/// Such a name may begin with `x-` without being an extension: a property `x-colour`, a header `x-rate`.
#[must_use]
pub fn holds_names(key: &str) -> bool {
    const NAMES: [&str; 14] = [
        "properties",
        "headers",
        "schemas",
        "parameters",
        "responses",
        "requestBodies",
        "securitySchemes",
        "links",
        "callbacks",
        "content",
        "variables",
        "encoding",
        "mapping",
        "scopes",
    ];
    NAMES.contains(&key)
}

/// Returns whether the value under this key is data and not description.
#[must_use]
pub fn holds_data(key: &str) -> bool {
    ["default", "enum", "example", "examples", "security"].contains(&key)
}

/// Calls `visit` with each node that can have `x-` keys.
fn walk(node: &Value, pointer: &str, place: Place, visit: &mut dyn FnMut(Place, &Value, &str)) {
    let Some(map) = node.as_object() else { return };
    visit(place, node, pointer);
    // A slash in a path is escaped as `~1`, so a pointer of one step below `/paths/` is a path item.
    let is_path = pointer.strip_prefix("/paths/").is_some_and(|path| !path.contains('/'));
    for (key, child) in map.iter().filter(|(key, _)| !key.starts_with("x-") && !holds_data(key)) {
        let pointer = format!("{pointer}/{}", escape(key));
        match child {
            Value::Object(entries) if holds_names(key) => {
                // The Responses Object of an operation can have extensions besides its statuses (OpenAPI 3.0.3,
                // 4.7.16). `/components/responses` is a mapping of names.
                let is_object = key == "responses" && pointer != "/components/responses";
                if is_object {
                    visit(Place::Node, child, &pointer);
                }
                let place = match (pointer.as_str(), key.as_str()) {
                    ("/components/schemas", _) => Place::Schema,
                    ("/components/parameters", _) => Place::Parameter,
                    (_, "properties") => Place::Property,
                    _ => Place::Node,
                };
                let entries = entries.iter().filter(|(name, _)| !is_object || !name.starts_with("x-"));
                entries.for_each(|(name, entry)| {
                    walk(entry, &format!("{pointer}/{}", escape(name)), place, visit);
                });
            }
            Value::Array(items) => {
                let place = match key.as_str() {
                    "servers" => Place::Server,
                    "parameters" => Place::Parameter,
                    _ => Place::Node,
                };
                items.iter().enumerate().for_each(|(index, item)| {
                    walk(item, &format!("{pointer}/{index}"), place, visit);
                });
            }
            child => {
                let is_operation = is_path && method(key).is_some();
                walk(child, &pointer, if is_operation { Place::Operation } else { Place::Node }, visit);
            }
        }
    }
}

/// Checks the `x-` keys of one node.
fn one(root: &Value, place: Place, node: &Value, pointer: &str, flaws: &mut Vec<Flaw>) {
    for (name, value) in node.as_object().into_iter().flatten().filter(|(name, _)| name.starts_with("x-")) {
        let at = format!("{pointer}/{}", escape(name));
        match find(name) {
            Some(key) if key.places.contains(&place) || key.places.contains(&Place::Node) => {
                let violations = KeyUse { key, root, pointer, node, value }.violations();
                let help = "see the table of `x-` keys in openapi/README.md";
                flaws.extend(violations.0.into_iter().map(|(below, message)| Flaw {
                    pointer: format!("{at}{below}"),
                    message,
                    help: help.to_owned(),
                }));
            }
            // This misplacement has its own text. A property with `x-sensitive` looks right, and its value would be
            // logged.
            Some(key) if key.name == SENSITIVE => flaws.push(Flaw {
                pointer: at,
                message: "a sensitive string without a name would show in Debug output".to_owned(),
                help: "make it a component under /components/schemas".to_owned(),
            }),
            Some(key) => {
                let places: Vec<_> = key.places.iter().map(|place| place.phrase()).collect();
                let help = format!("it is allowed at {}", places.join(" or "));
                flaws.push(Flaw { pointer: at, message: format!("the extension `{name}` is not allowed here"), help });
            }
            None => {
                let here = KEYS.iter().filter(|key| key.places.contains(&place)).map(|key| key.name);
                let help = match nearest(name, KEYS.iter().map(|key| key.name)) {
                    Some(near) => format!("did you mean `{near}`?"),
                    None if here.clone().next().is_none() => "remove it; no extension is allowed here".to_owned(),
                    None => {
                        let here: Vec<_> = here.collect();
                        format!("remove it; these extensions are allowed here: {}", here.join(", "))
                    }
                };
                flaws.push(Flaw { pointer: at, message: format!("unknown extension `{name}`"), help });
            }
        }
    }
}
