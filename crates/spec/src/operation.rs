//! The operations of a spec as the bindings see them: everything that is derived from YAML and not from Rust.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::error::Error;
use crate::load::{Document, Target, entries, escape, follow, resolve, schema_name};

/// The kind of token that an operation's `security` asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Needs {
    /// `security: []`, no token.
    Nothing,
    /// A token without scope, or of the integrator itself.
    Integrator,
    /// A token for the lock holder in the path.
    LockHolder,
}

/// One operation.
#[derive(Clone, Debug)]
pub struct Operation {
    /// `operationId`.
    pub id: String,
    /// `x-rust-name`: what the bindings call it, where that is not `operationId`.
    pub rust_name: Option<String>,
    /// Upper-case method.
    pub method: &'static str,
    /// Path template below the server's base path.
    pub path: String,
    /// Summary, one line.
    pub summary: String,
    /// Description.
    pub description: String,
    /// `documented` or `inferred`.
    pub evidence: String,
    /// What `x-evidence-note` says.
    pub evidence_note: String,
    /// Whether `x-response-evidence` says that the response is inferred: one that cannot be read is none, and no error.
    pub response_inferred: bool,
    /// Token it needs.
    pub needs: Needs,
    /// The scopes its `security` names, in both generations.
    pub scopes: Vec<String>,
    /// Whether it is idempotent: sending it twice does what sending it once does.
    pub idempotent: bool,
    /// Parameters, path level included.
    pub parameters: Vec<Parameter>,
    /// The request body's schema name and its first example.
    pub body: Option<(String, Value)>,
    /// The success response's schema name; `None` without content.
    pub success: Option<String>,
    /// The documented errors: status and text.
    pub errors: BTreeMap<String, String>,
    /// How it pages.
    pub pagination: Option<Pagination>,
    /// JSON pointer of the operation in its document.
    pub pointer: String,
}

/// A parameter of an operation.
#[derive(Clone, Debug)]
pub struct Parameter {
    /// Name on the wire.
    pub name: String,
    /// `x-rust-name`: what the bindings call it, where that is not `name`.
    pub rust_name: Option<String>,
    /// `path`, `query` or `header`.
    pub place: String,
    /// Whether it must be given.
    pub required: bool,
    /// Description.
    pub description: String,
    /// An example value.
    pub example: Option<Value>,
    /// What `x-sensitive` says of its schema.
    pub sensitive: Option<String>,
}

/// `x-pagination`.
#[derive(Clone, Debug)]
pub struct Pagination {
    /// The response's property that lists the items.
    pub items: String,
    /// The query parameter, and the response's property, that hold the cursor.
    pub cursor: String,
    /// How many items `items()` and `pages()` ask for at once when the caller names no `limit`.
    pub size: u64,
}

impl Operation {
    /// The operations of a document, in the order of their paths.
    ///
    /// # Errors
    /// Each thing that would otherwise be dropped silently or end in a panic: unknown methods, missing or colliding
    /// ids, parameters that disagree with the template, references that lead nowhere, `x-` keys that say nothing.
    pub fn all(document: &Document) -> Result<Vec<Self>, Vec<Error>> {
        let mut found: Vec<Self> = Vec::new();
        let mut errors = Vec::new();
        if !document.value.get("paths").is_some_and(Value::is_object) {
            return Err(vec![document.error("", "has no `paths`: is this an OpenAPI document?")]);
        }
        unresolved(document, &document.value, &mut Vec::new(), &mut errors);
        for (path, item) in entries(&document.value, "paths") {
            let base = format!("/paths/{}", escape(path));
            if !path.starts_with('/') {
                errors.push(document.error(&base, format!("the path `{path}` must begin with a slash")));
            }
            for (key, value) in item.as_object().into_iter().flatten() {
                let pointer = format!("{base}/{key}");
                match method(key) {
                    Some(method) => match Self::read(document, path, method, item, value, pointer) {
                        Ok(operation) => found.push(operation),
                        Err(error) => errors.push(error),
                    },
                    None if key.starts_with("x-") => {}
                    None if matches!(key.as_str(), "parameters" | "summary" | "description" | "servers") => {}
                    None => errors.push(document.error(&pointer, format!("`{key}` is no HTTP method"))),
                }
            }
        }
        if errors.is_empty() { Ok(found) } else { Err(errors) }
    }

