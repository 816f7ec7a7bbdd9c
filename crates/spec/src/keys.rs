//! The `x-` keys, in one table: where each may stand, what it may say, what it means, and how a use of it is checked.
//!
//! `openapi/README.md` shows the same table to readers; a test holds the two against each other.

pub(crate) mod checks;
mod walk;

use serde_json::Value;

pub use walk::{check, holds_data, holds_names};

use crate::client;
use checks::{Faults, Use};

/// Further names of a property.
pub const ALIASES: &str = "x-aliases";
/// Whether an enum's values are told apart by case.
pub const CASE_INSENSITIVE: &str = "x-case-insensitive";
/// Which client offers an operation.
pub const CLIENT: &str = "x-client";
/// The clients that there are.
pub const CLIENTS: &str = "x-clients";
/// Which value of the request a property repeats.
pub const ECHOES: &str = "x-echoes";
/// What the values of an enum mean.
pub const ENUM_DESCRIPTIONS: &str = "x-enum-descriptions";
/// The property that wraps a response.
pub const ENVELOPE: &str = "x-envelope";
/// The environment that a server belongs to.
pub const ENVIRONMENT: &str = "x-environment";
/// Whether an operation is documented.
pub const EVIDENCE: &str = "x-evidence";
/// How an operation is known.
pub const EVIDENCE_NOTE: &str = "x-evidence-note";
/// Whether an operation is idempotent.
pub const IDEMPOTENT: &str = "x-idempotent";
/// Exceptions from the linter's rules.
pub const LINT_ALLOW: &str = "x-lint-allow";
/// How an operation pages.
pub const PAGINATION: &str = "x-pagination";
/// Whether a response is documented.
pub const RESPONSE_EVIDENCE: &str = "x-response-evidence";
/// The name in Rust.
pub const RUST_NAME: &str = "x-rust-name";
/// What a text must not show.
pub const SENSITIVE: &str = "x-sensitive";
/// As what else a property may arrive.
pub const TOLERATE: &str = "x-tolerate";

/// Where a key may stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// At the top of the file.
    Document,
    /// A server.
    Server,
    /// An operation.
    Operation,
    /// A parameter, in an operation, a path or `components`.
    Parameter,
    /// A schema with a name.
    Schema,
    /// A property of a schema.
    Property,
    /// Everywhere else; a key that may stand here may stand at any node.
    Node,
}

impl Place {
    /// What it is called in the table.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Document => "top of the file",
            Self::Server => "server",
            Self::Operation => "operation",
            Self::Parameter => "parameter",
            Self::Schema => "schema",
            Self::Property => "property",
            Self::Node => "any node",
        }
    }

    /// What it is called in a sentence.
    fn phrase(self) -> &'static str {
        match self {
            Self::Document => "the top of the file",
            Self::Server => "a server",
            Self::Operation => "an operation",
            Self::Parameter => "a parameter",
            Self::Schema => "a schema under `components/schemas`",
            Self::Property => "a property",
            Self::Node => "any node",
        }
    }
}

/// What a key may say.
#[derive(Clone, Copy, Debug)]
pub enum Values {
    /// One of these words.
    OneOf(&'static [&'static str]),
    /// True or false.
    Flag,
    /// A text that is not empty.
    Text,
    /// What the key's own check knows; this is how the table describes it.
    Own(&'static str),
}

impl Values {
    /// How the table describes them.
    #[must_use]
    pub fn described(self) -> String {
        match self {
            Self::OneOf(words) => words.iter().map(|word| format!("`{word}`")).collect::<Vec<_>>().join(", "),
            Self::Flag => "boolean".to_owned(),
            Self::Text => "text".to_owned(),
            Self::Own(words) => words.to_owned(),
        }
    }
}

