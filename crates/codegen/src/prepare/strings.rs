//! Defines the tolerances that turn strings into types which accept more, or show less, than generated ones.

use serde_json::{Map, Value};
use unloc_spec::keys::{CASE_INSENSITIVE, ENUM_DESCRIPTIONS, SENSITIVE};

use super::{Draft, OpenEnum, Rule, parts};

pub(super) const OPEN_ENUM: Rule = Rule {
    name: "open-enum",
    reason: "Every list of values in the documents is incomplete or has grown since. An unknown value is kept as a \
             string and written back unchanged, and never makes a response unreadable.",
    apply: |draft: &mut Draft| {
        draft.schemas(|schema, node, marks| {
            // What is left for typify is a plain string; `finish::enums` writes the type.
            let Some(values) = node.remove("enum") else { return };
            let described = node.remove(ENUM_DESCRIPTIONS).unwrap_or_default();
            let text = |value: &str| match described.get(value).and_then(Value::as_str) {
                Some(text) => text.trim().to_owned(),
                None => format!("Represents the value `{value}`."),
            };
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
    reason: "Secrets, phone numbers and cursors must not show in Debug output; a cursor of roles contains a phone \
             number. A string with `x-sensitive` becomes a handwritten type that redacts its value. A phone number \
             that arrives as a JSON number gets its `+` back there.",
    apply: |draft: &mut Draft| {
        draft.schemas(|schema, node, marks| {
            let Some(rust) = sensitive_type(node) else { return };
            node.remove(SENSITIVE);
            marks.replaced.insert(schema.to_owned(), rust.to_owned());
        });
    },
};

/// Returns the handwritten type that a string with `x-sensitive` becomes.
pub(super) fn sensitive_type(node: &Map<String, Value>) -> Option<&'static str> {
    match node.get(SENSITIVE)?.as_str()? {
        "phone-number" => Some("crate::model::PhoneNumber"),
        "secret" => Some("crate::model::Secret"),
        "cursor" => Some("crate::model::Cursor"),
        _ => None,
    }
}

pub(super) const PLAIN_FORMAT: Rule = Rule {
    name: "plain-format",
    reason: "Most ids are UUIDs, but those of older locks have another form. Only the formats date-time and date make \
             a Rust type; strings of any other format stay strings.",
    apply: |draft: &mut Draft| draft.everywhere(&drop_format),
};

pub(super) const TEXT_TYPE: Rule = Rule {
    name: "text-type",
    reason: "The id of a lock must not be passed where the id of a key is meant. A string with a name of its own in \
             the spec becomes a type of its own, which accepts any string.",
    apply: |draft: &mut Draft| {
        draft.schemas(|schema, node, marks| {
            let is_text = node.get("type").and_then(Value::as_str) == Some("string") && !node.contains_key("format");
            let is_taken = marks.enums.contains_key(schema) || marks.replaced.contains_key(schema);
            // The type of a nullable string has to hold null, which a text type does not.
            if is_text && !is_taken && !super::is_true(node, "nullable") {
                let description = node.get("description").and_then(Value::as_str).unwrap_or_default();
                marks.texts.insert(schema.to_owned(), description.to_owned());
            }
        });
    },
};

/// Removes the format of a string, and of the strings inside a schema, unless it is a date or a time.
///
/// For `format: uuid` typify writes `uuid::Uuid`, and for `ip` a type of `std`: one unexpected value would make a
/// response unreadable, and `uuid` would be one more dependency of every user.
fn drop_format(node: &mut Map<String, Value>) {
    let is_text = node.get("type").and_then(Value::as_str) == Some("string");
    if is_text && !matches!(node.get("format").and_then(Value::as_str), Some("date-time" | "date")) {
        node.remove("format");
    }
    for key in ["items", "additionalProperties"] {
        if let Some(inner) = node.get_mut(key).and_then(Value::as_object_mut) {
            drop_format(inner);
        }
    }
    parts(node).for_each(drop_format);
    let properties = node.get_mut("properties").and_then(Value::as_object_mut);
    for (_, property) in properties.into_iter().flatten() {
        if let Some(property) = property.as_object_mut() {
            drop_format(property);
        }
    }
}