    fn read(
        document: &Document,
        path: &str,
        method: &'static str,
        item: &Value,
        node: &Value,
        pointer: String,
    ) -> Result<Self, Error> {
        let fail = |key: &str, message: String| Err(document.error(&format!("{pointer}{key}"), message));
        let text = |key: &str| node.get(key).and_then(Value::as_str).unwrap_or_default().trim().to_owned();
        let id = text("operationId");
        if id.is_empty() {
            return fail("", format!("{method} {path} has no operationId, which names its function"));
        }
        let parameters = parameters(document, item, node);
        let named: Vec<_> = path.split(['{', '}']).skip(1).step_by(2).collect();
        let declared: Vec<_> = parameters.iter().filter(|p| p.place == "path").map(|p| p.name.as_str()).collect();
        if let Some(name) = named.iter().find(|name| !declared.contains(name)) {
            return fail("", format!("{id}: the path names {{{name}}}, but no path parameter `{name}` is declared"));
        }
        if let Some(name) = declared.iter().find(|name| !named.contains(name)) {
            return fail("/parameters", format!("{id}: the path parameter `{name}` does not stand in the path"));
        }
        let evidence = text("x-evidence");
        if !evidence.is_empty() && !matches!(evidence.as_str(), "documented" | "inferred") {
            return fail("/x-evidence", format!("{id}: x-evidence is `documented` or `inferred`, not `{evidence}`"));
        }
        if node.get("x-idempotent").is_some_and(|said| !said.is_boolean()) {
            return fail("/x-idempotent", format!("{id}: x-idempotent is `true` or `false`"));
        }
        let mut scopes = Vec::new();
        let security = node.get("security").or_else(|| document.value.get("security")).and_then(Value::as_array);
        let mut unscoped = false;
        for alternative in security.into_iter().flatten() {
            for names in alternative.as_object().into_iter().flat_map(serde_json::Map::values) {
                let names = names.as_array().map(Vec::as_slice).unwrap_or_default();
                unscoped |= names.is_empty();
                scopes.extend(names.iter().filter_map(Value::as_str).map(str::to_owned));
            }
        }
        let needs = match security {
            None => Needs::Nothing,
            Some(alternatives)
                if alternatives.iter().any(|one| one.as_object().is_none_or(serde_json::Map::is_empty)) =>
            {
                Needs::Nothing
            }
            Some(alternatives) if alternatives.is_empty() => Needs::Nothing,
            Some(_) if unscoped || scopes.iter().any(|scope| !scope.starts_with("lockHolder.")) => Needs::Integrator,
            Some(_) => Needs::LockHolder,
        };
        if needs == Needs::LockHolder && !path.starts_with("/lock-holders/{lockHolderId}/") {
            return fail(
                "/security",
                format!("{id}: only a path below /lock-holders/{{lockHolderId}}/ can ask for a lock holder's token"),
            );
        }
        let responses = entries(node, "responses");
        let mut successes = responses.iter().filter(|(status, _)| status.starts_with('2')).map(|(_, response)| {
            let response = resolve(&document.value, response)?;
            schema_name(response.pointer("/content/application~1json/schema")?)
        });
        let success = match successes.next() {
            None => return fail("/responses", format!("{id}: documents no 2xx response")),
            Some(first) if successes.any(|other| other != first) => {
                return fail("/responses", format!("{id}: its 2xx responses differ in schema; the bindings need one"));
            }
            Some(first) => first.map(str::to_owned),
        };
        let response_inferred = match text("x-response-evidence").as_str() {
            "" | "documented" => false,
            "inferred" => true,
            other => {
                let what = format!("{id}: x-response-evidence is `documented` or `inferred`, not `{other}`");
                return fail("/x-response-evidence", what);
            }
        };
        let required = |schema: &str| {
            let required = document.value.pointer(&format!("/components/schemas/{schema}/required"))?;
            required.as_array()?.first()?.as_str().map(str::to_owned)
        };
        if let Some(name) = success.as_deref().filter(|_| response_inferred).and_then(required) {
            // Whoever gets a response that cannot be read would get a value that is made up.
            let what = format!("{id}: its response is inferred, and yet `{name}` is required of it");
            return fail("/x-response-evidence", what);
        }
        let errors =
            responses.iter().filter(|(status, _)| !status.starts_with('2')).filter_map(|(status, response)| {
                let text = resolve(&document.value, response)?.get("description")?.as_str()?;
                Some(((*status).to_owned(), text.to_owned()))
            });
        let body = node.get("requestBody").and_then(|body| {
            let media = resolve(&document.value, body)?.pointer("/content/application~1json")?;
            let named = || media.get("examples")?.as_object()?.values().next()?.get("value");
            let example = media.get("example").or_else(named).cloned().unwrap_or(Value::Null);
            Some((schema_name(media.get("schema")?)?.to_owned(), example))
        });
        let pagination = match node.get("x-pagination") {
            None => None,
            Some(node) => match Pagination::read(document, node, &parameters, success.as_deref()) {
                Ok(pagination) => Some(pagination),
                Err(message) => return fail("/x-pagination", format!("{id}: x-pagination: {message}")),
            },
        };
        Ok(Self {
            rust_name: node.get("x-rust-name").and_then(Value::as_str).map(str::to_owned),
            method,
            path: path.to_owned(),
            summary: text("summary"),
            description: text("description"),
            evidence,
            evidence_note: text("x-evidence-note"),
            response_inferred,
            needs,
            scopes,
            idempotent: is_idempotent(method, node),
            parameters,
            body,
            success,
            errors: errors.collect(),
            pagination,
            id,
            pointer,
        })
    }
}

