//! Runs the example `token_backend` as a program and calls it over real sockets.
#![allow(clippy::unwrap_used)]

mod backend;
mod expired_tokens;
mod pages;
#[path = "../programs/mod.rs"]
mod programs;
mod responses;
mod tokens;

const HOME: &str = "lockHolder.identifier:NO.demo-fjordglott.";
