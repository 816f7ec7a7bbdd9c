//! Checks single keys, beyond the type of their value.

mod filter;
mod unwrapping;

use serde_json::Value;

use super::{Key, Values};
use crate::load::{escape, resolve};
use crate::tolerance::Tolerance;
use crate::words::RESERVED;

pub(super) use filter::required_filter;
pub(super) use unwrapping::{envelope, pagination};

/// Describes one use of a key in a document.
pub(crate) struct KeyUse<'a> {
    pub(crate) key: &'static Key,
    /// Is the whole document.
    pub(crate) root: &'a Value,
    /// Is the JSON pointer of the node that has the key.
    pub(crate) pointer: &'a str,
    /// Is that node.
    pub(crate) node: &'a Value,
    /// Is the value of the key.
    pub(crate) value: &'a Value,
}

/// Collects what is wrong with one use: the pointer below the key, and the message.
#[derive(Default)]
pub(crate) struct Violations(pub(crate) Vec<(String, String)>);

impl Violations {
    /// Adds a violation at the key itself.
    pub(crate) fn add(&mut self, message: impl Into<String>) {
        self.add_at("", message);
    }

    /// Adds a violation at a place below the key.
    pub(crate) fn add_at(&mut self, below: &str, message: impl Into<String>) {
        self.0.push((below.to_owned(), message.into()));
    }
}

impl KeyUse<'_> {
    /// Returns everything that is wrong with the use.
    pub(crate) fn violations(&self) -> Violations {
        let mut violations = Violations::default();
        // The key's own check may rely on the type of the value.
        if let Some(expected) = self.expected() {
            violations.add(format!("{} must be {expected}", self.key.name));
        } else if let Some(check) = self.key.check {
            check(self, &mut violations);
        }
        violations
    }

    /// Returns what the value should be, unless it is that.
    fn expected(&self) -> Option<String> {
        let word = self.value.as_str();
        match self.key.values {
            Values::OneOf(words) if word.is_none_or(|word| !words.contains(&word)) => {
                let choice = words.iter().map(|word| format!("`{word}`")).collect::<Vec<_>>();
                let choice = if let [one, other] = choice.as_slice() {
                    format!("{one} or {other}")
                } else {
                    format!("one of {}", choice.join(", "))
                };
                Some(format!("{choice}, not `{}`", word.map_or_else(|| self.value.to_string(), str::to_owned)))
            }
            Values::Flag if !self.value.is_boolean() => Some("`true` or `false`".to_owned()),
            Values::Text if word.is_none_or(|word| word.trim().is_empty()) => {
                Some("a string that is not empty".to_owned())
            }
            _ => None,
        }
    }

    /// Returns a property of the node by its name.
    fn property(&self, name: &str) -> Option<&Value> {
        self.node.get("properties")?.get(name)
    }
}

/// Returns the schema of an operation's first success, as a reference or inline.
fn success<'a>(root: &'a Value, operation: &'a Value) -> Option<&'a Value> {
    let responses = operation.get("responses")?.as_object()?;
    let (_, response) = responses.iter().find(|(status, _)| status.starts_with('2'))?;
    resolve(root, response)?.pointer("/content/application~1json/schema")
}

/// Checks that an inferred response requires nothing.
pub(super) fn response_evidence(one: &KeyUse<'_>, violations: &mut Violations) {
    let schema = success(one.root, one.node).and_then(|schema| resolve(one.root, schema));
    let required = schema.and_then(|schema| schema.get("required")?.as_array()?.first()?.as_str());
    if let Some(name) = required.filter(|_| one.value == "inferred") {
        // For a response that cannot be decoded, the bindings return a value without any property. A required property
        // would have to be invented.
        violations.add(format!("the response is inferred, so it must not require `{name}`"));
    }
}

/// Checks that a name survives the conversion to every case of Rust's names.
pub(super) fn rust_name(one: &KeyUse<'_>, violations: &mut Violations) {
    if let Some(flaw) = name_flaw(one.value.as_str().unwrap_or_default()) {
        violations.add(format!("x-rust-name {flaw}"));
    }
}

/// Returns why a name does not survive the conversion to every case of Rust's names, as the end of a sentence.
fn name_flaw(name: &str) -> Option<String> {
    let is_ascii_word = name.chars().all(|letter| letter.is_ascii_alphanumeric() || letter == '_');
    // heck splits words at `_` and at capitals. `get_Lock`, `get__lock` and `_lock` do not come back from that.
    let is_mixed = name.contains('_') && name.contains(|letter: char| letter.is_ascii_uppercase());
    let has_words = name.split('_').all(|word| !word.is_empty());
    let starts_lower = name.starts_with(|letter: char| letter.is_ascii_lowercase());
    if !is_ascii_word || !starts_lower || !has_words || is_mixed {
        Some("must be a Rust identifier in snake or camel case, such as `getLock` or `get_lock`".to_owned())
    } else {
        RESERVED.contains(&name).then(|| format!("must not be the keyword `{name}`"))
    }
}

