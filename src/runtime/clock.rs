//! Provides time and jitter for everything that waits or expires.

use std::time::Duration;

use super::moment::Moment;
use super::platform::{self, BoxFuture, MaybeSend, MaybeSync};

/// Provides time and jitter, from the system or from a test.
///
/// A test's clock decides when a token expires, how long a wait takes and how retries are spread. Only
/// [`now`](Self::now) is required; the other methods use the system's timer and jitter by default.
///
/// ```
/// use std::sync::Arc;
/// use std::sync::atomic::{AtomicU64, Ordering};
/// use std::time::Duration;
/// use unloc::token::{Token, TokenCache};
/// use unloc::{Clock, Moment, Scopes};
///
/// /// Stands still until a test advances it.
/// #[derive(Clone, Default)]
/// struct Seconds(Arc<AtomicU64>);
///
/// impl Clock for Seconds {
///     fn now(&self) -> Moment {
///         let now = Duration::from_secs(self.0.load(Ordering::Relaxed));
///         Moment { steady: now, wall: now }
///     }
/// }
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> unloc::Result<()> {
/// let seconds = Seconds::default();
/// let source = |_: Scopes| async { Ok(Token::new("EXAMPLE").expires_in(Duration::from_secs(100))) };
/// let cache = TokenCache::builder(source).clock(seconds.clone()).build();
/// assert_eq!(cache.get(&Scopes::unscoped()).await?.remaining(), Duration::from_secs(100));
/// seconds.0.store(101, Ordering::Relaxed);
/// assert_eq!(cache.get(&Scopes::unscoped()).await?.remaining(), Duration::from_secs(100), "a new one");
/// assert_eq!(cache.stats().fetched, 2);
/// # Ok(()) }
/// ```
pub trait Clock: MaybeSend + MaybeSync + 'static {
    /// Returns the current moment.
    fn now(&self) -> Moment;

    /// Returns a future that completes after this time; dropping it earlier has no effect.
    ///
    /// Both waits and timeouts are such sleeps: if every sleep completes at once, every call times out. If
    /// [`now`](Self::now) stands still and a sleep does not advance it, a backoff of the token cache never ends.
    fn sleep(&self, time: Duration) -> BoxFuture<'static, ()> {
        platform::sleep(time)
    }

    /// Returns a number from zero up to, but not including, one.
    ///
    /// It spreads what many programs would otherwise do at the same moment. With zero, waits are shortest, and tokens
    /// are refreshed at the earliest possible moment.
    fn jitter(&self) -> f64 {
        platform::jitter()
    }
}

/// Clamps jitter to a share from zero to one.
pub(crate) fn share(jitter: f64) -> f64 {
    // A caller's own clock may return anything, and `Duration::mul_f64` panics for negative numbers and NaN.
    if jitter.is_nan() { 0.0 } else { jitter.clamp(0.0, 1.0) }
}

/// Provides the system's clocks and jitter, and Tokio's timer (the browser's on `wasm32-unknown-unknown`).
///
/// On Linux, macOS and Windows its steady clock continues while the machine sleeps.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> Moment {
        platform::now()
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use std::sync::Mutex;

    use super::*;

    /// Follows Tokio's clock, which tests pause, plus an offset for each of the two clocks.
    pub(crate) struct Manual {
        started: tokio::time::Instant,
        offsets: Mutex<(Duration, i64)>,
        jitter: f64,
    }

    impl Manual {
        /// Creates a clock whose jitter is always zero.
        pub(crate) fn new() -> Self {
            Self::with_jitter(0.0)
        }

        pub(crate) fn with_jitter(jitter: f64) -> Self {
            Self { started: tokio::time::Instant::now(), offsets: Mutex::default(), jitter }
        }

        /// Moves the wall clock, and only that, by this many seconds.
        pub(crate) fn set_wall(&self, seconds: i64) {
            self.offsets.lock().unwrap().1 += seconds;
        }

        /// Suspends the machine: on some systems only the wall clock continues, on others both do.
        pub(crate) fn suspend(&self, time: Duration, steady_continues: bool) {
            let mut offsets = self.offsets.lock().unwrap();
            offsets.1 += i64::try_from(time.as_secs()).unwrap();
            if steady_continues {
                offsets.0 += time;
            }
        }
    }

    impl Clock for Manual {
        fn now(&self) -> Moment {
            let (steady, wall) = *self.offsets.lock().unwrap();
            let elapsed = self.started.elapsed();
            let wall_base = Duration::from_secs((1_700_000_000 + wall).try_into().unwrap());
            Moment { steady: elapsed + steady, wall: wall_base + elapsed }
        }

        fn jitter(&self) -> f64 {
            self.jitter
        }
    }
}
