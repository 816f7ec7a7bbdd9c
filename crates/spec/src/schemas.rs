//! Relates the schemas of a document: which of them describe the same value, and what they say together.
//!
//! The members of an `allOf`, `anyOf` or `oneOf`, and the schema under `not`, apply to the same value as the schema
//! around them (JSON Schema, draft Wright 00, sections 5.22 to 5.25; OpenAPI 3.0.3, 4.7.24). Schemas under
//! `properties`, `items` or `additionalProperties` describe other values. So `required` may name a property that any of
//! the former describes.

mod circular;
mod requires;

use std::collections::{BTreeSet, HashMap, HashSet};
use std::ptr;

use serde_json::Value;

use crate::error::Flaw;
use crate::keys::holds_names;
use crate::load::{Target, escape, follow, reference};
use crate::words::nearest;

/// Holds all schemas of a document.
#[derive(Debug)]
pub struct Schemas<'a> {
    root: &'a Value,
    /// Holds every schema that is no reference, with its pointer.
    all: Vec<(String, &'a Value)>,
    /// Holds the schemas that a schema is a part of, by its address: the one around it, and those that refer to it.
    holders: HashMap<*const Value, Vec<&'a Value>>,
    /// Holds the schema around each inline part, by the address of the part.
    inside: HashMap<*const Value, &'a Value>,
    /// Holds the addresses of schemas under a `not`, which say what a value must not be.
    negated: HashSet<*const Value>,
}

/// Lists the types of OpenAPI (3.0.3, 4.7.24).
pub const TYPES: [&str; 6] = ["array", "boolean", "integer", "number", "object", "string"];

/// Lists the keys whose schemas describe the same value.
pub(crate) const PARTS: [&str; 3] = ["allOf", "anyOf", "oneOf"];

/// Lists the keys whose values are data of the service and contain no schema.
const DATA: [&str; 5] = ["default", "enum", "example", "examples", "value"];

impl<'a> Schemas<'a> {
    /// Collects the schemas of a document.
    #[must_use]
    pub fn of(root: &'a Value) -> Self {
        let mut schemas =
            Self { root, all: Vec::new(), holders: HashMap::new(), inside: HashMap::new(), negated: HashSet::new() };
        for (name, schema) in entries(root.pointer("/components/schemas")) {
            schemas.schema(schema, format!("/components/schemas/{}", escape(name)));
        }
        schemas.other(root, false, &mut String::new());
        schemas
    }

    /// Returns every schema that is no reference, with its pointer.
    pub fn all(&self) -> impl Iterator<Item = (&str, &'a Value)> {
        self.all.iter().map(|(pointer, schema)| (pointer.as_str(), *schema))
    }

    /// Looks for schemas in a node that is none. `has_names` is set if its keys are names that the author chose, such
    /// as a header `schema`.
    fn other(&mut self, node: &'a Value, has_names: bool, pointer: &mut String) {
        let length = pointer.len();
        match node {
            Value::Object(map) => {
                for (key, value) in map {
                    if !has_names && (DATA.contains(&key.as_str()) || key.starts_with("x-")) {
                        continue;
                    }
                    pointer.push('/');
                    pointer.push_str(&escape(key));
                    if key == "schema" && !has_names {
                        self.schema(value, pointer.clone());
                    } else if pointer != "/components/schemas" {
                        self.other(value, !has_names && holds_names(key), pointer);
                    }
                    pointer.truncate(length);
                }
            }
            Value::Array(list) => {
                for (place, value) in list.iter().enumerate() {
                    pointer.push_str(&format!("/{place}"));
                    self.other(value, false, pointer);
                    pointer.truncate(length);
                }
            }
            _ => {}
        }
    }

    /// Adds a schema and the schemas inside it.
    fn schema(&mut self, schema: &'a Value, pointer: String) {
        if !schema.is_object() || reference(schema).is_some() {
            return;
        }
        for (name, property) in entries(schema.get("properties")) {
            self.schema(property, format!("{pointer}/properties/{}", escape(name)));
        }
        for key in ["items", "additionalProperties"] {
            if let Some(inner) = schema.get(key) {
                self.schema(inner, format!("{pointer}/{key}"));
            }
        }
        for key in PARTS {
            for (place, part) in parts(schema, key).enumerate() {
                self.add_part(part, schema);
                self.schema(part, format!("{pointer}/{key}/{place}"));
            }
        }
        if let Some(inner) = schema.get("not") {
            self.negated.insert(ptr::from_ref(inner));
            self.add_part(inner, schema);
            self.schema(inner, format!("{pointer}/not"));
        }
        self.all.push((pointer, schema));
    }

    /// Records that a schema has a part, which may be a reference.
    fn add_part(&mut self, part: &'a Value, holder: &'a Value) {
        if let Target::Node(target) = follow(self.root, part) {
            if ptr::eq(target, part) {
                self.inside.insert(ptr::from_ref(part), holder);
            }
            self.holders.entry(ptr::from_ref(target)).or_default().push(holder);
        }
    }

