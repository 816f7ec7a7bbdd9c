//! The two specs, and what they say about an answer.

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::{Arc, LazyLock, Mutex};

use jsonschema::Validator;
use serde_json::Value;
use unloc_spec::json_schema::{JsonSchemas, Reading};
use unloc_spec::{Document, Operation, RawOperation};

/// An answer, as it was on the wire.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) content_type: Option<String>,
    pub(crate) body: String,
}

/// An operation, and the path that its API stands at.
pub(crate) struct Documented {
    pub(crate) operation: Operation,
    pub(crate) base: String,
    document: Arc<Document>,
    answers: Mutex<Answers>,
}

/// By status, and whether they are exact. Making them takes much longer than using them.
type Answers = HashMap<(u16, bool), Option<Arc<Validator>>>;

/// All operations of both specs.
pub(crate) static OPERATIONS: LazyLock<Vec<Documented>> = LazyLock::new(|| {
    let mut found = Vec::new();
    for api in ["auth", "integrator"] {
        let file = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(format!("openapi/{api}.yaml"));
        let document = Arc::new(Document::read(&file).expect("a spec"));
        let server = document.value["servers"][0]["url"].as_str().expect("a server");
        let base = server.splitn(4, '/').nth(3).map(|path| format!("/{path}")).expect("a base path");
        for operation in Operation::all(&document).expect("a sound spec") {
            let (base, document) = (base.clone(), Arc::clone(&document));
            found.push(Documented { operation, base, document, answers: Mutex::default() });
        }
    }
    found
});

pub(crate) fn documented(id: &str) -> &'static Documented {
    OPERATIONS.iter().find(|documented| documented.operation.id == id).unwrap_or_else(|| panic!("no operation {id}"))
}

impl Documented {
    fn raw(&self) -> RawOperation<'_> {
        self.operation.raw(&self.document).expect("an operation of its document")
    }

    /// The statuses that the spec lists.
    pub(crate) fn statuses(&self) -> impl Iterator<Item = u16> {
        let responses = self.raw().get("responses").expect("responses");
        responses.entries().map(|(status, _)| status.parse().expect("a status"))
    }

    /// The spec that the operation is of.
    pub(crate) fn document(&self) -> &Value {
        &self.document.value
    }

    /// The schema of the request's body, if it has one.
    pub(crate) fn request_schema(&self) -> Option<&Value> {
        self.raw().at.value.pointer("/requestBody/content/application~1json/schema")
    }

    /// The one status of success.
    pub(crate) fn success(&self) -> u16 {
        self.statuses().find(|status| (200..300).contains(status)).expect("a success")
    }

    /// The property that the answer wraps a single thing in, if it does.
    pub(crate) fn envelope_of_one(&self) -> Option<String> {
        let schema = &self.document.value["components"]["schemas"][self.operation.success.as_ref()?];
        let envelope = schema["x-envelope"].as_str()?;
        schema["properties"][envelope].get("items").is_none().then(|| envelope.to_owned())
    }

    /// Whether the answer is to the letter what is documented, with nothing besides.
    pub(crate) fn exact(&self, answer: &Answer) -> Result<(), String> {
        if !self.statuses().any(|status| status == answer.status) {
            return Err(format!("the status {} is not documented", answer.status));
        }
        match self.schema(answer.status, Reading::Exact) {
            Some(schema) => {
                demand_type(answer, "application/json")?;
                hold(&json(answer)?, &schema)
            }
            None if answer.body.is_empty() && answer.content_type.is_none() => Ok(()),
            None => Err("a body where none is documented".to_owned()),
        }
    }

    /// Whether the answer is one that the bindings read, with all tolerances.
    pub(crate) fn tolerable(&self, answer: &Answer) -> Result<(), String> {
        if (200..300).contains(&answer.status) {
            return match self.schema(self.success(), Reading::Tolerant) {
                Some(schema) => {
                    demand_type(answer, "application/json")?;
                    hold(&json(answer)?, &schema)
                }
                // Not read at all.
                None => Ok(()),
            };
        }
        if !self.statuses().any(|status| status == answer.status) {
            return Err(format!("the status {} is not documented", answer.status));
        }
        match answer.content_type.as_deref() {
            Some("text/html") if answer.body.starts_with("<html>") => Ok(()),
            Some("application/problem+json") => {
                let problem = json(answer)?;
                let texts = ["type", "title", "detail"].iter().all(|name| problem[name].is_string());
                if texts && problem["status"] == answer.status { Ok(()) } else { Err("no problem document".to_owned()) }
            }
            Some("application/json") => {
                let error = json(answer)?;
                let told = error["errorDescription"].is_string() || error["error_description"].is_string();
                let validator = self.schema(answer.status, Reading::Tolerant).ok_or("no error is documented")?;
                hold(&error, &validator)?;
                if told { Ok(()) } else { Err("the error is not described".to_owned()) }
            }
            other => Err(format!("the content type of an error is {other:?}")),
        }
    }

    fn schema(&self, status: u16, reading: Reading) -> Option<Arc<Validator>> {
        let mut answers = self.answers.lock().expect("nobody panicked");
        let build = || {
            let schemas = JsonSchemas::new(&self.document, reading);
            Some(validator(&schemas.response(&self.operation, &status.to_string())?))
        };
        answers.entry((status, reading == Reading::Exact)).or_insert_with(build).clone()
    }
}

fn demand_type(answer: &Answer, wanted: &str) -> Result<(), String> {
    match answer.content_type.as_deref() {
        Some(found) if found == wanted => Ok(()),
        found => Err(format!("the content type is {found:?}, not {wanted}")),
    }
}

fn json(answer: &Answer) -> Result<Value, String> {
    serde_json::from_str(&answer.body).map_err(|error| format!("no JSON: {error}"))
}

fn hold(value: &Value, validator: &Validator) -> Result<(), String> {
    let errors = validator.iter_errors(value);
    let wrong: Vec<_> = errors.map(|error| format!("at {:?}: {error}", error.instance_path().to_string())).collect();
    if wrong.is_empty() { Ok(()) } else { Err(wrong.join("; ")) }
}

/// The schema's validator, which many operations share.
fn validator(schema: &Value) -> Arc<Validator> {
    static KNOWN: LazyLock<Mutex<HashMap<String, Arc<Validator>>>> = LazyLock::new(Mutex::default);
    let mut known = KNOWN.lock().expect("nobody panicked");
    let build = || jsonschema::options().should_validate_formats(true).build(schema).expect("a schema");
    Arc::clone(known.entry(schema.to_string()).or_insert_with(|| Arc::new(build())))
}

/// Whether the value is what a component of the Integrator API describes.
pub(crate) fn is_component(value: &Value, name: &str) -> Result<(), String> {
    let document = &documented("getLocks").document;
    hold(value, &validator(&JsonSchemas::new(document, Reading::Exact).component(name).expect("a component")))
}
