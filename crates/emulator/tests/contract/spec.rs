//! Validates responses against the specs.

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::{Arc, LazyLock, Mutex};

use jsonschema::Validator;
use serde_json::Value;
use unloc_spec::json_schema::{JsonSchemas, Reading};
use unloc_spec::{Document, Operation, RawOperation};

/// Is a response as received.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct TestResponse {
    pub(crate) status: u16,
    pub(crate) content_type: Option<String>,
    pub(crate) body: String,
}

/// Is an operation, with the base path of its API.
pub(crate) struct Documented {
    /// Is the operation id, with `v2:` before it for version 2. The same id can occur in both versions.
    pub(crate) key: String,
    pub(crate) operation: Operation,
    pub(crate) base: String,
    document: Arc<Document>,
    responses: Mutex<Validators>,
}

/// Caches validators by status and by whether they are exact. Building one takes much longer than using it.
type Validators = HashMap<(u16, bool), Option<Arc<Validator>>>;

/// Holds all operations of all specs.
pub(crate) static OPERATIONS: LazyLock<Vec<Documented>> = LazyLock::new(|| {
    let mut found = Vec::new();
    for (api, prefix) in [("auth", ""), ("integrator", ""), ("unloc-v2", "v2:")] {
        let file = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(format!("../../openapi/{api}.yaml"));
        let document = Arc::new(Document::read(&file).expect("a spec"));
        let server = document.value["servers"][0]["url"].as_str().expect("a server");
        let base = server.splitn(4, '/').nth(3).map(|path| format!("/{path}")).expect("a base path");
        for operation in Operation::all(&document).expect("a sound spec") {
            let (base, document) = (base.clone(), Arc::clone(&document));
            let key = format!("{prefix}{}", operation.id);
            found.push(Documented { key, operation, base, document, responses: Mutex::default() });
        }
    }
    found
});

pub(crate) fn documented(key: &str) -> &'static Documented {
    OPERATIONS.iter().find(|documented| documented.key == key).unwrap_or_else(|| panic!("no operation {key}"))
}

impl Documented {
    fn raw(&self) -> RawOperation<'_> {
        self.operation.raw(&self.document).expect("an operation of its document")
    }

    /// Returns the documented statuses.
    pub(crate) fn statuses(&self) -> impl Iterator<Item = u16> {
        let responses = self.raw().get("responses").expect("responses");
        responses.entries().map(|(status, _)| status.parse().expect("a status"))
    }

    pub(crate) fn is_v2(&self) -> bool {
        self.key.starts_with("v2:")
    }

    /// Returns the spec that contains the operation.
    pub(crate) fn document(&self) -> &Value {
        &self.document.value
    }

    /// Returns the schema of the request body, if there is one.
    pub(crate) fn request_schema(&self) -> Option<&Value> {
        self.raw().at.value.pointer("/requestBody/content/application~1json/schema")
    }

    /// Returns the documented success status.
    pub(crate) fn success(&self) -> u16 {
        self.statuses().find(|status| (200..300).contains(status)).expect("a success")
    }

    /// Returns the property that wraps a single object in the response, if there is one.
    pub(crate) fn object_envelope(&self) -> Option<String> {
        let schema = &self.document.value["components"]["schemas"][self.operation.success.as_ref()?];
        let envelope = schema["x-envelope"].as_str()?;
        schema["properties"][envelope].get("items").is_none().then(|| envelope.to_owned())
    }

    /// Checks that a response matches the spec exactly, without additional fields.
    pub(crate) fn exact(&self, response: &TestResponse) -> Result<(), String> {
        if !self.statuses().any(|status| status == response.status) {
            return Err(format!("the status {} is not documented", response.status));
        }
        match self.schema(response.status, Reading::Exact) {
            Some(schema) => {
                check_content_type(response, "application/json")?;
                validate(&json(response)?, &schema)
            }
            None if response.body.is_empty() && response.content_type.is_none() => Ok(()),
            None => Err("a body where none is documented".to_owned()),
        }
    }

    /// Checks that a response is within the tolerances with which the bindings decode it.
    pub(crate) fn tolerable(&self, response: &TestResponse) -> Result<(), String> {
        if (200..300).contains(&response.status) {
            return match self.schema(self.success(), Reading::Tolerant) {
                Some(schema) => {
                    check_content_type(response, "application/json")?;
                    validate(&json(response)?, &schema)
                }
                // The bindings ignore this body.
                None => Ok(()),
            };
        }
        if !self.statuses().any(|status| status == response.status) {
            return Err(format!("the status {} is not documented", response.status));
        }
        match response.content_type.as_deref() {
            Some("text/html") if response.body.starts_with("<html>") => Ok(()),
            Some("application/problem+json") => {
                let problem = json(response)?;
                let texts = ["type", "title", "detail"].iter().all(|name| problem[name].is_string());
                if texts && problem["status"] == response.status {
                    Ok(())
                } else {
                    Err("no problem document".to_owned())
                }
            }
            Some("application/json") => {
                let error = json(response)?;
                let names = ["errorDescription", "error_description", "detail"];
                let has_description = names.iter().any(|name| error[*name].is_string());
                let validator = self.schema(response.status, Reading::Tolerant).ok_or("no error is documented")?;
                validate(&error, &validator)?;
                if has_description { Ok(()) } else { Err("the error has no description".to_owned()) }
            }
            other => Err(format!("the content type of an error is {other:?}")),
        }
    }

    fn schema(&self, status: u16, reading: Reading) -> Option<Arc<Validator>> {
        let mut responses = self.responses.lock().expect("no panic while locked");
        let build = || {
            let schemas = JsonSchemas::new(&self.document, reading);
            Some(validator(&schemas.response(&self.operation, &status.to_string())?))
        };
        responses.entry((status, reading == Reading::Exact)).or_insert_with(build).clone()
    }
}

fn check_content_type(response: &TestResponse, wanted: &str) -> Result<(), String> {
    match response.content_type.as_deref() {
        Some(found) if found == wanted => Ok(()),
        found => Err(format!("the content type is {found:?}, not {wanted}")),
    }
}

fn json(response: &TestResponse) -> Result<Value, String> {
    serde_json::from_str(&response.body).map_err(|error| format!("no JSON: {error}"))
}

fn validate(value: &Value, validator: &Validator) -> Result<(), String> {
    let errors = validator.iter_errors(value);
    let wrong: Vec<_> = errors.map(|error| format!("at {:?}: {error}", error.instance_path().to_string())).collect();
    if wrong.is_empty() { Ok(()) } else { Err(wrong.join("; ")) }
}

/// Returns the cached validator of a schema. Many operations share a schema.
fn validator(schema: &Value) -> Arc<Validator> {
    static KNOWN: LazyLock<Mutex<HashMap<String, Arc<Validator>>>> = LazyLock::new(Mutex::default);
    let mut known = KNOWN.lock().expect("no panic while locked");
    let build = || jsonschema::options().should_validate_formats(true).build(schema).expect("a schema");
    Arc::clone(known.entry(schema.to_string()).or_insert_with(|| Arc::new(build())))
}

/// Checks a value against a component of the spec that has this operation.
pub(crate) fn is_component(operation: &str, value: &Value, name: &str) -> Result<(), String> {
    let document = &documented(operation).document;
    validate(value, &validator(&JsonSchemas::new(document, Reading::Exact).component(name).expect("a component")))
}
