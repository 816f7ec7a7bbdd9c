//! Implements the platform with Tokio and the system's clocks.

use std::collections::hash_map::RandomState;
use std::hash::{BuildHasher, Hasher};
use std::time::Duration;

use tokio::runtime::Handle;

use super::BoxFuture;
use crate::error::{Error, ErrorKind, Result};
use crate::runtime::moment::Moment;

/// Returns the Tokio runtime of this thread, or an error if there is none.
fn runtime() -> Result<Handle> {
    // Checked before a call starts: Tokio's timers and connections panic without a runtime.
    let what = "no Tokio runtime: make this call from within one";
    Handle::try_current().map_err(|_| Error::new(ErrorKind::Configuration, what))
}

/// Returns an error if no Tokio runtime is running on this thread.
pub(crate) fn running() -> Result<()> {
    runtime().map(drop)
}

/// Spawns a task on the current runtime.
pub(crate) fn spawn(task: impl Future<Output = ()> + Send + 'static) -> Result<()> {
    runtime()?.spawn(task);
    Ok(())
}

/// Returns a future that completes after this time.
pub(crate) fn sleep(time: Duration) -> BoxFuture<'static, ()> {
    // Inside of an `async` block, because creating a Tokio timer outside of a runtime panics, and callers may create
    // this future before they enter one.
    Box::pin(async move { tokio::time::sleep(time).await })
}

/// Returns the time on both clocks.
#[cfg(any(target_os = "linux", target_os = "android"))]
pub(crate) fn now() -> Moment {
    use rustix::time::{ClockId, Timespec, clock_gettime};

    let duration = |time: Timespec| Duration::try_from(time).unwrap_or_default();
    // `std::time::Instant` is CLOCK_MONOTONIC, which stands still during suspend on Linux: a laptop would wake up with
    // an expired token that looks valid. CLOCK_BOOTTIME continues. A few milliseconds are exact enough for the wall
    // clock, and the coarse clock costs a tenth of the exact one.
    Moment {
        steady: duration(clock_gettime(ClockId::Boottime)),
        wall: duration(clock_gettime(ClockId::RealtimeCoarse)),
    }
}

/// Returns the time on both clocks.
#[cfg(all(unix, not(any(target_os = "linux", target_os = "android"))))]
pub(crate) fn now() -> Moment {
    use rustix::time::{ClockId, clock_gettime};

    // On these systems CLOCK_MONOTONIC continues while the machine sleeps.
    Moment { steady: Duration::try_from(clock_gettime(ClockId::Monotonic)).unwrap_or_default(), wall: wall() }
}

/// Returns the time on both clocks.
#[cfg(not(unix))]
pub(crate) fn now() -> Moment {
    use std::sync::LazyLock;
    use std::time::Instant;

    // The standard library's clock continues while Windows sleeps. It has no public origin, so the first use is the
    // origin.
    static START: LazyLock<Instant> = LazyLock::new(Instant::now);
    Moment { steady: START.elapsed(), wall: wall() }
}

#[cfg(not(any(target_os = "linux", target_os = "android")))]
fn wall() -> Duration {
    std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default()
}

/// Returns a random number from zero up to, but not including, one.
pub(crate) fn jitter() -> f64 {
    // The standard library gives each of these hashers random keys. That is random enough to spread retries, and saves
    // a dependency on a random number generator.
    let random = RandomState::new().build_hasher().finish();
    f64::from(u32::try_from(random >> 32).unwrap_or_default()) / (f64::from(u32::MAX) + 1.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn jitter_is_at_least_zero_and_below_one() {
        assert!((0..1000).all(|_| (0.0..1.0).contains(&jitter())));
    }

    #[test]
    fn both_clocks_advance() {
        let before = now();
        // Waits for a change and not for a time: the coarse clock ticks every few milliseconds.
        while now().wall == before.wall {
            std::hint::spin_loop();
        }
        assert!(now().steady > before.steady);
    }
}
