//! A schema as it is compared: references followed, `allOf` put together, what only describes left out.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;
use unloc_codegen::load::{Document, escape};
use unloc_codegen::prepare::LIMITS;

use super::change::{Item, Place};
use super::operations::Operation;
use super::parameters::parameters;

/// One version of a spec.
#[derive(Clone, Copy)]
pub(crate) struct Side<'a> {
    pub(crate) document: &'a Document,
}

/// A part of a document, and where it stands.
#[derive(Clone, Debug)]
pub(crate) struct At<'a> {
    pub(crate) value: &'a Value,
    pub(crate) pointer: String,
}

impl<'a> At<'a> {
    pub(crate) fn get(&self, key: &str) -> Option<Self> {
        Some(At { value: self.value.get(key)?, pointer: format!("{}/{}", self.pointer, escape(key)) })
    }

    pub(crate) fn text(&self, key: &str) -> Option<&'a str> {
        self.value.get(key)?.as_str()
    }

    pub(crate) fn is(&self, key: &str) -> bool {
        self.value.get(key) == Some(&Value::Bool(true))
    }

    /// The entries of a mapping.
    pub(crate) fn entries(&self) -> impl Iterator<Item = (&'a str, At<'a>)> + use<'a> {
        let pointer = self.pointer.clone();
        let map = self.value.as_object().into_iter().flatten();
        map.map(move |(key, value)| (key.as_str(), At { value, pointer: format!("{pointer}/{}", escape(key)) }))
    }

    pub(crate) fn list(&self) -> impl Iterator<Item = At<'a>> + use<'a> {
        let pointer = self.pointer.clone();
        let list = self.value.as_array().into_iter().flatten().enumerate();
        list.map(move |(place, value)| At { value, pointer: format!("{pointer}/{place}") })
    }
}

