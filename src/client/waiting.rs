//! Waiting for what the service does behind a response.

use crate::client::LockHolderClient;
use crate::error::Result;
use crate::http::poller::{Poller, Progress};
use crate::model::integrator::operations::{GET_KEY, GET_VENDOR_CONNECTION};
use crate::model::integrator::types::{
    Key, KeyId, KeyState, LockId, VendorConnection, VendorConnectionId, VendorConnectionState,
};

impl LockHolderClient {
    /// Waits until a key is in this state, and returns it: the service makes and revokes keys after it has responded.
    ///
    /// Asks for the key with exponential backoff and jitter, from 0.4 s up to 5 s, within the operation timeout of this
    /// client ([`with_options`](Self::with_options) sets another).
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
    /// * [`ErrorKind::State`](crate::ErrorKind::State) if the key is in a state from which it does not get there, such as
    ///   `error` or `revoked` for `active`; the message names both.
    /// * [`ErrorKind::Timeout`](crate::ErrorKind::Timeout) if it has not got there in time; the message names its state.
    /// * Any error of [`get_key`](Self::get_key).
    ///
    /// # Evidence
    /// That keys are made asynchronously, and the states `creating`, `active`, `revoked` and `error`, are documented. The
    /// other states, and which follows which, are inferred.
    pub async fn wait_for_key(
        &self,
        lock_id: impl Into<LockId>,
        key_id: impl Into<KeyId>,
        state: KeyState,
    ) -> Result<Key> {
        let (client, lock, key) = (self.client(), lock_id.into(), key_id.into());
        let ask = |options| self.get_key().lock_id(lock.as_str()).key_id(key.as_str()).options(options).send();
        Poller::new(&client, &GET_KEY).poll(ask, |key| progress("key", &key.state, &state, becomes)).await
    }

    /// Waits until a vendor connection is in this state, and returns it: the service logs in at the vendor, or out, after it
    /// has responded.
    ///
    /// Asks for the connection with exponential backoff and jitter, from 0.4 s up to 5 s, within the operation timeout of
    /// this client ([`with_options`](Self::with_options) sets another).
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
    /// * [`ErrorKind::State`](crate::ErrorKind::State) if the connection is in a state from which it does not get there, such
    ///   as `disconnected`. One in `error` is waited for: after a new password or a refresh it may connect again.
    /// * [`ErrorKind::Timeout`](crate::ErrorKind::Timeout) if it has not got there in time; the message names its state.
    /// * Any error of [`get_vendor_connection`](Self::get_vendor_connection).
    ///
    /// # Evidence
    /// The states are documented in part; which follows which is inferred.
    pub async fn wait_for_vendor_connection(
        &self,
        vendor_connection_id: impl Into<VendorConnectionId>,
        state: VendorConnectionState,
    ) -> Result<VendorConnection> {
        let (client, id) = (self.client(), vendor_connection_id.into());
        let ask = |options| self.get_vendor_connection().vendor_connection_id(id.as_str()).options(options).send();
        let judge = |found: &VendorConnection| progress("vendor connection", &found.state, &state, connection_becomes);
        Poller::new(&client, &GET_VENDOR_CONNECTION).poll(ask, judge).await
    }
}

/// What a state says about the one that is waited for.
fn progress<S: PartialEq + std::fmt::Display>(
    what: &str,
    found: &S,
    wanted: &S,
    becomes: impl Fn(&S, &S) -> bool,
) -> Progress {
    if found == wanted {
        Progress::Reached
    } else if becomes(found, wanted) {
        Progress::Pending(format!("the {what} is still `{found}`, and not `{wanted}`"))
    } else {
        Progress::Never(format!("the {what} is `{found}`, and does not become `{wanted}` from there"))
    }
}

/// Whether a key in one state can come to be in another by itself, or by a revocation. What is being made, and a state that is
/// not known here, may lead anywhere.
fn becomes(from: &KeyState, to: &KeyState) -> bool {
    use KeyState::{Active, Creating, Error, Expired, Inactive, Revoked, Scheduled};

    match from {
        Scheduled => !matches!(to, Creating),
        Active | Inactive => matches!(to, Active | Inactive | Expired | Revoked | KeyState::Unknown(_)),
        Expired => matches!(to, Revoked),
        Error => matches!(to, Revoked),
        Revoked => false,
        _ => true,
    }
}

/// The same for a vendor connection, by itself, by a new password, a refresh, or by being disconnected.
fn connection_becomes(from: &VendorConnectionState, to: &VendorConnectionState) -> bool {
    use VendorConnectionState::{Connected, Disconnected, Error};

    match from {
        Connected => matches!(to, Disconnected | Error | VendorConnectionState::Unknown(_)),
        Disconnected => false,
        _ => true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_leads_out_of_a_last_state_and_anything_out_of_the_first_and_of_one_that_is_unknown() {
        let states: Vec<_> = KeyState::KNOWN.iter().map(|text| KeyState::from(*text)).collect();
        for to in &states {
            assert!(becomes(&KeyState::Creating, to) && becomes(&"on-holiday".into(), to), "{to}");
            assert!(!becomes(&KeyState::Revoked, to), "{to}");
            assert_eq!(becomes(&KeyState::Error, to), *to == KeyState::Revoked, "{to}");
        }
        assert!(becomes(&KeyState::Scheduled, &KeyState::Active) && !becomes(&KeyState::Active, &KeyState::Scheduled));
        assert!(becomes(&KeyState::Expired, &KeyState::Revoked) && !becomes(&KeyState::Expired, &KeyState::Active));
        assert!(becomes(&KeyState::Active, &"on-holiday".into()));
    }

    #[test]
    fn an_account_that_is_cut_off_stays_so() {
        use VendorConnectionState::{Connected, Connecting, Disconnected, Error};

        assert!(connection_becomes(&Connecting, &Connected) && connection_becomes(&Connected, &Error));
        assert!(!connection_becomes(&Disconnected, &Connected) && connection_becomes(&Error, &Connected));
        assert!(connection_becomes(&Error, &Disconnected) && !connection_becomes(&Connected, &Connecting));
    }
}
