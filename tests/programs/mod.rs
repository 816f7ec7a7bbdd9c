//! Runs an example as its readers do: as a program.

use std::collections::BTreeMap;
use std::env;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{Mutex, PoisonError};
use std::time::SystemTime;

/// This example, with nothing in its environment that would lead it elsewhere.
pub(crate) fn example(name: &str) -> Command {
    static BUILT: Mutex<BTreeMap<String, PathBuf>> = Mutex::new(BTreeMap::new());
    let program = {
        let mut all = BUILT.lock().unwrap_or_else(PoisonError::into_inner);
        all.entry(name.to_owned()).or_insert_with(|| built(name)).clone()
    };
    let mut command = Command::new(program);
    for (name, _) in env::vars_os() {
        let text = name.to_string_lossy().to_ascii_uppercase();
        if text.starts_with("UNLOC_") || text.ends_with("_PROXY") {
            command.env_remove(name);
        }
    }
    // A panic or an error that shows its inside would then be seen in full.
    command.env("RUST_BACKTRACE", "1");
    command
}

/// Where an example is: beside the folder of the test that runs. A run of all tests builds it, one of this test alone does not.
fn built(name: &str) -> PathBuf {
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

/// When a file, or the newest below a folder, was written.
fn newest(path: &Path) -> SystemTime {
    if path.is_dir() {
        let entries = path.read_dir().unwrap().map(|entry| newest(&entry.unwrap().path()));
        return entries.max().unwrap_or(SystemTime::UNIX_EPOCH);
    }
    path.metadata().unwrap().modified().unwrap()
}
