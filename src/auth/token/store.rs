//! The entries of a cache by their scopes, no more than a bound of them.
#![allow(clippy::mutable_key_type, reason = "an entry changes, but not the scopes that it is found by")]

use std::borrow::Borrow;
use std::collections::HashSet;
use std::hash::{Hash, Hasher};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Once, PoisonError, RwLock};
use std::time::Duration;

use super::bearer::Bearer;
use super::entry::Entry;
use super::observer::{Counters, TokenEvent, TokenObserver, TokenStats};
use crate::auth::scope::Scopes;
use crate::runtime::clock::Clock;
use crate::runtime::moment::Moment;

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
    entries: RwLock<HashSet<ByScopes>>,
    /// Counts new keys, by which it is known what was used last.
    epoch: AtomicU64,
    /// Counts fetches, which name their tokens.
    fetches: AtomicU64,
}

/// An entry, found by its scopes. These stand in the entry, since a table is never full: what stands in the table itself
/// is paid for twice and more.
struct ByScopes(Arc<Entry>);

impl Store {
    pub(super) fn new(
        clock: Arc<dyn Clock>,
        capacity: usize,
        fetch_limit: Duration,
        observer: Option<Arc<dyn TokenObserver>>,
    ) -> Self {
        Self {
            spread: clock.jitter(),
            clock,
            fetch_limit,
            counters: Counters::default(),
            observer,
            warn_of_unknown_lifetime: Once::new(),
            capacity: capacity.max(1),
            entries: RwLock::default(),
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

    /// The token of a entry, while nothing has to be done about it.
    pub(super) fn fresh(&self, entry: &Entry, now: Moment) -> Option<Bearer> {
        let fresh = entry.fresh(now)?;
        entry.touch(self.epoch.load(Ordering::Relaxed));
        Some(fresh)
    }

    /// Looks at a entry, if there is one, without anything being copied.
    pub(super) fn with<T>(&self, scopes: &Scopes, look: impl FnOnce(&Arc<Entry>) -> T) -> Option<T> {
        let entries = self.entries.read().unwrap_or_else(PoisonError::into_inner);
        let ByScopes(entry) = entries.get(scopes)?;
        Some(look(entry))
    }

    /// The entry of these scopes, which is made if there is none.
    pub(super) fn entry(&self, scopes: &Scopes) -> Arc<Entry> {
        let found = {
            let entries = self.entries.read().unwrap_or_else(PoisonError::into_inner);
            entries.get(scopes).map(|ByScopes(entry)| Arc::clone(entry))
        };
        let entry = found.unwrap_or_else(|| self.insert(scopes));
        entry.touch(self.epoch.load(Ordering::Relaxed));
        entry
    }

    fn insert(&self, scopes: &Scopes) -> Arc<Entry> {
        let (entry, evicted) = {
            let mut entries = self.entries.write().unwrap_or_else(PoisonError::into_inner);
            if let Some(ByScopes(entry)) = entries.get(scopes) {
                return Arc::clone(entry);
            }
            let evicted = self.make_room(&mut entries);
            self.epoch.fetch_add(1, Ordering::Relaxed);
            let entry = Arc::new(Entry::new(scopes.clone()));
            entries.insert(ByScopes(Arc::clone(&entry)));
            (entry, evicted)
        };
        if evicted > 0 {
            self.tell(&Scopes::unscoped(), &TokenEvent::Evicted { count: evicted });
        }
        entry
    }

    /// Forgets a sixteenth of the entries, those used least recently, when there are too many. Not those that someone waits
    /// for.
    fn make_room(&self, entries: &mut HashSet<ByScopes>) -> usize {
        if entries.len() < self.capacity {
            return 0;
        }
        let idle = entries.iter().filter(|ByScopes(entry)| entry.is_idle());
        let mut idle: Vec<_> =
            idle.map(|ByScopes(entry)| (entry.used.load(Ordering::Relaxed), Arc::clone(entry))).collect();
        let share = (self.capacity / 16).max(1).min(idle.len());
        if share < idle.len() {
            idle.select_nth_unstable_by_key(share, |(used, _)| *used);
        }
        idle.truncate(share);
        idle.retain(|(_, entry)| entry.end() && entries.remove(&entry.scopes));
        idle.len()
    }

    /// The figures.
    pub(super) fn stats(&self) -> TokenStats {
        self.counters.read(self.entries.read().unwrap_or_else(PoisonError::into_inner).len())
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

impl Borrow<Scopes> for ByScopes {
    fn borrow(&self) -> &Scopes {
        &self.0.scopes
    }
}

impl PartialEq for ByScopes {
    fn eq(&self, other: &Self) -> bool {
        self.0.scopes == other.0.scopes
    }
}

impl Eq for ByScopes {}

impl Hash for ByScopes {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.0.scopes.hash(state);
    }
}
