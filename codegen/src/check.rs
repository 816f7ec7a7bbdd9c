//! Refuses what the bindings have no form for: what has no Rust name, or none of its own.

use std::collections::BTreeMap;

use serde_json::Value;
use unloc_spec::schemas::{Flaw, Schemas};
use unloc_spec::{
    At, Document, Error, RawOperation, component_schema, escape, paths, reference, reference_pointer, resolve,
    schema_name, unsupported_in,
};

use crate::finish::variant;
use crate::names;

/// Every mistake of this kind in a document.
pub(crate) fn check(document: &Document) -> Vec<Error> {
    let mut found = Found { document, errors: Vec::new() };
    let top = &document.value;
    let schemas = Schemas::of(top);
    for Flaw { pointer, message, help } in schemas.untyped().into_iter().chain(schemas.undefined()) {
        found.errors.push(document.error_at_value(&pointer, message).helped(help));
    }
    for pointer in schemas.circular().0 {
        let error = document.error(pointer, "the schema is a part of itself, and has no type");
        found.errors.push(error.helped("take it out of its own `allOf`, `anyOf` or `oneOf`"));
    }
    for (pointer, schema) in schemas.all() {
        found.bindable(schema, pointer);
    }
    for (name, schema) in objects(top.pointer("/components/schemas")) {
        found.component(schema, &format!("/components/schemas/{}", escape(name)));
    }
    for (path, item) in paths(top) {
        found.parameters(item.value, &item.pointer);
        for RawOperation { at: At { value: operation, pointer }, .. } in RawOperation::of(path, &item) {
            found.parameters(operation, &pointer);
            found.content(operation.get("requestBody"), &format!("{pointer}/requestBody"));
            for (status, response) in objects(operation.get("responses")).filter(|(status, _)| status.starts_with('2'))
            {
                let response = resolve(top, response);
                found.content(response, &format!("{pointer}/responses/{status}"));
            }
        }
    }
    for (name, body) in objects(top.pointer("/components/requestBodies")) {
        found.content(Some(body), &format!("/components/requestBodies/{}", escape(name)));
    }
    for (name, parameter) in objects(top.pointer("/components/parameters")) {
        found.parameter(parameter, &format!("/components/parameters/{}", escape(name)));
    }
    found.errors.extend(unsupported_in(document));
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

    fn parameters(&mut self, node: &Value, pointer: &str) {
        for (index, parameter) in node.get("parameters").and_then(Value::as_array).into_iter().flatten().enumerate() {
            self.parameter(parameter, &format!("{pointer}/parameters/{index}"));
        }
    }

    /// A parameter is a setter, and its type has a name if it is more than a scalar.
    fn parameter(&mut self, parameter: &Value, pointer: &str) {
        self.unnamed(parameter.get("schema").unwrap_or(&Value::Null), &format!("{pointer}/schema"));
        self.reference(parameter.get("schema").unwrap_or(&Value::Null), &format!("{pointer}/schema"));
    }

    /// What the generator knows nothing of, or would panic at.
    fn bindable(&mut self, schema: &Value, pointer: &str) {
        let mut inner: Vec<(String, &Value)> = Vec::new();
        for key in ["items", "additionalProperties"] {
            inner.extend(schema.get(key).map(|node| (format!("{pointer}/{key}"), node)));
        }
        for key in ["allOf", "anyOf", "oneOf"] {
            let list = schema.get(key).and_then(Value::as_array).into_iter().flatten().enumerate();
            inner.extend(list.map(|(place, node)| (format!("{pointer}/{key}/{place}"), node)));
        }
        let properties = objects(schema.get("properties"));
        inner.extend(properties.map(|(name, node)| (format!("{pointer}/properties/{}", escape(name)), node)));
        for (pointer, node) in inner {
            self.reference(node, &pointer);
        }
    }

    /// The generator takes what a reference ends with for the name of a component.
    fn reference(&mut self, node: &Value, pointer: &str) {
        let Some(reference) = reference(node) else { return };
        let is_component = component_schema(reference).is_some_and(|name| !name.is_empty() && !name.contains('/'));
        // What leads nowhere is told as such.
        if !is_component && resolve(&self.document.value, node).is_some() {
            let message = format!(
                "the generator follows references to `#/components/schemas/Name` only, and `{reference}` is none"
            );
            let error = self.document.error_at_value(&reference_pointer(pointer), message);
            self.errors.push(error.helped("give that schema a name under `components/schemas`"));
        }
    }

    /// Bodies are JSON, and components with a name.
    fn content(&mut self, node: Option<&Value>, pointer: &str) {
        for (media, content) in objects(node.and_then(|node| node.get("content"))) {
            let pointer = format!("{pointer}/content/{}", escape(media));
            if media != "application/json" {
                self.add(&pointer, format!("the bindings send and read application/json only, not {media}"));
            } else if content.get("schema").and_then(schema_name).is_none_or(|name| name.contains('/')) {
                self.add(&pointer, "a body is a component with a name: refer to one under /components/schemas");
            }
        }
    }

    fn component(&mut self, schema: &Value, pointer: &str) {
        let is_text = schema.get("type").and_then(Value::as_str) == Some("string");
        if let Some(values) = schema.get("enum") {
            self.values(values, is_text, &format!("{pointer}/enum"));
        }
        for key in ["items", "additionalProperties"] {
            self.unnamed(schema.get(key).unwrap_or(&Value::Null), &format!("{pointer}/{key}"));
        }
        for key in ["allOf", "anyOf", "oneOf"] {
            for (index, member) in schema.get(key).and_then(Value::as_array).into_iter().flatten().enumerate() {
                self.unnamed(member, &format!("{pointer}/{key}/{index}"));
            }
        }
        let mut fields = BTreeMap::from([("build".to_owned(), "the builder's own")]);
        // All that an object has beside its properties is a field of its own.
        if schema.get("additionalProperties").is_some_and(|more| *more != Value::Bool(false)) {
            fields.insert("extra".to_owned(), "what holds `additionalProperties`");
        }
        for (name, property) in objects(schema.get("properties")) {
            if let Some(earlier) = fields.insert(names::snake(name), name) {
                let what = format!("`{name}` gives the same Rust name as {earlier}");
                self.add(&format!("{pointer}/properties/{}", escape(name)), what);
            }
            let pointer = format!("{pointer}/properties/{}", escape(name));
            self.unnamed(property, &pointer);
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
                    if syn::parse_str::<syn::Ident>(&variant(text)).is_err() {
                        self.add(&at, format!("`{text}` gives a Rust name that is a keyword"));
                    }
                    if let Some(earlier) = names.insert(variant(text), format!("`{text}`")) {
                        self.add(&at, format!("`{text}` gives the same Rust name as {earlier}"));
                    }
                }
            }
        }
    }

    /// What has a Rust type of its own has a name of its own.
    fn unnamed(&mut self, node: &Value, pointer: &str) {
        for (key, why) in [
            ("enum", "an enum without a name would refuse values it does not know"),
            ("properties", "an object without a name would get one that is made up"),
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
