//! Specs: whatever stands in a file, it is read or refused with a place.

use std::collections::BTreeSet;
use std::path::Path;

use serde_json::Value;
use unloc_lint::bindable;
use unloc_spec::{Document, Error, escape};

/// A file as it may be found in `openapi/`.
pub fn yaml(input: &[u8]) {
    let text = String::from_utf8_lossy(input);
    match parse(&text) {
        Ok(document) => {
            placed(&document, &document.value, &mut String::new());
            let again = parse(&document.value.to_string());
            // YAML reads brackets to a depth of 255, and a key of 1024 characters unless it is written in another way.
            if longest_key(&document.value) < 1000 && depth(&document.value) < 200 {
                let again = again.unwrap_or_else(|error| panic!("JSON is YAML, but: {error}"));
                assert_eq!(again.value, document.value);
            }
        }
        Err(error) => refused(&error, &text),
    }
}

/// The same, and what the generator makes of it.
pub fn bindings(input: &[u8]) {
    let text = String::from_utf8_lossy(input);
    let Ok(document) = parse(&text) else { return };
    let quick = bindable(&document);
    let made = unloc_codegen::bindings(&document, "api", &BTreeSet::new());
    for error in [quick.as_ref().err(), made.as_ref().err()].into_iter().flatten().flatten() {
        refused(error, &text);
    }
    assert_eq!(quick.is_ok(), made.is_ok(), "{:?}, but {:?}", quick.err(), made.map(drop).err());
}

fn parse(text: &str) -> Result<Document, Error> {
    Document::parse(Path::new("spec.yaml"), text)
}

/// Every node has a place in the file.
fn placed(document: &Document, node: &Value, pointer: &mut String) {
    let at = document.position(pointer).unwrap_or_else(|| panic!("{pointer:?} has no place"));
    in_text(at.line, &document.text);
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
        placed(document, value, pointer);
        pointer.truncate(length);
    }
}

fn refused(error: &Error, text: &str) {
    if let Some(at) = error.position {
        in_text(at.line, text);
    }
    assert!(error.to_string().starts_with("spec.yaml:") && !error.message.is_empty(), "{error}");
}

fn in_text(line: usize, text: &str) {
    // YAML also ends a line at a lone carriage return.
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
