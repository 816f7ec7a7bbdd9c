//! The `x-` keys, in one table: where each may stand, what it may say, what it means, and how a use of it is checked.
//!
//! `openapi/README.md` shows the same table to readers; a test holds the two against each other.

pub(crate) mod checks;
mod table;
mod walk;

use serde_json::Value;

pub use table::KEYS;
pub use walk::{check, holds_data, holds_names};

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

/// A text of a node, without blanks around; empty where there is none.
pub(crate) fn text(node: &Value, key: &str) -> String {
    node.get(key).and_then(Value::as_str).unwrap_or_default().trim().to_owned()
}
