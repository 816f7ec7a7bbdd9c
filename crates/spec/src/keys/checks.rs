//! Checks of single keys: what the kind of their value does not tell.

use serde_json::{Map, Value};

use super::{ENVELOPE, Key, PAGINATION, SENSITIVE, Values};
use crate::at::At;
use crate::load::{beside_null, escape, resolve, schema_name, underlying};
use crate::tolerance::Tolerance;
use crate::walk::RawOperation;
use crate::words::RESERVED;

/// One use of a key.
pub(crate) struct Use<'a> {
    pub(crate) key: &'static Key,
    /// The whole document.
    pub(crate) root: &'a Value,
    /// JSON pointer of the node that has the key.
    pub(crate) pointer: &'a str,
    /// That node.
    pub(crate) node: &'a Value,
    /// What the key says.
    pub(crate) value: &'a Value,
}

/// What is wrong with one use: the place below the key, and the sentence.
#[derive(Default)]
pub(crate) struct Faults(pub(crate) Vec<(String, String)>);

impl Faults {
    pub(crate) fn say(&mut self, message: impl Into<String>) {
        self.at("", message);
    }

    pub(crate) fn at(&mut self, below: &str, message: impl Into<String>) {
        self.0.push((below.to_owned(), message.into()));
    }
}

impl Use<'_> {
    /// Everything that is wrong with it.
    pub(crate) fn faults(&self) -> Faults {
        let mut faults = Faults::default();
        if let Some(kind) = self.kind() {
            faults.say(format!("{} is {kind}", self.key.name));
        } else if let Some(check) = self.key.check {
            check(self, &mut faults);
        }
        faults
    }

    /// What the value should be and is not.
    fn kind(&self) -> Option<String> {
        let word = self.value.as_str();
        match self.key.values {
            Values::OneOf(words) if word.is_none_or(|word| !words.contains(&word)) => {
                let told = words.iter().map(|word| format!("`{word}`")).collect::<Vec<_>>();
                let told = if let [one, other] = told.as_slice() {
                    format!("{one} or {other}")
                } else {
                    format!("one of {}", told.join(", "))
                };
                Some(format!("{told}, not `{}`", word.map_or_else(|| self.value.to_string(), str::to_owned)))
            }
            Values::Flag if !self.value.is_boolean() => Some("`true` or `false`".to_owned()),
            Values::Text if word.is_none_or(|word| word.trim().is_empty()) => {
                Some("a text that is not empty".to_owned())
            }
            _ => None,
        }
    }

    /// A property of the node by its name.
    fn property(&self, name: &str) -> Option<&Value> {
        self.node.get("properties")?.get(name)
    }
}

/// The schema of an operation's first success, as it is named or written there.
fn success<'a>(root: &'a Value, operation: &'a Value) -> Option<&'a Value> {
    let responses = operation.get("responses")?.as_object()?;
    let (_, response) = responses.iter().find(|(status, _)| status.starts_with('2'))?;
    resolve(root, response)?.pointer("/content/application~1json/schema")
}

pub(super) fn response_evidence(one: &Use<'_>, faults: &mut Faults) {
    let schema = success(one.root, one.node).and_then(|schema| resolve(one.root, schema));
    let required = schema.and_then(|schema| schema.get("required")?.as_array()?.first()?.as_str());
    if let Some(name) = required.filter(|_| one.value == "inferred") {
        // Whoever gets a response that cannot be read would get a value that is made up.
        faults.say(format!("the response is inferred, and yet `{name}` is required of it"));
    }
}

