//! Detects what a machine lacks for a check, and installs it in continuous integration.

use std::path::Path;
use std::process::Command;

pub(crate) const WASM: &str = "wasm32-unknown-unknown";

/// Says why a check was skipped, and what to do about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Skip {
    pub(crate) reason: String,
    pub(crate) remedy: String,
    /// Is set if the skip is no failure in continuous integration, because the machine cannot run the check at all.
    pub(crate) is_allowed: bool,
}

impl Skip {
    pub(crate) fn new(reason: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self { reason: reason.into(), remedy: remedy.into(), is_allowed: false }
    }
}

/// Names what a check needs beyond cargo.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Need {
    /// Stands for the headers of OpenSSL, and `pkg-config` to find them.
    Openssl,
    /// Stands for the standard library of the browser target.
    Wasm,
    Valgrind,
    /// Stands for Node in a version that the npm package supports, with npm.
    Node,
    /// Stands for a browser that the tests can start. Chrome will do.
    Chromium,
}

/// Is the oldest version of Node that the npm package supports: `engines` in `js/package.json`.
const NODE: u32 = 20;
/// Lists the names of programs that are Chromium. `js/test/browser/` looks for the same.
const CHROMIUM: [&str; 3] = ["chromium", "chromium-browser", "google-chrome"];

/// Abstracts the machine, so that tests can replace it.
pub(crate) trait Machine {
    /// Returns whether this is a machine of continuous integration, where missing programs are installed.
    fn is_ci(&self) -> bool;
    fn is_set(&self, variable: &str) -> bool;
    fn is_linux(&self) -> bool;
    fn is_folder(&self, path: &str) -> bool;
    /// Runs a program. Returns its stdout, or an error with its stderr.
    fn run(&self, program: &str, arguments: &[&str]) -> Result<String, String>;
}

/// Returns why a check with this need is skipped; nothing if the machine has what the check needs, or could install it.
pub(crate) fn missing(need: Need, machine: &impl Machine) -> Option<Skip> {
    if has(need, machine) {
        return None;
    }
    let (what, remedy) = match need {
        Need::Openssl => {
            ("OpenSSL's headers are not installed", "apt-get install libssl-dev pkg-config, or openssl-devel")
        }
        Need::Wasm => {
            ("the target wasm32-unknown-unknown is not installed", "rustup target add wasm32-unknown-unknown")
        }
        Need::Valgrind => ("valgrind is not installed", "apt-get install valgrind"),
        Need::Node => ("Node 20 or newer, with npm, is not installed", "install it as nodejs.org says"),
        Need::Chromium => ("Chromium is not installed", "apt-get install chromium"),
    };
    // Nothing is installed on a developer's machine.
    if !machine.is_ci() {
        return Some(Skip::new(what, remedy));
    }
    let tried = match need {
        Need::Openssl => install(machine, &["libssl-dev", "pkg-config"]),
        Need::Valgrind => install(machine, &["valgrind"]),
        Need::Wasm => machine.run("rustup", &["target", "add", WASM]).map(drop),
        // Distributions have older ones.
        Need::Node => Err("it has to be a step of the workflow".to_owned()),
        Need::Chromium => install(machine, &["chromium"]),
    };
    if has(need, machine) {
        return None;
    }
    let why = tried.err().unwrap_or_else(|| "the installation succeeded, but it is not found".to_owned());
    // Of all reasons, only an unreachable server of rustup is beyond the control of this repository.
    let is_allowed = need == Need::Wasm && is_unreachable(&why);
    Some(Skip { is_allowed, ..Skip::new(format!("{what}, and the installation failed: {why}"), remedy) })
}

/// Returns whether the machine has what a check needs.
fn has(need: Need, machine: &impl Machine) -> bool {
    match need {
        // On Windows and macOS, native TLS is part of the platform.
        Need::Openssl => {
            !machine.is_linux()
                || machine.is_set("OPENSSL_DIR")
                || machine.run("pkg-config", &["--exists", "openssl"]).is_ok()
        }
        // rustc prints the path whether or not the target is installed, so the folder has to be checked.
        Need::Wasm => {
            let folder = machine.run("rustc", &["--print", "target-libdir", "--target", WASM]);
            folder.is_ok_and(|folder| machine.is_folder(folder.trim()))
        }
        Need::Valgrind => machine.run("valgrind", &["--version"]).is_ok(),
        Need::Node => {
            let version = machine.run("node", &["--version"]).ok().and_then(|said| major(&said));
            version.is_some_and(|version| version >= NODE) && machine.run("npm", &["--version"]).is_ok()
        }
        Need::Chromium => CHROMIUM.iter().any(|name| machine.run(name, &["--version"]).is_ok()),
    }
}

/// Returns the first number of a version such as `v20.20.2`.
fn major(version: &str) -> Option<u32> {
    version.trim().strip_prefix('v')?.split('.').next()?.parse().ok()
}

/// Installs packages with apt-get, on Debian and its derivatives and only as root, so that no password is asked for.
fn install(machine: &impl Machine, packages: &[&str]) -> Result<(), String> {
    if machine.run("id", &["-u"]).is_ok_and(|id| id.trim() != "0") {
        return Err("apt-get needs root, but this is not root".to_owned());
    }
    // A failed update is no error: the lists may be there already. Only the installation counts.
    let _ = machine.run("apt-get", &["update"]);
    let arguments: Vec<&str> =
        ["install", "--yes", "--no-install-recommends"].iter().chain(packages).copied().collect();
    machine.run("apt-get", &arguments).map(drop)
}

/// Returns whether the server of rustup is unreachable, by rustup's error message. A missing rustup is a mistake in the
/// setup of the machine, and no reason to skip.
fn is_unreachable(why: &str) -> bool {
    ["could not download", "error sending request", "failed to lookup address", "network"]
        .iter()
        .any(|words| why.to_lowercase().contains(words))
}

/// Is the real machine.
pub(crate) struct Here;

impl Machine for Here {
    fn is_ci(&self) -> bool {
        is_ci(std::env::var("CI").ok().as_deref())
    }

    fn is_set(&self, variable: &str) -> bool {
        std::env::var_os(variable).is_some()
    }

    fn is_linux(&self) -> bool {
        cfg!(target_os = "linux")
    }

    fn is_folder(&self, path: &str) -> bool {
        Path::new(path).is_dir()
    }

    fn run(&self, program: &str, arguments: &[&str]) -> Result<String, String> {
        let output = Command::new(program).args(arguments).env("DEBIAN_FRONTEND", "noninteractive").output();
        let output = output.map_err(|error| format!("`{program}` cannot be started: {error}"))?;
        if output.status.success() {
            return Ok(String::from_utf8_lossy(&output.stdout).into_owned());
        }
        // The skip is one line in the summary, so join the lines of stderr.
        let said = String::from_utf8_lossy(&output.stderr);
        let said: Vec<_> = said.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
        Err(format!("`{program} {}` failed: {}", arguments.join(" "), said.join("; ")))
    }
}

/// Returns whether the value of the variable `CI` means yes. Services set it to `true` or `1`; unset, empty, `false`
/// and `0` mean no.
pub(crate) fn is_ci(value: Option<&str>) -> bool {
    value.is_some_and(|value| !matches!(value.trim().to_lowercase().as_str(), "" | "0" | "false"))
}
