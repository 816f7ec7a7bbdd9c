//! Replaces the names of operations and parameters with placeholders while progenitor runs.
//!
//! progenitor renames some of its own variables (`url`, `request`, `client`, …) where a parameter has the same name,
//! and collides with it for others (`body`, `value`, …). A placeholder collides with none of them. The finishing passes
//! find everything by placeholders too, so they never take a parameter `url` for progenitor's own `url`.

use serde_json::{Map, Value, json};
use unloc_spec::{At, Operation, PATHS, RawOperation, resolve, underlying};

use crate::names;

/// Holds the placeholders of one document.
#[derive(Clone, Debug)]
pub(crate) struct Placeholders {
    /// Occurs nowhere in the document, so that whatever contains it is a placeholder.
    prefix: String,
    /// Holds for each operation how many parameters all operations before it have.
    before: Vec<usize>,
}

impl Placeholders {
    /// Chooses the placeholders for a document with these operations.
    pub(crate) fn of(spec: &Value, operations: &[Operation]) -> Self {
        let mut text = String::new();
        letters(spec, &mut text);
        // Lower-case letters, followed by digits: no case conversion of progenitor or heck changes such a name.
        let mut prefix = "placeholder".to_owned();
        while text.contains(&prefix) {
            prefix.push('x');
        }
        let mut sum = 0;
        let before = operations.iter().map(|operation| {
            sum += operation.parameters.len();
            sum - operation.parameters.len()
        });
        Self { prefix, before: before.collect() }
    }

    /// Returns the placeholder of the operation with this index.
    pub(crate) fn operation(&self, place: usize) -> String {
        // Padded with zeros: progenitor sorts by text, which would put `o10` before `o2`.
        format!("{}o{place:06}", self.prefix)
    }

    /// Returns the name that progenitor gives to the builder of that operation.
    pub(crate) fn builder(&self, place: usize) -> String {
        names::pascal(&self.operation(place))
    }

    /// Returns the placeholder of a parameter, by the index of its operation and its own index there.
    pub(crate) fn parameter(&self, operation: usize, place: usize) -> String {
        let before = self.before.get(operation).copied().unwrap_or_default();
        // Numbered over the whole document. progenitor keys parameters by name alone, so `id` in the path and `id` in
        // the query of one operation make it panic unless they get different names.
        format!("{}p{:06}", self.prefix, before + place)
    }

    /// Returns whether a text contains a placeholder, in any letter case.
    pub(crate) fn occur_in(&self, text: &str) -> bool {
        text.to_lowercase().contains(&self.prefix)
    }

    /// Returns the spec that progenitor gets.
    ///
    /// Every operation has a path of its own, names are placeholders, references outside of schemas are inlined, and
    /// only the schemas are left of the components.
    pub(crate) fn put(&self, spec: &Value, operations: &[Operation]) -> Value {
        let mut paths = Map::new();
        for (index, operation) in operations.iter().enumerate() {
            // The real path is not needed: the address is written by `finish`, which knows it from the document.
            let mut path = format!("/{}", self.operation(index));
            let raw = RawOperation::find(spec, &operation.path, operation.method);
            let written = raw.map(|raw| raw.parameters(spec)).unwrap_or_default();
            let parameters = written.iter().enumerate().map(|(place, parameter)| {
                let name = self.parameter(index, place);
                // progenitor panics if a path parameter is missing in the template, or the other way round.
                if parameter.text("in") == Some("path") {
                    path.push_str(&format!("/{{{name}}}"));
                }
                let mut node = parameter.value.clone();
                node["name"] = name.into();
                if let Some(schema) = inlined(spec, operation, parameter) {
                    node["schema"] = schema;
                }
                node
            });
            let parameters: Vec<_> = parameters.collect();
            let mut node = spec.pointer(&operation.pointer).cloned().unwrap_or_default();
            node["operationId"] = self.operation(index).into();
            node["parameters"] = parameters.into();
            for key in ["requestBody", "responses"] {
                dereference(spec, &mut node, key);
            }
            paths.insert(path, json!({ (operation.method.to_ascii_lowercase()): node }));
        }
        let mut put = spec.clone();
        let schemas = spec.pointer("/components/schemas").cloned().unwrap_or_else(|| json!({}));
        put["components"] = json!({ "schemas": schemas });
        if let Some(old) = put.pointer_mut(PATHS) {
            *old = paths.into();
        }
        put
    }
}

/// Returns the inlined schema of a parameter that needs Rust's own type instead of a named one.
///
/// These are times, which are serialized differently from how they display, and the `limit` of a paginated operation,
/// which the bindings set themselves. A named schema would make a newtype of either.
fn inlined(spec: &Value, operation: &Operation, parameter: &At<'_>) -> Option<Value> {
    let written = parameter.value.get("schema")?;
    let schema = underlying(spec, written)?;
    let is_time = |schema: &Value| schema.get("format").is_some_and(|format| format == "date-time");
    let is_limit = operation.pagination.is_some() && parameter.text("name") == Some("limit");
    if is_time(schema) || is_limit {
        return Some(schema.clone());
    }
    let items = underlying(spec, schema.get("items")?).filter(|items| is_time(items))?;
    let mut list = schema.clone();
    list["items"] = items.clone();
    Some(list)
}

/// Appends every key and string of a spec in the form that all Rust names derived from it share: letters and digits, in
/// lower case, without separators.
fn letters(node: &Value, into: &mut String) {
    let mut add = |text: &str| {
        into.extend(text.chars().filter(|letter| letter.is_alphanumeric()).flat_map(char::to_lowercase));
        // The blank keeps two neighbouring texts from forming the prefix together.
        into.push(' ');
    };
    match node {
        Value::String(text) => add(text),
        Value::Array(list) => list.iter().for_each(|node| letters(node, into)),
        Value::Object(map) => {
            map.keys().for_each(|key| add(key));
            map.values().for_each(|node| letters(node, into));
        }
        _ => {}
    }
}

/// Replaces the reference to a request body, or to each response, with its target.
///
/// `put` keeps no components but the schemas, so such a reference would lead nowhere.
fn dereference(spec: &Value, node: &mut Value, key: &str) {
    let Some(part) = node.get_mut(key) else { return };
    let write = |part: &mut Value| {
        if let Some(target) = resolve(spec, part).cloned() {
            *part = target;
        }
    };
    if key == "responses" {
        part.as_object_mut().into_iter().flat_map(Map::values_mut).for_each(write);
    } else {
        write(part);
    }
}
