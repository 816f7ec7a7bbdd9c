//! Time and jitter, as everything that waits or expires sees them.

use std::time::Duration;

use super::moment::Moment;
use super::platform::{self, BoxFuture, MaybeSend, MaybeSync};

/// Where time and jitter come from: the machine, or a test.
///
/// A test's clock says when a token expires, how long a wait takes and how retries are spread. Only [`now`](Self::now) has
/// to be given; the rest is the machine's unless it is replaced, too.
///
/// ```
/// use std::sync::Arc;
/// use std::sync::atomic::{AtomicU64, Ordering};
/// use std::time::Duration;
/// use unloc::token::{Token, TokenCache};
/// use unloc::{Clock, Moment, Scopes};
///
/// /// Stands still until a test moves it.
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
    /// This moment.
    fn now(&self) -> Moment;

    /// What ends after this time. Nothing is lost when it is dropped before.
    ///
    /// Pauses are such sleeps, and limits are as well: where every sleep ends at once, every call runs out of time. Where
    /// [`now`](Self::now) stands still and this does not move it, a pause of the token cache is never over.
    fn sleep(&self, time: Duration) -> BoxFuture<'static, ()> {
        platform::sleep(time)
    }

    /// A number from zero up to, and without, one, which spreads what many would else do at the same moment. With zero,
    /// pauses are shortest and tokens are renewed as early as they may be.
    fn jitter(&self) -> f64 {
        platform::jitter()
    }
}

/// What a clock calls jitter, as a share: a clock can be anyone's.
pub(crate) fn share(jitter: f64) -> f64 {
    if jitter.is_nan() { 0.0 } else { jitter.clamp(0.0, 1.0) }
}

/// The machine's own clocks and jitter, and Tokio's timer (a browser's, on `wasm32-unknown-unknown`).
///
/// On Linux, macOS and Windows its steady clock goes on while the machine sleeps.
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

    /// Follows Tokio's clock, which tests stop, with what has been added to either clock.
    pub(crate) struct Manual {
        started: tokio::time::Instant,
        moved: Mutex<(Duration, i64)>,
        jitter: f64,
    }

    impl Manual {
        /// Chance is always zero.
        pub(crate) fn new() -> Self {
            Self::with_jitter(0.0)
        }

        pub(crate) fn with_jitter(jitter: f64) -> Self {
            Self { started: tokio::time::Instant::now(), moved: Mutex::default(), jitter }
        }

        /// Sets the wall clock, and nothing else, by so many seconds.
        pub(crate) fn set_wall(&self, seconds: i64) {
            self.moved.lock().unwrap().1 += seconds;
        }

        /// The machine sleeps: on some systems only the wall clock goes on, on others both do.
        pub(crate) fn suspend(&self, time: Duration, steady_goes_on: bool) {
            let mut moved = self.moved.lock().unwrap();
            moved.1 += i64::try_from(time.as_secs()).unwrap();
            if steady_goes_on {
                moved.0 += time;
            }
        }
    }

    impl Clock for Manual {
        fn now(&self) -> Moment {
            let (steady, wall) = *self.moved.lock().unwrap();
            let passed = self.started.elapsed();
            let wall_base = Duration::from_secs((1_700_000_000 + wall).try_into().unwrap());
            Moment { steady: passed + steady, wall: wall_base + passed }
        }

        fn jitter(&self) -> f64 {
            self.jitter
        }
    }
}
