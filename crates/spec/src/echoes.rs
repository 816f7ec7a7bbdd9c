//! What a response to a change only repeats of the request.

use serde_json::Value;

use crate::keys::{ECHOES, ENVELOPE};
use crate::load::{Document, entries, schema_name};
use crate::operation::Operation;
use crate::template::PathTemplate;

/// A required property of a response that repeats what the call said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Echo {
    /// The names that lead to it, from the object inside the envelope on.
    pub at: Vec<String>,
    /// What it repeats.
    pub source: Source,
}

/// Where a request says something.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Source {
    /// In this property of its body.
    Property(String),
    /// In this segment of its path.
    Segment(usize),
}

/// Deeper than this, nothing of a request is repeated.
const DEPTH: usize = 4;

/// The required properties of an operation's response that `x-echoes` says to be in its request. A response to a read
/// repeats nothing: it is what was asked for.
#[must_use]
pub fn echoes(document: &Document, operation: &Operation) -> Vec<Echo> {
    let mut found = Vec::new();
    let Some(schema) = operation.success.as_deref().filter(|_| operation.method != "GET") else { return found };
    let node = component(document, schema);
    let envelope = node.get(ENVELOPE).and_then(Value::as_str);
    let inside = envelope.and_then(|name| schema_name(node.get("properties")?.get(name)?));
    // Without a name inside the envelope there is a list or a scalar, which repeats nothing.
    if let Some(schema) = if envelope.is_some() { inside } else { Some(schema) } {
        walk(document, operation, schema, &mut Vec::new(), &mut found);
    }
    found
}

fn component<'a>(document: &'a Document, schema: &str) -> &'a Value {
    document.value.pointer(&format!("/components/schemas/{schema}")).unwrap_or(&Value::Null)
}

fn walk(document: &Document, operation: &Operation, schema: &str, at: &mut Vec<String>, found: &mut Vec<Echo>) {
    let node = component(document, schema);
    let required = node.get("required").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    for (name, property) in entries(node, "properties") {
        if !required.iter().any(|one| one == name) || at.len() == DEPTH {
            continue;
        }
        at.push(name.to_owned());
        if let Some(source) = property.get(ECHOES).and_then(Value::as_str) {
            let source = source_of(document, operation, source);
            found.extend(source.map(|source| Echo { at: at.clone(), source }));
        } else if let Some(inner) = schema_name(property) {
            walk(document, operation, inner, at, found);
        }
        at.pop();
    }
}

fn source_of(document: &Document, operation: &Operation, name: &str) -> Option<Source> {
    let path = PathTemplate::of(&operation.path);
    if let Some(place) = path.segments().iter().position(|segment| segment.whole() == Some(name)) {
        return Some(Source::Segment(place));
    }
    let (schema, _) = operation.body.as_ref()?;
    component(document, schema).get("properties")?.get(name)?;
    Some(Source::Property(name.to_owned()))
}
