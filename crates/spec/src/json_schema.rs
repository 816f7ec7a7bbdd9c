//! JSON Schemas of what operations send and get, to hold real requests and answers against a spec.
//!
//! OpenAPI 3.0 is not JSON Schema: null is allowed by `nullable`, and what `int32` promises stands in a format. And a
//! spec of ours says by its `x-` keys what else an answer may look like. Both become plain JSON Schema 2020-12 here, in
//! documents that refer to nothing outside of themselves.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use crate::keys;
use crate::load::{Document, REFERENCE, entries, escape, is_null, reference_to, resolve, schema_name};
use crate::operation::Operation;
use crate::tolerance::{Tolerance, unquoted};
use crate::walk::RawOperation;

/// How closely a value is held to the spec.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Reading {
    /// As the spec writes it, and nothing beyond: no property and no value of an enum that it does not list.
    Exact,
    /// As the spec writes it: objects may have other properties unless it says that they may not.
    Written,
    /// As the spec writes it, but any object may have other properties.
    Open,
    /// As the bindings read an answer, with every tolerance that they have, but for those that are more than a schema can
    /// say: properties that stand twice, what is filled in from the request, and responses that are inferred.
    Tolerant,
}

/// The JSON Schemas of a document.
#[derive(Clone, Copy, Debug)]
pub struct JsonSchemas<'a> {
    spec: &'a Value,
    reading: Reading,
}

impl<'a> JsonSchemas<'a> {
    /// Those of this document.
    #[must_use]
    pub fn new(document: &'a Document, reading: Reading) -> Self {
        Self { spec: &document.value, reading }
    }

    /// The schema of an operation's request, if it has a body.
    #[must_use]
    pub fn request(&self, operation: &Operation) -> Option<Value> {
        let body = resolve(self.spec, self.spec.pointer(&operation.pointer)?.get("requestBody")?)?;
        Some(self.document(body.pointer("/content/application~1json/schema")?))
    }

    /// The schema of an operation's parameter, as the JSON value that its text stands for.
    #[must_use]
    pub fn parameter(&self, operation: &Operation, name: &str) -> Option<Value> {
        let raw = RawOperation::find(self.spec, &operation.path, operation.method)?;
        let parameter = raw.parameters(self.spec).into_iter().find(|parameter| parameter.text("name") == Some(name))?;
        Some(self.document(parameter.value.get("schema")?))
    }

    /// The schema of the answer with this status, if that is documented with a body.
    #[must_use]
    pub fn response(&self, operation: &Operation, status: &str) -> Option<Value> {
        let responses = self.spec.pointer(&format!("{}/responses", operation.pointer))?;
        let response = resolve(self.spec, responses.get(status)?)?;
        Some(self.document(response.pointer("/content/application~1json/schema")?))
    }

    /// The schema of a component.
    #[must_use]
    pub fn component(&self, name: &str) -> Option<Value> {
        self.spec.pointer(&format!("/components/schemas/{}", escape(name)))?;
        Some(self.document(&reference_to("schemas", name)))
    }

    /// The schema that stands at a JSON pointer of the document.
    #[must_use]
    pub fn at(&self, pointer: &str) -> Option<Value> {
        Some(self.document(self.spec.pointer(pointer)?))
    }

    /// With the components that it leads to, and no other: whoever compiles the schema compiles all of them.
    fn document(&self, node: &Value) -> Value {
        let components = self.spec.pointer("/components").unwrap_or(&Value::Null);
        let components = entries(components, "schemas");
        let schema = self.schema(node);
        let (mut defs, mut open) = (Map::new(), Vec::new());
        let mut is_known = definitions(&schema, &mut open);
        while let Some(name) = open.pop() {
            if defs.contains_key(&name) {
                continue;
            }
            let Some(node) = components.get(name.as_str()) else {
                is_known = false;
                break;
            };
            let schema = self.component_schema(node);
            is_known &= definitions(&schema, &mut open);
            defs.insert(name, schema);
        }
        if !is_known {
            let all = components.into_iter().map(|(name, node)| (name.to_owned(), self.component_schema(node)));
            defs = all.collect();
        }
        json!({
            "$schema": "https://json-schema.org/draft/2020-12/schema",
            "allOf": [schema],
            "$defs": defs,
        })
    }

