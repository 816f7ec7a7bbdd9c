//! Tests the effects of faults on a client.

// Clippy allows `expect` and the like in functions with `#[test]` only, not in their helpers.
#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used)]

mod connections;
mod control;
mod counting;
mod statuses;
#[allow(dead_code, reason = "each test crate needs another part of it")]
#[path = "../service/support.rs"]
mod support;
mod tokens;