    /// Returns this schema and all schemas that it is a part of, the nearest first.
    fn above(&self, schema: &'a Value) -> Vec<&'a Value> {
        let (mut found, mut seen) = (vec![schema], HashSet::from([ptr::from_ref(schema)]));
        let mut next = 0;
        while let Some(schema) = found.get(next) {
            next += 1;
            for holder in self.holders.get(&ptr::from_ref(*schema)).into_iter().flatten() {
                if seen.insert(ptr::from_ref(*holder)) {
                    found.push(holder);
                }
            }
        }
        found
    }

    /// Visits these schemas and their parts under these keys, each once, until the visitor returns `true`.
    ///
    /// `seen` bounds the walk: references can form circles, and thousands of schemas can be reachable in several ways.
    fn visit(
        &self,
        schemas: impl IntoIterator<Item = &'a Value>,
        kinds: &[&str],
        seen: &mut HashSet<*const Value>,
        visitor: &mut dyn FnMut(&'a Value) -> bool,
    ) -> bool {
        for schema in schemas {
            let mut open = vec![schema];
            while let Some(schema) = open.pop() {
                let Target::Node(schema) = follow(self.root, schema) else { continue };
                if !seen.insert(ptr::from_ref(schema)) {
                    continue;
                }
                if visitor(schema) {
                    return true;
                }
                open.extend(kinds.iter().rev().flat_map(|key| parts(schema, key)));
            }
        }
        false
    }

    /// Returns whether any schema that describes the same value as this one describes a property of it.
    fn defines(&self, schema: &'a Value, name: &str) -> bool {
        let mut is_there = |schema: &'a Value| {
            schema.get("properties").is_some_and(|all| all.get(name).is_some())
                // A schema for all other properties describes this one, too.
                || schema.get("additionalProperties").is_some_and(|more| more.as_object().is_some_and(|map| !map.is_empty()))
        };
        let mut seen = HashSet::new();
        // The schemas that it is a part of come second, since they may be many and are seldom needed.
        self.visit([schema], &PARTS, &mut seen, &mut is_there)
            || self.visit(self.above(schema), &PARTS, &mut seen, &mut is_there)
    }

    /// Returns the names of all properties that a value of this schema can have.
    fn names(&self, schema: &'a Value) -> BTreeSet<&'a str> {
        let mut names = BTreeSet::new();
        self.visit(self.above(schema), &PARTS, &mut HashSet::new(), &mut |schema| {
            names.extend(entries(schema.get("properties")).map(|(name, _)| name));
            false
        });
        names
    }

    /// Returns a flaw for each name in a `required` that no schema describes.
    #[must_use]
    pub fn undefined(&self) -> Vec<Flaw> {
        let mut flaws = Vec::new();
        for (pointer, schema) in self.all() {
            let required = schema.get("required").and_then(Value::as_array).into_iter().flatten().enumerate();
            let missing = required.filter_map(|(place, name)| Some((place, name.as_str()?)));
            let missing: Vec<_> = missing.filter(|(_, name)| !self.defines(schema, name)).collect();
            if missing.is_empty() {
                continue;
            }
            let known = self.names(schema);
            let is_negated = self.above(schema).into_iter().any(|schema| self.negated.contains(&ptr::from_ref(schema)));
            for (place, name) in missing {
                let near = nearest(name, known.iter().copied());
                // `not: {required: [x]}` forbids a property, which needs no description. A misspelt name forbids
                // nothing.
                if is_negated && near.is_none() {
                    continue;
                }
                flaws.push(Flaw {
                    pointer: format!("{pointer}/required/{place}"),
                    message: format!("`{name}` is required, but no such property is described"),
                    help: near.map_or_else(
                        || format!("describe `{name}` under `properties`"),
                        |near| format!("did you mean `{near}`?"),
                    ),
                });
            }
        }
        flaws
    }

    /// Returns a flaw for each type that OpenAPI 3.0 does not have.
    #[must_use]
    pub fn untyped(&self) -> Vec<Flaw> {
        let mut flaws = Vec::new();
        for (pointer, schema) in self.all() {
            let kind = schema.get("type").and_then(Value::as_str);
            if let Some(kind) = kind.filter(|kind| !TYPES.contains(kind)) {
                let help = if kind == "null" {
                    "OpenAPI 3.0 has no type for null: write `nullable: true` next to the type".to_owned()
                } else {
                    nearest(kind, TYPES.into_iter())
                        // Short forms of other languages are too far for `nearest`.
                        .or(match kind {
                            "int" => Some("integer"),
                            "bool" => Some("boolean"),
                            _ => None,
                        })
                        .map_or_else(
                            || format!("the types are {}", TYPES.join(", ")),
                            |near| format!("did you mean `{near}`?"),
                        )
                };
                let message = format!("unknown type `{kind}`");
                flaws.push(Flaw { pointer: format!("{pointer}/type"), message, help });
            }
        }
        flaws
    }

    /// Returns the properties of a value of this schema that have a flag, `readOnly` or `writeOnly`.
    ///
    /// The flag may be at the property, at the schema that it refers to, or at a member of an `allOf` in between.
    #[must_use]
    pub fn flagged(&self, schema: &'a Value, flag: &str) -> BTreeSet<&'a str> {
        let mut names = BTreeSet::new();
        self.visit(self.above(schema), &["allOf"], &mut HashSet::new(), &mut |schema| {
            for (name, property) in entries(schema.get("properties")) {
                let is_set = &mut |schema: &'a Value| schema.get(flag) == Some(&Value::Bool(true));
                if self.visit([property], &["allOf"], &mut HashSet::new(), is_set) {
                    names.insert(name);
                }
            }
            false
        });
        names
    }
}

/// Returns the members of a schema's `allOf`, `anyOf` or `oneOf`.
fn parts<'a>(schema: &'a Value, key: &str) -> impl Iterator<Item = &'a Value> {
    schema.get(key).and_then(Value::as_array).into_iter().flatten()
}

/// Returns the entries of a mapping, if there is one.
fn entries(value: Option<&Value>) -> impl Iterator<Item = (&str, &Value)> {
    value.and_then(Value::as_object).into_iter().flatten().map(|(key, value)| (key.as_str(), value))
}
