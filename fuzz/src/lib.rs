//! Provides one function for each fuzz target. A function panics if a property does not hold for its input.
//!
//! `tests/fuzz_smoke/` includes this file as a module and calls the same functions with a stable compiler. `README.md`
//! describes how to run the fuzzers.

#[path = "../../tests/calls/mod.rs"]
#[allow(dead_code, unused_imports, reason = "some of it is used only by the tests")]
mod calls;
mod claims;
mod envelopes;
mod responses;
mod sensitive;
mod service;
mod specs;

pub use claims::scopes;
pub use responses::{error, input, response, retry_after};
pub use specs::{bindings, yaml};

/// Holds a target's name, which is also the name of its folder in `corpus/`, and its function.
pub type Target = (&'static str, fn(&[u8]));

/// Lists all targets.
pub const TARGETS: [Target; 6] = [
    ("bindings", bindings),
    ("error", error),
    ("response", response),
    ("retry_after", retry_after),
    ("scopes", scopes),
    ("yaml", yaml),
];
