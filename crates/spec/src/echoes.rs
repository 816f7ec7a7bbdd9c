//! Finds the values of a response that only echo the request.

use serde_json::Value;

use crate::keys::{ECHOES, ENVELOPE};
use crate::load::{Document, entries, schema_name};
use crate::operation::Operation;
use crate::template::PathTemplate;

/// Describes a required property of a response that echoes a value of the request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Echo {
    /// Holds the names that lead to the property, from the object inside the envelope on.
    pub at: Vec<String>,
    /// Says which value it echoes.
    pub source: Source,
}

/// Says where a request has a value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Source {
    /// The value is this property of the body.
    Property(String),
    /// The value is this segment of the path.
    Segment(usize),
}

/// Limits how deep echoes are looked for: schemas can contain themselves, and no known response echoes a value deeper.
const DEPTH: usize = 4;

/// Returns the required properties of an operation's response that `x-echoes` finds in its request.
///
/// If such a property is missing after a change, the bindings take the value from the request: the change was made, so
/// the call must not fail. A response to a read has no echoes, since its request holds no data.
#[must_use]
pub fn echoes(document: &Document, operation: &Operation) -> Vec<Echo> {
    let mut found = Vec::new();
    let Some(schema) = operation.success.as_deref().filter(|_| operation.method != "GET") else { return found };
    let node = component(document, schema);
    let envelope = node.get(ENVELOPE).and_then(Value::as_str);
    let inside = envelope.and_then(|name| schema_name(node.get("properties")?.get(name)?));
    // An envelope that holds no component holds a list or a scalar, which has no properties.
    if let Some(schema) = if envelope.is_some() { inside } else { Some(schema) } {
        walk(document, operation, schema, &mut Vec::new(), &mut found);
    }
    found
}

/// Returns a component schema, or null.
fn component<'a>(document: &'a Document, schema: &str) -> &'a Value {
    document.value.pointer(&format!("/components/schemas/{schema}")).unwrap_or(&Value::Null)
}

/// Collects the echoes of a schema and of the components inside.
fn walk(document: &Document, operation: &Operation, schema: &str, at: &mut Vec<String>, found: &mut Vec<Echo>) {
    let node = component(document, schema);
    let required = node.get("required").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    for (name, property) in entries(node, "properties") {
        // An optional property may be missing, so nothing has to replace it.
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

/// Returns where the operation's request has the value of this name, if it has one.
fn source_of(document: &Document, operation: &Operation, name: &str) -> Option<Source> {
    let path = PathTemplate::of(&operation.path);
    if let Some(place) = path.segments().iter().position(|segment| segment.whole() == Some(name)) {
        return Some(Source::Segment(place));
    }
    let (schema, _) = operation.body.as_ref()?;
    component(document, schema).get("properties")?.get(name)?;
    Some(Source::Property(name.to_owned()))
}
