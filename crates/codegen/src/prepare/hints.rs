//! Tolerances that the YAML asks for at single properties.

use serde_json::{Map, Value};
use unloc_spec::Tolerance;
use unloc_spec::keys::{ALIASES, TOLERATE};

use super::{Reader, Rule};

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
            let tolerance = Tolerance::of(property.node);
            property.node.remove(TOLERATE);
            let Some(Tolerance { kind, or_absent, .. }) = tolerance else { return };
            let is_short = property.node.get("format").is_some_and(|format| format == "int32");
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

fn texts(node: &mut Map<String, Value>, key: &str) -> Vec<String> {
    let list = node.remove(key);
    let list = list.as_ref().and_then(Value::as_array).into_iter().flatten();
    list.filter_map(Value::as_str).map(str::to_owned).collect()
}
