//! Finds the envelopes of responses. The bindings return what is inside of them.

use std::collections::BTreeSet;

use serde_json::Value;
use unloc_spec::{Operation, Pagination, REFERENCE};

use crate::prepare::Marks;

/// Describes how a response is unwrapped.
#[derive(Clone, Copy, Debug)]
pub struct Unwrapped<'a> {
    /// Is the property that holds the value or list.
    pub property: &'a str,
    /// Is the property that holds the cursor of the next page.
    pub cursor: Option<&'a str>,
    /// Is set if the property holds a list.
    pub is_list: bool,
}

/// Returns how the response of an operation is unwrapped, as `x-envelope` of its schema or `x-pagination` says.
///
/// `spec` is the prepared spec, and `marks` are its marks.
#[must_use]
pub fn of<'a>(spec: &'a Value, marks: &'a Marks, operation: &'a Operation) -> Option<Unwrapped<'a>> {
    let schema = operation.success.as_ref()?;
    let paged = operation.pagination.as_ref().map(|Pagination { items, .. }| items.as_str());
    let property = marks.envelopes.get(schema).map(|envelope| envelope.property.as_str()).or(paged)?;
    let properties = spec["components"]["schemas"][schema].get("properties")?.as_object()?;
    // The checks of the `x-` keys refuse every other property, so the remaining one is the cursor.
    let cursor = properties.keys().find(|name| *name != property).map(String::as_str);
    let is_list = properties.get(property)?.get("type").is_some_and(|kind| kind == "array");
    Some(Unwrapped { property, cursor, is_list })
}

/// Returns the schemas that are only envelopes of responses. No user needs their types, so those become `pub(crate)`.
///
/// `spec` is the prepared spec, and `marks` are its marks.
#[must_use]
pub fn unwrapped<'a>(spec: &'a Value, marks: &'a Marks, operations: &'a [Operation]) -> BTreeSet<&'a str> {
    let mut inside = BTreeSet::new();
    if let Some(schemas) = spec.pointer("/components/schemas") {
        references(schemas, &mut inside);
    }
    // A schema stays public if anything else uses it: another schema, a request body, or a response that is not
    // unwrapped.
    let responses = operations.iter().filter(|operation| of(spec, marks, operation).is_some());
    let whole = operations.iter().filter(|operation| of(spec, marks, operation).is_none());
    let whole: BTreeSet<_> = whole.filter_map(|operation| operation.success.as_ref()).collect();
    let bodies: BTreeSet<_> = operations.iter().filter_map(|operation| Some(&operation.body.as_ref()?.0)).collect();
    let schemas = responses.filter_map(|operation| operation.success.as_ref());
    let is_hidden = |schema: &&String| {
        let reference = format!("#/components/schemas/{}", unloc_spec::escape(schema));
        !inside.contains(reference.as_str()) && !bodies.contains(schema) && !whole.contains(schema)
    };
    schemas.filter(is_hidden).map(String::as_str).collect()
}

/// Collects every reference below a node.
fn references<'a>(node: &'a Value, found: &mut BTreeSet<&'a str>) {
    match node {
        Value::Object(map) => {
            if let Some(target) = map.get(REFERENCE).and_then(Value::as_str) {
                found.insert(target);
            }
            map.values().for_each(|node| references(node, found));
        }
        Value::Array(list) => list.iter().for_each(|node| references(node, found)),
        _ => {}
    }
}
