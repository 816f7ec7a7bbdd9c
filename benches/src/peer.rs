//! Starts programs that do the same job through different clients, and sends them commands.

use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use serde::Deserialize;

use crate::Result;

/// Describes a program that `benches/peers/prepare.py` builds.
#[derive(Debug)]
pub struct Peer {
    /// Names the program.
    pub name: &'static str,
    /// Names its folder in `benches/peers/`.
    pub folder: &'static str,
    /// Holds the source code that a user of the client has to write.
    pub source: &'static str,
}

/// Holds the measurements that a program returns for a command.
#[derive(Clone, Copy, Debug, Deserialize)]
pub struct Measurement {
    /// Is the processor time per repetition, in microseconds.
    pub cpu: f64,
    /// Counts the locks or keys that it has read.
    pub count: u64,
    /// Is a checksum of them.
    pub sum: u64,
}

impl Peer {
    /// Returns whether the program is built.
    #[must_use]
    pub fn is_prepared(&self) -> bool {
        self.program().exists()
    }

    /// Counts the lines that are neither blank nor a comment.
    #[must_use]
    pub fn lines(&self) -> usize {
        self.source.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with("//")).count()
    }

    /// Starts the program with these environment variables and this standard error.
    ///
    /// # Errors
    /// If it does not start.
    pub fn start(&self, settings: &[(&str, String)], stderr: Stdio) -> Result<Running> {
        let mut command = self.command();
        // Some clients read proxies from the environment, but the emulator is on loopback.
        command.env("NO_PROXY", "127.0.0.1").envs(settings.iter().map(|(name, value)| (name, value)));
        let mut process = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(stderr)
            .spawn()
            .map_err(|error| format!("{}: {error}", self.name))?;
        let (input, output) = (process.stdin.take(), process.stdout.take().map(BufReader::new));
        Ok(Running { name: self.name, process, input, output })
    }

    fn command(&self) -> Command {
        if !self.is_script() {
            return Command::new(self.program());
        }
        let mut node = Command::new("node");
        node.arg(self.program());
        node
    }

    fn is_script(&self) -> bool {
        self.folder.ends_with("typescript")
    }

    fn program(&self) -> PathBuf {
        let place = Path::new(env!("CARGO_MANIFEST_DIR")).join("../target/peers");
        if self.is_script() {
            return place.join(self.folder).join("built/main.js");
        }
        place.join("build/release").join(format!("{}{}", self.folder, std::env::consts::EXE_SUFFIX))
    }
}

/// Holds a running program that waits for commands.
#[derive(Debug)]
pub struct Running {
    name: &'static str,
    process: Child,
    input: Option<ChildStdin>,
    output: Option<BufReader<ChildStdout>>,
}

impl Running {
    /// Runs a command a number of times and returns its measurements.
    ///
    /// # Errors
    /// If the program returns anything else. It writes the reason to its standard error.
    pub fn run(&mut self, what: &str, times: usize) -> Result<Measurement> {
        let mut line = String::new();
        if let (Some(input), Some(output)) = (&mut self.input, &mut self.output) {
            writeln!(input, "{what} {times}")?;
            output.read_line(&mut line)?;
        }
        Ok(serde_json::from_str(&line).map_err(|error| format!("{} returned `{}`: {error}", self.name, line.trim()))?)
    }

    /// Closes its input and waits until it ends.
    ///
    /// # Errors
    /// If it fails.
    pub fn end(mut self) -> Result<()> {
        drop(self.input.take());
        let status = self.process.wait()?;
        if status.success() { Ok(()) } else { Err(format!("{} failed: {status}", self.name).into()) }
    }
}

/// Kills the program, so that it does not outlive the benchmark.
impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blank_lines_and_comments_are_not_counted() {
        let source = "// A comment.\n\nuse unloc;\n    // Another.\n    call(); // And code.\n";
        assert_eq!(Peer { name: "x", folder: "x", source }.lines(), 2);
    }
}
