//! Refuses schemas that the bindings have no form for: those without a Rust name, or without a unique one.

use std::collections::BTreeMap;

use unloc_spec::keys::RUST_NAME;
use unloc_spec::schemas::Schemas;
use unloc_spec::{At, Document, Error, Flaw, unsupported_in};

use crate::finish::variant;
use crate::names;

/// Returns every mistake of this kind in a document.
pub(crate) fn check(document: &Document) -> Vec<Error> {
    let mut found = Found { document, errors: Vec::new() };
    let schemas = Schemas::of(&document.value);
    // At the value and not at its key: the key is `type` or `required`, and the mistake is one of the values behind it.
    for Flaw { pointer, message, help } in schemas.untyped().into_iter().chain(schemas.undefined()) {
        found.errors.push(document.error_at_value(&pointer, message).helped(help));
    }
    // A `oneOf` that names its own schema describes no value: a check of it would never end.
    for pointer in schemas.circular().0 {
        let error = document.error(pointer, "the schema contains itself, so it has no type");
        found.errors.push(error.helped("remove it from its own `allOf`, `anyOf` or `oneOf`"));
    }
    for (_, schema) in At::find(&document.value, "/components/schemas").iter().flat_map(At::entries) {
        found.fields(&schema);
        // Enums of other types are refused as unsupported, so only strings become Rust enums.
        if schema.text("type") == Some("string") {
            found.variants(&schema);
        }
    }
    found.errors.extend(unsupported_in(document).into_iter().map(|flaw| document.error_of(flaw)));
    found.errors
}

/// Collects the errors of a document.
struct Found<'a> {
    document: &'a Document,
    errors: Vec<Error>,
}

impl Found<'_> {
    fn add(&mut self, at: &At<'_>, message: impl Into<String>) {
        self.errors.push(self.document.error(&at.pointer, message));
    }

    /// Checks that the properties of an object have distinct names, as fields and as setters.
    ///
    /// rustc would report two fields of one name in generated code, without the place in the YAML.
    fn fields(&mut self, schema: &At<'_>) {
        const EXTRA: &str = "the field `extra`, which holds `additionalProperties`";
        let mut fields = BTreeMap::new();
        let mut setters = BTreeMap::from([("build".to_owned(), "`build()`, which every builder has".to_owned())]);
        // typify adds a flattened field `extra` for the properties that are not listed.
        if schema.value.get("additionalProperties").is_some_and(serde_json::Value::is_object) {
            fields.insert("extra".to_owned(), EXTRA.to_owned());
            setters.insert("extra".to_owned(), EXTRA.to_owned());
        }
        for (name, property) in schema.get("properties").iter().flat_map(At::entries) {
            let renamed = property.text(RUST_NAME);
            // `x-rust-name` renames the setter only. The field keeps typify's name, so both have to be unique.
            let earlier = fields.insert(names::snake(name), format!("`{name}`"));
            if let Some(earlier) =
                setters.insert(names::snake(renamed.unwrap_or(name)), format!("`{name}`")).or(earlier)
            {
                let at = property.get(RUST_NAME);
                self.add(at.as_ref().unwrap_or(&property), format!("`{name}` gives the same Rust name as {earlier}"));
            }
        }
    }

    /// Checks that the values of an enum have distinct names that are no keywords.
    ///
    /// Two values of one variant name make typify panic with "Failed to make unique variant names".
    fn variants(&mut self, schema: &At<'_>) {
        // `Unknown` holds the values that the spec does not list.
        let mut names =
            BTreeMap::from([("Unknown".to_owned(), "the variant `Unknown`, which every enum has".to_owned())]);
        for value in schema.get("enum").iter().flat_map(At::list) {
            let Some(text) = value.value.as_str() else { continue };
            // `Self` is the only keyword in Pascal case, and cannot be written as `r#Self` either.
            if syn::parse_str::<syn::Ident>(&variant(text)).is_err() {
                self.add(&value, format!("`{text}` gives a Rust name that is a keyword"));
            }
            if let Some(earlier) = names.insert(variant(text), format!("`{text}`")) {
                self.add(&value, format!("`{text}` gives the same Rust name as {earlier}"));
            }
        }
    }
}
