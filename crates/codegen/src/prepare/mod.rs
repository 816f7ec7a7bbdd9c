//! Makes a spec digestible for the generator and tolerant towards the service.
//!
//! The documents contradict themselves, so responses are read leniently and requests are written strictly. Every
//! tolerance is one [`Rule`] here, with its reason. A rule either changes the schemas before generation or leaves a
//! mark in [`Marks`] that the finishing passes act on.

mod hints;
mod limits;
mod nulls;
mod responses;
mod strings;
mod times;

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value};
use unloc_spec::keys::holds_names;
use unloc_spec::{PATHS, RawOperation, operations_mut, reached, reference_to};

pub use limits::LIMITS;

/// One tolerance.
#[derive(Clone, Copy, Debug)]
pub struct Rule {
    /// Its name, as `openapi/README.md` lists it.
    pub name: &'static str,
    /// Why it is there.
    pub reason: &'static str,
    apply: fn(&mut Draft),
}

/// All tolerances, in the order in which they apply.
pub const RULES: &[Rule] = &[
    responses::ERRORS_STAY_RAW,
    responses::ANY_SUCCESS_STATUS,
    responses::BARE_ENVELOPE,
    hints::OTHER_SPELLING,
    hints::LOOSE_SCALAR,
    times::WHOLE_MILLISECONDS,
    nulls::NULL_OR_ABSENT,
    strings::OPEN_ENUM,
    strings::HIDDEN_TEXT,
    strings::PLAIN_FORMAT,
    strings::TEXT_TYPE,
    limits::NO_LIMIT_IN_RESPONSE,
    limits::NO_LIMIT_AT_RUN_TIME,
    limits::NO_DEFAULT,
    nulls::NULL_LIST,
    nulls::MISSING_NULLABLE,
    nulls::NULL_FOR_OPTIONAL,
];

/// What the finishing passes have to know.
#[derive(Clone, Debug, Default)]
pub struct Marks {
    /// String enums by schema name.
    pub enums: BTreeMap<String, OpenEnum>,
    /// Texts that have a type of their own, by schema name: their descriptions.
    pub texts: BTreeMap<String, String>,
    /// Schemas that stand for a handwritten Rust type, by name.
    pub replaced: BTreeMap<String, String>,
    /// Other spellings of a property: schema, property, spellings.
    pub aliases: BTreeMap<(String, String), Vec<String>>,
    /// How a property of a response is read leniently, by schema and property.
    pub lenient: BTreeMap<(String, String), Reader>,
    /// Envelopes by schema name.
    pub envelopes: BTreeMap<String, Envelope>,
    /// Least and greatest length of a text in a request, by schema and property.
    pub lengths: BTreeMap<(String, String), (u64, u64)>,
    /// Properties of requests that hold times.
    pub times: BTreeSet<(String, String)>,
}

/// How a property of a response is read leniently.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reader {
    /// Null is the empty list or map.
    NullIsEmpty,
    /// Other JSON types are read as well.
    Loose {
        /// The function that reads them.
        function: &'static str,
        /// Whether what it cannot read is as good as absent: an optional property that is of no use must not take the
        /// answer with it.
        or_absent: bool,
    },
}

impl Reader {
    /// The function that reads it, below `crate::model::lenient`.
    #[must_use]
    pub fn path(self) -> String {
        match self {
            Self::NullIsEmpty => "null_is_empty".to_owned(),
            Self::Loose { function, or_absent: false } => function.to_owned(),
            Self::Loose { function, or_absent: true } => format!("optional::{function}"),
        }
    }
}

/// The property that an answer wraps its object or list in, which older documents leave out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Envelope {
    /// Its name.
    pub property: String,
    /// Whether the answer always has it.
    pub required: bool,
    /// The properties of what stands inside, by which it is known when it stands bare.
    pub inside: Vec<String>,
}

/// A string enum that keeps unknown values.
#[derive(Clone, Debug)]
pub struct OpenEnum {
    /// Description of the schema.
    pub description: String,
    /// Values with their descriptions, in the order of the YAML.
    pub values: Vec<(String, String)>,
    /// Whether values are compared without regard to case.
    pub case_insensitive: bool,
}

/// A spec that is ready for the generator.
#[derive(Clone, Debug)]
pub struct Prepared {
    /// The spec.
    pub spec: Value,
    /// What is left to do after generation.
    pub marks: Marks,
}

/// Applies these [`RULES`]. `types` is the path of the module that the generated types will stand in.
#[must_use]
pub fn prepare(rules: &[Rule], spec: &Value, types: &str) -> Prepared {
    let (mut spec, types) = (spec.clone(), types.to_owned());
    nulls::flags(&mut spec);
    let mut draft =
        Draft { spec, types, marks: Marks::default(), requests: BTreeSet::new(), responses: BTreeSet::new() };
    rules.iter().for_each(|rule| (rule.apply)(&mut draft));
    Prepared { spec: draft.spec, marks: draft.marks }
}

/// The spec while the rules work on it.
struct Draft {
    spec: Value,
    types: String,
    marks: Marks,
    requests: BTreeSet<String>,
    responses: BTreeSet<String>,
}

