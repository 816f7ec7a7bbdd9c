//! Tests the TypeScript that is written from small specs and from those of the repository.
#![allow(clippy::unwrap_used, clippy::panic, reason = "in a test, a panic is the failure")]

mod awkward;
mod operations;
mod repository;
mod schemas;
mod spec;
