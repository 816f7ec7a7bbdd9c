//! Defines the tolerances for null and for absent properties.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value, json};
use unloc_spec::keys::holds_names;
use unloc_spec::{REFERENCE, beside_null, reference_to, schema_name};

use super::strings::sensitive_type;
use super::{Draft, Reader, Rule, each_property, is_true};
use crate::names;

/// Rewrites `anyOf` or `oneOf` of one schema and null as that schema with `nullable: true`.
///
/// This changes no meaning and so is no tolerance. The rules look for `nullable` only, and typify makes an
/// `Option<Place>` of `allOf: [Place]` with `nullable: true`.
pub(super) fn to_nullable_flag(node: &mut Value) {
    let alternative = beside_null(node).map(|(key, other)| (key, other.clone()));
    match node {
        Value::Object(map) => {
            if let Some((key, other)) = alternative {
                map.remove(key);
                match other {
                    // An inline schema moves up. What is written beside the alternatives, such as a description, wins.
                    Value::Object(other) if !other.contains_key(REFERENCE) => {
                        other.into_iter().for_each(|(key, value)| _ = map.entry(key).or_insert(value));
                    }
                    // Siblings of `$ref` are ignored in OpenAPI 3.0, `nullable` too. An `allOf` of one keeps both.
                    other => _ = map.insert("allOf".to_owned(), Value::Array(vec![other])),
                }
                map.insert("nullable".to_owned(), Value::Bool(true));
            }
            for (key, value) in map {
                match value {
                    Value::Object(named) if holds_names(key) => named.values_mut().for_each(to_nullable_flag),
                    // Examples are data and hold no schemas.
                    value => _ = (key != "example").then(|| to_nullable_flag(value)),
                }
            }
        }
        Value::Array(list) => list.iter_mut().for_each(to_nullable_flag),
        _ => {}
    }
}

pub(super) const NULL_OR_ABSENT: Rule = Rule {
    name: "null-or-absent",
    reason: "`end: null` and no `end` are both documented to mean no end, and the service has been seen to refuse \
             either of them. So a nullable property of a request becomes `Nullable`, and the caller chooses what is \
             written. A required one is null only if the caller says so.",
    apply: |draft: &mut Draft| {
        // Types that responses share keep their `Option`: reading needs no difference between null and absent.
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
                // A recursive type needs a `Box`. typify boxes what an `Option` holds, but not a replaced type.
                let inner = schema_name(&Value::Object(property.node.clone())).map(str::to_owned);
                if inner.is_some_and(|inner| super::components(&whole, &inner).contains(schema)) {
                    return;
                }
                let Some((mut name, rust)) = nullable(property.node, components, &types) else { return };
                let rust = format!("crate::model::Nullable<{rust}>");
                // The spec may have a schema `NullableText` of its own.
                while taken.contains(&name) || marks.replaced.get(&name).is_some_and(|other| *other != rust) {
                    name.push('X');
                }
                // progenitor replaces types by the names of components. So the property's schema becomes a component,
                // which `Nullable<…>` replaces. The description stays at the property, where it becomes the field's
                // doc.
                let mut component = property.node.clone();
                component.remove("description");
                property.node.retain(|key, _| key == "description");
                let reference = json!([reference_to("schemas", &name)]);
                property.node.insert("allOf".to_owned(), reference);
                marks.replaced.insert(name.clone(), rust);
                added.insert(name, Value::Object(component));
            });
        });
        if let Some(schemas) = draft.spec.pointer_mut("/components/schemas").and_then(Value::as_object_mut) {
            schemas.extend(added);
        }
    },
};

/// Returns the name of the component that stands for a nullable value, and the Rust type of the value inside.
fn nullable(node: &Map<String, Value>, components: &Value, types: &str) -> Option<(String, String)> {
    let text = |key: &str| node.get(key).and_then(Value::as_str);
    if let Some(name) = schema_name(&Value::Object(node.clone())) {
        let rust = names::pascal(name);
        // `HIDDEN_TEXT` runs later, so its types are looked up here.
        let sensitive = components.get(name).and_then(|schema| sensitive_type(schema.as_object()?)).map(str::to_owned);
        return Some((format!("Nullable{rust}"), sensitive.unwrap_or_else(|| format!("{types}::{rust}"))));
    }
    let (name, rust) = match (text("type")?, text("format")) {
        ("string", Some("date-time")) => ("DateTime", "::chrono::DateTime<::chrono::Utc>"),
        ("string", _) => ("Text", "::std::string::String"),
        ("boolean", _) => ("Boolean", "bool"),
        ("integer", Some("int32")) => ("Int32", "i32"),
        ("integer", _) => ("Int64", "i64"),
        // Lists, maps and other numbers stay the `Option` that typify makes of them.
        _ => return None,
    };
    Some((format!("Nullable{name}"), rust.to_owned()))
}

pub(super) const NULL_LIST: Rule = Rule {
    name: "null-list",
    reason: "Services write null for an empty list or map. It is read as the empty one, so that no caller has to tell \
             `None` from empty.",
    apply: |draft: &mut Draft| {
        draft.response_properties(|schema, property, marks| {
            // `true` allows values of any kind.
            let is_map = property.node.get("additionalProperties").is_some_and(|values| *values != Value::Bool(false));
            if is_map || property.node.contains_key("items") {
                property.node.remove("nullable");
                // A list with `x-tolerate` has its reader already, which takes null as well.
                marks.lenient.entry((schema.to_owned(), property.name.to_owned())).or_insert(Reader::NullIsEmpty);
            }
        });
    },
};

pub(super) const MISSING_NULLABLE: Rule = Rule {
    name: "missing-nullable",
    reason: "A service that may send null may as well leave the property out. A nullable property of a response is \
             never required.",
    apply: |draft: &mut Draft| {
        draft.response_properties(|_, property, _| *property.required &= !is_true(property.node, "nullable"));
    },
};

pub(super) const NULL_FOR_OPTIONAL: Rule = Rule {
    name: "null-for-optional",
    reason: "A service that may leave a property out may as well send null. Both are read as `None`.",
    apply: |draft: &mut Draft| {
        let replaced = draft.marks.replaced.clone();
        draft.schemas(|_, node, _| {
            each_property(node, |property| {
                let is_list = property.node.contains_key("items") || property.node.contains_key("additionalProperties");
                let name = schema_name(&Value::Object(property.node.clone())).map(str::to_owned);
                // `Nullable` has a variant for null already.
                let brings_null = name.as_ref().and_then(|name| replaced.get(name));
                if *property.required || is_list || brings_null.is_some_and(|rust| rust.contains("Nullable")) {
                    return;
                }
                // `nullable` beside a `$ref` is ignored, so the reference moves into an `allOf`.
                if let Some(reference) = property.node.remove(REFERENCE) {
                    property.node.insert("allOf".to_owned(), json!([{ REFERENCE: reference }]));
                }
                property.node.insert("nullable".to_owned(), Value::Bool(true));
            });
        });
    },
};
