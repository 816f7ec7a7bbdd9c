//! Names that the generator cannot trip over: each operation and each parameter is called by a placeholder while progenitor
//! runs, so that nothing a spec says meets a name of progenitor's own (`url`, `request`, `client`, `body`, …), and nothing of
//! it is found by a name that a spec could have chosen.

use serde_json::{Map, Value, json};
use unloc_spec::{At, Operation, PATHS, RawOperation, resolve, underlying};

use crate::names;

/// The placeholders of one document.
#[derive(Clone, Debug)]
pub(crate) struct Placeholders {
    prefix: String,
    /// How many parameters the operations before each have together.
    before: Vec<usize>,
}

impl Placeholders {
    /// Those of a document with these operations.
    pub(crate) fn of(spec: &Value, operations: &[Operation]) -> Self {
        let mut text = String::new();
        letters(spec, &mut text);
        // Letters only, and digits behind them: no conversion of case by the generator changes such a name.
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

    /// What an operation is called, by its place among all.
    pub(crate) fn operation(&self, place: usize) -> String {
        format!("{}o{place:06}", self.prefix)
    }

    /// The name of its builder.
    pub(crate) fn builder(&self, place: usize) -> String {
        names::pascal(&self.operation(place))
    }

    /// What a parameter is called, by the place of its operation and its own among the operation's.
    pub(crate) fn parameter(&self, operation: usize, place: usize) -> String {
        let before = self.before.get(operation).copied().unwrap_or_default();
        format!("{}p{:06}", self.prefix, before + place)
    }

    /// Whether a text has a placeholder in it, in any case of letters.
    pub(crate) fn stand_in(&self, text: &str) -> bool {
        text.to_lowercase().contains(&self.prefix)
    }

    /// A spec with placeholders in place of names: every operation has a path of its own, whatever is referred to is written
    /// out, and of the components the schemas are left.
    pub(crate) fn put(&self, spec: &Value, operations: &[Operation]) -> Value {
        let mut paths = Map::new();
        for (index, operation) in operations.iter().enumerate() {
            let mut path = format!("/{}", self.operation(index));
            let raw = RawOperation::find(spec, &operation.path, operation.method);
            let written = raw.map(|raw| raw.parameters(spec)).unwrap_or_default();
            let parameters = written.iter().enumerate().map(|(place, parameter)| {
                let name = self.parameter(index, place);
                if parameter.text("in") == Some("path") {
                    path.push_str(&format!("/{{{name}}}"));
                }
                let mut node = parameter.value.clone();
                node["name"] = name.into();
                if let Some(plain) = inlined(spec, operation, parameter) {
                    node["schema"] = plain.clone();
                }
                node
            });
            let parameters: Vec<_> = parameters.collect();
            let mut node = spec.pointer(&operation.pointer).cloned().unwrap_or_default();
            node["operationId"] = self.operation(index).into();
            node["parameters"] = parameters.into();
            for key in ["requestBody", "responses"] {
                written_out(spec, &mut node, key);
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

/// The schema of a parameter that has to have Rust's own type: a time, which is written in another way than it displays,
/// and the `limit` of pages, which the bindings set.
fn inlined<'a>(spec: &'a Value, operation: &Operation, parameter: &At<'a>) -> Option<Value> {
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

/// Adds every text of a spec as Rust's names have it in all cases: without what parts words.
fn letters(node: &Value, into: &mut String) {
    let mut add = |text: &str| {
        into.extend(text.chars().filter(|letter| letter.is_alphanumeric()).flat_map(char::to_lowercase));
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

/// A body for a reference to one, and the same for each response.
fn written_out(spec: &Value, node: &mut Value, key: &str) {
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
