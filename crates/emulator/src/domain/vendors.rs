//! Simulates the lock vendors: their accounts, and the jobs that connect and refresh.

use chrono::{DateTime, Utc};

use crate::domain::error::NotFound;
use crate::domain::ids::Id;
use crate::domain::model::{Account, ConnectionState, Index, Job, VendorConnection};
use crate::domain::store::{NewLock, Store};

/// Lists the known vendors in the spelling of responses.
pub(crate) const VENDORS: [&str; 4] = ["danalock", "masterlock", "futurehome", VIRTUAL];

/// Is the vendor of virtual locks, which exist in Unloc only.
pub(crate) const VIRTUAL: &str = "virtual";

impl Store {
    /// Finishes all jobs that are due by now, in the order of their due time.
    pub(crate) fn finish_due_jobs(&mut self, now: DateTime<Utc>) {
        if self.jobs.iter().all(|job| job.due > now) {
            return;
        }
        let (mut due, later): (Vec<_>, Vec<_>) =
            std::mem::take(&mut self.jobs).into_iter().partition(|job| job.due <= now);
        self.jobs = later;
        due.sort_by_key(|job| job.due);
        for job in due {
            self.finish_job(&job);
        }
    }

    /// Connects or refreshes the vendor connection of a job.
    fn finish_job(&mut self, job: &Job) {
        let index = job.connection as usize;
        if self.connections[index].state != ConnectionState::Connecting {
            return;
        }
        let Some((account, password)) = self.connections[index].login.clone() else {
            self.connections[index].state = ConnectionState::Connected;
            self.create_virtual_locks(job);
            return;
        };
        let account = &mut self.accounts[account as usize];
        if account.is_down || account.password != password {
            self.connections[index].state = ConnectionState::Error;
            return;
        }
        let (installed, removed) = (std::mem::take(&mut account.installed), std::mem::take(&mut account.removed));
        self.connections[index].state = ConnectionState::Connected;
        self.adopt_locks(job.connection);
        for lock in removed {
            self.remove_lock(lock);
        }
        for name in installed {
            self.add_lock(NewLock { connection: job.connection, name, address: None, created: job.due });
        }
    }

    /// Moves the locks of an earlier connection to the same account, of the same lock holder, to this connection. New
    /// keys for these locks work again.
    fn adopt_locks(&mut self, connection: Index) {
        let Self { connections, lock_holders, locks, .. } = self;
        let account_of = |index: Index| connections[index as usize].login.as_ref().map(|(account, _)| *account);
        let account = account_of(connection);
        for lock in &lock_holders[connections[connection as usize].lock_holder as usize].locks {
            let lock = &mut locks[*lock as usize];
            if account_of(lock.connection) == account {
                lock.connection = connection;
            }
        }
    }

    fn create_virtual_locks(&mut self, job: &Job) {
        let holder = self.connections[job.connection as usize].lock_holder;
        let locks = &self.lock_holders[holder as usize].locks;
        let made = locks.iter().filter(|lock| self.locks[**lock as usize].vendor == VIRTUAL).count();
        for number in made + 1..=made + job.virtual_locks {
            let name = format!("Virtual Lock {number:03}");
            self.add_lock(NewLock { connection: job.connection, name, address: None, created: job.due });
        }
    }

    /// Removes a lock from the lists and revokes all keys for it.
    fn remove_lock(&mut self, lock: Index) {
        self.locks[lock as usize].removed = true;
        for key in self.locks[lock as usize].keys.clone() {
            self.revoke(key);
        }
    }

    pub(crate) fn find_account(&self, vendor: &str, username: &str) -> Option<Index> {
        let same = |account: &Account| account.vendor == vendor && account.username == username;
        self.accounts.iter().position(same).map(|index| index as Index)
    }

    pub(crate) fn open_account(&mut self, vendor: &'static str, username: &str, password: &str) -> Index {
        self.accounts.push(Account {
            vendor,
            username: username.to_owned(),
            password: password.to_owned(),
            installed: Vec::new(),
            removed: Vec::new(),
            is_down: false,
        });
        self.accounts.len() as Index - 1
    }

    /// Adds a vendor connection in the state `connecting`.
    pub(crate) fn add_connection(
        &mut self,
        lock_holder: Index,
        vendor: &'static str,
        login: Option<(Index, String)>,
    ) -> Index {
        let id = self.ids.next();
        self.connections.push(VendorConnection { id, lock_holder, vendor, login, state: ConnectionState::Connecting });
        self.connections.len() as Index - 1
    }

    /// Starts to connect or refresh. The job finishes after the vendor latency.
    pub(crate) fn start_connecting(&mut self, connection: Index, virtual_locks: usize, now: DateTime<Utc>) {
        self.connections[connection as usize].state = ConnectionState::Connecting;
        self.jobs.push(Job { due: now + self.vendor_latency, connection, virtual_locks });
    }

    /// Returns a vendor connection of this lock holder.
    pub(crate) fn connection(&self, lock_holder: Index, id: &str) -> Result<Index, NotFound> {
        let found =
            self.find_connection(id).filter(|index| self.connections[*index as usize].lock_holder == lock_holder);
        found.ok_or_else(|| NotFound(format!("This lock holder has no vendor connection {id:?}")))
    }

    pub(crate) fn find_connection(&self, id: &str) -> Option<Index> {
        let id = Id::parse(id)?;
        self.connections.iter().position(|connection| connection.id == id).map(|index| index as Index)
    }
}

/// Returns the vendor with this name, ignoring ASCII case.
pub(crate) fn vendor(name: &str) -> Option<&'static str> {
    VENDORS.into_iter().find(|vendor| vendor.eq_ignore_ascii_case(name))
}