/// The list and the cursor of a response, the cursor's parameter and the one beside it.
pub(super) fn pagination(one: &Use<'_>, faults: &mut Faults) {
    let name = |key: &str| one.value.get(key).and_then(Value::as_str);
    let says = |what: &str| format!("x-pagination: {what}");
    for key in ["items", "cursor"] {
        if name(key).is_none() {
            faults.say(says(&format!("`{key}` is missing")));
        }
    }
    let size = one.value.get("size").and_then(Value::as_u64);
    if size.is_none_or(|size| size == 0) {
        faults.say(says("`size`, the items to ask for at once, is missing"));
    }
    if size.is_some_and(|size| i32::try_from(size).is_err()) {
        faults.at("/size", says("`size` is more than can be asked for"));
    }
    let strange = one.value.as_object().into_iter().flat_map(Map::keys);
    for key in strange.filter(|key| !["items", "cursor", "size"].contains(&key.as_str())) {
        faults.at(&format!("/{}", escape(key)), says(&format!("`{key}` is none of items, cursor and size")));
    }
    let (Some(items), Some(cursor), true) = (name("items"), name("cursor"), faults.0.is_empty()) else { return };
    let Some(operation) = RawOperation::all(one.root).find(|raw| raw.pointer == one.pointer) else { return };
    let parameters = operation.parameters(one.root);
    for name in [cursor, "limit"] {
        let is_it = |at: &&At<'_>| at.text("name") == Some(name) && at.text("in") == Some("query");
        let Some(parameter) = parameters.iter().find(is_it) else {
            faults.say(says(&format!("the operation has no query parameter `{name}`")));
            continue;
        };
        // The first page has no cursor, and how many entries one wants is for `items()` to say.
        if parameter.is("required") {
            faults.say(says(&format!("the query parameter `{name}` is required, and has to be optional")));
        }
        let schema = parameter.get("schema").and_then(|schema| schema.follow(one.root));
        let is_right = match &schema {
            Some(schema) if name == cursor => schema.text(SENSITIVE) == Some("cursor"),
            Some(schema) => {
                // Any other can hold the size of a page.
                let is_small =
                    ["int8", "int16", "uint8", "uint16"].contains(&schema.text("format").unwrap_or_default());
                schema.text("type") == Some("integer") && !is_small
            }
            // What leads nowhere is told as such.
            None => true,
        };
        if !is_right {
            let kind = if name == cursor {
                format!("a text with `{SENSITIVE}: cursor`")
            } else {
                "an integer of 32 bits or more".to_owned()
            };
            faults.say(says(&format!("the query parameter `{name}` has to be {kind}")));
        }
    }
    // A response that cannot be looked up is told as such.
    let schema = success(one.root, one.node).and_then(|schema| resolve(one.root, schema));
    if schema.is_some_and(|schema| schema.get("nullable") == Some(&Value::Bool(true))) {
        faults.say(says("the response is nullable, and would have no list then"));
    }
    let Some(properties) = schema.and_then(|schema| schema.get("properties")) else {
        if schema.is_some() {
            faults.say(says("the response has no `properties` of its own, and so no list"));
        }
        return;
    };
    for name in [items, cursor] {
        if properties.get(name).is_none() {
            faults.say(says(&format!("the response has no property `{name}`")));
        }
    }
    let component = |name: &str| one.root.pointer(&format!("/components/schemas/{}", escape(name)));
    let named = properties.get(cursor).and_then(schema_name).and_then(component);
    let is_cursor = named.and_then(|node| node.get(SENSITIVE)).is_some_and(|kind| kind == "cursor");
    if properties.get(cursor).is_some() && !is_cursor {
        faults
            .say(says(&format!("the property `{cursor}` of the response has to be a text with `{SENSITIVE}: cursor`")));
    }
    if properties
        .get(items)
        .is_some_and(|list| list.get("type").is_none_or(|kind| kind != "array") || list.get("items").is_none())
    {
        faults.say(says(&format!("the property `{items}` of the response is no list")));
    }
    if let Some(schema) = schema.filter(|schema| schema.get(ENVELOPE).is_none() && faults.0.is_empty()) {
        alone(one.root, schema, items, PAGINATION, faults);
    }
}

/// Names that every conversion to a case of Rust's takes as they are meant.
pub(super) fn rust_name(one: &Use<'_>, faults: &mut Faults) {
    let name = one.value.as_str().unwrap_or_default();
    let is_plain = name.chars().all(|letter| letter.is_ascii_alphanumeric() || letter == '_');
    let is_mixed = name.contains('_') && name.contains(|letter: char| letter.is_ascii_uppercase());
    let has_words = name.split('_').all(|word| !word.is_empty());
    let is_named = name.starts_with(|letter: char| letter.is_ascii_lowercase());
    if !is_plain || !is_named || !has_words || is_mixed {
        faults.say("x-rust-name is a Rust identifier in snake or camel case, such as `getLock` or `get_lock`");
    } else if RESERVED.contains(&name) {
        faults.say(format!("x-rust-name is no name in Rust: `{name}` is a keyword"));
    }
}

pub(super) fn envelope(one: &Use<'_>, faults: &mut Faults) {
    match one.value.as_str().filter(|name| one.property(name).is_some()) {
        None => faults.say(format!("x-envelope names a property of the schema, and {} is none", one.value)),
        Some(name) => alone(one.root, one.node, name, ENVELOPE, faults),
    }
}

