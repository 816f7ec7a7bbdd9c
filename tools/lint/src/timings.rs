//! Where the time goes.

use std::fmt::{self, Display, Formatter};
use std::time::{Duration, Instant};

/// How long the parts of one file took.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Stages {
    since: Instant,
    read: Duration,
    rules: Duration,
    generator: Duration,
}

impl Stages {
    pub(crate) fn since(begun: Instant) -> Self {
        Self { since: begun, read: Duration::ZERO, rules: Duration::ZERO, generator: Duration::ZERO }
    }

    /// The text is a document.
    pub(crate) fn read(&mut self) {
        self.read = self.lap();
    }

    /// The rules have looked at it.
    pub(crate) fn rules(&mut self) {
        self.rules = self.lap();
    }

    /// The generator has taken or refused it.
    pub(crate) fn generator(&mut self) {
        self.generator = self.lap();
    }

    fn lap(&mut self) -> Duration {
        let lap = self.since.elapsed();
        self.since += lap;
        lap
    }
}

/// A line for each file, and one for all together, which is less than their sum where several processors share them.
#[derive(Debug, Default)]
pub struct Timings {
    lines: String,
    files: usize,
    /// All of it, as it passed.
    pub total: Duration,
}

impl Timings {
    pub(crate) fn add(&mut self, file: &str, lines: usize, findings: usize, stages: Stages) {
        let Stages { read, rules, generator, .. } = stages;
        let [all, read, rules, generator] = [read + rules + generator, read, rules, generator].map(millis);
        self.files += 1;
        self.lines.push_str(&format!(
            "{file}: {lines} lines, {findings} findings, {all} ms: read {read}, rules {rules}, generator {generator}\n"
        ));
    }
}

impl Display for Timings {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}total: {} files, {} ms", self.lines, self.files, millis(self.total))
    }
}

fn millis(time: Duration) -> String {
    format!("{:.1}", time.as_secs_f64() * 1e3)
}
