//! `cargo xtask`: what a maintainer and continuous integration run.

mod bench_report;
mod ci;
mod diff;
#[cfg(test)]
mod large;
mod output;
mod outside;
mod packages;
mod probe;
mod surface;
mod validate;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

const USAGE: &str = "\
usage: cargo xtask <command>

commands:
  ci                 every check that continuous integration runs
  validate           says what is wrong with the specs, or with the files it is given
  diff               says what the changes of the specs do to those who use the bindings
  probe              holds a running service to the specs
  surface            writes the public API that the specs lead to into openapi/surface
  surface --check    says how it differs from what stands there
  outside            runs the examples of the guides from a package outside of the workspace
  bench-report       puts what the benchmarks recorded into tables and charts
  bench-report --check   says whether they agree with it";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match words.as_slice() {
        ["ci"] => ci::run(&root()),
        ["surface"] => surface::write(&root()),
        ["surface", "--check"] => match surface::check(&root()) {
            Ok(()) => ExitCode::SUCCESS,
            Err(why) => {
                eprintln!("\nerror: {why}");
                ExitCode::FAILURE
            }
        },
        ["outside"] => match outside::check(&root(), || ci::cargo(&root())) {
            Ok(()) => ExitCode::SUCCESS,
            Err(why) => {
                eprintln!("\nerror: {why}");
                ExitCode::FAILURE
            }
        },
        ["outside", rest @ ..] => refuse(&format!("`outside` takes no arguments, and `{}` was given", rest.join(" "))),
        ["bench-report"] => bench_report::write(&root()),
        ["bench-report", "--check"] => match bench_report::check(&root()) {
            Ok(()) => ExitCode::SUCCESS,
            Err(why) => {
                eprintln!("error: {why}");
                ExitCode::FAILURE
            }
        },
        ["bench-report", rest @ ..] => {
            refuse(&format!("`bench-report` takes `--check` or nothing, not `{}`", rest.join(" ")))
        }
        ["surface", rest @ ..] => refuse(&format!("`surface` takes `--check` or nothing, not `{}`", rest.join(" "))),
        ["diff", rest @ ..] => diff::run(&root(), rest),
        ["probe", rest @ ..] => probe::run(&root(), rest),
        ["validate", rest @ ..] => validate::run(&root(), rest),
        ["help" | "--help" | "-h"] => {
            println!("{USAGE}");
            ExitCode::SUCCESS
        }
        [] => refuse("no command given"),
        ["ci", rest @ ..] => refuse(&format!("`ci` takes no arguments, and `{}` was given", rest.join(" "))),
        [other, ..] => refuse(&format!("there is no command `{other}`")),
    }
}

/// The repository, wherever one stands in it.
fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap_or(Path::new(".")).to_path_buf()
}

fn refuse(why: &str) -> ExitCode {
    eprintln!("error: {why}\n\n{USAGE}");
    ExitCode::from(2)
}