/// Beside the value in a response there is nothing, and beside a list a cursor: whatever else stood there would be lost.
fn alone(root: &Value, schema: &Value, property: &str, key: &str, faults: &mut Faults) {
    if let Some(part) = ["allOf", "anyOf", "oneOf"].iter().find(|part| schema.get(**part).is_some()) {
        faults.say(format!("{key}: what `{part}` adds beside `{property}` would be lost"));
    }
    if schema.get("additionalProperties").is_some_and(Value::is_object) {
        faults.say(format!("{key}: what `additionalProperties` allows beside `{property}` would be lost"));
    }
    let properties = schema.get("properties").and_then(Value::as_object);
    let is_list = properties.and_then(|all| all.get(property)?.get("type")).is_some_and(|kind| kind == "array");
    let is_cursor = |node: &Value| {
        let node = beside_null(node).map_or(node, |(_, other)| other);
        underlying(root, node).and_then(|node| node.get(SENSITIVE)).is_some_and(|kind| kind == "cursor")
    };
    let mut others = properties.into_iter().flatten().filter(|(name, _)| *name != property);
    let lost = match (others.next(), is_list) {
        (Some((_, node)), true) if is_cursor(node) => others.next(),
        (first, _) => first,
    };
    if let Some((name, _)) = lost {
        faults.say(format!(
            "{key}: `{name}` beside `{property}` would be lost; beside a list there may be a cursor, and nothing else"
        ));
    }
}

pub(super) fn sensitive(one: &Use<'_>, faults: &mut Faults) {
    if one.node.get("type").is_none_or(|kind| kind != "string") {
        faults.say("only a text can be sensitive: this would show in Debug output");
    }
}

pub(super) fn case_insensitive(one: &Use<'_>, faults: &mut Faults) {
    if one.node.get("enum").is_none() {
        faults.say("x-case-insensitive is about the values of an enum, and this is none");
    }
}

pub(super) fn enum_descriptions(one: &Use<'_>, faults: &mut Faults) {
    let values = one.node.get("enum").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    let Some(described) = one.value.as_object() else {
        return faults.say("x-enum-descriptions has a text for each value of the enum");
    };
    for (value, text) in described {
        if !values.iter().any(|other| other == value) {
            faults.say(format!("the enum has no value `{value}`"));
        } else if !text.is_string() {
            faults.say(format!("the description of the value `{value}` is a text"));
        }
    }
}

pub(super) fn aliases(one: &Use<'_>, faults: &mut Faults) {
    if one.value.as_array().is_none_or(|names| names.is_empty() || !names.iter().all(Value::is_string)) {
        faults.say("x-aliases is a list of names");
    }
}

pub(super) fn echoes(one: &Use<'_>, faults: &mut Faults) {
    if one.value.as_str().is_none_or(str::is_empty) {
        faults.say("x-echoes names a property or path parameter of requests");
    }
}

pub(super) fn tolerate(one: &Use<'_>, faults: &mut Faults) {
    let tolerance = one.node.get("type").and_then(Value::as_str).and_then(Tolerance::for_type);
    let Some(Tolerance { also: fits, .. }) = tolerance else {
        return faults.say("only a scalar or a list can be read loosely");
    };
    let format = |node: &Value| node.get("format").and_then(Value::as_str).unwrap_or_default().to_owned();
    let is_text = |node: &Value| {
        node.get("type").is_some_and(|kind| kind == "string") && !["date", "date-time"].contains(&format(node).as_str())
    };
    let is_list = |items: &Value| is_text(items) && items.get("nullable") != Some(&Value::Bool(true));
    let is_readable = match one.node.get("type").and_then(Value::as_str) {
        Some("string") => is_text(one.node),
        Some("integer") => ["", "int32", "int64"].contains(&format(one.node).as_str()),
        Some("array") if !one.node.get("items").is_some_and(is_list) => {
            return faults.say("x-tolerate: of lists, only one of texts can be read loosely");
        }
        _ => true,
    };
    if !is_readable {
        return faults.say("x-tolerate: what has this format cannot be read loosely");
    }
    if *one.value == Value::from(vec![fits, "any"]) {
        let owner = one.pointer.rsplit_once("/properties/");
        let owner = owner.and_then(|(owner, name)| Some((one.root.pointer(owner)?, name)));
        let is_required = owner.is_some_and(|(owner, name)| {
            let required = owner.get("required").and_then(Value::as_array);
            required.into_iter().flatten().any(|other| other.as_str().map(escape).as_deref() == Some(name))
        });
        if is_required {
            faults.say("what is required cannot be as good as absent: `any` is for an optional property");
        }
    } else if *one.value != Value::from(vec![fits]) {
        faults.say(format!("x-tolerate is `[{fits}]` or `[{fits}, any]` for this type"));
    }
}

pub(super) fn lint_allow(one: &Use<'_>, faults: &mut Faults) {
    let Some(rules) = one.value.as_object() else {
        return faults.say("x-lint-allow names rules, each with the reason of its exception");
    };
    for (rule, reason) in rules {
        if reason.as_str().is_none_or(|reason| reason.trim().is_empty()) {
            faults.at(&format!("/{}", escape(rule)), format!("the exception of `{rule}` has no reason"));
        }
    }
}
