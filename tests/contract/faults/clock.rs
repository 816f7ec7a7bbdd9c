//! Provides a clock that tests advance by hand.

use std::sync::{Arc, Mutex, MutexGuard, Weak};
use std::time::Duration;

use tokio::sync::watch;
use unloc::{BoxFuture, Clock, Moment};

/// Is the wall-clock time at the start of a test: Tue, 14 Nov 2023 22:13:20 GMT.
const WALL: Duration = Duration::from_secs(1_700_000_000);

/// Implements a clock on which no test waits in real time. Its jitter is always one half.
///
/// A wait between two attempts is recorded and ends at once. A timeout (of an attempt, a fetch or a call) passes only
/// when the server keeps the client waiting: [`advance_to_next_timeout`](Self::advance_to_next_timeout) ends the
/// earliest one.
///
/// `sleep` distinguishes the two by their durations. Timeouts are whole seconds, or the rest of an operation timeout,
/// which is longer than any wait. Waits have fractions of a second, since each contains half of the first backoff of
/// 250 ms.
#[derive(Clone)]
pub(crate) struct ManualClock(Arc<Inner>);

struct Inner {
    passed: watch::Sender<Duration>,
    sleeps: Mutex<Sleeps>,
}

#[derive(Default)]
struct Sleeps {
    waits: Vec<Duration>,
    /// Holds the ends of the timeouts that are pending.
    timeouts: Vec<Weak<Duration>>,
    on_wait: Option<Box<dyn Fn() + Send>>,
}

impl ManualClock {
    pub(crate) fn new() -> Self {
        Self(Arc::new(Inner { passed: watch::Sender::new(Duration::ZERO), sleeps: Mutex::default() }))
    }

    /// Returns the waits so far, in milliseconds.
    pub(crate) fn waits(&self) -> Vec<f64> {
        self.sleeps().waits.iter().map(|wait| wait.as_secs_f64() * 1000.0).collect()
    }

    /// Runs `action` at the start of each wait.
    pub(crate) fn on_wait(&self, action: impl Fn() + Send + 'static) {
        self.sleeps().on_wait = Some(Box::new(action));
    }

    /// Advances the clock by `time`.
    pub(crate) fn advance(&self, time: Duration) {
        self.0.passed.send_modify(|passed| *passed += time);
    }

    /// Advances the clock to the earliest pending timeout.
    pub(crate) fn advance_to_next_timeout(&self) {
        let first =
            self.sleeps().timeouts.iter().filter_map(Weak::upgrade).min().expect("a timeout of the client is pending");
        self.0.passed.send_modify(|passed| *passed = (*passed).max(*first));
    }

    fn sleeps(&self) -> MutexGuard<'_, Sleeps> {
        self.0.sleeps.lock().expect("no test panicked while it held the lock")
    }
}

impl Clock for ManualClock {
    fn now(&self) -> Moment {
        let passed = *self.0.passed.borrow();
        Moment { steady: passed, wall: WALL + passed }
    }

    fn sleep(&self, time: Duration) -> BoxFuture<'static, ()> {
        let this = self.clone();
        if time.subsec_nanos() != 0 && time < Duration::from_secs(500) {
            return Box::pin(async move {
                let mut sleeps = this.sleeps();
                sleeps.waits.push(time);
                sleeps.on_wait.iter().for_each(|action| action());
                this.advance(time);
            });
        }
        let over = Arc::new(self.now().steady.saturating_add(time));
        self.sleeps().timeouts.push(Arc::downgrade(&over));
        Box::pin(async move {
            let mut passed = this.0.passed.subscribe();
            passed.wait_for(|passed| *passed >= *over).await.expect("the sender is here");
        })
    }

    fn jitter(&self) -> f64 {
        0.5
    }
}
