//! Processor time of cargo and of each compiler that it starts.
//!
//! Linux adds up what the children of a process took once they have ended, theirs included, and says so in hundredths of
//! a second. So cargo is told that compilers are started by this program, which starts the real one, waits for it and
//! writes down what it took; and what cargo took with all that it started is known when it has ended.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fs::{self, OpenOptions};
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};

use unloc_benches::Result;

/// Where a compiler is written down; that it is in the environment makes this program one.
const LOG: &str = "UNLOC_BENCH_BUILD_LOG";
/// What cargo tells the programs that it runs about the package they belong to; not that of this benchmark.
const OURS: [&str; 4] = ["CARGO_PKG_", "CARGO_MANIFEST_", "CARGO_CRATE_", "CARGO_BIN_"];
/// What would make it another build.
const FOREIGN: [&str; 5] =
    ["CARGO_ENCODED_RUSTFLAGS", "CARGO_INCREMENTAL", "CARGO_TARGET_TMPDIR", "RUSTC_WORKSPACE_WRAPPER", "RUSTFLAGS"];

/// Builds into a folder that is empty each time.
pub(crate) struct Meter {
    target: PathBuf,
}

/// What a build took.
pub(crate) struct Build {
    /// Seconds of cargo and of all it started.
    pub(crate) cpu: f64,
    /// Seconds of the compilers of each package, build scripts included.
    pub(crate) compilers: BTreeMap<String, f64>,
}

impl Build {
    /// Seconds that no compiler took: build scripts and what they start, and cargo itself.
    pub(crate) fn rest(&self) -> f64 {
        self.cpu - self.compilers.values().sum::<f64>()
    }
}

impl Meter {
    /// Nothing, where processor time cannot be asked for.
    pub(crate) fn new(target: &Path) -> Result<Option<Self>> {
        if ticks().is_none() {
            return Ok(None);
        }
        let meter = Self { target: target.to_owned() };
        meter.clear().map(|()| Some(meter))
    }

    /// Removes what was built.
    pub(crate) fn clear(&self) -> Result<()> {
        match fs::remove_dir_all(&self.target) {
            Err(error) if error.kind() != ErrorKind::NotFound => Err(error.into()),
            _ => Ok(()),
        }
    }

    /// Downloads what is missing, so that no build has to.
    pub(crate) fn fetch(&self, package: &Path) -> Result<()> {
        self.run(cargo(package, &["fetch", "--quiet", "--locked"])).map(drop)
    }

    /// A build from nothing.
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

    /// Seconds that a program took that has to succeed.
    fn run(&self, mut command: Command) -> Result<f64> {
        let before = children()?;
        if command.stdout(Stdio::null()).status()?.success() {
            return Ok(children()? - before);
        }
        Err(format!("this failed: {command:?}").into())
    }
}

/// A cargo that knows nothing of the one that runs this.
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

/// What this program does when cargo takes it for the compiler; nothing, if it does not.
pub(crate) fn compiled() -> Option<ExitCode> {
    let log = std::env::var_os(LOG)?;
    let arguments: Vec<OsString> = std::env::args_os().skip(1).collect();
    Some(compile(Path::new(&log), &arguments).unwrap_or_else(|error| unloc_benches::exit(Err(error))))
}

fn compile(log: &Path, arguments: &[OsString]) -> Result<ExitCode> {
    let (rustc, arguments) = arguments.split_first().ok_or("cargo names no compiler")?;
    let status = Command::new(rustc).args(arguments).status()?;
    let of = |name: &str| std::env::var(name).ok();
    // Without a package cargo asks the compiler for its version.
    if let (Some(name), Some(version)) = (of("CARGO_PKG_NAME"), of("CARGO_PKG_VERSION")) {
        let line = format!("{name} v{version}\t{}\n", children()?);
        OpenOptions::new().append(true).open(log)?.write_all(line.as_bytes())?;
    }
    let code = status.code().and_then(|code| u8::try_from(code).ok());
    Ok(code.map_or(ExitCode::FAILURE, ExitCode::from))
}

/// Seconds that the children of this process took that have ended.
fn children() -> Result<f64> {
    let text = fs::read_to_string("/proc/self/stat")?;
    // The second field, in brackets, may hold anything.
    let after = text.rsplit_once(')').map_or("", |(_, after)| after);
    let times: Vec<u64> =
        after.split_whitespace().skip(13).take(2).map(str::parse).collect::<std::result::Result<_, _>>()?;
    let (&[user, system], Some(ticks)) = (&times[..], ticks()) else { return Err("Linux says no times".into()) };
    // Each is rounded down, and of some hundred compilers that is a second: half a tick more is right on average.
    Ok((user + system + 1) as f64 / ticks)
}

/// How many ticks Linux counts a second.
#[cfg(target_os = "linux")]
fn ticks() -> Option<f64> {
    Some(rustix::param::clock_ticks_per_second() as f64)
}

#[cfg(not(target_os = "linux"))]
fn ticks() -> Option<f64> {
    None
}
