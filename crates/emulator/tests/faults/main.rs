//! Faults on demand, as a client meets them.

// Clippy knows tests by their attribute and takes the helpers around them for code that ships.
#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used)]

mod connections;
mod control;
mod counting;
mod statuses;
#[allow(dead_code, reason = "each test crate needs another part of it")]
#[path = "../service/support.rs"]
mod support;
mod tokens;
