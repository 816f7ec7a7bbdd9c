//! Names that the generator cannot trip over: each operation and each parameter is called by a placeholder while progenitor
//! runs, so that nothing a spec says meets a name of progenitor's own (`url`, `request`, `client`, `body`, …), and nothing of
//! it is found by a name that a spec could have chosen.

use serde_json::{Map, Value, json};
use unloc_spec::{Operation, resolve};

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
        let text = spec.to_string().to_lowercase();
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
            let parameters = operation.parameters.iter().enumerate().filter_map(|(place, parameter)| {
                let name = self.parameter(index, place);
                if parameter.place == "path" {
                    path.push_str(&format!("/{{{name}}}"));
                }
                let mut node = written(spec, operation, &parameter.name, &parameter.place)?.clone();
                node["name"] = name.into();
                Some(node)
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
        put["paths"] = paths.into();
        put
    }
}

/// A parameter as it is written, at its operation or at the path.
fn written<'a>(spec: &'a Value, operation: &Operation, name: &str, place: &str) -> Option<&'a Value> {
    let own = spec.pointer(&operation.pointer)?;
    let item = spec.pointer(operation.pointer.rsplit_once('/')?.0)?;
    let lists = [own, item].into_iter().filter_map(|node| node.get("parameters")?.as_array());
    let mut all = lists.flatten().filter_map(|node| resolve(spec, node));
    all.find(|node| node.get("name").is_some_and(|own| own == name) && node.get("in").is_some_and(|own| own == place))
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
