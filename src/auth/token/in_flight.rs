//! Describes a refresh in flight, which callers share (single flight), and what they get.

use std::sync::Arc;
use std::time::Duration;

use futures_util::future::Shared;
use tokio::sync::oneshot;

use super::bearer::Bearer;
use super::cached_token::CachedToken;
use crate::error::{Error, Result};
use crate::runtime::moment::Moment;

/// Carries what a fetch gives to all callers that wait for it; `None` asks them to look up the entry again.
pub(super) type FetchResult = Result<Option<Arc<CachedToken>>>;

/// Describes what follows from a fetch that has ended.
pub(super) enum FetchOutcome {
    /// The token is cached or a newer one is, or the error concerns nobody any more.
    Settled,
    /// The fetch started before the source was notified of a refusal, and returned the refused token.
    Refused,
    /// The fetch failed; this many failed in a row, and no other one starts during the pause.
    Backoff { failures: u32, pause: Duration },
}

/// Refers to a fetch that is in flight and shared by callers (single flight).
///
/// The receiver gives an error if the fetch was lost with the runtime that ran it.
// The error of the fetch is shared as well as its token. If only successes were shared, each of 50 callers would try
// again after the last one's failure.
#[derive(Clone)]
pub(super) struct InFlightRefresh {
    pub(super) generation: u64,
    pub(super) started: Moment,
    pub(super) result: Shared<oneshot::Receiver<FetchResult>>,
}

/// Obliges its holder to start the fetch that the entry already lists as in flight.
pub(super) struct StartRefresh {
    pub(super) generation: u64,
    pub(super) sender: oneshot::Sender<FetchResult>,
}

/// Describes what a caller gets.
pub(super) enum Lookup {
    /// The caller gets this token and starts the refresh, if any, in the background.
    Token(Bearer, Option<StartRefresh>),
    /// The caller waits for this refresh, and starts it first if it is new.
    Wait(InFlightRefresh, Option<StartRefresh>),
    /// The caller gets the last error; no fetch starts for this long.
    Failure(Error, Duration),
    /// The entry was evicted; the caller asks the store again.
    Evicted,
}

impl InFlightRefresh {
    /// Returns how long ago the fetch started.
    pub(super) fn age(&self, now: Moment) -> Duration {
        // By the steady clock alone: setting the wall clock does not make a fetch slow.
        now.steady.saturating_sub(self.started.steady)
    }
}
