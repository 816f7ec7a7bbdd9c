//! Checks `x-envelope` and `x-pagination`, by which the bindings return what is inside a response.

use serde_json::{Map, Value};

use super::{KeyUse, Violations, success};
use crate::at::At;
use crate::keys::{ENVELOPE, PAGINATION, SENSITIVE};
use crate::load::{beside_null, escape, resolve, schema_name, underlying};
use crate::walk::RawOperation;

/// Checks the keys of `x-pagination`, the two query parameters, and the list and cursor of the response.
pub(in crate::keys) fn pagination(one: &KeyUse<'_>, violations: &mut Violations) {
    let name = |key: &str| one.value.get(key).and_then(Value::as_str);
    let message = |what: &str| format!("x-pagination: {what}");
    for key in ["items", "cursor"] {
        if name(key).is_none() {
            violations.add(message(&format!("`{key}` is missing")));
        }
    }
    let size = one.value.get("size").and_then(Value::as_u64);
    if size.is_none_or(|size| size == 0) {
        violations.add(message("`size`, the number of items to request at once, is missing"));
    }
    // `limit` may be an `int32`, and the bindings write `size` into it.
    if size.is_some_and(|size| i32::try_from(size).is_err()) {
        violations.add_at("/size", message("`size` must fit into 32 bits"));
    }
    let unknown = one.value.as_object().into_iter().flat_map(Map::keys);
    for key in unknown.filter(|key| !["items", "cursor", "size"].contains(&key.as_str())) {
        let what = format!("unknown key `{key}`; the keys are items, cursor and size");
        violations.add_at(&format!("/{}", escape(key)), message(&what));
    }
    let (Some(items), Some(cursor), true) = (name("items"), name("cursor"), violations.0.is_empty()) else { return };
    let Some(operation) = RawOperation::all(one.root).find(|raw| raw.pointer == one.pointer) else { return };
    let parameters = operation.parameters(one.root);
    for name in [cursor, "limit"] {
        let is_it = |at: &&At<'_>| at.text("name") == Some(name) && at.text("in") == Some("query");
        let Some(parameter) = parameters.iter().find(is_it) else {
            violations.add(message(&format!("the operation has no query parameter `{name}`")));
            continue;
        };
        // The first page is requested without a cursor, and callers of `items()` need not set a page size.
        if parameter.is("required") {
            violations.add(message(&format!("the query parameter `{name}` must be optional")));
        }
        let schema = parameter.get("schema").and_then(|schema| schema.follow(one.root));
        let is_right = match &schema {
            // A cursor can contain a phone number, so it needs the type that redacts it.
            Some(schema) if name == cursor => schema.text(SENSITIVE) == Some("cursor"),
            Some(schema) => {
                // `size` has up to 31 bits, which every other integer type holds.
                let is_small =
                    ["int8", "int16", "uint8", "uint16"].contains(&schema.text("format").unwrap_or_default());
                schema.text("type") == Some("integer") && !is_small
            }
            // A broken reference has its own error.
            None => true,
        };
        if !is_right {
            let kind = if name == cursor {
                format!("a string with `{SENSITIVE}: cursor`")
            } else {
                "an integer of 32 bits or more".to_owned()
            };
            violations.add(message(&format!("the query parameter `{name}` must be {kind}")));
        }
    }
    // A response whose schema does not resolve has its own error.
    let schema = success(one.root, one.node).and_then(|schema| resolve(one.root, schema));
    if schema.is_some_and(|schema| schema.get("nullable") == Some(&Value::Bool(true))) {
        violations.add(message("the response must not be nullable: null has no list"));
    }
    let Some(properties) = schema.and_then(|schema| schema.get("properties")) else {
        if schema.is_some() {
            violations.add(message("the response has no `properties` of its own, so it has no list"));
        }
        return;
    };
    for name in [items, cursor] {
        if properties.get(name).is_none() {
            violations.add(message(&format!("the response has no property `{name}`")));
        }
    }
    let component = |name: &str| one.root.pointer(&format!("/components/schemas/{}", escape(name)));
    let named = properties.get(cursor).and_then(schema_name).and_then(component);
    let is_cursor = named.and_then(|node| node.get(SENSITIVE)).is_some_and(|kind| kind == "cursor");
    if properties.get(cursor).is_some() && !is_cursor {
        let what = format!("the property `{cursor}` of the response must be a string with `{SENSITIVE}: cursor`");
        violations.add(message(&what));
    }
    if properties
        .get(items)
        .is_some_and(|list| list.get("type").is_none_or(|kind| kind != "array") || list.get("items").is_none())
    {
        violations.add(message(&format!("the property `{items}` of the response is not a list")));
    }
    // With an envelope, the check of `x-envelope` does this.
    if let Some(schema) = schema.filter(|schema| schema.get(ENVELOPE).is_none() && violations.0.is_empty()) {
        alone(one.root, schema, items, PAGINATION, violations);
    }
}

/// Checks that an envelope is a property of its schema, and the only one.
pub(in crate::keys) fn envelope(one: &KeyUse<'_>, violations: &mut Violations) {
    match one.value.as_str().filter(|name| one.property(name).is_some()) {
        None => violations.add(format!("x-envelope must name a property of the schema, and {} is none", one.value)),
        Some(name) => alone(one.root, one.node, name, ENVELOPE, violations),
    }
}

/// Checks that a response has nothing next to the value that the bindings return, except a cursor next to a list.
///
/// `send()` returns the value or a page, which have no place for anything else.
fn alone(root: &Value, schema: &Value, property: &str, key: &str, violations: &mut Violations) {
    if let Some(part) = ["allOf", "anyOf", "oneOf"].iter().find(|part| schema.get(**part).is_some()) {
        violations.add(format!("{key}: properties that `{part}` adds next to `{property}` would be lost"));
    }
    if schema.get("additionalProperties").is_some_and(Value::is_object) {
        violations
            .add(format!("{key}: properties that `additionalProperties` allows next to `{property}` would be lost"));
    }
    let properties = schema.get("properties").and_then(Value::as_object);
    let is_list = properties.and_then(|all| all.get(property)?.get("type")).is_some_and(|kind| kind == "array");
    let is_cursor = |node: &Value| {
        let node = beside_null(node).map_or(node, |(_, other)| other);
        underlying(root, node).and_then(|node| node.get(SENSITIVE)).is_some_and(|kind| kind == "cursor")
    };
    let mut others = properties.into_iter().flatten().filter(|(name, _)| *name != property);
    // One cursor is passed over; a second one would be lost like any other property.
    let lost = match (others.next(), is_list) {
        (Some((_, node)), true) if is_cursor(node) => others.next(),
        (first, _) => first,
    };
    if let Some((name, _)) = lost {
        violations.add(format!(
            "{key}: `{name}` next to `{property}` would be lost; only a cursor is allowed, and only next to a list"
        ));
    }
}
