//! `cargo xtask`: what a maintainer and continuous integration run.

mod ci;
mod packages;

use std::process::ExitCode;

const USAGE: &str = "\
usage: cargo xtask <command>

commands:
  ci    every check that continuous integration runs";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match words.as_slice() {
        ["ci"] => ci::run(),
        ["help" | "--help" | "-h"] => {
            println!("{USAGE}");
            ExitCode::SUCCESS
        }
        [] => refuse("no command given"),
        ["ci", rest @ ..] => refuse(&format!("`ci` takes no arguments, and `{}` was given", rest.join(" "))),
        [other, ..] => refuse(&format!("there is no command `{other}`")),
    }
}

fn refuse(why: &str) -> ExitCode {
    eprintln!("error: {why}\n\n{USAGE}");
    ExitCode::from(2)
}
