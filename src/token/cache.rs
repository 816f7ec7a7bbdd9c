//! Keeps tokens while they live; callers that need the same token share one request for it.
//!
//! Per set of scopes there is a slot. What a caller gets depends on the token that is kept in it:
//!
//! | the token | the caller gets | and besides |
//! |---|---|---|
//! | is fresh | the token, at once | |
//! | is in its soft window (last fifth of its life, 5 minutes at most) | the token, at once | one fetch is begun, unless one failed a moment ago |
//! | is in its hard window (last tenth, 30 seconds at most), dead or missing | what the fetch under way brings; one is begun if there is none | |
//! | the same, shortly after a fetch failed | the token if it still lives, else that failure | nothing is sent before the pause is over |
//!
//! A fetch is a task of its own: callers may give up, it lands all the same. Its failure is everyone's, so that an outage
//! costs one request a pause and not one a call. Pauses grow, and what the token endpoint says in `Retry-After` counts
//! first. Tokens are counted from their arrival, on two clocks (see [`Moment`](super::clock::Moment)).

use std::collections::HashMap;
use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::Duration;

use futures_util::future::{BoxFuture, FutureExt, Shared};
use tokio::runtime::Handle;
use tokio::time::timeout;

use super::TokenSource;
use super::bearer::Bearer;
use super::clock::{Clock, System};
use super::setback::Setback;
use crate::error::{Error, ErrorKind, Result};
use crate::scope::Scopes;

/// How long a source may take, whatever its callers wait.
const FETCH_LIMIT: Duration = Duration::from_secs(60);

/// How many scopes are remembered; those that were used least recently are forgotten first.
const CAPACITY: usize = 10_000;

/// A handle on the tokens of one source; clones share them.
#[derive(Clone)]
pub(crate) struct TokenCache(Arc<Inner>);

struct Inner {
    source: Arc<dyn TokenSource>,
    clock: Arc<dyn Clock>,
    /// Drawn once, so that the fetches of many processes do not fall together.
    spread: f64,
    capacity: usize,
    /// Never held while anything waits.
    slots: Mutex<HashMap<Scopes, Slot>>,
    /// Counts fetches, which name their tokens, and uses, which say what was used last.
    number: AtomicU64,
}

#[derive(Default)]
struct Slot {
    kept: Option<Arc<Bearer>>,
    flight: Option<Flight>,
    setback: Option<Setback>,
    used: u64,
}

/// What a fetch gave, for all who wait; `None` if it was lost, by a panic or with the runtime that it ran on.
type Fetched = Option<Result<Arc<Bearer>>>;

/// A fetch that is under way.
#[derive(Clone)]
struct Flight {
    number: u64,
    landing: Shared<BoxFuture<'static, Fetched>>,
}

enum Found {
    Token(Arc<Bearer>),
    Failure(Error),
    Flight { flight: Flight, began: bool },
}

impl TokenCache {
    pub(crate) fn new(source: Arc<dyn TokenSource>) -> Self {
        Self::with(source, Arc::new(System::new()), CAPACITY)
    }

    fn with(source: Arc<dyn TokenSource>, clock: Arc<dyn Clock>, capacity: usize) -> Self {
        let spread = clock.chance();
        let (slots, number) = (Mutex::default(), AtomicU64::new(0));
        Self(Arc::new(Inner { source, clock, spread, capacity, slots, number }))
    }

    /// A token for these scopes that lives.
    pub(crate) async fn get(&self, scopes: &Scopes) -> Result<Arc<Bearer>> {
        loop {
            let (flight, began) = match self.look(scopes) {
                Found::Token(bearer) => return Ok(bearer),
                Found::Failure(error) => return Err(error),
                Found::Flight { flight, began } => (flight, began),
            };
            // The task has its own limit; this one is for a task whose runtime stands still.
            let Ok(fetched) = timeout(FETCH_LIMIT + Duration::from_secs(1), flight.landing).await else {
                self.0.clear(scopes, flight.number);
                return self.0.alive(scopes).ok_or_else(late);
            };
            match fetched {
                Some(Ok(bearer)) => return Ok(bearer),
                Some(Err(error)) => return self.0.alive(scopes).ok_or(error),
                None => self.0.clear(scopes, flight.number),
            }
            if began {
                return Err(Error::token("the token source panicked, or its runtime ended"));
            }
            // Someone else's fetch was lost, perhaps long ago: it says nothing about the next one.
        }
    }

    /// Drops this token if it is still the one that is kept: someone else may have replaced it already.
    pub(crate) fn forget(&self, scopes: &Scopes, rejected: &Bearer) {
        if let Some(slot) = self.0.slots().get_mut(scopes) {
            slot.kept.take_if(|kept| kept.generation == rejected.generation);
        }
    }

