//! Gets a token that the fast path does not find: waits for a refresh, or starts one.

use std::sync::Arc;
use std::time::Duration;

use super::TokenCache;
use crate::auth::scope::Scopes;
use crate::auth::token::bearer::Bearer;
use crate::auth::token::entry::Entry;
use crate::auth::token::in_flight::{InFlightRefresh, Lookup, StartRefresh};
use crate::auth::token::observer::TokenEvent;
use crate::auth::token::refresh;
use crate::error::{Error, Result};
use crate::runtime::timeout::timeout;

/// Limits how often one caller looks again after a fetch was lost, or its token expired before the caller woke up.
// A loop without a limit could turn forever, for example with a source whose tokens expire before they can be used.
const MAX_LOOKUPS: u32 = 100;

impl TokenCache {
    /// Returns a token from the cache, from a refresh in flight, or from a refresh that it starts.
    pub(super) async fn get_or_refresh(&self, scopes: &Scopes) -> Result<Bearer> {
        let mut waits = false;
        for _ in 0..MAX_LOOKUPS {
            let entry = self.store.entry_or_insert(scopes);
            if self.first_entry.load().as_ref().is_none_or(|first| first.is_evicted()) {
                self.first_entry.store(Some(Arc::clone(&entry)));
            }
            let found = entry.lookup(self.store.now(), self.stall_limit(), || self.store.next_generation());
            let (refresh, is_ours) = match found {
                // The store has evicted the entry since it returned it.
                Lookup::Evicted => continue,
                Lookup::Token(bearer, start) => {
                    // An error means that no runtime is running. A caller with a token needs none, so the refresh is
                    // left to the next caller.
                    if start.is_some_and(|start| self.start_refresh(&entry, scopes, start).is_ok()) {
                        tracing::debug!(target: "unloc::token", scopes = scopes.redacted(), "token refresh started in the background");
                        self.store.emit(scopes, &TokenEvent::SoftRefresh);
                    }
                    self.store.emit(scopes, &TokenEvent::Hit);
                    return Ok(bearer);
                }
                Lookup::Failure(error, rest) => {
                    self.store.emit(scopes, &TokenEvent::NegativeHit);
                    return Err(error.retry_in(rest));
                }
                Lookup::Wait(refresh, start) => {
                    // One event for each caller, however many fetches it waits for.
                    if !waits {
                        waits = true;
                        tracing::debug!(target: "unloc::token", scopes = scopes.redacted(), "a call waits for a token");
                        self.store.emit(scopes, &TokenEvent::HardWait);
                    }
                    let is_ours = start.is_some();
                    if let Some(start) = start {
                        self.start_refresh(&entry, scopes, start)?;
                    }
                    (refresh, is_ours)
                }
            };
            if let Some(result) = self.await_refresh(&entry, refresh, is_ours).await {
                return result;
            }
        }
        Err(Error::token(
            "gave up after 100 tries: every token expired, or its fetch was lost, before it could be used",
        ))
    }

    /// Waits for a refresh and returns its result; `None` asks the caller to look up the entry again.
    ///
    /// `is_ours` is set if this caller started the refresh.
    async fn await_refresh(&self, entry: &Entry, refresh: InFlightRefresh, is_ours: bool) -> Option<Result<Bearer>> {
        // Counted from the start of the fetch. Callers that each wait for a short time would otherwise wait for a lost
        // fetch one after the other, and none of them long enough to give it up.
        let left = self.stall_limit().saturating_sub(refresh.age(self.store.now()));
        let InFlightRefresh { generation, result, .. } = refresh;
        let result = timeout(&*self.store.clock, left, result).await;
        let now = self.store.now();
        match result {
            // The source returned the refused token again; see `FetchOutcome::Refused`.
            Some(Ok(Ok(None))) => None,
            // The caller may be polled long after the token arrived, for example because the machine slept in between.
            // A token without any lifetime is always expired here, and is used once.
            Some(Ok(Ok(Some(cached)))) if cached.is_expired(now) && !cached.has_zero_lifetime() => None,
            Some(Ok(Ok(Some(cached)))) => Some(Ok(cached.bearer(now))),
            // In the hard window the current token may still be valid, and is better than an error.
            Some(Ok(Err(error))) => Some(entry.unexpired(now).ok_or(error)),
            // The sender was dropped: the runtime of the fetch has shut down.
            Some(Err(_)) => {
                entry.abandon(generation);
                // A fetch of another caller may have been lost long ago, which says nothing about this runtime: look
                // again. If our own is lost, this runtime is shutting down, and another fetch would be lost as well.
                let lost = || {
                    Error::token("the token fetch was lost: its Tokio runtime shut down; retry on a runtime that runs")
                };
                is_ours.then(|| entry.unexpired(now).ok_or_else(lost))
            }
            None => {
                entry.abandon(generation);
                Some(entry.unexpired(now).ok_or_else(|| refresh::timed_out(self.store.fetch_limit)))
            }
        }
    }

    fn start_refresh(&self, entry: &Arc<Entry>, scopes: &Scopes, start: StartRefresh) -> Result<()> {
        refresh::start(&self.store, &self.source, entry, scopes, start)
    }

    /// Returns the age at which a fetch counts as lost on a stalled runtime.
    fn stall_limit(&self) -> Duration {
        // A fetch on a running runtime ends at `fetch_limit`, by a timer that may stand still while the machine sleeps.
        // The factor leaves it the first chance to end.
        self.store.fetch_limit.saturating_mul(2)
    }
}
