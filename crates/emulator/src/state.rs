//! The emulator's parts, shared by its handlers and its owner.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use chrono::{DateTime, Utc};
use tokio::sync::watch;
use tokio::time::timeout;

use crate::clock::Clock;
use crate::delivery::Post;
use crate::faults::Faults;
use crate::guard::Hosts;
use crate::journal::Journal;
use crate::quirks::Quirks;
use crate::token::Issuer;
use crate::town::Town;

/// What each handler gets.
pub(crate) type App = Arc<Shared>;

pub(crate) struct Shared {
    pub(crate) base_url: String,
    pub(crate) clock: Clock,
    pub(crate) issuer: Issuer,
    pub(crate) faults: Faults,
    pub(crate) quirks: Quirks,
    pub(crate) journal: Journal,
    pub(crate) post: Post,
    /// Whether webhooks may be called that are not on this machine.
    pub(crate) leaves_the_machine: bool,
    /// The names that the control interface is called by.
    pub(crate) hosts: Hosts,
    /// How long the head of a request, and then its body, may take to arrive.
    pub(crate) read_timeout: Duration,
    town: Mutex<Town>,
    /// Counts what somebody who watches would want to see.
    changes: watch::Sender<u64>,
    stopping: watch::Sender<bool>,
}

/// What an emulator is put together from.
pub(crate) struct Parts {
    pub(crate) base_url: String,
    pub(crate) clock: Clock,
    pub(crate) issuer: Issuer,
    pub(crate) quirks: Quirks,
    pub(crate) post: Post,
    pub(crate) leaves_the_machine: bool,
    pub(crate) hosts: Hosts,
    pub(crate) read_timeout: Duration,
    pub(crate) town: Town,
}

impl Shared {
    pub(crate) fn new(parts: Parts) -> Self {
        Self {
            base_url: parts.base_url,
            clock: parts.clock,
            issuer: parts.issuer,
            faults: Faults::default(),
            quirks: parts.quirks,
            journal: Journal::default(),
            post: parts.post,
            leaves_the_machine: parts.leaves_the_machine,
            hosts: parts.hosts,
            read_timeout: parts.read_timeout,
            town: Mutex::new(parts.town),
            changes: watch::Sender::new(0),
            stopping: watch::Sender::new(false),
        }
    }

    pub(crate) fn now(&self) -> DateTime<Utc> {
        self.clock.now()
    }

    /// The town as it is now, to read or change without awaiting. Each handler takes it once, so what it sees is one
    /// moment.
    pub(crate) fn town(&self) -> MutexGuard<'_, Town> {
        let mut town = self.town.lock().unwrap_or_else(PoisonError::into_inner);
        town.catch_up(self.now());
        town
    }

    /// Tells whoever watches that something has changed.
    pub(crate) fn changed(&self) {
        self.changes.send_modify(|count| *count += 1);
    }

    pub(crate) fn watch(&self) -> watch::Receiver<u64> {
        self.changes.subscribe()
    }

    /// Ends all waits: the service is about to stop.
    pub(crate) fn stop(&self) {
        self.stopping.send_replace(true);
    }

    pub(crate) async fn stopped(&self) {
        let _ = self.stopping.subscribe().wait_for(|stopping| *stopping).await;
    }

    /// Waits so long on the machine's clock, or until the service stops.
    pub(crate) async fn sleep(&self, time: Duration) {
        let _ = timeout(time, self.stopped()).await;
    }
}