impl Pagination {
    fn read(
        document: &Document,
        node: &Value,
        parameters: &[Parameter],
        success: Option<&str>,
    ) -> Result<Self, String> {
        let text = |key: &str| match node.get(key).and_then(Value::as_str) {
            Some(text) => Ok(text.to_owned()),
            None => Err(format!("`{key}` is missing")),
        };
        let (items, cursor) = (text("items")?, text("cursor")?);
        let size =
            node.get("size").and_then(Value::as_u64).ok_or("`size`, the items to ask for at once, is missing")?;
        for name in [cursor.as_str(), "limit"] {
            let found = parameters.iter().find(|parameter| parameter.name == name && parameter.place == "query");
            let parameter = found.ok_or_else(|| format!("the operation has no query parameter `{name}`"))?;
            // The first page has no cursor, and how many entries one wants is for `items()` to say.
            if parameter.required {
                return Err(format!("the query parameter `{name}` is required, and has to be optional"));
            }
        }
        let schema = success.and_then(|name| document.value.pointer(&format!("/components/schemas/{name}/properties")));
        for name in [&items, &cursor] {
            // A response that cannot be looked up has been complained of already.
            if schema.is_some_and(|properties| properties.get(name).is_none()) {
                return Err(format!("the response has no property `{name}`"));
            }
        }
        Ok(Self { items, cursor, size })
    }
}

/// The method that a key of a path stands for, in upper case.
#[must_use]
pub fn method(key: &str) -> Option<&'static str> {
    ["GET", "PUT", "POST", "DELETE", "PATCH", "HEAD", "OPTIONS", "TRACE"]
        .into_iter()
        .find(|method| method.to_ascii_lowercase() == key)
}

/// Whether an operation is idempotent: as `x-idempotent` says, or else as its method is, in any case of letters. POST and
/// PATCH are not (RFC 9110, section 9.2.2; RFC 5789, section 2).
#[must_use]
pub fn is_idempotent(method: &str, node: &Value) -> bool {
    let said = node.get("x-idempotent").and_then(Value::as_bool);
    said.unwrap_or_else(|| !["POST", "PATCH"].iter().any(|other| other.eq_ignore_ascii_case(method)))
}

fn parameters(document: &Document, item: &Value, node: &Value) -> Vec<Parameter> {
    let lists = [node, item].into_iter().filter_map(|node| node.get("parameters")?.as_array());
    let mut all: Vec<&Value> = Vec::new();
    for parameter in lists.flatten().filter_map(|parameter| resolve(&document.value, parameter)) {
        // What an operation says of a parameter stands before what its path says.
        if !all.iter().any(|own| own.get("name") == parameter.get("name") && own.get("in") == parameter.get("in")) {
            all.push(parameter);
        }
    }
    all.into_iter()
        .map(|parameter| {
            let text = |key: &str| parameter.get(key).and_then(Value::as_str).unwrap_or_default().trim().to_owned();
            let schema = parameter.get("schema").and_then(|schema| resolve(&document.value, schema));
            Parameter {
                name: text("name"),
                rust_name: parameter.get("x-rust-name").and_then(Value::as_str).map(str::to_owned),
                place: text("in"),
                required: parameter.get("required") == Some(&Value::Bool(true)),
                description: text("description"),
                example: parameter.get("example").or_else(|| schema?.get("example")).cloned(),
                sensitive: schema.and_then(|schema| schema.get("x-sensitive")?.as_str()).map(str::to_owned),
            }
        })
        .collect()
}

/// Every `$ref` must lead somewhere in the same file: the generator panics on one that does not.
fn unresolved<'a>(document: &'a Document, node: &'a Value, steps: &mut Vec<Step<'a>>, errors: &mut Vec<Error>) {
    match node {
        Value::Object(map) => {
            if let Some(Value::String(reference)) = map.get("$ref") {
                let what = match follow(&document.value, node) {
                    Target::Node(_) => None,
                    Target::Nowhere => Some(format!("`{reference}` leads to nothing in this file")),
                    Target::Circle => Some(format!("`{reference}` leads back to this reference, and to nothing else")),
                };
                if let Some(what) = what {
                    let pointer: String = steps.iter().map(Step::text).collect();
                    errors.push(document.error_at_value(&format!("{pointer}/$ref"), what));
                }
            }
            for (key, value) in map.iter().filter(|(key, _)| !key.starts_with("example")) {
                steps.push(Step::Key(key));
                unresolved(document, value, steps, errors);
                steps.pop();
            }
        }
        Value::Array(list) => {
            for (index, value) in list.iter().enumerate() {
                steps.push(Step::Place(index));
                unresolved(document, value, steps, errors);
                steps.pop();
            }
        }
        _ => {}
    }
}

/// A step of a JSON pointer that is written only if there is something to say.
enum Step<'a> {
    Key(&'a str),
    Place(usize),
}

impl Step<'_> {
    fn text(&self) -> String {
        match self {
            Self::Key(key) => format!("/{}", escape(key)),
            Self::Place(index) => format!("/{index}"),
        }
    }
}
