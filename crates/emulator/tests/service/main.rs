//! Tests the emulator over real sockets with a plain HTTP client.

// Clippy allows `expect` and the like in functions with `#[test]` only, not in their helpers.
#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used)]

mod browser;
mod control;
mod http;
mod isolation;
mod keys;
mod listener;
mod lock_holders;
mod locks;
mod paging;
mod people;
mod program;
mod roles;
mod routes;
mod slow;
mod support;
mod tokens;
mod v2;
mod vendors;
mod week;