impl Draft {
    /// Finds out which schemas requests and answers are made of, and drops those that nothing is made of.
    fn look_around(&mut self) {
        self.requests = reachable(&self.spec, "requestBody");
        self.responses = reachable(&self.spec, "responses");
        let parameters = reachable(&self.spec, "parameters");
        if let Some(schemas) = self.spec.pointer_mut("/components/schemas").and_then(Value::as_object_mut) {
            let used = [&self.requests, &self.responses, &parameters];
            schemas.retain(|name, _| used.iter().any(|used| used.contains(name)));
        }
    }

    /// Runs `work` on each component schema.
    fn schemas(&mut self, mut work: impl FnMut(&str, &mut Map<String, Value>, &mut Marks)) {
        let schemas = self.spec.pointer_mut("/components/schemas").and_then(Value::as_object_mut);
        for (name, schema) in schemas.into_iter().flatten() {
            if let Some(schema) = schema.as_object_mut() {
                work(name, schema, &mut self.marks);
            }
        }
    }

    /// Runs `work` on each schema, also on those of parameters.
    fn everywhere(&mut self, work: &impl Fn(&mut Map<String, Value>)) {
        for pointer in ["/components", PATHS] {
            if let Some(node) = self.spec.pointer_mut(pointer) {
                walk(node, work);
            }
        }
    }

    /// Runs `work` on each property of the component schemas that `responses` can contain.
    fn response_properties(&mut self, mut work: impl FnMut(&str, Property<'_>, &mut Marks)) {
        let responses = std::mem::take(&mut self.responses);
        self.schemas(|schema, node, marks| {
            if responses.contains(schema) {
                each_property(node, |property| work(schema, property, marks));
            }
        });
        self.responses = responses;
    }

    /// Runs `work` on each response object of each operation.
    fn operation_responses(&mut self, mut work: impl FnMut(&mut Map<String, Value>)) {
        for operation in operations_mut(&mut self.spec) {
            if let Some(responses) = operation.get_mut("responses").and_then(Value::as_object_mut) {
                work(responses);
            }
        }
    }
}

/// Runs `work` on every schema: under `schemas` and under the key `schema`.
fn walk(node: &mut Value, work: &impl Fn(&mut Map<String, Value>)) {
    match node {
        Value::Object(map) => {
            for (key, value) in map.iter_mut() {
                match (key.as_str(), value) {
                    ("schemas", Value::Object(schemas)) => {
                        schemas.values_mut().filter_map(Value::as_object_mut).for_each(work);
                    }
                    // Whatever these are called, they are no keys.
                    (key, Value::Object(named)) if holds_names(key) => {
                        named.values_mut().for_each(|value| walk(value, work));
                    }
                    ("schema", Value::Object(schema)) => work(schema),
                    ("example" | "examples", _) => {}
                    (_, value) => walk(value, work),
                }
            }
        }
        Value::Array(list) => list.iter_mut().for_each(|value| walk(value, work)),
        _ => {}
    }
}

/// One property of an object schema.
struct Property<'a> {
    name: &'a str,
    node: &'a mut Map<String, Value>,
    required: &'a mut bool,
}

fn each_property(schema: &mut Map<String, Value>, mut work: impl FnMut(Property<'_>)) {
    let listed = schema.get("required").and_then(Value::as_array).cloned().unwrap_or_default();
    let mut kept = Vec::new();
    let properties = schema.get_mut("properties").and_then(Value::as_object_mut);
    for (name, node) in properties.into_iter().flatten() {
        let was_listed = listed.iter().any(|entry| entry.as_str() == Some(name));
        let mut required = was_listed;
        if let Some(node) = node.as_object_mut() {
            work(Property { name, node, required: &mut required });
        }
        if required {
            kept.push(Value::from(name.as_str()));
        }
    }
    schema.remove("required");
    if !kept.is_empty() {
        schema.insert("required".to_owned(), Value::Array(kept));
    }
}

/// The schemas that are written in a schema as parts of it.
fn parts(schema: &mut Map<String, Value>) -> impl Iterator<Item = &mut Map<String, Value>> {
    let lists = schema.iter_mut().filter(|(key, _)| matches!(key.as_str(), "allOf" | "anyOf" | "oneOf"));
    lists.filter_map(|(_, list)| list.as_array_mut()).flatten().filter_map(Value::as_object_mut)
}

fn is_true(node: &Map<String, Value>, key: &str) -> bool {
    node.get(key) == Some(&Value::Bool(true))
}

/// The component schemas that a component is made of, itself included.
pub(crate) fn components(spec: &Value, schema: &str) -> BTreeSet<String> {
    schemas(spec, [&reference_to("schemas", schema)])
}

/// The component schemas that can be met below `part` of any operation.
fn reachable(spec: &Value, part: &str) -> BTreeSet<String> {
    // Parameters may also stand beside the operations.
    let paths = unloc_spec::paths(spec).map(|(_, item)| item.value);
    let owners = paths.chain(RawOperation::all(spec).map(|operation| operation.at.value));
    schemas(spec, owners.filter_map(|owner| owner.get(part)))
}

/// The component schemas that these parts lead to.
pub(crate) fn schemas<'a>(spec: &'a Value, from: impl IntoIterator<Item = &'a Value>) -> BTreeSet<String> {
    let names = reached(spec, from).into_iter().filter_map(|pointer| pointer.strip_prefix("/components/schemas/"));
    names.map(str::to_owned).collect()
}
