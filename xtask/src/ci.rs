//! Every check, in the order in which they fail fastest.

use std::path::Path;
use std::process::{Command, ExitCode};
use std::time::Instant;

/// A check: what it is for, the arguments of cargo, what stands in the environment.
struct Check {
    name: &'static str,
    arguments: &'static [&'static str],
    environment: &'static [(&'static str, &'static str)],
}

const DENY: &[&str] = &["--", "-D", "warnings"];

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
    check("tests and doctests", &["test", "--workspace", "--features", "unloc/schemars"]),
    check("tests, no features", &["test", "-p", "unloc", "--no-default-features", "--lib", "--test", "contract"]),
    Check {
        name: "documentation",
        arguments: &["doc", "--workspace", "--no-deps", "--features", "unloc/schemars"],
        environment: &[("RUSTDOCFLAGS", "-D warnings")],
    },
    // Builds each crate from the files that its package would have. The quickstart's sandbox goes along because the
    // packages have to resolve without this folder.
    check("packages", &["package", "-p", "unloc-codegen", "-p", "unloc-sandbox", "-p", "unloc", "--allow-dirty"]),
];

const NATIVE_TLS: &str = "native-tls";

const fn check(name: &'static str, arguments: &'static [&'static str]) -> Check {
    Check { name, arguments, environment: &[] }
}

/// Runs all checks; ends at the first that fails.
pub(crate) fn run() -> ExitCode {
    let started = Instant::now();
    for check in CHECKS {
        if needs_openssl(check) && !has_openssl() {
            println!("\n== {}: SKIPPED, OpenSSL's headers are not installed (libssl-dev, openssl-devel)", check.name);
            continue;
        }
        let mut arguments = check.arguments.to_vec();
        if arguments.first() == Some(&"clippy") {
            arguments.extend(DENY);
        }
        println!("\n== {}: cargo {}", check.name, arguments.join(" "));
        let begun = Instant::now();
        let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
        command.args(&arguments).envs(check.environment.iter().copied());
        command.current_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join(".."));
        match command.status() {
            Ok(status) if status.success() => println!("== {}: {} s", check.name, begun.elapsed().as_secs()),
            Ok(_) => {
                eprintln!("\nerror: {} failed; run it alone: cargo {}", check.name, arguments.join(" "));
                return ExitCode::FAILURE;
            }
            Err(error) => {
                eprintln!("\nerror: cargo could not be started: {error}");
                return ExitCode::FAILURE;
            }
        }
    }
    println!("\nall checks passed in {} s", started.elapsed().as_secs());
    ExitCode::SUCCESS
}

fn needs_openssl(check: &Check) -> bool {
    // On Windows and macOS the platform brings its own TLS.
    cfg!(target_os = "linux") && (check.arguments.contains(&NATIVE_TLS) || check.arguments.contains(&"--all-features"))
}

fn has_openssl() -> bool {
    let found = Command::new("pkg-config").args(["--exists", "openssl"]).status();
    found.is_ok_and(|status| status.success()) || std::env::var_os("OPENSSL_DIR").is_some()
}
