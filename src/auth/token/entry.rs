//! What is kept for one set of scopes: a token, a fetch under way, a failure. Decides; does nothing itself.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use arc_swap::ArcSwapOption;
use futures_util::future::{FutureExt, Shared};
use tokio::sync::oneshot;

use super::backoff::Backoff;
use super::bearer::Bearer;
use super::cached_token::CachedToken;
use crate::auth::scope::Scopes;
use crate::error::{Error, Result};
use crate::model::sensitive::Secret;
use crate::runtime::moment::Moment;

/// How long a doubt keeps the next one from being believed.
const DOUBTS: Duration = Duration::from_secs(10);

/// State of one key of the cache. Its lock is never held while anything waits.
pub(super) struct Entry {
    /// What the store finds it by.
    pub(super) scopes: Scopes,
    /// Read on every call, without a lock.
    kept: ArcSwapOption<CachedToken>,
    /// When it was last used, in the store's count of new keys.
    pub(super) used: AtomicU64,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    flight: Option<Flight>,
    /// In a box, as what follows: few entries ever have one, and there may be very many entries.
    backoff: Option<Box<Backoff>>,
    /// The last refusal.
    refusal: Option<Box<Refusal>>,
    /// When a doubt was believed last.
    doubted: Option<Box<Moment>>,
    /// The store has forgotten this entry, and has or will have another for the same key.
    gone: bool,
}

/// A token that the service refused.
struct Refusal {
    token: Secret,
    /// The newest fetch that is known to have brought it.
    generation: Option<u64>,
    /// Fetches from this one on began when the source had heard of the refusal.
    heard: u64,
}

/// What a fetch gave, for all who wait; nothing if it is worth looking again.
pub(super) type Landed = Result<Option<Arc<CachedToken>>>;

/// What became of a fetch that has ended.
pub(super) enum Landing {
    /// Its token is kept, or there is a newer one; or nobody wants to know why it failed.
    Done,
    /// It began before the source heard of a refusal, and brought the refused token once more.
    Refused,
    /// It failed so often in a row, and nothing is asked for in this time.
    Backoff { failures: u32, pause: Duration },
}

/// A fetch that is under way. What it gives is an error of the channel if the fetch was lost, by a panic or with the
/// runtime that it ran on.
#[derive(Clone)]
pub(super) struct Flight {
    pub(super) number: u64,
    pub(super) begun: Moment,
    pub(super) landing: Shared<oneshot::Receiver<Landed>>,
}

/// A fetch that is to be begun by whoever was handed this.
pub(super) struct Launch {
    pub(super) number: u64,
    pub(super) landed: oneshot::Sender<Landed>,
}

/// What a caller gets.
pub(super) enum Found {
    /// This token; and if there is a launch, it is to be begun beside the calls.
    Token(Bearer, Option<Launch>),
    /// What this fetch gives; and if there is a launch, it is to be begun first.
    Wait(Flight, Option<Launch>),
    /// The failure of a moment ago, and how long nothing is asked for.
    Failure(Error, Duration),
    /// Nothing: the entry belongs to the past.
    Gone,
}

impl Entry {
    pub(super) fn new(scopes: Scopes) -> Self {
        Self { scopes, kept: ArcSwapOption::empty(), used: AtomicU64::new(0), state: Mutex::default() }
    }

    /// The token, while nothing has to be done about it.
    pub(super) fn fresh(&self, now: Moment) -> Option<Bearer> {
        let kept = self.kept.load();
        kept.as_ref().filter(|kept| !kept.is_due(now)).map(|kept| kept.bearer(now))
    }

    /// Decides what a caller gets; `number` names the fetch that this may need. A fetch that takes longer than `limit` is
    /// not waited for: the runtime that it runs on stands still.
    pub(super) fn look(&self, now: Moment, limit: Duration, number: impl FnOnce() -> u64) -> Found {
        let mut state = self.state();
        if state.gone {
            return Found::Gone;
        }
        state.flight.take_if(|flight| flight.age(now) > limit);
        let alive = self.kept.load_full().filter(|kept| !kept.is_dead(now));
        let pause = state.backoff.as_ref().map(|backoff| (backoff, backoff.until.until(now)));
        let pause = pause.filter(|(_, rest)| !rest.is_zero()).map(|(backoff, rest)| (backoff.error.clone(), rest));
        match (alive, &state.flight, pause) {
            (Some(kept), flight, pause) if !kept.is_at_its_end(now) => {
                let nothing_to_do = flight.is_some() || pause.is_some() || !kept.is_due(now);
                let launch = if nothing_to_do { None } else { Some(state.launch(number(), now).1) };
                Found::Token(kept.bearer(now), launch)
            }
            (_, Some(flight), _) => Found::Wait(flight.clone(), None),
            (Some(kept), None, Some(_)) => Found::Token(kept.bearer(now), None),
            (None, None, Some((error, rest))) => Found::Failure(error, rest),
            (_, None, None) => {
                let (flight, launch) = state.launch(number(), now);
                Found::Wait(flight, Some(launch))
            }
        }
    }

