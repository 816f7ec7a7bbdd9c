//! Programs that do the same job through other clients: started, given orders, and asked what they took.

use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use serde::Deserialize;

use crate::Result;

/// A program, made by `benches/peers/prepare.py`.
#[derive(Debug)]
pub struct Peer {
    /// What it is called.
    pub name: &'static str,
    /// Its folder in `benches/peers/`.
    pub folder: &'static str,
    /// What a user wrote of it.
    pub source: &'static str,
}

/// What a program answers to an order.
#[derive(Clone, Copy, Debug, Deserialize)]
pub struct Answer {
    /// Processor time of one of the things ordered, in microseconds.
    pub cpu: f64,
    /// How many locks or keys it has read.
    pub count: u64,
    /// A sum of them.
    pub sum: u64,
}

impl Peer {
    /// Whether it can be started.
    #[must_use]
    pub fn is_prepared(&self) -> bool {
        self.program().exists()
    }

    /// The lines that are neither blank nor a comment.
    #[must_use]
    pub fn lines(&self) -> usize {
        self.source.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with("//")).count()
    }

    /// Starts it, with what it has to know, and says where its complaints go.
    ///
    /// # Errors
    /// When it does not start.
    pub fn start(&self, settings: &[(&str, String)], complaints: Stdio) -> Result<Running> {
        let mut command = self.command();
        // The way to the emulator leads through no proxy, for those that ask.
        command.env("NO_PROXY", "127.0.0.1").envs(settings.iter().map(|(name, value)| (name, value)));
        let mut process = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(complaints)
            .spawn()
            .map_err(|error| format!("{}: {error}", self.name))?;
        let (orders, answers) = (process.stdin.take(), process.stdout.take().map(BufReader::new));
        Ok(Running { name: self.name, process, orders, answers })
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

/// A program that waits for orders.
#[derive(Debug)]
pub struct Running {
    name: &'static str,
    process: Child,
    orders: Option<ChildStdin>,
    answers: Option<BufReader<ChildStdout>>,
}

impl Running {
    /// Has it do something so many times.
    ///
    /// # Errors
    /// When it says anything but what it took; why, it has said on the standard error.
    pub fn order(&mut self, what: &str, times: usize) -> Result<Answer> {
        let mut line = String::new();
        if let (Some(orders), Some(answers)) = (&mut self.orders, &mut self.answers) {
            writeln!(orders, "{what} {times}")?;
            answers.read_line(&mut line)?;
        }
        Ok(serde_json::from_str(&line).map_err(|error| format!("{} answers `{}`: {error}", self.name, line.trim()))?)
    }

    /// Lets it end.
    ///
    /// # Errors
    /// When it does not end well.
    pub fn end(mut self) -> Result<()> {
        drop(self.orders.take());
        let how = self.process.wait()?;
        if how.success() { Ok(()) } else { Err(format!("{} has failed: {how}", self.name).into()) }
    }
}

/// A program does not outlive the benchmark, whatever happens to it.
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
    fn what_a_user_writes_is_neither_blank_nor_a_comment() {
        let source = "// A comment.\n\nuse unloc;\n    // Another.\n    call(); // And code.\n";
        assert_eq!(Peer { name: "x", folder: "x", source }.lines(), 2);
    }
}
