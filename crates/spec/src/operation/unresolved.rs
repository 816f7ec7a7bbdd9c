//! Finds references that do not resolve.

use serde_json::Value;

use crate::error::Error;
use crate::keys;
use crate::load::{Document, Target, escape, follow, reference, reference_pointer};

/// Returns an error for every `$ref` of a document that does not resolve in the same file. progenitor panics on these.
pub(super) fn unresolved(document: &Document) -> Vec<Error> {
    let mut errors = Vec::new();
    walk(document, &document.value, &mut Vec::new(), &mut errors);
    errors
}

/// Checks a node and everything inside it. `steps` lead to the node.
fn walk<'a>(document: &'a Document, node: &'a Value, steps: &mut Vec<Step<'a>>, errors: &mut Vec<Error>) {
    match node {
        Value::Object(map) => {
            if let Some(reference) = reference(node) {
                let what = match follow(&document.value, node) {
                    Target::Node(_) => None,
                    Target::Nowhere => Some(format!("`{reference}` does not resolve in this file")),
                    Target::Circle => Some(format!("`{reference}` is circular: it only leads back to itself")),
                };
                if let Some(what) = what {
                    let pointer: String = steps.iter().map(Step::text).collect();
                    errors.push(document.error_at_value(&reference_pointer(&pointer), what));
                }
            }
            // Examples are data, in which `$ref` is no reference.
            for (key, value) in map.iter().filter(|(key, _)| !key.starts_with("example")) {
                steps.push(Step::Key(key));
                match value {
                    // The keys of these mappings are names, and one may be `example`.
                    Value::Object(named) if keys::holds_names(key) => {
                        for (name, value) in named {
                            steps.push(Step::Key(name));
                            walk(document, value, steps, errors);
                            steps.pop();
                        }
                    }
                    value => walk(document, value, steps, errors),
                }
                steps.pop();
            }
        }
        Value::Array(list) => {
            for (index, value) in list.iter().enumerate() {
                steps.push(Step::Place(index));
                walk(document, value, steps, errors);
                steps.pop();
            }
        }
        _ => {}
    }
}

/// Is a step of a JSON pointer. The pointer is formatted only for an error, since a large spec has many thousands of
/// nodes.
enum Step<'a> {
    Key(&'a str),
    Place(usize),
}

impl Step<'_> {
    /// Returns the step as part of a pointer.
    fn text(&self) -> String {
        match self {
            Self::Key(key) => format!("/{}", escape(key)),
            Self::Place(index) => format!("/{index}"),
        }
    }
}
