//! Tolerances around null and absence.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value, json};
use unloc_spec::keys::holds_names;
use unloc_spec::{REFERENCE, beside_null, reference_to, schema_name};

use super::strings::hidden;
use super::{Draft, Reader, Rule, each_property, is_true};
use crate::names;

/// Writes what has null as its alternative the way that the rules and the generator know: with `nullable` beside it. Not
/// a tolerance, since it says the same.
pub(super) fn flags(node: &mut Value) {
    let alternative = beside_null(node).map(|(key, other)| (key, other.clone()));
    match node {
        Value::Object(map) => {
            if let Some((key, other)) = alternative {
                map.remove(key);
                match other {
                    Value::Object(other) if !other.contains_key(REFERENCE) => {
                        other.into_iter().for_each(|(key, value)| _ = map.entry(key).or_insert(value));
                    }
                    other => _ = map.insert("allOf".to_owned(), Value::Array(vec![other])),
                }
                map.insert("nullable".to_owned(), Value::Bool(true));
            }
            for (key, value) in map {
                match value {
                    Value::Object(named) if holds_names(key) => named.values_mut().for_each(flags),
                    // Values of examples are no schemas.
                    value => _ = (key != "example").then(|| flags(value)),
                }
            }
        }
        Value::Array(list) => list.iter_mut().for_each(flags),
        _ => {}
    }
}

pub(super) const NULL_OR_ABSENT: Rule = Rule {
    name: "null-or-absent",
    reason: "`end: null` and no `end` at all are both documented to mean no end, and the service has been seen to refuse \
             the one or the other: a nullable property of a request becomes `Nullable`, so that the caller chooses \
             what is written; one that is required is never null because nobody said anything.",
    apply: |draft: &mut Draft| {
        let only_requests: Vec<_> = draft.requests.difference(&draft.responses).cloned().collect();
        let mut added = BTreeMap::new();
        let types = draft.types.clone();
        let whole = draft.spec.clone();
        let components = whole.pointer("/components/schemas").unwrap_or(&Value::Null);
        let schemas = draft.spec.pointer("/components/schemas").and_then(Value::as_object);
        let taken: BTreeSet<_> = schemas.into_iter().flatten().map(|(name, _)| names::pascal(name)).collect();
        draft.schemas(|schema, node, marks| {
            if !only_requests.iter().any(|name| name == schema) {
                return;
            }
            each_property(node, |property| {
                if !is_true(property.node, "nullable") {
                    return;
                }
                // One that holds itself has to be in a box, which the generator makes of an `Option`.
                let inner = schema_name(&Value::Object(property.node.clone())).map(str::to_owned);
                if inner.is_some_and(|inner| super::components(&whole, &inner).contains(schema)) {
                    return;
                }
                let Some((mut name, rust)) = nullable(property.node, components, &types) else { return };
                let rust = format!("crate::model::Nullable<{rust}>");
                while taken.contains(&name) || marks.replaced.get(&name).is_some_and(|other| *other != rust) {
                    name.push('X');
                }
                let mut stand_in = property.node.clone();
                stand_in.remove("description");
                property.node.retain(|key, _| key == "description");
                let reference = json!([reference_to("schemas", &name)]);
                property.node.insert("allOf".to_owned(), reference);
                marks.replaced.insert(name.clone(), rust);
                added.insert(name, Value::Object(stand_in));
            });
        });
        if let Some(schemas) = draft.spec.pointer_mut("/components/schemas").and_then(Value::as_object_mut) {
            schemas.extend(added);
        }
    },
};

/// The name of the stand-in for a nullable value, and the Rust type inside it.
fn nullable(node: &Map<String, Value>, components: &Value, types: &str) -> Option<(String, String)> {
    let text = |key: &str| node.get(key).and_then(Value::as_str);
    if let Some(name) = schema_name(&Value::Object(node.clone())) {
        let rust = names::pascal(name);
        let hidden = components.get(name).and_then(|schema| hidden(schema.as_object()?)).map(str::to_owned);
        return Some((format!("Nullable{rust}"), hidden.unwrap_or_else(|| format!("{types}::{rust}"))));
    }
    let (name, rust) = match (text("type")?, text("format")) {
        ("string", Some("date-time")) => ("DateTime", "::chrono::DateTime<::chrono::Utc>"),
        ("string", _) => ("Text", "::std::string::String"),
        ("boolean", _) => ("Boolean", "bool"),
        ("integer", Some("int32")) => ("Int32", "i32"),
        ("integer", _) => ("Int64", "i64"),
        _ => return None,
    };
    Some((format!("Nullable{name}"), rust.to_owned()))
}

pub(super) const NULL_LIST: Rule = Rule {
    name: "null-list",
    reason: "Services write null for an empty list or map: it is read as the empty one, so that no caller has to tell \
             `None` from empty.",
    apply: |draft: &mut Draft| {
        draft.response_properties(|schema, property, marks| {
            let is_map = property.node.get("additionalProperties").is_some_and(Value::is_object);
            if is_map || property.node.contains_key("items") {
                property.node.remove("nullable");
                marks.lenient.entry((schema.to_owned(), property.name.to_owned())).or_insert(Reader::NullIsEmpty);
            }
        });
    },
};

pub(super) const MISSING_NULLABLE: Rule = Rule {
    name: "missing-nullable",
    reason: "A service that may answer null may as well leave the property out: a nullable property of a response is \
             never required.",
    apply: |draft: &mut Draft| {
        draft.response_properties(|_, property, _| *property.required &= !is_true(property.node, "nullable"));
    },
};

pub(super) const NULL_FOR_OPTIONAL: Rule = Rule {
    name: "null-for-optional",
    reason: "A service that may leave a property out may as well answer null: both are read as `None`.",
    apply: |draft: &mut Draft| {
        let replaced = draft.marks.replaced.clone();
        draft.schemas(|_, node, _| {
            each_property(node, |property| {
                let is_list = property.node.contains_key("items") || property.node.contains_key("additionalProperties");
                let name = schema_name(&Value::Object(property.node.clone())).map(str::to_owned);
                // `Nullable` brings its own null.
                let brings_null = name.as_ref().and_then(|name| replaced.get(name));
                if *property.required || is_list || brings_null.is_some_and(|rust| rust.contains("Nullable")) {
                    return;
                }
                if let Some(reference) = property.node.remove(REFERENCE) {
                    property.node.insert("allOf".to_owned(), json!([{ REFERENCE: reference }]));
                }
                property.node.insert("nullable".to_owned(), Value::Bool(true));
            });
        });
    },
};
