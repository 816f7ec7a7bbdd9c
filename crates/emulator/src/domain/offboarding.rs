//! Disconnects a vendor connection in two steps, with a code from the first for the second.

use chrono::{DateTime, TimeDelta, Utc};

use crate::domain::error::Invalid;
use crate::domain::model::{ConnectionState, Index, OffboardingCode, VendorAction, VendorTask};
use crate::domain::store::Store;

/// Is the time for which a code is valid, as documented.
const VALIDITY: TimeDelta = TimeDelta::minutes(5);

/// Counts what an offboarding affects.
#[derive(Debug, PartialEq)]
pub(crate) struct Impact {
    pub(crate) locks: usize,
    pub(crate) keys: usize,
    pub(crate) shared_keys: usize,
}

impl Store {
    /// Returns what an offboarding would affect, with a new code. Earlier codes of the connection become invalid.
    pub(crate) fn plan_offboarding(&mut self, connection: Index, now: DateTime<Utc>) -> (Impact, String) {
        let code = self.ids.next().to_string();
        let stored = OffboardingCode { code: code.clone(), valid_until: now + VALIDITY };
        self.connections[connection as usize].offboarding_code = Some(stored);
        (self.impact(connection), code)
    }

    /// Starts to offboard, which takes the vendor latency. The code cannot be used again.
    pub(crate) fn start_offboarding(
        &mut self,
        connection: Index,
        code: &str,
        now: DateTime<Utc>,
    ) -> Result<Impact, Invalid> {
        let invalid = |rule| Invalid::field("confirmationCode", rule);
        let stored = &mut self.connections[connection as usize].offboarding_code;
        match stored.as_ref().filter(|stored| stored.code == code) {
            None => return Err(invalid("is not the code of the latest call without one")),
            Some(stored) if stored.valid_until <= now => return Err(invalid("has expired: it is valid for 5 minutes")),
            Some(_) => *stored = None,
        }
        let impact = self.impact(connection);
        let (due, action) = (now + self.vendor_latency, VendorAction::Disconnect);
        self.vendor_tasks.push(VendorTask { due, connection, action, job: None });
        Ok(impact)
    }

    pub(super) fn finish_offboarding(&mut self, connection: Index) {
        self.connections[connection as usize].state = ConnectionState::Disconnected;
        for lock in self.locks_of(connection) {
            // The lock is still at its door: whoever connects the account again gets it as a new lock.
            if let Some((account, _)) = self.connections[connection as usize].login {
                let name = self.locks[lock as usize].name.clone();
                self.accounts[account as usize].installed.push(name);
            }
            self.remove_lock(lock);
        }
    }

    fn locks_of(&self, connection: Index) -> Vec<Index> {
        let locks = &self.lock_holders[self.connections[connection as usize].lock_holder as usize].locks;
        let is_of = |lock: &Index| {
            let lock = &self.locks[*lock as usize];
            lock.connection == connection && !lock.removed
        };
        locks.iter().copied().filter(is_of).collect()
    }

    fn impact(&self, connection: Index) -> Impact {
        let locks = self.locks_of(connection);
        let keys = locks.iter().flat_map(|lock| &self.locks[*lock as usize].keys);
        let keys: Vec<_> = keys.map(|key| &self.keys[*key as usize]).filter(|key| !key.revoked).collect();
        let shared_keys = keys.iter().filter(|key| !key.is_from_api()).count();
        Impact { locks: locks.len(), keys: keys.len() - shared_keys, shared_keys }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::seed::sample_data;

    #[test]
    fn a_code_is_valid_once_for_five_minutes_and_until_the_next_one() {
        let now = DateTime::UNIX_EPOCH;
        let mut store = sample_data(now);
        let (impact, first) = store.plan_offboarding(0, now);
        assert_eq!(impact.locks, 4);
        let (_, second) = store.plan_offboarding(0, now);
        assert!(store.start_offboarding(0, &first, now).is_err());
        assert!(store.start_offboarding(0, &second, now + TimeDelta::minutes(5)).is_err());
        assert!(store.start_offboarding(1, &second, now).is_err());
        let last = now + TimeDelta::minutes(5) - TimeDelta::nanoseconds(1);
        assert_eq!(store.start_offboarding(0, &second, last), Ok(impact));
        assert!(store.start_offboarding(0, &second, last).is_err());
    }

    #[test]
    fn offboarding_removes_locks_and_keys_and_the_account_keeps_the_locks() {
        let now = DateTime::UNIX_EPOCH;
        let mut store = sample_data(now);
        let (impact, code) = store.plan_offboarding(0, now);
        store.start_offboarding(0, &code, now).unwrap();
        store.finish_due_tasks(now + store.vendor_latency);
        assert_eq!(store.connections[0].state, ConnectionState::Disconnected);
        assert_eq!(store.impact(0), Impact { locks: 0, keys: 0, shared_keys: 0 });
        assert_eq!(store.accounts[0].installed.len(), impact.locks);
        // The roof terrace is virtual, and so of another connection.
        assert_eq!(store.locks.iter().filter(|lock| lock.lock_holder == 0 && !lock.removed).count(), 1);
    }
}
