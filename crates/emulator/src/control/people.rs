//! Defines the handle that acts as the people who use keys.

use std::fmt;

use serde_json::json;

use crate::domain::error::Refused;
use crate::domain::people::Action;
use crate::domain::version::ApiVersion;
use crate::faults::quirks::Quirk;
use crate::http::delivery::WebhookCall;
use crate::service::Service;

/// Acts as the people who use keys. Returned by [`Emulator::people`](crate::Emulator::people).
///
/// The API has no operations for this: people open locks, view codes and share keys in Unloc's app. Each use of a key
/// is a key event. Webhooks are called for it if the key was made through the API.
///
/// ```
/// # use unloc_emulator::Emulator;
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let emulator = Emulator::start().await?;
/// let snapshot = emulator.snapshot();
/// let key = snapshot.keys.iter().find(|key| key.state == "active").ok_or("no key is active")?;
/// emulator.people().unlock(&key.lock_id, &key.user_id)?;
/// let refused = emulator.people().unlock(&key.lock_id, "+12125550199").unwrap_err();
/// assert!(refused.to_string().contains("no key"));
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Copy)]
pub struct People<'a> {
    app: &'a Service,
}

impl<'a> People<'a> {
    pub(crate) fn of(app: &'a Service) -> Self {
        Self { app }
    }

    /// Opens a lock as this person. Returns the id of the key event.
    ///
    /// # Errors
    ///
    /// Fails with the reason if the lock is unknown, or if the person has no active key for it.
    pub fn unlock(&self, lock_id: &str, user_id: &str) -> Result<String, Refused> {
        self.act(Action::Unlocked, lock_id, user_id)
    }

    /// Closes a lock as this person. Returns the id of the key event.
    ///
    /// # Errors
    ///
    /// Fails like [`unlock`](Self::unlock).
    pub fn lock(&self, lock_id: &str, user_id: &str) -> Result<String, Refused> {
        self.act(Action::Locked, lock_id, user_id)
    }

    /// Views the code of a lock as this person. Returns the id of the key event.
    ///
    /// # Errors
    ///
    /// Fails like [`unlock`](Self::unlock).
    pub fn view_code(&self, lock_id: &str, user_id: &str) -> Result<String, Refused> {
        self.act(Action::ViewedCode, lock_id, user_id)
    }

    pub(crate) fn act(&self, action: Action, lock_id: &str, user_id: &str) -> Result<String, Refused> {
        // The store stays locked until the calls are queued, so that webhooks are called in the order of events.
        let mut store = self.app.world.store();
        let now = self.app.world.now();
        let event = store.use_key(action, lock_id, user_id, now)?;
        let id = event.id.to_string();
        let times = if self.app.quirks.has(Quirk::WebhooksTwice) { 2 } else { 1 };
        let calls = store.webhooks_for(&event).flat_map(|webhook| {
            let body = match webhook.version {
                ApiVersion::V1 => json!(store.event_view(&event)),
                ApiVersion::V2 => json!(store.access_event_view(&event)),
            };
            std::iter::repeat_with(move || WebhookCall {
                webhook_id: webhook.id,
                event_id: event.id,
                url: webhook.url.clone(),
                body: body.clone(),
            })
            .take(times)
        });
        self.app.deliveries.send(calls.collect());
        store.record(event, now);
        drop(store);
        self.app.world.changed();
        Ok(id)
    }

    /// Shares a key without an end from the app. Returns the id of the new key.
    ///
    /// The API counts and deletes shared keys, but does not list them.
    ///
    /// # Errors
    ///
    /// Fails if the lock is unknown, if the first person has no role that allows sharing keys for it, or if
    /// `to_user_id` is not a phone number.
    pub fn share(&self, lock_id: &str, from_user_id: &str, to_user_id: &str) -> Result<String, Refused> {
        let now = self.app.world.now();
        let id = self.app.world.store().share(lock_id, from_user_id, to_user_id, now)?;
        self.app.world.changed();
        Ok(id)
    }
}

impl fmt::Debug for People<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("People").finish_non_exhaustive()
    }
}
