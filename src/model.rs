//! Holds the types of requests and responses and the tables of operations, as the specs describe them.
//!
//! Nothing here sends or waits. Requests are strict, and responses are decoded leniently ([`lenient`]), because the
//! service's documents contradict themselves.

pub(crate) mod field;
pub(crate) mod lenient;
pub(crate) mod nullable;
pub(crate) mod open_enum;
pub(crate) mod operation;
pub(crate) mod page;
#[cfg(all(test, feature = "schemars"))]
mod schemas;
pub(crate) mod sensitive;
#[cfg(feature = "dynamic")]
pub(crate) mod table;
pub(crate) mod text;

pub use field::IntoField;
pub use nullable::Nullable;
pub use operation::Operation;
pub use page::Page;
pub use sensitive::{Cursor, InvalidPhoneNumber, PhoneNumber, Secret};

pub(crate) use generated::*;

/// Includes the code that the build generates from the specs.
// Nobody edits generated code, so lints about its style are noise.
#[allow(
    clippy::all,
    clippy::pedantic,
    clippy::restriction,
    dead_code,
    missing_docs,
    unreachable_pub,
    unused_imports,
    unused_mut,
    unused_qualifications
)]
mod generated {
    // One module for each `openapi/{api}.yaml`, and the tables of all.
    include!(concat!(env!("OUT_DIR"), "/models.rs"));

    /// Includes the bindings of the specs in `tests/awkward/`; only that package sets the `cfg`.
    #[cfg(unloc_awkward)]
    pub(crate) mod awkward {
        include!(concat!(env!("OUT_DIR"), "/rows_model.rs"));
    }
}
