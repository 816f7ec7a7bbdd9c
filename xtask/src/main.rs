//! `cargo xtask`: what a maintainer and continuous integration run. Each command is a few lines over a tool of its own.

mod ci;
mod commands;

use std::process::ExitCode;

fn main() -> ExitCode {
    commands::run(lexopt::Parser::from_env())
}
