//! The operations of a spec as the bindings see them: everything that is derived from YAML and not from Rust.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::at::At;
use crate::client::Client;
use crate::error::Error;
use crate::keys::{self, EVIDENCE, EVIDENCE_NOTE, IDEMPOTENT, PAGINATION, RESPONSE_EVIDENCE, RUST_NAME, SENSITIVE};
use crate::load::{
    Document, Target, entries, escape, follow, reference, reference_pointer, resolve, schema_name, underlying,
};
use crate::template::PathTemplate;
use crate::walk::{PATHS, RawOperation, is_same, method, paths};

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
    /// The client that offers it; none where it takes no token.
    pub client: Option<Client>,
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
        if At::find(&document.value, PATHS).is_none_or(|at| !at.value.is_object()) {
            return Err(vec![document.error("", "has no `paths`: is this an OpenAPI document?")]);
        }
        unresolved(document, &document.value, &mut Vec::new(), &mut errors);
        errors.extend(keys::check(document).into_iter().map(|flaw| document.error_of(flaw)));
        let clients = Client::all(&document.value);
        for (path, item) in paths(&document.value) {
            let mut fail = |pointer: &str, message: String| errors.push(document.error(pointer, message));
            if !path.starts_with('/') {
                fail(&item.pointer, format!("the path `{path}` must begin with a slash"));
            }
            if let Some(flaw) = PathTemplate::of(path).flaw() {
                fail(&item.pointer, format!("the path `{path}` is no template: {flaw}"));
                continue;
            }
            for (key, at) in item.entries().filter(|(key, _)| method(key).is_none() && !key.starts_with("x-")) {
                if !matches!(key, "parameters" | "summary" | "description" | "servers") {
                    fail(&at.pointer, format!("`{key}` is no HTTP method"));
                }
            }
            for raw in RawOperation::of(path, &item) {
                match Self::read(document, &clients, &raw) {
                    Ok(operation) => found.push(operation),
                    Err(error) => errors.push(error),
                }
            }
        }
        if errors.is_empty() { Ok(found) } else { Err(errors) }
    }

    /// The operation as it is written in the document that it was read from.
    #[must_use]
    pub fn raw<'a>(&self, document: &'a Document) -> Option<RawOperation<'a>> {
        RawOperation::find(&document.value, &self.path, self.method)
    }

    /// Its path as a template.
    #[must_use]
    pub fn template(&self) -> PathTemplate<'_> {
        PathTemplate::of(&self.path)
    }

    /// The name of its client.
    #[must_use]
    pub fn client_name(&self) -> Option<&str> {
        self.client.as_ref().map(|client| client.name.as_str())
    }

    /// Whether its client fills in this parameter, so that no caller gives it.
    #[must_use]
    pub fn is_filled_in(&self, parameter: &Parameter) -> bool {
        parameter.place == "path"
            && self.client.as_ref().is_some_and(|client| client.parameters.contains(&parameter.name))
    }

    fn read(document: &Document, clients: &[Client], raw: &RawOperation<'_>) -> Result<Self, Error> {
        let (path, node, pointer) = (raw.path, raw.value, &raw.pointer);
        let method = method(raw.method).unwrap_or_default();
        let fail = |key: &str, message: String| Err(document.error(&format!("{pointer}{key}"), message));
        let text = |key: &str| keys::text(node, key);
        let id = text("operationId");
        if id.is_empty() {
            return fail("", format!("{method} {path} has no operationId, which names its function"));
        }
        let parameters = parameters(&document.value, raw);
        let named: Vec<_> = raw.template().names().collect();
        let declared: Vec<_> = parameters.iter().filter(|p| p.place == "path").map(|p| p.name.as_str()).collect();
        if let Some(name) = named.iter().find(|name| !declared.contains(name)) {
            return fail("", format!("{id}: the path names {{{name}}}, but no path parameter `{name}` is declared"));
        }
        if let Some(name) = declared.iter().find(|name| !named.contains(name)) {
            return fail("/parameters", format!("{id}: the path parameter `{name}` does not stand in the path"));
        }
        let mut scopes = Vec::new();
        let security = node.get("security").or_else(|| document.value.get("security")).and_then(Value::as_array);
        for alternative in security.into_iter().flatten() {
            for names in alternative.as_object().into_iter().flat_map(serde_json::Map::values) {
                let names = names.as_array().map(Vec::as_slice).unwrap_or_default();
                scopes.extend(names.iter().filter_map(Value::as_str).map(str::to_owned));
            }
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
        Ok(Self {
            rust_name: node.get(RUST_NAME).and_then(Value::as_str).map(str::to_owned),
            method,
            path: path.to_owned(),
            summary: text("summary"),
            description: text("description"),
            evidence: text(EVIDENCE),
            evidence_note: text(EVIDENCE_NOTE),
            response_inferred: text(RESPONSE_EVIDENCE) == "inferred",
            // What does not fit is told with the other keys.
            client: Client::of(clients, &document.value, path, node).ok().flatten().cloned(),
            scopes,
            idempotent: is_idempotent(method, node),
            parameters,
            body,
            success,
            errors: errors.collect(),
            pagination: node.get(PAGINATION).and_then(Pagination::read),
            id,
            pointer: pointer.clone(),
        })
    }
}

