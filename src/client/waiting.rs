//! Waits for what the service does after its response.

use crate::http::poller::Progress;
#[cfg(feature = "typed")]
use crate::{
    client::LockHolderClient,
    error::Result,
    http::poller::Poller,
    model::integrator::operations::{GET_KEY, GET_VENDOR_CONNECTION},
    model::integrator::types::{
        Key, KeyId, KeyState, LockId, VendorConnection, VendorConnectionId, VendorConnectionState,
    },
};

#[cfg(feature = "typed")]
impl LockHolderClient {
    /// Waits until a key is in this state, and returns the key.
    ///
    /// The service creates and revokes keys after it has responded. This polls the key with exponential backoff and
    /// jitter, from 0.4 s up to 5 s, within the operation timeout of this client.
    ///
    /// That timeout is 60 s by default. Creating a key usually takes seconds, but hours at worst, so a key may become
    /// active after this has timed out. [`with_options`](Self::with_options) sets a longer operation timeout; waiting
    /// again is safe as well.
    ///
    /// ```no_run
    /// # async fn example(home: unloc::LockHolderClient, lock: unloc::types::Lock) -> unloc::Result<()> {
    /// use unloc::types::KeyState;
    ///
    /// let key = home.create_key().lock_id(&lock.id).user_id("+12125550142").duration_minutes(60).send().await?;
    /// if let Some(id) = key.id {
    ///     home.wait_for_key(&lock.id, &id, KeyState::Active).await?;
    ///     home.update_key().lock_id(&lock.id).key_id(&id).state(KeyState::Revoked).send().await?;
    ///     home.wait_for_key(&lock.id, &id, KeyState::Revoked).await?;
    /// }
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    /// * [`ErrorKind::State`](crate::ErrorKind::State) if the key cannot reach the state from its current one, such as
    ///   `active` from `error` or `revoked`; the message names both.
    /// * [`ErrorKind::Timeout`](crate::ErrorKind::Timeout) if the key has not reached it within the operation timeout;
    ///   the message names its current state.
    /// * Any error of [`get_key`](Self::get_key).
    ///
    /// # Evidence
    /// Documented: keys are created asynchronously, and have the states `creating`, `active`, `revoked` and `error`.
    /// Inferred: the other states, and which state follows which.
    pub async fn wait_for_key(
        &self,
        lock_id: impl Into<LockId>,
        key_id: impl Into<KeyId>,
        state: KeyState,
    ) -> Result<Key> {
        let (client, lock, key) = (self.client(), lock_id.into(), key_id.into());
        let fetch = |options| self.get_key().lock_id(lock.as_str()).key_id(key.as_str()).options(options).send();
        Poller::new(&client, &GET_KEY).poll(fetch, |key| KEY.progress(key.state.as_str(), state.as_str())).await
    }

    /// Waits until a vendor connection is in this state, and returns the connection.
    ///
    /// The service logs in to the vendor, or out, after it has responded. This polls the connection with exponential
    /// backoff and jitter, from 0.4 s up to 5 s, within the operation timeout of this client;
    /// [`with_options`](Self::with_options) sets another.
    ///
    /// ```no_run
    /// # async fn example(home: unloc::LockHolderClient) -> unloc::Result<()> {
    /// use unloc::types::VendorConnectionState;
    ///
    /// let connection = home.create_vendor_connection().vendor("virtual").locks_to_create(3).send().await?;
    /// home.wait_for_vendor_connection(&connection.id, VendorConnectionState::Connected).await?;
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    /// * [`ErrorKind::State`](crate::ErrorKind::State) if the connection cannot reach the state from its current one,
    ///   such as `disconnected`. From `error` it can: after a new password or a refresh it may connect again.
    /// * [`ErrorKind::Timeout`](crate::ErrorKind::Timeout) if the connection has not reached it within the operation
    ///   timeout; the message names its current state.
    /// * Any error of [`get_vendor_connection`](Self::get_vendor_connection).
    ///
    /// # Evidence
    /// Documented: some of the states. Inferred: the others, and which state follows which.
    pub async fn wait_for_vendor_connection(
        &self,
        vendor_connection_id: impl Into<VendorConnectionId>,
        state: VendorConnectionState,
    ) -> Result<VendorConnection> {
        let (client, id) = (self.client(), vendor_connection_id.into());
        let fetch = |options| self.get_vendor_connection().vendor_connection_id(id.as_str()).options(options).send();
        let judge = |found: &VendorConnection| VENDOR_CONNECTION.progress(found.state.as_str(), state.as_str());
        Poller::new(&client, &GET_VENDOR_CONNECTION).poll(fetch, judge).await
    }
}

