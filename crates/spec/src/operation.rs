//! Reads the operations of a spec as the bindings need them.

mod unresolved;

use std::collections::BTreeMap;

use serde_json::Value;

use crate::at::At;
use crate::client::Client;
use crate::error::Error;
use crate::keys::{
    self, EVIDENCE, EVIDENCE_NOTE, IDEMPOTENT, PAGINATION, REQUIRED_FILTER, RESPONSE_EVIDENCE, RUST_NAME, SENSITIVE,
};
use crate::load::{Document, entries, resolve, schema_name, underlying};
use crate::template::PathTemplate;
use crate::walk::{PATHS, RawOperation, is_same, method, paths};

/// Describes an operation.
#[derive(Clone, Debug)]
pub struct Operation {
    /// Is the `operationId`.
    pub id: String,
    /// Is the `x-rust-name`, which names the operation in Rust instead of the `operationId`.
    pub rust_name: Option<String>,
    /// Is the method in upper case.
    pub method: &'static str,
    /// Is the path template below the server's base path.
    pub path: String,
    /// Is the summary, one line.
    pub summary: String,
    /// Is the description.
    pub description: String,
    /// Is `documented`, `observed` or `inferred`.
    pub evidence: String,
    /// Is the text of `x-evidence-note`.
    pub evidence_note: String,
    /// Is set if `x-response-evidence` is `inferred`. A response that cannot be decoded is then no error.
    pub response_inferred: bool,
    /// Is set if `x-response-evidence` is `observed`. It is decoded like a documented response.
    pub response_observed: bool,
    /// Is the client that offers it, or `None` if it takes no token.
    pub client: Option<Client>,
    /// Lists the scopes that its `security` names, in both generations.
    pub scopes: Vec<String>,
    /// Is set if it is idempotent, so that it may be retried.
    pub idempotent: bool,
    /// Lists its parameters, including those of its path.
    pub parameters: Vec<Parameter>,
    /// Holds the schema name of the request body, and its first example.
    pub body: Option<(String, Value)>,
    /// Is the schema name of the success response, or `None` without content.
    pub success: Option<String>,
    /// Holds the descriptions of the documented errors, by status.
    pub errors: BTreeMap<String, String>,
    /// Describes its pagination.
    pub pagination: Option<Pagination>,
    /// Names the filters without which it acts on everything.
    pub required_filter: Option<RequiredFilter>,
    /// Is the JSON pointer of the operation in its document.
    pub pointer: String,
}

/// Describes a parameter of an operation.
#[derive(Clone, Debug)]
pub struct Parameter {
    /// Is the wire name.
    pub name: String,
    /// Is the `x-rust-name`, which names the setter instead of `name`.
    pub rust_name: Option<String>,
    /// Is `path`, `query` or `header`.
    pub place: String,
    /// Is set if it is required.
    pub required: bool,
    /// Is the description.
    pub description: String,
    /// Is an example value.
    pub example: Option<Value>,
    /// Is the `x-sensitive` of its schema.
    pub sensitive: Option<String>,
}

/// Describes the pagination of an operation, from `x-pagination`.
#[derive(Clone, Debug)]
pub struct Pagination {
    /// Names the property of the response that lists the items.
    pub items: String,
    /// Names the query parameter and the property of the response that hold the cursor.
    pub cursor: String,
    /// Is the number of items that a page has if the caller sets no `limit`.
    pub size: u64,
}

/// Describes the filters of an operation that acts on everything without them, from `x-required-filter`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RequiredFilter {
    /// Lists the query parameters of which callers set at least one, unless they mean everything.
    pub parameters: Vec<String>,
    /// Names the setter by which callers say that they mean everything. Nothing of it is sent.
    pub all: String,
}

