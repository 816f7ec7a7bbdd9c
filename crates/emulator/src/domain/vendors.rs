//! Simulates the lock vendors: their accounts, and the tasks that connect and refresh.

use chrono::{DateTime, Utc};

use crate::domain::error::{Busy, NotFound};
use crate::domain::ids::Id;
use crate::domain::model::{Account, ConnectionState, Index, VendorAction, VendorConnection, VendorTask};
use crate::domain::store::{NewLock, Store};

/// Lists the known vendors in the spelling of responses.
pub(crate) const VENDORS: [&str; 4] = ["danalock", "masterlock", "futurehome", VIRTUAL];

/// Is the vendor of virtual locks, which exist in Unloc only.
pub(crate) const VIRTUAL: &str = "virtual";

impl Store {
    /// Finishes all tasks that are due by now, in the order of their due time.
    pub(crate) fn finish_due_tasks(&mut self, now: DateTime<Utc>) {
        if self.vendor_tasks.iter().all(|task| task.due > now) {
            return;
        }
        let (mut due, later): (Vec<_>, Vec<_>) =
            std::mem::take(&mut self.vendor_tasks).into_iter().partition(|task| task.due <= now);
        self.vendor_tasks = later;
        due.sort_by_key(|task| task.due);
        for task in due {
            let outcome = match task.action {
                VendorAction::Connect { virtual_locks } => self.finish_connecting(&task, virtual_locks),
                VendorAction::Disconnect => {
                    self.finish_offboarding(task.connection);
                    Ok(())
                }
            };
            if let Some(job) = task.job {
                self.finish_refresh(job, outcome);
            }
        }
    }

    /// Connects or refreshes the vendor connection of a task. The error is the reason for callers.
    fn finish_connecting(&mut self, task: &VendorTask, virtual_locks: usize) -> Result<(), &'static str> {
        let index = task.connection as usize;
        if self.connections[index].state != ConnectionState::Connecting {
            return Err("The connection was cut in the meantime");
        }
        let Some((account, password)) = self.connections[index].login.clone() else {
            self.connections[index].state = ConnectionState::Connected;
            self.create_virtual_locks(task, virtual_locks);
            return Ok(());
        };
        let account = &mut self.accounts[account as usize];
        if account.is_down || account.password != password {
            let reason =
                if account.is_down { "The vendor did not respond" } else { "The vendor refused the credentials" };
            self.connections[index].state = ConnectionState::Error;
            return Err(reason);
        }
        let (installed, removed) = (std::mem::take(&mut account.installed), std::mem::take(&mut account.removed));
        self.connections[index].state = ConnectionState::Connected;
        self.adopt_locks(task.connection);
        for lock in removed {
            self.remove_lock(lock);
        }
        for name in installed {
            self.add_lock(NewLock { connection: task.connection, name, address: None, created: task.due });
        }
        Ok(())
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

    fn create_virtual_locks(&mut self, task: &VendorTask, count: usize) {
        let holder = self.connections[task.connection as usize].lock_holder;
        let locks = &self.lock_holders[holder as usize].locks;
        let made = locks.iter().filter(|lock| self.locks[**lock as usize].vendor == VIRTUAL).count();
        for number in made + 1..=made + count {
            let name = format!("Virtual Lock {number:03}");
            self.add_lock(NewLock { connection: task.connection, name, address: None, created: task.due });
        }
    }

    /// Removes a lock from all lists and groups, and revokes all keys for it.
    pub(super) fn remove_lock(&mut self, lock: Index) {
        self.locks[lock as usize].removed = true;
        let groups = self.access_groups.iter_mut().map(|group| &mut group.locks);
        for locks in groups.chain(self.subprojects.iter_mut().map(|subproject| &mut subproject.locks)) {
            locks.retain(|other| *other != lock);
        }
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
        self.connections.push(VendorConnection {
            id,
            lock_holder,
            vendor,
            login,
            state: ConnectionState::Connecting,
            offboarding_code: None,
        });
        self.connections.len() as Index - 1
    }

    /// Starts to connect, which takes the vendor latency.
    pub(crate) fn start_connecting(&mut self, connection: Index, virtual_locks: usize, now: DateTime<Utc>) {
        self.connect(connection, virtual_locks, None, now);
    }

    /// Starts to refresh, which takes the vendor latency. The job reports on it.
    pub(crate) fn start_refresh(&mut self, connection: Index, job: Option<Index>, now: DateTime<Utc>) {
        self.connect(connection, 0, job, now);
    }

    fn connect(&mut self, connection: Index, virtual_locks: usize, job: Option<Index>, now: DateTime<Utc>) {
        self.connections[connection as usize].state = ConnectionState::Connecting;
        let action = VendorAction::Connect { virtual_locks };
        self.vendor_tasks.push(VendorTask { due: now + self.vendor_latency, connection, action, job });
    }

    /// Returns the reason why a connection can be neither refreshed nor offboarded now, if there is one.
    pub(crate) fn require_idle(&self, connection: Index) -> Result<(), Busy> {
        let this = &self.connections[connection as usize];
        match this.state {
            ConnectionState::Connected => {}
            // While this connection was in error, another one may have connected to its account.
            ConnectionState::Error => {
                let account = this.login.as_ref().map(|(account, _)| *account);
                if account.is_some_and(|account| self.uses_account(account)) {
                    return Err(Busy("The credentials are in use by another vendor connection".to_owned()));
                }
            }
            state => {
                let state = state.name();
                return Err(Busy(format!("The connection is {state}; it must be connected or in error")));
            }
        }
        let leaves = |task: &VendorTask| task.connection == connection && task.action == VendorAction::Disconnect;
        if self.vendor_tasks.iter().any(leaves) {
            return Err(Busy("The connection is being disconnected".to_owned()));
        }
        Ok(())
    }

    /// Returns whether a working connection uses the account.
    pub(crate) fn uses_account(&self, account: Index) -> bool {
        let uses = |connection: &VendorConnection| {
            connection.login.as_ref().is_some_and(|(index, _)| *index == account) && !connection.state.is_broken()
        };
        self.connections.iter().any(uses)
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
