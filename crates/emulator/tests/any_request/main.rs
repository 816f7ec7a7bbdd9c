//! Sends arbitrary requests to the emulator. It must respond as documented and keep working: without a panic, without
//! an undocumented status, and with bounded memory.

// Clippy allows `expect` and the like in functions with `#[test]` only, not in their helpers.
#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used)]

mod bodies;
mod memory;
mod properties;
mod render;
mod request;
mod response;
mod targets;
