//! What people do in their app and at the door.

use std::fmt;

use crate::delivery::Parcel;
use crate::fields::phone;
use crate::model::{Key, KeyEvent, Place};
use crate::quirks::Quirk;
use crate::state::Shared;
use crate::town::Town;

/// The people of the emulator's town, from [`Emulator::people`](crate::Emulator::people).
///
/// They do what nobody can do through the API: open doors, look at codes, share keys from the app. What they do is a key
/// event, and webhooks are called for it if the key was made through the API.
///
/// ```
/// # use unloc_emulator::Emulator;
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let emulator = Emulator::start().await?;
/// let town = emulator.town();
/// let key = town.keys.iter().find(|key| key.state == "active").ok_or("nobody can open anything")?;
/// emulator.people().unlock(&key.lock_id, &key.user_id)?;
/// let refused = emulator.people().unlock(&key.lock_id, "+12125550199").unwrap_err();
/// assert!(refused.to_string().contains("no key"));
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Copy)]
pub struct People<'a> {
    app: &'a Shared,
}

/// Why somebody could not do what they were told to. Names no person, and repeats no argument: one in the wrong place may be
/// a phone number.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Refused(pub(crate) String);

/// What people do with a key.
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

impl<'a> People<'a> {
    pub(crate) fn of(app: &'a Shared) -> Self {
        Self { app }
    }

    /// Somebody opens a lock. The result is the id of the key event.
    ///
    /// # Errors
    ///
    /// [`Refused`], with the reason, where the lock stays shut: the person has no key for it, or none that works now.
    pub fn unlock(&self, lock_id: &str, user_id: &str) -> Result<String, Refused> {
        self.act(Action::Unlocked, lock_id, user_id)
    }

    /// Somebody closes a lock; else as [`unlock`](Self::unlock).
    ///
    /// # Errors
    ///
    /// As [`unlock`](Self::unlock).
    pub fn lock(&self, lock_id: &str, user_id: &str) -> Result<String, Refused> {
        self.act(Action::Locked, lock_id, user_id)
    }

    /// Somebody looks at the code of a lock; else as [`unlock`](Self::unlock).
    ///
    /// # Errors
    ///
    /// As [`unlock`](Self::unlock).
    pub fn view_code(&self, lock_id: &str, user_id: &str) -> Result<String, Refused> {
        self.act(Action::ViewedCode, lock_id, user_id)
    }

    pub(crate) fn act(&self, action: Action, lock_id: &str, user_id: &str) -> Result<String, Refused> {
        // Time, state and delivery under one lock: what happens first is told first.
        let mut town = self.app.town();
        let now = self.app.now();
        let lock = known_lock(&town, lock_id)?;
        let key = working_key(&town, lock, user_id, now)?;
        let id = town.ids.next();
        let lock_name = town.locks[lock as usize].name.clone();
        let event = KeyEvent { id, action: action.name(), created: now, key, lock, lock_name };
        let times = if self.app.quirks.has(Quirk::WebhooksTwice) { 2 } else { 1 };
        self.app.post.send(parcels_for(&town, &event, times));
        town.events.push_back(event);
        // Nobody can ask for older ones; twice the time keeps cursors of open lists good.
        while town.events.front().is_some_and(|event| now - event.created > KeyEvent::KEPT * 2) {
            town.events.pop_front();
        }
        drop(town);
        self.app.changed();
        Ok(id.to_string())
    }

    /// Somebody who may share keys for a lock shares one from the app, for good. The result is the id of the new key,
    /// which the API counts and deletes, but does not list.
    ///
    /// # Errors
    ///
    /// [`Refused`] if the first person has no role with the right to share there, or the second is no phone number.
    pub fn share(&self, lock_id: &str, from_user_id: &str, to_user_id: &str) -> Result<String, Refused> {
        phone("the receiver", to_user_id).map_err(|invalid| Refused(invalid.0))?;
        let now = self.app.now();
        let id;
        {
            let mut town = self.app.town();
            let lock = known_lock(&town, lock_id)?;
            let may_share = |role: &&Place| {
                let role = &town.roles[**role as usize];
                role.can_share && Some(role.person) == town.person(from_user_id)
            };
            let sharer = town.locks[lock as usize].roles.iter().find(may_share);
            let Some(sharer) = sharer.map(|role| town.roles[*role as usize].person) else {
                return Err(Refused("this person has no role with the right to share keys for this lock".to_owned()));
            };
            let key = Key {
                id: town.ids.next(),
                lock,
                person: town.meet(to_user_id),
                start: None,
                end: None,
                created: now,
                settled: now + town.settling,
                recurrence: None,
                app_switch_only: None,
                revoked: false,
                failed: false,
                shared_by: Some(sharer),
            };
            id = key.id.to_string();
            town.add_key(key);
        }
        self.app.changed();
        Ok(id)
    }
}

impl fmt::Debug for People<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("People").finish_non_exhaustive()
    }
}

fn known_lock(town: &Town, lock_id: &str) -> Result<Place, Refused> {
    town.any_lock(lock_id).ok_or_else(|| Refused("there is no lock with this id".to_owned()))
}

/// A key of this person for this lock that works now; the youngest, if there are several.
fn working_key(town: &Town, lock: Place, user_id: &str, now: chrono::DateTime<chrono::Utc>) -> Result<Place, Refused> {
    let person = town.person(user_id);
    let theirs = |key: &&Place| Some(town.keys[**key as usize].person) == person;
    let mut best = None;
    for place in town.locks[lock as usize].keys.iter().rev().filter(theirs) {
        match town.key_state(&town.keys[*place as usize], now) {
            "active" => return Ok(*place),
            state => best = best.or(Some(state)),
        }
    }
    Err(Refused(match best {
        None => "this person has no key for this lock".to_owned(),
        Some(state) => format!("this person's key for this lock does not work now: it is {state}"),
    }))
}

/// What goes to webhooks: of keys made through the API only.
fn parcels_for(town: &Town, event: &KeyEvent, times: usize) -> Vec<Parcel> {
    if !town.keys[event.key as usize].is_api_made() {
        return Vec::new();
    }
    let holder = town.locks[event.lock as usize].lock_holder;
    let mut parcels = Vec::new();
    for webhook in &town.webhooks {
        if webhook.lock_holder != holder || webhook.lock.is_some_and(|lock| lock != event.lock) {
            continue;
        }
        for _ in 0..times {
            parcels.push(Parcel {
                webhook_id: webhook.id,
                event_id: event.id,
                url: webhook.url.clone(),
                body: serde_json::json!(town.event_view(event)),
            });
        }
    }
    parcels
}
