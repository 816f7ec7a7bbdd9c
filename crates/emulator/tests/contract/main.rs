//! Tests the emulator against the specs.
//!
//! Every operation of `openapi/*.yaml` is called so that it succeeds, and so that it returns each documented error.
//! Every response must match the spec. A new operation, or a new error of one, fails these tests until [`scenarios`]
//! has it.

// Clippy allows `expect` and the like in functions with `#[test]` only, not in their helpers.
#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used)]

mod behaviour;
mod behaviour_v2;
mod nulls;
mod quirks;
mod responses;
mod scenarios;
mod scenarios_v2;
mod spec;
mod world;