/// A key of ours: a row of the table.
pub struct Key {
    /// What it is called.
    pub name: &'static str,
    /// Where it may stand.
    pub places: &'static [Place],
    /// What it may say.
    pub values: Values,
    /// What it means, as the table says it.
    pub meaning: &'static str,
    /// What `values` cannot say.
    check: Option<fn(&Use<'_>, &mut Faults)>,
}

/// The key of this name.
#[must_use]
pub fn find(name: &str) -> Option<&'static Key> {
    KEYS.iter().find(|key| key.name == name)
}

/// What is wrong with a key, or with a part of its value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Flaw {
    /// JSON pointer of the place.
    pub pointer: String,
    /// What is wrong.
    pub message: String,
    /// What to do.
    pub help: String,
}

/// A text of a node, without blanks around; empty where there is none.
pub(crate) fn text(node: &Value, key: &str) -> String {
    node.get(key).and_then(Value::as_str).unwrap_or_default().trim().to_owned()
}

/// The values of `x-environment`.
const ENVIRONMENTS: Values = Values::OneOf(&["production", "sandbox"]);
/// The values of `x-evidence` and `x-response-evidence`.
const LEVELS: Values = Values::OneOf(&["documented", "inferred"]);

/// The table, in the order of the places.
#[rustfmt::skip]
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
        meaning: "Which client of `x-clients` offers the operation. Only needed where `security` and the path leave a choice.",
        check: Some(client::check_one),
    },
    Key {
        name: EVIDENCE,
        places: &[Place::Operation],
        values: LEVELS,
        meaning: "Whether the vendor describes the operation, or its path or response is concluded. Inferred operations say so in their rustdoc.",
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
        meaning: "Whether the success response is described. One that is `inferred` requires nothing, and one that cannot be read is no error then, unless it is HTML or XML: the operation was carried out, and all that the response could have held is absent.",
        check: Some(checks::response_evidence),
    },
    Key {
        name: PAGINATION,
        places: &[Place::Operation],
        values: Values::Own("`{items, cursor, size}`"),
        meaning: "The array property of the response, the name shared by the cursor's query parameter and property, and how many items to ask for at once when the caller names no `limit`. Gives the operation `items()` and `pages()`.",
        check: Some(checks::pagination),
    },
    Key {
        name: IDEMPOTENT,
        places: &[Place::Operation],
        values: Values::Flag,
        meaning: "Whether the operation is idempotent, so that a call whose outcome is unknown is retried, where that differs from its method: POST and PATCH are not, all others are.",
        check: None,
    },
    Key {
        name: RUST_NAME,
        places: &[Place::Operation, Place::Parameter],
        values: Values::Own("identifier in snake or camel case"),
        meaning: "What Rust calls the operation or the parameter, in place of `operationId` or `name`, where that would collide.",
        check: Some(checks::rust_name),
    },
    Key {
        name: ENVELOPE,
        places: &[Place::Schema],
        values: Values::Own("name of a property"),
        meaning: "The schema of a response wraps one value or list under that name; the value or list without its wrapping is read as well.",
        check: Some(checks::envelope),
    },
    Key {
        name: SENSITIVE,
        places: &[Place::Schema],
        values: Values::OneOf(&["phone-number", "secret", "cursor"]),
        meaning: "The type of this string redacts its value in `Debug`. A phone number is also read from a JSON number.",
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
        meaning: "Further names under which a property of a response is read. Never sent. Of several in one object, the value counts that says something (not null, not empty), and of two that do the documented name's.",
        check: Some(checks::aliases),
    },
    Key {
        name: ECHOES,
        places: &[Place::Property],
        values: Values::Own("name of a property of requests, or of a path parameter"),
        meaning: "In a response to a change, the required property repeats what the call said under that name: where it is missing or null, the call's value stands there. In responses to reads it means nothing.",
        check: Some(checks::echoes),
    },
    Key {
        name: TOLERATE,
        places: &[Place::Property],
        values: Values::Own("`[number]` or `[string]`; with `any` behind it at an optional property"),
        meaning: "What else a property of a response may arrive as: a number for a string; a string for a boolean, an integer or an array (then parted by blanks). With `any`, whatever cannot be read so is as good as absent.",
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
