//! Defines the handles to an emulator's clock and faults.

use std::fmt;
use std::time::Duration;

use chrono::{DateTime, Utc};

use crate::faults::fault::{ActiveFault, Fault, FaultError};
use crate::service::Service;

/// Controls the clock of an emulator. Returned by [`Emulator::clock`](crate::Emulator::clock).
///
/// The states of keys and vendor connections, recurrences and the expiry of tokens depend on this clock, and all
/// created records and events have its time. It never goes back.
///
/// ```
/// # use std::time::Duration;
/// # use unloc_emulator::Emulator;
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let emulator = Emulator::builder().starts_at("2030-06-01T08:00:00Z".parse()?).speed(0.0).start().await?;
/// emulator.clock().advance(Duration::from_secs(7 * 24 * 3600)); // a week later
/// assert_eq!(emulator.clock().now().to_rfc3339(), "2030-06-08T08:00:00+00:00");
/// emulator.clock().run(60.0); // from now on, a minute passes in each second
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Copy)]
pub struct ClockControl<'a> {
    app: &'a Service,
}

impl<'a> ClockControl<'a> {
    pub(crate) fn of(app: &'a Service) -> Self {
        Self { app }
    }

    /// Returns the emulator's time.
    pub fn now(&self) -> DateTime<Utc> {
        self.app.world.now()
    }

    /// Returns the speed, in seconds per second of the machine.
    pub fn speed(&self) -> f64 {
        self.app.world.clock.read().1
    }

    /// Stops the clock.
    pub fn stop(&self) {
        self.run(0.0);
    }

    /// Sets the speed, in seconds per second of the machine. It is clamped to 0 to 1e9; NaN counts as 1.
    pub fn run(&self, speed: f64) {
        self.app.world.clock.set_speed(speed);
        self.app.world.changed();
    }

    /// Advances the clock by this time.
    pub fn advance(&self, time: Duration) {
        self.app.world.clock.advance(time);
        self.app.world.changed();
    }

    /// Advances the clock to this moment. Returns false, and changes nothing, if the moment is past or after year 9999.
    pub fn advance_to(&self, moment: DateTime<Utc>) -> bool {
        let done = self.app.world.clock.advance_to(moment);
        self.app.world.changed();
        done
    }
}

impl fmt::Debug for ClockControl<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (now, speed) = self.app.world.clock.read();
        formatter.debug_struct("ClockControl").field("now", &now).field("speed", &speed).finish()
    }
}

/// Adds and removes the faults of an emulator. Returned by [`Emulator::faults`](crate::Emulator::faults).
#[derive(Clone, Copy)]
pub struct FaultControl<'a> {
    app: &'a Service,
}

impl<'a> FaultControl<'a> {
    pub(crate) fn of(app: &'a Service) -> Self {
        Self { app }
    }

    /// Adds a fault after the active ones. Returns the id with which it can be removed.
    ///
    /// # Errors
    ///
    /// Fails if the operation is unknown, or if the status or the media type is not valid; see [`FaultError`].
    pub fn add(&self, fault: Fault) -> Result<u64, FaultError> {
        let id = self.app.faults.add(fault)?;
        self.app.world.changed();
        Ok(id)
    }

    /// Removes a fault. Returns whether it was still active.
    pub fn remove(&self, id: u64) -> bool {
        let removed = self.app.faults.remove(id);
        self.app.world.changed();
        removed
    }

    /// Removes all faults.
    pub fn clear(&self) {
        self.app.faults.clear();
        self.app.world.changed();
    }

    /// Returns the active faults, in the order in which they are checked.
    pub fn list(&self) -> Vec<ActiveFault> {
        self.app.faults.list()
    }
}

/// Shows the number of faults only, because their bodies can be long.
impl fmt::Debug for FaultControl<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("FaultControl").field("in_force", &self.list().len()).finish_non_exhaustive()
    }
}
