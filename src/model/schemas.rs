//! Compares the JSON Schema of the generated types with the YAML: they differ only as the tolerances announce.
//!
//! The test is inside the crate, because the types of the token call are not public.
#![allow(clippy::unwrap_used, reason = "in a test, a panic is the failure")]

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use serde_json::Value;
use unloc_codegen::prepare::{RULES, prepare};
use unloc_spec::Document;
use unloc_spec::keys::ENVELOPE;

#[path = "../../crates/codegen/tests/changes/mod.rs"]
mod changes;

use changes::{Shapes, changes, shapes};

use super::{auth, integrator};

fn document(api: &str) -> Document {
    Document::read(&Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("openapi/{api}.yaml"))).unwrap()
}

/// Returns the differences between two listings, as `schema.property: before -> after`.
fn differences(before: &Shapes, after: &Shapes) -> BTreeSet<String> {
    let names: BTreeSet<_> = before.keys().chain(after.keys()).collect();
    let shape = |shapes: &Shapes, name: &(String, String)| shapes.get(name).map_or("absent", String::as_str).to_owned();
    let pairs = names.into_iter().map(|name| (name, shape(before, name), shape(after, name)));
    let changed = pairs.filter(|(_, before, after)| before != after);
    changed.map(|((schema, property), before, after)| format!("{schema}.{property}: {before} -> {after}")).collect()
}

/// Returns the names of the envelopes, which callers never see, because calls return what is inside them.
fn envelopes(document: &Document) -> BTreeSet<String> {
    let schemas = document.value["components"]["schemas"].as_object().unwrap();
    let envelopes = schemas.iter().filter(|(_, schema)| schema.get(ENVELOPE).is_some());
    envelopes.map(|(name, _)| name.clone()).collect()
}

/// Asserts that types and YAML differ exactly as announced; returns the number of properties compared.
fn assert_announced(api: &str, schemas: &Value) -> usize {
    let document = document(api);
    // Several rules may change one property: only its first and its last state count.
    let mut announced: BTreeMap<(String, String), (String, String)> = BTreeMap::new();
    for change in changes(&document.value) {
        let entry = announced.entry((change.schema, change.property)).or_insert((change.before, String::new()));
        entry.1 = change.after;
    }
    let announced: BTreeSet<_> = announced
        .into_iter()
        .filter(|(_, (before, after))| before != after)
        .map(|((schema, property), (before, after))| format!("{schema}.{property}: {before} -> {after}"))
        .collect();
    let envelopes = envelopes(&document);
    let is_shown = |what: &String| !envelopes.iter().any(|name| what.starts_with(&format!("{name}.")));
    let yaml = shapes(&document.value);
    let rust = shapes(schemas);
    let (found, announced): (BTreeSet<_>, BTreeSet<_>) = (
        differences(&yaml, &rust).into_iter().filter(is_shown).collect(),
        announced.into_iter().filter(is_shown).collect(),
    );
    let (more, less): (Vec<_>, Vec<_>) =
        (found.difference(&announced).collect(), announced.difference(&found).collect());
    assert_eq!((more, less), (vec![], vec![]));
    assert!(rust.keys().all(|(schema, _)| !envelopes.contains(schema)));
    rust.len()
}

#[test]
fn types_differ_from_the_yaml_exactly_as_the_tolerances_announce() {
    // The bounds prove that something was compared.
    assert!(assert_announced("integrator", &integrator::types::json_schemas()) > 100);
    assert!(assert_announced("auth", &auth::types::json_schemas()) > 8);
}

#[test]
fn finds_a_difference_that_no_tolerance_announces() {
    // A renamed property, a changed width and a changed type.
    let document = document("integrator");
    let rust = shapes(&integrator::types::json_schemas());
    for (from, to) in
        [("postalCode", "postcode"), ("format: int32", "format: int64"), ("type: boolean", "type: string")]
    {
        let text = std::fs::read_to_string(&document.file).unwrap().replace(from, to);
        let edited = Document::parse(&document.file, &text).unwrap();
        let (before, after) = (shapes(&document.value), shapes(&edited.value));
        assert!(!differences(&before, &after).is_empty(), "{from}");
        assert!(differences(&after, &rust).len() > differences(&before, &rust).len(), "{from}");
    }
}

#[test]
fn every_type_has_a_schema() {
    let schemas = integrator::types::json_schemas();
    let names: BTreeSet<_> = schemas["$defs"].as_object().unwrap().keys().collect();
    let document = document("integrator");
    let envelopes = envelopes(&document);
    for (schema, _) in shapes(&prepare(RULES, &document.value, "crate::types").spec).into_keys() {
        assert_eq!(names.contains(&schema), !envelopes.contains(&schema), "{schema}");
    }
}
