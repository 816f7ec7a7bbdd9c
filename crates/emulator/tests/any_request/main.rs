//! Whatever is sent to the emulator, it answers as it is documented to, and stays what it was: no panic, no status that
//! nobody asked for, no memory that a sender could fill.

// Clippy knows tests by their attribute and takes the helpers around them for code that ships.
#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used)]

mod answer;
mod bodies;
mod memory;
mod properties;
mod render;
mod request;
mod targets;
