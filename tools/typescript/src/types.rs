//! Writes the type of a schema.

use serde_json::Value;
use unloc_codegen::limits;
use unloc_spec::{beside_null, entries, is_null, reference, underlying};

use crate::names::referred;
use crate::spec::{Presence, Spec, admits_null, presence};
use crate::text::{WIDTH, comment, key, quoted, safe};

/// Stands for every string that an enum does not list. `string` alone would absorb the listed ones, and editors would
/// offer none of them.
const OTHER: &str = "(string & {})";

/// Is a type, in TypeScript.
#[derive(Clone, Debug)]
pub(crate) struct Type {
    /// Holds the parts of the type, of which there is at least one.
    parts: Vec<String>,
    /// Is the sign between the parts.
    by: &'static str,
}

impl Type {
    /// Returns a type that needs no parentheses anywhere.
    pub(crate) fn one(text: impl Into<String>) -> Self {
        Self { parts: vec![text.into()], by: "|" }
    }

    /// Joins types by `|` or `&`, each once.
    pub(crate) fn joined(types: impl IntoIterator<Item = Self>, by: &'static str) -> Self {
        let mut types: Vec<_> = types.into_iter().collect();
        if types.len() == 1 {
            return types.remove(0);
        }
        let mut parts: Vec<String> = Vec::new();
        for one in types {
            // `&` binds closer than `|`.
            let all = if one.parts.len() == 1 || one.by == by { one.parts } else { vec![format!("({})", one.text())] };
            for part in all {
                if !parts.contains(&part) {
                    parts.push(part);
                }
            }
        }
        if parts.is_empty() { Self::one("unknown") } else { Self { parts, by } }
    }

    /// Returns the type in one line, apart from the objects in it.
    pub(crate) fn text(&self) -> String {
        self.parts.join(&format!(" {} ", self.by))
    }

    /// Returns the type of a list of these.
    pub(crate) fn list(&self) -> Self {
        Self::one(if self.parts.len() > 1 { format!("({})[]", self.text()) } else { format!("{}[]", self.text()) })
    }

    /// Adds null.
    pub(crate) fn or_null(self) -> Self {
        Self::joined([self, Self::one("null")], "|")
    }

    /// Returns a statement that begins with this text and ends with the type, on several lines if one is too long.
    pub(crate) fn behind(&self, start: &str) -> String {
        let line = format!("{start} {};\n", self.text());
        if line.chars().count() <= WIDTH || self.parts.len() == 1 || line.trim_end().contains('\n') {
            return line;
        }
        let parts = self.parts.iter().map(|part| format!("\n  {} {part}", self.by));
        format!("{start}{};\n", parts.collect::<String>())
    }
}

/// Holds a place in the file that is written: the indentation, and the pointer of the schema in the spec.
#[derive(Clone, Debug)]
pub(crate) struct Place {
    pub(crate) indent: usize,
    pub(crate) pointer: String,
}

impl Place {
    fn inside(&self, step: &str) -> Self {
        Self { indent: self.indent, pointer: format!("{}/{step}", self.pointer) }
    }
}