    fn look(&self, scopes: &Scopes) -> Found {
        let now = self.0.clock.now();
        let mut slots = self.0.slots();
        if !slots.contains_key(scopes) {
            self.0.make_room(&mut slots);
        }
        let slot = match slots.get_mut(scopes) {
            Some(slot) => slot,
            None => slots.entry(scopes.clone()).or_default(),
        };
        slot.used = self.0.number.fetch_add(1, Ordering::Relaxed);
        let pausing = slot.setback.as_ref().filter(|setback| !setback.until.is_past(now));
        if let Some(kept) = &slot.kept
            && !kept.hard.is_past(now)
        {
            let kept = Arc::clone(kept);
            if kept.soft.is_past(now) && slot.flight.is_none() && pausing.is_none() {
                slot.flight = self.fly(scopes).ok();
            }
            return Found::Token(kept);
        }
        if let Some(flight) = &slot.flight {
            return Found::Flight { flight: flight.clone(), began: false };
        }
        match (pausing, &slot.kept) {
            (Some(_), Some(kept)) if !kept.end.is_past(now) => Found::Token(Arc::clone(kept)),
            (Some(setback), _) => Found::Failure(setback.error.clone()),
            (None, _) => match self.fly(scopes) {
                Ok(flight) => {
                    slot.flight = Some(flight.clone());
                    Found::Flight { flight, began: true }
                }
                Err(error) => Found::Failure(error),
            },
        }
    }

    /// Begins a fetch. Called with the slots locked: nothing here may take them, not even by being dropped.
    fn fly(&self, scopes: &Scopes) -> Result<Flight> {
        let runtime = Handle::try_current().map_err(|_| {
            Error::new(ErrorKind::Configuration, "calls run on Tokio, and no runtime of it is running here")
        })?;
        let number = self.0.number.fetch_add(1, Ordering::Relaxed);
        let source = Arc::clone(&self.0.source);
        // The map holds the flight: holding the map from within it would keep both alive for ever.
        let (cache, scopes) = (Arc::downgrade(&self.0), scopes.clone());
        let task = runtime.spawn(async move {
            // Not before the task runs: a runtime that is going down drops it at once, here, under the lock.
            let pilot = Pilot { cache, scopes, number };
            let fetched =
                timeout(FETCH_LIMIT, source.fetch(pilot.scopes.clone())).await.unwrap_or_else(|_| Err(late()));
            let Some(cache) = pilot.cache.upgrade() else { return Err(Error::token("the client is gone")) };
            let received = cache.clock.now();
            let landed = fetched.and_then(|token| Bearer::new(&token, number, received, cache.spread)).map(Arc::new);
            cache.land(&pilot.scopes, number, &landed);
            landed
        });
        Ok(Flight { number, landing: task.map(std::result::Result::ok).boxed().shared() })
    }
}

/// Clears the way when a fetch ends, however it ends: also by a panic, or with its runtime.
struct Pilot {
    cache: Weak<Inner>,
    scopes: Scopes,
    number: u64,
}

impl Drop for Pilot {
    fn drop(&mut self) {
        if let Some(cache) = self.cache.upgrade() {
            cache.clear(&self.scopes, self.number);
        }
    }
}

fn late() -> Error {
    Error::new(ErrorKind::Timeout, format!("the token source gave nothing in {} s", FETCH_LIMIT.as_secs()))
}

impl Inner {
    fn slots(&self) -> MutexGuard<'_, HashMap<Scopes, Slot>> {
        // What is under the lock is whole at every step, so a panic elsewhere leaves nothing to mend.
        self.slots.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits for this fetch no longer.
    fn clear(&self, scopes: &Scopes, number: u64) {
        if let Some(slot) = self.slots().get_mut(scopes) {
            slot.flight.take_if(|flight| flight.number == number);
        }
    }

    fn land(&self, scopes: &Scopes, number: u64, landed: &Result<Arc<Bearer>>) {
        let now = self.clock.now();
        let mut slots = self.slots();
        // A slot that is gone was forgotten; whoever waits gets the token all the same.
        let Some(slot) = slots.get_mut(scopes) else { return };
        slot.flight.take_if(|flight| flight.number == number);
        match landed {
            Ok(bearer) => {
                slot.kept = Some(Arc::clone(bearer));
                slot.setback = None;
            }
            Err(error) => {
                let alive = slot.kept.as_ref().is_some_and(|kept| !kept.hard.is_past(now));
                let setback = Setback::after(slot.setback.as_ref(), error, alive, now, self.clock.chance());
                tracing::debug!(failures = setback.failures, "no new token");
                slot.setback = Some(setback);
            }
        }
    }

    /// A token that is due to be replaced, but not dead.
    fn alive(&self, scopes: &Scopes) -> Option<Arc<Bearer>> {
        let now = self.clock.now();
        self.slots().get(scopes)?.kept.clone().filter(|kept| !kept.end.is_past(now))
    }

    /// Forgets a sixteenth of the slots, those used least recently, when there are too many. Not those that someone
    /// waits for.
    fn make_room(&self, slots: &mut HashMap<Scopes, Slot>) {
        if slots.len() < self.capacity {
            return;
        }
        let mut uses: Vec<u64> = slots.values().filter(|slot| slot.flight.is_none()).map(|slot| slot.used).collect();
        let share = self.capacity / 16;
        if uses.len() > share {
            let (_, last, _) = uses.select_nth_unstable(share);
            let last = *last;
            slots.retain(|_, slot| slot.flight.is_some() || slot.used > last);
        }
    }
}

impl fmt::Debug for TokenCache {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TokenCache(hidden)")
    }
}

#[cfg(test)]
mod tests;
