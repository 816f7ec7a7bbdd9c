//! The schemas of a document by what they describe: which of them speak of the same value, and what they say of it together.
//!
//! The parts of an `allOf`, `anyOf` or `oneOf`, and what is under `not`, apply to the value of the schema that they stand in
//! (JSON Schema, draft Wright 00, sections 5.22 to 5.25, which OpenAPI 3.0.3 takes over in 4.7.24); what is under
//! `properties`, `items` or `additionalProperties` describes another one. `required` may name a property that any of the
//! former describes.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::ptr;

use serde_json::Value;

use crate::error::Flaw;
use crate::keys::holds_names;
use crate::load::{Target, escape, follow, reference};
use crate::words::nearest;

/// All schemas of a document.
#[derive(Debug)]
pub struct Schemas<'a> {
    root: &'a Value,
    all: Vec<(String, &'a Value)>,
    /// The schemas that one is a part of, by its address: the one that it stands in, and those that refer to it as a part.
    holders: HashMap<*const Value, Vec<&'a Value>>,
    /// The schema that one stands in as a part, by the address of the part.
    inside: HashMap<*const Value, &'a Value>,
    /// Those under a `not`: they say what a value must not be.
    negated: HashSet<*const Value>,
}

/// The types of OpenAPI 3.0.3, 4.7.24.
pub const TYPES: [&str; 6] = ["array", "boolean", "integer", "number", "object", "string"];

/// How deep alternatives are followed into alternatives.
const DEEPEST: usize = 64;

/// Keys with schemas that describe the same value.
pub(crate) const PARTS: [&str; 3] = ["allOf", "anyOf", "oneOf"];

/// Keys with values of the service, in which nothing is a schema.
const DATA: [&str; 5] = ["default", "enum", "example", "examples", "value"];

impl<'a> Schemas<'a> {
    /// Walks a document once.
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

    /// Every schema that is no reference, with its place.
    pub fn all(&self) -> impl Iterator<Item = (&str, &'a Value)> {
        self.all.iter().map(|(pointer, schema)| (pointer.as_str(), *schema))
    }

