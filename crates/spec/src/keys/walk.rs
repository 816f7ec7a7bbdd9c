//! Finds every `x-` key of a document, and holds it against the table.

use serde_json::Value;

use super::checks::Use;
use super::{KEYS, Place, SENSITIVE, find};
use crate::client;
use crate::error::Flaw;
use crate::load::{Document, escape};
use crate::walk::method;
use crate::words::nearest;

/// Everything that is wrong with the `x-` keys of a document: keys that mean nothing where they stand, values that say
/// nothing, and clients that do not fit the operations.
#[must_use]
pub fn check(document: &Document) -> Vec<Flaw> {
    let root = &document.value;
    let mut flaws = Vec::new();
    walk(root, "", Place::Document, &mut |place, node, pointer| one(root, place, node, pointer, &mut flaws));
    // What is wrong with clients alone would be told again at each operation.
    if flaws.is_empty() {
        flaws.extend(client::check_operations(root));
    }
    flaws
}

/// Whether the entries of what a key holds have names that somebody gave: these are no keys of ours, whatever they
/// begin with.
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

/// Whether what a key holds is data and not description.
#[must_use]
pub fn holds_data(key: &str) -> bool {
    ["default", "enum", "example", "examples", "security"].contains(&key)
}

/// Calls `visit` with each node that can have `x-` keys.
fn walk(node: &Value, pointer: &str, place: Place, visit: &mut dyn FnMut(Place, &Value, &str)) {
    let Some(map) = node.as_object() else { return };
    visit(place, node, pointer);
    let is_path = pointer.strip_prefix("/paths/").is_some_and(|path| !path.contains('/'));
    for (key, child) in map.iter().filter(|(key, _)| !key.starts_with("x-") && !holds_data(key)) {
        let pointer = format!("{pointer}/{}", escape(key));
        match child {
            Value::Object(entries) if holds_names(key) => {
                // The responses of an operation are an object that can have keys of ours besides its statuses.
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

/// The `x-` keys of one node.
fn one(root: &Value, place: Place, node: &Value, pointer: &str, flaws: &mut Vec<Flaw>) {
    for (name, value) in node.as_object().into_iter().flatten().filter(|(name, _)| name.starts_with("x-")) {
        let at = format!("{pointer}/{}", escape(name));
        match find(name) {
            Some(key) if key.places.contains(&place) || key.places.contains(&Place::Node) => {
                let faults = Use { key, root, pointer, node, value }.faults();
                let help = "what it may say stands in the table of openapi/README.md";
                flaws.extend(faults.0.into_iter().map(|(below, message)| Flaw {
                    pointer: format!("{at}{below}"),
                    message,
                    help: help.to_owned(),
                }));
            }
            // The likeliest slip of all, and the one that costs most.
            Some(key) if key.name == SENSITIVE => flaws.push(Flaw {
                pointer: at,
                message: "a sensitive text without a name would show in Debug output".to_owned(),
                help: "make it a component under /components/schemas".to_owned(),
            }),
            Some(key) => {
                let places: Vec<_> = key.places.iter().map(|place| place.phrase()).collect();
                let help = format!("it stands at {}", places.join(" or "));
                flaws.push(Flaw { pointer: at, message: format!("`{name}` means nothing here"), help });
            }
            None => {
                let here = KEYS.iter().filter(|key| key.places.contains(&place)).map(|key| key.name);
                let help = match nearest(name, KEYS.iter().map(|key| key.name)) {
                    Some(near) => format!("did you mean `{near}`?"),
                    None if here.clone().next().is_none() => {
                        "take it out; none of the keys of ours stands here".to_owned()
                    }
                    None => {
                        let here: Vec<_> = here.collect();
                        format!("take it out; of the keys of ours, these stand here: {}", here.join(", "))
                    }
                };
                flaws.push(Flaw { pointer: at, message: format!("`{name}` means nothing here"), help });
            }
        }
    }
}
