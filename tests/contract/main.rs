//! What the SDK promises towards the service, checked over real sockets: against a server whose every answer is
//! scripted, and against the service in a box.

#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::unwrap_used,
    reason = "the helpers of tests are not tests to clippy, but end them as tests do"
)]

mod auth;
#[path = "../calls/mod.rs"]
#[allow(dead_code, reason = "some of it is for fuzzers only")]
mod calls;
mod changes;
mod decoding;
mod documented;
mod envelopes;
mod errors;
mod hostile;
mod log;
mod operations;
mod pages;
mod paths;
mod quirks;
mod repeats;
mod requests;
mod secrecy;
mod support;
mod tls;
mod tokens;
mod tolerance;
mod traces;
mod twice;
mod unencrypted;
