//! What happens at lock vendors, where the API does not reach.

use std::fmt;

use crate::model::{ConnectionState, Place};
use crate::people::Refused;
use crate::state::Shared;
use crate::town::Town;

/// The lock vendors, from [`Emulator::vendors`](crate::Emulator::vendors): locks are installed and taken down there,
/// accounts fail and come back. Vendor connections are named by their ids.
///
/// ```
/// # use unloc_emulator::Emulator;
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let emulator = Emulator::start().await?;
/// let connection = emulator.town().connections[0].id.clone();
/// emulator.vendors().install(&connection, "Cellar door")?; // comes in with the next refresh
/// emulator.vendors().fail(&connection)?; // keys for its locks end in error from here on
/// emulator.vendors().recover(&connection)?; // the next refresh connects it again
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Copy)]
pub struct Vendors<'a> {
    app: &'a Shared,
}

impl<'a> Vendors<'a> {
    pub(crate) fn of(app: &'a Shared) -> Self {
        Self { app }
    }

    /// Somebody installs a lock. It is listed once the connection is refreshed.
    ///
    /// # Errors
    ///
    /// [`Refused`] if there is no such connection, or it is one of virtual locks.
    pub fn install(&self, connection_id: &str, name: &str) -> Result<(), Refused> {
        self.with_account(connection_id, |town, _, account| {
            town.accounts[account as usize].installed.push(name.to_owned());
        })
    }

    /// Somebody takes a lock down. When its connection is refreshed, it disappears, and its keys are revoked.
    ///
    /// # Errors
    ///
    /// [`Refused`] if there is no such lock, or it is virtual.
    pub fn remove(&self, lock_id: &str) -> Result<(), Refused> {
        let mut town = self.app.town();
        let unknown = || Refused("there is no lock with this id".to_owned());
        let lock = town.any_lock(lock_id).ok_or_else(unknown)?;
        let connection = town.locks[lock as usize].connection;
        let account = account(&town, connection)?;
        town.accounts[account as usize].removed.push(lock);
        drop(town);
        self.app.changed();
        Ok(())
    }

    /// The vendor stops answering for the account: the connection is in error, and so is what is asked of it.
    ///
    /// # Errors
    ///
    /// As [`install`](Self::install).
    pub fn fail(&self, connection_id: &str) -> Result<(), Refused> {
        self.with_account(connection_id, |town, connection, account| {
            town.accounts[account as usize].is_down = true;
            let state = &mut town.connections[connection as usize].state;
            // What is cut stays cut: its account may belong to another connection by now.
            if *state != ConnectionState::Disconnected {
                *state = ConnectionState::Error;
            }
        })
    }

    /// The vendor answers again. The connection stays in error until it is refreshed.
    ///
    /// # Errors
    ///
    /// As [`install`](Self::install).
    pub fn recover(&self, connection_id: &str) -> Result<(), Refused> {
        self.with_account(connection_id, |town, _, account| town.accounts[account as usize].is_down = false)
    }

    /// Somebody changes the account's password at the vendor. The next refresh fails, unless Unloc is told.
    ///
    /// # Errors
    ///
    /// As [`install`](Self::install).
    pub fn change_password(&self, connection_id: &str, password: &str) -> Result<(), Refused> {
        self.with_account(connection_id, |town, _, account| {
            password.clone_into(&mut town.accounts[account as usize].password);
        })
    }

    /// The connection is cut. Its account is free to be connected anew.
    ///
    /// # Errors
    ///
    /// [`Refused`] if there is no such connection.
    pub fn disconnect(&self, connection_id: &str) -> Result<(), Refused> {
        let mut town = self.app.town();
        let connection = connection(&town, connection_id)?;
        town.connections[connection as usize].state = ConnectionState::Disconnected;
        drop(town);
        self.app.changed();
        Ok(())
    }

    fn with_account(&self, connection_id: &str, change: impl FnOnce(&mut Town, Place, Place)) -> Result<(), Refused> {
        let mut town = self.app.town();
        let connection = connection(&town, connection_id)?;
        let account = account(&town, connection)?;
        change(&mut town, connection, account);
        drop(town);
        self.app.changed();
        Ok(())
    }
}

fn connection(town: &Town, id: &str) -> Result<Place, Refused> {
    town.any_connection(id).ok_or_else(|| Refused("there is no vendor connection with this id".to_owned()))
}

fn account(town: &Town, connection: Place) -> Result<Place, Refused> {
    let login = town.connections[connection as usize].login.as_ref();
    login.map(|(account, _)| *account).ok_or_else(|| Refused("virtual locks have no account at a vendor".to_owned()))
}

impl fmt::Debug for Vendors<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Vendors").finish_non_exhaustive()
    }
}
