//! Builds the npm package in `js/`, and runs its tests with an emulator.

use std::ffi::OsStr;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Instant;
use std::{fs, io};

use anyhow::{Context, Error, Result, anyhow, bail};
use serde_json::Value;
use unloc_bench_record::javascript;

use crate::ci::machine::{Here, Need, Skip, WASM, missing};
use crate::commands::{cargo, print};

/// Is the name of npm as the system starts it.
const NPM: &str = if cfg!(windows) { "npm.cmd" } else { "npm" };
/// Names the tests that need no browser, as scripts of `js/package.json`.
const SUITES: [&str; 4] = ["test:unit", "test:faults", "test:types", "test:packaging"];
const IN_BROWSERS: [&str; 1] = ["test:browser"];
/// Is a copy of the lock file that the installed packages belong to.
const INSTALLED: &str = "node_modules/.installed-lock.json";

/// Builds the package, and with `with_tests` runs all of its tests.
pub(crate) fn run(root: &Path, with_tests: bool) -> Result<()> {
    if let Some(skip) = lacks(&[Need::Node, Need::Wasm]) {
        bail!("{} ({})", skip.reason, skip.remedy);
    }
    build(root)?;
    if !with_tests {
        return Ok(());
    }
    test(root, &SUITES)?;
    match lacks(&[Need::Chromium]) {
        Some(skip) => print(&format!("SKIPPED: tests in browsers: {} ({})\n", skip.reason, skip.remedy)),
        None => test(root, &IN_BROWSERS)?,
    }
    Ok(())
}

/// Builds the package, measures what it costs, and writes the record for [`report`](unloc_bench_record::report).
pub(crate) fn record(root: &Path) -> Result<()> {
    run(root, false)?;
    let record = || javascript::record(root).map_err(Error::from_boxed);
    let file = step("costs", "node js/bench/cost.mjs", record)?;
    print(&format!("recorded in {}\n", file.display()));
    Ok(())
}

/// Lints and builds the package, and runs the tests that need no browser.
pub(crate) fn check(root: &Path) -> Result<Option<Skip>> {
    let skip = lacks(&[Need::Node, Need::Wasm]);
    if skip.is_none() {
        build(root)?;
        step("lints", "cargo fmt in js/wasm", || succeed(wasm(root).args(["fmt", "--all", "--check"])))?;
        // In the profile of the build, so that its macros and build scripts are not compiled again.
        let clippy = ["clippy", "--release", "--target", WASM, "-p", "unloc-wasm", "--", "-D", "warnings"];
        step("lints", "cargo clippy in js/wasm", || succeed(wasm(root).args(clippy)))?;
        test(root, &SUITES)?;
    }
    Ok(skip)
}

/// Runs the tests in a browser, with the package that [`check`] built.
pub(crate) fn check_in_browsers(root: &Path) -> Result<Option<Skip>> {
    let skip = lacks(&[Need::Node, Need::Wasm, Need::Chromium]);
    if skip.is_none() {
        test(root, &IN_BROWSERS)?;
    }
    Ok(skip)
}

fn lacks(needs: &[Need]) -> Option<Skip> {
    needs.iter().find_map(|need| missing(*need, &Here))
}

/// Writes `js/src/generated` and makes `js/dist`.
fn build(root: &Path) -> Result<()> {
    let (js, generated) = (root.join("js"), root.join("js/src/generated"));
    fs::create_dir_all(&generated).with_context(|| format!("{} cannot be created", generated.display()))?;
    step("bindings", "cargo xtask package", || unloc_outside::bindings::stage(root))?;
    step("types", "cargo xtask validate", || {
        let write = |(name, text): (&String, &String)| fs::write(generated.join(name), text);
        unloc_typescript::sources(root)?.iter().try_for_each(write).context("js/src/generated cannot be written")
    })?;
    let module = step("module", "cargo xtask js", || {
        let build = ["build", "--release", "--target", WASM, "-p", "unloc-wasm"];
        built(wasm(root).args(build).env("CARGO_ENCODED_RUSTFLAGS", without_paths(root)), |name| {
            name.extension() == Some(OsStr::new("wasm"))
        })
    })?;
    step("glue", "cargo xtask js", || {
        succeed(wasm(root).args(["run", "--quiet", "-p", "unloc-bindgen", "--"]).args([&module, &generated]))
    })?;
    step("npm packages", "npm ci in js", || install(&js))?;
    step("package", "npm run build in js", || succeed(npm(&js).args(["run", "--silent", "build"])))
}

/// Installs what the lock file says, unless it is installed already.
fn install(js: &Path) -> Result<()> {
    let lock = fs::read(js.join("package-lock.json")).context("package-lock.json cannot be read")?;
    let installed = js.join(INSTALLED);
    if fs::read(&installed).is_ok_and(|there| there == lock) {
        return Ok(());
    }
    succeed(npm(js).args(["ci", "--no-audit", "--no-fund"]))?;
    fs::write(&installed, lock).with_context(|| format!("{} cannot be written", installed.display()))
}

