//! Lists the `x-` keys.

use super::checks;
use super::{
    ALIASES, CASE_INSENSITIVE, CLIENT, CLIENTS, ECHOES, ENUM_DESCRIPTIONS, ENVELOPE, ENVIRONMENT, EVIDENCE,
    EVIDENCE_NOTE, IDEMPOTENT, Key, LINT_ALLOW, PAGINATION, Place, REQUIRED_FILTER, RESPONSE_EVIDENCE, RUST_NAME,
    SENSITIVE, TOLERATE, Values,
};
use crate::client;

/// Lists the values of `x-environment`.
const ENVIRONMENTS: Values = Values::OneOf(&["production", "sandbox"]);
/// Lists the values of `x-evidence` and `x-response-evidence`.
const LEVELS: Values = Values::OneOf(&["documented", "observed", "inferred"]);

/// Is the table, in the order of the places.
pub const KEYS: &[Key] = &[
    Key {
        name: CLIENTS,
        places: &[Place::Document],
        values: Values::Own("name: client, see below"),
        meaning: "Declares the clients of the SDK: the path parameters that each fills in, and how its tokens are \
                  requested.",
        check: Some(client::check_all),
    },
    Key {
        name: ENVIRONMENT,
        places: &[Place::Server],
        values: ENVIRONMENTS,
        meaning: "Names the environment of the client that the server belongs to.",
        check: None,
    },
    Key {
        name: CLIENT,
        places: &[Place::Operation],
        values: Values::Own("name of a client"),
        meaning: "Chooses the client of `x-clients` that offers the operation. Only needed if `security` and the \
                  path fit several.",
        check: Some(client::check_one),
    },
    Key {
        name: EVIDENCE,
        places: &[Place::Operation],
        values: LEVELS,
        meaning: "Says whether Unloc describes the operation, whether it is only known from public code that calls \
                  the service, or whether its path or response is inferred. The rustdoc of an observed or inferred \
                  operation says so.",
        check: None,
    },
    Key {
        name: EVIDENCE_NOTE,
        places: &[Place::Operation],
        values: Values::Text,
        meaning: "Says what is known, what was observed and what is inferred.",
        check: None,
    },
    Key {
        name: RESPONSE_EVIDENCE,
        places: &[Place::Operation],
        values: LEVELS,
        meaning: "Says whether the success response is described. An `observed` response is decoded like a documented \
                  one, but requires only what every known response has. An `inferred` response requires nothing. If it \
                  cannot be decoded, that is no error unless it is HTML or XML: the operation was carried out, and the \
                  value or all of its fields are absent.",
        check: Some(checks::response_evidence),
    },
    Key {
        name: PAGINATION,
        places: &[Place::Operation],
        values: Values::Own("`{items, cursor, size}`"),
        meaning: "Names the array property of the response and the cursor, which is a query parameter and a \
                  property, and sets how many items to request at once when the caller sets no `limit`. Gives the \
                  operation `items()` and `pages()`.",
        check: Some(checks::pagination),
    },
    Key {
        name: REQUIRED_FILTER,
        places: &[Place::Operation],
        values: Values::Own("`{parameters, all}`"),
        meaning: "Names optional query parameters without which the operation acts on everything, and the word by \
                  which callers say that they mean everything. The filter is an argument of the client's function, so \
                  that a call without one does not compile. A call in JSON with neither is refused before anything is \
                  sent, and so is one with both, or with an empty filter.",
        check: Some(checks::required_filter),
    },
    Key {
        name: IDEMPOTENT,
        places: &[Place::Operation],
        values: Values::Flag,
        meaning: "Says whether the operation is idempotent, so that a call with an unknown outcome is retried. \
                  Only needed where that differs from the method: POST and PATCH are not idempotent, all others \
                  are.",
        check: None,
    },
    Key {
        name: RUST_NAME,
        places: &[Place::Operation, Place::Parameter, Place::Property],
        values: Values::Own("identifier in snake or camel case"),
        meaning: "Names the operation in Rust, or the setter of the parameter or property, where `operationId` or \
                  the name would collide.",
        check: Some(checks::rust_name),
    },
    Key {
        name: ENVELOPE,
        places: &[Place::Schema],
        values: Values::Own("name of a property"),
        meaning: "Says that the schema of a response wraps one value or list under this property. The bindings \
                  return that value, or a page for a list with a cursor. No other property is allowed. A value or \
                  list without its envelope is read as well.",
        check: Some(checks::envelope),
    },
    Key {
        name: SENSITIVE,
        places: &[Place::Schema],
        values: Values::OneOf(&["phone-number", "secret", "cursor"]),
        meaning: "Gives the string a type that redacts its value in `Debug`. A phone number or a cursor is also \
                  read from a JSON number.",
        check: Some(checks::sensitive),
    },
    Key {
        name: CASE_INSENSITIVE,
        places: &[Place::Schema],
        values: Values::Flag,
        meaning: "Says that known values of the enum are recognized in any case.",
        check: Some(checks::case_insensitive),
    },
    Key {
        name: ENUM_DESCRIPTIONS,
        places: &[Place::Schema],
        values: Values::Own("value: text"),
        meaning: "Describes the values of the enum; has an entry for every value.",
        check: Some(checks::enum_descriptions),
    },
    Key {
        name: ALIASES,
        places: &[Place::Property],
        values: Values::Own("list of names"),
        meaning: "Lists further names under which a property of a response is read. They are never sent. If an \
                  object has several of them, a value that is neither null nor empty wins, and of several such \
                  values that of the documented name.",
        check: Some(checks::aliases),
    },
    Key {
        name: ECHOES,
        places: &[Place::Property],
        values: Values::Own("name of a property of requests, or of a path parameter"),
        meaning: "Says that a required property of a response to a change echoes the value of this name in the \
                  request. If it is missing or null, the value of the request is used. It has no effect in \
                  responses to reads.",
        check: Some(checks::echoes),
    },
    Key {
        name: TOLERATE,
        places: &[Place::Property],
        values: Values::Own("`[number]` or `[string]`; with `any` as well at an optional property"),
        meaning: "Lists the JSON types that a property of a response may arrive as: a number for a string; a \
                  string for a boolean, an integer or an array (separated by blanks). With `any`, a value that \
                  cannot be read is treated as absent.",
        check: Some(checks::tolerate),
    },
    Key {
        name: LINT_ALLOW,
        places: &[Place::Node],
        values: Values::Own("rule: reason"),
        meaning: "Allows an exception from a rule of `cargo xtask validate`, for this node and everything inside \
                  it.",
        check: Some(checks::lint_allow),
    },
];
