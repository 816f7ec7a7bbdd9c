//! Builds the examples and runs them as programs.

use std::collections::BTreeMap;
use std::env;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{Mutex, PoisonError};
use std::time::SystemTime;

/// Returns a command for an example without the environment variables that would configure it.
pub(crate) fn example(name: &str) -> Command {
    static BUILT: Mutex<BTreeMap<String, PathBuf>> = Mutex::new(BTreeMap::new());
    let program = {
        let mut all = BUILT.lock().unwrap_or_else(PoisonError::into_inner);
        all.entry(name.to_owned()).or_insert_with(|| build(name)).clone()
    };
    let mut command = Command::new(program);
    for (name, _) in env::vars_os() {
        let text = name.to_string_lossy().to_ascii_uppercase();
        if text.starts_with("UNLOC_") || text.ends_with("_PROXY") {
            command.env_remove(name);
        }
    }
    // With backtraces on, a panic prints more than one line, which the tests of the output notice.
    command.env("RUST_BACKTRACE", "1");
    command
}

/// Returns the path of an example's program, and builds it if it is missing or older than its sources.
fn build(name: &str) -> PathBuf {
    // Cargo builds examples for a run of all tests, but not for `--test quickstart` alone.
    let test = env::current_exe().unwrap();
    let (package, profile) = (Path::new(env!("CARGO_MANIFEST_DIR")), test.ancestors().nth(2).unwrap());
    let program = profile.join("examples").join(name).with_extension(env::consts::EXE_EXTENSION);
    let sources = ["examples", "openapi", "src"].map(|folder| newest(&package.join(folder)));
    if !program.exists() || sources.into_iter().any(|source| source > newest(&program)) {
        let mut cargo = Command::new(env!("CARGO"));
        cargo.args(["build", "--quiet", "--example", name, "--no-default-features"]);
        cargo.arg("--manifest-path").arg(package.join("Cargo.toml"));
        cargo.arg("--target-dir").arg(profile.parent().unwrap());
        if profile.ends_with("release") {
            cargo.arg("--release");
        }
        let features = [
            ("typed", true),
            ("v2", cfg!(feature = "v2")),
            ("generate", cfg!(feature = "generate")),
            ("rustls", cfg!(feature = "rustls")),
            ("native-tls", cfg!(feature = "native-tls")),
            ("rustls-no-provider", cfg!(feature = "rustls-no-provider")),
        ];
        for (name, _) in features.iter().filter(|(_, on)| *on) {
            cargo.args(["--features", name]);
        }
        assert!(cargo.status().unwrap().success(), "the example does not build");
    }
    program
}

/// Returns the modification time of a file, or of the newest file below a folder.
fn newest(path: &Path) -> SystemTime {
    if path.is_dir() {
        let entries = path.read_dir().unwrap().map(|entry| newest(&entry.unwrap().path()));
        return entries.max().unwrap_or(SystemTime::UNIX_EPOCH);
    }
    path.metadata().unwrap().modified().unwrap()
}
