//! What the cache has to know of time and chance; tests bring their own.

use std::collections::hash_map::RandomState;
use std::hash::{BuildHasher, Hasher};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

/// A moment on two clocks. Neither alone can be trusted: the steady one may stand still while a machine sleeps, and the
/// wall clock can be set back.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Moment {
    /// Since some fixed point; never goes back.
    pub(crate) steady: Duration,
    /// Since 1970.
    pub(crate) wall: Duration,
}

impl Moment {
    /// This much later, by both clocks.
    pub(crate) fn plus(self, time: Duration) -> Self {
        Self { steady: self.steady.saturating_add(time), wall: self.wall.saturating_add(time) }
    }

    /// Whether it is over, by whichever clock is ahead.
    pub(crate) fn is_past(self, now: Self) -> bool {
        now.steady >= self.steady || now.wall >= self.wall
    }
}

/// Time and chance.
pub(crate) trait Clock: Send + Sync + 'static {
    fn now(&self) -> Moment;

    /// A number from zero up to, and without, one.
    fn chance(&self) -> f64;
}

/// The machine's.
pub(crate) struct System {
    started: Instant,
}

impl System {
    pub(crate) fn new() -> Self {
        Self { started: Instant::now() }
    }
}

impl Clock for System {
    fn now(&self) -> Moment {
        let wall = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        Moment { steady: self.started.elapsed(), wall }
    }

    fn chance(&self) -> f64 {
        // Each of these hashers has keys of its own, drawn by the standard library; to spread retries that is enough.
        let drawn = RandomState::new().build_hasher().finish();
        f64::from(u32::try_from(drawn >> 32).unwrap_or_default()) / (f64::from(u32::MAX) + 1.0)
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use std::sync::Mutex;

    use super::*;

    /// Follows Tokio's clock, which tests stop, with what has been added to either clock. Chance is always zero.
    pub(crate) struct Manual {
        started: tokio::time::Instant,
        moved: Mutex<(Duration, i64)>,
    }

    impl Manual {
        pub(crate) fn new() -> Self {
            Self { started: tokio::time::Instant::now(), moved: Mutex::default() }
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

        fn chance(&self) -> f64 {
            0.0
        }
    }

    #[test]
    fn chance_is_a_share() {
        let system = System::new();
        assert!((0..1000).all(|_| (0.0..1.0).contains(&system.chance())));
    }
}
