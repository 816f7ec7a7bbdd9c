//! Refuses what would be dropped in silence: keys of ours that stand where they mean nothing, and schemas without a name.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use crate::error::Error;
use crate::finish::variant;
use crate::load::{Document, escape, schema_name};

/// Every mistake of this kind in a document.
pub(crate) fn check(document: &Document) -> Vec<Error> {
    let mut found = Found { document, errors: Vec::new() };
    let top = &document.value;
    found.keys(top, "", &[]);
    for (name, schema) in objects(top.pointer("/components/schemas")) {
        found.component(schema, &format!("/components/schemas/{}", escape(name)));
    }
    for (index, server) in top.get("servers").and_then(Value::as_array).into_iter().flatten().enumerate() {
        found.keys(server, &format!("/servers/{index}"), &["x-environment"]);
    }
    for (path, item) in objects(top.get("paths")) {
        for (method, operation) in objects(Some(item)) {
            let pointer = format!("/paths/{}/{method}", escape(path));
            let known = ["x-evidence", "x-evidence-note", "x-pagination", "x-repeatable"];
            found.keys(operation, &pointer, &known);
            found.content(operation.get("requestBody"), &format!("{pointer}/requestBody"));
            for (status, response) in objects(operation.get("responses")).filter(|(status, _)| status.starts_with('2'))
            {
                found.content(Some(response), &format!("{pointer}/responses/{status}"));
            }
        }
    }
    for (name, body) in objects(top.pointer("/components/requestBodies")) {
        found.content(Some(body), &format!("/components/requestBodies/{}", escape(name)));
    }
    found.errors
}

struct Found<'a> {
    document: &'a Document,
    errors: Vec<Error>,
}

impl Found<'_> {
    fn add(&mut self, pointer: &str, message: impl Into<String>) {
        self.errors.push(self.document.error(pointer, message));
    }

    /// No keys of ours but these.
    fn keys(&mut self, node: &Value, pointer: &str, known: &[&str]) {
        let own = node.as_object().into_iter().flat_map(Map::keys).filter(|key| key.starts_with("x-"));
        for key in own.filter(|key| !known.contains(&key.as_str())) {
            let help = if known.is_empty() { "none does".to_owned() } else { known.join(", ") };
            self.add(&format!("{pointer}/{key}"), format!("`{key}` means nothing here; of the keys of ours: {help}"));
        }
    }

    /// Bodies are JSON, and components with a name.
    fn content(&mut self, node: Option<&Value>, pointer: &str) {
        for (media, content) in objects(node.and_then(|node| node.get("content"))) {
            let pointer = format!("{pointer}/content/{}", escape(media));
            if media != "application/json" {
                self.add(&pointer, format!("the bindings send and read application/json only, not {media}"));
            } else if content.get("schema").and_then(schema_name).is_none() {
                self.add(&pointer, "a body is a component with a name: refer to one under /components/schemas");
            }
        }
    }

    fn component(&mut self, schema: &Value, pointer: &str) {
        let known = ["x-enum-descriptions", "x-case-insensitive", "x-sensitive", "x-envelope"];
        self.keys(schema, pointer, &known);
        let is_text = schema.get("type").and_then(Value::as_str) == Some("string");
        if let Some(sensitive) = schema.get("x-sensitive") {
            let kinds = ["phone-number", "secret", "cursor"];
            let at = format!("{pointer}/x-sensitive");
            if !kinds.iter().any(|kind| sensitive == kind) {
                self.add(
                    &at,
                    format!("x-sensitive is one of {}, and this would show in Debug output", kinds.join(", ")),
                );
            } else if !is_text {
                self.add(&at, "only a text can be sensitive: this would show in Debug output");
            }
        }
        if let Some(values) = schema.get("enum") {
            self.values(values, is_text, &format!("{pointer}/enum"));
        }
        for (name, property) in objects(schema.get("properties")) {
            let pointer = format!("{pointer}/properties/{}", escape(name));
            self.keys(property, &pointer, &["x-aliases", "x-sensitive", "x-tolerate"]);
            self.tolerance(property, &pointer);
            self.unnamed(property, &pointer);
        }
        if let Some(Value::String(property)) = schema.get("x-envelope")
            && schema.pointer(&format!("/properties/{}", escape(property))).is_none()
        {
            self.add(&format!("{pointer}/x-envelope"), format!("the envelope has no property `{property}`"));
        }
    }

    /// The values of an enum have names that differ.
    fn values(&mut self, values: &Value, is_text: bool, pointer: &str) {
        let mut names = BTreeMap::from([("Unknown".to_owned(), "what is unknown".to_owned())]);
        for (index, value) in values.as_array().into_iter().flatten().enumerate() {
            let at = format!("{pointer}/{index}");
            match value.as_str().filter(|_| is_text) {
                None => self.add(&at, "the values of an enum are texts"),
                Some(text) => {
                    if let Some(earlier) = names.insert(variant(text), format!("`{text}`")) {
                        self.add(&at, format!("`{text}` gives the same Rust name as {earlier}"));
                    }
                }
            }
        }
    }

    fn tolerance(&mut self, property: &Value, pointer: &str) {
        let Some(tolerated) = property.get("x-tolerate") else { return };
        let fits = match property.get("type").and_then(Value::as_str) {
            Some("string") => "number",
            Some("boolean" | "integer" | "array") => "string",
            _ => return self.add(&format!("{pointer}/x-tolerate"), "only a scalar or a list can be read loosely"),
        };
        if tolerated.as_array().map(Vec::as_slice) != Some(&[Value::from(fits)]) {
            self.add(&format!("{pointer}/x-tolerate"), format!("x-tolerate is `[{fits}]` for this type"));
        }
    }

    /// What has a Rust type of its own has a name of its own.
    fn unnamed(&mut self, node: &Value, pointer: &str) {
        for (key, why) in [
            ("enum", "an enum without a name would refuse values it does not know"),
            ("properties", "an object without a name would get one that is made up"),
            ("x-sensitive", "a sensitive text without a name would show in Debug output"),
        ] {
            if node.get(key).is_some() {
                self.add(&format!("{pointer}/{key}"), format!("{why}: make it a component under /components/schemas"));
            }
        }
        for key in ["items", "additionalProperties"] {
            if let Some(inner) = node.get(key) {
                self.unnamed(inner, &format!("{pointer}/{key}"));
            }
        }
    }
}

fn objects(node: Option<&Value>) -> impl Iterator<Item = (&String, &Value)> {
    node.and_then(Value::as_object).into_iter().flatten()
}