impl Operation {
    /// Returns the operations of a document, in the order of their paths.
    ///
    /// # Errors
    /// Returns everything that progenitor would drop silently or panic on: unknown methods, missing ids, parameters
    /// that disagree with the path template, unresolved references. Invalid `x-` keys are errors as well.
    pub fn all(document: &Document) -> Result<Vec<Self>, Vec<Error>> {
        let mut found: Vec<Self> = Vec::new();
        let mut errors = Vec::new();
        if At::find(&document.value, PATHS).is_none_or(|at| !at.value.is_object()) {
            return Err(vec![document.error("", "has no `paths`; check that this is an OpenAPI document")]);
        }
        errors.extend(unresolved::unresolved(document));
        errors.extend(keys::check(document).into_iter().map(|flaw| document.error_of(flaw)));
        let clients = Client::all(&document.value);
        for (path, item) in paths(&document.value) {
            let mut fail = |pointer: &str, message: String| errors.push(document.error(pointer, message));
            // openapiv3 drops such a path without a word, and its operations with it.
            if !path.starts_with('/') {
                fail(&item.pointer, format!("the path `{path}` must begin with a slash"));
            }
            if let Some(flaw) = PathTemplate::of(path).flaw() {
                fail(&item.pointer, format!("the path `{path}` is not a valid template: {flaw}"));
                // Its parameters could only be errors that follow from this one.
                continue;
            }
            // A misspelt method is dropped silently as well.
            for (key, at) in item.entries().filter(|(key, _)| method(key).is_none() && !key.starts_with("x-")) {
                if !matches!(key, "parameters" | "summary" | "description" | "servers") {
                    fail(&at.pointer, format!("`{key}` is not an HTTP method"));
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

    /// Returns the operation as it is written in the document that it was read from.
    #[must_use]
    pub fn raw<'a>(&self, document: &'a Document) -> Option<RawOperation<'a>> {
        RawOperation::find(&document.value, &self.path, self.method)
    }

    /// Returns its path as a template.
    #[must_use]
    pub fn template(&self) -> PathTemplate<'_> {
        PathTemplate::of(&self.path)
    }

    /// Returns the name of its client.
    #[must_use]
    pub fn client_name(&self) -> Option<&str> {
        self.client.as_ref().map(|client| client.name.as_str())
    }

    /// Returns whether its client fills in this parameter, so that callers do not set it.
    #[must_use]
    pub fn is_filled_in(&self, parameter: &Parameter) -> bool {
        parameter.place == "path"
            && self.client.as_ref().is_some_and(|client| client.parameters.contains(&parameter.name))
    }

    /// Reads an operation.
    fn read(document: &Document, clients: &[Client], raw: &RawOperation<'_>) -> Result<Self, Error> {
        let (path, node, pointer) = (raw.path, raw.value, &raw.pointer);
        let method = method(raw.method).unwrap_or_default();
        let fail = |key: &str, message: String| Err(document.error(&format!("{pointer}{key}"), message));
        let text = |key: &str| keys::text(node, key);
        let id = text("operationId");
        if id.is_empty() {
            return fail("", format!("{method} {path} has no operationId, which its function is named after"));
        }
        let parameters = parameters(&document.value, raw);
        let named: Vec<_> = raw.template().names().collect();
        let declared: Vec<_> = parameters.iter().filter(|p| p.place == "path").map(|p| p.name.as_str()).collect();
        if let Some(name) = named.iter().find(|name| !declared.contains(name)) {
            return fail("", format!("{id}: the path names {{{name}}}, but no path parameter `{name}` is declared"));
        }
        if let Some(name) = declared.iter().find(|name| !named.contains(name)) {
            return fail("/parameters", format!("{id}: the path parameter `{name}` is not in the path"));
        }
        // An operation's own `security` replaces that of the document, even if it is empty (OpenAPI 3.0.3, 4.7.10).
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
            // progenitor allows one success type, and takes "no content" for a type.
            Some(first) if successes.any(|other| other != first) => {
                return fail(
                    "/responses",
                    format!("{id}: its 2xx responses have different schemas; the bindings need a single one"),
                );
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
            // `example` and `examples` exclude each other (OpenAPI 3.0.3, 4.7.14).
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
            response_observed: text(RESPONSE_EVIDENCE) == "observed",
            // `keys::check` reports a client that does not fit.
            client: Client::of(clients, &document.value, path, node).ok().flatten().cloned(),
            scopes,
            idempotent: is_idempotent(method, node),
            parameters,
            body,
            success,
            errors: errors.collect(),
            pagination: node.get(PAGINATION).and_then(Pagination::read),
            required_filter: node.get(REQUIRED_FILTER).and_then(RequiredFilter::read),
            id,
            pointer: pointer.clone(),
        })
    }
}

impl Pagination {
    /// Reads `x-pagination`. `keys::check` reports what is missing.
    fn read(node: &Value) -> Option<Self> {
        let text = |key: &str| Some(node.get(key)?.as_str()?.to_owned());
        Some(Self { items: text("items")?, cursor: text("cursor")?, size: node.get("size")?.as_u64()? })
    }
}

/// Returns whether an operation is idempotent: as `x-idempotent` says, or else by its method, in any letter case.
///
/// POST and PATCH are not idempotent (RFC 9110, section 9.2.2; RFC 5789, section 2).
#[must_use]
pub fn is_idempotent(method: &str, node: &Value) -> bool {
    let said = node.get(IDEMPOTENT).and_then(Value::as_bool);
    said.unwrap_or_else(|| !["POST", "PATCH"].iter().any(|other| other.eq_ignore_ascii_case(method)))
}

/// Returns the parameters of an operation and of its path, each once.
fn parameters(root: &Value, raw: &RawOperation<'_>) -> Vec<Parameter> {
    let mut all: Vec<At<'_>> = Vec::new();
    // A duplicate is an error of the linter; the first one counts here.
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
