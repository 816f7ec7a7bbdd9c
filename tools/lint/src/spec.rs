//! A document, walked once by the table of its objects: every object with its place, for the rules to look at.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;
use unloc_spec::schemas::Schemas;
use unloc_spec::{Document, REFERENCE, RawOperation, escape, reference};

use super::finding::{Findings, Rule, Severity};
use super::shape::{Field, Kind, Object};
use unloc_spec::words::nearest;

/// An object of the specification, and where it stands.
pub(crate) use unloc_spec::At as Node;

/// A reference, and what it should lead to.
#[derive(Clone, Debug)]
pub(crate) struct Reference<'a> {
    /// Of the object that holds nothing but the reference.
    pub(crate) pointer: String,
    pub(crate) target: &'a str,
    pub(crate) to: Object,
}

impl Reference<'_> {
    /// Where what it is about stands.
    pub(crate) fn place(&self) -> String {
        unloc_spec::reference_pointer(&self.pointer)
    }
}

pub(crate) struct Spec<'a> {
    pub(crate) root: &'a Value,
    pub(crate) references: Vec<Reference<'a>>,
    /// The schemas, by what they describe together.
    pub(crate) schemas: Schemas<'a>,
    nodes: BTreeMap<Object, Vec<Node<'a>>>,
}

pub(crate) const UNKNOWN_FIELD: Rule = Rule {
    id: "unknown-field",
    severity: Severity::Error,
    reason: "A key that the specification does not know is ignored in silence: what it was meant to say is lost.",
    example: "`gett:` in place of `get:`, `descripton:`, `minLenght:`",
};

pub(crate) const FIELD_TYPE: Rule = Rule {
    id: "field-type",
    severity: Severity::Error,
    reason: "A field that holds another kind of value than it should cannot be read.",
    example: "`required: yes`, `tags: Locks`, `version: 1`",
};

pub(crate) const REQUIRED_FIELD: Rule = Rule {
    id: "required-field",
    severity: Severity::Error,
    reason: "Without this field the object says too little to be used.",
    example: "a response without `description`, a parameter without `in`",
};

pub(crate) const RULES: &[&Rule] = &[&UNKNOWN_FIELD, &FIELD_TYPE, &REQUIRED_FIELD];

impl<'a> Spec<'a> {
    /// Walks the document, and tells what has not the form it should have.
    pub(crate) fn walk(document: &'a Document, findings: &mut Findings<'_>) -> Self {
        let (root, nodes) = (&document.value, BTreeMap::new());
        let mut spec = Self { root, references: Vec::new(), schemas: Schemas::of(root), nodes };
        spec.object(Object::OpenApi, "", &document.value, findings);
        spec
    }

    /// All objects of a kind, in the order of the document.
    pub(crate) fn all(&self, object: Object) -> &[Node<'a>] {
        self.nodes.get(&object).map_or(&[], Vec::as_slice)
    }

    /// What a node is once its references are followed; nothing if they lead nowhere or in a circle.
    pub(crate) fn resolve(&self, node: &'a Value) -> Option<&'a Value> {
        unloc_spec::resolve(self.root, node)
    }

    /// The places that these parts of the document refer to, and those that are referred to there.
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
                // What 3.1 writes, and 3.0 says otherwise.
                (Kind::OneOf(_), Value::Array(_)) if name == "type" => {
                    "3.0 has one type: write it alone, and `nullable: true` beside it if null can come".to_owned()
                }
                (Kind::Flag, Value::Number(_)) if name.starts_with("exclusive") => {
                    let bound = if name == "exclusiveMinimum" { "minimum" } else { "maximum" };
                    format!("3.0 writes `{bound}: {value}`, and `{name}: true` beside it")
                }
                (Kind::Text, _) if pointer == "/openapi" => "write `openapi: 3.0.3`".to_owned(),
                (Kind::Text, Value::Number(_) | Value::Bool(_)) => format!("put it in quotes: '{value}'"),
                (Kind::List(_), _) => "write it as a list, an item a line behind a hyphen".to_owned(),
                _ => format!("write {wanted}"),
            };
            let message = format!("`{name}` must be {wanted}, and is {found}");
            findings.value(&FIELD_TYPE, pointer, message, help);
            return;
        }
        match kind {
            Kind::Of(object) => self.object(object, pointer, value, findings),
            Kind::FlagOrSchema if value.is_object() => {
                self.value(Kind::RefOr(Object::Schema), pointer, value, findings);
            }
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
                        "3.0 has no type for null: write `nullable: true` beside the type".to_owned()
                    } else {
                        meant(text, values.iter().copied())
                            .unwrap_or_else(|| format!("choose among {}", values.join(", ")))
                    };
                    findings.value(&FIELD_TYPE, pointer, format!("`{name}` cannot be `{text}`"), help);
                }
            }
            _ => {}
        }
    }

    fn object(&mut self, object: Object, pointer: &str, value: &'a Value, findings: &mut Findings<'_>) {
        if !value.is_object() {
            let message = format!("{} must be a mapping, and is {}", object.name(), found(value));
            findings.value(&FIELD_TYPE, pointer, message, "write keys with values");
            return;
        }
        self.nodes.entry(object).or_default().push(Node { pointer: pointer.to_owned(), value });
        let fields = object.fields();
        for (key, value) in entries(Some(value)).filter(|(key, _)| !key.starts_with("x-")) {
            let inner = format!("{pointer}/{}", escape(key));
            match (object.entries(), fields.iter().find(|(name, ..)| name == &key)) {
                (Some(kind), _) => self.value(kind, &inner, value, findings),
                (None, Some((_, _, kind))) => self.value(*kind, &inner, value, findings),
                (None, None) => unknown(object, fields, key, &inner, findings),
            }
        }
        for (name, ..) in fields.iter().filter(|(name, required, _)| *required && value.get(name).is_none()) {
            // Whoever misspelt it is told so, once.
            let keys = entries(Some(value)).map(|(key, _)| key);
            let misspelt = keys.filter(|key| !fields.iter().any(|(known, ..)| known == key));
            if nearest(name, misspelt).is_none() {
                let message = format!("{} has no `{name}`", object.name());
                findings.key(&REQUIRED_FIELD, pointer, message, format!("add `{name}`"));
            }
        }
    }
}

