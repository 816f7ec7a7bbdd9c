//! What an OpenAPI 3.0 file says, read once and for everybody: the bindings' generator, the linter, the differ, the probe
//! and the tests.
//!
//! [`Document`] is the file with its positions, [`Operation`] one operation with everything that is merged into it,
//! [`schemas`] the schemas and which of them describe one value, [`keys`] the table of the `x-` keys, [`Client`] a client
//! of the SDK.

pub mod client;
pub mod echoes;
mod error;
#[cfg(feature = "json-schema")]
pub mod json_schema;
pub mod keys;
mod load;
pub mod operation;
pub mod schemas;
mod unsupported;
pub mod words;

pub use client::{Client, TokenRequest};
pub use error::{Error, Position};
pub use load::{Document, Lines, Target, beside_null, entries, escape, follow, is_null, resolve, schema_name};
pub use operation::{Operation, Pagination, Parameter};
pub use unsupported::{UNSUPPORTED, Unsupported, unsupported_in};
