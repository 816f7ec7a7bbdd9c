//! Runs the checks that compile into folders of their own beside the others. One after the other, neither would use all
//! cores: one thread links, optimizes a module, or waits for a browser.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use anyhow::{Context, Result, bail};

use super::machine::{Here, Need, Skip, missing};
use super::{COUNTED, Skipped, by_cargo, check, timed};
use crate::commands::print;
use crate::js;

const INSTRUCTIONS: &str = "instructions";
const JAVASCRIPT: &str = "JavaScript";
const BROWSERS: &str = "JavaScript in browsers";

/// Is the process that runs these checks.
pub(super) struct Beside {
    process: Child,
    log: PathBuf,
}

impl Beside {
    /// Starts the process.
    pub(super) fn start(root: &Path) -> Result<Self> {
        let folder = root.join("target");
        let log = folder.join("ci-beside.log");
        fs::create_dir_all(&folder).with_context(|| format!("{} cannot be created", folder.display()))?;
        let file = File::create(&log).with_context(|| format!("{} cannot be written", log.display()))?;
        let program = std::env::current_exe().context("the path of this program is unknown")?;
        let mut command = Command::new(program);
        command.args(["ci", "--beside"]).stdin(Stdio::null()).stdout(file.try_clone()?).stderr(file);
        let process = command.spawn().context("the checks beside the others cannot be started")?;
        Ok(Self { process, log })
    }

    /// Fails if one of the checks has failed already.
    pub(super) fn expect_no_failure(&mut self) -> Result<()> {
        match self.process.try_wait()? {
            Some(status) if !status.success() => self.finish(),
            _ => Ok(()),
        }
    }

    /// Waits for the checks, prints what they printed, and fails if one of them did.
    pub(super) fn finish(&mut self) -> Result<()> {
        let status = self.process.wait()?;
        print(&fs::read_to_string(&self.log).with_context(|| format!("{} cannot be read", self.log.display()))?);
        if status.success() { Ok(()) } else { bail!("a check beside the others failed; run: cargo xtask ci --beside") }
    }
}

impl Drop for Beside {
    // After a failure of another check. The processes that a check has started would outlive it.
    fn drop(&mut self) {
        let _: std::io::Result<_> = self.process.wait();
    }
}

/// Lists the checks that this machine cannot run. In continuous integration, installs what they need.
pub(super) fn skipped() -> Vec<Skipped> {
    let node = [Need::Node, Need::Wasm];
    let needs = [
        (INSTRUCTIONS, &[Need::Valgrind][..]),
        (JAVASCRIPT, &node),
        (BROWSERS, &[Need::Node, Need::Wasm, Need::Chromium]),
    ];
    let skip = |needs: &[Need]| needs.iter().find_map(|need| missing(*need, &Here));
    needs.into_iter().filter_map(|(name, needs)| Some(Skipped { name, skip: skip(needs)? })).collect()
}

/// Runs the checks in this process.
pub(crate) fn run(root: &Path) -> Result<()> {
    let checks: [(_, &dyn Fn() -> Result<Option<Skip>>); 3] = [
        (INSTRUCTIONS, &|| by_cargo(&check(INSTRUCTIONS, COUNTED), root)),
        (JAVASCRIPT, &|| js::check(root)),
        (BROWSERS, &|| js::check_in_browsers(root)),
    ];
    checks.into_iter().try_for_each(|(name, check)| timed(name, check).map(drop))
}
