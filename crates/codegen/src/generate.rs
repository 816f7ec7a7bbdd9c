//! Runs progenitor on a prepared spec; what it would panic on becomes an error with a place.

use std::panic::{AssertUnwindSafe, catch_unwind};

use proc_macro2::TokenStream;
use progenitor::{GenerationSettings, Generator, HooksMode, InterfaceStyle, TagStyle, TypeImpl, TypePatch};
use serde_json::{Map, Value, json};
use serde_path_to_error::Segment;
use syn::File;
use unloc_spec::schemas::Schemas;
use unloc_spec::{Document, Error, Operation, escape};

use crate::names;
use crate::placeholder::Placeholders;
use crate::prepare::Prepared;

/// A run of the generator.
pub(crate) struct Run<'a> {
    document: &'a Document,
    prepared: &'a Prepared,
    operations: &'a [Operation],
    /// What operations and parameters are called meanwhile.
    placeholders: &'a Placeholders,
    settings: GenerationSettings,
}

impl<'a> Run<'a> {
    /// With the settings that the bindings are made with; `module` is where they will stand.
    pub(crate) fn of(
        document: &'a Document,
        prepared: &'a Prepared,
        module: &str,
        operations: &'a [Operation],
        placeholders: &'a Placeholders,
    ) -> Self {
        Self { document, prepared, operations, placeholders, settings: settings(prepared, module) }
    }

    /// The generator's output.
    pub(crate) fn tokens(&self) -> Result<TokenStream, Error> {
        let spec = self.placeholders.put(&self.prepared.spec, self.operations);
        let spec = serde_json::from_value(spec).or_else(|_| at_its_place(self.document, self.prepared))?;
        tokens(&spec, &self.settings).map_err(|reason| self.refused(&reason))
    }

    /// Its output as a syntax tree, before the finishing passes.
    pub(crate) fn parsed(&self, tokens: TokenStream) -> Result<File, Error> {
        syn::parse2(tokens).map_err(|error| self.refused(&format!("its output is no Rust: {error}")))
    }

