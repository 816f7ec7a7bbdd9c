//! Threads, Tokio and the machine's clocks.

use std::collections::hash_map::RandomState;
use std::hash::{BuildHasher, Hasher};
use std::time::Duration;

use tokio::runtime::Handle;

use super::BoxFuture;
use crate::error::{Error, ErrorKind, Result};
use crate::runtime::moment::Moment;

/// The runtime that runs here. Where none does, timers and connections would panic.
fn runtime() -> Result<Handle> {
    let what = "calls run on Tokio, and no runtime of it is running here";
    Handle::try_current().map_err(|_| Error::new(ErrorKind::Configuration, what))
}

/// Whether there is what calls run on.
pub(crate) fn running() -> Result<()> {
    runtime().map(drop)
}

/// Runs a task beside the caller.
pub(crate) fn spawn(task: impl Future<Output = ()> + Send + 'static) -> Result<()> {
    runtime()?.spawn(task);
    Ok(())
}

/// What ends after this time. Not made before it is awaited: making it needs a runtime.
pub(crate) fn sleep(time: Duration) -> BoxFuture<'static, ()> {
    Box::pin(async move { tokio::time::sleep(time).await })
}

/// Both clocks. The steady one goes on while the machine sleeps, where the system has such a clock; the standard
/// library's stands still on Linux.
#[cfg(any(target_os = "linux", target_os = "android"))]
pub(crate) fn now() -> Moment {
    use rustix::time::{ClockId, Timespec, clock_gettime};

    let duration = |time: Timespec| Duration::try_from(time).unwrap_or_default();
    // To some milliseconds is enough of the wall clock, and costs a tenth of what the exact time does.
    Moment {
        steady: duration(clock_gettime(ClockId::Boottime)),
        wall: duration(clock_gettime(ClockId::RealtimeCoarse)),
    }
}

/// Both clocks. On these systems `CLOCK_MONOTONIC` goes on while the machine sleeps.
#[cfg(all(unix, not(any(target_os = "linux", target_os = "android"))))]
pub(crate) fn now() -> Moment {
    use rustix::time::{ClockId, clock_gettime};

    Moment { steady: Duration::try_from(clock_gettime(ClockId::Monotonic)).unwrap_or_default(), wall: wall() }
}

/// Both clocks. The standard library's steady one goes on while Windows sleeps.
#[cfg(not(unix))]
pub(crate) fn now() -> Moment {
    use std::sync::LazyLock;
    use std::time::Instant;

    static START: LazyLock<Instant> = LazyLock::new(Instant::now);
    Moment { steady: START.elapsed(), wall: wall() }
}

#[cfg(not(any(target_os = "linux", target_os = "android")))]
fn wall() -> Duration {
    std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default()
}

/// A number from zero up to, and without, one.
pub(crate) fn jitter() -> f64 {
    // Each of these hashers has keys of its own, drawn by the standard library; to spread retries that is enough.
    let drawn = RandomState::new().build_hasher().finish();
    f64::from(u32::try_from(drawn >> 32).unwrap_or_default()) / (f64::from(u32::MAX) + 1.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn jitter_is_a_share() {
        assert!((0..1000).all(|_| (0.0..1.0).contains(&jitter())));
    }

    #[test]
    fn both_clocks_go_on() {
        let before = now();
        // A condition, and no time: the coarse clock ticks every few milliseconds.
        while now().wall == before.wall {
            std::hint::spin_loop();
        }
        assert!(now().steady > before.steady);
    }
}
