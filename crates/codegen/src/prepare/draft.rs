//! Holds the spec while the rules change it, and visits its parts.

use std::collections::BTreeSet;

use serde_json::{Map, Value};
use unloc_spec::keys::holds_names;
use unloc_spec::{PATHS, RawOperation, operations_mut};

use super::{Marks, schemas};

/// Holds the spec while the rules work on it.
pub(super) struct Draft {
    pub(super) spec: Value,
    /// Is the path of the module that the generated types will have.
    pub(super) types: String,
    pub(super) marks: Marks,
    /// Holds the component schemas that requests can contain.
    pub(super) requests: BTreeSet<String>,
    /// Holds the component schemas that successful responses can contain.
    pub(super) responses: BTreeSet<String>,
}

impl Draft {
    /// Starts with a spec and no marks. `types` is the path of the module that the generated types will have.
    pub(super) fn new(spec: Value, types: &str) -> Self {
        let (requests, responses) = (BTreeSet::new(), BTreeSet::new());
        Self { spec, types: types.to_owned(), marks: Marks::default(), requests, responses }
    }

    /// Finds the schemas that requests and responses can contain, and drops all schemas that no operation leads to.
    ///
    /// A dropped schema gets no Rust type. Without this, the schemas of errors would be public types that nothing
    /// returns.
    pub(super) fn find_used_schemas(&mut self) {
        self.requests = reachable(&self.spec, "requestBody");
        self.responses = reachable(&self.spec, "responses");
        let parameters = reachable(&self.spec, "parameters");
        if let Some(schemas) = self.spec.pointer_mut("/components/schemas").and_then(Value::as_object_mut) {
            let used = [&self.requests, &self.responses, &parameters];
            schemas.retain(|name, _| used.iter().any(|used| used.contains(name)));
        }
    }

    /// Runs `work` on each component schema.
    pub(super) fn schemas(&mut self, mut work: impl FnMut(&str, &mut Map<String, Value>, &mut Marks)) {
        let schemas = self.spec.pointer_mut("/components/schemas").and_then(Value::as_object_mut);
        for (name, schema) in schemas.into_iter().flatten() {
            if let Some(schema) = schema.as_object_mut() {
                work(name, schema, &mut self.marks);
            }
        }
    }

    /// Runs `work` on each schema, including those of parameters.
    pub(super) fn everywhere(&mut self, work: &impl Fn(&mut Map<String, Value>)) {
        for pointer in ["/components", PATHS] {
            if let Some(node) = self.spec.pointer_mut(pointer) {
                walk(node, work);
            }
        }
    }

    /// Runs `work` on each property of the component schemas that responses can contain.
    pub(super) fn response_properties(&mut self, mut work: impl FnMut(&str, Property<'_>, &mut Marks)) {
        // Taken out meanwhile, because `schemas` borrows the draft.
        let responses = std::mem::take(&mut self.responses);
        self.schemas(|schema, node, marks| {
            if responses.contains(schema) {
                each_property(node, |property| work(schema, property, marks));
            }
        });
        self.responses = responses;
    }

    /// Runs `work` on the responses of each operation.
    pub(super) fn operation_responses(&mut self, mut work: impl FnMut(&mut Map<String, Value>)) {
        for operation in operations_mut(&mut self.spec) {
            if let Some(responses) = operation.get_mut("responses").and_then(Value::as_object_mut) {
                work(responses);
            }
        }
    }
}

/// Runs `work` on every schema: those under `schemas` and those under the key `schema`.
fn walk(node: &mut Value, work: &impl Fn(&mut Map<String, Value>)) {
    match node {
        Value::Object(map) => {
            for (key, value) in map.iter_mut() {
                match (key.as_str(), value) {
                    ("schemas", Value::Object(schemas)) => {
                        schemas.values_mut().filter_map(Value::as_object_mut).for_each(work);
                    }
                    // The keys of these mappings are names that the author chose. One may be `schema` or `example`.
                    (key, Value::Object(named)) if holds_names(key) => {
                        named.values_mut().for_each(|value| walk(value, work));
                    }
                    ("schema", Value::Object(schema)) => work(schema),
                    // Examples are data of the service, in which `schema` is no schema.
                    ("example" | "examples", _) => {}
                    (_, value) => walk(value, work),
                }
            }
        }
        Value::Array(list) => list.iter_mut().for_each(|value| walk(value, work)),
        _ => {}
    }
}

/// Describes one property of an object schema.
pub(super) struct Property<'a> {
    pub(super) name: &'a str,
    pub(super) node: &'a mut Map<String, Value>,
    /// Is set if the schema requires the property. A rule may change it.
    pub(super) required: &'a mut bool,
}

/// Runs `work` on each property of an object schema, and writes its `required` again.
pub(super) fn each_property(schema: &mut Map<String, Value>, mut work: impl FnMut(Property<'_>)) {
    let listed = schema.get("required").and_then(Value::as_array).cloned().unwrap_or_default();
    let mut kept = Vec::new();
    let properties = schema.get_mut("properties").and_then(Value::as_object_mut);
    for (name, node) in properties.into_iter().flatten() {
        let was_listed = listed.iter().any(|entry| entry.as_str() == Some(name));
        let mut required = was_listed;
        if let Some(node) = node.as_object_mut() {
            work(Property { name, node, required: &mut required });
        }
        if required {
            kept.push(Value::from(name.as_str()));
        }
    }
    // OpenAPI 3.0 takes JSON Schema's draft Wright 00, section 5.15: an empty `required` is not allowed.
    schema.remove("required");
    if !kept.is_empty() {
        schema.insert("required".to_owned(), Value::Array(kept));
    }
}

/// Returns the inline members of a schema's `allOf`, `anyOf` and `oneOf`.
pub(super) fn parts(schema: &mut Map<String, Value>) -> impl Iterator<Item = &mut Map<String, Value>> {
    let lists = schema.iter_mut().filter(|(key, _)| matches!(key.as_str(), "allOf" | "anyOf" | "oneOf"));
    lists.filter_map(|(_, list)| list.as_array_mut()).flatten().filter_map(Value::as_object_mut)
}

/// Returns the component schemas that can occur below `part` of any operation.
fn reachable(spec: &Value, part: &str) -> BTreeSet<String> {
    // Path items are included, since a path can have parameters that all its operations share.
    let paths = unloc_spec::paths(spec).map(|(_, item)| item.value);
    let owners = paths.chain(RawOperation::all(spec).map(|operation| operation.at.value));
    schemas(spec, owners.filter_map(|owner| owner.get(part)))
}
