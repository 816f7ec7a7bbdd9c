//! Tests the SDK's contract with the service over real sockets, against a scripted server and against the emulator.

#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::unwrap_used,
    reason = "clippy's exception for tests does not cover their helpers, which fail tests by panics as well"
)]

mod auth;
#[path = "../calls/mod.rs"]
#[allow(dead_code, reason = "some of it is used only by the fuzz targets")]
mod calls;
mod decoding;
mod duplicate_properties;
mod envelopes;
mod errors;
mod faults;
mod idempotency;
mod log;
mod operations;
mod pages;
mod paths;
mod quirks;
mod requests;
mod secrecy;
mod spec_conformance;
mod support;
mod tls;
mod tokens;
mod tolerance;
mod traces;
mod unencrypted;
mod write_responses;
