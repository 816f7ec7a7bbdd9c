//! What fuzzers call, one function for each target. A function returns if all is well with its input, and panics if not.
//!
//! `tests/fuzz_smoke.rs` includes this as a module and calls the same functions on every machine, with the compiler that
//! is there; `README.md` says how the real fuzzers are run.

mod answers;
#[path = "../../tests/calls/mod.rs"]
#[allow(dead_code, unused_imports, reason = "some of it is for the tests only")]
mod calls;
mod claims;
mod envelopes;
mod sensitive;
mod specs;
mod stage;

pub use answers::{answer, error, input, retry_after};
pub use claims::scopes;
pub use specs::{bindings, yaml};

/// A target: its name, which is that of its folder in `corpus/`, and what it calls.
pub type Target = (&'static str, fn(&[u8]));

/// All targets.
pub const TARGETS: [Target; 6] = [
    ("answer", answer),
    ("bindings", bindings),
    ("error", error),
    ("retry_after", retry_after),
    ("scopes", scopes),
    ("yaml", yaml),
];
