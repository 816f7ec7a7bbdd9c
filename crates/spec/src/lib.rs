//! Reads OpenAPI 3.0 files for the code generator, the linter, the differ, the probe and the tests.
//!
//! | type or module | purpose |
//! |---|---|
//! | [`Document`] | a file with the positions of its nodes |
//! | [`At`] | a node of a document, with its JSON pointer |
//! | [`RawOperation`] | an operation as it is written |
//! | [`Operation`] | an operation that can be bound, with everything that is merged into it |
//! | [`PathTemplate`] | the path of an operation |
//! | [`schemas`] | the schemas, and which of them describe the same value |
//! | [`keys`] | the table of `x-` keys |
//! | [`Client`] | a client of the SDK |
//!
//! No other code in this repository walks paths, follows references or parses path templates. A test ensures that.

mod at;
pub mod client;
pub mod echoes;
mod error;
mod folder;
#[cfg(feature = "json-schema")]
pub mod json_schema;
pub mod keys;
mod load;
pub mod operation;
pub mod schemas;
mod template;
pub mod tolerance;
mod unsupported;
mod walk;
pub mod words;

pub use at::At;
pub use client::{Client, TokenRequest};
pub use error::{Error, Flaw, Position};
pub use folder::{Config, api, apis, feature, module};
pub use load::{
    Document, Lines, REFERENCE, Target, beside_null, component_schema, entries, escape, follow, is_null, reached,
    reference, reference_pointer, reference_to, references, resolve, schema_name, target, underlying,
};
pub use operation::{Operation, Pagination, Parameter, RequiredFilter};
pub use template::{Overlap, PathTemplate, Segment};
pub use tolerance::Tolerance;
pub use unsupported::{UNSUPPORTED, Unsupported, unsupported_in};
pub use walk::{PATHS, RawOperation, method, operations_mut, paths};
