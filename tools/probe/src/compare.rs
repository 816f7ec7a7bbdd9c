//! Compares a response with its spec.

use std::collections::BTreeSet;

use jsonschema::error::ValidationErrorKind;
use serde_json::{Map, Value};
use unloc_spec::json_schema::{JsonSchemas, Reading};
use unloc_spec::{At, Document, Operation, keys};

/// Describes where a response deviates from the spec. Contains no value of the response.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Deviation {
    /// Is one of `response` (there was none), `status`, `path`, `body`, `field`, `missing`, `type`, `value`,
    /// `format`.
    pub kind: &'static str,
    /// Locates the deviation in the body. The items of a list share one location.
    pub at: String,
    /// Describes the deviation in words.
    pub text: String,
}

impl Deviation {
    pub(crate) fn new(kind: &'static str, at: impl Into<String>, text: impl Into<String>) -> Self {
        Self { kind, at: at.into(), text: text.into() }
    }
}

/// Returns all deviations of a response from the spec.
pub(crate) fn compare(document: &Document, operation: &Operation, status: u16, body: &str) -> BTreeSet<Deviation> {
    let mut found = BTreeSet::new();
    let responses = operation.raw(document).and_then(|raw| raw.get("responses"));
    let documented: Vec<_> = responses.iter().flat_map(At::entries).map(|(status, _)| status.to_owned()).collect();
    if !documented.contains(&status.to_string()) {
        found.insert(Deviation::new(
            "status",
            "",
            format!("{status} is not documented (documented: {})", documented.join(", ")),
        ));
    }
    // An undocumented success is compared with the documented one: the SDK reads any 2xx as that.
    let success = documented.iter().find(|status| status.starts_with('2'));
    let by = if documented.contains(&status.to_string()) {
        status.to_string()
    } else {
        success.cloned().unwrap_or_default()
    };
    // An undocumented error has no schema to compare with.
    if status >= 300 && by.starts_with('2') {
        return found;
    }
    let schema = JsonSchemas::new(document, Reading::Exact).response(operation, &by);
    let (Some(schema), false) = (schema, body.is_empty()) else {
        if !body.is_empty() {
            found.insert(Deviation::new("body", "", "the response has a body, but none is documented"));
        }
        return found;
    };
    let Ok(value) = serde_json::from_str::<Value>(body) else {
        found.insert(Deviation::new("body", "", "the body is not JSON"));
        return found;
    };
    let Ok(validator) = jsonschema::options().should_validate_formats(true).build(&schema) else {
        found.insert(Deviation::new("body", "", "the schema of the spec is invalid; run: cargo xtask validate"));
        return found;
    };
    let names = Names::of(document);
    for error in validator.iter_errors(&value) {
        names.explain(error.kind(), error.instance(), &error.instance_path().to_string(), &mut found);
    }
    found
}

/// Holds the names of all documented properties. Any other name may be data, such as a person's name as the key of a
/// map.
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

    /// Formats a place in a body, without names that may be data.
    fn place(&self, pointer: &str) -> String {
        let part = |part: &str| match part {
            "" => String::new(),
            _ if part.bytes().all(|byte| byte.is_ascii_digit()) => "*".to_owned(),
            _ if self.0.contains(part) => part.to_owned(),
            _ => "[name]".to_owned(),
        };
        pointer.split('/').map(part).collect::<Vec<_>>().join("/")
    }

    /// Returns the name of an undocumented property if it looks like a property name, else a placeholder.
    fn undocumented(&self, name: &str) -> String {
        // A phone number has more than three digits, and a person's name begins with a capital or has a space.
        let is_like_others = name.starts_with(|c: char| c.is_ascii_lowercase())
            && name.len() <= 40
            && name.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_'))
            && name.chars().filter(char::is_ascii_digit).count() < 4;
        if is_like_others || self.0.contains(name) { name.to_owned() } else { "[name]".to_owned() }
    }

    /// Adds the deviations that a validation error stands for.
    fn explain(&self, kind: &ValidationErrorKind, instance: &Value, place: &str, found: &mut BTreeSet<Deviation>) {
        let at = self.place(place);
        match kind {
            ValidationErrorKind::AdditionalProperties { unexpected }
            | ValidationErrorKind::UnevaluatedProperties { unexpected } => {
                for name in unexpected {
                    let shape = instance.get(name).map(|value| self.shape(value)).unwrap_or_default();
                    let name = self.undocumented(name);
                    found.insert(Deviation::new(
                        "field",
                        format!("{at}/{name}"),
                        format!("is not documented (value: {shape})"),
                    ));
                }
            }
            ValidationErrorKind::Required { property } => {
                let name = property.as_str().unwrap_or_default();
                found.insert(Deviation::new("missing", format!("{at}/{name}"), "is required, but missing"));
            }
            ValidationErrorKind::Type { .. } => {
                found.insert(Deviation::new("type", at, format!("is {}, contrary to the spec", self.shape(instance))));
            }
            ValidationErrorKind::Enum { .. } => {
                found.insert(Deviation::new("value", at, "is not one of the documented values"));
            }
            ValidationErrorKind::AnyOf { context } | ValidationErrorKind::OneOfNotValid { context } => {
                // `anyOf: [schema, null]`: the errors of the first branch explain the deviation, those of null do not.
                let own = context.iter().find(|errors| !errors.is_empty());
                for error in own.into_iter().flatten() {
                    self.explain(error.kind(), error.instance(), &error.instance_path().to_string(), found);
                }
            }
            ValidationErrorKind::Format { format } => {
                found.insert(Deviation::new("format", at, format!("is not a valid {format}")));
            }
            other => {
                // `MaxLength { limit: 3 }`: the name of the variant is the name of the keyword.
                let name = format!("{other:?}");
                let name = name.split(|sign: char| !sign.is_alphanumeric()).next().unwrap_or_default().to_lowercase();
                found.insert(Deviation::new("value", at, format!("violates `{name}` of the spec")));
            }
        }
    }

    /// Describes the type of a value without its content.
    fn shape(&self, value: &Value) -> String {
        match value {
            Value::Null => "null".to_owned(),
            Value::Bool(_) => "a boolean".to_owned(),
            Value::Number(number) if number.is_f64() => "a number".to_owned(),
            Value::Number(_) => "an integer".to_owned(),
            Value::String(text) if text.is_empty() => "an empty string".to_owned(),
            Value::String(_) => "a string".to_owned(),
            Value::Array(items) => format!("a list of {} items", items.len()),
            Value::Object(map) => {
                let known: Vec<_> = map.keys().filter(|name| self.0.contains(*name)).cloned().collect();
                let others = map.len() - known.len();
                let others = (others > 0).then(|| format!("{others} other name{}", if others == 1 { "" } else { "s" }));
                let names: Vec<_> = known.into_iter().chain(others).collect();
                if names.is_empty() {
                    "an empty object".to_owned()
                } else {
                    format!("an object with {}", names.join(", "))
                }
            }
        }
    }
}
