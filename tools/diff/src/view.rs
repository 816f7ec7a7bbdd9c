//! Builds the form of a schema that is compared: references resolved, `allOf` merged, descriptions left out.

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
                // A reference that was already merged adds nothing; skipping it also ends recursion.
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
        // The outermost `nullable` wins, so it is read before the parts of `allOf`.
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
                // Two different enums can only be intersected by the engine.
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

    /// Adds alternatives. Those that allow only null make the whole schema nullable instead. A single remaining one is
    /// merged, because it is no alternative.
    fn fold_alternatives(self, key: &str, at: &At<'a>, list: &At<'a>, view: &mut View<'a>) {
        let (null, members): (Vec<_>, Vec<_>) = list.list().partition(|member| self.is_null_only(member));
        // A `type` in the same schema that is not nullable excludes null.
        let is_open = at.value.get("type").is_none() || at.is("nullable");
        let mut visited = BTreeSet::new();
        if is_open && view.nullable.is_none() {
            view.null_inside |=
                !null.is_empty() || members.iter().any(|member| self.admits_null(member, &mut visited, DEPTH));
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

/// Lists the keywords whose places are recorded for messages.
const PLACED: &[&str] = &["type", "format", "enum", "required", "additionalProperties", "items"];

/// Says which properties an object may have in addition to the listed ones.
#[derive(Clone, Debug, Default)]
pub(crate) enum Extra<'a> {
    #[default]
    Open,
    Closed,
    Of(At<'a>),
}

/// Holds the content of one `oneOf` or `anyOf`.
#[derive(Clone, Debug)]
pub(crate) struct Alternatives<'a> {
    pub(crate) pointer: String,
    /// Is set if exactly one alternative must match.
    pub(crate) is_one: bool,
    /// Maps values of the discriminator to alternatives.
    pub(crate) mapping: Option<At<'a>>,
    pub(crate) members: Vec<At<'a>>,
}

/// Holds a schema in the form that is compared.
#[derive(Clone, Debug, Default)]
pub(crate) struct View<'a> {
    /// Points to the place where the schema is used.
    pub(crate) pointer: String,
    /// Points to the definition: the component, if the schema refers to one.
    pub(crate) home: String,
    /// Names the component.
    pub(crate) name: Option<String>,
    /// Is set if a reference cannot be resolved.
    pub(crate) is_broken: bool,
    pub(crate) kind: Option<&'a str>,
    /// Holds `nullable`, unless an `enum` in the same schema excludes null.
    pub(crate) nullable: Option<bool>,
    /// Holds `nullable` as written, which the bindings follow.
    pub(crate) says_nullable: bool,
    /// Is set if an alternative allows null.
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
    /// Lists what only the engine can compare: `not`, and keywords with two different values.
    pub(crate) choices: Vec<At<'a>>,
    /// Holds our `x-` keys and their places.
    pub(crate) own: BTreeMap<&'a str, At<'a>>,
    places: BTreeMap<&'static str, String>,
    /// Lists the references that were merged.
    folded: BTreeSet<String>,
}

impl View<'_> {
    pub(crate) fn is_nullable(&self) -> bool {
        self.nullable == Some(true) || (self.nullable.is_none() && self.null_inside)
    }

    /// Returns whether an object allows only the listed properties.
    pub(crate) fn is_closed(&self) -> bool {
        matches!(self.extra, Extra::Closed)
    }

    /// Returns whether the schema has nothing except alternatives.
    pub(crate) fn is_bare(&self) -> bool {
        let is_open = matches!(self.extra, Extra::Open) && self.items.is_none() && self.bounds.is_empty();
        let is_any = self.effective_kind().is_none() && self.format.is_none() && self.values.is_none();
        is_open && is_any && self.required.is_empty() && self.choices.is_empty()
    }

    /// Returns whether this keyword, if present, is part of the component and not of a schema that refers to it.
    pub(crate) fn is_own(&self, at: Option<&At<'_>>) -> bool {
        at.is_none_or(|at| {
            let below = at.pointer.strip_prefix(&self.home);
            below.is_some_and(|below| below.is_empty() || below.starts_with('/'))
        })
    }

    /// Returns the type, which may be implied by the properties.
    pub(crate) fn effective_kind(&self) -> Option<&str> {
        self.kind.or_else(|| (!self.properties.is_empty()).then_some("object"))
    }

    /// Returns the place of this keyword, or else of the schema that could have it.
    pub(crate) fn keyword(&self, key: &str) -> &str {
        // Nullability is declared where a component is used.
        let otherwise = if key == "nullable" { &self.pointer } else { &self.home };
        self.places.get(key).unwrap_or(otherwise)
    }

    /// Returns the strings that one of our `x-` keys lists.
    pub(crate) fn texts(&self, key: &str) -> BTreeSet<String> {
        let list = self.own.get(key).and_then(|at| at.value.as_array()).into_iter().flatten();
        list.filter_map(Value::as_str).map(str::to_owned).collect()
    }

    /// Returns the type and the format for messages.
    pub(crate) fn described(&self) -> String {
        let kind = self.kind.unwrap_or("anything");
        self.format.map_or_else(|| kind.to_owned(), |format| format!("{kind} ({format})"))
    }
}
