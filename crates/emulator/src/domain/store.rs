//! Stores the emulator's data, with lookups by id.

use std::collections::{BTreeMap, HashMap, VecDeque};

use chrono::{DateTime, TimeDelta, Utc};

use crate::domain::error::NotFound;
use crate::domain::ids::{Id, Ids};
use crate::domain::model::{
    AccessGroup, Account, Image, Index, Job, Key, KeyEvent, Lock, LockHolder, Person, Role, Subproject,
    VendorConnection, VendorTask, Webhook,
};

/// Holds all records. Each list is in the order of creation, which is also the order of pages.
pub(crate) struct Store {
    pub(crate) ids: Ids,
    pub(crate) lock_holders: Vec<LockHolder>,
    pub(crate) locks: Vec<Lock>,
    pub(crate) keys: Vec<Key>,
    pub(crate) roles: Vec<Role>,
    pub(crate) people: Vec<Person>,
    pub(crate) connections: Vec<VendorConnection>,
    pub(crate) accounts: Vec<Account>,
    pub(crate) events: VecDeque<KeyEvent>,
    pub(crate) webhooks: Vec<Webhook>,
    /// Maps the last segment of an image's URL to the image.
    pub(crate) images: BTreeMap<String, Image>,
    pub(crate) subprojects: Vec<Subproject>,
    pub(crate) access_groups: Vec<AccessGroup>,
    /// Lists the jobs of version 2.
    pub(crate) jobs: Vec<Job>,
    /// Lists the work at vendors that is not finished.
    pub(crate) vendor_tasks: Vec<VendorTask>,
    /// Is the time that a vendor takes to make a key or to connect.
    pub(crate) vendor_latency: TimeDelta,
    lock_holder_of: HashMap<Id, Index>,
    lock_of: HashMap<Id, Index>,
    key_of: HashMap<Id, Index>,
    person_of: HashMap<String, Index>,
    pub(super) job_of: HashMap<Id, Index>,
}

/// Describes a lock to add.
pub(crate) struct NewLock {
    pub(crate) connection: Index,
    pub(crate) name: String,
    pub(crate) address: Option<crate::domain::model::Address>,
    pub(crate) created: DateTime<Utc>,
}

impl Store {
    pub(crate) fn empty(ids: Ids, vendor_latency: TimeDelta) -> Self {
        Self {
            ids,
            vendor_latency,
            lock_holders: Vec::new(),
            locks: Vec::new(),
            keys: Vec::new(),
            roles: Vec::new(),
            people: Vec::new(),
            connections: Vec::new(),
            accounts: Vec::new(),
            events: VecDeque::new(),
            webhooks: Vec::new(),
            images: BTreeMap::new(),
            subprojects: Vec::new(),
            access_groups: Vec::new(),
            jobs: Vec::new(),
            vendor_tasks: Vec::new(),
            lock_holder_of: HashMap::new(),
            lock_of: HashMap::new(),
            key_of: HashMap::new(),
            person_of: HashMap::new(),
            job_of: HashMap::new(),
        }
    }

    pub(crate) fn lock_holder(&self, id: &str) -> Option<(Index, &LockHolder)> {
        let index = *self.lock_holder_of.get(&Id::parse(id)?)?;
        Some((index, &self.lock_holders[index as usize]))
    }

    /// Returns the lock holder with this country, organization id and suffix, which together identify it.
    pub(crate) fn find_by_identifier(
        &self,
        country_iso: &str,
        organization_id: &str,
        suffix: &str,
    ) -> Option<&LockHolder> {
        self.lock_holders.iter().find(|holder| {
            holder.country_iso == country_iso
                && holder.organization_id == organization_id
                && holder.organization_id_suffix == suffix
        })
    }

    /// Returns a lock of this lock holder. Locks of other lock holders are `NotFound`.
    pub(crate) fn lock(&self, lock_holder: Index, id: &str) -> Result<Index, NotFound> {
        let found = self.find_lock(id).filter(|index| self.locks[*index as usize].lock_holder == lock_holder);
        found.ok_or_else(|| NotFound(format!("This lock holder has no lock {id:?}")))
    }

    /// Returns the lock with this id, of any lock holder.
    pub(crate) fn find_lock(&self, id: &str) -> Option<Index> {
        self.find_lock_or_removed(id).filter(|index| !self.locks[*index as usize].removed)
    }

