//! Refuses what the bindings have no form for: what has no Rust name, or none of its own.

use std::collections::BTreeMap;

use unloc_spec::keys::RUST_NAME;
use unloc_spec::schemas::Schemas;
use unloc_spec::{At, Document, Error, Flaw, unsupported_in};

use crate::finish::variant;
use crate::names;

/// Every mistake of this kind in a document.
pub(crate) fn check(document: &Document) -> Vec<Error> {
    let mut found = Found { document, errors: Vec::new() };
    let schemas = Schemas::of(&document.value);
    for Flaw { pointer, message, help } in schemas.untyped().into_iter().chain(schemas.undefined()) {
        found.errors.push(document.error_at_value(&pointer, message).helped(help));
    }
    for pointer in schemas.circular().0 {
        let error = document.error(pointer, "the schema is a part of itself, and has no type");
        found.errors.push(error.helped("take it out of its own `allOf`, `anyOf` or `oneOf`"));
    }
    for (_, schema) in At::find(&document.value, "/components/schemas").iter().flat_map(At::entries) {
        found.fields(&schema);
        if schema.text("type") == Some("string") {
            found.variants(&schema);
        }
    }
    found.errors.extend(unsupported_in(document).into_iter().map(|flaw| document.error_of(flaw)));
    found.errors
}

struct Found<'a> {
    document: &'a Document,
    errors: Vec<Error>,
}

impl Found<'_> {
    fn add(&mut self, at: &At<'_>, message: impl Into<String>) {
        self.errors.push(self.document.error(&at.pointer, message));
    }

    /// The properties of an object have names that differ, as fields and as setters.
    fn fields(&mut self, schema: &At<'_>) {
        let mut fields = BTreeMap::new();
        let mut setters = BTreeMap::from([("build".to_owned(), "the builder's own")]);
        // All that an object has beside its properties is a field of its own.
        if schema.value.get("additionalProperties").is_some_and(serde_json::Value::is_object) {
            fields.insert("extra".to_owned(), "what holds `additionalProperties`");
            setters.insert("extra".to_owned(), "what holds `additionalProperties`");
        }
        for (name, property) in schema.get("properties").iter().flat_map(At::entries) {
            let renamed = property.text(RUST_NAME);
            let earlier = fields.insert(names::snake(name), name);
            if let Some(earlier) = setters.insert(names::snake(renamed.unwrap_or(name)), name).or(earlier) {
                let at = property.get(RUST_NAME);
                self.add(at.as_ref().unwrap_or(&property), format!("`{name}` gives the same Rust name as {earlier}"));
            }
        }
    }

    /// The values of an enum have names that differ.
    fn variants(&mut self, schema: &At<'_>) {
        let mut names = BTreeMap::from([("Unknown".to_owned(), "what is unknown".to_owned())]);
        for value in schema.get("enum").iter().flat_map(At::list) {
            let Some(text) = value.value.as_str() else { continue };
            if syn::parse_str::<syn::Ident>(&variant(text)).is_err() {
                self.add(&value, format!("`{text}` gives a Rust name that is a keyword"));
            }
            if let Some(earlier) = names.insert(variant(text), format!("`{text}`")) {
                self.add(&value, format!("`{text}` gives the same Rust name as {earlier}"));
            }
        }
    }
}