fn unknown(object: Object, fields: &[Field], key: &str, pointer: &str, findings: &mut Findings<'_>) {
    let newer: &[(&str, &str)] = &[
        ("const", "write an `enum` with one value"),
        ("examples", "in 3.0 a schema has one `example`"),
        ("$defs", "3.0 has `components/schemas`"),
        ("patternProperties", "3.0 has `additionalProperties` only"),
        ("prefixItems", "3.0 has `items` only"),
        ("then", "3.0 has no conditions; describe it in words"),
        ("else", "3.0 has no conditions; describe it in words"),
        ("contains", "3.0 has `items` only"),
        ("propertyNames", "3.0 has `additionalProperties` only"),
        ("unevaluatedProperties", "3.0 has `additionalProperties` only"),
        ("dependentRequired", "3.0 has no dependencies; describe it in words"),
        ("contentEncoding", "3.0 has `format: byte`"),
        ("contentMediaType", "3.0 has `format: binary`"),
        ("$schema", "3.0 has its own dialect"),
        ("$id", "3.0 knows a schema by its place"),
        ("$comment", "write a comment behind `#`"),
        ("pathItems", "3.0 has no components for paths"),
        ("if", "3.0 has no conditions; describe it in words"),
        ("webhooks", "3.0 has no `webhooks`; describe them in words"),
        ("jsonSchemaDialect", "3.0 has its own dialect"),
        ("identifier", "3.0 has `url`"),
        (REFERENCE, "a reference cannot stand here"),
    ];
    let message = format!("{} has no field `{key}`, so this is ignored", object.name());
    let newer = newer.iter().find(|(name, _)| *name == key).map(|(_, help)| (*help).to_owned());
    let near = meant(key, fields.iter().map(|(name, ..)| *name));
    let list = || {
        let names: Vec<_> = fields.iter().map(|(name, ..)| *name).collect();
        format!("it has {}; what is your own begins with `x-`", names.join(", "))
    };
    findings.key(&UNKNOWN_FIELD, pointer, message, near.or(newer).unwrap_or_else(list));
}

fn describe(kind: Kind) -> &'static str {
    match kind {
        Kind::Any => "anything",
        Kind::Text | Kind::OneOf(_) => "a text",
        Kind::Flag => "`true` or `false`",
        Kind::Number => "a number",
        Kind::Count => "a whole number from zero up",
        Kind::Of(_) | Kind::RefOr(_) | Kind::Map(_) => "a mapping",
        Kind::List(_) => "a list",
        Kind::FlagOrSchema => "`true`, `false` or a schema",
    }
}

fn found(value: &Value) -> String {
    match value {
        Value::Null => "empty".to_owned(),
        Value::Bool(_) | Value::Number(_) => format!("`{value}`"),
        Value::String(_) => "a text".to_owned(),
        Value::Array(_) => "a list".to_owned(),
        Value::Object(_) => "a mapping".to_owned(),
    }
}

/// What helps whoever has misspelt one of these words; nothing if none is near.
pub(crate) fn meant<'a>(word: &str, among: impl Iterator<Item = &'a str>) -> Option<String> {
    nearest(word, among).map(|near| format!("did you mean `{near}`?"))
}

/// The entries of a mapping; nothing if it is none.
pub(crate) fn entries(value: Option<&Value>) -> impl Iterator<Item = (&str, &Value)> {
    value.and_then(Value::as_object).into_iter().flatten().map(|(key, value)| (key.as_str(), value))
}
