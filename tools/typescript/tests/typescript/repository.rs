use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use unloc_codegen::names;
use unloc_spec::keys::SENSITIVE;
use unloc_spec::{Document, Operation};

use crate::spec::code;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().nth(2).unwrap()
}

fn document() -> Document {
    Document::read(&root().join("openapi/integrator.yaml")).unwrap()
}

fn types() -> String {
    unloc_typescript::sources(root()).unwrap().remove("types.ts").unwrap()
}

/// Returns the lines of the public Rust API.
fn surface() -> Vec<String> {
    let text = fs::read_to_string(root().join("openapi/surface/integrator.txt")).unwrap();
    text.lines().map(str::to_owned).collect()
}

#[test]
fn there_are_two_files_and_they_are_always_the_same() {
    let files = unloc_typescript::sources(root()).unwrap();
    assert_eq!(files.keys().collect::<Vec<_>>(), ["lists.ts", "operations.ts", "types.ts"]);
    assert_eq!(files, unloc_typescript::sources(root()).unwrap());
}

#[test]
fn every_operation_of_a_client_is_a_method_and_in_the_table() {
    let files = unloc_typescript::sources(root()).unwrap();
    let operations = Operation::all(&document()).unwrap();
    assert!(operations.len() > 20);
    for Operation { id, .. } in operations {
        assert_eq!(files["types.ts"].matches(&format!("\n  {id}(")).count(), 1, "{id}");
        assert_eq!(files["operations.ts"].matches(&format!("\n    {id}: \"")).count(), 1, "{id}");
    }
}

/// Returns the result in TypeScript for a result in Rust.
fn result(rust: &str) -> String {
    let inside =
        |name: &str| rust.strip_prefix(name)?.strip_suffix('>').map(|inner| inner.replace("unloc::types::", ""));
    if let Some(item) = inside("unloc::Page<") {
        format!("ListCall<Page<{item}>, {item}>")
    } else if let Some(item) = inside("Vec<") {
        format!("ListCall<{item}[], {item}>")
    } else if let Some(item) = inside("Option<") {
        format!("Call<{item} | null>")
    } else if rust == "()" {
        "Call<void>".to_owned()
    } else {
        format!("Call<{}>", rust.replace("unloc::types::", ""))
    }
}

#[test]
fn results_are_those_of_the_rust_bindings() {
    let code = code(&types()).split_whitespace().collect::<Vec<_>>().join(" ");
    let code = code.replace("( parameters", "(parameters");
    let mut found = BTreeMap::new();
    for line in surface() {
        let Some(line) = line.strip_prefix("async fn unloc::builder::") else { continue };
        let Some((builder, rust)) = line.split_once("::send(self) -> unloc::Result<") else { continue };
        found.insert(builder.to_owned(), result(rust.strip_suffix('>').unwrap()));
    }
    let operations = Operation::all(&document()).unwrap();
    assert_eq!(found.len(), operations.len());
    for operation in operations {
        let expected = format!("): {};", found[&names::builder(&operation)]);
        let (_, method) = code.split_once(&format!(" {}(parameters", operation.id)).unwrap();
        let (method, _) = method.split_at(method.find(';').unwrap() + 1);
        assert!(method.ends_with(&expected), "{}: {method}, not {expected}", operation.id);
    }
}

#[test]
fn schemas_are_those_of_the_rust_bindings() {
    let text = types();
    let own = text.lines().filter_map(|line| {
        let line = line.strip_prefix("export interface ").or_else(|| line.strip_prefix("export type "))?;
        Some(line.split_whitespace().next()?.to_owned())
    });
    let own: BTreeSet<_> = own.filter(|name| !name.ends_with("Parameters") && !name.ends_with("Methods")).collect();
    let rust = surface().into_iter().filter_map(|line| {
        let line = line.strip_prefix("struct unloc::types::").or_else(|| line.strip_prefix("enum unloc::types::"));
        Some(line?.split([' ', ',', '<', '(']).next()?.to_owned())
    });
    let rust: BTreeSet<_> = rust.filter(|name| !name.contains(':')).collect();
    assert!(rust.len() > 20, "{rust:?}");
    // Rust has types of its own for the strings that errors must not show.
    let document = document();
    let is_sensitive = |name: &str| document.value["components"]["schemas"][name].get(SENSITIVE).is_some();
    assert_eq!(own.difference(&rust).filter(|name| !is_sensitive(name)).collect::<Vec<_>>(), Vec::<&String>::new());
    assert_eq!(rust.difference(&own).collect::<Vec<_>>(), Vec::<&String>::new());
}

#[test]
fn lines_have_at_most_100_columns() {
    let text = types();
    // The two names in such a line are the spec's, and there is nothing to break between them.
    let is_declaration = |line: &str| line.starts_with("export interface ");
    let long = text.lines().filter(|line| line.chars().count() > 100 && !is_declaration(line));
    assert_eq!(long.collect::<Vec<_>>(), Vec::<&str>::new());
}
