//! Converts the schemas of operations to JSON Schema, to validate real requests and responses against a spec.
//!
//! OpenAPI 3.0 is not JSON Schema: `nullable` allows null, and `int32` sets bounds by a format. The `x-` keys of our
//! specs say what else a response may look like. Both become plain JSON Schema 2020-12 here, in self-contained
//! documents.

mod convert;

use serde_json::{Map, Value, json};

use crate::keys;
use crate::load::{Document, REFERENCE, entries, escape, is_null, reference_to, resolve, schema_name};
use crate::operation::Operation;
use crate::walk::RawOperation;
use convert::{definitions, exclusive, or_null, required, texts, tolerated};

/// Says how strictly a value is validated.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Reading {
    /// Follows the spec literally. Unlisted properties and unlisted values of enums are errors.
    Exact,
    /// Follows the spec literally. Objects may have other properties unless `additionalProperties` is `false`.
    Written,
    /// Follows the spec literally, but every object may have other properties.
    Open,
    /// Follows the bindings, with every tolerance for responses that a schema can express.
    ///
    /// A schema cannot express duplicate properties, values that are filled in from the request, and inferred
    /// responses.
    Tolerant,
}

/// Converts the schemas of a document.
#[derive(Clone, Copy, Debug)]
pub struct JsonSchemas<'a> {
    spec: &'a Value,
    reading: Reading,
}

impl<'a> JsonSchemas<'a> {
    /// Creates a converter for this document.
    #[must_use]
    pub fn new(document: &'a Document, reading: Reading) -> Self {
        Self { spec: &document.value, reading }
    }

    /// Returns the schema of an operation's request body, if it has one.
    #[must_use]
    pub fn request(&self, operation: &Operation) -> Option<Value> {
        let body = resolve(self.spec, self.spec.pointer(&operation.pointer)?.get("requestBody")?)?;
        Some(self.document(body.pointer("/content/application~1json/schema")?))
    }

    /// Returns the schema of an operation's parameter. It describes the JSON value that the parameter's text
    /// represents.
    #[must_use]
    pub fn parameter(&self, operation: &Operation, name: &str) -> Option<Value> {
        let raw = RawOperation::find(self.spec, &operation.path, operation.method)?;
        let parameter = raw.parameters(self.spec).into_iter().find(|parameter| parameter.text("name") == Some(name))?;
        Some(self.document(parameter.value.get("schema")?))
    }

    /// Returns the schema of the response with this status, if a body is documented.
    #[must_use]
    pub fn response(&self, operation: &Operation, status: &str) -> Option<Value> {
        let responses = self.spec.pointer(&format!("{}/responses", operation.pointer))?;
        let response = resolve(self.spec, responses.get(status)?)?;
        Some(self.document(response.pointer("/content/application~1json/schema")?))
    }

    /// Returns the schema of a component.
    #[must_use]
    pub fn component(&self, name: &str) -> Option<Value> {
        self.spec.pointer(&format!("/components/schemas/{}", escape(name)))?;
        Some(self.document(&reference_to("schemas", name)))
    }

    /// Returns the schema at a JSON pointer of the document.
    #[must_use]
    pub fn at(&self, pointer: &str) -> Option<Value> {
        Some(self.document(self.spec.pointer(pointer)?))
    }

    /// Returns a self-contained document with the components that the schema refers to.
    ///
    /// It has no others, because a validator compiles every definition, used or not.
    fn document(&self, node: &Value) -> Value {
        let components = self.spec.pointer("/components").unwrap_or(&Value::Null);
        let components = entries(components, "schemas");
        let schema = self.schema(node);
        let (mut defs, mut open) = (Map::new(), Vec::new());
        let mut is_known = definitions(&schema, &mut open);
        while let Some(name) = open.pop() {
            // Components can refer to each other in circles.
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
        // A reference to something else than a component, such as a property of one, may need any component.
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

    /// Converts a component. In a tolerant reading its envelope may be missing.
    fn component_schema(&self, node: &Value) -> Value {
        let whole = self.schema(node);
        let envelope = node.get(keys::ENVELOPE).and_then(Value::as_str).filter(|_| self.reading == Reading::Tolerant);
        let Some((envelope, property)) = envelope.and_then(|name| Some((name, node.get("properties")?.get(name)?)))
        else {
            return whole;
        };
        let bare = self.schema(property);
        // The transport decides in the same way: if the envelope is optional, an object with any property of the value
        // inside is that value without its envelope.
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

    /// Returns whether `additionalProperties: false` is ignored. The bindings ignore unknown properties of responses.
    fn is_open(&self) -> bool {
        matches!(self.reading, Reading::Tolerant | Reading::Open)
    }

    /// Converts a schema.
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

    /// Converts a keyword. Annotations and `x-` keys are dropped.
    fn keyword(&self, key: &str, value: &Value) -> Option<Value> {
        let each = |value: &Value| value.as_array().map(|list| list.iter().map(|node| self.schema(node)).collect());
        match key {
            REFERENCE => Some(value.as_str()?.replacen("#/components/schemas/", "#/$defs/", 1).into()),
            "allOf" | "anyOf" | "oneOf" => each(value),
            "items" => Some(self.schema(value)),
            // The bindings check neither `not` nor the limits below in a response.
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

    /// Adds the formats that the bindings rely on. `int32` is no format of JSON Schema, so it becomes bounds.
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

    /// Converts the properties of an object and its `required`.
    fn properties(&self, node: &Value, schema: &mut Map<String, Value>) {
        let tolerant = self.reading == Reading::Tolerant;
        let required = required(node);
        let (mut properties, mut certain, mut spellings) = (Map::new(), Vec::new(), Vec::new());
        for (name, property) in entries(node, "properties") {
            let is_required = required.contains(name);
            let is_list = property.get("items").is_some() || property.get("additionalProperties").is_some();
            let mut value = self.schema(property);
            if tolerant && (is_list || !is_required) {
                // An optional time that is `""` is read as absent.
                let is_time = property.get("format").is_some_and(|format| format == "date-time");
                value = or_null(if is_time { json!({ "anyOf": [value, { "const": "" }] }) } else { value });
            }
            let aliases: Vec<_> = texts(property, keys::ALIASES).filter(|_| tolerant).collect();
            if is_required && !(tolerant && property.get("nullable").is_some()) {
                // A required property is there under any of its names.
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
