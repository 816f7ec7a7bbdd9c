//! Runs every check of continuous integration, fast ones first.

pub(crate) mod beside;
mod gates;
pub(crate) mod machine;

use std::io::IsTerminal;
use std::path::Path;
use std::time::Instant;

use anyhow::{Context, Error, Result, anyhow, bail};
use unloc_bench_record::report;
use unloc_diff::Sides;

use crate::commands::{cargo, print, surface};
use beside::Beside;
use machine::{Here, Machine, Need, Skip, WASM, missing};

/// Describes a check that cargo runs.
struct Check {
    name: &'static str,
    arguments: &'static [&'static str],
    environment: &'static [(&'static str, &'static str)],
}

const DENY: &[&str] = &["--", "-D", "warnings"];
const SCHEMARS: &str = "unloc/schemars";
const DYNAMIC: &str = "unloc/dynamic";
const V2: &str = "unloc/v2";
const SHARED: &str = "unloc-features";
#[rustfmt::skip]
const LINT_TYPES: &[&str] = &[
    "clippy", "-p", "unloc", "-p", SHARED, "--no-default-features", "--features", "typed,target", "--all-targets",
];
const SETTERS: &str = "unloc-setters";
// With the programs of `tests/setters/`, which compile `unloc` and its dependencies again: here without the generator.
#[rustfmt::skip]
const ONLY_TYPES: &[&str] = &[
    "test", "-p", "unloc", "-p", SETTERS, "-p", SHARED, "--no-default-features", "--features", "typed,target",
    "--lib", "--test", "contract", "--test", "setters",
];
const COUNTED: &[&str] = &["bench", "-p", "unloc-benches", "--bench", "instructions", "--no-default-features"];

/// Lists the checks that cargo runs. Without its default features `unloc` uses the bindings that were staged before.
// Each feature alone is a job of gates.yml: every set of features compiles reqwest and what depends on it again.
// With `unloc-features`, checks of one package share the dependencies of the workspace. Those that check which features
// `unloc` itself enables leave it out.
const CHECKS: &[Check] = &[
    check("formatting", &["fmt", "--all", "--check"]),
    check(
        "lints, default features",
        &["clippy", "--workspace", "--all-targets", "--features", DYNAMIC, "--features", V2],
    ),
    check("lints, only types", LINT_TYPES),
    check("lints, no features", &["clippy", "-p", "unloc", "--no-default-features"]),
    check("lints, no types", &["clippy", "-p", "unloc", "--no-default-features", "--features", "dynamic"]),
    check("lints, all features", &["clippy", "-p", "unloc", "-p", SHARED, "--all-features", "--all-targets"]),
    check("browsers", &["check", "-p", "unloc", "--no-default-features", "--features", "typed", "--target", WASM]),
    check(
        "tests and doctests",
        &["test", "--workspace", "--exclude", SETTERS, "--features", SCHEMARS, "--features", DYNAMIC, "--features", V2],
    ),
    check("tests, only types", ONLY_TYPES),
    Check {
        name: "documentation",
        arguments: &[
            "doc",
            "--workspace",
            "--no-deps",
            "--features",
            SCHEMARS,
            "--features",
            DYNAMIC,
            "--features",
            V2,
        ],
        environment: &[("RUSTDOCFLAGS", "-D warnings")],
    },
];

/// Lists the randomized tests, with a hundred times the iterations of the checks above.
const SOAK: &[Check] = &[
    Check {
        name: "model of calls and tokens",
        arguments: &["test", "-p", "unloc", "--lib", "http::pipeline::tests::model"],
        environment: &[("PROPTEST_CASES", "10000")],
    },
    Check {
        name: "callers under fault injection",
        arguments: &["test", "-p", "unloc", "--test", "soak", "--", "--nocapture"],
        environment: &[("SOAK_SECONDS", "600")],
    },
    Check {
        name: "random requests to the emulator",
        arguments: &["test", "-p", "unloc-emulator", "--test", "any_request", "properties"],
        environment: &[("PROPTEST_CASES", "10000")],
    },
    Check {
        name: "fuzz inputs",
        arguments: &["test", "-p", "unloc", "--test", "fuzz_smoke"],
        environment: &[("FUZZ_TIMES", "100")],
    },
];

