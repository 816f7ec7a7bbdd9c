//! Measures the processor time of cargo and of each compiler that it starts.
//!
//! Linux reports the total time of the ended children of a process, and of their children, in hundredths of a second.
//! So this program is set as `RUSTC_WRAPPER`: it starts the real compiler, waits for it and logs its time. The time of
//! cargo with everything that it started is known when cargo has ended.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fs::{self, OpenOptions};
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};

use unloc_benches::Result;

/// Names the variable with the path of the log. If it is set, this program runs as the compiler wrapper.
const LOG: &str = "UNLOC_BENCH_BUILD_LOG";
/// Lists prefixes of variables by which cargo describes the package of this benchmark to it.
const OURS: [&str; 4] = ["CARGO_PKG_", "CARGO_MANIFEST_", "CARGO_CRATE_", "CARGO_BIN_"];
/// Lists variables that would change the build.
const FOREIGN: [&str; 5] =
    ["CARGO_ENCODED_RUSTFLAGS", "CARGO_INCREMENTAL", "CARGO_TARGET_TMPDIR", "RUSTC_WORKSPACE_WRAPPER", "RUSTFLAGS"];

/// Builds packages into a folder that is emptied before each build.
pub(crate) struct Meter {
    target: PathBuf,
}

/// Holds the times of a build.
pub(crate) struct Build {
    /// Is the processor time of cargo and of everything that it started, in seconds.
    pub(crate) cpu: f64,
    /// Holds the compile time of each package in seconds, including its build script's.
    pub(crate) compilers: BTreeMap<String, f64>,
}

impl Build {
    /// Returns the seconds that no compiler took: cargo itself, and build scripts with the programs that they start.
    pub(crate) fn rest(&self) -> f64 {
        self.cpu - self.compilers.values().sum::<f64>()
    }
}

impl Meter {
    /// Returns a meter, or `None` if processor times are not available.
    pub(crate) fn new(target: &Path) -> Result<Option<Self>> {
        if ticks().is_none() {
            return Ok(None);
        }
        let meter = Self { target: target.to_owned() };
        meter.clear().map(|()| Some(meter))
    }

    /// Removes the target folder.
    pub(crate) fn clear(&self) -> Result<()> {
        match fs::remove_dir_all(&self.target) {
            Err(error) if error.kind() != ErrorKind::NotFound => Err(error.into()),
            _ => Ok(()),
        }
    }

    /// Downloads missing crates, so that no build has to.
    pub(crate) fn fetch(&self, package: &Path) -> Result<()> {
        self.run(cargo(package, &["fetch", "--quiet", "--locked"])).map(drop)
    }

    /// Makes a clean build.
    pub(crate) fn build(&self, package: &Path) -> Result<Build> {
        self.clear()?;
        let log = self.target.with_file_name("compilers");
        fs::write(&log, "")?;
        let mut command = cargo(package, &["build", "--quiet", "--offline"]);
        command.arg("--target-dir").arg(&self.target);
        command.env(LOG, &log).env("RUSTC_WRAPPER", std::env::current_exe()?);
        println!("{} …", package.display());
        let cpu = self.run(command)?;
        let mut compilers: BTreeMap<_, f64> = BTreeMap::new();
        for line in fs::read_to_string(&log)?.lines() {
            let Some((package, cpu)) = line.split_once('\t') else { continue };
            *compilers.entry(package.to_owned()).or_default() += cpu.parse::<f64>()?;
        }
        Ok(Build { cpu, compilers })
    }

    /// Runs a program and returns its processor time in seconds. Fails if the program fails.
    fn run(&self, mut command: Command) -> Result<f64> {
        let before = children()?;
        if command.stdout(Stdio::null()).status()?.success() {
            return Ok(children()? - before);
        }
        Err(format!("the command failed: {command:?}").into())
    }
}

/// Returns a cargo command without the variables of the cargo that runs this benchmark.
pub(crate) fn cargo(package: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.args(arguments).current_dir(package);
    for (name, _) in std::env::vars_os() {
        let text = name.to_string_lossy();
        if OURS.iter().any(|prefix| text.starts_with(prefix)) || FOREIGN.contains(&&*text) {
            command.env_remove(&name);
        }
    }
    command
}

/// Runs as the compiler wrapper and returns the exit code, or `None` if cargo did not start this program as one.
pub(crate) fn run_as_compiler() -> Option<ExitCode> {
    let log = std::env::var_os(LOG)?;
    let arguments: Vec<OsString> = std::env::args_os().skip(1).collect();
    Some(compile(Path::new(&log), &arguments).unwrap_or_else(|error| unloc_benches::exit(Err(error))))
}

fn compile(log: &Path, arguments: &[OsString]) -> Result<ExitCode> {
    let (rustc, arguments) = arguments.split_first().ok_or("cargo passed no compiler")?;
    let status = Command::new(rustc).args(arguments).status()?;
    let of = |name: &str| std::env::var(name).ok();
    // Without a package, cargo only asks the compiler for its version.
    if let (Some(name), Some(version)) = (of("CARGO_PKG_NAME"), of("CARGO_PKG_VERSION")) {
        let line = format!("{name} v{version}\t{}\n", children()?);
        OpenOptions::new().append(true).open(log)?.write_all(line.as_bytes())?;
    }
    let code = status.code().and_then(|code| u8::try_from(code).ok());
    Ok(code.map_or(ExitCode::FAILURE, ExitCode::from))
}

/// Returns the processor time of the ended children of this process, in seconds.
fn children() -> Result<f64> {
    let text = fs::read_to_string("/proc/self/stat")?;
    // The second field of /proc/self/stat, the program's name in brackets, may contain spaces and brackets.
    let after = text.rsplit_once(')').map_or("", |(_, after)| after);
    let times: Vec<u64> =
        after.split_whitespace().skip(13).take(2).map(str::parse).collect::<std::result::Result<_, _>>()?;
    let (&[user, system], Some(ticks)) = (&times[..], ticks()) else {
        return Err("/proc/self/stat has no times of children".into());
    };
    // Both values are rounded down, by half a tick each on average, which adds up over some hundred compilers.
    Ok((user + system + 1) as f64 / ticks)
}

/// Returns the number of clock ticks per second.
#[cfg(target_os = "linux")]
fn ticks() -> Option<f64> {
    Some(rustix::param::clock_ticks_per_second() as f64)
}

#[cfg(not(target_os = "linux"))]
fn ticks() -> Option<f64> {
    None
}