    /// A component, whose envelope may be missing.
    fn component_schema(&self, node: &Value) -> Value {
        let whole = self.schema(node);
        let envelope = node.get(keys::ENVELOPE).and_then(Value::as_str).filter(|_| self.reading == Reading::Tolerant);
        let Some((envelope, property)) = envelope.and_then(|name| Some((name, node.get("properties")?.get(name)?)))
        else {
            return whole;
        };
        let bare = self.schema(property);
        // Where nothing is certain to come, an object is the thing itself as soon as it has any property of it.
        let inside = schema_name(property).and_then(|name| self.spec.pointer(&format!("/components/schemas/{name}")));
        let inside = inside.map(|node| entries(node, "properties")).unwrap_or_default();
        let any: Vec<_> = inside.into_keys().map(|name| json!({ "required": [name] })).collect();
        if any.is_empty() || required(node).contains(envelope) {
            return json!({ "anyOf": [whole, bare] });
        }
        json!({ "anyOf": [
            { "allOf": [whole], "required": [envelope] },
            { "allOf": [bare], "type": "object", "anyOf": any, "not": { "required": [envelope] } },
            { "allOf": [whole], "not": { "anyOf": any } },
        ] })
    }

    /// Whether objects may have properties that are forbidden: whoever reads an answer takes no notice of them.
    fn is_open(&self) -> bool {
        matches!(self.reading, Reading::Tolerant | Reading::Open)
    }

    fn schema(&self, node: &Value) -> Value {
        if is_null(node) {
            return json!({ "type": "null" });
        }
        let mut schema = Map::new();
        for (key, value) in node.as_object().into_iter().flatten() {
            if let Some(value) = self.keyword(key, value) {
                schema.insert(key.clone(), value);
            }
        }
        self.format(node, &mut schema);
        if self.reading != Reading::Tolerant {
            exclusive(node, &mut schema);
        }
        if node.get("properties").is_some() {
            self.properties(node, &mut schema);
        }
        let mut schema = Value::Object(schema);
        if self.reading == Reading::Tolerant {
            schema = tolerated(node, schema);
        }
        if node.get("nullable") == Some(&Value::Bool(true)) { or_null(schema) } else { schema }
    }

    /// What becomes of a keyword; those that only describe, and those of ours, are dropped.
    fn keyword(&self, key: &str, value: &Value) -> Option<Value> {
        let each = |value: &Value| value.as_array().map(|list| list.iter().map(|node| self.schema(node)).collect());
        match key {
            REFERENCE => Some(value.as_str()?.replacen("#/components/schemas/", "#/$defs/", 1).into()),
            "allOf" | "anyOf" | "oneOf" => each(value),
            "items" => Some(self.schema(value)),
            "not" if self.reading != Reading::Tolerant => Some(self.schema(value)),
            "additionalProperties" if self.is_open() && *value == Value::Bool(false) => None,
            "additionalProperties" if value.is_object() => Some(self.schema(value)),
            "type" | "additionalProperties" => Some(value.clone()),
            "enum" | "minimum" | "maximum" | "minLength" | "maxLength" | "pattern" | "minItems" | "maxItems"
            | "multipleOf" | "uniqueItems" | "minProperties" | "maxProperties" | "required"
                if self.reading != Reading::Tolerant =>
            {
                Some(value.clone())
            }
            _ => None,
        }
    }

    /// Formats whose promise the bindings rely on.
    fn format(&self, node: &Value, schema: &mut Map<String, Value>) {
        match node.get("format").and_then(Value::as_str) {
            Some(format @ ("date-time" | "date")) => {
                schema.insert("format".to_owned(), format.into());
            }
            Some("int32") => {
                schema.entry("minimum").or_insert(i32::MIN.into());
                schema.entry("maximum").or_insert(i32::MAX.into());
            }
            _ => {}
        }
    }

