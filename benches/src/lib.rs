//! What `unloc` costs beside thinner ways of making the same calls; `README.md` says how to read it.

mod harness;
pub mod peer;
/// The client without `unloc`: progenitor's own output for the same spec.
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

pub use harness::{Round, Rung, interleave, thread_time};
pub use report::compared;
pub use server::{LOCKS, NO_LOCK, Server, TOKEN, accept, lock, locks, stay_on_a_processor};
pub use unloc_bench_record::{Record, Row, Spread};

/// What a benchmark gives; whatever goes wrong ends it.
pub type Result<T> = std::result::Result<T, Box<dyn Error + Send + Sync>>;

/// How much is measured.
#[derive(Clone, Copy, Debug)]
pub struct Plan {
    /// How often each rung has its turn.
    pub rounds: usize,
    divisor: usize,
}

impl Plan {
    // Many short rounds: what slows the machine down lasts longer than a pair of them, and so meets both rungs.
    const FULL: Self = Self { rounds: 31, divisor: 1 };
    const QUICK: Self = Self { rounds: 9, divisor: 5 };
    const SMOKE: Self = Self { rounds: 1, divisor: usize::MAX };

    /// How many calls a round has, where a full one has this many.
    #[must_use]
    pub fn calls(self, full: usize) -> usize {
        (full / self.divisor).max(2)
    }

    /// Whether everything is measured.
    #[must_use]
    pub fn is_full(self) -> bool {
        self.divisor == Self::FULL.divisor
    }

    /// Whether this only asks if the benchmark works: times of two calls are no times.
    #[must_use]
    pub fn is_smoke(self) -> bool {
        self.rounds == Self::SMOKE.rounds
    }
}

/// The `main` of a benchmark: reads the arguments, measures, prints, and records if it is told to.
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
    let record = begin(bench, arguments)?;
    let rows = measure(plan)?;
    if plan.is_smoke() {
        println!("works; nothing was measured");
        return Ok(());
    }
    finish(record, rows)
}

/// Where this runs, and the compiler that made it.
#[must_use]
pub fn this_machine() -> Machine {
    Machine::this(env!("UNLOC_RUSTC"))
}

/// Begins a record, if the arguments say that one is to be written. That is before anything is measured.
///
/// # Errors
/// If it cannot be told which commit this is.
pub fn begin(bench: &str, arguments: &[String]) -> Result<Option<Record>> {
    let own: Vec<&str> = arguments.iter().map(String::as_str).filter(|argument| *argument != "--bench").collect();
    if !own.contains(&RECORD) {
        return Ok(None);
    }
    let features = if cfg!(feature = "progenitor") { "" } else { " --no-default-features" };
    let command = format!("cargo bench -p unloc-benches --bench {bench}{features} -- {}", own.join(" "));
    let date = chrono::Utc::now().date_naive().to_string();
    Record::begin(root(), bench, date, command, env!("UNLOC_RUSTC")).map(Some)
}

/// Prints what was found, and writes it down if a record was begun.
///
/// # Errors
/// If it cannot be written.
pub fn finish(record: Option<Record>, rows: Vec<Row>) -> Result<()> {
    if rows.is_empty() {
        // What is recorded is worth more than nothing.
        return Ok(());
    }
    println!("{}", table(&rows));
    if let Some(record) = record {
        println!("recorded in {}", Record { rows, ..record }.write(root())?.display());
    }
    Ok(())
}

/// This checkout.
#[must_use]
pub fn root() -> &'static Path {
    let own = Path::new(env!("CARGO_MANIFEST_DIR"));
    own.parent().unwrap_or(own)
}

/// How a program ends.
pub fn exit(done: Result<()>) -> ExitCode {
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

/// The argument that has what was found written down.
pub const RECORD: &str = "--record";

/// What is to be measured; nothing, if this process is the server.
fn plan(arguments: &[String]) -> Result<Option<Plan>> {
    if arguments == [server::SERVE] {
        return Ok(None);
    }
    let has = |name: &str| arguments.iter().any(|argument| argument == name);
    let known = ["--bench", "--quick", "--test", RECORD];
    let unknown = arguments.iter().find(|argument| !known.contains(&argument.as_str()));
    // `cargo test` may have words for tests of other programs.
    if let Some(other) = unknown.filter(|_| has("--bench")) {
        let why = "--quick for a short run, --test to see that it works, --record to write down what was found";
        return Err(format!("`{other}` is none of the arguments: {why}").into());
    }
    // `cargo bench` says `--bench`; without it, it is `cargo test` that asks whether this works at all.
    Ok(Some(match (has("--test") || !has("--bench"), has("--quick")) {
        (true, false) => Plan::SMOKE,
        (_, true) => Plan::QUICK,
        (false, false) => Plan::FULL,
    }))
}
