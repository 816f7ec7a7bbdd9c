//! Describes the machine that a benchmark ran on, without its host name.

use std::fs;
use std::process::Command;

use serde::{Deserialize, Serialize};

/// Describes a machine, as far as it affects measurements.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Machine {
    /// Names the model of the processor.
    pub cpu: String,
    /// Names the architecture as Rust does.
    pub arch: String,
    /// Counts the processors that this program may use.
    pub cores: usize,
    /// Names the operating system and its release, if that is known.
    pub system: String,
    /// Names the C library, which allocates and copies memory, if it is known.
    #[serde(default)]
    pub libc: Option<String>,
    /// Is the version of the compiler.
    pub rustc: String,
    /// Is the version of Node, if it ran the benchmark.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub node: Option<String>,
    /// Is the load average of the minute before the run.
    pub load: Option<f64>,
}

impl Machine {
    /// Returns the current machine and its load.
    #[must_use]
    pub fn this(rustc: &str) -> Self {
        let read = |file: &str| fs::read_to_string(file).unwrap_or_default();
        let information = read("/proc/cpuinfo");
        let model = information.lines().find_map(|line| line.strip_prefix("model name")?.split_once(':'));
        // The rest of the release names the distributor's build of the kernel.
        let release = read("/proc/sys/kernel/osrelease");
        let release: String = release.chars().take_while(|c| c.is_ascii_digit() || *c == '.').collect();
        Self {
            cpu: model.map_or("unknown processor", |(_, model)| model.trim()).to_owned(),
            arch: std::env::consts::ARCH.to_owned(),
            cores: std::thread::available_parallelism().map_or(1, usize::from),
            system: format!("{} {release}", std::env::consts::OS).trim_end().to_owned(),
            libc: libc(),
            rustc: rustc.to_owned(),
            node: None,
            load: read("/proc/loadavg").split(' ').next().and_then(|load| load.parse().ok()),
        }
    }

    /// Returns whether the same code compiles to similar instructions on both machines.
    #[must_use]
    pub fn is_like(&self, other: &Self) -> bool {
        let os = |machine: &Self| machine.system.split(' ').next().map(str::to_owned);
        self.arch == other.arch && os(self) == os(other)
    }

    /// Returns whether the same code executes the same instructions on both machines, as far as is known.
    #[must_use]
    pub fn compiles_like(&self, other: &Self) -> bool {
        let libc = self.libc.is_some() && self.libc == other.libc;
        // The C library selects its copy routines by the processor.
        self.is_like(other) && self.rustc == other.rustc && libc && self.cpu == other.cpu
    }
}

fn libc() -> Option<String> {
    let output = Command::new("getconf").arg("GNU_LIBC_VERSION").output().ok().filter(|done| done.status.success())?;
    Some(String::from_utf8(output.stdout).ok()?.trim().to_owned())
}