    /// Returns the lock with this id, even if it was removed. Its keys and events are still listed.
    pub(crate) fn find_lock_or_removed(&self, id: &str) -> Option<Index> {
        Id::parse(id).and_then(|id| self.lock_of.get(&id)).copied()
    }

    /// Returns the subproject with this id, of any lock holder.
    pub(crate) fn find_subproject(&self, id: &str) -> Option<Index> {
        let id = Id::parse(id)?;
        self.subprojects.iter().position(|subproject| subproject.id == id).map(|index| index as Index)
    }

    pub(crate) fn key(&self, id: &str) -> Option<Index> {
        Id::parse(id).and_then(|id| self.key_of.get(&id)).copied()
    }

    pub(crate) fn person(&self, number: &str) -> Option<Index> {
        self.person_of.get(number).copied()
    }

    pub(crate) fn key_state(&self, key: &Key, now: DateTime<Utc>) -> &'static str {
        key.state(self.locks[key.lock as usize].time_zone, now)
    }

    /// Returns the events that are still listed, the oldest first.
    pub(crate) fn recent_events(&self, now: DateTime<Utc>) -> impl DoubleEndedIterator<Item = &KeyEvent> {
        self.events.iter().filter(move |event| now - event.created <= KeyEvent::LISTED)
    }

    /// Adds a lock holder without locks, keys and roles.
    pub(crate) fn add_lock_holder(
        &mut self,
        name: String,
        country_iso: &str,
        organization_id: &str,
        suffix: &str,
    ) -> Index {
        let index = self.lock_holders.len() as Index;
        let id = self.ids.next();
        self.lock_holder_of.insert(id, index);
        self.lock_holders.push(LockHolder {
            id,
            name,
            country_iso: country_iso.to_owned(),
            organization_id: organization_id.to_owned(),
            organization_id_suffix: suffix.to_owned(),
            active_installer_invite_codes: vec![self.ids.next_invite_code()],
            locks: Vec::new(),
            keys: Vec::new(),
            roles: Vec::new(),
        });
        index
    }

    pub(crate) fn add_lock(&mut self, new: NewLock) -> Index {
        let index = self.locks.len() as Index;
        let connection = &self.connections[new.connection as usize];
        let is_virtual = connection.vendor == "virtual";
        let id = self.ids.next();
        let holder = &mut self.lock_holders[connection.lock_holder as usize];
        holder.locks.push(index);
        self.locks.push(Lock {
            id,
            lock_holder: connection.lock_holder,
            connection: new.connection,
            name: new.name,
            vendor: connection.vendor,
            // The service omits the field for virtual locks; for other locks without an image it is an empty string.
            image_url: (!is_virtual).then(String::new),
            auth: BTreeMap::new(),
            address: new.address,
            created: new.created,
            duplicate_lock: is_virtual.then_some(false),
            time_zone: crate::domain::model::time_zone(&holder.country_iso),
            removed: false,
            keys: Vec::new(),
            revoked_keys: 0,
            roles: Vec::new(),
        });
        self.lock_of.insert(id, index);
        index
    }

    pub(crate) fn add_key(&mut self, key: Key) -> Index {
        let index = self.keys.len() as Index;
        let lock = &mut self.locks[key.lock as usize];
        lock.keys.push(index);
        self.lock_holders[lock.lock_holder as usize].keys.push(index);
        self.key_of.insert(key.id, index);
        self.keys.push(key);
        index
    }

    /// Revokes a key for good. Idempotent.
    pub(crate) fn revoke(&mut self, index: Index) {
        let key = &mut self.keys[index as usize];
        if !key.revoked {
            key.revoked = true;
            self.locks[key.lock as usize].revoked_keys += 1;
        }
    }

    pub(crate) fn add_role(&mut self, role: Role) -> Index {
        let index = self.roles.len() as Index;
        let lock = &mut self.locks[role.lock as usize];
        lock.roles.push(index);
        self.lock_holders[lock.lock_holder as usize].roles.push(index);
        self.roles.push(role);
        index
    }

    /// Returns the person with this number, and adds the person if the number is new.
    pub(crate) fn find_or_add_person(&mut self, number: &str) -> Index {
        if let Some(index) = self.person(number) {
            return index;
        }
        let index = self.people.len() as Index;
        self.people.push(Person { number: number.to_owned(), name: None });
        self.person_of.insert(number.to_owned(), index);
        index
    }

    pub(crate) fn person_at(&self, index: Index) -> &Person {
        &self.people[index as usize]
    }
}
