//! Runs progenitor on a prepared spec; what it would panic on becomes an error with a place.
//!
//! How it is run is one of two [`GenerationSettings`]: [`ours`], or [`plain`].

use std::panic::{AssertUnwindSafe, catch_unwind};

use proc_macro2::TokenStream;
use progenitor::{GenerationSettings, Generator, HooksMode, InterfaceStyle, TagStyle, TypeImpl};
use quote::quote;
use serde_json::{Value, json};
use serde_path_to_error::Segment;
use syn::File;

use crate::error::Error;
use crate::load::{Document, escape};
use crate::operation::Operation;
use crate::prepare::Prepared;
use crate::schemas::Schemas;

/// The generator's output as a syntax tree, before the finishing passes.
pub(crate) fn generate(
    document: &Document,
    prepared: &Prepared,
    operations: &[Operation],
    settings: &GenerationSettings,
) -> Result<File, Error> {
    with(run, document, prepared, operations, settings)
}

/// Whether the generator has an output, without a look at it.
pub(crate) fn accept(
    document: &Document,
    prepared: &Prepared,
    operations: &[Operation],
    settings: &GenerationSettings,
) -> Result<(), Error> {
    with(tokens, document, prepared, operations, settings).map(drop)
}

fn with<T>(
    work: fn(&openapiv3::OpenAPI, &GenerationSettings) -> Result<T, String>,
    document: &Document,
    prepared: &Prepared,
    operations: &[Operation],
    settings: &GenerationSettings,
) -> Result<T, Error> {
    let spec = serde_json::from_value(prepared.spec.clone()).or_else(|_| at_its_place(document, prepared))?;
    work(&spec, settings).map_err(|reason| {
        let pointer = blame(prepared, operations, settings).unwrap_or_default();
        // What it says of a `not` is the schema itself, and nothing else.
        if let Some(place) = negation(document, &pointer) {
            let help = "say what it is in place of what it is not, and describe the rest in words";
            return document.error(&place, "the generator cannot bind this `not`").helped(help);
        }
        document.error(&pointer, format!("the generator cannot bind this: {}", sentence(&reason)))
    })
}

/// Reads a spec that cannot be read once more, to say where it cannot; to keep track of that takes time.
fn at_its_place(document: &Document, prepared: &Prepared) -> Result<openapiv3::OpenAPI, Error> {
    serde_path_to_error::deserialize(&prepared.spec).map_err(|error| {
        let steps = error.path().iter().map(|step| match step {
            Segment::Seq { index } => format!("/{index}"),
            Segment::Map { key } => format!("/{}", escape(key)),
            _ => String::new(),
        });
        document.error(&steps.collect::<String>(), format!("not valid OpenAPI 3.0: {}", error.inner()))
    })
}

/// What the bindings of `unloc` are made with; `module` is where they will stand.
pub(crate) fn ours(prepared: &Prepared, module: &str) -> GenerationSettings {
    let mut settings = plain();
    settings
        // No hook is implemented anywhere: a `send` that the finishing passes missed does not compile.
        .with_hooks(HooksMode::Expected)
        .with_inner_type(quote!(crate::transport::Inner))
        .with_map_type("::std::collections::BTreeMap")
        .with_derive("PartialEq");
    for (name, rust) in &prepared.marks.replaced {
        settings.with_replacement(name, rust, std::iter::empty());
    }
    for name in prepared.marks.enums.keys() {
        let rust = format!("{module}::types::{}", heck::ToPascalCase::to_pascal_case(name.as_str()));
        settings.with_replacement(name, rust, [TypeImpl::Display, TypeImpl::FromStr].into_iter());
    }
    settings
}

/// What progenitor is run with when nothing but its own output is wanted: its defaults, and builders.
pub(crate) fn plain() -> GenerationSettings {
    let mut settings = GenerationSettings::default();
    settings.with_interface(InterfaceStyle::Builder).with_tag(TagStyle::Merged).with_hooks(HooksMode::Optional);
    settings
}

/// The first `not` in a component that the generator stumbles over.
fn negation(document: &Document, pointer: &str) -> Option<String> {
    let below = format!("{pointer}/");
    let schemas = Schemas::of(&document.value);
    let mut inside = schemas.all().filter(|(place, _)| *place == pointer || place.starts_with(&below));
    inside
        .find(|(_, schema)| pointer.starts_with("/components/schemas/") && schema.get("not").is_some())
        .map(|(place, _)| format!("{place}/not"))
}

