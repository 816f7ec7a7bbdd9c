//! Refuses names that differ in a spec and become the same name in Rust.

use std::collections::BTreeMap;

use serde_json::Value;
use unloc_spec::keys::RUST_NAME;
use unloc_spec::{At, Document, Error, Operation, RawOperation, escape};

use crate::names;

/// Lists the functions that the builder of every operation has besides the setters of its parameters.
const ON_BUILDERS: [&str; 3] = ["options", "send", "send_with_response"];
/// Lists the functions that a builder has only if the operation has a body.
const WITH_BODY: [&str; 1] = ["body"];
/// Lists the functions that a builder has only if the operation is paginated.
const WITH_PAGES: [&str; 2] = ["items", "pages"];
/// Lists the names that a module reserves for itself.
const TYPES: [&str; 1] = ["Self"];

/// Returns an error for every name of a document that would be given twice.
pub(crate) fn collisions(document: &Document, operations: &[Operation]) -> Vec<Error> {
    let mut errors = functions(document, operations);
    for operation in operations {
        setters(document, operation, &mut errors);
    }
    types(document, &mut errors);
    errors
}

/// Finds operations whose functions would have the same name.
fn functions(document: &Document, operations: &[Operation]) -> Vec<Error> {
    let mut first: BTreeMap<String, &Operation> = BTreeMap::new();
    let mut errors = Vec::new();
    for operation in operations {
        let earlier = first.entry(names::function(operation)).or_insert(operation);
        // `or_insert` returns this very operation if the name was free.
        if !std::ptr::eq(*earlier, operation) {
            let message =
                format!("the operationId `{}` gives the same Rust name as `{}`: rename one", operation.id, earlier.id);
            errors.push(document.error(&name_of(document, operation), message));
        }
    }
    errors
}

/// Returns the pointer at which the name of an operation's function is written.
pub(crate) fn name_of(document: &Document, operation: &Operation) -> String {
    let own = format!("{}/{RUST_NAME}", operation.pointer);
    if document.value.pointer(&own).is_some() { own } else { format!("{}/operationId", operation.pointer) }
}

/// Finds parameters and body properties of one operation whose setters would have the same name, or that of a function
/// which the builder has.
fn setters(document: &Document, operation: &Operation, errors: &mut Vec<Error>) {
    let mut taken: BTreeMap<String, String> = BTreeMap::new();
    let has_body = document.value.pointer(&format!("{}/requestBody", operation.pointer)).is_some();
    let own = [(true, &ON_BUILDERS[..]), (has_body, &WITH_BODY), (operation.pagination.is_some(), &WITH_PAGES)];
    for name in own.into_iter().filter(|(is_there, _)| *is_there).flat_map(|(_, names)| names) {
        taken.insert((*name).to_owned(), format!("`{name}()`, which the operation's builder has"));
    }
    let raw = RawOperation::find(&document.value, &operation.path, operation.method);
    for at in raw.map(|raw| raw.parameters(&document.value)).unwrap_or_default() {
        let (name, place) = (at.text("name").unwrap_or_default(), at.text("in").unwrap_or_default());
        // OpenAPI allows one name in two places, such as `id` in path and query. A builder has one setter for both.
        let own = format!("the parameter `{name}` in {place}");
        let setter = names::snake(at.text(RUST_NAME).unwrap_or(name));
        if let Some(earlier) = taken.insert(setter, own) {
            let what = format!("{}: `{name}` in {place} gives the same Rust name as {earlier}", operation.id);
            let named = at.get(RUST_NAME).or_else(|| at.get("name")).unwrap_or(at);
            let error = document.error(&named.pointer, what);
            errors.push(error.helped("give one of the two another name for Rust by `x-rust-name`"));
        }
    }
    // The builder of an operation has a setter for each property of its body as well.
    let schema = operation.body.as_ref().map(|(schema, _)| format!("/components/schemas/{}", escape(schema)));
    let schema = schema.and_then(|pointer| At::find(&document.value, &pointer));
    let mut properties = Vec::new();
    if let Some(schema) = schema {
        members(document, schema, &mut Vec::new(), &mut properties);
    }
    for (name, property) in properties {
        let setter = names::snake(property.text(RUST_NAME).unwrap_or(&name));
        if let Some(earlier) = taken.insert(setter, format!("the property `{name}` of the request body")) {
            let id = &operation.id;
            let what = format!("{id}: the property `{name}` of its request body gives the same Rust name as {earlier}");
            let named = property.get(RUST_NAME);
            let error = document.error(&named.as_ref().unwrap_or(&property).pointer, what);
            errors.push(error.helped("give one of the two another name for Rust by `x-rust-name`"));
        }
    }
}

/// Collects the properties of an object and of its `allOf` members, each name once.
///
/// typify merges the members of an `allOf` into one struct, so their fields share a namespace.
fn members<'a>(document: &'a Document, schema: At<'a>, seen: &mut Vec<String>, found: &mut Vec<(String, At<'a>)>) {
    let Some(schema) = schema.follow(&document.value).filter(|schema| !seen.contains(&schema.pointer)) else { return };
    seen.push(schema.pointer.clone());
    for (name, property) in schema.get("properties").iter().flat_map(At::entries) {
        // A member may repeat a property of another, which is the same field and no collision.
        if !found.iter().any(|(other, _)| other == name) {
            found.push((name.to_owned(), property));
        }
    }
    for part in schema.get("allOf").iter().flat_map(At::list) {
        members(document, part, seen, found);
    }
}

/// Finds schemas whose types would have the same name. typify writes both structs without an error.
fn types(document: &Document, errors: &mut Vec<Error>) {
    let schemas = document.value.pointer("/components/schemas").and_then(Value::as_object);
    // In the order of the file, so that the error is at the second of the two.
    let mut all: Vec<_> = schemas.into_iter().flatten().map(|(name, _)| (position(document, name), name)).collect();
    all.sort_unstable();
    let mut first: BTreeMap<String, String> =
        TYPES.iter().map(|name| ((*name).to_owned(), format!("`{name}`, which Rust reserves"))).collect();
    for (_, name) in all {
        if let Some(earlier) = first.insert(names::pascal(name), format!("`{name}`")) {
            let what = format!("the schema `{name}` gives the same Rust name as {earlier}: rename one");
            errors.push(document.error(&format!("/components/schemas/{}", escape(name)), what));
        }
    }
}

/// Returns the line and column of a schema's name.
fn position(document: &Document, schema: &str) -> Option<(usize, usize)> {
    document.position(&format!("/components/schemas/{}", escape(schema))).map(|at| (at.line, at.column))
}