    /// A fetch has ended.
    pub(super) fn land(&self, number: u64, landed: &Result<Arc<CachedToken>>, now: Moment, jitter: f64) -> Landing {
        let mut state = self.state();
        let awaited = state.flight.take_if(|flight| flight.number == number).is_some();
        let kept = self.kept.load_full();
        match landed {
            Ok(new)
                if state.refusal.as_ref().is_some_and(|refusal| number < refusal.heard && new.is(&refusal.token)) =>
            {
                Landing::Refused
            }
            Ok(new) => {
                // A fetch that was given up as lost may come after the one that was made instead, and too late for anyone.
                let newer = kept.is_none_or(|kept| kept.generation < new.generation);
                if !state.gone && newer && (awaited || !new.is_dead(now)) {
                    self.kept.store(Some(Arc::clone(new)));
                    state.backoff = None;
                }
                Landing::Done
            }
            // Of one that was given up nobody wants to know why it failed.
            Err(_) if !awaited => Landing::Done,
            Err(error) => {
                let alive = kept.map(|kept| kept.begins_to_end()).filter(|end| !end.is_past(now));
                let backoff = Backoff::after(state.backoff.as_deref(), error, alive, now, jitter);
                let (failures, pause) = (backoff.failures, backoff.until.until(now));
                state.backoff = Some(Box::new(backoff));
                Landing::Backoff { failures, pause }
            }
        }
    }

    /// Waits for this fetch no longer.
    pub(super) fn give_up(&self, number: u64) {
        self.state().flight.take_if(|flight| flight.number == number);
    }

    /// Drops this token if it is still the one that is kept: someone else may have replaced it already. Whether it was.
    ///
    /// `generation` is the fetch that brought it, where that is known: then what is the same to the letter is dropped as
    /// well if its fetch began before the first word of the refusal. `next` names the first fetch that will begin behind
    /// this one's word.
    pub(super) fn reject(&self, token: &Secret, generation: Option<u64>, next: impl FnOnce() -> u64) -> bool {
        let mut state = self.state();
        let known = state.refusal.as_ref().is_some_and(|refusal| match generation {
            Some(_) => generation <= refusal.generation,
            None => refusal.token == *token,
        });
        let kept = self.kept.load_full();
        let dropped = kept.as_ref().filter(|kept| match generation {
            Some(generation) => kept.generation == generation || (!known && kept.is(token)),
            None => kept.is(token),
        });
        // While another token is kept, that is the one to use, and what a fetch brings is no matter of this call's.
        if dropped.is_some() || (kept.is_none() && !known) {
            let before = state.refusal.as_ref().and_then(|refusal| refusal.generation);
            let generation = before.max(generation).max(dropped.map(|kept| kept.generation));
            state.refusal = Some(Box::new(Refusal { token: token.clone(), generation, heard: next() }));
        }
        if dropped.is_some() {
            self.kept.store(None);
        }
        dropped.is_some()
    }

    /// Lets calls wait for the next token, and have this one if none comes, if it is the one that is kept and nobody else
    /// was believed a moment ago. Whether it does.
    pub(super) fn doubt(&self, token: &Secret, now: Moment) -> bool {
        let mut state = self.state();
        let Some(kept) = self.kept.load_full().filter(|kept| kept.is(token)) else { return false };
        if state.doubted.as_ref().is_some_and(|last| !last.plus(DOUBTS).is_past(now)) {
            return false;
        }
        state.doubted = Some(Box::new(now));
        kept.doubt();
        true
    }

    /// Drops the token and the failure, whichever there is. A fetch that is under way goes on.
    pub(super) fn invalidate(&self) {
        let mut state = self.state();
        self.kept.store(None);
        state.backoff = None;
    }

    /// A token that is due to be replaced, but not dead.
    pub(super) fn alive(&self, now: Moment) -> Option<Bearer> {
        self.kept.load().as_ref().filter(|kept| !kept.is_dead(now)).map(|kept| kept.bearer(now))
    }

    /// Whether nobody waits for anything here.
    pub(super) fn is_idle(&self) -> bool {
        self.state().flight.is_none()
    }

    /// Ends the entry if it is idle; who still holds it looks for its successor.
    pub(super) fn end(&self) -> bool {
        let mut state = self.state();
        let idle = state.flight.is_none();
        if idle {
            state.gone = true;
            self.kept.store(None);
        }
        idle
    }

    /// Whether the store has forgotten it.
    pub(super) fn is_gone(&self) -> bool {
        self.state().gone
    }

    /// Notes that it was used; writes nothing when that is known already, since every thread reads it.
    pub(super) fn touch(&self, epoch: u64) {
        if self.used.load(Ordering::Relaxed) != epoch {
            self.used.store(epoch, Ordering::Relaxed);
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // What is under the lock is whole at every step, so a panic elsewhere leaves nothing to mend.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Flight {
    /// How long it has been under way, by the clock that is not set.
    pub(super) fn age(&self, now: Moment) -> Duration {
        now.steady.saturating_sub(self.begun.steady)
    }
}

impl State {
    fn launch(&mut self, number: u64, begun: Moment) -> (Flight, Launch) {
        let (landed, landing) = oneshot::channel();
        let flight = Flight { number, begun, landing: landing.shared() };
        self.flight = Some(flight.clone());
        (flight, Launch { number, landed })
    }
}
