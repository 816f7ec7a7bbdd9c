//! Applies the tolerances to a spec: what progenitor generates from the result reads responses leniently.
//!
//! Unloc's documents contradict themselves, so responses are read leniently and requests are written strictly. Every
//! tolerance is one [`Rule`] with its reason. A rule either changes the schemas before generation or leaves a mark in
//! [`Marks`] for the finishing passes.

mod draft;
mod extensions;
mod limits;
mod marks;
mod nulls;
mod responses;
mod strings;
mod times;

use std::collections::BTreeSet;

use serde_json::{Map, Value};
use unloc_spec::{reached, reference_to};

use draft::{Draft, each_property, parts};
pub use limits::LIMITS;
pub use marks::{Envelope, Marks, OpenEnum, Reader};

/// Describes one tolerance.
#[derive(Clone, Copy, Debug)]
pub struct Rule {
    /// Is the rule's name, as `openapi/README.md` lists it.
    pub name: &'static str,
    /// Says why the rule exists.
    pub reason: &'static str,
    apply: fn(&mut Draft),
}

/// Lists all tolerances in the order in which they apply.
pub const RULES: &[Rule] = &[
    // First, since it decides which schemas responses can contain, which most rules ask.
    responses::ERRORS_STAY_RAW,
    responses::ANY_SUCCESS_STATUS,
    responses::BARE_ENVELOPE,
    extensions::OTHER_SPELLING,
    extensions::LOOSE_SCALAR,
    // Before `NULL_OR_ABSENT`, which moves the `format` of a nullable time into a component.
    times::WHOLE_MILLISECONDS,
    nulls::NULL_OR_ABSENT,
    strings::OPEN_ENUM,
    strings::HIDDEN_TEXT,
    strings::PLAIN_FORMAT,
    // After the three above: enums and sensitive strings have their type already, and formats that make none are gone.
    strings::TEXT_TYPE,
    // Before the next rule, which marks the lengths that are left: those of requests.
    limits::NO_LIMIT_IN_RESPONSE,
    limits::NO_LIMIT_AT_RUN_TIME,
    limits::NO_DEFAULT,
    nulls::NULL_LIST,
    nulls::MISSING_NULLABLE,
    // Last: it asks what is required, which the rule above changes.
    nulls::NULL_FOR_OPTIONAL,
];

/// Holds a spec that is ready for progenitor.
#[derive(Clone, Debug)]
pub struct Prepared {
    /// Is the spec itself.
    pub spec: Value,
    /// Holds what is left to do after generation.
    pub marks: Marks,
}

/// Applies these [`RULES`] to a spec. `types` is the path of the module that the generated types will have.
#[must_use]
pub fn prepare(rules: &[Rule], spec: &Value, types: &str) -> Prepared {
    let mut spec = spec.clone();
    // First of all, since every rule asks for `nullable` and for nothing else that can mean null.
    nulls::to_nullable_flag(&mut spec);
    let mut draft = Draft::new(spec, types);
    rules.iter().for_each(|rule| (rule.apply)(&mut draft));
    Prepared { spec: draft.spec, marks: draft.marks }
}

/// Returns whether a node has this key with the value `true`.
fn is_true(node: &Map<String, Value>, key: &str) -> bool {
    node.get(key) == Some(&Value::Bool(true))
}

/// Returns the component schemas that a component consists of, itself included.
pub(crate) fn components(spec: &Value, schema: &str) -> BTreeSet<String> {
    schemas(spec, [&reference_to("schemas", schema)])
}

/// Returns the component schemas that these parts of a spec refer to, directly or through others.
pub(crate) fn schemas<'a>(spec: &'a Value, from: impl IntoIterator<Item = &'a Value>) -> BTreeSet<String> {
    let names = reached(spec, from).into_iter().filter_map(|pointer| pointer.strip_prefix("/components/schemas/"));
    names.map(str::to_owned).collect()
}
