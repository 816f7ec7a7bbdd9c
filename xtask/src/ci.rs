//! Every check, in the order in which they fail fastest.

use std::path::Path;
use std::process::{Command, ExitCode};
use std::time::Instant;

use crate::{bench_report, diff, outside, packages, surface, validate};

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
const WASM: &str = "wasm32-unknown-unknown";

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

/// Runs all checks; ends at the first that fails.
pub(crate) fn run(root: &Path) -> ExitCode {
    let started = Instant::now();
    let outcome = timed("specs", || validate::check(root))
        .and_then(|()| timed("surface", || surface::check(root)))
        .and_then(|()| timed("figures", || bench_report::check(root)))
        .and_then(|()| timed("changes since main", || diff::dry(root)))
        .and_then(|()| CHECKS.iter().try_for_each(|check| timed(check.name, || by_cargo(check, root))))
        .and_then(|()| timed("examples, outside of the workspace", || outside::check(root, || cargo(root))))
        .and_then(|()| timed("packages", || packages::check(root, || cargo(root))));
    match outcome {
        Ok(()) => {
            println!("\nall checks passed in {} s", started.elapsed().as_secs());
            ExitCode::SUCCESS
        }
        Err(why) => {
            eprintln!("\nerror: {why}");
            ExitCode::FAILURE
        }
    }
}

fn timed(name: &str, check: impl FnOnce() -> Result<(), String>) -> Result<(), String> {
    println!("\n== {name}");
    let begun = Instant::now();
    check()?;
    println!("== {name}: {} s", begun.elapsed().as_secs());
    Ok(())
}

fn by_cargo(check: &Check, root: &Path) -> Result<(), String> {
    if needs_openssl(check) && !has_openssl() {
        println!("SKIPPED: OpenSSL's headers are not installed (libssl-dev, openssl-devel)");
        return Ok(());
    }
    if check.arguments.contains(&WASM) && !has_wasm() {
        println!("SKIPPED: the target {WASM} is not installed (rustup target add {WASM})");
        return Ok(());
    }
    if check.arguments == COUNTED && Command::new("valgrind").arg("--version").output().is_err() {
        println!("SKIPPED: valgrind is not installed (apt-get install valgrind)");
        return Ok(());
    }
    let mut arguments = check.arguments.to_vec();
    if arguments.first() == Some(&"clippy") {
        arguments.extend(DENY);
    }
    let status = cargo(root).args(&arguments).envs(check.environment.iter().copied()).status();
    match status {
        Ok(status) if status.success() => Ok(()),
        Ok(_) => Err(format!("{} failed; run it alone: cargo {}", check.name, arguments.join(" "))),
        Err(error) => Err(format!("cargo could not be started: {error}")),
    }
}

pub(crate) fn cargo(root: &Path) -> Command {
    let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.current_dir(root);
    command
}

fn needs_openssl(check: &Check) -> bool {
    // On Windows and macOS the platform brings its own TLS.
    cfg!(target_os = "linux") && (check.arguments.contains(&NATIVE_TLS) || check.arguments.contains(&"--all-features"))
}

fn has_openssl() -> bool {
    let found = Command::new("pkg-config").args(["--exists", "openssl"]).status();
    found.is_ok_and(|status| status.success()) || std::env::var_os("OPENSSL_DIR").is_some()
}

fn has_wasm() -> bool {
    let installed = || {
        let folder = Command::new("rustc").args(["--print", "target-libdir", "--target", WASM]).output();
        folder.is_ok_and(|folder| Path::new(String::from_utf8_lossy(&folder.stdout).trim()).is_dir())
    };
    // A machine of somebody's is left as it is; one that runs only this gets what is missing.
    let add = || Command::new("rustup").args(["target", "add", WASM]).status().is_ok_and(|status| status.success());
    installed() || (std::env::var_os("CI").is_some() && add() && installed())
}
