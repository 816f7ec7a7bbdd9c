//! Defines the tolerances that an `x-` key asks for at a single property.

use serde_json::{Map, Value};
use unloc_spec::Tolerance;
use unloc_spec::keys::{ALIASES, TOLERATE};

use super::{Reader, Rule};

pub(super) const OTHER_SPELLING: Rule = Rule {
    name: "other-spelling",
    reason: "The documents spell some properties in two ways (`lockHolders`, `lock-holders`). Every spelling in \
             `x-aliases` is read, and the property's own name is written. If an object has several of them, the first \
             one with a value counts.",
    apply: |draft| {
        // Responses only: an alias in a request type would have nothing to read.
        draft.response_properties(|schema, property, marks| {
            let names = texts(property.node, ALIASES);
            if !names.is_empty() {
                marks.aliases.insert((schema.to_owned(), property.name.to_owned()), names);
            }
        });
    },
};

pub(super) const LOOSE_SCALAR: Rule = Rule {
    name: "loose-scalar",
    reason: "The documents show some properties with two JSON types (`canShare` as `true` and as \"true\", \
             `postalCode` as a string and as a number). The types that `x-tolerate` names are read as the documented \
             type. With `any`, every other value is read as absent.",
    apply: |draft| {
        draft.response_properties(|schema, property, marks| {
            let tolerance = Tolerance::of(property.node);
            property.node.remove(TOLERATE);
            let Some(Tolerance { kind, or_absent, .. }) = tolerance else { return };
            let is_short = property.node.get("format").is_some_and(|format| format == "int32");
            // The functions of `crate::model::lenient` are named after what they return, `integer32` after an `i32`.
            let function = match kind {
                "string" => "text",
                "array" => "list",
                "integer" if is_short => "integer32",
                other => other,
            };
            let reader = Reader::Loose { function, or_absent };
            marks.lenient.insert((schema.to_owned(), property.name.to_owned()), reader);
        });
    },
};

/// Removes a key whose value is a list of strings, and returns those.
fn texts(node: &mut Map<String, Value>, key: &str) -> Vec<String> {
    let list = node.remove(key);
    let list = list.as_ref().and_then(Value::as_array).into_iter().flatten();
    list.filter_map(Value::as_str).map(str::to_owned).collect()
}
