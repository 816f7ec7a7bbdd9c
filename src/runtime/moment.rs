//! Describes a moment on two clocks, neither of which is reliable alone.

use std::time::Duration;

/// Holds a moment on two clocks.
///
/// Neither clock is reliable alone: on some machines the steady clock stands still during sleep, and the wall clock can
/// be set back. A token expires when the first of the two says so.
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
    /// Is the time since a fixed point; it never goes back.
    pub steady: Duration,
    /// Is the time since 1970-01-01 UTC.
    pub wall: Duration,
}

impl Moment {
    /// Returns the moment that is later by this time, on both clocks.
    #[must_use]
    pub fn plus(self, time: Duration) -> Self {
        // A source may give an endless lifetime; the sum must not overflow.
        Self { steady: self.steady.saturating_add(time), wall: self.wall.saturating_add(time) }
    }

    /// Returns whether the moment has passed on at least one of the clocks.
    #[must_use]
    pub fn is_past(self, now: Self) -> bool {
        self.until(now).is_zero()
    }

    /// Returns the time that is left until this moment, on the clock that gives less; zero if it has passed.
    #[must_use]
    pub fn until(self, now: Self) -> Duration {
        // The smaller one: a suspended steady clock or a wall clock that was set back would prolong a token.
        self.steady.saturating_sub(now.steady).min(self.wall.saturating_sub(now.wall))
    }

    /// Returns the earlier time of two moments, on each clock separately.
    pub(crate) fn earlier(self, other: Self) -> Self {
        Self { steady: self.steady.min(other.steady), wall: self.wall.min(other.wall) }
    }

    /// Returns how far the two clocks have drifted apart since an earlier moment.
    ///
    /// They drift apart when someone sets the wall clock, or when one of them stands still while the machine sleeps.
    pub(crate) fn drift_since(self, earlier: Self) -> Duration {
        let steady = self.steady.saturating_sub(earlier.steady);
        let wall = self.wall.checked_sub(earlier.wall);
        // `None`: the wall clock was set back to before `earlier`, and the difference adds to the time that has passed.
        wall.map_or_else(|| steady.saturating_add(earlier.wall.saturating_sub(self.wall)), |wall| wall.abs_diff(steady))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn drift_is_the_difference_between_the_two_clocks() {
        let seconds = Duration::from_secs;
        let start = Moment { steady: seconds(10), wall: seconds(1000) };
        assert_eq!(start.plus(seconds(50)).drift_since(start), Duration::ZERO);
        let set = |wall| Moment { steady: seconds(20), wall: seconds(wall) }.drift_since(start);
        assert_eq!([set(1010), set(1100), set(1000), set(400)], [0, 90, 10, 610].map(seconds));
    }
}
