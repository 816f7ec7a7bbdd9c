//! Shares the clock and the store between the layers, and notifies observers of changes.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use chrono::{DateTime, Utc};
use tokio::sync::watch;
use tokio::time::timeout;

use crate::domain::clock::Clock;
use crate::domain::store::Store;

/// Holds everything that changes while the emulator runs.
pub(crate) struct World {
    pub(crate) clock: Clock,
    store: Mutex<Store>,
    /// Counts the changes; observers wait for the next one.
    changes: watch::Sender<u64>,
    stopping: watch::Sender<bool>,
}

impl World {
    pub(crate) fn new(clock: Clock, store: Store) -> Self {
        Self { clock, store: Mutex::new(store), changes: watch::Sender::new(0), stopping: watch::Sender::new(false) }
    }

    pub(crate) fn now(&self) -> DateTime<Utc> {
        self.clock.now()
    }

    /// Locks the store. The guard must not be held across an await.
    ///
    /// Each handler locks it once, so that everything it reads belongs to the same moment.
    pub(crate) fn store(&self) -> MutexGuard<'_, Store> {
        let mut store = self.store.lock().unwrap_or_else(PoisonError::into_inner);
        store.finish_due_tasks(self.now());
        store
    }

    /// Notifies all observers of a change.
    pub(crate) fn changed(&self) {
        self.changes.send_modify(|count| *count += 1);
    }

    pub(crate) fn watch(&self) -> watch::Receiver<u64> {
        self.changes.subscribe()
    }

    /// Ends all waits, because the emulator is stopping.
    pub(crate) fn stop(&self) {
        self.stopping.send_replace(true);
    }

    pub(crate) async fn stopped(&self) {
        let _ = self.stopping.subscribe().wait_for(|stopping| *stopping).await;
    }

    /// Waits for `time` on the machine's clock, or until the emulator stops.
    pub(crate) async fn sleep(&self, time: Duration) {
        let _ = timeout(time, self.stopped()).await;
    }
}
