//! Those who call: each makes keys, reads them, revokes them and lists them, and looks wherever it cannot know.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use futures_util::TryStreamExt;
use tokio::time::{sleep, timeout};
use unloc::chrono::{DateTime, Utc};
use unloc::types::{Key, KeyId, KeyState, LockId};
use unloc::{Error, ErrorKind, LockHolderClient, Outcome, Result, Unloc};

use crate::ledger::{self, Fate, Ledger, Wish};
use crate::{CALLERS, Dice};

/// From so many keys on, only one in so many is made: the town keeps them all, and in a long run nothing but a leak is to
/// grow.
const MANY_KEYS: usize = 2_000;
const SELDOM: usize = 100;

/// How often something is looked up before the test gives up.
const LOOKS: usize = 100;

/// What all callers share.
#[derive(Default)]
pub(crate) struct Counts {
    calls: AtomicUsize,
    keys: AtomicUsize,
}

impl Counts {
    /// Calls, a page being one.
    pub(crate) fn calls(&self) -> u64 {
        self.calls.load(Ordering::SeqCst) as u64
    }

    /// Keys that were asked for.
    pub(crate) fn keys(&self) -> usize {
        self.keys.load(Ordering::SeqCst)
    }
}

pub(crate) struct Caller {
    unloc: Unloc,
    home: LockHolderClient,
    locks: Vec<LockId>,
    dice: Dice,
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
        Self { unloc, home, locks, dice: Dice::new(number), first_day, counts, ledger: Vec::new() }
    }

    /// Calls until then; gives what it believes.
    pub(crate) async fn run(mut self, end: Instant) -> Ledger {
        while Instant::now() < end {
            match self.dice.below(100) {
                0..40 => self.make().await,
                40..60 => self.revoke().await,
                60..94 => self.read().await,
                94..98 => self.see_all().await,
                _ => self.see_lock_holders().await,
            }
        }
        self.ledger
    }

    fn calling(&self) -> &LockHolderClient {
        self.counts.calls.fetch_add(1, Ordering::SeqCst);
        &self.home
    }

    async fn make(&mut self) {
        if self.counts.keys() >= MANY_KEYS && self.dice.below(SELDOM) != 0 {
            return self.read().await;
        }
        let number = self.counts.keys.fetch_add(1, Ordering::SeqCst);
        let lock = self.locks[self.dice.below(self.locks.len())].clone();
        let (guest, end) = (format!("+447700900{:03}", self.dice.below(1000)), ledger::end(self.first_day, number));
        let call = self.calling().create_key().lock_id(&lock).user_id(&guest).end(end).send();
        // Some callers lose patience, and drop what they wait for.
        let patience = if self.dice.below(40) == 0 { Duration::from_millis(1) } else { Duration::MAX };
        let fate = match timeout(patience, call).await {
            Ok(Ok(key)) => Fate::Made(key.id.unwrap()),
            Ok(Err(error)) => {
                foreseen(&error);
                match error.outcome() {
                    Outcome::NotSent | Outcome::Rejected => Fate::Absent,
                    _ => self.look(&guest, end, error.kind() == ErrorKind::Timeout).await,
                }
            }
            Err(_) => self.look(&guest, end, true).await,
        };
        self.ledger.push(Wish { lock, guest, end, fate, revoked: Some(false) });
    }

    /// Whether the key is there after all.
    async fn look(&self, guest: &str, end: DateTime<Utc>, under_way: bool) -> Fate {
        let keys = until_known(|| self.calling().get_keys_for_user().user_id(guest).send()).await;
        match keys.into_iter().find(|key| key.end == Some(end)) {
            Some(key) => Fate::Made(key.id.unwrap()),
            None if under_way => Fate::AbsentSoFar,
            None => Fate::Absent,
        }
    }

    /// Takes one of its keys back, which can be done twice; looks whether it was done if that is not sure.
    async fn revoke(&mut self) {
        let Some((index, id)) = self.draw() else { return };
        let lock = self.ledger[index].lock.clone();
        let known = self.ledger[index].revoked;
        let call = self.calling().update_key().lock_id(&lock).key_id(&id).state(KeyState::Revoked);
        let revoked = match call.send().await {
            Ok(_) => Some(true),
            Err(error) => {
                foreseen(&error);
                let certain = matches!(error.outcome(), Outcome::NotSent | Outcome::Rejected);
                let is_revoked = self.state(&lock, &id).await == KeyState::Revoked;
                assert!(!certain || known != Some(false) || !is_revoked, "done all the same: {error}");
                match is_revoked {
                    true => Some(true),
                    false if certain => known,
                    // Its request may be under way still.
                    false => None,
                }
            }
        };
        self.ledger[index].revoked = revoked;
    }

    async fn state(&self, lock: &LockId, id: &KeyId) -> KeyState {
        until_known(|| self.calling().get_key().lock_id(lock).key_id(id).send()).await.state
    }

    /// Reads one of its keys, and holds it against what it knows.
    async fn read(&mut self) {
        let Some((index, id)) = self.draw() else { return };
        let wish = &self.ledger[index];
        match self.calling().get_key().lock_id(&wish.lock).key_id(&id).send().await {
            Ok(key) => self.is_as_known(wish, &key),
            Err(error) => foreseen(&error),
        }
    }

    /// Pages through all keys of the lock holder: each of its own is there once.
    async fn see_all(&mut self) {
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
                Err(error) => return foreseen(&error),
            }
        }
        // The end of a list is no call.
        self.counts.calls.fetch_sub(1, Ordering::SeqCst);
        for wish in &self.ledger {
            if let Fate::Made(id) = &wish.fate {
                self.is_as_known(wish, seen.get(id).unwrap_or_else(|| panic!("{id} is not in the list")));
            }
        }
    }

    /// With a token that is for none of them.
    async fn see_lock_holders(&mut self) {
        self.counts.calls.fetch_add(1, Ordering::SeqCst);
        match self.unloc.get_lock_holders().send().await {
            Ok(holders) => assert_eq!(holders.len(), CALLERS / 4),
            Err(error) => foreseen(&error),
        }
    }

    fn is_as_known(&self, wish: &Wish, key: &Key) {
        assert_eq!((key.end, key.to_user.id.expose()), (Some(wish.end), wish.guest.as_str()));
        let revoked = key.state == KeyState::Revoked;
        assert_eq!(revoked, wish.revoked.unwrap_or(revoked), "{:?}", wish.fate);
    }

    /// One of its keys.
    fn draw(&mut self) -> Option<(usize, KeyId)> {
        let index = self.dice.below(self.ledger.len().max(1));
        match &self.ledger.get(index)?.fate {
            Fate::Made(id) => Some((index, id.clone())),
            _ => None,
        }
    }
}

/// Asks until there is an answer.
async fn until_known<T, F: Future<Output = Result<T>>>(ask: impl Fn() -> F) -> T {
    for _ in 0..LOOKS {
        match ask().await {
            Ok(answer) => return answer,
            Err(error) => {
                foreseen(&error);
                // While there is no token, nothing is sent, and the failure comes at once.
                sleep(error.retry_after().unwrap_or(Duration::from_millis(10))).await;
            }
        }
    }
    panic!("no answer, asked {LOOKS} times");
}

/// Every failure is one that was ordered: none of the SDK's own making, and none that the service has for a bad request.
fn foreseen(error: &Error) {
    let status = error.status().map(|status| status.as_u16());
    let ordered = match error.kind() {
        ErrorKind::Service => status.is_some_and(|status| [401, 429, 500, 502, 503].contains(&status)),
        ErrorKind::Token | ErrorKind::Connection | ErrorKind::Timeout | ErrorKind::Decode => true,
        _ => false,
    };
    assert!(ordered, "{error}");
}