impl Pagination {
    fn read(node: &Value) -> Option<Self> {
        let text = |key: &str| Some(node.get(key)?.as_str()?.to_owned());
        Some(Self { items: text("items")?, cursor: text("cursor")?, size: node.get("size")?.as_u64()? })
    }
}

/// Whether an operation is idempotent: as `x-idempotent` says, or else as its method is, in any case of letters. POST
/// and PATCH are not (RFC 9110, section 9.2.2; RFC 5789, section 2).
#[must_use]
pub fn is_idempotent(method: &str, node: &Value) -> bool {
    let said = node.get(IDEMPOTENT).and_then(Value::as_bool);
    said.unwrap_or_else(|| !["POST", "PATCH"].iter().any(|other| other.eq_ignore_ascii_case(method)))
}

fn parameters(root: &Value, raw: &RawOperation<'_>) -> Vec<Parameter> {
    let mut all: Vec<At<'_>> = Vec::new();
    for parameter in raw.parameters(root) {
        if !all.iter().any(|earlier| is_same(earlier, &parameter)) {
            all.push(parameter);
        }
    }
    all.into_iter()
        .map(|At { value: parameter, .. }| {
            let text = |key: &str| parameter.get(key).and_then(Value::as_str).unwrap_or_default();
            let schema = parameter.get("schema").and_then(|schema| underlying(root, schema));
            Parameter {
                name: text("name").to_owned(),
                rust_name: parameter.get(RUST_NAME).and_then(Value::as_str).map(str::to_owned),
                place: text("in").to_owned(),
                required: parameter.get("required") == Some(&Value::Bool(true)),
                description: text("description").trim().to_owned(),
                example: parameter.get("example").or_else(|| schema?.get("example")).cloned(),
                sensitive: schema.and_then(|schema| schema.get(SENSITIVE)?.as_str()).map(str::to_owned),
            }
        })
        .collect()
}

/// Every `$ref` must lead somewhere in the same file: the generator panics on one that does not.
fn unresolved<'a>(document: &'a Document, node: &'a Value, steps: &mut Vec<Step<'a>>, errors: &mut Vec<Error>) {
    match node {
        Value::Object(map) => {
            if let Some(reference) = reference(node) {
                let what = match follow(&document.value, node) {
                    Target::Node(_) => None,
                    Target::Nowhere => Some(format!("`{reference}` leads to nothing in this file")),
                    Target::Circle => Some(format!("`{reference}` leads back to this reference, and to nothing else")),
                };
                if let Some(what) = what {
                    let pointer: String = steps.iter().map(Step::text).collect();
                    errors.push(document.error_at_value(&reference_pointer(&pointer), what));
                }
            }
            for (key, value) in map.iter().filter(|(key, _)| !key.starts_with("example")) {
                steps.push(Step::Key(key));
                match value {
                    // One of these may be called `example`.
                    Value::Object(named) if keys::holds_names(key) => {
                        for (name, value) in named {
                            steps.push(Step::Key(name));
                            unresolved(document, value, steps, errors);
                            steps.pop();
                        }
                    }
                    value => unresolved(document, value, steps, errors),
                }
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
