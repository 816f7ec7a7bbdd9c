//! Defines the table of `x-` keys: where each is allowed, which values it takes, what it means, and how it is checked.
//!
//! `openapi/README.md` has the same table for readers. A test compares the two.

pub(crate) mod checks;
mod table;
mod walk;

use serde_json::Value;

pub use table::KEYS;
pub use walk::{check, holds_data, holds_names};

use checks::{KeyUse, Violations};

/// Lists further names of a property.
pub const ALIASES: &str = "x-aliases";
/// Says that case does not matter in the values of an enum.
pub const CASE_INSENSITIVE: &str = "x-case-insensitive";
/// Chooses the client that offers an operation.
pub const CLIENT: &str = "x-client";
/// Declares the clients.
pub const CLIENTS: &str = "x-clients";
/// Names the value of the request that a property echoes.
pub const ECHOES: &str = "x-echoes";
/// Describes the values of an enum.
pub const ENUM_DESCRIPTIONS: &str = "x-enum-descriptions";
/// Names the property that wraps a response.
pub const ENVELOPE: &str = "x-envelope";
/// Names the environment that a server belongs to.
pub const ENVIRONMENT: &str = "x-environment";
/// Says whether an operation is documented.
pub const EVIDENCE: &str = "x-evidence";
/// Says how an operation is known.
pub const EVIDENCE_NOTE: &str = "x-evidence-note";
/// Says whether an operation is idempotent.
pub const IDEMPOTENT: &str = "x-idempotent";
/// Lists exceptions from the linter's rules.
pub const LINT_ALLOW: &str = "x-lint-allow";
/// Describes the pagination of an operation.
pub const PAGINATION: &str = "x-pagination";
/// Names the filters without which an operation acts on everything.
pub const REQUIRED_FILTER: &str = "x-required-filter";
/// Says whether a response is documented.
pub const RESPONSE_EVIDENCE: &str = "x-response-evidence";
/// Is the name in Rust.
pub const RUST_NAME: &str = "x-rust-name";
/// Says why a string must be redacted.
pub const SENSITIVE: &str = "x-sensitive";
/// Lists the other JSON types that a property may arrive as.
pub const TOLERATE: &str = "x-tolerate";

/// Is a place where a key may be allowed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// Is the top of the file.
    Document,
    /// Is a server.
    Server,
    /// Is an operation.
    Operation,
    /// Is a parameter, in an operation, a path or `components`.
    Parameter,
    /// Is a schema under `components/schemas`.
    Schema,
    /// Is a property of a schema.
    Property,
    /// Is any other node. A key that is allowed here is allowed at every node.
    Node,
}

impl Place {
    /// Returns its name in the table.
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

    /// Returns its name in a sentence.
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

/// Describes the values that a key takes.
#[derive(Clone, Copy, Debug)]
pub enum Values {
    /// The value is one of these words.
    OneOf(&'static [&'static str]),
    /// The value is a boolean.
    Flag,
    /// The value is a string that is not empty.
    Text,
    /// The key's own check decides. This is the description in the table.
    Own(&'static str),
}

impl Values {
    /// Returns their description in the table.
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

/// Describes an `x-` key: a row of the table.
pub struct Key {
    /// Is its name.
    pub name: &'static str,
    /// Lists where it is allowed.
    pub places: &'static [Place],
    /// Describes its values.
    pub values: Values,
    /// Says what it means, as in the table.
    pub meaning: &'static str,
    /// Checks what `values` cannot express.
    check: Option<fn(&KeyUse<'_>, &mut Violations)>,
}

/// Finds the key with this name.
#[must_use]
pub fn find(name: &str) -> Option<&'static Key> {
    KEYS.iter().find(|key| key.name == name)
}

/// Returns the string under a key without surrounding blanks, or the empty string.
pub(crate) fn text(node: &Value, key: &str) -> String {
    node.get(key).and_then(Value::as_str).unwrap_or_default().trim().to_owned()
}
