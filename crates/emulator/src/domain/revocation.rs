//! Selects and revokes keys and sharing rights in bulk, as version 2 does.

use chrono::{DateTime, Utc};

use crate::domain::model::{Index, Key, KeySource};
use crate::domain::store::Store;

/// Selects records by one property.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Only {
    Any,
    One(Index),
    /// Matches nothing, because nothing with the id or number of the filter exists.
    Unknown,
}

impl Only {
    /// Builds a filter from the parameter of a request and what was found for it.
    pub(crate) fn of<T>(parameter: Option<T>, find: impl FnOnce(T) -> Option<Index>) -> Self {
        match parameter {
            None => Self::Any,
            Some(parameter) => find(parameter).map_or(Self::Unknown, Self::One),
        }
    }

    pub(crate) fn matches(self, index: Option<Index>) -> bool {
        match self {
            Self::Any => true,
            Self::One(only) => index == Some(only),
            Self::Unknown => false,
        }
    }
}

/// Selects keys or sharing rights of a lock holder.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Selection {
    pub(crate) person: Only,
    pub(crate) lock: Only,
    pub(crate) part: Part,
}

/// Is the part of a lock holder whose records are selected.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Part {
    /// Is the lock holder with all its subprojects.
    Whole,
    WithoutSubprojects,
    Subproject(Index),
}

impl Part {
    pub(crate) fn contains(self, source: KeySource) -> bool {
        match self {
            Self::Whole => true,
            Self::WithoutSubprojects => !matches!(source, KeySource::Subproject(_)),
            Self::Subproject(index) => source == KeySource::Subproject(index),
        }
    }
}

impl Store {
    /// Returns the filter for a lock by its id. A lock that was removed still has keys and events.
    pub(crate) fn only_lock(&self, id: Option<&str>) -> Only {
        Only::of(id, |id| self.find_lock_or_removed(id))
    }

    pub(crate) fn only_person(&self, number: Option<&str>) -> Only {
        Only::of(number, |number| self.person(number))
    }

    /// Revokes the selected keys made through the API. Keys of access groups stay, and so do expired keys.
    pub(crate) fn revoke_keys(&mut self, lock_holder: Index, selection: Selection, now: DateTime<Utc>) {
        self.revoke_where(lock_holder, selection, |store, key| {
            let is_ordinary = key.is_from_api() && !matches!(key.source, KeySource::AccessGroup(_));
            is_ordinary && selection.person.matches(Some(key.person)) && store.key_state(key, now) != "expired"
        });
    }

    /// Revokes the selected keys that were shared from the app. The person of the selection is the one who shared them.
    pub(crate) fn revoke_shared_keys(&mut self, lock_holder: Index, selection: Selection) {
        self.revoke_where(lock_holder, selection, |_, key| {
            !key.is_from_api() && selection.person.matches(key.shared_by)
        });
    }

    fn revoke_where(&mut self, lock_holder: Index, selection: Selection, more: impl Fn(&Self, &Key) -> bool) {
        for index in self.lock_holders[lock_holder as usize].keys.clone() {
            let key = &self.keys[index as usize];
            if selection.lock.matches(Some(key.lock)) && selection.part.contains(key.source) && more(self, key) {
                self.revoke(index);
            }
        }
    }

    /// Revokes the selected sharing rights. All of them come from the lock holder itself.
    pub(crate) fn revoke_sharing_rights(&mut self, lock_holder: Index, selection: Selection) {
        for index in self.lock_holders[lock_holder as usize].roles.clone() {
            let role = &mut self.roles[index as usize];
            if selection.person.matches(Some(role.person)) && selection.lock.matches(Some(role.lock)) {
                role.can_share = false;
            }
        }
    }
}
