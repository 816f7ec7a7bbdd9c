//! The table itself.

use super::checks;
use super::{
    ALIASES, CASE_INSENSITIVE, CLIENT, CLIENTS, ECHOES, ENUM_DESCRIPTIONS, ENVELOPE, ENVIRONMENT, EVIDENCE,
    EVIDENCE_NOTE, IDEMPOTENT, Key, LINT_ALLOW, PAGINATION, Place, RESPONSE_EVIDENCE, RUST_NAME, SENSITIVE, TOLERATE,
    Values,
};
use crate::client;

/// The values of `x-environment`.
const ENVIRONMENTS: Values = Values::OneOf(&["production", "sandbox"]);
/// The values of `x-evidence` and `x-response-evidence`.
const LEVELS: Values = Values::OneOf(&["documented", "inferred"]);

/// The table, in the order of the places.
pub const KEYS: &[Key] = &[
    Key {
        name: CLIENTS,
        places: &[Place::Document],
        values: Values::Own("name: client, see below"),
        meaning: "The clients of the SDK, the path parameters that each fills in, and how its tokens are asked for.",
        check: Some(client::check_all),
    },
    Key {
        name: ENVIRONMENT,
        places: &[Place::Server],
        values: ENVIRONMENTS,
        meaning: "Which environment of the client the server is.",
        check: None,
    },
    Key {
        name: CLIENT,
        places: &[Place::Operation],
        values: Values::Own("name of a client"),
        meaning: "Which client of `x-clients` offers the operation. Only needed where `security` and the path leave a \
                  choice.",
        check: Some(client::check_one),
    },
    Key {
        name: EVIDENCE,
        places: &[Place::Operation],
        values: LEVELS,
        meaning: "Whether the vendor describes the operation, or its path or response is concluded. Inferred \
                  operations say so in their rustdoc.",
        check: None,
    },
    Key {
        name: EVIDENCE_NOTE,
        places: &[Place::Operation],
        values: Values::Text,
        meaning: "What is known and what is concluded.",
        check: None,
    },
    Key {
        name: RESPONSE_EVIDENCE,
        places: &[Place::Operation],
        values: LEVELS,
        meaning: "Whether the success response is described. One that is `inferred` requires nothing, and one that \
                  cannot be read is no error then, unless it is HTML or XML: the operation was carried out, and all \
                  that the response could have held is absent.",
        check: Some(checks::response_evidence),
    },
    Key {
        name: PAGINATION,
        places: &[Place::Operation],
        values: Values::Own("`{items, cursor, size}`"),
        meaning: "The array property of the response, the name shared by the cursor's query parameter and property, \
                  and how many items to ask for at once when the caller names no `limit`. Gives the operation \
                  `items()` and `pages()`.",
        check: Some(checks::pagination),
    },
    Key {
        name: IDEMPOTENT,
        places: &[Place::Operation],
        values: Values::Flag,
        meaning: "Whether the operation is idempotent, so that a call whose outcome is unknown is retried, where that \
                  differs from its method: POST and PATCH are not, all others are.",
        check: None,
    },
    Key {
        name: RUST_NAME,
        places: &[Place::Operation, Place::Parameter, Place::Property],
        values: Values::Own("identifier in snake or camel case"),
        meaning: "What Rust calls the operation, or the setter of the parameter or property, in place of `operationId` or \
                  the name, where that would collide.",
        check: Some(checks::rust_name),
    },
    Key {
        name: ENVELOPE,
        places: &[Place::Schema],
        values: Values::Own("name of a property"),
        meaning: "The schema of a response wraps one value or list under that name, which is what the bindings give: a \
                  list beside a cursor as a page. Nothing else may stand there. The value or list without its wrapping \
                  is read as well.",
        check: Some(checks::envelope),
    },
    Key {
        name: SENSITIVE,
        places: &[Place::Schema],
        values: Values::OneOf(&["phone-number", "secret", "cursor"]),
        meaning: "The type of this string redacts its value in `Debug`. A phone number or a cursor is also read from a \
                  JSON number.",
        check: Some(checks::sensitive),
    },
    Key {
        name: CASE_INSENSITIVE,
        places: &[Place::Schema],
        values: Values::Flag,
        meaning: "Known values of the enum are recognized in any case.",
        check: Some(checks::case_insensitive),
    },
    Key {
        name: ENUM_DESCRIPTIONS,
        places: &[Place::Schema],
        values: Values::Own("value: text"),
        meaning: "What each value of the enum means; has an entry for every value.",
        check: Some(checks::enum_descriptions),
    },
    Key {
        name: ALIASES,
        places: &[Place::Property],
        values: Values::Own("list of names"),
        meaning: "Further names under which a property of a response is read. Never sent. Of several in one object, \
                  the value counts that says something (not null, not empty), and of two that do the documented \
                  name's.",
        check: Some(checks::aliases),
    },
    Key {
        name: ECHOES,
        places: &[Place::Property],
        values: Values::Own("name of a property of requests, or of a path parameter"),
        meaning: "In a response to a change, the required property repeats what the call said under that name: where \
                  it is missing or null, the call's value stands there. In responses to reads it means nothing.",
        check: Some(checks::echoes),
    },
    Key {
        name: TOLERATE,
        places: &[Place::Property],
        values: Values::Own("`[number]` or `[string]`; with `any` behind it at an optional property"),
        meaning: "What else a property of a response may arrive as: a number for a string; a string for a boolean, an \
                  integer or an array (then parted by blanks). With `any`, whatever cannot be read so is as good as \
                  absent.",
        check: Some(checks::tolerate),
    },
    Key {
        name: LINT_ALLOW,
        places: &[Place::Node],
        values: Values::Own("rule: reason"),
        meaning: "An exception from a rule of `cargo xtask validate`, for this node and all inside it.",
        check: Some(checks::lint_allow),
    },
];