/// Runs scripts of the package with a running emulator.
fn test(root: &Path, scripts: &[&'static str]) -> Result<()> {
    let emulator = step("emulator", "cargo build -p unloc-emulator", || Emulator::start(root))?;
    scripts.iter().try_for_each(|script| {
        let remedy = format!("cargo xtask js --test, or: npm run {script} in js, with UNLOC_EMULATOR_URL");
        step(script, &remedy, || {
            let mut npm = npm(&root.join("js"));
            npm.args(["run", "--silent", script]).env("UNLOC_EMULATOR", &emulator.program);
            succeed(npm.env("UNLOC_EMULATOR_URL", &emulator.url))
        })
    })
}

/// Is a running emulator. Stops when dropped.
struct Emulator {
    process: Child,
    program: PathBuf,
    url: String,
}

impl Emulator {
    fn start(root: &Path) -> Result<Self> {
        // Together with `xtask`, so that it is the same program as the one that the workspace's tests run.
        let build = ["build", "-p", "unloc-emulator", "-p", "xtask", "--bins"];
        let program = built(cargo(root).args(build), is_emulator)?;
        let mut command = Command::new(&program);
        let mut process = command.args(["--port", "0"]).stdout(Stdio::piped()).stderr(Stdio::null()).spawn()?;
        let stdout = process.stdout.take().context("the emulator has no stdout")?;
        let mut emulator = Self { process, program, url: String::new() };
        // The program prints `export UNLOC_ENVIRONMENT=http://127.0.0.1:40001` as soon as it listens.
        let mut line = String::new();
        BufReader::new(stdout).read_line(&mut line)?;
        let url = line.trim().strip_prefix("export UNLOC_ENVIRONMENT=");
        emulator.url = url.with_context(|| format!("the emulator printed {line:?} instead of its URL"))?.to_owned();
        Ok(emulator)
    }
}

impl Drop for Emulator {
    fn drop(&mut self) {
        // It may have ended by itself; then there is nothing to stop.
        let _: io::Result<_> = self.process.kill().and_then(|()| self.process.wait());
    }
}

fn is_emulator(file: &Path) -> bool {
    file.file_stem() == Some(OsStr::new("unloc-emulator"))
}

/// Runs a step, prints how long it took, and says after a failure which step it was and what to run.
fn step<T>(name: &str, remedy: &str, run: impl FnOnce() -> Result<T>) -> Result<T> {
    let begun = Instant::now();
    let done = run().map_err(|error| anyhow!("js: {name} failed: {error:#}; run: {remedy}"))?;
    print(&format!("-- {name}: {:.1} s\n", begun.elapsed().as_secs_f32()));
    Ok(done)
}

/// Runs cargo in the workspace of the WebAssembly crate.
fn wasm(root: &Path) -> Command {
    cargo(&root.join("js/wasm"))
}

/// Returns the flags by which the module names no folder of this machine: panics hold the paths of sources.
fn without_paths(root: &Path) -> String {
    let home = std::env::var_os("CARGO_HOME").map(PathBuf::from);
    let home = home.or_else(|| Some(std::env::home_dir()?.join(".cargo")));
    let sources = home.and_then(|home| fs::read_dir(home.join("registry/src")).ok()).into_iter().flatten().flatten();
    let folders = sources.map(|entry| entry.path()).chain([root.to_path_buf()]);
    // Cargo separates the flags of this variable by this character, so that paths may have spaces.
    folders.map(|folder| format!("--remap-path-prefix={}=", folder.display())).collect::<Vec<_>>().join("\u{1f}")
}

fn npm(js: &Path) -> Command {
    let mut command = Command::new(NPM);
    command.current_dir(js);
    command
}

fn succeed(command: &mut Command) -> Result<()> {
    let program = command.get_program().to_string_lossy().into_owned();
    let status = command.status().with_context(|| format!("`{program}` cannot be started"))?;
    if status.success() { Ok(()) } else { bail!("`{program}` ended with {status}") }
}

/// Runs a `cargo build` and returns the file that it made, wherever the target folder is.
fn built(build: &mut Command, is_wanted: impl Fn(&Path) -> bool) -> Result<PathBuf> {
    let output = build.arg("--message-format=json-render-diagnostics").stderr(Stdio::inherit()).output()?;
    if !output.status.success() {
        bail!("`cargo build` ended with {}", output.status);
    }
    artifact(&String::from_utf8_lossy(&output.stdout), is_wanted).context("`cargo build` names no such file")
}

/// Finds a file in the messages of cargo, which are one JSON object a line. Those of compiled crates look like
/// `{"reason":"compiler-artifact", …, "filenames":["/…/unloc_wasm.wasm"], …}`.
fn artifact(messages: &str, is_wanted: impl Fn(&Path) -> bool) -> Option<PathBuf> {
    let messages = messages.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
    let mut files = messages.flat_map(|message| match &message["filenames"] {
        Value::Array(names) => names.iter().filter_map(|name| name.as_str().map(PathBuf::from)).collect(),
        _ => Vec::new(),
    });
    files.find(|file| is_wanted(file))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_a_built_file_in_the_messages_of_cargo() {
        let messages = "{\"reason\":\"compiler-artifact\",\"filenames\":[\"/t/libunloc.rlib\"]}\nno JSON\n\
                        {\"reason\":\"compiler-artifact\",\"filenames\":[\"/t/unloc-emulator\"]}\n\
                        {\"reason\":\"build-finished\",\"success\":true}\n";
        assert_eq!(artifact(messages, is_emulator), Some("/t/unloc-emulator".into()));
        assert_eq!(artifact(messages, |file| file.extension() == Some(OsStr::new("wasm"))), None);
    }

    #[test]
    fn every_suite_is_a_script_of_the_package() {
        let package: Value = serde_json::from_str(include_str!("../../js/package.json")).unwrap();
        let scripts = package["scripts"].as_object().unwrap();
        let suites = scripts.keys().map(String::as_str).filter(|name| name.starts_with("test:"));
        let mut suites: Vec<_> = suites.collect();
        suites.sort_unstable();
        let mut listed = [&SUITES[..], &IN_BROWSERS].concat();
        listed.sort_unstable();
        assert_eq!(suites, listed);
    }

    #[test]
    fn a_failed_step_names_itself_and_what_to_run() {
        let error = step("glue", "cargo xtask js", || -> Result<()> { bail!("no module") }).unwrap_err();
        assert_eq!(error.to_string(), "js: glue failed: no module; run: cargo xtask js");
    }
}
