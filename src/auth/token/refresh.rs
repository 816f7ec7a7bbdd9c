//! A fetch: what brings tokens, beside the callers that wait for them.

use std::panic::AssertUnwindSafe;
use std::sync::{Arc, Weak};
use std::time::Duration;

use futures_util::FutureExt;

use super::TokenSource;
use super::cached_token::{ASSUMED_LIFETIME, CachedToken};
use super::entry::{Entry, Landed, Landing, Launch};
use super::observer::TokenEvent;
use super::store::Store;
use crate::auth::scope::Scopes;
use crate::error::{Error, ErrorKind, Result, redact};
use crate::runtime::platform;
use crate::runtime::timeout::timeout;

/// Begins a fetch, as a task of its own.
pub(super) fn launch(
    store: &Arc<Store>,
    source: &Arc<dyn TokenSource>,
    entry: &Arc<Entry>,
    scopes: &Scopes,
    launch: Launch,
) -> Result<()> {
    let Launch { number, landed } = launch;
    let pilot = Pilot { store: Arc::downgrade(store), entry: Arc::clone(entry), number };
    let (source, clock, limit) = (Arc::clone(source), Arc::clone(&store.clock), store.fetch_limit);
    let scopes = scopes.clone();
    platform::spawn(async move {
        let begun = clock.now();
        // A source that panics each time is asked once a pause, like one that fails.
        let fetch = AssertUnwindSafe(async { source.fetch(scopes.clone()).await }).catch_unwind();
        let fetched = match timeout(&*clock, limit, fetch).await {
            Some(fetched) => fetched.unwrap_or_else(|_| Err(Error::token("the token source panicked"))),
            None => Err(late(limit)),
        };
        // What nobody keeps any more nobody waits for either.
        let Some(store) = pilot.store.upgrade() else { return };
        let now = clock.now();
        let took = now.steady.saturating_sub(begun.steady);
        // A token is counted from its arrival. Where that is long behind the request, the machine slept with the answer
        // at its door, and it may be as old as the request. By each clock: one of them may have been set back meanwhile.
        let received = if begun.plus(limit).is_past(now) { begun.earlier(now) } else { now };
        let token = fetched.and_then(|token| {
            if token.lifetime().is_none() {
                store.warn_of_unknown_lifetime.call_once(|| {
                    let assumed = ASSUMED_LIFETIME.as_secs();
                    tracing::warn!(target: "unloc::token", "the token source does not say how long tokens live: {assumed} s are assumed");
                });
            }
            CachedToken::new(&token, &scopes, number, received, store.spread).map(Arc::new)
        });
        let token = pilot.land(&store, &scopes, token, took);
        let _ = landed.send(token);
    })
}

/// Sees to it that a fetch has an end, however it ends: also with the runtime that it ran on.
struct Pilot {
    /// The store's entries lead here: holding the store would keep both alive for ever.
    store: Weak<Store>,
    entry: Arc<Entry>,
    number: u64,
}

impl Pilot {
    fn land(&self, store: &Store, scopes: &Scopes, landed: Result<Arc<CachedToken>>, took: Duration) -> Landed {
        let landing = self.entry.land(self.number, &landed, store.now(), store.clock.jitter());
        let kept = match (landed, &landing) {
            (Err(error), &Landing::Backoff { failures, pause }) => {
                tracing::debug!(target: "unloc::token", scopes = scopes.shown(), %error, failures, ?pause, ?took, "no new token");
                store.tell(scopes, &TokenEvent::Failed { error: error.clone(), failures, pause });
                return Err(error.retry_in(pause));
            }
            (landed, _) => landed?,
        };
        let lifetime = kept.lifetime();
        tracing::debug!(target: "unloc::token", scopes = scopes.shown(), ?lifetime, ?took, "a new token");
        if let Some(granted) = kept.granted() {
            let granted = redact(granted);
            tracing::warn!(target: "unloc::token", scopes = scopes.shown(), granted, "the token was granted other scopes than were asked for");
        }
        store.tell(scopes, &TokenEvent::Fetched { lifetime, took });
        if matches!(landing, Landing::Refused) {
            tracing::debug!(target: "unloc::token", scopes = scopes.shown(), "it is the refused one, and asked for before the refusal");
            return Ok(None);
        }
        Ok(Some(kept))
    }
}

impl Drop for Pilot {
    fn drop(&mut self) {
        self.entry.give_up(self.number);
    }
}

pub(super) fn late(limit: Duration) -> Error {
    Error::new(ErrorKind::Timeout, format!("the token source gave nothing in {} s", limit.as_secs_f64()))
}
