//! Tolerances that turn texts into types which accept more, or show less, than generated ones.

use serde_json::{Map, Value};
use unloc_spec::keys::{CASE_INSENSITIVE, ENUM_DESCRIPTIONS, SENSITIVE};

use super::{Draft, OpenEnum, Rule, parts};

pub(super) const OPEN_ENUM: Rule = Rule {
    name: "open-enum",
    reason: "Every list of values in the documents is cut or has grown since: an unknown value is kept as text and \
             written back as it came, and never fails the response it stands in.",
    apply: |draft: &mut Draft| {
        draft.schemas(|schema, node, marks| {
            let Some(values) = node.remove("enum") else { return };
            let described = node.remove(ENUM_DESCRIPTIONS).unwrap_or_default();
            let text = |value: &str| described.get(value).and_then(Value::as_str).unwrap_or(value).trim().to_owned();
            let values = values.as_array().into_iter().flatten().filter_map(Value::as_str);
            let open = OpenEnum {
                description: node.get("description").and_then(Value::as_str).unwrap_or_default().to_owned(),
                values: values.map(|value| (value.to_owned(), text(value))).collect(),
                case_insensitive: super::is_true(node, CASE_INSENSITIVE),
            };
            marks.enums.insert(schema.to_owned(), open);
        });
    },
};

pub(super) const HIDDEN_TEXT: Rule = Rule {
    name: "hidden-text",
    reason: "Secrets, phone numbers and cursors (a cursor of roles contains a phone number) must not show in Debug \
             output: a text with `x-sensitive` becomes a handwritten type that hides it. A phone number that arrives \
             as a JSON number gets its `+` back there.",
    apply: |draft: &mut Draft| {
        draft.schemas(|schema, node, marks| {
            let Some(rust) = hidden(node) else { return };
            node.remove(SENSITIVE);
            marks.replaced.insert(schema.to_owned(), rust.to_owned());
        });
    },
};

/// The handwritten type that a text with `x-sensitive` becomes.
pub(super) fn hidden(node: &Map<String, Value>) -> Option<&'static str> {
    match node.get(SENSITIVE)?.as_str()? {
        "phone-number" => Some("crate::model::PhoneNumber"),
        "secret" => Some("crate::model::Secret"),
        "cursor" => Some("crate::model::Cursor"),
        _ => None,
    }
}

pub(super) const PLAIN_FORMAT: Rule = Rule {
    name: "plain-format",
    reason: "Ids are UUIDs only until they are not (older locks have another form): of the text formats only date-time \
             and date make a Rust type, all others stay text.",
    apply: |draft: &mut Draft| draft.everywhere(&plain),
};

pub(super) const TEXT_TYPE: Rule = Rule {
    name: "text-type",
    reason: "An id of a lock must not be given where that of a key is meant: a text with a name of its own in the spec \
             becomes a type of its own, which takes any text.",
    apply: |draft: &mut Draft| {
        draft.schemas(|schema, node, marks| {
            let is_text = node.get("type").and_then(Value::as_str) == Some("string") && !node.contains_key("format");
            let is_taken = marks.enums.contains_key(schema) || marks.replaced.contains_key(schema);
            if is_text && !is_taken && !super::is_true(node, "nullable") {
                let description = node.get("description").and_then(Value::as_str).unwrap_or_default();
                marks.texts.insert(schema.to_owned(), description.to_owned());
            }
        });
    },
};

fn plain(node: &mut Map<String, Value>) {
    let is_text = node.get("type").and_then(Value::as_str) == Some("string");
    if is_text && !matches!(node.get("format").and_then(Value::as_str), Some("date-time" | "date")) {
        node.remove("format");
    }
    for key in ["items", "additionalProperties"] {
        if let Some(inner) = node.get_mut(key).and_then(Value::as_object_mut) {
            plain(inner);
        }
    }
    parts(node).for_each(plain);
    let properties = node.get_mut("properties").and_then(Value::as_object_mut);
    for (_, property) in properties.into_iter().flatten() {
        if let Some(property) = property.as_object_mut() {
            plain(property);
        }
    }
}
