//! The slots of a cache, by issuer, client and scopes; no more than a bound of them.
#![allow(clippy::mutable_key_type, reason = "a slot changes, but not the key in it that it is found by")]

use std::borrow::Borrow;
use std::collections::HashSet;
use std::hash::{Hash, Hasher};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Once, PoisonError, RwLock};
use std::time::Duration;

use super::bearer::Bearer;
use super::observer::{Counters, TokenEvent, TokenObserver, TokenStats};
use super::slot::Slot;
use crate::clock::{Clock, Moment};
use crate::scope::Scopes;

/// What all handles of a cache share.
pub(super) struct Store {
    pub(super) clock: Arc<dyn Clock>,
    /// Drawn once, so that the fetches of many processes do not fall together.
    pub(super) spread: f64,
    pub(super) fetch_limit: Duration,
    pub(super) counters: Counters,
    pub(super) observer: Option<Arc<dyn TokenObserver>>,
    pub(super) warn_of_unknown_lifetime: Once,
    capacity: usize,
    /// Written only when a key is new. Nothing waits while it is held.
    slots: RwLock<HashSet<Entry>>,
    /// Counts new keys, by which it is known what was used last.
    epoch: AtomicU64,
    /// Counts fetches, which name their tokens.
    fetches: AtomicU64,
}

/// Where tokens come from, and what they may do.
pub(super) struct Key {
    identity: Arc<str>,
    scopes: Scopes,
}

impl Key {
    /// Whether it is of these scopes, for one whose identity is known.
    pub(super) fn is_for(&self, scopes: &Scopes) -> bool {
        self.scopes == *scopes
    }
}

/// A slot, found by its key. The key stands in the slot, since a table is never full: what stands in the table itself is
/// paid for twice and more.
struct Entry(Arc<Slot>);

impl Store {
    pub(super) fn new(
        clock: Arc<dyn Clock>,
        capacity: usize,
        fetch_limit: Duration,
        observer: Option<Arc<dyn TokenObserver>>,
    ) -> Self {
        Self {
            spread: clock.chance(),
            clock,
            fetch_limit,
            counters: Counters::default(),
            observer,
            warn_of_unknown_lifetime: Once::new(),
            capacity: capacity.max(1),
            slots: RwLock::default(),
            epoch: AtomicU64::new(0),
            fetches: AtomicU64::new(0),
        }
    }

    /// The number of the next fetch.
    pub(super) fn number(&self) -> u64 {
        self.fetches.fetch_add(1, Ordering::Relaxed)
    }

    /// The number that the next fetch will have.
    pub(super) fn next(&self) -> u64 {
        self.fetches.load(Ordering::Relaxed)
    }

    /// The token of a slot, while nothing has to be done about it.
    pub(super) fn fresh(&self, slot: &Slot, now: Moment) -> Option<Bearer> {
        let fresh = slot.fresh(now)?;
        slot.touch(self.epoch.load(Ordering::Relaxed));
        Some(fresh)
    }

    /// Looks at a slot, if there is one, without anything being copied.
    pub(super) fn with<T>(&self, identity: &str, scopes: &Scopes, look: impl FnOnce(&Arc<Slot>) -> T) -> Option<T> {
        let slots = self.slots.read().unwrap_or_else(PoisonError::into_inner);
        let Entry(slot) = slots.get(&(identity, scopes) as &dyn AnyKey)?;
        Some(look(slot))
    }

    /// The slot of this key, which is made if there is none.
    pub(super) fn slot(&self, identity: &Arc<str>, scopes: &Scopes) -> Arc<Slot> {
        let found = {
            let slots = self.slots.read().unwrap_or_else(PoisonError::into_inner);
            slots.get(&(&**identity, scopes) as &dyn AnyKey).map(|Entry(slot)| Arc::clone(slot))
        };
        let slot = found.unwrap_or_else(|| self.insert(Key { identity: Arc::clone(identity), scopes: scopes.clone() }));
        slot.touch(self.epoch.load(Ordering::Relaxed));
        slot
    }

    fn insert(&self, key: Key) -> Arc<Slot> {
        let (slot, evicted) = {
            let mut slots = self.slots.write().unwrap_or_else(PoisonError::into_inner);
            if let Some(Entry(slot)) = slots.get(&key as &dyn AnyKey) {
                return Arc::clone(slot);
            }
            let evicted = self.make_room(&mut slots);
            self.epoch.fetch_add(1, Ordering::Relaxed);
            let slot = Arc::new(Slot::new(key));
            slots.insert(Entry(Arc::clone(&slot)));
            (slot, evicted)
        };
        if evicted > 0 {
            self.tell(&Scopes::unscoped(), &TokenEvent::Evicted { count: evicted });
        }
        slot
    }

    /// Forgets a sixteenth of the slots, those used least recently, when there are too many. Not those that someone waits
    /// for.
    fn make_room(&self, slots: &mut HashSet<Entry>) -> usize {
        if slots.len() < self.capacity {
            return 0;
        }
        let idle = slots.iter().filter(|Entry(slot)| slot.is_idle());
        let mut idle: Vec<_> = idle.map(|Entry(slot)| (slot.used.load(Ordering::Relaxed), Arc::clone(slot))).collect();
        let share = (self.capacity / 16).max(1).min(idle.len());
        if share < idle.len() {
            idle.select_nth_unstable_by_key(share, |(used, _)| *used);
        }
        idle.truncate(share);
        idle.retain(|(_, slot)| slot.end() && slots.remove(&slot.key as &dyn AnyKey));
        idle.len()
    }

    /// The figures.
    pub(super) fn stats(&self) -> TokenStats {
        self.counters.read(self.slots.read().unwrap_or_else(PoisonError::into_inner).len())
    }

    pub(super) fn now(&self) -> Moment {
        self.clock.now()
    }

    /// Counts an event, and tells whoever watches.
    pub(super) fn tell(&self, scopes: &Scopes, event: &TokenEvent) {
        self.counters.count(event);
        if let Some(observer) = &self.observer {
            observer.observe(scopes, event);
        }
    }
}

/// A key, in a slot or not: looking one up copies nothing.
trait AnyKey {
    fn parts(&self) -> (&str, &Scopes);
}

impl AnyKey for Key {
    fn parts(&self) -> (&str, &Scopes) {
        (&self.identity, &self.scopes)
    }
}

impl AnyKey for (&str, &Scopes) {
    fn parts(&self) -> (&str, &Scopes) {
        *self
    }
}

impl AnyKey for Entry {
    fn parts(&self) -> (&str, &Scopes) {
        self.0.key.parts()
    }
}

impl<'a> Borrow<dyn AnyKey + 'a> for Entry {
    fn borrow(&self) -> &(dyn AnyKey + 'a) {
        self
    }
}

impl PartialEq for Entry {
    fn eq(&self, other: &Self) -> bool {
        self.parts() == other.parts()
    }
}

impl Eq for Entry {}

impl Hash for Entry {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.parts().hash(state);
    }
}

impl PartialEq for dyn AnyKey + '_ {
    fn eq(&self, other: &Self) -> bool {
        self.parts() == other.parts()
    }
}

impl Eq for dyn AnyKey + '_ {}

impl Hash for dyn AnyKey + '_ {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.parts().hash(state);
    }
}
