//! Measures several variants of the same work in turn.

use std::time::Duration;

use stats_alloc::{INSTRUMENTED_SYSTEM, Region, StatsAlloc};
use tokio::runtime::Runtime;

use crate::Result;

/// Counts the allocations of all variants. It adds some nanoseconds to each allocation, for all variants alike.
#[global_allocator]
static ALLOCATOR: &StatsAlloc<std::alloc::System> = &INSTRUMENTED_SYSTEM;

/// Holds one variant.
pub struct Variant<'a> {
    name: &'a str,
    round: Box<dyn FnMut(usize) -> Result<Round> + 'a>,
}

impl<'a> Variant<'a> {
    /// Creates a variant that makes `call`, on a runtime that should have no threads of its own.
    pub fn new(name: &'a str, runtime: &'a Runtime, mut call: impl AsyncFnMut() -> Result<()> + 'a) -> Self {
        let round = move |calls| runtime.block_on(measure(calls, &mut call));
        Self { name, round: Box::new(round) }
    }

    /// Returns the name of the variant.
    #[must_use]
    pub fn name(&self) -> &str {
        self.name
    }
}

/// Holds the measurements of one variant in one round.
#[derive(Clone, Debug)]
pub struct Round {
    /// Is the processor time of this process per call.
    pub cpu: Duration,
    /// Counts the allocations and reallocations per call.
    pub allocations: f64,
}

/// Measures each variant once per round, and returns the rounds of each variant.
///
/// Every other round is in reverse order, because the first variant of a round finds the machine in another state.
///
/// # Errors
/// The first error of a call.
pub fn interleave(rounds: usize, calls: usize, variants: &mut [Variant<'_>]) -> Result<Vec<Vec<Round>>> {
    keep_heap();
    let mut all = vec![Vec::with_capacity(rounds); variants.len()];
    for round in 0..rounds {
        for turn in 0..variants.len() {
            let which = if round % 2 == 0 { turn } else { variants.len() - 1 - turn };
            let variant = &mut variants[which];
            let measured = (variant.round)(calls).map_err(|error| format!("{}: {error}", variant.name))?;
            all[which].push(measured);
        }
    }
    Ok(all)
}

/// Makes glibc keep the end of the heap.
///
/// By default, glibc returns a large free end of the heap to the system, and gets it back with a page fault for each 4
/// KiB. Whether a response of 100 KB is allocated there differs from build to build, and so does the variant that pays
/// for it. After freeing a block of this size, glibc raises its threshold and keeps the memory, for all variants alike.
fn keep_heap() {
    drop(std::hint::black_box(Vec::<u8>::with_capacity(16 << 20)));
}

async fn measure(calls: usize, call: &mut impl AsyncFnMut() -> Result<()>) -> Result<Round> {
    // Warm up first: connections may have closed and caches cooled down while the other variants ran.
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

/// Returns the processor time of this process. The server runs in a separate one.
#[cfg(unix)]
fn cpu_time() -> Duration {
    use rustix::time::{ClockId, clock_gettime};

    Duration::try_from(clock_gettime(ClockId::ProcessCPUTime)).unwrap_or_default()
}

/// Returns the processor time of this thread.
#[cfg(unix)]
#[must_use]
pub fn thread_time() -> Duration {
    use rustix::time::{ClockId, clock_gettime};

    Duration::try_from(clock_gettime(ClockId::ThreadCPUTime)).unwrap_or_default()
}

/// Returns elapsed time, since the standard library has no processor time.
#[cfg(not(unix))]
#[must_use]
pub fn thread_time() -> Duration {
    cpu_time()
}

/// Returns elapsed time, since the standard library has no processor time.
#[cfg(not(unix))]
fn cpu_time() -> Duration {
    use std::sync::LazyLock;
    use std::time::Instant;

    static START: LazyLock<Instant> = LazyLock::new(Instant::now);
    START.elapsed()
}
