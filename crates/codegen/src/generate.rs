//! Runs progenitor on a prepared spec. Input that would make it panic becomes an error with a place.

mod failure;

use std::panic::{AssertUnwindSafe, catch_unwind};

use proc_macro2::TokenStream;
use progenitor::{GenerationSettings, Generator, HooksMode, InterfaceStyle, TagStyle, TypeImpl, TypePatch};
use serde_json::Value;
use serde_path_to_error::Segment;
use syn::File;
use unloc_spec::schemas::Schemas;
use unloc_spec::{Document, Error, Operation, escape};

use crate::names;
use crate::placeholder::Placeholders;
use crate::prepare::Prepared;

/// Describes one run of progenitor.
pub(crate) struct Run<'a> {
    document: &'a Document,
    prepared: &'a Prepared,
    operations: &'a [Operation],
    /// Names operations and parameters while progenitor runs.
    placeholders: &'a Placeholders,
    settings: GenerationSettings,
}

impl<'a> Run<'a> {
    /// Creates a run with the settings of the bindings. `module` is the path that the types will have.
    pub(crate) fn of(
        document: &'a Document,
        prepared: &'a Prepared,
        module: &str,
        operations: &'a [Operation],
        placeholders: &'a Placeholders,
    ) -> Self {
        Self { document, prepared, operations, placeholders, settings: settings(prepared, module) }
    }

    /// Returns progenitor's output.
    pub(crate) fn tokens(&self) -> Result<TokenStream, Error> {
        let spec = self.placeholders.put(&self.prepared.spec, self.operations);
        let spec = serde_json::from_value(spec).or_else(|_| deserialize_with_path(self.document, self.prepared))?;
        tokens(&spec, &self.settings).map_err(|reason| self.refused(&reason))
    }

    /// Parses progenitor's output into a syntax tree for the finishing passes.
    pub(crate) fn parsed(&self, tokens: TokenStream) -> Result<File, Error> {
        syn::parse2(tokens).map_err(|error| self.refused(&format!("its output is not valid Rust: {error}")))
    }

    /// Returns the error for a refusal, at the schema or operation that causes it.
    fn refused(&self, reason: &str) -> Error {
        let Self { document, prepared, operations, settings, .. } = self;
        let pointer = failure::locate(prepared, operations, settings).unwrap_or_default();
        // typify's message for a `not` is a debug dump of the schema and names no construct.
        if let Some(place) = negation(document, &pointer) {
            let help = "describe what the value is instead of what it is not, and put the rest into the description";
            return document.error(&place, "the generator cannot bind this `not`").helped(help);
        }
        document.error(&pointer, format!("the generator cannot bind this: {}", failure::one_line(reason)))
    }
}

/// Deserializes an unreadable spec a second time, to report the place.
///
/// Only this second pass tracks the path: `serde_path_to_error` slows down every build, and a readable spec needs no
/// path. It reads the spec without placeholders, so that the path is one of the author's file.
fn deserialize_with_path(document: &Document, prepared: &Prepared) -> Result<openapiv3::OpenAPI, Error> {
    serde_path_to_error::deserialize(&prepared.spec).map_err(|error| {
        let steps = error.path().iter().map(|step| match step {
            Segment::Seq { index } => format!("/{index}"),
            Segment::Map { key } => format!("/{}", escape(key)),
            // An enum variant or an unknown step of openapiv3's own types, which has no counterpart in the file.
            _ => String::new(),
        });
        document.error(&steps.collect::<String>(), format!("not valid OpenAPI 3.0: {}", error.inner()))
    })
}

/// Returns the settings that the bindings of `unloc` are generated with. `module` is the path that the types will have.
fn settings(prepared: &Prepared, module: &str) -> GenerationSettings {
    let mut settings = GenerationSettings::default();
    settings
        // Builders keep a call source-compatible when an operation gets an optional parameter; positional arguments do
        // not.
        .with_interface(InterfaceStyle::Builder)
        // With `Separate`, an operation with two tags would be generated twice.
        .with_tag(TagStyle::Merged)
        // No hook is implemented anywhere: if the finishing passes miss a `send`, it does not compile.
        .with_hooks(HooksMode::Expected)
        // An ordered map gives the same JSON in each run; progenitor's default is `HashMap`.
        .with_map_type("::std::collections::BTreeMap")
        .with_derive("PartialEq");
    for (name, rust) in &prepared.marks.replaced {
        // Handwritten types need no `impls`: they have their own `Display` and `FromStr`, or must not have one
        // (secrets).
        settings.with_replacement(names::pascal(name), rust, std::iter::empty());
    }
    // `finish` writes these types: typify's closed enums refuse unknown values, and its string newtypes have a public
    // field.
    for name in prepared.marks.enums.keys().chain(prepared.marks.texts.keys()) {
        // progenitor pastes the path into several nested modules, so it has to be absolute.
        let rust = format!("{module}::types::{}", names::pascal(name));
        settings.with_replacement(names::pascal(name), rust, [TypeImpl::Display, TypeImpl::FromStr].into_iter());
    }
    let schemas = prepared.spec.pointer("/components/schemas").and_then(Value::as_object);
    for (name, schema) in schemas.into_iter().flatten() {
        let mut patch = TypePatch::default();
        patch.with_attr(r#"#[cfg_attr(feature = "schemars", derive(::schemars::JsonSchema))]"#);
        // A type with named fields may get more fields in a compatible release; builders keep it constructible.
        if schema.get("properties").is_some() {
            patch.with_attr("#[non_exhaustive]");
        }
        settings.with_patch(names::pascal(name), &patch);
    }
    settings
}

/// Returns the place of the first `not` in the component at `pointer`.
fn negation(document: &Document, pointer: &str) -> Option<String> {
    let below = format!("{pointer}/");
    let schemas = Schemas::of(&document.value);
    let mut inside = schemas.all().filter(|(place, _)| *place == pointer || place.starts_with(&below));
    inside
        .find(|(_, schema)| pointer.starts_with("/components/schemas/") && schema.get("not").is_some())
        .map(|(place, _)| format!("{place}/not"))
}

/// Runs progenitor. A refusal is either an error or a panic (`assert!`, `todo!`, `unimplemented!` in its source).
fn tokens(spec: &openapiv3::OpenAPI, settings: &GenerationSettings) -> Result<TokenStream, String> {
    let tokens = catch_unwind(AssertUnwindSafe(|| Generator::new(settings).generate_tokens(spec)));
    tokens.map_err(|panic| crate::panics::message(&*panic).to_owned())?.map_err(|error| error.to_string())
}
