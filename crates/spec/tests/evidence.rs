//! Tests that every property and parameter of version 2 has a source: a payload, a page, or an observation.
//!
//! `tests/evidence/unloc-v2.yaml` lists the payloads in the folder next to it, and what only other sources show.
#![allow(clippy::unwrap_used, clippy::panic, reason = "in a test, a panic is the failure")]

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use serde_json::Value;
use unloc_spec::{Document, Operation, entries, schema_name};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn read(file: &str) -> Value {
    Document::read(&root().join(file)).unwrap().value
}

/// Holds the spec and what its payloads have shown so far, as `Schema.property`.
struct Evidence {
    spec: Document,
    operations: Vec<Operation>,
    shown: BTreeSet<String>,
}

impl Evidence {
    fn new() -> Self {
        let spec = Document::read(&root().join("openapi/unloc-v2.yaml")).unwrap();
        let operations = Operation::all(&spec).unwrap();
        Self { spec, operations, shown: BTreeSet::new() }
    }

    fn schema(&self, name: &str) -> Value {
        self.spec.value["components"]["schemas"].get(name).unwrap_or_else(|| panic!("no schema {name}")).clone()
    }

    fn operation(&self, id: &str) -> &Operation {
        self.operations.iter().find(|operation| operation.id == id).unwrap_or_else(|| panic!("no operation {id}"))
    }

    /// Notes the properties of a payload. Panics if the schema has no such property.
    fn show(&mut self, schema: &str, payload: &Value, file: &str) {
        let node = self.schema(schema);
        let properties = entries(&node, "properties");
        let Some(map) = payload.as_object().filter(|_| !properties.is_empty()) else { return };
        for (name, value) in map {
            let is_it = |(known, node): &(&&str, &&Value)| {
                let aliases = node["x-aliases"].as_array().into_iter().flatten();
                **known == name || aliases.into_iter().any(|alias| alias == name)
            };
            let found = properties.iter().find(is_it);
            let (known, node) = found.unwrap_or_else(|| panic!("{file}: `{schema}` has no property `{name}`"));
            self.shown.insert(format!("{schema}.{known}"));
            let parts = ["allOf", "anyOf"].iter().filter_map(|part| node[part].as_array()).flatten();
            let Some(inner) = parts.chain([*node, &node["items"]]).find_map(schema_name) else { continue };
            match value.as_array() {
                Some(list) => list.iter().for_each(|value| self.show(inner, value, file)),
                None => self.show(inner, value, file),
            }
        }
    }

    /// Returns the schema and the examples of one body of an operation.
    fn body(&self, id: &str, part: &str) -> (String, Vec<Value>) {
        let operation = self.operation(id);
        let node = self.spec.value.pointer(&operation.pointer).unwrap();
        let body = match part {
            "request" => &node["requestBody"],
            "response" => entries(node, "responses").into_iter().find(|(status, _)| status.starts_with('2')).unwrap().1,
            other => panic!("{id}: `{other}` is neither `request` nor `response`"),
        };
        let media = &body["content"]["application/json"];
        let named = entries(media, "examples").into_values().map(|example| example["value"].clone());
        let examples = media.get("example").cloned().into_iter().chain(named).collect();
        (schema_name(&media["schema"]).unwrap().to_owned(), examples)
    }
}

/// Returns whether an example has every property that a payload has.
fn covers(example: &Value, payload: &Value) -> bool {
    match (example, payload) {
        (Value::Object(example), Value::Object(payload)) => {
            payload.iter().all(|(name, value)| example.get(name).is_some_and(|example| covers(example, value)))
        }
        (Value::Array(examples), Value::Array(payloads)) => {
            payloads.iter().all(|payload| examples.iter().any(|example| covers(example, payload)))
        }
        _ => true,
    }
}

#[test]
fn every_property_and_parameter_of_version_2_has_a_source() {
    let (sources, mut evidence) = (read("tests/evidence/unloc-v2.yaml"), Evidence::new());
    let payloads = entries(&sources, "payloads");
    let folder = std::fs::read_dir(root().join("tests/evidence/unloc-v2")).unwrap();
    let files: BTreeSet<_> = folder.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    assert_eq!(files.iter().map(String::as_str).collect::<Vec<_>>(), payloads.keys().copied().collect::<Vec<_>>());
    for (file, of) in payloads {
        let payload = read(&format!("tests/evidence/unloc-v2/{file}"));
        match of["of"].as_str().unwrap().split_once(' ') {
            None => evidence.show(of["of"].as_str().unwrap(), &payload, file),
            Some((id, part)) => {
                let (schema, examples) = evidence.body(id, part);
                assert!(examples.iter().any(|example| covers(example, &payload)), "no example of `{id}` covers {file}");
                evidence.show(&schema, &payload, file);
            }
        }
    }
    let mut facts = BTreeSet::new();
    for source in ["pages", "observed", "inferred"] {
        for (_, names) in entries(&sources, source) {
            facts.extend(names.as_array().unwrap().iter().map(|name| name.as_str().unwrap().to_owned()));
        }
    }
    let schemas = entries(&evidence.spec.value["components"], "schemas").into_iter();
    let mut all: BTreeSet<_> = schemas
        .flat_map(|(schema, node)| entries(node, "properties").into_keys().map(move |name| format!("{schema}.{name}")))
        .collect();
    for operation in &evidence.operations {
        let queried = operation.parameters.iter().filter(|parameter| parameter.place == "query");
        all.extend(queried.map(|parameter| format!("{}?{}", operation.id, parameter.name)));
    }
    let known: BTreeSet<_> = facts.union(&evidence.shown).cloned().collect();
    let without: Vec<_> = all.difference(&known).collect();
    assert!(without.is_empty(), "without a source: {without:#?}");
    let stale: Vec<_> = facts.difference(&all).chain(facts.intersection(&evidence.shown)).collect();
    assert!(stale.is_empty(), "not in the spec, or shown by a payload: {stale:#?}");
}