    /// Looks for schemas in what is none; its keys may be names that somebody gave, as of the response `default`.
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
                self.held(part, schema);
                self.schema(part, format!("{pointer}/{key}/{place}"));
            }
        }
        if let Some(inner) = schema.get("not") {
            self.negated.insert(ptr::from_ref(inner));
            self.held(inner, schema);
            self.schema(inner, format!("{pointer}/not"));
        }
        self.all.push((pointer, schema));
    }

    fn held(&mut self, part: &'a Value, holder: &'a Value) {
        if let Target::Node(target) = follow(self.root, part) {
            if ptr::eq(target, part) {
                self.inside.insert(ptr::from_ref(part), holder);
            }
            self.holders.entry(ptr::from_ref(target)).or_default().push(holder);
        }
    }

    /// This schema and all that it is a part of, the nearest first.
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

    /// Visits these schemas and their parts of these kinds, each once, until the visitor says that it has seen enough.
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

    /// Whether anything that describes the value of this schema describes a property of it.
    fn defines(&self, schema: &'a Value, name: &str) -> bool {
        let mut is_there = |schema: &'a Value| {
            schema.get("properties").is_some_and(|all| all.get(name).is_some())
                // What any other property is, is described as well.
                || schema.get("additionalProperties").is_some_and(|more| more.as_object().is_some_and(|map| !map.is_empty()))
        };
        let mut seen = HashSet::new();
        // Those that it is a part of may be many, and are seldom needed.
        self.visit([schema], &PARTS, &mut seen, &mut is_there)
            || self.visit(self.above(schema), &PARTS, &mut seen, &mut is_there)
    }

    fn names(&self, schema: &'a Value) -> BTreeSet<&'a str> {
        let mut names = BTreeSet::new();
        self.visit(self.above(schema), &PARTS, &mut HashSet::new(), &mut |schema| {
            names.extend(entries(schema.get("properties")).map(|(name, _)| name));
            false
        });
        names
    }

    /// The names of a `required` that nothing describes.
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
                // What must not be there needs no description; what is misspelt is never there.
                if is_negated && near.is_none() {
                    continue;
                }
                flaws.push(Flaw {
                    pointer: format!("{pointer}/required/{place}"),
                    message: format!("`{name}` is required, and there is no such property"),
                    help: near.map_or_else(
                        || format!("describe `{name}` under `properties`"),
                        |near| format!("did you mean `{near}`?"),
                    ),
                });
            }
        }
        flaws
    }

    /// Types that OpenAPI 3.0 does not have.
    #[must_use]
    pub fn untyped(&self) -> Vec<Flaw> {
        let mut flaws = Vec::new();
        for (pointer, schema) in self.all() {
            let kind = schema.get("type").and_then(Value::as_str);
            if let Some(kind) = kind.filter(|kind| !TYPES.contains(kind)) {
                let help = if kind == "null" {
                    "3.0 has no type for null: write `nullable: true` beside the type".to_owned()
                } else {
                    nearest(kind, TYPES.into_iter())
                        // Other languages' short forms.
                        .or(match kind {
                            "int" => Some("integer"),
                            "bool" => Some("boolean"),
                            _ => None,
                        })
                        .map_or_else(
                            || format!("choose among {}", TYPES.join(", ")),
                            |near| format!("did you mean `{near}`?"),
                        )
                };
                let message = format!("`type` cannot be `{kind}`");
                flaws.push(Flaw { pointer: format!("{pointer}/type"), message, help });
            }
        }
        flaws
    }

    /// The schemas that a value cannot be held to without end, because they are parts of themselves: a `oneOf` whose
    /// member names the schema again. With them come, as the second, those that have such a part (JSON Schema, draft
    /// Wright 00, section 7: "a schema MUST NOT be run into an infinite loop against a schema").
    #[must_use]
    pub fn circular(&self) -> (Vec<&str>, HashSet<*const Value>) {
        let mut parts_left: HashMap<*const Value, usize> = HashMap::new();
        for holder in self.holders.values().flatten() {
            *parts_left.entry(ptr::from_ref(*holder)).or_default() += 1;
        }
        // What has no part is in no circle; without it, what has no other part is in none either.
        let mut free: Vec<*const Value> =
            self.holders.keys().copied().filter(|part| !parts_left.contains_key(part)).collect();
        while let Some(part) = free.pop() {
            for holder in self.holders.get(&part).into_iter().flatten() {
                let holder = ptr::from_ref(*holder);
                if let Some(left) = parts_left.get_mut(&holder) {
                    *left -= 1;
                    if *left == 0 {
                        parts_left.remove(&holder);
                        free.push(holder);
                    }
                }
            }
        }
        let leading: HashSet<*const Value> = parts_left.into_keys().collect();
        // Of those that are left, the ones in a circle come back to themselves; the others only lead there.
        let is_in_circle = |schema: &'a Value| {
            let mut seen = HashSet::new();
            let mut open: Vec<&Value> =
                self.holders.get(&ptr::from_ref(schema)).into_iter().flatten().copied().collect();
            while let Some(holder) = open.pop() {
                if ptr::eq(holder, schema) {
                    return true;
                }
                if leading.contains(&ptr::from_ref(holder)) && seen.insert(ptr::from_ref(holder)) {
                    open.extend(self.holders.get(&ptr::from_ref(holder)).into_iter().flatten());
                }
            }
            false
        };
        let left = self.all.iter().filter(|(_, schema)| leading.contains(&ptr::from_ref(*schema)));
        let circles = left.filter(|(_, schema)| is_in_circle(schema)).map(|(pointer, _)| pointer.as_str()).collect();
        (circles, leading)
    }

    /// Whether every value of this schema has a property: it is required there, in a part of an `allOf`, in all
    /// alternatives, or where the schema itself stands in another as a part.
    #[must_use]
    pub fn requires(&self, schema: &'a Value, name: &str) -> bool {
        let mut whole = Some(schema);
        let mut known = HashMap::new();
        while let Some(schema) = whole {
            if self.requires_within(schema, name, &mut known, 0) {
                return true;
            }
            whole = self.inside.get(&ptr::from_ref(schema)).copied();
        }
        false
    }

    fn requires_within(
        &self,
        schema: &'a Value,
        name: &str,
        known: &mut HashMap<*const Value, Option<bool>>,
        depth: usize,
    ) -> bool {
        let Target::Node(schema) = follow(self.root, schema) else { return false };
        let address = ptr::from_ref(schema);
        if let Some(known) = known.get(&address) {
            // An alternative that leads back to where it came from adds no value that has not the property.
            return known.unwrap_or(true);
        }
        // Nobody nests alternatives so deep by hand: whether it is required is not known.
        if depth > DEEPEST {
            return true;
        }
        known.insert(address, None);
        let mut all = Vec::new();
        let own = |schema: &Value| {
            let required = schema.get("required").and_then(Value::as_array);
            required.is_some_and(|list| list.iter().any(|required| required == name))
        };
        let mut is_required = self.visit([schema], &["allOf"], &mut HashSet::new(), &mut |part| {
            all.push(part);
            own(part)
        });
        for (part, key) in all.into_iter().flat_map(|part| ["oneOf", "anyOf"].map(|key| (part, key))) {
            is_required = is_required
                || parts(part, key).next().is_some()
                    && parts(part, key).all(|member| self.requires_within(member, name, known, depth + 1));
        }
        known.insert(address, Some(is_required));
        is_required
    }

    /// The properties of the value of this schema that carry a flag, `readOnly` or `writeOnly`: where they are described,
    /// at what they refer to, or in any part of an `allOf` on the way.
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

fn parts<'a>(schema: &'a Value, key: &str) -> impl Iterator<Item = &'a Value> {
    schema.get(key).and_then(Value::as_array).into_iter().flatten()
}

fn entries(value: Option<&Value>) -> impl Iterator<Item = (&str, &Value)> {
    value.and_then(Value::as_object).into_iter().flatten().map(|(key, value)| (key.as_str(), value))
}