/// Describes something whose state can be waited for.
pub(super) struct Stateful {
    /// Names it in errors.
    name: &'static str,
    /// Returns whether it can reach the second state from the first one, by itself or by being revoked or disconnected.
    // Unloc's documents do not say which state follows which. Wherever this is not certain it returns `true`: to wait
    // until the timeout does less harm than to give up on a key that is about to work.
    can_become: fn(&str, &str) -> bool,
}

/// Describes keys, which `getKey` returns.
pub(super) const KEY: Stateful = Stateful {
    name: "key",
    can_become: |from, to| match from {
        // Its start may have come at any moment, so it can be in every later state.
        "scheduled" => to != "creating",
        // A key with a recurrence becomes active and inactive in turn.
        "active" | "inactive" => !matches!(to, "creating" | "scheduled" | "error"),
        // Nothing repairs a key that could not be created; a new one is needed.
        "expired" | "error" => to == "revoked",
        "revoked" => false,
        // `creating`, and states that this version does not know.
        _ => true,
    },
};

/// Describes vendor connections, which `getVendorConnection` returns.
pub(super) const VENDOR_CONNECTION: Stateful = Stateful {
    name: "vendor connection",
    can_become: |from, to| match from {
        "connected" => to != "connecting",
        // Connecting the account again creates a new vendor connection.
        "disconnected" => false,
        // `connecting`, `error`, and states that this version does not know. From `error` it can become connected by a
        // new password or a refresh.
        _ => true,
    },
};

impl Stateful {
    /// Judges whether the wanted state is reached, can be reached, or cannot.
    pub(super) fn progress(&self, found: &str, wanted: &str) -> Progress {
        let Self { name, can_become } = self;
        if found == wanted {
            Progress::Reached
        } else if can_become(found, wanted) {
            Progress::Pending(format!("the {name} is still `{found}` and not `{wanted}`"))
        } else {
            Progress::Never(format!("the {name} is `{found}`, from which it cannot become `{wanted}`"))
        }
    }
}

#[cfg(all(test, feature = "typed"))]
mod tests {
    use super::*;

    fn key_can_become(from: &KeyState, to: &KeyState) -> bool {
        (KEY.can_become)(from.as_str(), to.as_str())
    }

    fn connection_can_become(from: &VendorConnectionState, to: &VendorConnectionState) -> bool {
        (VENDOR_CONNECTION.can_become)(from.as_str(), to.as_str())
    }

    #[test]
    fn a_key_can_reach_any_state_from_creating_and_from_unknown_states_and_none_from_revoked() {
        let states: Vec<_> = KeyState::KNOWN.iter().map(|text| KeyState::from(*text)).collect();
        for to in &states {
            assert!(key_can_become(&KeyState::Creating, to) && key_can_become(&"on-holiday".into(), to), "{to}");
            assert!(!key_can_become(&KeyState::Revoked, to), "{to}");
            assert_eq!(key_can_become(&KeyState::Error, to), *to == KeyState::Revoked, "{to}");
        }
        assert!(
            key_can_become(&KeyState::Scheduled, &KeyState::Active)
                && !key_can_become(&KeyState::Active, &KeyState::Scheduled)
        );
        assert!(
            key_can_become(&KeyState::Expired, &KeyState::Revoked)
                && !key_can_become(&KeyState::Expired, &KeyState::Active)
        );
        assert!(key_can_become(&KeyState::Active, &"on-holiday".into()));
    }

    #[test]
    fn a_disconnected_vendor_connection_stays_disconnected() {
        use VendorConnectionState::{Connected, Connecting, Disconnected, Error};

        assert!(connection_can_become(&Connecting, &Connected) && connection_can_become(&Connected, &Error));
        assert!(!connection_can_become(&Disconnected, &Connected) && connection_can_become(&Error, &Connected));
        assert!(connection_can_become(&Error, &Disconnected) && !connection_can_become(&Connected, &Connecting));
    }
}
