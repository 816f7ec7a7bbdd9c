//! What `unloc` costs beside the client that progenitor makes by itself; `README.md` says how to read it.

mod harness;
/// The client without `unloc`: progenitor's own output for the same spec.
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

use std::error::Error;
use std::fmt::Display;
use std::process::ExitCode;

pub use harness::{Round, Rung, held_by, interleave, thread_time};
pub use report::Report;
pub use server::{LOCKS, Server, TOKEN};

/// What a benchmark gives; whatever goes wrong ends it.
pub type Result<T> = std::result::Result<T, Box<dyn Error>>;

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
}

/// The `main` of a benchmark: reads the arguments, measures and prints.
pub fn main<T: Display>(measure: impl FnOnce(Plan) -> Result<T>) -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let done = match plan(&arguments) {
        Ok(Some(plan)) => measure(plan).map(|report| {
            // Times of two calls are no times.
            if plan.rounds == Plan::SMOKE.rounds {
                println!("works; nothing was measured");
            } else {
                println!("{report}");
            }
        }),
        Ok(None) => server::serve(),
        Err(why) => Err(why),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

/// What is to be measured; nothing, if this process is the server.
fn plan(arguments: &[String]) -> Result<Option<Plan>> {
    if arguments == [server::SERVE] {
        return Ok(None);
    }
    let known = ["--bench", "--quick", "--test"];
    if let Some(other) = arguments.iter().find(|argument| !known.contains(&argument.as_str())) {
        return Err(format!(
            "`{other}` is none of the arguments: --quick for a short run, --test to see that it works"
        )
        .into());
    }
    let has = |name: &str| arguments.iter().any(|argument| argument == name);
    // `cargo bench` says `--bench`; without it, it is `cargo test` that asks whether this works at all.
    Ok(Some(match (has("--test") || !has("--bench"), has("--quick")) {
        (true, false) => Plan::SMOKE,
        (_, true) => Plan::QUICK,
        (false, false) => Plan::FULL,
    }))
}
