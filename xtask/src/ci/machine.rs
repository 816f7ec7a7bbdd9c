//! What a check needs of the machine, and how continuous integration gets it.

use std::path::Path;
use std::process::Command;

pub(super) const WASM: &str = "wasm32-unknown-unknown";

/// Why a check was left out, and what would have to be done for it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Skip {
    pub(crate) reason: String,
    pub(crate) remedy: String,
    /// Whether it is no failure in continuous integration: only where the machine truly cannot.
    pub(crate) is_allowed: bool,
}

impl Skip {
    pub(crate) fn new(reason: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self { reason: reason.into(), remedy: remedy.into(), is_allowed: false }
    }
}

/// What a check needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Need {
    /// The headers of OpenSSL, and `pkg-config` to find them.
    Openssl,
    /// The standard library for browsers.
    Wasm,
    Valgrind,
}

/// Programs, and where they run.
pub(super) trait Machine {
    /// Whether it is one of continuous integration, on which missing things are installed.
    fn is_ci(&self) -> bool;
    fn is_set(&self, variable: &str) -> bool;
    fn is_linux(&self) -> bool;
    fn is_folder(&self, path: &str) -> bool;
    /// What a program writes if it succeeds, or what it complains of.
    fn run(&self, program: &str, arguments: &[&str]) -> Result<String, String>;
}

/// Why a check with this need is left out; nothing if the machine has what it needs, or got it.
pub(super) fn missing(need: Need, machine: &impl Machine) -> Option<Skip> {
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
    };
    // A machine of somebody's is left as it is; one that runs only this gets what is missing.
    if !machine.is_ci() {
        return Some(Skip::new(what, remedy));
    }
    let tried = match need {
        Need::Openssl => install(machine, &["libssl-dev", "pkg-config"]),
        Need::Valgrind => install(machine, &["valgrind"]),
        Need::Wasm => machine.run("rustup", &["target", "add", WASM]).map(drop),
    };
    if has(need, machine) {
        return None;
    }
    let why = tried.err().unwrap_or_else(|| "it was installed, and is not found".to_owned());
    let is_allowed = need == Need::Wasm && is_unreachable(&why);
    Some(Skip { is_allowed, ..Skip::new(format!("{what}, and cannot be: {why}"), remedy) })
}

fn has(need: Need, machine: &impl Machine) -> bool {
    match need {
        // On Windows and macOS the platform brings its own TLS.
        Need::Openssl => {
            !machine.is_linux()
                || machine.is_set("OPENSSL_DIR")
                || machine.run("pkg-config", &["--exists", "openssl"]).is_ok()
        }
        Need::Wasm => {
            let folder = machine.run("rustc", &["--print", "target-libdir", "--target", WASM]);
            folder.is_ok_and(|folder| machine.is_folder(folder.trim()))
        }
        Need::Valgrind => machine.run("valgrind", &["--version"]).is_ok(),
    }
}

/// By the packages of Debian and what comes from it, where that needs no password.
fn install(machine: &impl Machine, packages: &[&str]) -> Result<(), String> {
    if machine.run("id", &["-u"]).is_ok_and(|id| id.trim() != "0") {
        return Err("this is not root".to_owned());
    }
    // Lists may be there already, or their server out of reach: what counts is whether the packages come.
    let _ = machine.run("apt-get", &["update"]);
    let arguments: Vec<&str> =
        ["install", "--yes", "--no-install-recommends"].iter().chain(packages).copied().collect();
    machine.run("apt-get", &arguments).map(drop)
}

/// Whether rustup says that its server is out of reach. That it is not there at all is for the maintainer to mend.
fn is_unreachable(why: &str) -> bool {
    ["could not download", "error sending request", "failed to lookup address", "network"]
        .iter()
        .any(|words| why.to_lowercase().contains(words))
}

/// The machine that this runs on.
pub(super) struct Here;

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
        let said = String::from_utf8_lossy(&output.stderr);
        let said: Vec<_> = said.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
        Err(format!("`{program} {}` failed: {}", arguments.join(" "), said.join("; ")))
    }
}

/// `CI` as services set it; empty, `false` and `0` are how it is switched off.
pub(super) fn is_ci(value: Option<&str>) -> bool {
    value.is_some_and(|value| !matches!(value.trim().to_lowercase().as_str(), "" | "0" | "false"))
}
