//! What the build makes of the specs; nothing here is written by hand.
#![allow(
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

// A module for each `openapi/{api}.yaml`, and the tables of all.
include!(concat!(env!("OUT_DIR"), "/apis.rs"));

/// The rows of `tests/awkward/`, in its package alone.
#[cfg(unloc_awkward)]
pub(crate) mod awkward {
    include!(concat!(env!("OUT_DIR"), "/rows.rs"));
}
