//! Every check, in the order in which they fail fastest.

mod machine;

use std::path::Path;
use std::process::{Command, ExitCode};
use std::time::Instant;

use crate::{bench_report, diff, outside, packages, surface, validate};
pub(crate) use machine::Skip;
use machine::{Here, Machine, Need, WASM, missing};

/// A check by cargo: what it is for, the arguments, what stands in the environment.
struct Check {
    name: &'static str,
    arguments: &'static [&'static str],
    environment: &'static [(&'static str, &'static str)],
}

const DENY: &[&str] = &["--", "-D", "warnings"];
const NATIVE_TLS: &str = "native-tls";
const COUNTED: &[&str] = &["bench", "-p", "unloc-benches", "--bench", "instructions"];
const SCHEMARS: &str = "unloc/schemars";

/// Takes longest of all tests, and no feature has to do with it.
const MODEL: &str = "call::tests::model";

const CHECKS: &[Check] = &[
    check("formatting", &["fmt", "--all", "--check"]),
    check("lints, default features", &["clippy", "--workspace", "--all-targets"]),
    check("lints, no features", &["clippy", "-p", "unloc", "--no-default-features", "--all-targets"]),
    check("lints, schemars", &["clippy", "-p", "unloc", "--all-targets", "--features", "schemars"]),
    check(
        "lints, rustls without provider",
        &["clippy", "-p", "unloc", "--no-default-features", "--features", "rustls-no-provider"],
    ),
    check("lints, native TLS", &["clippy", "-p", "unloc", "--no-default-features", "--features", NATIVE_TLS]),
    check("lints, all features", &["clippy", "-p", "unloc", "--all-features"]),
    check("browsers", &["check", "-p", "unloc", "--no-default-features", "--target", WASM]),
    Check {
        name: "tests and doctests",
        arguments: &["test", "--workspace", "--features", SCHEMARS],
        environment: &[("SOAK_SECONDS", "30")],
    },
    check(
        "tests, no features",
        &["test", "-p", "unloc", "--no-default-features", "--lib", "--test", "contract", "--", "--skip", MODEL],
    ),
    Check {
        name: "documentation",
        arguments: &["doc", "--workspace", "--no-deps", "--features", SCHEMARS],
        environment: &[("RUSTDOCFLAGS", "-D warnings")],
    },
    check("instructions", COUNTED),
];

const fn check(name: &'static str, arguments: &'static [&'static str]) -> Check {
    Check { name, arguments, environment: &[] }
}

/// A check that was left out.
struct Skipped {
    name: &'static str,
    skip: Skip,
}

/// Runs all checks; ends at the first that fails. What was skipped is told at the end, and is a failure in continuous
/// integration, where nobody reads what passes by.
pub(crate) fn run(root: &Path) -> ExitCode {
    let started = Instant::now();
    let mut skipped = Vec::new();
    let ran = timed("specs", || validate::check(root).map(|()| None))
        .and_then(|_| timed("surface", || surface::check(root).map(|()| None)))
        .and_then(|_| timed("figures", || bench_report::check(root).map(|()| None)))
        .and_then(|_| timed("changes since main", || diff::dry(root)))
        .map(|skip| skipped.extend(skip))
        .and_then(|()| {
            CHECKS
                .iter()
                .try_for_each(|check| timed(check.name, || by_cargo(check, root)).map(|skip| skipped.extend(skip)))
        })
        .and_then(|()| {
            timed("examples, outside of the workspace", || outside::check(root, || cargo(root)).map(|()| None))
        })
        .and_then(|_| timed("packages", || packages::check(root, || cargo(root)).map(|()| None)).map(drop));
    let (said, outcome) = conclude(&skipped, Here.is_ci());
    print!("{said}");
    match ran.and(outcome) {
        Ok(()) => {
            let (seconds, left) = (started.elapsed().as_secs(), skipped.len());
            let skipped = if left == 0 { String::new() } else { format!(", {left} skipped") };
            println!("\nall checks that ran passed in {seconds} s{skipped}");
            ExitCode::SUCCESS
        }
        Err(why) => {
            eprintln!("\nerror: {why}");
            ExitCode::FAILURE
        }
    }
}

/// What was skipped, in words, and whether that is a failure.
fn conclude(skipped: &[Skipped], is_ci: bool) -> (String, Result<(), String>) {
    let mut said = String::new();
    for (index, Skipped { name, skip }) in skipped.iter().enumerate() {
        said.push_str(if index == 0 { "\nskipped:\n" } else { "" });
        said.push_str(&format!("  {name}: {} ({})\n", skip.reason, skip.remedy));
    }
    let refused = skipped.iter().filter(|skipped| !skipped.skip.is_allowed).map(|skipped| skipped.name);
    let refused: Vec<_> = refused.collect();
    if is_ci && !refused.is_empty() {
        let names = refused.join(", ");
        return (said, Err(format!("with CI set, no check may be skipped that could be run: {names}")));
    }
    (said, Ok(()))
}

fn timed(name: &'static str, check: impl FnOnce() -> Result<Option<Skip>, String>) -> Result<Option<Skipped>, String> {
    println!("\n== {name}");
    let begun = Instant::now();
    let skip = check()?;
    match &skip {
        Some(skip) => println!("== {name}: SKIPPED, {}", skip.reason),
        None => println!("== {name}: {} s", begun.elapsed().as_secs()),
    }
    Ok(skip.map(|skip| Skipped { name, skip }))
}

fn by_cargo(check: &Check, root: &Path) -> Result<Option<Skip>, String> {
    if let Some(skip) = need_of(check).and_then(|need| missing(need, &Here)) {
        return Ok(Some(skip));
    }
    let mut arguments = check.arguments.to_vec();
    if arguments.first() == Some(&"clippy") {
        arguments.extend(DENY);
    }
    let status = cargo(root).args(&arguments).envs(check.environment.iter().copied()).status();
    match status {
        Ok(status) if status.success() => Ok(None),
        Ok(_) => Err(format!("{} failed; run it alone: cargo {}", check.name, arguments.join(" "))),
        Err(error) => Err(format!("cargo could not be started: {error}")),
    }
}

/// What a check needs that is not on every machine.
fn need_of(check: &Check) -> Option<Need> {
    let has = |argument: &str| check.arguments.contains(&argument);
    match () {
        () if has(NATIVE_TLS) || has("--all-features") => Some(Need::Openssl),
        () if has(WASM) => Some(Need::Wasm),
        () if check.arguments == COUNTED => Some(Need::Valgrind),
        () => None,
    }
}

pub(crate) fn cargo(root: &Path) -> Command {
    let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.current_dir(root);
    command
}

#[cfg(test)]
mod tests;
