//! Runs callers that create, read, revoke and list keys, and that resolve calls with an unknown outcome.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use futures_util::TryStreamExt;
use tokio::time::{sleep, timeout};
use unloc::chrono::{DateTime, Utc};
use unloc::types::{Key, KeyId, KeyState, LockId};
use unloc::{Error, ErrorKind, LockHolderClient, Outcome, Result, Unloc};

use crate::ledger::{self, Ledger, RequestedKey, Resolution};
use crate::{CALLERS, Random};

/// Limits the keys that are created at full rate. The emulator stores them all, and in a long run only a leak should
/// grow.
const MANY_KEYS: usize = 2_000;

/// Reduces the rate above `MANY_KEYS`: one of so many attempts creates a key.
const SELDOM: usize = 100;

/// Limits how often a state is looked up before the test fails.
const MAX_LOOKUPS: usize = 100;

/// Counts calls and keys of all callers.
#[derive(Default)]
pub(crate) struct Counts {
    calls: AtomicUsize,
    keys: AtomicUsize,
}

impl Counts {
    /// Returns the number of calls. Each page counts as one.
    pub(crate) fn calls(&self) -> u64 {
        self.calls.load(Ordering::SeqCst) as u64
    }

    /// Returns the number of keys that were requested.
    pub(crate) fn keys(&self) -> usize {
        self.keys.load(Ordering::SeqCst)
    }
}

pub(crate) struct Caller {
    unloc: Unloc,
    home: LockHolderClient,
    locks: Vec<LockId>,
    random: Random,
    first_day: DateTime<Utc>,
    counts: Arc<Counts>,
    ledger: Ledger,
}

impl Caller {
    pub(crate) async fn new(number: usize, unloc: Unloc, first_day: DateTime<Utc>, counts: Arc<Counts>) -> Self {
        let homes = unloc.get_lock_holders().send().await.unwrap();
        let home = unloc.lock_holder(&homes[number % homes.len()]).unwrap();
        let locks = home.get_locks().send().await.unwrap();
        let locks = locks.into_iter().map(|lock| lock.id).collect();
        counts.calls.fetch_add(2, Ordering::SeqCst);
        Self { unloc, home, locks, random: Random::new(number), first_day, counts, ledger: Vec::new() }
    }

    /// Makes random calls until `end` and returns the ledger of this caller's keys.
    pub(crate) async fn run(mut self, end: Instant) -> Ledger {
        while Instant::now() < end {
            match self.random.below(100) {
                0..40 => self.create().await,
                40..60 => self.revoke().await,
                60..94 => self.read().await,
                94..98 => self.list_keys().await,
                _ => self.list_lock_holders().await,
            }
        }
        self.ledger
    }

    fn calling(&self) -> &LockHolderClient {
        self.counts.calls.fetch_add(1, Ordering::SeqCst);
        &self.home
    }

    async fn create(&mut self) {
        if self.counts.keys() >= MANY_KEYS && self.random.below(SELDOM) != 0 {
            return self.read().await;
        }
        let number = self.counts.keys.fetch_add(1, Ordering::SeqCst);
        let lock = self.locks[self.random.below(self.locks.len())].clone();
        let (guest, end) = (format!("+447700900{:03}", self.random.below(1000)), ledger::end(self.first_day, number));
        let call = self.calling().create_key().lock_id(&lock).user_id(&guest).end(end).send();
        // Some calls are dropped after a millisecond, to test cancellation.
        let patience = if self.random.below(40) == 0 { Duration::from_millis(1) } else { Duration::MAX };
        let resolution = match timeout(patience, call).await {
            Ok(Ok(key)) => Resolution::Created(key.id.unwrap()),
            Ok(Err(error)) => {
                assert_injected(&error);
                match error.outcome() {
                    Outcome::NotSent | Outcome::Rejected => Resolution::Absent,
                    _ => self.find_key(&guest, end, error.kind() == ErrorKind::Timeout).await,
                }
            }
            Err(_) => self.find_key(&guest, end, true).await,
        };
        self.ledger.push(RequestedKey { lock, guest, end, resolution, revoked: Some(false) });
    }

    /// Looks for the key after a call whose outcome is unknown.
    async fn find_key(&self, guest: &str, end: DateTime<Utc>, in_flight: bool) -> Resolution {
        let keys = retry_until_known(|| self.calling().get_keys_for_user().user_id(guest).send()).await;
        match keys.into_iter().find(|key| key.end == Some(end)) {
            Some(key) => Resolution::Created(key.id.unwrap()),
            None if in_flight => Resolution::AbsentSoFar,
            None => Resolution::Absent,
        }
    }