/// Checks that a sensitive schema is a string.
pub(super) fn sensitive(one: &KeyUse<'_>, violations: &mut Violations) {
    // The types that redact their value hold a string. Another type would be generated without redaction.
    if one.node.get("type").is_none_or(|kind| kind != "string") {
        violations.add("only a string can be sensitive: this value would show in Debug output");
    }
}

/// Checks that the schema is an enum.
pub(super) fn case_insensitive(one: &KeyUse<'_>, violations: &mut Violations) {
    if one.node.get("enum").is_none() {
        violations.add("x-case-insensitive is for the values of an enum, and this schema has none");
    }
}

/// Checks that each description is a string and belongs to a value of the enum.
pub(super) fn enum_descriptions(one: &KeyUse<'_>, violations: &mut Violations) {
    let values = one.node.get("enum").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    let Some(described) = one.value.as_object() else {
        return violations.add("x-enum-descriptions must have a string for each value of the enum");
    };
    for (value, text) in described {
        if !values.iter().any(|other| other == value) {
            violations.add(format!("the enum has no value `{value}`"));
        } else if !text.is_string() {
            violations.add(format!("the description of the value `{value}` must be a string"));
        }
    }
}

/// Checks that aliases are a list of strings.
pub(super) fn aliases(one: &KeyUse<'_>, violations: &mut Violations) {
    if one.value.as_array().is_none_or(|names| names.is_empty() || !names.iter().all(Value::is_string)) {
        violations.add("x-aliases must be a list of names");
    }
}

/// Checks that an echo names something.
///
/// Whether a request has a value of that name depends on the operation: one schema is the response of several.
pub(super) fn echoes(one: &KeyUse<'_>, violations: &mut Violations) {
    if one.value.as_str().is_none_or(str::is_empty) {
        violations.add("x-echoes must name a property or path parameter of requests");
    }
}

/// Checks that a tolerance is one that the bindings have a reader for.
pub(super) fn tolerate(one: &KeyUse<'_>, violations: &mut Violations) {
    let tolerance = one.node.get("type").and_then(Value::as_str).and_then(Tolerance::for_type);
    let Some(Tolerance { also: fits, .. }) = tolerance else {
        return violations.add("x-tolerate: only a scalar or a list can be read from another type");
    };
    let format = |node: &Value| node.get("format").and_then(Value::as_str).unwrap_or_default().to_owned();
    // A date or time has a Rust type of its own, and its own reader. Strings of all other formats are `String`.
    let is_text = |node: &Value| {
        node.get("type").is_some_and(|kind| kind == "string") && !["date", "date-time"].contains(&format(node).as_str())
    };
    let is_list = |items: &Value| is_text(items) && items.get("nullable") != Some(&Value::Bool(true));
    let is_readable = match one.node.get("type").and_then(Value::as_str) {
        Some("string") => is_text(one.node),
        // There are readers for `i64` and `i32`, and none for the smaller types that typify makes of `int8` and the
        // like.
        Some("integer") => ["", "int32", "int64"].contains(&format(one.node).as_str()),
        Some("array") if !one.node.get("items").is_some_and(is_list) => {
            return violations.add("x-tolerate: only a list of strings can be read from another type");
        }
        _ => true,
    };
    if !is_readable {
        return violations.add("x-tolerate: a value of this format cannot be read from another type");
    }
    if *one.value == Value::from(vec![fits, "any"]) {
        let owner = one.pointer.rsplit_once("/properties/");
        let owner = owner.and_then(|(owner, name)| Some((one.root.pointer(owner)?, name)));
        let is_required = owner.is_some_and(|(owner, name)| {
            let required = owner.get("required").and_then(Value::as_array);
            // The name is a step of a pointer here, in which `/` is escaped.
            required.into_iter().flatten().any(|other| other.as_str().map(escape).as_deref() == Some(name))
        });
        if is_required {
            violations.add("x-tolerate: `any` is for an optional property, since it reads other values as absent");
        }
    } else if *one.value != Value::from(vec![fits]) {
        violations.add(format!("x-tolerate must be `[{fits}]` or `[{fits}, any]` for this type"));
    }
}

/// Checks that each exception from a rule has a reason.
pub(super) fn lint_allow(one: &KeyUse<'_>, violations: &mut Violations) {
    let Some(rules) = one.value.as_object() else {
        return violations.add("x-lint-allow must map rules to the reasons of their exceptions");
    };
    for (rule, reason) in rules {
        if reason.as_str().is_none_or(|reason| reason.trim().is_empty()) {
            violations.add_at(&format!("/{}", escape(rule)), format!("the exception from `{rule}` has no reason"));
        }
    }
}
