//! Time that passes when a test wants it to.

use std::sync::{Arc, Mutex, MutexGuard, Weak};
use std::time::Duration;

use tokio::sync::watch;
use unloc::{BoxFuture, Clock, Moment};

/// The wall clock when a test begins: Tue, 14 Nov 2023 22:13:20 GMT.
const WALL: Duration = Duration::from_secs(1_700_000_000);

/// A clock on which nothing waits for real.
///
/// A pause between two attempts is noted and over at once. A limit (of an attempt, a fetch or a call) is over only when the
/// server keeps the client waiting ([`pass_a_limit`](Self::pass_a_limit)), the first one first. Chance is always one half.
///
/// The two are told apart by their lengths: limits are whole seconds, and what a test's deadline leaves is more than any
/// pause; a pause has a fraction, since half of the first bound of 250 ms is in it.
#[derive(Clone)]
pub(crate) struct Time(Arc<Inner>);

struct Inner {
    passed: watch::Sender<Duration>,
    waits: Mutex<Waits>,
}

#[derive(Default)]
struct Waits {
    pauses: Vec<Duration>,
    /// When the limits that somebody waits for are over.
    limits: Vec<Weak<Duration>>,
    on_pause: Option<Box<dyn Fn() + Send>>,
}

impl Time {
    pub(crate) fn new() -> Self {
        Self(Arc::new(Inner { passed: watch::Sender::new(Duration::ZERO), waits: Mutex::default() }))
    }

    /// The pauses so far, in milliseconds.
    pub(crate) fn pauses(&self) -> Vec<f64> {
        self.waits().pauses.iter().map(|pause| pause.as_secs_f64() * 1000.0).collect()
    }

    /// Does this at the beginning of each pause.
    pub(crate) fn on_pause(&self, action: impl Fn() + Send + 'static) {
        self.waits().on_pause = Some(Box::new(action));
    }

    /// So much time passes.
    pub(crate) fn pass(&self, time: Duration) {
        self.0.passed.send_modify(|passed| *passed += time);
    }

    /// Time passes until the first limit is over.
    pub(crate) fn pass_a_limit(&self) {
        let first = self.waits().limits.iter().filter_map(Weak::upgrade).min().expect("a client has its limits");
        self.0.passed.send_modify(|passed| *passed = (*passed).max(*first));
    }

    fn waits(&self) -> MutexGuard<'_, Waits> {
        self.0.waits.lock().expect("nobody panicked")
    }
}

impl Clock for Time {
    fn now(&self) -> Moment {
        let passed = *self.0.passed.borrow();
        Moment { steady: passed, wall: WALL + passed }
    }

    fn sleep(&self, time: Duration) -> BoxFuture<'static, ()> {
        let this = self.clone();
        if time.subsec_nanos() != 0 && time < Duration::from_secs(500) {
            return Box::pin(async move {
                let mut waits = this.waits();
                waits.pauses.push(time);
                waits.on_pause.iter().for_each(|action| action());
                this.pass(time);
            });
        }
        let over = Arc::new(self.now().steady.saturating_add(time));
        self.waits().limits.push(Arc::downgrade(&over));
        Box::pin(async move {
            let mut passed = this.0.passed.subscribe();
            passed.wait_for(|passed| *passed >= *over).await.expect("the sender is here");
        })
    }

    fn jitter(&self) -> f64 {
        0.5
    }
}
