//! Envelopes, which responses have around a value or a list: the bindings hand out what is inside.

use std::collections::BTreeSet;

use serde_json::Value;
use unloc_spec::{Operation, Pagination, REFERENCE};

use super::Around;

/// The property that holds what a response is about, and the one beside it that names the next page.
pub(super) struct Unwrapped<'a> {
    pub(super) property: &'a str,
    pub(super) cursor: Option<&'a str>,
}

/// How the response of an operation is unwrapped: as `x-envelope` of its schema says, or `x-pagination`.
pub(super) fn of<'a>(around: &Around<'a>, operation: &'a Operation) -> Option<Unwrapped<'a>> {
    let schema = operation.success.as_ref()?;
    let paged = operation.pagination.as_ref().map(|Pagination { items, .. }| items.as_str());
    let property = around.marks.envelopes.get(schema).map(|envelope| envelope.property.as_str()).or(paged)?;
    let properties = around.spec["components"]["schemas"][schema].get("properties")?.as_object()?;
    // What else may stand there, the checks of the keys refuse.
    let cursor = properties.keys().find(|name| *name != property).map(String::as_str);
    Some(Unwrapped { property, cursor })
}

/// The schemas that are nothing but envelopes of responses: no user needs their types.
pub(super) fn unwrapped<'a>(around: &Around<'a>) -> BTreeSet<&'a str> {
    let mut inside = BTreeSet::new();
    if let Some(schemas) = around.spec.pointer("/components/schemas") {
        references(schemas, &mut inside);
    }
    let responses = around.operations.iter().filter(|operation| of(around, operation).is_some());
    let whole = around.operations.iter().filter(|operation| of(around, operation).is_none());
    let whole: BTreeSet<_> = whole.filter_map(|operation| operation.success.as_ref()).collect();
    let bodies: BTreeSet<_> =
        around.operations.iter().filter_map(|operation| Some(&operation.body.as_ref()?.0)).collect();
    let schemas = responses.filter_map(|operation| operation.success.as_ref());
    let is_hidden = |schema: &&String| {
        let reference = format!("#/components/schemas/{}", unloc_spec::escape(schema));
        !inside.contains(reference.as_str()) && !bodies.contains(schema) && !whole.contains(schema)
    };
    schemas.filter(is_hidden).map(String::as_str).collect()
}

/// Everything that is referred to below a node.
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
