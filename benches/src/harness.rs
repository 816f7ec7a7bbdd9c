//! Several ways of doing the same thing, measured in turn.

use std::time::Duration;

use stats_alloc::{INSTRUMENTED_SYSTEM, Region, StatsAlloc};
use tokio::runtime::Runtime;

use crate::Result;

/// Counts for every rung alike, so it makes none of them look better; it does cost each allocation some nanoseconds.
#[global_allocator]
static ALLOCATOR: &StatsAlloc<std::alloc::System> = &INSTRUMENTED_SYSTEM;

/// One way of doing the thing.
pub struct Rung<'a> {
    name: &'a str,
    round: Box<dyn FnMut(usize) -> Result<Round> + 'a>,
}

impl<'a> Rung<'a> {
    /// Does it by `call`, on a runtime that should have no threads of its own.
    pub fn new(name: &'a str, runtime: &'a Runtime, mut call: impl AsyncFnMut() -> Result<()> + 'a) -> Self {
        let round = move |calls| runtime.block_on(measure(calls, &mut call));
        Self { name, round: Box::new(round) }
    }

    /// What the way is called.
    #[must_use]
    pub fn name(&self) -> &str {
        self.name
    }
}

/// What the calls of one rung in one round took.
#[derive(Clone, Debug)]
pub struct Round {
    /// Processor time of this process, for one call.
    pub cpu: Duration,
    /// How often one call asked for memory, growing included.
    pub allocations: f64,
}

/// Lets each rung make its calls once a round, and begins every other round with the last rung: what comes first finds
/// another machine than what comes second. Gives the rounds of each rung.
///
/// # Errors
/// The first error of a call.
pub fn interleave(rounds: usize, calls: usize, rungs: &mut [Rung<'_>]) -> Result<Vec<Vec<Round>>> {
    keep_the_heap();
    let mut all = vec![Vec::with_capacity(rounds); rungs.len()];
    for round in 0..rounds {
        for turn in 0..rungs.len() {
            let which = if round % 2 == 0 { turn } else { rungs.len() - 1 - turn };
            let rung = &mut rungs[which];
            let measured = (rung.round)(calls).map_err(|error| format!("{}: {error}", rung.name))?;
            all[which].push(measured);
        }
    }
    Ok(all)
}

/// Glibc gives the end of the heap back when much of it is free, and takes it again, a page fault for each 4 KiB, as soon
/// as it is wanted. Whether an answer of 100 KB happens to lie there is chance: it was one rung in one build, and another
/// one in the next. After a block of this size it keeps what it has, for every rung alike.
fn keep_the_heap() {
    drop(std::hint::black_box(Vec::<u8>::with_capacity(16 << 20)));
}

async fn measure(calls: usize, call: &mut impl AsyncFnMut() -> Result<()>) -> Result<Round> {
    // Connections that closed while the other rungs had their turn, and cold caches, are nobody's fault.
    for _ in 0..calls.div_ceil(20) {
        call().await?;
    }
    let memory = Region::new(ALLOCATOR);
    let cpu = cpu_time();
    for _ in 0..calls {
        call().await?;
    }
    let cpu = cpu_time().saturating_sub(cpu);
    let memory = memory.change();
    let allocations = (memory.allocations + memory.reallocations) as f64 / calls as f64;
    Ok(Round { cpu: cpu.div_f64(calls as f64), allocations })
}

/// What this process has taken of the processors; the server is another one.
#[cfg(unix)]
fn cpu_time() -> Duration {
    use rustix::time::{ClockId, clock_gettime};

    Duration::try_from(clock_gettime(ClockId::ProcessCPUTime)).unwrap_or_default()
}

/// What this thread has taken of a processor.
#[cfg(unix)]
#[must_use]
pub fn thread_time() -> Duration {
    use rustix::time::{ClockId, clock_gettime};

    Duration::try_from(clock_gettime(ClockId::ThreadCPUTime)).unwrap_or_default()
}

/// The time that passed, where the standard library knows of no other.
#[cfg(not(unix))]
#[must_use]
pub fn thread_time() -> Duration {
    cpu_time()
}

/// The time that passed, where the standard library knows of no other.
#[cfg(not(unix))]
fn cpu_time() -> Duration {
    use std::sync::LazyLock;
    use std::time::Instant;

    static START: LazyLock<Instant> = LazyLock::new(Instant::now);
    START.elapsed()
}