    /// Revokes one of its keys, which is idempotent, and reads its state if the call failed.
    async fn revoke(&mut self) {
        let Some((index, id)) = self.pick_key() else { return };
        let lock = self.ledger[index].lock.clone();
        let known = self.ledger[index].revoked;
        let call = self.calling().update_key().lock_id(&lock).key_id(&id).state(KeyState::Revoked);
        let revoked = match call.send().await {
            Ok(_) => Some(true),
            Err(error) => {
                assert_injected(&error);
                let certain = matches!(error.outcome(), Outcome::NotSent | Outcome::Rejected);
                let is_revoked = self.state(&lock, &id).await == KeyState::Revoked;
                assert!(
                    !certain || known != Some(false) || !is_revoked,
                    "the key is revoked although the error says it is not: {error}"
                );
                match is_revoked {
                    true => Some(true),
                    false if certain => known,
                    // The request may still be in flight.
                    false => None,
                }
            }
        };
        self.ledger[index].revoked = revoked;
    }

    async fn state(&self, lock: &LockId, id: &KeyId) -> KeyState {
        retry_until_known(|| self.calling().get_key().lock_id(lock).key_id(id).send()).await.state
    }

    /// Reads one of its keys and compares it with the ledger.
    async fn read(&mut self) {
        let Some((index, id)) = self.pick_key() else { return };
        let requested = &self.ledger[index];
        match self.calling().get_key().lock_id(&requested.lock).key_id(&id).send().await {
            Ok(key) => self.assert_as_recorded(requested, &key),
            Err(error) => assert_injected(&error),
        }
    }

    /// Lists all keys of the lock holder and asserts that each of its own is there exactly once.
    async fn list_keys(&mut self) {
        let mut seen: HashMap<KeyId, Key> = HashMap::new();
        let mut pages = self.home.get_keys().limit(500).pages();
        loop {
            self.counts.calls.fetch_add(1, Ordering::SeqCst);
            match pages.try_next().await {
                Ok(Some(page)) => {
                    for key in page {
                        let twice = seen.insert(key.id.clone().unwrap(), key);
                        assert!(twice.is_none(), "listed twice: {twice:?}");
                    }
                }
                Ok(None) => break,
                Err(error) => return assert_injected(&error),
            }
        }
        // The end of a list takes no call.
        self.counts.calls.fetch_sub(1, Ordering::SeqCst);
        for requested in &self.ledger {
            if let Resolution::Created(id) = &requested.resolution {
                self.assert_as_recorded(requested, seen.get(id).unwrap_or_else(|| panic!("{id} is not in the list")));
            }
        }
    }

    /// Lists the lock holders, with an unscoped token.
    async fn list_lock_holders(&mut self) {
        self.counts.calls.fetch_add(1, Ordering::SeqCst);
        match self.unloc.get_lock_holders().send().await {
            Ok(holders) => assert_eq!(holders.len(), CALLERS / 4),
            Err(error) => assert_injected(&error),
        }
    }

    fn assert_as_recorded(&self, requested: &RequestedKey, key: &Key) {
        assert_eq!((key.end, key.to_user.id.expose()), (Some(requested.end), requested.guest.as_str()));
        let revoked = key.state == KeyState::Revoked;
        assert_eq!(revoked, requested.revoked.unwrap_or(revoked), "{:?}", requested.resolution);
    }

    /// Picks one of its keys at random.
    fn pick_key(&mut self) -> Option<(usize, KeyId)> {
        let index = self.random.below(self.ledger.len().max(1));
        match &self.ledger.get(index)?.resolution {
            Resolution::Created(id) => Some((index, id.clone())),
            _ => None,
        }
    }
}

/// Repeats a read until it succeeds.
async fn retry_until_known<T, F: Future<Output = Result<T>>>(read: impl Fn() -> F) -> T {
    for _ in 0..MAX_LOOKUPS {
        match read().await {
            Ok(value) => return value,
            Err(error) => {
                assert_injected(&error);
                // Without a token nothing is sent and the call fails at once, so waiting avoids a busy loop.
                sleep(error.retry_after().unwrap_or(Duration::from_millis(10))).await;
            }
        }
    }
    panic!("the read failed {MAX_LOOKUPS} times");
}

/// Asserts that the failure was injected, and is neither the SDK's own nor the service's response to a bad request.
fn assert_injected(error: &Error) {
    let status = error.status().map(|status| status.as_u16());
    let injected = match error.kind() {
        ErrorKind::Service => status.is_some_and(|status| [401, 429, 500, 502, 503].contains(&status)),
        ErrorKind::Token | ErrorKind::Connection | ErrorKind::Timeout | ErrorKind::Decode => true,
        _ => false,
    };
    assert!(injected, "{error}");
}
