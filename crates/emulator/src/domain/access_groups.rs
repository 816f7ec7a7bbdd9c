//! Creates access groups, which give every person in them a key for every lock in them.

use chrono::{DateTime, Utc};

use crate::domain::model::{AccessGroup, Index, Key, KeySource, Metadata};
use crate::domain::recurrence::Recurrence;
use crate::domain::store::Store;

/// Describes an access group to create. Neither list has duplicates.
pub(crate) struct NewAccessGroup {
    pub(crate) name: String,
    pub(crate) description: Option<String>,
    pub(crate) locks: Vec<Index>,
    pub(crate) app_user_ids: Vec<String>,
    pub(crate) recurrence: Option<Box<Recurrence>>,
    pub(crate) metadata: Option<Box<Metadata>>,
}

impl Store {
    /// Adds a group with its keys.
    pub(crate) fn add_access_group(&mut self, lock_holder: Index, new: NewAccessGroup, now: DateTime<Utc>) {
        let index = self.access_groups.len() as Index;
        let id = self.ids.next();
        let people: Vec<Index> = new.app_user_ids.iter().map(|number| self.find_or_add_person(number)).collect();
        for lock in &new.locks {
            let connection = self.locks[*lock as usize].connection;
            let failed = self.connections[connection as usize].state.is_broken();
            for person in &people {
                let key = Key::new(self.ids.next(), *lock, *person, now, now + self.vendor_latency);
                let (recurrence, source) = (new.recurrence.clone(), KeySource::AccessGroup(index));
                self.add_key(Key { recurrence, source, failed, ..key });
            }
        }
        self.access_groups.push(AccessGroup {
            id,
            lock_holder,
            name: new.name,
            description: new.description,
            locks: new.locks,
            people,
            metadata: new.metadata.map(|metadata| *metadata).unwrap_or_default(),
        });
    }
}
