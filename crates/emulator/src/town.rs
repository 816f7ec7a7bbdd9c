//! Everything that changes while the emulator runs, and how one thing is found from another.

use std::collections::{BTreeMap, HashMap, VecDeque};

use chrono::{DateTime, TimeDelta, Utc};

use crate::error::ApiError;
use crate::ids::{Id, Ids};
use crate::model::{Account, Image, Key, KeyEvent, Lock, LockHolder, Person, Place, Role, VendorConnection, Webhook};
use crate::vendors::Job;

/// Lock holders and what belongs to them, each list in the order of making: the order that pages follow.
pub(crate) struct Town {
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
    /// Uploaded pictures by the last part of their address.
    pub(crate) images: BTreeMap<String, Image>,
    /// What is under way at vendors.
    pub(crate) jobs: Vec<Job>,
    /// How long the vendor's side of a key or of a connection takes.
    pub(crate) settling: TimeDelta,
    lock_holder_of: HashMap<Id, Place>,
    lock_of: HashMap<Id, Place>,
    key_of: HashMap<Id, Place>,
    person_of: HashMap<String, Place>,
}

/// A lock that has just come in.
pub(crate) struct NewLock {
    pub(crate) connection: Place,
    pub(crate) name: String,
    pub(crate) address: Option<crate::model::Address>,
    pub(crate) created: DateTime<Utc>,
}

impl Town {
    pub(crate) fn empty(ids: Ids, settling: TimeDelta) -> Self {
        Self {
            ids,
            settling,
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
            jobs: Vec::new(),
            lock_holder_of: HashMap::new(),
            lock_of: HashMap::new(),
            key_of: HashMap::new(),
            person_of: HashMap::new(),
        }
    }

    pub(crate) fn lock_holder(&self, id: &str) -> Option<(Place, &LockHolder)> {
        let place = *self.lock_holder_of.get(&Id::parse(id)?)?;
        Some((place, &self.lock_holders[place as usize]))
    }

    /// The lock holder with this natural key.
    pub(crate) fn identified(&self, country_iso: &str, organization_id: &str, suffix: &str) -> Option<&LockHolder> {
        self.lock_holders.iter().find(|holder| {
            holder.country_iso == country_iso
                && holder.organization_id == organization_id
                && holder.organization_id_suffix == suffix
        })
    }

    /// A lock of this lock holder. Another lock holder's lock is as unknown as one that does not exist.
    pub(crate) fn lock(&self, lock_holder: Place, id: &str) -> Result<Place, ApiError> {
        let found = self.any_lock(id).filter(|place| self.locks[*place as usize].lock_holder == lock_holder);
        found.ok_or_else(|| ApiError::not_found(format!("This lock holder has no lock {id:?}")))
    }

    /// A lock, whosever it is.
    pub(crate) fn any_lock(&self, id: &str) -> Option<Place> {
        let place = Id::parse(id).and_then(|id| self.lock_of.get(&id)).copied();
        place.filter(|place| !self.locks[*place as usize].gone)
    }

    pub(crate) fn key(&self, id: &str) -> Option<Place> {
        Id::parse(id).and_then(|id| self.key_of.get(&id)).copied()
    }

    pub(crate) fn person(&self, number: &str) -> Option<Place> {
        self.person_of.get(number).copied()
    }

    pub(crate) fn key_state(&self, key: &Key, now: DateTime<Utc>) -> &'static str {
        key.state(self.locks[key.lock as usize].time_zone, now)
    }

    /// Events that are still listed, the oldest first.
    pub(crate) fn recent_events(&self, now: DateTime<Utc>) -> impl DoubleEndedIterator<Item = &KeyEvent> {
        self.events.iter().filter(move |event| now - event.created <= KeyEvent::KEPT)
    }

    /// A lock holder that has nothing yet.
    pub(crate) fn add_lock_holder(
        &mut self,
        name: String,
        country_iso: &str,
        organization_id: &str,
        suffix: &str,
    ) -> Place {
        let place = self.lock_holders.len() as Place;
        let id = self.ids.next();
        self.lock_holder_of.insert(id, place);
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
        place
    }

    pub(crate) fn add_lock(&mut self, new: NewLock) -> Place {
        let place = self.locks.len() as Place;
        let connection = &self.connections[new.connection as usize];
        let is_virtual = connection.vendor == "virtual";
        let id = self.ids.next();
        let holder = &mut self.lock_holders[connection.lock_holder as usize];
        holder.locks.push(place);
        self.locks.push(Lock {
            id,
            lock_holder: connection.lock_holder,
            connection: new.connection,
            name: new.name,
            vendor: connection.vendor,
            // The service leaves the field out for virtual locks and has it empty for others without a picture.
            image_url: (!is_virtual).then(String::new),
            auth: BTreeMap::new(),
            address: new.address,
            created: new.created,
            duplicate_lock: is_virtual.then_some(false),
            time_zone: crate::seed::time_zone(&holder.country_iso),
            gone: false,
            keys: Vec::new(),
            revoked_keys: 0,
            roles: Vec::new(),
        });
        self.lock_of.insert(id, place);
        place
    }

    pub(crate) fn add_key(&mut self, key: Key) -> Place {
        let place = self.keys.len() as Place;
        let lock = &mut self.locks[key.lock as usize];
        lock.keys.push(place);
        self.lock_holders[lock.lock_holder as usize].keys.push(place);
        self.key_of.insert(key.id, place);
        self.keys.push(key);
        place
    }

    /// Takes a key back, for good. Doing it twice is as good as doing it once.
    pub(crate) fn revoke(&mut self, place: Place) {
        let key = &mut self.keys[place as usize];
        if !key.revoked {
            key.revoked = true;
            self.locks[key.lock as usize].revoked_keys += 1;
        }
    }

    pub(crate) fn add_role(&mut self, role: Role) -> Place {
        let place = self.roles.len() as Place;
        let lock = &mut self.locks[role.lock as usize];
        lock.roles.push(place);
        self.lock_holders[lock.lock_holder as usize].roles.push(place);
        self.roles.push(role);
        place
    }

    /// The person with this number, who need not have been heard of before.
    pub(crate) fn meet(&mut self, number: &str) -> Place {
        if let Some(place) = self.person(number) {
            return place;
        }
        let place = self.people.len() as Place;
        self.people.push(Person { number: number.to_owned(), name: None });
        self.person_of.insert(number.to_owned(), place);
        place
    }

    pub(crate) fn person_at(&self, place: Place) -> &Person {
        &self.people[place as usize]
    }
}
