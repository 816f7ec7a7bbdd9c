//! A moment, on clocks that cannot be trusted alone.

use std::time::Duration;

/// A moment on two clocks.
///
/// Neither alone can be trusted: a steady clock stands still while some machines sleep, and a wall clock can be set back.
/// What expires does so when the first of the two says so.
///
/// ```
/// use std::time::Duration;
/// use unloc::Moment;
///
/// let start = Moment { steady: Duration::from_secs(5), wall: Duration::from_secs(1_700_000_000) };
/// let end = start.plus(Duration::from_secs(60));
/// assert!(!end.is_past(start));
/// assert!(end.is_past(Moment { wall: end.wall, ..start }), "the machine slept, and its steady clock with it");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Moment {
    /// Since some fixed point; never goes back.
    pub steady: Duration,
    /// Since 1970.
    pub wall: Duration,
}

impl Moment {
    /// This much later, by both clocks.
    #[must_use]
    pub fn plus(self, time: Duration) -> Self {
        Self { steady: self.steady.saturating_add(time), wall: self.wall.saturating_add(time) }
    }

    /// Whether it is over, by whichever clock is ahead.
    #[must_use]
    pub fn is_past(self, now: Self) -> bool {
        self.until(now).is_zero()
    }

    /// How long it is until then, by whichever clock is ahead; nothing if it is over.
    #[must_use]
    pub fn until(self, now: Self) -> Duration {
        self.steady.saturating_sub(now.steady).min(self.wall.saturating_sub(now.wall))
    }

    /// Whichever is earlier, by each clock.
    pub(crate) fn earlier(self, other: Self) -> Self {
        Self { steady: self.steady.min(other.steady), wall: self.wall.min(other.wall) }
    }

    /// How far the two clocks have drifted apart since an earlier moment: someone set the wall clock, or the machine slept
    /// and only one of the two noticed.
    pub(crate) fn drift_since(self, earlier: Self) -> Duration {
        let steady = self.steady.saturating_sub(earlier.steady);
        let wall = self.wall.checked_sub(earlier.wall);
        wall.map_or_else(|| steady.saturating_add(earlier.wall.saturating_sub(self.wall)), |wall| wall.abs_diff(steady))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn drift_is_what_the_clocks_disagree_by() {
        let seconds = Duration::from_secs;
        let start = Moment { steady: seconds(10), wall: seconds(1000) };
        assert_eq!(start.plus(seconds(50)).drift_since(start), Duration::ZERO);
        let set = |wall| Moment { steady: seconds(20), wall: seconds(wall) }.drift_since(start);
        assert_eq!([set(1010), set(1100), set(1000), set(400)], [0, 90, 10, 610].map(seconds));
    }
}
