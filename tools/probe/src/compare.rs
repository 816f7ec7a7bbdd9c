//! An answer, held to what the spec says of it.

use std::collections::BTreeSet;

use jsonschema::error::ValidationErrorKind;
use serde_json::{Map, Value};
use unloc_spec::json_schema::{JsonSchemas, Reading};
use unloc_spec::{At, Document, Operation, keys};

/// Where an answer is not what the spec says. Holds no value of it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Deviation {
    /// `answer`, `status`, `path`, `body`, `field`, `missing`, `type`, `value`, `format`.
    pub kind: &'static str,
    /// Where in the body; items of lists are all alike.
    pub at: String,
    /// What it is, in words.
    pub text: String,
}

impl Deviation {
    pub(crate) fn new(kind: &'static str, at: impl Into<String>, text: impl Into<String>) -> Self {
        Self { kind, at: at.into(), text: text.into() }
    }
}

/// Everything in which an answer deviates, each once.
pub(crate) fn compare(document: &Document, operation: &Operation, status: u16, body: &str) -> BTreeSet<Deviation> {
    let mut found = BTreeSet::new();
    let responses = operation.raw(document).and_then(|raw| raw.get("responses"));
    let documented: Vec<_> = responses.iter().flat_map(At::entries).map(|(status, _)| status.to_owned()).collect();
    if !documented.contains(&status.to_string()) {
        found.insert(Deviation::new(
            "status",
            "",
            format!("{status} is not documented, only {}", documented.join(", ")),
        ));
    }
    // An undocumented success is held to the documented one.
    let success = documented.iter().find(|status| status.starts_with('2'));
    let by = if documented.contains(&status.to_string()) {
        status.to_string()
    } else {
        success.cloned().unwrap_or_default()
    };
    if status >= 300 && by.starts_with('2') {
        return found;
    }
    let schema = JsonSchemas::new(document, Reading::Exact).response(operation, &by);
    let (Some(schema), false) = (schema, body.is_empty()) else {
        if !body.is_empty() {
            found.insert(Deviation::new("body", "", "there is a body, and none is documented"));
        }
        return found;
    };
    let Ok(value) = serde_json::from_str::<Value>(body) else {
        found.insert(Deviation::new("body", "", "the body is no JSON"));
        return found;
    };
    let Ok(validator) = jsonschema::options().should_validate_formats(true).build(&schema) else {
        found.insert(Deviation::new("body", "", "the spec's schema cannot be used: see cargo xtask validate"));
        return found;
    };
    let names = Names::of(document);
    for error in validator.iter_errors(&value) {
        names.explain(error.kind(), error.instance(), &error.instance_path().to_string(), &mut found);
    }
    found
}

/// The names of all properties. Any other name may be data: the names of a map are, and may be people's.
struct Names(BTreeSet<String>);

impl Names {
    fn of(document: &Document) -> Self {
        let schemas = document.value.pointer("/components/schemas").and_then(Value::as_object);
        let mut names = BTreeSet::new();
        for schema in schemas.into_iter().flat_map(Map::values) {
            for (name, node) in schema.get("properties").and_then(Value::as_object).into_iter().flatten() {
                names.insert(name.clone());
                let aliases = node.get(keys::ALIASES).and_then(Value::as_array).into_iter().flatten();
                names.extend(aliases.filter_map(Value::as_str).map(str::to_owned));
            }
        }
        Self(names)
    }

    /// A place in a body.
    fn place(&self, pointer: &str) -> String {
        let part = |part: &str| match part {
            "" => String::new(),
            _ if part.bytes().all(|byte| byte.is_ascii_digit()) => "*".to_owned(),
            _ if self.0.contains(part) => part.to_owned(),
            _ => "[name]".to_owned(),
        };
        pointer.split('/').map(part).collect::<Vec<_>>().join("/")
    }

    /// A property that is not documented, where an object has documented ones: if it is called as properties are.
    fn news(&self, name: &str) -> String {
        let is_like_others = name.starts_with(|c: char| c.is_ascii_lowercase())
            && name.len() <= 40
            && name.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_'))
            && name.chars().filter(char::is_ascii_digit).count() < 4;
        if is_like_others || self.0.contains(name) { name.to_owned() } else { "[name]".to_owned() }
    }

    fn explain(&self, kind: &ValidationErrorKind, instance: &Value, place: &str, found: &mut BTreeSet<Deviation>) {
        let at = self.place(place);
        match kind {
            ValidationErrorKind::AdditionalProperties { unexpected }
            | ValidationErrorKind::UnevaluatedProperties { unexpected } => {
                for name in unexpected {
                    let shape = instance.get(name).map(|value| self.shape(value)).unwrap_or_default();
                    let name = self.news(name);
                    found.insert(Deviation::new(
                        "field",
                        format!("{at}/{name}"),
                        format!("is not documented; it is {shape}"),
                    ));
                }
            }
            ValidationErrorKind::Required { property } => {
                let name = property.as_str().unwrap_or_default();
                found.insert(Deviation::new("missing", format!("{at}/{name}"), "is required, and not there"));
            }
            ValidationErrorKind::Type { .. } => {
                found.insert(Deviation::new(
                    "type",
                    at,
                    format!("is {}, which the spec does not say", self.shape(instance)),
                ));
            }
            ValidationErrorKind::Enum { .. } => {
                found.insert(Deviation::new("value", at, "is none of the documented values"));
            }
            ValidationErrorKind::AnyOf { context } | ValidationErrorKind::OneOfNotValid { context } => {
                // Null is the other branch of what is nullable: what the first says is the point.
                let own = context.iter().find(|errors| !errors.is_empty());
                for error in own.into_iter().flatten() {
                    self.explain(error.kind(), error.instance(), &error.instance_path().to_string(), found);
                }
            }
            ValidationErrorKind::Format { format } => {
                found.insert(Deviation::new("format", at, format!("is no {format}")));
            }
            other => {
                let name = format!("{other:?}");
                let name = name.split(|sign: char| !sign.is_alphanumeric()).next().unwrap_or_default().to_lowercase();
                found.insert(Deviation::new("value", at, format!("does not keep the spec's `{name}`")));
            }
        }
    }

    /// What a value looks like, without what it says.
    fn shape(&self, value: &Value) -> String {
        match value {
            Value::Null => "null".to_owned(),
            Value::Bool(_) => "a boolean".to_owned(),
            Value::Number(number) if number.is_f64() => "a number".to_owned(),
            Value::Number(_) => "a whole number".to_owned(),
            Value::String(text) if text.is_empty() => "an empty text".to_owned(),
            Value::String(_) => "a text".to_owned(),
            Value::Array(items) => format!("a list of {} items", items.len()),
            Value::Object(map) => {
                let known: Vec<_> = map.keys().filter(|name| self.0.contains(*name)).cloned().collect();
                let others = map.len() - known.len();
                let others = (others > 0).then(|| format!("{others} other name{}", if others == 1 { "" } else { "s" }));
                let names: Vec<_> = known.into_iter().chain(others).collect();
                format!(
                    "an object with {}",
                    if names.is_empty() { "nothing in it".to_owned() } else { names.join(", ") }
                )
            }
        }
    }
}