const fn check(name: &'static str, arguments: &'static [&'static str]) -> Check {
    Check { name, arguments, environment: &[] }
}

/// Describes a check that was skipped.
struct Skipped {
    name: &'static str,
    skip: Skip,
}

/// Runs all checks, and stops at the first failure. Lists the skipped checks at the end. In continuous integration,
/// where nobody would notice them, skipped checks are failures.
pub(crate) fn run(root: &Path) -> Result<()> {
    let started = Instant::now();
    let mut skipped = Vec::new();
    let ran = all(root, &mut skipped);
    skipped.extend(gates::skipped());
    // After a failure as well: the skipped checks may be the reason.
    let (said, outcome) = conclude(&skipped, Here.is_ci());
    print(&said);
    ran.and(outcome)?;
    let (seconds, left) = (started.elapsed().as_secs(), skipped.len());
    let skipped = if left == 0 { String::new() } else { format!(", {left} skipped") };
    print(&format!("\nall checks that ran passed in {seconds} s{skipped}\n"));
    Ok(())
}

/// Runs the randomized tests for about 25 minutes.
pub(crate) fn soak(root: &Path) -> Result<()> {
    SOAK.iter().try_for_each(|check| timed(check.name, &|| by_cargo(check, root)).map(drop))
}

/// Runs all checks, and collects the skipped ones.
fn all(root: &Path, skipped: &mut Vec<Skipped>) -> Result<()> {
    skipped.extend(beside::skipped());
    let mut timed =
        |name, check: &dyn Fn() -> Result<Option<Skip>>| timed(name, check).map(|skip| skipped.extend(skip));
    timed("specs", &|| specs(root).map(|()| None))?;
    timed("surface", &|| surface(root).map(|()| None))?;
    timed("figures", &|| figures(root))?;
    timed("changes since main", &|| changes(root))?;
    timed("bindings", &|| unloc_outside::bindings::stage(root).map(|()| None))?;
    let mut beside = Beside::start(root)?;
    for check in CHECKS {
        timed(check.name, &|| by_cargo(check, root))?;
        beside.expect_no_failure()?;
    }
    let cargo = || cargo(root);
    timed("packages and examples outside of the workspace", &|| {
        unloc_outside::check(root, &cargo, &cargo).map(|()| None)
    })?;
    beside.finish()
}

/// Lints the specs of this repository. Warnings are failures here.
fn specs(root: &Path) -> Result<()> {
    let linted = unloc_lint::files(&unloc_lint::own(root)?)?;
    print(&linted.report(unloc_lint::Format::Human, std::io::stdout().is_terminal()));
    if linted.findings.is_empty() { Ok(()) } else { bail!("the specs have findings; run: cargo xtask validate") }
}

/// Checks that the figures in the documents match the benchmark records, and that the records are recent enough.
pub(crate) fn figures(root: &Path) -> Result<Option<Skip>> {
    let skipped = report::check(root).map_err(Error::from_boxed)?;
    print("the documents match the benchmark records");
    print(if skipped.is_none() { ", which are recent\n" } else { "\n" });
    Ok(skipped.map(|skipped| Skip { is_allowed: true, ..Skip::new(skipped.reason, skipped.remedy) }))
}

/// Prints the changes of the specs since the branch left `main`. Never fails because of them: whether the version fits
/// is decided at the release.
fn changes(root: &Path) -> Result<Option<Skip>> {
    if let Err(why) = unloc_diff::base(root) {
        // Only a shallow clone without `main` may skip this; any other clone can fetch `main`.
        let skip = Skip::new(why.to_string(), "git fetch --unshallow origin main:refs/remotes/origin/main");
        return Ok(Some(Skip { is_allowed: unloc_diff::is_shallow(root), ..skip }));
    }
    let outcome = unloc_diff::compare(root, &Sides::Since(None), None)?;
    print(&outcome.report(unloc_diff::Format::Human, std::io::stdout().is_terminal()));
    Ok(None)
}

/// Lists the skipped checks, and fails in continuous integration if one of them could have been run.
fn conclude(skipped: &[Skipped], is_ci: bool) -> (String, Result<()>) {
    let mut said = String::new();
    for (index, Skipped { name, skip }) in skipped.iter().enumerate() {
        said.push_str(if index == 0 { "\nskipped:\n" } else { "" });
        said.push_str(&format!("  {name}: {} ({})\n", skip.reason, skip.remedy));
    }
    let refused = skipped.iter().filter(|skipped| !skipped.skip.is_allowed).map(|skipped| skipped.name);
    let refused: Vec<_> = refused.collect();
    if is_ci && !refused.is_empty() {
        let names = refused.join(", ");
        return (said, Err(anyhow!("the variable CI is set, so these checks must not be skipped: {names}")));
    }
    (said, Ok(()))
}

/// Runs a check and prints how long it took.
fn timed(name: &'static str, check: &dyn Fn() -> Result<Option<Skip>>) -> Result<Option<Skipped>> {
    println!("\n== {name}");
    let begun = Instant::now();
    let skip = check()?;
    match &skip {
        Some(skip) => println!("== {name}: SKIPPED, {}", skip.reason),
        None => println!("== {name}: {} s", begun.elapsed().as_secs()),
    }
    Ok(skip.map(|skip| Skipped { name, skip }))
}

/// Runs a check by cargo, unless the machine lacks what it needs.
fn by_cargo(check: &Check, root: &Path) -> Result<Option<Skip>> {
    if let Some(skip) = need_of(check).and_then(|need| missing(need, &Here)) {
        return Ok(Some(skip));
    }
    let mut arguments = check.arguments.to_vec();
    // Warnings of clippy are failures. The flags go to rustc, so they follow a `--` at the end.
    if arguments.first() == Some(&"clippy") {
        arguments.extend(DENY);
    }
    let status = cargo(root).args(&arguments).envs(check.environment.iter().copied()).status();
    if !status.context("cargo cannot be started")?.success() {
        bail!("check failed: {}; run: cargo {}", check.name, arguments.join(" "));
    }
    Ok(None)
}

/// Returns what a check needs that not every machine has.
fn need_of(check: &Check) -> Option<Need> {
    let has = |argument: &str| check.arguments.contains(&argument);
    match () {
        () if has("--all-features") => Some(Need::Openssl),
        () if has(WASM) => Some(Need::Wasm),
        () if check.arguments == COUNTED => Some(Need::Valgrind),
        () => None,
    }
}

#[cfg(test)]
mod tests;
