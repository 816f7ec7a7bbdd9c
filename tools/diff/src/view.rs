//! A schema as it is compared: references followed, `allOf` put together, what only describes left out.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;
use unloc_codegen::prepare::LIMITS;
use unloc_spec::At;

use crate::refs::unescaped;
use crate::side::{DEPTH, Side, listed};

impl<'a> Side<'a> {
    pub(crate) fn view(self, at: &At<'a>) -> View<'a> {
        let mut view = View { pointer: at.pointer.clone(), home: at.pointer.clone(), ..View::default() };
        self.fold(at, &mut view);
        view
    }

    fn fold(self, at: &At<'a>, view: &mut View<'a>) {
        if let Some(reference) = at.reference() {
            match self.referred(reference) {
                // Once is enough, and has an end.
                Some(inner) if !view.folded.insert(inner.pointer.clone()) => {}
                Some(inner) => {
                    let name = inner.pointer.strip_prefix("/components/schemas/");
                    if let Some(name) = name.filter(|name| !name.contains('/') && view.name.is_none()) {
                        view.name = Some(unescaped(name));
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
            let is_listed = listed(at.value).is_none_or(|values| values.iter().any(Value::is_null));
            view.nullable = Some(*nullable && is_listed);
            view.says_nullable = *nullable;
            view.places.insert("nullable", format!("{}/nullable", at.pointer));
        } else if view.nullable.is_none() && at.value.get("type").is_none() && listed(at.value).is_some() {
            view.null_inside |= self.admits_null(at, &mut BTreeSet::new(), DEPTH);
        }
        if view.default.is_none() {
            view.default = at.get("default");
        }
        for (key, inner) in at.entries() {
            match key {
                "allOf" => inner.list().for_each(|member| self.fold(&member, view)),
                "oneOf" | "anyOf" => self.fold_alternatives(key, at, &inner, view),
                "not" => view.choices.push(inner.clone()),
                "type" => view.kind = inner.value.as_str(),
                "format" => view.format = inner.value.as_str(),
                // What several say of the same is for an engine to put together.
                "enum" if view.values.is_some_and(|values| Some(values) != listed(at.value)) => {
                    view.choices.push(inner.clone());
                }
                "enum" => view.values = listed(at.value),
                "items" => view.items = Some(inner.clone()),
                "properties" => {
                    for (name, property) in inner.entries() {
                        let earlier = view.properties.insert(name, property.clone());
                        if let Some(earlier) = earlier.filter(|earlier| earlier.value != property.value) {
                            view.choices.extend([earlier, property]);
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
                    let earlier = view.bounds.insert(key, inner.clone());
                    if let Some(earlier) = earlier.filter(|earlier| earlier.value != inner.value) {
                        view.choices.extend([earlier, inner.clone()]);
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

    /// Alternatives without those that only say that null may come, which is a matter of the whole. What is left alone is
    /// no alternative.
    fn fold_alternatives(self, key: &str, at: &At<'a>, list: &At<'a>, view: &mut View<'a>) {
        let (null, members): (Vec<_>, Vec<_>) = list.list().partition(|member| self.is_null_only(member));
        // A `type` beside them that is not nullable forbids null.
        let is_open = at.value.get("type").is_none() || at.is("nullable");
        let mut met = BTreeSet::new();
        if is_open && view.nullable.is_none() {
            view.null_inside |=
                !null.is_empty() || members.iter().any(|member| self.admits_null(member, &mut met, DEPTH));
        }
        match members.as_slice() {
            [] => view.choices.push(list.clone()),
            [single] => self.fold(single, view),
            _ => view.alternatives.push(Alternatives {
                pointer: list.pointer.clone(),
                is_one: key == "oneOf",
                mapping: at.get("discriminator").and_then(|at| at.get("mapping")),
                members,
            }),
        }
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

/// What stands below one `oneOf` or `anyOf`.
#[derive(Clone, Debug)]
pub(crate) struct Alternatives<'a> {
    pub(crate) pointer: String,
    /// Whether exactly one has to fit.
    pub(crate) is_one: bool,
    /// Which value of the discriminator leads to which.
    pub(crate) mapping: Option<At<'a>>,
    pub(crate) members: Vec<At<'a>>,
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
    /// What `nullable` says, where the values that are listed beside it do not say otherwise.
    pub(crate) nullable: Option<bool>,
    /// Whether `nullable` stands there, which the bindings go by.
    pub(crate) says_nullable: bool,
    /// Whether an alternative is null, or may be.
    null_inside: bool,
    pub(crate) default: Option<At<'a>>,
    pub(crate) format: Option<&'a str>,
    pub(crate) values: Option<&'a [Value]>,
    pub(crate) bounds: BTreeMap<&'a str, At<'a>>,
    pub(crate) properties: BTreeMap<&'a str, At<'a>>,
    pub(crate) required: BTreeSet<&'a str>,
    pub(crate) extra: Extra<'a>,
    pub(crate) items: Option<At<'a>>,
    pub(crate) alternatives: Vec<Alternatives<'a>>,
    /// What only an engine for schemas can compare: `not`, and what is said twice in two ways.
    pub(crate) choices: Vec<At<'a>>,
    /// Keys of ours, and where they stand.
    pub(crate) own: BTreeMap<&'a str, At<'a>>,
    places: BTreeMap<&'static str, String>,
    /// The references that were followed.
    folded: BTreeSet<String>,
}

impl View<'_> {
    pub(crate) fn is_nullable(&self) -> bool {
        self.nullable == Some(true) || (self.nullable.is_none() && self.null_inside)
    }

    /// Whether an object may have the listed properties only.
    pub(crate) fn is_closed(&self) -> bool {
        matches!(self.extra, Extra::Closed)
    }

    /// Whether nothing is said beside the alternatives.
    pub(crate) fn is_bare(&self) -> bool {
        let is_open = matches!(self.extra, Extra::Open) && self.items.is_none() && self.bounds.is_empty();
        let is_any = self.effective_kind().is_none() && self.format.is_none() && self.values.is_none();
        is_open && is_any && self.required.is_empty() && self.choices.is_empty()
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
