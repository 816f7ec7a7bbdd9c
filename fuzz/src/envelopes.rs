//! Restores the envelopes of responses, which calls remove.

use std::path::Path;
use std::sync::LazyLock;

use serde_json::{Map, Value};
use unloc_spec::keys::ENVELOPE;
use unloc_spec::{Document, Operation};

/// Holds the spec of the Integrator API and its operations.
pub(crate) static SPEC: LazyLock<(Document, Vec<Operation>)> = LazyLock::new(|| {
    let text = include_str!("../../openapi/integrator.yaml");
    let document = Document::parse(Path::new("integrator.yaml"), text).expect("our own spec can be read");
    let operations = Operation::all(&document).expect("our own spec can be bound");
    (document, operations)
});

/// Returns the response body of a value that a call returned. A page becomes a list and a cursor.
pub(crate) fn enveloped(id: &str, value: Value) -> Value {
    let (document, operations) = &*SPEC;
    let success = operations.iter().find(|one| one.id == id).and_then(|one| one.success.as_deref());
    let schema = success.and_then(|name| document.value.pointer(&format!("/components/schemas/{name}")));
    let Some((schema, name)) = schema.and_then(|schema| Some((schema, schema.get(ENVELOPE)?.as_str()?))) else {
        return value;
    };
    let mut body = Map::new();
    match value {
        Value::Null => {}
        Value::Object(mut page) if schema["properties"][name]["type"] == "array" => {
            let properties = schema["properties"].as_object().expect("properties");
            let cursor = properties.keys().find(|property| *property != name).expect("a cursor");
            body.extend(page.remove("items").map(|items| (name.to_owned(), items)));
            body.extend(page.remove("cursor").map(|value| (cursor.clone(), value)));
        }
        value => drop(body.insert(name.to_owned(), value)),
    }
    Value::Object(body)
}
