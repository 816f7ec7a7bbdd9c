//! Holds the state of one set of scopes and decides what a caller gets. Starts no task and sends nothing.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use arc_swap::ArcSwapOption;
use futures_util::future::FutureExt;
use tokio::sync::oneshot;

use super::backoff::Backoff;
use super::bearer::Bearer;
use super::cached_token::CachedToken;
use super::in_flight::{FetchOutcome, InFlightRefresh, Lookup, StartRefresh};
use crate::auth::scope::Scopes;
use crate::error::Result;
use crate::model::sensitive::Secret;
use crate::runtime::moment::Moment;

/// Limits how often doubts are believed: one in this time for each set of scopes.
// Untrusted parties report doubts. Without a limit, each false claim would cost a token request.
const DOUBT_INTERVAL: Duration = Duration::from_secs(10);

/// Holds the token, the in-flight refresh and the backoff of one set of scopes.
///
/// The lock is never held across an `await`.
pub(super) struct Entry {
    /// Identifies the entry in the store.
    pub(super) scopes: Scopes,
    /// Holds the cached token; readable without a lock.
    // Every call reads this field. Behind a lock, threads that use the same token would wait for each other.
    cached: ArcSwapOption<CachedToken>,
    /// Records the last use, as a value of the store's insertion counter.
    pub(super) last_used: AtomicU64,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    /// Holds the refresh that is in flight, which all callers share.
    in_flight: Option<InFlightRefresh>,
    /// Holds the last failure and the pause after it.
    // Boxed, as are the next two fields: few entries ever need them, and a full cache has 10 000 entries.
    backoff: Option<Box<Backoff>>,
    /// Holds the last token that the service refused.
    refusal: Option<Box<Refusal>>,
    /// Holds the time of the last doubt that was believed.
    last_doubt: Option<Box<Moment>>,
    /// Is set when the store has evicted this entry; a successor may exist under the same scopes.
    evicted: bool,
}

/// Describes a token that the service refused.
struct Refusal {
    token: Secret,
    /// Names the newest fetch that is known to have returned this token.
    generation: Option<u64>,
    /// Names the first fetch that starts after the source was notified of the refusal.
    notified_from: u64,
}

impl Entry {
    pub(super) fn new(scopes: Scopes) -> Self {
        Self { scopes, cached: ArcSwapOption::empty(), last_used: AtomicU64::new(0), state: Mutex::default() }
    }

    /// Returns the cached token if it is not due for a refresh.
    pub(super) fn fresh(&self, now: Moment) -> Option<Bearer> {
        let cached = self.cached.load();
        cached.as_ref().filter(|cached| !cached.is_due(now)).map(|cached| cached.bearer(now))
    }

    /// Decides what a caller gets. `next_generation` names the fetch, if one is to start.
    pub(super) fn lookup(&self, now: Moment, stall_limit: Duration, next_generation: impl FnOnce() -> u64) -> Lookup {
        let mut state = self.state();
        if state.evicted {
            return Lookup::Evicted;
        }
        // A fetch has its own timeout and ends before this age, unless nobody polls its runtime any more. Without this
        // limit, one stalled runtime would block the scopes for callers on all other runtimes.
        state.in_flight.take_if(|refresh| refresh.age(now) > stall_limit);
        let unexpired = self.cached.load_full().filter(|cached| !cached.is_expired(now));
        let pause = state.backoff.as_ref().map(|backoff| (backoff, backoff.until.until(now)));
        let pause = pause.filter(|(_, rest)| !rest.is_zero()).map(|(backoff, rest)| (backoff.error.clone(), rest));
        match (unexpired, &state.in_flight, pause) {
            // Before the hard window nobody waits, and the error of a failed refresh is hidden: the token is still valid.
            (Some(cached), in_flight, pause) if !cached.is_in_hard_window(now) => {
                let nothing_to_do = in_flight.is_some() || pause.is_some() || !cached.is_due(now);
                let start = if nothing_to_do { None } else { Some(state.start(next_generation(), now).1) };
                Lookup::Token(cached.bearer(now), start)
            }
            // Single flight. Callers that queue for a lock and fetch one after the other turn an outage into a queue:
            // 50 callers and a source that fails after 500 ms make 50 requests, and the last caller waits 25 s.
            (_, Some(refresh), _) => Lookup::Wait(refresh.clone(), None),
            // The last refresh failed a moment ago: a token with a few seconds left is better than an error.
            (Some(cached), None, Some(_)) => Lookup::Token(cached.bearer(now), None),
            // Negative caching: an outage costs one request per pause, not one per call.
            (None, None, Some((error, rest))) => Lookup::Failure(error, rest),
            (_, None, None) => {
                let (refresh, start) = state.start(next_generation(), now);
                Lookup::Wait(refresh, Some(start))
            }
        }
    }

