//! Defines the handle that acts as the lock vendors.

use std::fmt;

use crate::domain::error::Refused;
use crate::domain::model::{ConnectionState, Index};
use crate::domain::store::Store;
use crate::service::Service;

/// Acts as the lock vendors: installs and removes locks, and lets accounts fail and recover.
///
/// Returned by [`Emulator::vendors`](crate::Emulator::vendors). The ids of vendor connections are in the snapshot.
///
/// ```
/// # use unloc_emulator::Emulator;
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let emulator = Emulator::start().await?;
/// let connection = emulator.snapshot().connections[0].id.clone();
/// emulator.vendors().install(&connection, "Cellar door")?; // listed after the next refresh
/// emulator.vendors().fail(&connection)?; // from now on, new keys for its locks get the state error
/// emulator.vendors().recover(&connection)?; // the next refresh connects again
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Copy)]
pub struct Vendors<'a> {
    app: &'a Service,
}

impl<'a> Vendors<'a> {
    pub(crate) fn of(app: &'a Service) -> Self {
        Self { app }
    }

    /// Installs a lock. It is listed after the next refresh of the connection.
    ///
    /// # Errors
    ///
    /// Fails if the connection is unknown, or if its vendor is `virtual`.
    pub fn install(&self, connection_id: &str, name: &str) -> Result<(), Refused> {
        self.with_account(connection_id, |store, _, account| {
            store.accounts[account as usize].installed.push(name.to_owned());
        })
    }

    /// Removes a lock. With the next refresh of its connection it disappears, and its keys are revoked.
    ///
    /// # Errors
    ///
    /// Fails if the lock is unknown or virtual.
    pub fn remove(&self, lock_id: &str) -> Result<(), Refused> {
        let mut store = self.app.world.store();
        let unknown = || Refused("there is no lock with this id".to_owned());
        let lock = store.find_lock(lock_id).ok_or_else(unknown)?;
        let connection = store.locks[lock as usize].connection;
        let account = account(&store, connection)?;
        store.accounts[account as usize].removed.push(lock);
        drop(store);
        self.app.world.changed();
        Ok(())
    }

    /// Lets the account fail: the connection's state is `error`, refreshes fail, and new keys get the state `error`.
    ///
    /// # Errors
    ///
    /// Fails like [`install`](Self::install).
    pub fn fail(&self, connection_id: &str) -> Result<(), Refused> {
        self.with_account(connection_id, |store, connection, account| {
            store.accounts[account as usize].is_down = true;
            let state = &mut store.connections[connection as usize].state;
            // A disconnected connection stays so: another connection may use its account.
            if *state != ConnectionState::Disconnected {
                *state = ConnectionState::Error;
            }
        })
    }

    /// Lets the account work again. The connection's state stays `error` until it is refreshed.
    ///
    /// # Errors
    ///
    /// Fails like [`install`](Self::install).
    pub fn recover(&self, connection_id: &str) -> Result<(), Refused> {
        self.with_account(connection_id, |store, _, account| store.accounts[account as usize].is_down = false)
    }

    /// Changes the account's password at the vendor. Refreshes fail until the API is given the new password.
    ///
    /// # Errors
    ///
    /// Fails like [`install`](Self::install).
    pub fn change_password(&self, connection_id: &str, password: &str) -> Result<(), Refused> {
        self.with_account(connection_id, |store, _, account| {
            password.clone_into(&mut store.accounts[account as usize].password);
        })
    }

    /// Disconnects the connection for good. Another connection may use its account then.
    ///
    /// # Errors
    ///
    /// Fails if the connection is unknown.
    pub fn disconnect(&self, connection_id: &str) -> Result<(), Refused> {
        let mut store = self.app.world.store();
        let connection = connection(&store, connection_id)?;
        store.connections[connection as usize].state = ConnectionState::Disconnected;
        drop(store);
        self.app.world.changed();
        Ok(())
    }

    fn with_account(&self, connection_id: &str, change: impl FnOnce(&mut Store, Index, Index)) -> Result<(), Refused> {
        let mut store = self.app.world.store();
        let connection = connection(&store, connection_id)?;
        let account = account(&store, connection)?;
        change(&mut store, connection, account);
        drop(store);
        self.app.world.changed();
        Ok(())
    }
}

fn connection(store: &Store, id: &str) -> Result<Index, Refused> {
    store.find_connection(id).ok_or_else(|| Refused("there is no vendor connection with this id".to_owned()))
}

fn account(store: &Store, connection: Index) -> Result<Index, Refused> {
    let login = store.connections[connection as usize].login.as_ref();
    login.map(|(account, _)| *account).ok_or_else(|| Refused("virtual locks have no account at a vendor".to_owned()))
}

impl fmt::Debug for Vendors<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Vendors").finish_non_exhaustive()
    }
}
