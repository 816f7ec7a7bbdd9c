//! What the specs say: types of requests and responses, and tables of operations. Nothing here sends or waits.

pub(crate) mod field;
pub(crate) mod lenient;
pub(crate) mod nullable;
pub(crate) mod open_enum;
pub(crate) mod operation;
pub(crate) mod page;
#[cfg(all(test, feature = "schemars"))]
mod schemas;
pub(crate) mod sensitive;
pub(crate) mod table;
pub(crate) mod text;

pub use field::IntoField;
pub use nullable::Nullable;
pub use operation::Operation;
pub use page::Page;
pub use sensitive::{Cursor, InvalidPhoneNumber, PhoneNumber, Secret};

pub(crate) use generated::*;

/// What the build makes of the specs; nothing here is written by hand.
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
    // A module for each `openapi/{api}.yaml`, and the tables of all.
    include!(concat!(env!("OUT_DIR"), "/models.rs"));

    /// The rows of `tests/awkward/`, in its package alone.
    #[cfg(unloc_awkward)]
    pub(crate) mod awkward {
        include!(concat!(env!("OUT_DIR"), "/rows_model.rs"));
    }
}
