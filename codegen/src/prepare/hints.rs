//! Tolerances that the YAML asks for at single properties.

use serde_json::{Map, Value};
use unloc_spec::keys::{ALIASES, TOLERATE};

use super::Rule;

pub(super) const OTHER_SPELLING: Rule = Rule {
    name: "other-spelling",
    reason: "A property is written in two ways (`lockHolders`, `lock-holders`): every spelling in `x-aliases` is read, \
             the first one is written. Of several in one object, the first that says something counts.",
    apply: |draft| {
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
    reason: "Documents show one property with two JSON types (`canShare` as `true` and as \"true\", `postalCode` as text \
             and as a number): what `x-tolerate` names is read as the documented type, and with `any` all else is read as absent.",
    apply: |draft| {
        draft.response_properties(|schema, property, marks| {
            let tolerated = texts(property.node, TOLERATE);
            if tolerated.is_empty() {
                return;
            }
            let reader = match property.node.get("type").and_then(Value::as_str) {
                Some("string") => "text",
                Some("boolean") => "boolean",
                Some("integer") if property.node.get("format").and_then(Value::as_str) == Some("int32") => "integer32",
                Some("integer") => "integer",
                Some("array") => "list",
                _ => return,
            };
            let reader = if tolerated.iter().any(|kind| kind == "any") { or_absent(reader) } else { reader };
            marks.lenient.insert((schema.to_owned(), property.name.to_owned()), reader);
        });
    },
};

/// The reader for which what the other one cannot read is as good as absent: an optional property that is of no use must not
/// take the answer with it.
fn or_absent(reader: &str) -> &'static str {
    match reader {
        "text" => "optional::text",
        "boolean" => "optional::boolean",
        "integer32" => "optional::integer32",
        "list" => "optional::list",
        _ => "optional::integer",
    }
}

fn texts(node: &mut Map<String, Value>, key: &str) -> Vec<String> {
    let list = node.remove(key);
    let list = list.as_ref().and_then(Value::as_array).into_iter().flatten();
    list.filter_map(Value::as_str).map(str::to_owned).collect()
}