impl<'a> Side<'a> {
    pub(crate) fn root(self) -> At<'a> {
        At { value: &self.document.value, pointer: String::new() }
    }

    pub(crate) fn at(self, pointer: &str) -> Option<At<'a>> {
        Some(At { value: self.document.value.pointer(pointer)?, pointer: pointer.to_owned() })
    }

    pub(crate) fn place(self, pointer: &str) -> Option<Place> {
        let at = self.document.position(pointer)?;
        Some(Place { file: self.document.file.display().to_string(), at })
    }

    pub(crate) fn has_schema(self, name: &str) -> bool {
        self.at(&format!("/components/schemas/{}", escape(name))).is_some()
    }

    /// What stands there once references are followed; nothing if they lead nowhere.
    pub(crate) fn follow(self, at: At<'a>) -> Option<At<'a>> {
        let mut at = at;
        for _ in 0..32 {
            let Some(target) = at.text("$ref") else { return Some(at) };
            at = self.at(target.strip_prefix('#')?)?;
        }
        None
    }

    /// The component schemas that this part leads to.
    pub(crate) fn reached(self, value: &'a Value) -> BTreeSet<String> {
        let (mut open, mut reached) = (vec![value], BTreeSet::new());
        while let Some(value) = open.pop() {
            match value {
                Value::Array(items) => open.extend(items),
                Value::Object(map) => {
                    open.extend(map.iter().filter(|(key, _)| !key.starts_with("example")).map(|(_, value)| value));
                    if let Some(Value::String(target)) = map.get("$ref")
                        && let Some(name) = target.rsplit('/').next()
                        && reached.insert(name.to_owned())
                    {
                        open.extend(target.strip_prefix('#').and_then(|pointer| self.document.value.pointer(pointer)));
                    }
                }
                _ => {}
            }
        }
        reached
    }

    /// What is of this component schema: properties of others, and parameters.
    pub(crate) fn users(self, name: &str) -> Vec<Item> {
        let target = format!("#/components/schemas/{name}");
        let mut users = Vec::new();
        for (owner, schema) in self.at("/components/schemas").into_iter().flat_map(|schemas| schemas.entries()) {
            let properties = schema.get("properties").into_iter().flat_map(|properties| properties.entries());
            let properties = properties.filter(|(_, node)| mentions(node.value, &target));
            users.extend(properties.map(|(property, _)| Item::Type(owner.to_owned(), Some(property.to_owned()))));
        }
        for operation in Operation::all(self) {
            let parameters = parameters(self, &operation);
            let parameters = parameters.iter().filter(|(_, at)| mentions(at.value, &target));
            users.extend(parameters.map(|((_, parameter), _)| operation.item().member(parameter)));
        }
        users
    }

    pub(crate) fn view(self, at: &At<'a>) -> View<'a> {
        let mut view = View { pointer: at.pointer.clone(), home: at.pointer.clone(), ..View::default() };
        self.fold(at, &mut view);
        view
    }

    fn fold(self, at: &At<'a>, view: &mut View<'a>) {
        if let Some(target) = at.text("$ref") {
            match target.strip_prefix('#').and_then(|pointer| self.at(pointer)) {
                // Once is enough, and has an end.
                Some(inner) if !view.folded.insert(inner.pointer.clone()) => {}
                Some(inner) => {
                    let name = inner.pointer.strip_prefix("/components/schemas/");
                    if let Some(name) = name.filter(|name| !name.contains('/') && view.name.is_none()) {
                        view.name = Some(name.to_owned());
                        view.home.clone_from(&inner.pointer);
                    }
                    self.fold(&inner, view);
                }
                None => view.is_broken = true,
            }
            return;
        }
        // What stands nearest counts, so this comes before what `allOf` brings.
        if let Some(Value::Bool(nullable)) = at.value.get("nullable")
            && view.nullable.is_none()
        {
            view.nullable = Some(*nullable);
            view.places.insert("nullable", format!("{}/nullable", at.pointer));
        }
        for (key, inner) in at.entries() {
            match key {
                "allOf" => inner.list().for_each(|member| self.fold(&member, view)),
                "oneOf" | "anyOf" if inner.value.as_array().is_some_and(|list| list.len() == 1) => {
                    inner.list().for_each(|member| self.fold(&member, view));
                }
                "oneOf" | "anyOf" | "not" => view.choices.push(inner.pointer.clone()),
                "type" => view.kind = inner.value.as_str(),
                "format" => view.format = inner.value.as_str(),
                // What several say of the same is for an engine to put together.
                "enum" if view.values.is_some() => view.choices.push(at.pointer.clone()),
                "enum" => view.values = inner.value.as_array().map(Vec::as_slice),
                "items" => view.items = Some(inner.clone()),
                "properties" => {
                    for (name, property) in inner.entries() {
                        if view.properties.insert(name, property).is_some() {
                            view.choices.push(at.pointer.clone());
                        }
                    }
                }
                "required" => {
                    view.required.extend(inner.value.as_array().into_iter().flatten().filter_map(Value::as_str));
                }
                "additionalProperties" => match inner.value {
                    Value::Bool(false) => view.extra = Extra::Closed,
                    Value::Object(map) if !map.is_empty() => view.extra = Extra::Of(inner.clone()),
                    _ => {}
                },
                key if LIMITS.contains(&key) => {
                    if view.bounds.insert(key, inner.clone()).is_some_and(|other| other.value != inner.value) {
                        view.choices.push(at.pointer.clone());
                    }
                }
                key if key.starts_with("x-") => _ = view.own.insert(key, inner.clone()),
                _ => continue,
            }
            if let Some(known) = PLACED.iter().find(|known| **known == key) {
                view.places.insert(known, inner.pointer);
            }
        }
    }
}

/// Whether a schema refers to this one by itself, not through another.
fn mentions(value: &Value, target: &str) -> bool {
    match value {
        Value::Object(map) => {
            map.iter().any(|(key, value)| (key == "$ref" && value == target) || mentions(value, target))
        }
        Value::Array(list) => list.iter().any(|value| mentions(value, target)),
        _ => false,
    }
}

const PLACED: &[&str] = &["type", "format", "enum", "required", "additionalProperties", "items"];

/// What properties an object may have beside those that are listed.
#[derive(Clone, Debug, Default)]
pub(crate) enum Extra<'a> {
    #[default]
    Open,
    Closed,
    Of(At<'a>),
}

#[derive(Clone, Debug, Default)]
pub(crate) struct View<'a> {
    /// Where it is used.
    pub(crate) pointer: String,
    /// Where it is described: at its component, if it is one.
    pub(crate) home: String,
    /// The component's name.
    pub(crate) name: Option<String>,
    /// Whether a reference leads nowhere.
    pub(crate) is_broken: bool,
    pub(crate) kind: Option<&'a str>,
    pub(crate) nullable: Option<bool>,
    pub(crate) format: Option<&'a str>,
    pub(crate) values: Option<&'a [Value]>,
    pub(crate) bounds: BTreeMap<&'a str, At<'a>>,
    pub(crate) properties: BTreeMap<&'a str, At<'a>>,
    pub(crate) required: BTreeSet<&'a str>,
    pub(crate) extra: Extra<'a>,
    pub(crate) items: Option<At<'a>>,
    /// Where `oneOf`, `anyOf` and `not` stand.
    pub(crate) choices: Vec<String>,
    /// Keys of ours, and where they stand.
    pub(crate) own: BTreeMap<&'a str, At<'a>>,
    places: BTreeMap<&'static str, String>,
    /// The references that were followed.
    folded: BTreeSet<String>,
}

impl View<'_> {
    pub(crate) fn is_nullable(&self) -> bool {
        self.nullable == Some(true)
    }

    /// Whether this keyword, if it is there, stands in the component itself and not beside a reference to it.
    pub(crate) fn is_own(&self, at: Option<&At<'_>>) -> bool {
        at.is_none_or(|at| {
            let below = at.pointer.strip_prefix(&self.home);
            below.is_some_and(|below| below.is_empty() || below.starts_with('/'))
        })
    }

    /// What type it is, said or not.
    pub(crate) fn effective_kind(&self) -> Option<&str> {
        self.kind.or_else(|| (!self.properties.is_empty()).then_some("object"))
    }

    /// Where this keyword stands, or else the schema that could have it.
    pub(crate) fn keyword(&self, key: &str) -> &str {
        // Whether null may come is said where a component is used.
        let otherwise = if key == "nullable" { &self.pointer } else { &self.home };
        self.places.get(key).unwrap_or(otherwise)
    }

    /// The texts that a key of ours lists.
    pub(crate) fn texts(&self, key: &str) -> BTreeSet<String> {
        let list = self.own.get(key).and_then(|at| at.value.as_array()).into_iter().flatten();
        list.filter_map(Value::as_str).map(str::to_owned).collect()
    }

    /// What it is in a word.
    pub(crate) fn described(&self) -> String {
        let kind = self.kind.unwrap_or("anything");
        self.format.map_or_else(|| kind.to_owned(), |format| format!("{kind} ({format})"))
    }
}