    fn properties(&self, node: &Value, schema: &mut Map<String, Value>) {
        let tolerant = self.reading == Reading::Tolerant;
        let required = required(node);
        let (mut properties, mut certain, mut spellings) = (Map::new(), Vec::new(), Vec::new());
        for (name, property) in entries(node, "properties") {
            let is_required = required.contains(name);
            let is_list = property.get("items").is_some() || property.get("additionalProperties").is_some();
            let mut value = self.schema(property);
            if tolerant && (is_list || !is_required) {
                let is_time = property.get("format").is_some_and(|format| format == "date-time");
                value = or_null(if is_time { json!({ "anyOf": [value, { "const": "" }] }) } else { value });
            }
            let aliases: Vec<_> = texts(property, keys::ALIASES).filter(|_| tolerant).collect();
            if is_required && !(tolerant && property.get("nullable").is_some()) {
                let any: Vec<_> = std::iter::once(name).chain(aliases.iter().copied()).collect();
                match any[..] {
                    [name] => certain.push(name),
                    _ => spellings.push(any.iter().map(|name| json!({ "required": [name] })).collect::<Vec<_>>()),
                }
            }
            for name in aliases {
                properties.insert(name.to_owned(), value.clone());
            }
            properties.insert(name.to_owned(), value);
        }
        schema.insert("properties".to_owned(), properties.into());
        if tolerant {
            schema.insert("required".to_owned(), certain.into());
        }
        if !spellings.is_empty() {
            schema.insert("allOf".to_owned(), spellings.into_iter().map(|any| json!({ "anyOf": any })).collect());
        }
        if self.reading == Reading::Exact {
            schema.entry("additionalProperties").or_insert(false.into());
        }
    }
}

/// Adds the names of the definitions that a schema refers to, and says whether it refers to nothing else.
fn definitions(schema: &Value, names: &mut Vec<String>) -> bool {
    match schema {
        Value::Object(map) => map.iter().all(|(key, value)| match value {
            Value::String(reference) if key == REFERENCE => {
                let name = reference.strip_prefix("#/$defs/").and_then(|rest| rest.split('/').next());
                names.extend(name.map(|name| name.replace("~1", "/").replace("~0", "~")));
                name.is_some()
            }
            value => definitions(value, names),
        }),
        Value::Array(list) => list.iter().all(|value| definitions(value, names)),
        _ => true,
    }
}

/// In 3.0 a flag says that a bound is exclusive; in JSON Schema it is a bound of its own.
fn exclusive(node: &Value, schema: &mut Map<String, Value>) {
    for (flag, bound) in [("exclusiveMinimum", "minimum"), ("exclusiveMaximum", "maximum")] {
        if node.get(flag) == Some(&Value::Bool(true))
            && let Some(bound) = schema.remove(bound)
        {
            schema.insert(flag.to_owned(), bound);
        }
    }
}

/// The schema with what else the node may arrive as.
fn tolerated(node: &Value, schema: Value) -> Value {
    let Some(node) = node.as_object() else { return schema };
    let other = match Tolerance::of(node) {
        // What cannot be read is as good as absent.
        Some(Tolerance { or_absent: true, .. }) => return true.into(),
        Some(Tolerance { kind: "boolean", .. }) => json!({ "enum": ["true", "false"] }),
        Some(Tolerance { kind: "integer", .. }) => {
            json!({ "type": "string", "pattern": "^-?[0-9]+(\\.[0-9]+)?([eE][-+]?[0-9]+)?$" })
        }
        Some(Tolerance { also, .. }) => json!({ "type": also }),
        None => match unquoted(node) {
            Some("integer") => json!({ "type": "integer", "minimum": 0 }),
            Some(also) => json!({ "type": also }),
            None => return schema,
        },
    };
    json!({ "anyOf": [schema, other] })
}

fn or_null(schema: Value) -> Value {
    json!({ "anyOf": [schema, { "type": "null" }] })
}

fn required(node: &Value) -> BTreeSet<&str> {
    texts(node, "required").collect()
}

fn texts<'a>(node: &'a Value, key: &str) -> impl Iterator<Item = &'a str> {
    node.get(key).and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str)
}