impl Spec<'_> {
    /// Returns the type of a schema.
    pub(crate) fn ty(&self, node: &Value, place: &Place) -> Type {
        let ty = self.solid(node, place);
        if admits_null(node) { ty.or_null() } else { ty }
    }

    /// Returns the type of a schema without the null that it allows itself.
    pub(crate) fn solid(&self, node: &Value, place: &Place) -> Type {
        if let Some(reference) = reference(node) {
            return Type::one(referred(reference));
        }
        if let Some((_, other)) = beside_null(node) {
            return self.solid(other, place);
        }
        if is_null(node) {
            return Type::one("null");
        }
        let mut parts = Vec::new();
        for (key, by) in [("allOf", "&"), ("anyOf", "|"), ("oneOf", "|")] {
            let Some(list) = node.get(key).and_then(Value::as_array) else { continue };
            let of = |(at, part)| self.ty(part, &place.inside(&format!("{key}/{at}")));
            parts.push(Type::joined(list.iter().enumerate().map(of), by));
        }
        // A composed schema often repeats `type: object`, which says no more.
        if parts.is_empty() || node.get("properties").is_some() {
            parts.push(self.plain(node, place));
        }
        Type::joined(parts, "&")
    }

    /// Returns the type of a schema that is not composed of others.
    fn plain(&self, node: &Value, place: &Place) -> Type {
        if let Some(values) = node.get("enum").and_then(Value::as_array) {
            let values = values.iter().filter_map(Value::as_str).map(|value| Type::one(quoted(value)));
            return Type::joined(values.chain([Type::one(OTHER)]), "|");
        }
        match node.get("type").and_then(Value::as_str) {
            Some("boolean") => Type::one("boolean"),
            // No integer of an API in JSON passes 2^53 for JavaScript, so `bigint` would only be in the way.
            Some("integer" | "number") => Type::one("number"),
            Some("string") => Type::one("string"),
            Some("array") => self.ty(node.get("items").unwrap_or(&Value::Null), &place.inside("items")).list(),
            _ if node.get("properties").is_some() => Type::one(self.object(node, place)),
            Some("object") => {
                let text = match node.get("additionalProperties") {
                    Some(Value::Bool(false)) => "never".to_owned(),
                    Some(more) => self.ty(more, &place.inside("additionalProperties")).text(),
                    None => "unknown".to_owned(),
                };
                Type::one(crate::text::braces(&format!("[name: string]: {text}")))
            }
            _ => Type::one("unknown"),
        }
    }

    /// Returns the members of an object in braces.
    pub(crate) fn object(&self, node: &Value, place: &Place) -> String {
        let component = component_at(&place.pointer);
        let inner = Place { indent: place.indent + 2, pointer: String::new() };
        let members = self.properties(node, &place.pointer).into_iter().map(|(name, property)| {
            let is_there = match component {
                Some(schema) => self.presence(schema, name),
                None => presence(node, name),
            };
            let at = Place {
                pointer: format!("{}/properties/{}", place.pointer, unloc_spec::escape(name)),
                ..inner.clone()
            };
            let is_request = component.is_some_and(|schema| self.is_request_only(schema));
            self.member(name, property, is_there, is_request, &at)
        });
        let mut text: String = members.collect();
        let pad = " ".repeat(inner.indent);
        // TypeScript requires that every property fits the type of the other ones, which only `unknown` ensures.
        if !matches!(node.get("additionalProperties"), None | Some(Value::Bool(false))) {
            text.push_str(&format!("{pad}[name: string]: unknown;\n"));
        }
        format!("{{\n{text}{}}}", " ".repeat(place.indent))
    }

    /// Writes one member of an object with its documentation.
    pub(crate) fn member(
        &self,
        name: &str,
        node: &Value,
        presence: Presence,
        is_request: bool,
        place: &Place,
    ) -> String {
        let Presence { required, nullable } = presence;
        let ty = self.solid(node, place);
        let ty = if nullable { ty.or_null() } else { ty };
        let null = match (is_request && nullable, required) {
            (false, _) => "",
            (true, true) => "`null` is sent as null.",
            (true, false) => "`null` is sent as null. Nothing is sent if the property is left out.",
        };
        let facts = [self.facts(node), null.to_owned()].join(" ");
        let described = safe(node.get("description").and_then(Value::as_str).unwrap_or_default());
        let comment = comment(place.indent, &[described, facts, deprecated(node)]);
        let (pad, sign) = (" ".repeat(place.indent), if required { "" } else { "?" });
        format!("{comment}{pad}{}{sign}: {};\n", key(name), ty.text())
    }

    /// Returns what the type of a value does not say: the form of a string, and limits.
    pub(crate) fn facts(&self, node: &Value) -> String {
        let other = beside_null(node).map_or(node, |(_, other)| other);
        let end = underlying(&self.document.value, other).unwrap_or(other);
        let text = |key: &str| end.get(key).and_then(Value::as_str).unwrap_or_default();
        let form = match (text("type"), text("format")) {
            ("integer", _) => "integer",
            ("string", "date-time") => "ISO 8601 time, such as `2026-01-02T03:04:05.678Z`",
            ("string", "date") => "ISO 8601 date, such as `2026-01-02`",
            _ => "",
        };
        let items = match text("type") {
            "array" => end.get("items").map(|items| self.facts(items)).unwrap_or_default(),
            _ => String::new(),
        };
        let parts = [form.to_owned()]
            .into_iter()
            .chain(limits(self.document, node))
            .map(|part| safe(&part))
            .filter(|part| !part.is_empty());
        let mut facts = parts.collect::<Vec<_>>().join("; ");
        // Each of them begins with a digit or a letter of ASCII: no text of the spec is in front.
        if let Some((first, rest)) = facts.split_at_checked(1) {
            facts = format!("{}{rest}.", first.to_uppercase());
        }
        if items.is_empty() { facts } else { format!("{facts} Each item: {items}").trim().to_owned() }
    }

    /// Returns the type of the entries of a list.
    pub(crate) fn item(&self, list: &Value, place: &Place) -> Type {
        let list = beside_null(list).map_or(list, |(_, other)| other);
        let list = underlying(&self.document.value, list).unwrap_or(list);
        self.ty(list.get("items").unwrap_or(&Value::Null), place)
    }
}

/// Returns the name of the component at a pointer. No component that can be bound has a slash in its name.
fn component_at(pointer: &str) -> Option<&str> {
    pointer.strip_prefix("/components/schemas/").filter(|name| !name.contains('/'))
}

/// Returns the tag for what the spec marks as deprecated.
pub(crate) fn deprecated(node: &Value) -> String {
    let is_deprecated = node.get("deprecated") == Some(&Value::Bool(true));
    if is_deprecated { "@deprecated The API's description marks it as deprecated.".to_owned() } else { String::new() }
}

/// Returns the descriptions of an enum's values, by value.
pub(crate) fn described_values(node: &Value) -> Vec<(String, String)> {
    let described = entries(node, unloc_spec::keys::ENUM_DESCRIPTIONS);
    let values = node.get("enum").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str);
    let text = |value: &str| described.get(value).and_then(|text| text.as_str()).unwrap_or_default().to_owned();
    values.map(|value| (value.to_owned(), text(value))).collect()
}
