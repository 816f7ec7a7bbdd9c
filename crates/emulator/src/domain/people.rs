//! Implements the actions of people: they use keys at a lock, and share keys from the app.

use chrono::{DateTime, Utc};

use crate::domain::error::Refused;
use crate::domain::formats::phone;
use crate::domain::model::{Index, Key, KeyEvent, Webhook};
use crate::domain::store::Store;

/// Is an action of a person with a key.
#[derive(Clone, Copy)]
pub(crate) enum Action {
    Unlocked,
    Locked,
    ViewedCode,
}

impl Action {
    fn name(self) -> &'static str {
        match self {
            Self::Unlocked => "unlocked",
            Self::Locked => "locked",
            Self::ViewedCode => "viewedCode",
        }
    }
}

impl Store {
    /// Returns the event of a person who uses a key. [`record`](Self::record) then adds it to the list.
    pub(crate) fn use_key(
        &mut self,
        action: Action,
        lock_id: &str,
        user_id: &str,
        now: DateTime<Utc>,
    ) -> Result<KeyEvent, Refused> {
        let lock = self.require_lock(lock_id)?;
        let key = self.active_key(lock, user_id, now)?;
        let id = self.ids.next();
        let lock_name = self.locks[lock as usize].name.clone();
        Ok(KeyEvent { id, action: action.name(), created: now, key, lock, lock_name })
    }

    /// Adds an event to the list, and drops events that no page can reach any more.
    pub(crate) fn record(&mut self, event: KeyEvent, now: DateTime<Utc>) {
        self.events.push_back(event);
        // Events are listed for `LOGGED`. Keeping them twice as long keeps the cursors of open lists valid.
        while self.events.front().is_some_and(|event| now - event.created > KeyEvent::LOGGED * 2) {
            self.events.pop_front();
        }
    }

    /// Returns the webhooks to call for an event. There are none for keys shared from the app.
    pub(crate) fn webhooks_for(&self, event: &KeyEvent) -> impl Iterator<Item = &Webhook> {
        let is_from_api = self.keys[event.key as usize].is_from_api();
        let (holder, lock) = (self.locks[event.lock as usize].lock_holder, event.lock);
        self.webhooks.iter().filter(move |webhook| {
            is_from_api && webhook.lock_holder == holder && webhook.lock.is_none_or(|only| only == lock)
        })
    }

    /// Shares a key without an end from the app, and returns the new key's id.
    pub(crate) fn share(
        &mut self,
        lock_id: &str,
        from_user_id: &str,
        to_user_id: &str,
        now: DateTime<Utc>,
    ) -> Result<String, Refused> {
        phone("the receiver", to_user_id).map_err(|invalid| Refused(invalid.to_string()))?;
        let lock = self.require_lock(lock_id)?;
        let from = self.person(from_user_id);
        let roles = self.locks[lock as usize].roles.iter().map(|role| &self.roles[*role as usize]);
        let sharer = roles.filter(|role| role.can_share).map(|role| role.person).find(|person| Some(*person) == from);
        let Some(sharer) = sharer else {
            return Err(Refused("this person has no role with the right to share keys for this lock".to_owned()));
        };
        let (id, person) = (self.ids.next(), self.find_or_add_person(to_user_id));
        let key = Key { shared_by: Some(sharer), ..Key::new(id, lock, person, now, now + self.vendor_latency) };
        let id = key.id.to_string();
        self.add_key(key);
        Ok(id)
    }

    fn require_lock(&self, lock_id: &str) -> Result<Index, Refused> {
        self.find_lock(lock_id).ok_or_else(|| Refused("there is no lock with this id".to_owned()))
    }

    /// Returns the person's newest active key for the lock. The error names the state of the newest key otherwise.
    fn active_key(&self, lock: Index, user_id: &str, now: DateTime<Utc>) -> Result<Index, Refused> {
        let person = self.person(user_id);
        let theirs = |key: &&Index| Some(self.keys[**key as usize].person) == person;
        let mut best = None;
        for index in self.locks[lock as usize].keys.iter().rev().filter(theirs) {
            match self.key_state(&self.keys[*index as usize], now) {
                "active" => return Ok(*index),
                state => best = best.or(Some(state)),
            }
        }
        Err(Refused(match best {
            None => "this person has no key for this lock".to_owned(),
            Some(state) => format!("this person's key for this lock does not work now: it is {state}"),
        }))
    }
}
