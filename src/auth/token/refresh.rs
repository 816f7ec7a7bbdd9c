//! Runs a fetch in a task of its own, independent of the callers that wait for it.

use std::panic::AssertUnwindSafe;
use std::sync::{Arc, Weak};
use std::time::Duration;

use futures_util::FutureExt;

use super::TokenSource;
use super::cached_token::{ASSUMED_LIFETIME, CachedToken};
use super::entry::Entry;
use super::in_flight::{FetchOutcome, FetchResult, StartRefresh};
use super::observer::TokenEvent;
use super::store::Store;
use crate::auth::scope::Scopes;
use crate::error::{Error, ErrorKind, Result, redact};
use crate::runtime::platform;
use crate::runtime::timeout::timeout;

/// Starts a fetch in a task of its own.
// A task, so that a caller that gives up cancels nothing. Where the first caller owns the fetch and is cancelled after
// 400 of 500 ms, the others start over: two requests, and 900 ms (measured).
pub(super) fn start(
    store: &Arc<Store>,
    source: &Arc<dyn TokenSource>,
    entry: &Arc<Entry>,
    scopes: &Scopes,
    start: StartRefresh,
) -> Result<()> {
    let StartRefresh { generation, sender } = start;
    // Made before the task: without a runtime, `spawn` drops the future unpolled, and the guard frees the entry.
    let guard = RefreshGuard { store: Arc::downgrade(store), entry: Arc::clone(entry), generation };
    let (source, clock, fetch_limit) = (Arc::clone(source), Arc::clone(&store.clock), store.fetch_limit);
    let scopes = scopes.clone();
    platform::spawn(async move {
        let started = clock.now();
        // A panic becomes an error like any other, so that the backoff applies to a source that panics each time. The
        // `async` block also catches what `fetch` does before it returns its future.
        let fetch = AssertUnwindSafe(async { source.fetch(scopes.clone()).await }).catch_unwind();
        let fetched = match timeout(&*clock, fetch_limit, fetch).await {
            Some(fetched) => fetched.unwrap_or_else(|_| Err(Error::token("the token source panicked"))),
            None => Err(timed_out(fetch_limit)),
        };
        // All handles of the cache are dropped: nobody waits, and there is nowhere to put the token.
        let Some(store) = guard.store.upgrade() else { return };
        let now = clock.now();
        let took = now.steady.saturating_sub(started.steady);
        // A lifetime counts from the arrival of the response. If more time has passed than a fetch may take, the
        // machine slept while the response waited in the socket, and the token may be as old as the request. The
        // earlier time is taken by each clock, because the wall clock may have been set back meanwhile.
        let received = if started.plus(fetch_limit).is_past(now) { started.earlier(now) } else { now };
        let token = fetched.and_then(|token| {
            if token.lifetime().is_none() {
                store.unknown_lifetime_warning.call_once(|| {
                    let assumed = ASSUMED_LIFETIME.as_secs();
                    tracing::warn!(target: "unloc::token", "the token source gives no lifetime (`expires_in`); assuming {assumed} s");
                });
            }
            CachedToken::new(&token, &scopes, generation, received, store.window_jitter).map(Arc::new)
        });
        let result = guard.complete(&store, &scopes, token, took);
        // The entry has the token by now, so it does not matter if no caller waits any more.
        let _ = sender.send(result);
    })
}

/// Removes a fetch from its entry when the fetch ends, whether it completes or is dropped with its runtime.
struct RefreshGuard {
    // Weak: on a runtime that nobody polls, the task is never dropped. A strong reference would keep the tokens of a
    // dropped cache in memory for as long.
    store: Weak<Store>,
    entry: Arc<Entry>,
    generation: u64,
}

impl RefreshGuard {
    /// Records the result in the entry, reports it, and returns what the waiting callers get.
    fn complete(
        &self,
        store: &Store,
        scopes: &Scopes,
        result: Result<Arc<CachedToken>>,
        took: Duration,
    ) -> FetchResult {
        let outcome = self.entry.complete(self.generation, &result, store.now(), store.clock.jitter());
        let cached = match (result, &outcome) {
            (Err(error), &FetchOutcome::Backoff { failures, pause }) => {
                tracing::debug!(target: "unloc::token", scopes = scopes.redacted(), %error, failures, ?pause, ?took, "token fetch failed");
                store.emit(scopes, &TokenEvent::Failed { error: error.clone(), failures, pause });
                // Callers that retry wait at least as long as the cache does.
                return Err(error.retry_in(pause));
            }
            (result, _) => result?,
        };
        let lifetime = cached.lifetime();
        tracing::debug!(target: "unloc::token", scopes = scopes.redacted(), ?lifetime, ?took, "token fetched");
        // A warning and no error: a service may spell a scope in another way (RFC 6749, section 5.1), and returns
        // 403 itself if the token does not cover a request.
        if let Some(granted) = cached.granted() {
            let granted = redact(granted);
            tracing::warn!(target: "unloc::token", scopes = scopes.redacted(), granted, "the granted scopes differ from the requested scopes");
        }
        store.emit(scopes, &TokenEvent::Fetched { lifetime, took });
        if matches!(outcome, FetchOutcome::Refused) {
            tracing::debug!(target: "unloc::token", scopes = scopes.redacted(), "discarding the refused token: its fetch started before the refusal");
            // Callers look up the entry again, and one of them starts the next fetch.
            return Ok(None);
        }
        Ok(Some(cached))
    }
}

impl Drop for RefreshGuard {
    fn drop(&mut self) {
        // A background refresh has no waiting caller that would notice its loss. Without this, a refresh lost with its
        // runtime would count as in flight until the hard window, and calls would wait then.
        self.entry.abandon(self.generation);
    }
}

/// Returns the error of a fetch that exceeded its limit.
pub(super) fn timed_out(fetch_limit: Duration) -> Error {
    let limit = fetch_limit.as_secs_f64();
    Error::new(ErrorKind::Timeout, format!("the token source returned no token within {limit} s"))
}
