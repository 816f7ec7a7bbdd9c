//! The other side of vendor connections: accounts at lock vendors, and the work that goes on there.

use chrono::{DateTime, Utc};

use crate::error::ApiError;
use crate::ids::Id;
use crate::model::{Account, ConnectionState, Place, VendorConnection};
use crate::town::{NewLock, Town};

/// Vendors the emulator knows, in the spelling it answers with.
pub(crate) const VENDORS: [&str; 4] = ["danalock", "masterlock", "futurehome", VIRTUAL];

/// The vendor of locks that exist in Unloc only.
pub(crate) const VIRTUAL: &str = "virtual";

/// A connection that is being set up or refreshed.
pub(crate) struct Job {
    due: DateTime<Utc>,
    connection: Place,
    /// How many virtual locks to make.
    virtual_locks: usize,
}

impl Town {
    /// Ends the work that would have ended by now, in the order it would have.
    pub(crate) fn catch_up(&mut self, now: DateTime<Utc>) {
        if self.jobs.iter().all(|job| job.due > now) {
            return;
        }
        let (mut due, later): (Vec<_>, Vec<_>) =
            std::mem::take(&mut self.jobs).into_iter().partition(|job| job.due <= now);
        self.jobs = later;
        due.sort_by_key(|job| job.due);
        for job in due {
            self.connect(&job);
        }
    }

    fn connect(&mut self, job: &Job) {
        let place = job.connection as usize;
        if self.connections[place].state != ConnectionState::Connecting {
            return;
        }
        let Some((account, password)) = self.connections[place].login.clone() else {
            self.connections[place].state = ConnectionState::Connected;
            self.make_virtual_locks(job);
            return;
        };
        let account = &mut self.accounts[account as usize];
        if account.is_down || account.password != password {
            self.connections[place].state = ConnectionState::Error;
            return;
        }
        let (installed, removed) = (std::mem::take(&mut account.installed), std::mem::take(&mut account.removed));
        self.connections[place].state = ConnectionState::Connected;
        self.take_over(job.connection);
        for lock in removed {
            self.off_board(lock);
        }
        for name in installed {
            self.add_lock(NewLock { connection: job.connection, name, address: None, created: job.due });
        }
    }

    /// Gives a connection the locks that an earlier one brought in from the same account for the same lock holder: keys
    /// for them work again now that the account is connected anew.
    fn take_over(&mut self, connection: Place) {
        let Self { connections, lock_holders, locks, .. } = self;
        let of = |place: Place| connections[place as usize].login.as_ref().map(|(account, _)| *account);
        let account = of(connection);
        for lock in &lock_holders[connections[connection as usize].lock_holder as usize].locks {
            let lock = &mut locks[*lock as usize];
            if of(lock.connection) == account {
                lock.connection = connection;
            }
        }
    }

    fn make_virtual_locks(&mut self, job: &Job) {
        let holder = self.connections[job.connection as usize].lock_holder;
        let locks = &self.lock_holders[holder as usize].locks;
        let made = locks.iter().filter(|lock| self.locks[**lock as usize].vendor == VIRTUAL).count();
        for number in made + 1..=made + job.virtual_locks {
            let name = format!("Virtual Lock {number:03}");
            self.add_lock(NewLock { connection: job.connection, name, address: None, created: job.due });
        }
    }

    /// Takes a lock out of the list, and all keys for it back.
    fn off_board(&mut self, lock: Place) {
        self.locks[lock as usize].gone = true;
        for key in self.locks[lock as usize].keys.clone() {
            self.revoke(key);
        }
    }

    pub(crate) fn account(&self, vendor: &str, username: &str) -> Option<Place> {
        let same = |account: &Account| account.vendor == vendor && account.username == username;
        self.accounts.iter().position(same).map(|place| place as Place)
    }

    pub(crate) fn open_account(&mut self, vendor: &'static str, username: &str, password: &str) -> Place {
        self.accounts.push(Account {
            vendor,
            username: username.to_owned(),
            password: password.to_owned(),
            installed: Vec::new(),
            removed: Vec::new(),
            is_down: false,
        });
        self.accounts.len() as Place - 1
    }

    /// A connection that is only just being set up.
    pub(crate) fn add_connection(
        &mut self,
        lock_holder: Place,
        vendor: &'static str,
        login: Option<(Place, String)>,
    ) -> Place {
        let id = self.ids.next();
        self.connections.push(VendorConnection { id, lock_holder, vendor, login, state: ConnectionState::Connecting });
        self.connections.len() as Place - 1
    }

    /// Begins to connect, or to connect again. What comes of it is known when it has settled.
    pub(crate) fn begin_to_connect(&mut self, connection: Place, virtual_locks: usize, now: DateTime<Utc>) {
        self.connections[connection as usize].state = ConnectionState::Connecting;
        self.jobs.push(Job { due: now + self.settling, connection, virtual_locks });
    }

    /// A connection of this lock holder.
    pub(crate) fn connection(&self, lock_holder: Place, id: &str) -> Result<Place, ApiError> {
        let found =
            self.any_connection(id).filter(|place| self.connections[*place as usize].lock_holder == lock_holder);
        found.ok_or_else(|| ApiError::not_found(format!("This lock holder has no vendor connection {id:?}")))
    }

    pub(crate) fn any_connection(&self, id: &str) -> Option<Place> {
        let id = Id::parse(id)?;
        self.connections.iter().position(|connection| connection.id == id).map(|place| place as Place)
    }
}

/// The vendor with this name, however it is spelt.
pub(crate) fn vendor(name: &str) -> Option<&'static str> {
    VENDORS.into_iter().find(|vendor| vendor.eq_ignore_ascii_case(name))
}
