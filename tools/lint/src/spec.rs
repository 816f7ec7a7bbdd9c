//! Walks a document once along the table of OpenAPI objects, and indexes every object with its place for the rules.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;
use unloc_spec::schemas::Schemas;
use unloc_spec::{Document, REFERENCE, RawOperation, escape, reference};

use super::finding::{Findings, Rule, Severity};
use super::shape::{Field, Kind, Object};
use unloc_spec::words::nearest;

/// Pairs an object of the specification with its JSON pointer.
pub(crate) use unloc_spec::At as Node;

/// Describes one `$ref` and the kind of object that it has to lead to.
#[derive(Clone, Debug)]
pub(crate) struct Reference<'a> {
    /// Locates the object that holds the `$ref`.
    pub(crate) pointer: String,
    pub(crate) target: &'a str,
    pub(crate) to: Object,
}

impl Reference<'_> {
    /// Returns the pointer of the `$ref` key itself.
    pub(crate) fn place(&self) -> String {
        unloc_spec::reference_pointer(&self.pointer)
    }
}

/// Indexes one document.
pub(crate) struct Spec<'a> {
    pub(crate) root: &'a Value,
    pub(crate) references: Vec<Reference<'a>>,
    /// Resolves which properties schemas describe and require together.
    pub(crate) schemas: Schemas<'a>,
    nodes: BTreeMap<Object, Vec<Node<'a>>>,
}

pub(crate) const UNKNOWN_FIELD: Rule = Rule {
    id: "unknown-field",
    severity: Severity::Error,
    reason: "Tools silently ignore a key that the specification does not define, so its meaning is lost.",
    example: "`gett:` in place of `get:`, `descripton:`, `minLenght:`",
};

pub(crate) const FIELD_TYPE: Rule = Rule {
    id: "field-type",
    severity: Severity::Error,
    reason: "Tools cannot read a field whose value has the wrong type.",
    example: "`required: yes`, `tags: Locks`, `version: 1`",
};

pub(crate) const REQUIRED_FIELD: Rule = Rule {
    id: "required-field",
    severity: Severity::Error,
    reason: "Without this field, tools cannot use the object.",
    example: "a response without `description`, a parameter without `in`",
};

pub(crate) const RULES: &[&Rule] = &[&UNKNOWN_FIELD, &FIELD_TYPE, &REQUIRED_FIELD];

impl<'a> Spec<'a> {
    /// Walks the document, and reports unknown, missing and mistyped fields.
    pub(crate) fn walk(document: &'a Document, findings: &mut Findings<'_>) -> Self {
        let (root, nodes) = (&document.value, BTreeMap::new());
        let mut spec = Self { root, references: Vec::new(), schemas: Schemas::of(root), nodes };
        spec.object(Object::OpenApi, "", &document.value, findings);
        spec
    }

    /// Returns all objects of a kind, in the order of the document.
    pub(crate) fn all(&self, object: Object) -> &[Node<'a>] {
        self.nodes.get(&object).map_or(&[], Vec::as_slice)
    }

