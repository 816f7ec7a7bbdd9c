//! The backend for programs without the secret, as its callers meet it: a program, over real sockets.
#![allow(clippy::unwrap_used)]

mod backend;
mod dead_tokens;
mod pages;
#[path = "../programs/mod.rs"]
mod programs;
mod tokens;
mod told;

const HOME: &str = "lockHolder.identifier:NO.demo-fjordglott.";
