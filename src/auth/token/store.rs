//! Stores the entries of a cache by their scopes, up to a capacity.
#![allow(clippy::mutable_key_type, reason = "an entry changes, but its scopes, which are the key, do not")]

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

/// Holds what all handles of a cache share.
pub(super) struct Store {
    pub(super) clock: Arc<dyn Clock>,
    /// Is the jitter of the soft windows.
    // Drawn once for each cache, so that the refreshes of many processes do not coincide.
    pub(super) window_jitter: f64,
    pub(super) fetch_limit: Duration,
    pub(super) counters: Counters,
    pub(super) observer: Option<Arc<dyn TokenObserver>>,
    // Once for a cache: a source without lifetimes leaves them out of every token.
    pub(super) unknown_lifetime_warning: Once,
    capacity: usize,
    /// Holds the entries.
    // Written only for new scopes, and never held across an `await`. What waits for the network waits for one entry, so
    // a refresh of one lock holder's token never delays another's.
    entries: RwLock<HashSet<ByScopes>>,
    /// Counts insertions, which order the entries by last use.
    // Eviction happens on insertion, so the order of uses between two insertions does not matter. A counter of uses or
    // a time would have to be written on every call.
    epoch: AtomicU64,
    /// Counts fetches; the number of a fetch is its token's generation.
    generations: AtomicU64,
}

/// Makes an entry hash and compare by its scopes.
// A set of pointers and no map with the scopes as keys: hash tables keep up to half of their slots free, and a free
// slot takes as much memory as a full one.
struct ByScopes(Arc<Entry>);

impl Store {
    pub(super) fn new(
        clock: Arc<dyn Clock>,
        capacity: usize,
        fetch_limit: Duration,
        observer: Option<Arc<dyn TokenObserver>>,
    ) -> Self {
        Self {
            window_jitter: clock.jitter(),
            clock,
            fetch_limit,
            counters: Counters::default(),
            observer,
            unknown_lifetime_warning: Once::new(),
            // The entry in use needs a place, so zero means one.
            capacity: capacity.max(1),
            entries: RwLock::default(),
            epoch: AtomicU64::new(0),
            generations: AtomicU64::new(0),
        }
    }

    /// Assigns the generation of a fetch.
    pub(super) fn next_generation(&self) -> u64 {
        self.generations.fetch_add(1, Ordering::Relaxed)
    }

    /// Returns the generation that the next fetch gets, without assigning it.
    pub(super) fn peek_generation(&self) -> u64 {
        self.generations.load(Ordering::Relaxed)
    }

    /// Returns the token of an entry if it is not due for a refresh, and records the use.
    pub(super) fn fresh(&self, entry: &Entry, now: Moment) -> Option<Bearer> {
        let fresh = entry.fresh(now)?;
        entry.touch(self.epoch.load(Ordering::Relaxed));
        Some(fresh)
    }

    /// Calls a function with the entry of these scopes, if there is one.
    pub(super) fn with_entry<T>(&self, scopes: &Scopes, function: impl FnOnce(&Arc<Entry>) -> T) -> Option<T> {
        // By reference: cloning the `Arc` would move its counter between the cores of threads that share a token.
        let entries = self.entries.read().unwrap_or_else(PoisonError::into_inner);
        let ByScopes(entry) = entries.get(scopes)?;
        Some(function(entry))
    }

    /// Returns the entry of these scopes, and inserts one if there is none.
    pub(super) fn entry_or_insert(&self, scopes: &Scopes) -> Arc<Entry> {
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
            // Another thread may have inserted it between the two locks. Two entries would mean two fetches.
            if let Some(ByScopes(entry)) = entries.get(scopes) {
                return Arc::clone(entry);
            }
            let evicted = self.evict_least_recently_used(&mut entries);
            self.epoch.fetch_add(1, Ordering::Relaxed);
            let entry = Arc::new(Entry::new(scopes.clone()));
            entries.insert(ByScopes(Arc::clone(&entry)));
            (entry, evicted)
        };
        // After the lock is released: an observer is foreign code, and may call the cache.
        if evicted > 0 {
            self.emit(&Scopes::unscoped(), &TokenEvent::Evicted { count: evicted });
        }
        entry
    }

    /// Evicts the least recently used sixteenth of the entries if the store is full, and returns how many went.
    fn evict_least_recently_used(&self, entries: &mut HashSet<ByScopes>) -> usize {
        if entries.len() < self.capacity {
            return 0;
        }
        // An entry with a fetch in flight stays, even beyond the capacity: callers wait for it, and a successor would
        // fetch the same token at the same time.
        let idle = entries.iter().filter(|ByScopes(entry)| entry.is_idle());
        let mut idle: Vec<_> =
            idle.map(|ByScopes(entry)| (entry.last_used.load(Ordering::Relaxed), Arc::clone(entry))).collect();
        // The scan reads all entries, so it evicts many at once: 625 of 10 000 leave room for as many insertions
        // without a scan. A list in order of use would need a write for each call.
        let share = (self.capacity / 16).max(1).min(idle.len());
        if share < idle.len() {
            idle.select_nth_unstable_by_key(share, |(last_used, _)| *last_used);
        }
        idle.truncate(share);
        // A fetch may have started since the scan; `evict` looks again under the entry's own lock.
        idle.retain(|(_, entry)| entry.evict() && entries.remove(&entry.scopes));
        idle.len()
    }

    /// Returns the counters and the number of entries.
    pub(super) fn stats(&self) -> TokenStats {
        self.counters.read(self.entries.read().unwrap_or_else(PoisonError::into_inner).len())
    }

    pub(super) fn now(&self) -> Moment {
        self.clock.now()
    }

    /// Counts an event and passes it to the observer.
    pub(super) fn emit(&self, scopes: &Scopes, event: &TokenEvent) {
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
