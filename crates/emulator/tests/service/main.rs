//! The emulator over real sockets, asked by a client that knows nothing of it but the documentation.

// Clippy knows tests by their attribute and takes the helpers around them for code that ships.
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
mod vendors;
mod week;
