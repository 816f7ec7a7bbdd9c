//! What an emulator's owner holds its clock and its faults by.

use std::fmt;
use std::time::Duration;

use chrono::{DateTime, Utc};

use crate::faults::{Fault, FaultError, FaultInForce};
use crate::state::Shared;

/// The clock of an emulator, from [`Emulator::clock`](crate::Emulator::clock).
///
/// Keys begin and end by it, recurrences, tokens and vendor connections follow it, and events and creations carry its
/// time. It never goes back.
///
/// ```
/// # use std::time::Duration;
/// # use unloc_emulator::Emulator;
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let emulator = Emulator::builder().starts_at("2030-06-01T08:00:00Z".parse()?).speed(0.0).start().await?;
/// emulator.clock().advance(Duration::from_secs(7 * 24 * 3600)); // a week later
/// assert_eq!(emulator.clock().now().to_rfc3339(), "2030-06-08T08:00:00+00:00");
/// emulator.clock().run(60.0); // a minute each second from here on
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Copy)]
pub struct Time<'a> {
    app: &'a Shared,
}

impl<'a> Time<'a> {
    pub(crate) fn of(app: &'a Shared) -> Self {
        Self { app }
    }

    /// What time it is.
    pub fn now(&self) -> DateTime<Utc> {
        self.app.now()
    }

    /// How many seconds pass here in one second of the machine.
    pub fn speed(&self) -> f64 {
        self.app.clock.read().1
    }

    /// Lets the clock stand still.
    pub fn stop(&self) {
        self.run(0.0);
    }

    /// Lets so many seconds pass in each second of the machine; 1 is as fast as there. Less than nothing counts as
    /// nothing, more than 1e9 as 1e9, and what is no number (NaN) as 1.
    pub fn run(&self, speed: f64) {
        self.app.clock.set_speed(speed);
        self.app.changed();
    }

    /// Puts the clock forward.
    pub fn advance(&self, time: Duration) {
        self.app.clock.advance(time);
        self.app.changed();
    }

    /// Puts the clock forward to this moment. A moment that is past changes nothing, and is told by false.
    pub fn advance_to(&self, moment: DateTime<Utc>) -> bool {
        let done = self.app.clock.advance_to(moment);
        self.app.changed();
        done
    }
}

impl fmt::Debug for Time<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (now, speed) = self.app.clock.read();
        formatter.debug_struct("Time").field("now", &now).field("speed", &speed).finish()
    }
}

/// The faults of an emulator, from [`Emulator::faults`](crate::Emulator::faults).
#[derive(Clone, Copy)]
pub struct FaultControl<'a> {
    app: &'a Shared,
}

impl<'a> FaultControl<'a> {
    pub(crate) fn of(app: &'a Shared) -> Self {
        Self { app }
    }

    /// Puts a fault in force, behind those that are. The result is what it is taken away by.
    ///
    /// # Errors
    ///
    /// [`FaultError`] if no operation has the name it is for, or its answer cannot be one.
    pub fn add(&self, fault: Fault) -> Result<u64, FaultError> {
        let id = self.app.faults.add(fault)?;
        self.app.changed();
        Ok(id)
    }

    /// Takes a fault away. Whether it was still in force.
    pub fn remove(&self, id: u64) -> bool {
        let removed = self.app.faults.remove(id);
        self.app.changed();
        removed
    }

    /// Takes all faults away.
    pub fn clear(&self) {
        self.app.faults.clear();
        self.app.changed();
    }

    /// The faults in force, in the order in which they strike.
    pub fn list(&self) -> Vec<FaultInForce> {
        self.app.faults.list()
    }
}

/// Shows how many faults are in force: the bodies they answer with can be long.
impl fmt::Debug for FaultControl<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("FaultControl").field("in_force", &self.list().len()).finish_non_exhaustive()
    }
}