    /// Follows a node's references to the end. Returns `None` if they lead nowhere or in a circle.
    pub(crate) fn resolve(&self, node: &'a Value) -> Option<&'a Value> {
        unloc_spec::resolve(self.root, node)
    }

    /// Returns the places that these parts of the document refer to, directly or through other references.
    pub(crate) fn reached(&self, from: impl IntoIterator<Item = &'a Value>) -> BTreeSet<&'a str> {
        unloc_spec::reached(self.root, from)
    }

    pub(crate) fn operations(&self) -> Vec<RawOperation<'a>> {
        RawOperation::all(self.root).collect()
    }

    fn value(&mut self, kind: Kind, pointer: &str, value: &'a Value, findings: &mut Findings<'_>) {
        let fits = match kind {
            Kind::Any => true,
            Kind::Text | Kind::OneOf(_) => value.is_string(),
            Kind::Flag => value.is_boolean(),
            Kind::Number => value.is_number(),
            Kind::Count => value.as_u64().is_some(),
            Kind::Of(_) | Kind::RefOr(_) | Kind::Map(_) => value.is_object(),
            Kind::List(_) => value.is_array(),
            Kind::FlagOrSchema => value.is_boolean() || value.is_object(),
        };
        if !fits {
            let (wanted, found) = (describe(kind), found(value));
            let name = pointer.rsplit('/').next().unwrap_or_default();
            let help = match (kind, value) {
                // OpenAPI 3.1 takes over these two from JSON Schema 2020-12; many files mix the versions.
                (Kind::OneOf(_), Value::Array(_)) if name == "type" => {
                    "OpenAPI 3.0 allows one type only; for null, add `nullable: true`".to_owned()
                }
                (Kind::Flag, Value::Number(_)) if name.starts_with("exclusive") => {
                    let bound = if name == "exclusiveMinimum" { "minimum" } else { "maximum" };
                    format!("in OpenAPI 3.0, write `{bound}: {value}` and `{name}: true`")
                }
                // YAML reads `3.0` as a number.
                (Kind::Text, _) if pointer == "/openapi" => "write `openapi: 3.0.3`".to_owned(),
                (Kind::Text, Value::Number(_) | Value::Bool(_)) => format!("quote it: '{value}'"),
                (Kind::List(_), _) => "write a list, with one `- item` per line".to_owned(),
                _ => format!("write {wanted}"),
            };
            let message = format!("`{name}` must be {wanted}, but is {found}");
            findings.value(&FIELD_TYPE, pointer, message, help);
            return;
        }
        match kind {
            Kind::Of(object) => self.object(object, pointer, value, findings),
            Kind::FlagOrSchema if value.is_object() => {
                self.value(Kind::RefOr(Object::Schema), pointer, value, findings);
            }
            // Other keys next to a `$ref` are not walked: OpenAPI 3.0 ignores them, and `ref-siblings` reports them.
            Kind::RefOr(to) => match reference(value) {
                Some(target) => self.references.push(Reference { pointer: pointer.to_owned(), target, to }),
                None => self.object(to, pointer, value, findings),
            },
            Kind::Map(inner) => {
                for (key, value) in entries(Some(value)).filter(|(key, _)| !key.starts_with("x-")) {
                    self.value(*inner, &format!("{pointer}/{}", escape(key)), value, findings);
                }
            }
            Kind::List(inner) => {
                for (place, value) in value.as_array().into_iter().flatten().enumerate() {
                    self.value(*inner, &format!("{pointer}/{place}"), value, findings);
                }
            }
            Kind::OneOf(values) => {
                let text = value.as_str().unwrap_or_default();
                if !values.contains(&text) {
                    let name = pointer.rsplit('/').next().unwrap_or_default();
                    let help = if text == "null" {
                        "OpenAPI 3.0 has no type `null`; add `nullable: true` to the other type".to_owned()
                    } else {
                        suggestion(text, values.iter().copied())
                            .unwrap_or_else(|| format!("choose one of {}", values.join(", ")))
                    };
                    findings.value(&FIELD_TYPE, pointer, format!("invalid value `{text}` for `{name}`"), help);
                }
            }
            _ => {}
        }
    }

    fn object(&mut self, object: Object, pointer: &str, value: &'a Value, findings: &mut Findings<'_>) {
        if !value.is_object() {
            let message = format!("{} must be a mapping, but is {}", object.name(), found(value));
            findings.value(&FIELD_TYPE, pointer, message, "write keys with values");
            return;
        }
        self.nodes.entry(object).or_default().push(Node { pointer: pointer.to_owned(), value });
        let fields = object.fields();
        // An extension may hold anything (OpenAPI 3.0.3, 4.8).
        for (key, value) in entries(Some(value)).filter(|(key, _)| !key.starts_with("x-")) {
            let inner = format!("{pointer}/{}", escape(key));
            match (object.entries(), fields.iter().find(|(name, ..)| name == &key)) {
                (Some(kind), _) => self.value(kind, &inner, value, findings),
                (None, Some((_, _, kind))) => self.value(*kind, &inner, value, findings),
                (None, None) => unknown(object, fields, key, &inner, findings),
            }
        }
        for (name, ..) in fields.iter().filter(|(name, required, _)| *required && value.get(name).is_none()) {
            // A misspelt key is reported as unknown already; the missing field is the same mistake.
            let keys = entries(Some(value)).map(|(key, _)| key);
            let misspelt = keys.filter(|key| !fields.iter().any(|(known, ..)| known == key));
            if nearest(name, misspelt).is_none() {
                let message = format!("missing field `{name}` in {}", object.name());
                findings.key(&REQUIRED_FIELD, pointer, message, format!("add `{name}`"));
            }
        }
    }
}

/// Reports a key that the object does not have, with help for keys that only later versions define.
fn unknown(object: Object, fields: &[Field], key: &str, pointer: &str, findings: &mut Findings<'_>) {
    let newer: &[(&str, &str)] = &[
        ("const", "write an `enum` with one value"),
        ("examples", "in OpenAPI 3.0 a schema has one `example`"),
        ("$defs", "in OpenAPI 3.0, use `components/schemas`"),
        ("patternProperties", "OpenAPI 3.0 has `additionalProperties` only"),
        ("prefixItems", "OpenAPI 3.0 has `items` only"),
        ("then", "OpenAPI 3.0 has no conditions; use the description"),
        ("else", "OpenAPI 3.0 has no conditions; use the description"),
        ("contains", "OpenAPI 3.0 has `items` only"),
        ("propertyNames", "OpenAPI 3.0 has `additionalProperties` only"),
        ("unevaluatedProperties", "OpenAPI 3.0 has `additionalProperties` only"),
        ("dependentRequired", "OpenAPI 3.0 has no dependent properties; use the description"),
        ("contentEncoding", "in OpenAPI 3.0, use `format: byte`"),
        ("contentMediaType", "in OpenAPI 3.0, use `format: binary`"),
        ("$schema", "remove it: OpenAPI 3.0 has a schema dialect of its own"),
        ("$id", "remove it: OpenAPI 3.0 identifies a schema by its location"),
        ("$comment", "write a YAML comment (`# …`)"),
        ("pathItems", "OpenAPI 3.0 has no components for paths"),
        ("if", "OpenAPI 3.0 has no conditions; use the description"),
        ("webhooks", "OpenAPI 3.0 has no webhooks; use the description"),
        ("jsonSchemaDialect", "remove it: OpenAPI 3.0 has a schema dialect of its own"),
        ("identifier", "in OpenAPI 3.0, use `url`"),
        (REFERENCE, "a reference is not allowed here"),
    ];
    let message = format!("unknown field `{key}` in {}; it is ignored", object.name());
    let newer = newer.iter().find(|(name, _)| *name == key).map(|(_, help)| (*help).to_owned());
    let near = suggestion(key, fields.iter().map(|(name, ..)| *name));
    let list = || {
        let names: Vec<_> = fields.iter().map(|(name, ..)| *name).collect();
        format!("the fields are {}; an extension begins with `x-`", names.join(", "))
    };
    // A misspelt key is likelier than one of a later version.
    findings.key(&UNKNOWN_FIELD, pointer, message, near.or(newer).unwrap_or_else(list));
}

/// Names the expected kind of value in a message.
fn describe(kind: Kind) -> &'static str {
    match kind {
        Kind::Any => "anything",
        Kind::Text | Kind::OneOf(_) => "a string",
        Kind::Flag => "`true` or `false`",
        Kind::Number => "a number",
        Kind::Count => "a non-negative integer",
        Kind::Of(_) | Kind::RefOr(_) | Kind::Map(_) => "a mapping",
        Kind::List(_) => "a list",
        Kind::FlagOrSchema => "`true`, `false` or a schema",
    }
}

/// Names the actual value in a message: short ones as they are, others by their kind.
fn found(value: &Value) -> String {
    match value {
        // A YAML key without a value is null.
        Value::Null => "empty".to_owned(),
        Value::Bool(_) | Value::Number(_) => format!("`{value}`"),
        Value::String(_) => "a string".to_owned(),
        Value::Array(_) => "a list".to_owned(),
        Value::Object(_) => "a mapping".to_owned(),
    }
}

/// Suggests the word that a misspelt one was probably meant to be; nothing if none is similar.
pub(crate) fn suggestion<'a>(word: &str, among: impl Iterator<Item = &'a str>) -> Option<String> {
    nearest(word, among).map(|near| format!("did you mean `{near}`?"))
}

/// Iterates over the entries of a mapping; over nothing if the value is no mapping.
pub(crate) fn entries(value: Option<&Value>) -> impl Iterator<Item = (&str, &Value)> {
    value.and_then(Value::as_object).into_iter().flatten().map(|(key, value)| (key.as_str(), value))
}
