//! Measures how long each stage takes.

use std::fmt::{self, Display, Formatter};
use std::time::{Duration, Instant};

/// Measures the stages of one file, one after the other.
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

    /// Ends the stage that reads and parses the text.
    pub(crate) fn read(&mut self) {
        self.read = self.lap();
    }

    /// Ends the stage that runs the rules.
    pub(crate) fn rules(&mut self) {
        self.rules = self.lap();
    }

    /// Ends the stage that runs the generator.
    pub(crate) fn generator(&mut self) {
        self.generator = self.lap();
    }

    fn lap(&mut self) -> Duration {
        let lap = self.since.elapsed();
        self.since += lap;
        lap
    }
}

/// Formats one line for each file and one for the whole run. The files run in parallel, so the total may be less than
/// the sum of the lines.
#[derive(Debug, Default)]
pub struct Timings {
    lines: String,
    files: usize,
    /// Is the wall time of the whole run.
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
