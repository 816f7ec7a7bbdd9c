//! The emulator against the specs: every operation of `openapi/*.yaml` is called, so that it succeeds and so that it fails
//! in each way that is documented, and every answer has to be one that the YAML describes.
//!
//! Nothing of the specs is repeated here but the names of operations. A new operation, or a new error of one, fails these
//! tests until [`scenarios`] has it.

// Clippy knows tests by their attribute and takes the helpers around them for code that ships.
#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used)]

mod answers;
mod behaviour;
mod nulls;
mod quirks;
mod scenarios;
mod spec;
mod world;
