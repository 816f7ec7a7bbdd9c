//! Checks that a document can be compared: a schema with an unknown `type` has no defined meaning.

use anyhow::Result;
use serde_json::Value;
use unloc_spec::schemas::TYPES;
use unloc_spec::{At, Document};

use crate::side::Side;

/// Checks that a document can be compared.
///
/// # Errors
/// Fails at the first schema with a type that OpenAPI 3.0 does not have (3.0.3, 4.7.24), with its place.
pub fn check(document: &Document) -> Result<()> {
    let side = Side { document };
    let mut unknown = Vec::new();
    let root = side.root();
    unloc_spec::paths(root.value).for_each(|(_, item)| path_item(&item, &mut unknown));
    let components = root.get("components");
    let part = |key: &str| {
        components.iter().filter_map(|at| at.get(key)).flat_map(|at| at.entries()).map(|(_, at)| at).collect::<Vec<_>>()
    };
    part("schemas").iter().for_each(|at| schema(at, &mut unknown));
    ["parameters", "headers", "requestBodies", "responses"]
        .into_iter()
        .flat_map(part)
        .for_each(|at| carrier(&at, &mut unknown));
    unknown.sort_by_key(|at| document.position(&at.pointer));
    let Some(first) = unknown.first() else { return Ok(()) };
    let hint = if first.value.is_array() { "; lists of types require OpenAPI 3.1" } else { "" };
    let more = match unknown.len() - 1 {
        0 => String::new(),
        1 => " (and 1 more)".to_owned(),
        count => format!(" (and {count} more)"),
    };
    let (is, known) = (first.value, TYPES.join(", "));
    let what = format!("unknown `type` {is}; OpenAPI 3.0 has only {known}{hint}{more}");
    Err(document.error(&first.pointer, what).into())
}

fn path_item<'a>(item: &At<'a>, unknown: &mut Vec<At<'a>>) {
    parameters(item, unknown);
    for (_, operation) in item.entries().filter(|(method, _)| unloc_spec::method(method).is_some()) {
        parameters(&operation, unknown);
        operation.get("requestBody").iter().for_each(|at| carrier(at, unknown));
        let responses = operation.get("responses");
        responses.iter().flat_map(At::entries).for_each(|(_, at)| carrier(&at, unknown));
        let callbacks = operation.get("callbacks");
        for (_, callback) in callbacks.iter().flat_map(At::entries) {
            callback.entries().for_each(|(_, item)| path_item(&item, unknown));
        }
    }
}

fn parameters<'a>(owner: &At<'a>, unknown: &mut Vec<At<'a>>) {
    owner.get("parameters").iter().flat_map(At::list).for_each(|at| carrier(&at, unknown));
}

/// Checks a node that has a schema or media types with one: a parameter, header, body or response.
fn carrier<'a>(at: &At<'a>, unknown: &mut Vec<At<'a>>) {
    at.get("schema").iter().for_each(|at| schema(at, unknown));
    let media = at.get("content");
    media.iter().flat_map(At::entries).for_each(|(_, at)| carrier(&at, unknown));
    let headers = at.get("headers");
    headers.iter().flat_map(At::entries).for_each(|(_, at)| carrier(&at, unknown));
}

fn schema<'a>(at: &At<'a>, unknown: &mut Vec<At<'a>>) {
    // Siblings of a reference are ignored (OpenAPI 3.0.3, 4.7.23).
    if at.reference().is_some() {
        return;
    }
    let kind = at.get("type");
    unknown.extend(kind.filter(|at| !matches!(at.value, Value::String(kind) if TYPES.contains(&kind.as_str()))));
    for key in ["items", "additionalProperties", "not"] {
        at.get(key).iter().for_each(|at| schema(at, unknown));
    }
    at.get("properties").iter().flat_map(At::entries).for_each(|(_, at)| schema(&at, unknown));
    for key in ["allOf", "anyOf", "oneOf"] {
        at.get(key).iter().flat_map(At::list).for_each(|at| schema(&at, unknown));
    }
}