    fn refused(&self, reason: &str) -> Error {
        let Self { document, prepared, operations, settings, .. } = self;
        let pointer = blame(prepared, operations, settings).unwrap_or_default();
        // What it says of a `not` is the schema itself, and nothing else.
        if let Some(place) = negation(document, &pointer) {
            let help = "say what it is in place of what it is not, and describe the rest in words";
            return document.error(&place, "the generator cannot bind this `not`").helped(help);
        }
        document.error(&pointer, format!("the generator cannot bind this: {}", in_words(reason)))
    }
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
fn settings(prepared: &Prepared, module: &str) -> GenerationSettings {
    let mut settings = GenerationSettings::default();
    settings
        .with_interface(InterfaceStyle::Builder)
        .with_tag(TagStyle::Merged)
        // No hook is implemented anywhere: a `send` that the finishing passes missed does not compile.
        .with_hooks(HooksMode::Expected)
        .with_map_type("::std::collections::BTreeMap")
        .with_derive("PartialEq");
    for (name, rust) in &prepared.marks.replaced {
        settings.with_replacement(names::pascal(name), rust, std::iter::empty());
    }
    for name in prepared.marks.enums.keys().chain(prepared.marks.texts.keys()) {
        let rust = format!("{module}::types::{}", names::pascal(name));
        settings.with_replacement(names::pascal(name), rust, [TypeImpl::Display, TypeImpl::FromStr].into_iter());
    }
    let schemas = prepared.spec.pointer("/components/schemas").and_then(Value::as_object);
    for (name, schema) in schemas.into_iter().flatten() {
        let mut patch = TypePatch::default();
        patch.with_attr(r#"#[cfg_attr(feature = "schemars", derive(::schemars::JsonSchema))]"#);
        // What has named fields may get more of them.
        if schema.get("properties").is_some() {
            patch.with_attr("#[non_exhaustive]");
        }
        settings.with_patch(names::pascal(name), &patch);
    }
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

fn tokens(spec: &openapiv3::OpenAPI, settings: &GenerationSettings) -> Result<TokenStream, String> {
    let tokens = catch_unwind(AssertUnwindSafe(|| Generator::new(settings).generate_tokens(spec)));
    tokens.map_err(|panic| crate::reason(&*panic).to_owned())?.map_err(|error| error.to_string())
}

fn is_rust(tokens: TokenStream) -> Result<(), String> {
    syn::parse2::<File>(tokens).map(drop).map_err(|error| error.to_string())
}

/// What the generator says without the structures that it shows, which fill pages and tell a reader of the YAML nothing:
/// `Cookie { parameter_data: …`, `Some(Object(…`.
fn in_words(reason: &str) -> String {
    let line = reason.split_whitespace().collect::<Vec<_>>().join(" ");
    let is_word = |letter: char| letter.is_ascii_alphanumeric() || letter == '_';
    let begins = |place: &usize| {
        let rest = &line[*place..];
        let name = rest.find(|letter| !is_word(letter)).unwrap_or(rest.len());
        let is_type = rest.starts_with(|letter: char| letter.is_ascii_uppercase());
        is_type && [" {", "(", "["].iter().any(|open| rest[name..].starts_with(open))
    };
    let mut words = line.char_indices().map(|(place, _)| place);
    let end = words.find(|place| !line[..*place].ends_with(is_word) && begins(place)).unwrap_or(line.len());
    let said = line[..end].trim_end_matches([' ', ':', ',', '(', '"', '-']);
    match said.char_indices().nth(300) {
        Some((end, _)) => format!("{} …", &said[..end]),
        None if said.is_empty() => "it says no more than that".to_owned(),
        None => said.to_owned(),
    }
}

/// The place that the generator stumbles over: it names none itself, so halves of the schemas, or of the operations, are
/// tried until one is left. To try each alone takes a time that grows with the square of the spec.
fn blame(prepared: &Prepared, operations: &[Operation], settings: &GenerationSettings) -> Option<String> {
    let schemas = prepared.spec.pointer("/components/schemas").and_then(Value::as_object).cloned().unwrap_or_default();
    let mut shell = prepared.spec.as_object().cloned().unwrap_or_default();
    shell.remove("paths");
    if let Some(components) = shell.get_mut("components").and_then(Value::as_object_mut) {
        components.remove("schemas");
    }
    let fails = |paths: Map<String, Value>, schemas: Map<String, Value>| {
        let mut spec = Value::Object(shell.clone());
        spec["paths"] = paths.into();
        spec["components"]["schemas"] = schemas.into();
        serde_json::from_value(spec).is_ok_and(|spec| tokens(&spec, settings).and_then(is_rust).is_err())
    };
    // Whatever else is referred to is there by name, so that only the content of these counts.
    let stubs: Map<_, _> = schemas.keys().map(|name| (name.clone(), json!({ "type": "object" }))).collect();
    if fails(Map::new(), schemas.clone()) {
        let names: Vec<_> = schemas.keys().collect();
        let found = half(&names, &|names| {
            let mut some = stubs.clone();
            some.extend(names.iter().map(|name| ((*name).clone(), schemas[*name].clone())));
            fails(Map::new(), some)
        });
        let one = found.map_or_else(String::new, |name| format!("/{}", escape(name)));
        return Some(format!("/components/schemas{one}"));
    }
    let paths = |operations: &[&Operation]| {
        let mut paths = Map::new();
        for operation in operations {
            let (path, method) = (operation.path.as_str(), operation.method.to_ascii_lowercase());
            let item = &prepared.spec["paths"][path];
            let only = paths.entry(path).or_insert_with(|| json!({}));
            only[method.as_str()] = item[method.as_str()].clone();
            if let Some(shared) = item.get("parameters") {
                only["parameters"] = shared.clone();
            }
        }
        paths
    };
    let all: Vec<_> = operations.iter().collect();
    let is_own = fails(paths(&all), stubs.clone());
    let found = half(&all, &|some| fails(paths(some), if is_own { stubs.clone() } else { schemas.clone() }));
    found.map(|operation| operation.pointer.clone())
}

/// The one of these that fails, if it fails without the others.
fn half<T: Copy>(all: &[T], fails: &dyn Fn(&[T]) -> bool) -> Option<T> {
    match all {
        [] => None,
        [one] => fails(all).then_some(*one),
        _ => {
            let (front, back) = all.split_at(all.len() / 2);
            if fails(front) { half(front, fails) } else { half(back, fails) }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{half, in_words};

    #[test]
    fn a_reason_is_one_line_without_structures() {
        for (said, words) in [
            (
                "cookie parameters are not supported Cookie {\n    parameter_data: ParameterData {\n",
                "cookie parameters are not supported",
            ),
            (
                "not yet implemented: unhandled not schema Object(\n    SchemaObject {\n",
                "not yet implemented: unhandled not schema",
            ),
            ("invalid schema for text/plain: Schema { schema_data: 1 }", "invalid schema for text/plain"),
            (
                "unsupported style of query parameter SpaceDelimited",
                "unsupported style of query parameter SpaceDelimited",
            ),
            ("the path {id} is\ngiven twice", "the path {id} is given twice"),
            ("Øre is no Unit", "Øre is no Unit"),
            (
                "unexpected or unhandled format in the OpenAPI document: parameter: Cookie {\n    data: Data {\n",
                "unexpected or unhandled format in the OpenAPI document: parameter",
            ),
            ("invalid (or unsupported) schema:\nSchemaObject {\n a: None }", "invalid (or unsupported) schema"),
            ("value: Some(\n  Object(ObjectType {", "value"),
            ("the operationId `a` is used twice", "the operationId `a` is used twice"),
            ("Cookie { a: 1 }", "it says no more than that"),
        ] {
            assert_eq!(in_words(said), words);
        }
        assert!(in_words(&"word ".repeat(200)).chars().count() < 310);
    }

    #[test]
    fn the_one_that_fails_is_found_by_halves() {
        let all: Vec<_> = (0..1000).collect();
        for bad in [0, 1, 499, 500, 999] {
            let tries = std::cell::Cell::new(0);
            let found = half(&all, &|some| {
                tries.set(tries.get() + 1);
                some.contains(&bad)
            });
            assert_eq!(found, Some(bad));
            assert!(tries.get() < 30, "{}", tries.get());
        }
        // Two that fail only together are no single one.
        assert_eq!(half(&all, &|some| some.contains(&1) && some.contains(&999)), None);
        assert_eq!(half::<u8>(&[], &|_| true), None);
    }
}
