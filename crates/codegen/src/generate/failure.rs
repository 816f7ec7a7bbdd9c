//! Finds what progenitor refuses, and shortens its reason to one line.

use proc_macro2::TokenStream;
use progenitor::GenerationSettings;
use serde_json::{Map, Value, json};
use syn::File;
use unloc_spec::{Operation, escape};

use super::tokens;
use crate::prepare::Prepared;

/// Is the number of characters after which a reason is cut: progenitor quotes whole schemas in some of them.
const LONGEST_REASON: usize = 300;

/// Returns progenitor's reason as one line, without the debug output of its structures.
///
/// progenitor formats structures with `{:?}` or `{:#?}`, as in `Cookie { parameter_data: …` or `Some(Object(…`. They
/// can fill pages and say nothing to a reader of the YAML.
pub(super) fn one_line(reason: &str) -> String {
    let line = reason.split_whitespace().collect::<Vec<_>>().join(" ");
    let is_word = |letter: char| letter.is_ascii_alphanumeric() || letter == '_';
    // A structure begins with a capitalized name and an opening bracket. A capitalized word alone is part of the
    // sentence: "unsupported style of query parameter SpaceDelimited".
    let begins = |place: &usize| {
        let rest = &line[*place..];
        let name = rest.find(|letter| !is_word(letter)).unwrap_or(rest.len());
        let is_type = rest.starts_with(|letter: char| letter.is_ascii_uppercase());
        is_type && [" {", "(", "["].iter().any(|open| rest[name..].starts_with(open))
    };
    let mut words = line.char_indices().map(|(place, _)| place);
    let end = words.find(|place| !line[..*place].ends_with(is_word) && begins(place)).unwrap_or(line.len());
    let text = line[..end].trim_end_matches([' ', ':', ',', '(', '"', '-']);
    match text.char_indices().nth(LONGEST_REASON) {
        Some((end, _)) => format!("{} …", &text[..end]),
        None if text.is_empty() => "progenitor gives no further reason".to_owned(),
        None => text.to_owned(),
    }
}

/// Returns the JSON pointer of the schema or operation that progenitor refuses.
///
/// progenitor names no place, so this generates parts of the spec and bisects. Trying each schema alone would take time
/// that grows with the square of the spec.
pub(super) fn locate(prepared: &Prepared, operations: &[Operation], settings: &GenerationSettings) -> Option<String> {
    let schemas = prepared.spec.pointer("/components/schemas").and_then(Value::as_object).cloned().unwrap_or_default();
    let mut shell = prepared.spec.as_object().cloned().unwrap_or_default();
    shell.remove("paths");
    if let Some(components) = shell.get_mut("components").and_then(Value::as_object_mut) {
        components.remove("schemas");
    }
    let fails = |paths: Map<String, Value>, schemas: Map<String, Value>| {
        let mut spec = Value::Object(shell.clone());
        spec["paths"] = paths.into();
        spec["components"]["schemas"] = schemas.into();
        // A part that does not deserialize is no evidence: `Run::tokens` has read the whole spec before.
        serde_json::from_value(spec).is_ok_and(|spec| tokens(&spec, settings).and_then(is_rust).is_err())
    };
    // References need a target, or progenitor panics on the reference. Stubs stand in for all schemas that are not
    // tried.
    let stubs: Map<_, _> = schemas.keys().map(|name| (name.clone(), json!({ "type": "object" }))).collect();
    if fails(Map::new(), schemas.clone()) {
        let names: Vec<_> = schemas.keys().collect();
        let found = bisect(&names, &|names| {
            let mut some = stubs.clone();
            some.extend(names.iter().map(|name| ((*name).clone(), schemas[*name].clone())));
            fails(Map::new(), some)
        });
        // Schemas that fail only together have no single culprit: then the place is the whole mapping.
        let one = found.map_or_else(String::new, |name| format!("/{}", escape(name)));
        return Some(format!("/components/schemas{one}"));
    }
    let paths = |operations: &[&Operation]| {
        let mut paths = Map::new();
        for operation in operations {
            let (path, method) = (operation.path.as_str(), operation.method.to_ascii_lowercase());
            let item = &prepared.spec["paths"][path];
            let only = paths.entry(path).or_insert_with(|| json!({}));
            only[method.as_str()] = item[method.as_str()].clone();
            if let Some(shared) = item.get("parameters") {
                only["parameters"] = shared.clone();
            }
        }
        paths
    };
    let all: Vec<_> = operations.iter().collect();
    // An operation may fail by itself, or only together with the real schemas that it refers to.
    let is_own = fails(paths(&all), stubs.clone());
    let found = bisect(&all, &|some| fails(paths(some), if is_own { stubs.clone() } else { schemas.clone() }));
    found.map(|operation| operation.pointer.clone())
}

/// Returns whether the output parses: some unsupported input gives tokens that are no Rust.
fn is_rust(tokens: TokenStream) -> Result<(), String> {
    syn::parse2::<File>(tokens).map(drop).map_err(|error| error.to_string())
}

/// Returns the element that fails, if one fails without the others.
fn bisect<T: Copy>(all: &[T], fails: &dyn Fn(&[T]) -> bool) -> Option<T> {
    match all {
        [] => None,
        [one] => fails(all).then_some(*one),
        _ => {
            let (front, back) = all.split_at(all.len() / 2);
            // The back half is not tried here: if it does not fail either, its last element says so.
            if fails(front) { bisect(front, fails) } else { bisect(back, fails) }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{bisect, one_line};

    #[test]
    fn shortens_a_reason_to_one_line_without_structures() {
        for (reason, line) in [
            (
                "cookie parameters are not supported Cookie {\n    parameter_data: ParameterData {\n",
                "cookie parameters are not supported",
            ),
            (
                "not yet implemented: unhandled not schema Object(\n    SchemaObject {\n",
                "not yet implemented: unhandled not schema",
            ),
            ("invalid schema for text/plain: Schema { schema_data: 1 }", "invalid schema for text/plain"),
            (
                "unsupported style of query parameter SpaceDelimited",
                "unsupported style of query parameter SpaceDelimited",
            ),
            ("the path {id} is\ngiven twice", "the path {id} is given twice"),
            ("Øre is no Unit", "Øre is no Unit"),
            (
                "unexpected or unhandled format in the OpenAPI document: parameter: Cookie {\n    data: Data {\n",
                "unexpected or unhandled format in the OpenAPI document: parameter",
            ),
            ("invalid (or unsupported) schema:\nSchemaObject {\n a: None }", "invalid (or unsupported) schema"),
            ("value: Some(\n  Object(ObjectType {", "value"),
            ("the operationId `a` is used twice", "the operationId `a` is used twice"),
            ("Cookie { a: 1 }", "progenitor gives no further reason"),
        ] {
            assert_eq!(one_line(reason), line);
        }
        assert!(one_line(&"word ".repeat(200)).chars().count() < 310);
    }

    #[test]
    fn bisects_to_the_element_that_fails() {
        let all: Vec<_> = (0..1000).collect();
        for bad in [0, 1, 499, 500, 999] {
            let tries = std::cell::Cell::new(0);
            let found = bisect(&all, &|some| {
                tries.set(tries.get() + 1);
                some.contains(&bad)
            });
            assert_eq!(found, Some(bad));
            assert!(tries.get() < 30, "{}", tries.get());
        }
        // Two elements that fail only together are no single one.
        assert_eq!(bisect(&all, &|some| some.contains(&1) && some.contains(&999)), None);
        assert_eq!(bisect::<u8>(&[], &|_| true), None);
    }
}
