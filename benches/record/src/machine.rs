//! Where a benchmark ran, as far as it matters, and without the names that a machine has.

use std::fs;
use std::process::Command;

use serde::{Deserialize, Serialize};

/// A machine.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Machine {
    /// Model of the processor.
    pub cpu: String,
    /// Its architecture, by Rust's name.
    pub arch: String,
    /// How many processors this program may use.
    pub cores: usize,
    /// Operating system and, where that is known, its release.
    pub system: String,
    /// The C library, which allocates and copies, where it says its name.
    #[serde(default)]
    pub libc: Option<String>,
    /// The compiler's version.
    pub rustc: String,
    /// How many programs wanted a processor in the minute before, on average: how busy the machine was.
    pub load: Option<f64>,
}

impl Machine {
    /// This one, now.
    #[must_use]
    pub fn this(rustc: &str) -> Self {
        let read = |file: &str| fs::read_to_string(file).unwrap_or_default();
        let information = read("/proc/cpuinfo");
        let model = information.lines().find_map(|line| line.strip_prefix("model name")?.split_once(':'));
        // What follows the number says whose build of the kernel it is.
        let release = read("/proc/sys/kernel/osrelease");
        let release: String = release.chars().take_while(|c| c.is_ascii_digit() || *c == '.').collect();
        Self {
            cpu: model.map_or("unknown processor", |(_, model)| model.trim()).to_owned(),
            arch: std::env::consts::ARCH.to_owned(),
            cores: std::thread::available_parallelism().map_or(1, usize::from),
            system: format!("{} {release}", std::env::consts::OS).trim_end().to_owned(),
            libc: libc(),
            rustc: rustc.to_owned(),
            load: read("/proc/loadavg").split(' ').next().and_then(|load| load.parse().ok()),
        }
    }

    /// Whether the same code becomes much the same instructions there.
    #[must_use]
    pub fn is_like(&self, other: &Self) -> bool {
        let os = |machine: &Self| machine.system.split(' ').next().map(str::to_owned);
        self.arch == other.arch && os(self) == os(other)
    }

    /// Whether it becomes the very same ones, as far as can be told.
    #[must_use]
    pub fn compiles_like(&self, other: &Self) -> bool {
        let libc = self.libc.is_some() && self.libc == other.libc;
        // The C library copies in other ways on other processors.
        self.is_like(other) && self.rustc == other.rustc && libc && self.cpu == other.cpu
    }
}

fn libc() -> Option<String> {
    let answer = Command::new("getconf").arg("GNU_LIBC_VERSION").output().ok().filter(|done| done.status.success())?;
    Some(String::from_utf8(answer.stdout).ok()?.trim().to_owned())
}