    /// Records the result of a fetch, and returns what follows from it.
    pub(super) fn complete(
        &self,
        generation: u64,
        result: &Result<Arc<CachedToken>>,
        now: Moment,
        jitter: f64,
    ) -> FetchOutcome {
        let mut state = self.state();
        let awaited = state.in_flight.take_if(|refresh| refresh.generation == generation).is_some();
        let cached = self.cached.load_full();
        match result {
            // A source with a cache of its own may have chosen the token before it was notified. Cached again, this
            // token would cost the retried call its second 401.
            Ok(new)
                if state
                    .refusal
                    .as_ref()
                    .is_some_and(|refusal| generation < refusal.notified_from && new.matches(&refusal.token)) =>
            {
                FetchOutcome::Refused
            }
            Ok(new) => {
                // A fetch that was given up as stalled can end after its replacement, with an older token.
                let is_newer = cached.is_none_or(|cached| cached.generation < new.generation);
                if !state.evicted && is_newer && (awaited || !new.is_expired(now)) {
                    self.cached.store(Some(Arc::clone(new)));
                    state.backoff = None;
                }
                FetchOutcome::Settled
            }
            // This fetch was given up. Only its replacement says whether the source fails now.
            Err(_) if !awaited => FetchOutcome::Settled,
            Err(error) => {
                // Callers notice the failure only in the hard window, so the pause before it may be longer.
                let usable_until = cached.map(|cached| cached.hard_window_start()).filter(|start| !start.is_past(now));
                let backoff = Backoff::after_failure(state.backoff.as_deref(), error, usable_until, now, jitter);
                let (failures, pause) = (backoff.failures, backoff.until.until(now));
                state.backoff = Some(Box::new(backoff));
                FetchOutcome::Backoff { failures, pause }
            }
        }
    }

    /// Removes this fetch as the one in flight, so that the next caller starts another.
    pub(super) fn abandon(&self, generation: u64) {
        self.state().in_flight.take_if(|refresh| refresh.generation == generation);
    }

    /// Drops a refused token if it is still the cached one, and returns whether it was.
    ///
    /// `generation` names the fetch that returned the token, if the caller knows it. A cached token of another fetch
    /// but with the same text is then dropped only on the first report of this refusal. `peek_generation` returns the
    /// number of the first fetch that starts after this call.
    pub(super) fn reject(
        &self,
        token: &Secret,
        generation: Option<u64>,
        peek_generation: impl FnOnce() -> u64,
    ) -> bool {
        let mut state = self.state();
        let known = state.refusal.as_ref().is_some_and(|refusal| match generation {
            Some(_) => generation <= refusal.generation,
            None => refusal.token == *token,
        });
        let cached = self.cached.load_full();
        // Generations come first, because a source may return the same text again. The text counts on the first report:
        // a refresh that ended just before may have returned the refused token. It does not count on later ones: each
        // of 20 calls refused together would drop the successor, and cost one more fetch.
        let dropped = cached.as_ref().filter(|cached| match generation {
            Some(generation) => cached.generation == generation || (!known && cached.matches(token)),
            None => cached.matches(token),
        });
        // If the cache holds another token, calls use that one, and the refusal need not be remembered.
        if dropped.is_some() || (cached.is_none() && !known) {
            let before = state.refusal.as_ref().and_then(|refusal| refusal.generation);
            let generation = before.max(generation).max(dropped.map(|cached| cached.generation));
            // Generations are assigned under this lock, so every later fetch of this entry has at least this number.
            let notified_from = peek_generation();
            state.refusal = Some(Box::new(Refusal { token: token.clone(), generation, notified_from }));
        }
        if dropped.is_some() {
            self.cached.store(None);
        }
        dropped.is_some()
    }

    /// Marks the cached token as doubted, and returns whether the claim is believed.
    ///
    /// It is believed if it names the cached token and no other doubt was believed within [`DOUBT_INTERVAL`].
    pub(super) fn doubt(&self, token: &Secret, now: Moment) -> bool {
        let mut state = self.state();
        // A claim about any other text says nothing about the token that callers use.
        let Some(cached) = self.cached.load_full().filter(|cached| cached.matches(token)) else { return false };
        if state.last_doubt.as_ref().is_some_and(|last| !last.plus(DOUBT_INTERVAL).is_past(now)) {
            return false;
        }
        state.last_doubt = Some(Box::new(now));
        cached.doubt();
        true
    }

    /// Drops the token and the backoff. A refresh in flight continues.
    pub(super) fn invalidate(&self) {
        let mut state = self.state();
        self.cached.store(None);
        state.backoff = None;
    }

    /// Returns the cached token if it has not expired, even if it is due for a refresh.
    pub(super) fn unexpired(&self, now: Moment) -> Option<Bearer> {
        self.cached.load().as_ref().filter(|cached| !cached.is_expired(now)).map(|cached| cached.bearer(now))
    }

    /// Returns whether no refresh is in flight.
    pub(super) fn is_idle(&self) -> bool {
        self.state().in_flight.is_none()
    }

    /// Marks the entry as evicted if no refresh is in flight, and returns whether it did.
    pub(super) fn evict(&self) -> bool {
        let mut state = self.state();
        let idle = state.in_flight.is_none();
        if idle {
            // Handles may still refer to this entry. The flag sends them back to the store; the fast path does not read
            // the flag, so the token goes as well.
            state.evicted = true;
            self.cached.store(None);
        }
        idle
    }

    /// Returns whether the store has evicted this entry.
    pub(super) fn is_evicted(&self) -> bool {
        self.state().evicted
    }

    /// Records that the entry was used.
    pub(super) fn touch(&self, epoch: u64) {
        // Every call of every thread comes here. A write moves the cache line between cores; a read does not.
        if self.last_used.load(Ordering::Relaxed) != epoch {
            self.last_used.store(epoch, Ordering::Relaxed);
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // The state is consistent after every step, so a panic of another thread leaves nothing to repair.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    /// Lists a new fetch as in flight. The caller starts it after it has released the lock.
    fn start(&mut self, generation: u64, started: Moment) -> (InFlightRefresh, StartRefresh) {
        let (sender, receiver) = oneshot::channel();
        let refresh = InFlightRefresh { generation, started, result: receiver.shared() };
        self.in_flight = Some(refresh.clone());
        (refresh, StartRefresh { generation, sender })
    }
}
