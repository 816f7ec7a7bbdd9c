//! Runs the tools of maintainers and continuous integration. Most commands are a few lines around a crate in `tools/`.

mod ci;
mod commands;
mod js;
mod release;

use std::process::ExitCode;

fn main() -> ExitCode {
    commands::run(lexopt::Parser::from_env())
}
