//! Measures what `unloc` costs compared with simpler clients. `README.md` explains the figures.

mod harness;
pub mod peer;
/// Contains the plain progenitor client of the same spec.
#[cfg(feature = "progenitor")]
#[allow(
    clippy::all,
    clippy::pedantic,
    clippy::restriction,
    dead_code,
    missing_docs,
    unreachable_pub,
    unused_imports,
    unused_mut,
    unused_qualifications
)]
pub mod plain {
    include!(concat!(env!("OUT_DIR"), "/plain.rs"));
}
mod report;
mod server;
pub mod typed;

use std::error::Error;
use std::path::Path;
use std::process::ExitCode;

use unloc_bench_record::{Machine, table};

pub use harness::{Round, Variant, interleave, thread_time};
pub use report::compared;
pub use server::{LOCKS, NO_LOCK, Server, TOKEN, accept, lock, locks, pin_to_a_processor};
pub use unloc_bench_record::{Record, Row, Spread};

/// Is the result of a benchmark. Any error ends it.
pub type Result<T> = std::result::Result<T, Box<dyn Error + Send + Sync>>;

/// Determines how much is measured.
#[derive(Clone, Copy, Debug)]
pub struct Plan {
    /// Counts the rounds, in each of which every variant is measured once.
    pub rounds: usize,
    divisor: usize,
}

impl Plan {
    // Rounds are short and many, so that a slow period of the machine affects all variants of a round alike.
    const FULL: Self = Self { rounds: 31, divisor: 1 };
    const QUICK: Self = Self { rounds: 9, divisor: 5 };
    const SMOKE: Self = Self { rounds: 1, divisor: usize::MAX };

    /// Returns the number of calls in a round, from the number in a full round.
    #[must_use]
    pub fn calls(self, full: usize) -> usize {
        (full / self.divisor).max(2)
    }

    /// Returns whether everything is measured.
    #[must_use]
    pub fn is_full(self) -> bool {
        self.divisor == Self::FULL.divisor
    }

    /// Returns whether this run is only a smoke test, which makes two calls and whose times mean nothing.
    #[must_use]
    pub fn is_smoke(self) -> bool {
        self.rounds == Self::SMOKE.rounds
    }
}

/// Runs a benchmark as its `main`: reads the arguments, measures, prints, and records if asked to.
pub fn main(bench: &str, measure: impl FnOnce(Plan) -> Result<Vec<Row>>) -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let done = match plan(&arguments) {
        Ok(Some(plan)) => run(bench, measure, plan, &arguments),
        Ok(None) => server::serve(),
        Err(why) => Err(why),
    };
    exit(done)
}

fn run(bench: &str, measure: impl FnOnce(Plan) -> Result<Vec<Row>>, plan: Plan, arguments: &[String]) -> Result<()> {
    let record = begin_record(bench, arguments)?;
    let rows = measure(plan)?;
    if plan.is_smoke() {
        println!("smoke test passed; nothing was measured");
        return Ok(());
    }
    finish_record(record, rows)
}

/// Returns the current machine, with the compiler that built this program.
#[must_use]
pub fn this_machine() -> Machine {
    Machine::this(env!("UNLOC_RUSTC"))
}

/// Starts a record if the arguments ask for one. Call this before anything is measured.
///
/// # Errors
/// If the commit cannot be determined.
pub fn begin_record(bench: &str, arguments: &[String]) -> Result<Option<Record>> {
    let words: Vec<&str> = arguments.iter().map(String::as_str).filter(|argument| *argument != "--bench").collect();
    if !words.contains(&RECORD) {
        return Ok(None);
    }
    let features = if cfg!(feature = "progenitor") { "" } else { " --no-default-features" };
    let command = format!("cargo bench -p unloc-benches --bench {bench}{features} -- {}", words.join(" "));
    let date = chrono::Utc::now().date_naive().to_string();
    Record::begin(root(), bench, date, command, env!("UNLOC_RUSTC")).map(Some)
}

/// Prints the rows, and writes them if a record was started.
///
/// # Errors
/// If the record cannot be written.
pub fn finish_record(record: Option<Record>, rows: Vec<Row>) -> Result<()> {
    if rows.is_empty() {
        // A skipped run must not replace the record.
        return Ok(());
    }
    println!("{}", table(&rows));
    if let Some(record) = record {
        println!("recorded in {}", Record { rows, ..record }.write(root())?.display());
    }
    Ok(())
}

/// Returns the root of this checkout.
#[must_use]
pub fn root() -> &'static Path {
    let package = Path::new(env!("CARGO_MANIFEST_DIR"));
    package.parent().unwrap_or(package)
}

/// Prints the error, if any, and returns the exit code.
pub fn exit(done: Result<()>) -> ExitCode {
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

/// Is the argument that makes a benchmark write a record.
pub const RECORD: &str = "--record";

/// Returns what to measure, or `None` if this process is the server.
fn plan(arguments: &[String]) -> Result<Option<Plan>> {
    if arguments == [server::SERVE] {
        return Ok(None);
    }
    let has = |name: &str| arguments.iter().any(|argument| argument == name);
    let known = ["--bench", "--quick", "--test", RECORD];
    let unknown = arguments.iter().find(|argument| !known.contains(&argument.as_str()));
    // `cargo test` may pass test filters, which are ignored.
    if let Some(other) = unknown.filter(|_| has("--bench")) {
        let known = "--quick for a short run, --test for a smoke test, --record to write a record";
        return Err(format!("unknown argument `{other}`; the known ones are {known}").into());
    }
    // `cargo bench` passes `--bench`. Without it, `cargo test` runs a smoke test.
    Ok(Some(match (has("--test") || !has("--bench"), has("--quick")) {
        (true, false) => Plan::SMOKE,
        (_, true) => Plan::QUICK,
        (false, false) => Plan::FULL,
    }))
}