/// The part of a reason that is for people: the generator puts whole objects behind it, as `Debug` shows them, over many
/// lines.
fn sentence(reason: &str) -> String {
    let line = reason.split_whitespace().collect::<Vec<_>>().join(" ");
    // An object begins with its type's name and a brace: `Cookie { parameter_data: …`, `Schema(Object(…`.
    let begins = line.char_indices().find(|(at, sign)| {
        let name =
            line.get(..*at).unwrap_or_default().trim_end().rsplit([' ', '(', '[', '"']).next().unwrap_or_default();
        let is_type = name.starts_with(|first: char| first.is_ascii_uppercase())
            && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
        matches!(sign, '{' | '(' | '[')
            && is_type
            && (*sign != '{' || line.get(..*at).is_some_and(|before| before.ends_with(' ')))
    });
    let end = begins.map_or(line.len(), |(at, _)| {
        let before = line.get(..at).unwrap_or_default().trim_end();
        before.rfind([' ', '(', '[', '"']).map_or(0, |space| space)
    });
    let said = line.get(..end).unwrap_or_default().trim_end_matches([' ', ':', ',', '(', '"', '-']);
    let said: String = said.chars().take(300).collect();
    if said.is_empty() { "it says no more than that".to_owned() } else { said }
}

fn run(spec: &openapiv3::OpenAPI, settings: &GenerationSettings) -> Result<File, String> {
    syn::parse2(tokens(spec, settings)?).map_err(|error| format!("its output is no Rust: {error}"))
}

fn tokens(spec: &openapiv3::OpenAPI, settings: &GenerationSettings) -> Result<TokenStream, String> {
    let tokens = catch_unwind(AssertUnwindSafe(|| Generator::new(settings).generate_tokens(spec)));
    tokens.map_err(|panic| crate::reason(&*panic).to_owned())?.map_err(|error| error.to_string())
}

/// The place that the generator stumbles over: it names none itself, so each operation, then each schema, is tried
/// alone.
fn blame(prepared: &Prepared, operations: &[Operation], settings: &GenerationSettings) -> Option<String> {
    let alone = |paths: Value, schemas: Option<Value>| {
        let mut spec = prepared.spec.clone();
        spec["paths"] = paths;
        if let Some(schemas) = schemas {
            spec["components"]["schemas"] = schemas;
        }
        serde_json::from_value(spec).is_ok_and(|spec| run(&spec, settings).is_err())
    };
    let schemas = prepared.spec.pointer("/components/schemas").and_then(Value::as_object);
    if alone(json!({}), None) {
        let one = |name: &String, schema: &Value| {
            let mut only = serde_json::Map::new();
            // Whatever it refers to is there by name, so that only its own content counts.
            for other in schemas.into_iter().flatten().map(|(other, _)| other) {
                only.insert(other.clone(), json!({ "type": "object" }));
            }
            only.insert(name.clone(), schema.clone());
            alone(json!({}), Some(Value::Object(only)))
        };
        let found = schemas.into_iter().flatten().find(|(name, schema)| one(name, schema));
        return Some(
            found.map_or("/components/schemas".to_owned(), |(name, _)| format!("/components/schemas/{}", escape(name))),
        );
    }
    let found = operations.iter().find(|operation| {
        let (path, method) = (operation.path.as_str(), operation.method.to_ascii_lowercase());
        let item = &prepared.spec["paths"][path];
        let mut only = serde_json::Map::new();
        only.insert(method.clone(), item[method.as_str()].clone());
        if let Some(shared) = item.get("parameters") {
            only.insert("parameters".to_owned(), shared.clone());
        }
        alone(json!({ path: only }), None)
    });
    found.map(|operation| operation.pointer.clone())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_generator_says_is_one_sentence_without_the_objects_that_it_shows() {
        for (reason, said) in [
            (
                "unexpected or unhandled format in the OpenAPI document: parameter: Cookie {\n    parameter_data: ParameterData {\n",
                "unexpected or unhandled format in the OpenAPI document: parameter",
            ),
            (
                "not yet implemented: invalid (or unsupported) schema:\nSchemaObject {\n a: None }",
                "not yet implemented: invalid (or unsupported) schema",
            ),
            ("value: Some(\n  Object(ObjectType {", "value"),
            ("the operationId `a` is used twice", "the operationId `a` is used twice"),
            ("Cookie { a: 1 }", "it says no more than that"),
        ] {
            assert_eq!(sentence(reason), said);
        }
    }
}
