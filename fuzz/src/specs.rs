//! Checks that any spec is loaded, or refused with a position.

use std::collections::BTreeSet;
use std::path::Path;

use serde_json::Value;
use unloc_lint::bindable;
use unloc_spec::{Document, Error, escape};

/// Checks the YAML loader.
pub fn yaml(input: &[u8]) {
    let text = String::from_utf8_lossy(input);
    match parse(&text) {
        Ok(document) => {
            assert_positions(&document, &document.value, &mut String::new());
            let again = parse(&document.value.to_string());
            // The YAML parser limits nesting to 255 levels and simple keys to 1024 characters.
            if longest_key(&document.value) < 1000 && depth(&document.value) < 200 {
                let again = again.unwrap_or_else(|error| panic!("JSON is valid YAML, but: {error}"));
                assert_eq!(again.value, document.value);
            }
        }
        Err(error) => assert_error_position(&error, &text),
    }
}

/// Checks the generator, with specs that the loader accepts.
pub fn bindings(input: &[u8]) {
    let text = String::from_utf8_lossy(input);
    let Ok(document) = parse(&text) else { return };
    let quick = bindable(&document);
    let generated = unloc_codegen::bindings(&document, "api", &BTreeSet::new());
    for error in [quick.as_ref().err(), generated.as_ref().err()].into_iter().flatten().flatten() {
        assert_error_position(error, &text);
    }
    assert_eq!(quick.is_ok(), generated.is_ok(), "{:?}, but {:?}", quick.err(), generated.map(drop).err());
}

fn parse(text: &str) -> Result<Document, Error> {
    Document::parse(Path::new("spec.yaml"), text)
}

/// Asserts that every node has a position in the file.
fn assert_positions(document: &Document, node: &Value, pointer: &mut String) {
    let at = document.position(pointer).unwrap_or_else(|| panic!("{pointer:?} has no position"));
    assert_line_exists(at.line, &document.text);
    assert!(document.value_position(pointer).is_some(), "{pointer:?}");
    let steps: Vec<_> = match node {
        Value::Object(entries) => entries.iter().map(|(name, value)| (escape(name), value)).collect(),
        Value::Array(items) => items.iter().enumerate().map(|(index, value)| (index.to_string(), value)).collect(),
        _ => Vec::new(),
    };
    for (step, value) in steps {
        let length = pointer.len();
        pointer.push('/');
        pointer.push_str(&step);
        assert_positions(document, value, pointer);
        pointer.truncate(length);
    }
}

fn assert_error_position(error: &Error, text: &str) {
    if let Some(at) = error.position {
        assert_line_exists(at.line, text);
    }
    assert!(error.to_string().starts_with("spec.yaml:") && !error.message.is_empty(), "{error}");
}

fn assert_line_exists(line: usize, text: &str) {
    // In YAML, a lone carriage return also ends a line.
    let lines = text.split(['\n', '\r']).count();
    assert!((1..=lines + 1).contains(&line), "line {line} of {lines}");
}

fn longest_key(node: &Value) -> usize {
    match node {
        Value::Object(entries) => {
            entries.iter().map(|(name, value)| longest_key(value).max(name.len())).max().unwrap_or_default()
        }
        Value::Array(items) => items.iter().map(longest_key).max().unwrap_or_default(),
        _ => 0,
    }
}

fn depth(node: &Value) -> usize {
    let inner = match node {
        Value::Object(entries) => entries.values().map(depth).max(),
        Value::Array(items) => items.iter().map(depth).max(),
        _ => return 0,
    };
    1 + inner.unwrap_or_default()
}
