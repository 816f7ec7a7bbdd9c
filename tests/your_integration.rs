//! Holds the test that the guide shows as an example for users, and asserts that the guide shows it verbatim.

#![allow(clippy::unwrap_used, reason = "clippy's exception for tests does not cover their helpers")]

// guide from here
use std::time::Duration;

use futures_util::TryStreamExt;
use unloc::chrono::{DateTime, TimeDelta, Utc};
use unloc::types::{CreateKeyRequest, Key, KeyState, LockId};
use unloc::{LockHolderClient, Outcome, Unloc};
use unloc_emulator::{Emulator, Fault};

/// Your code: gives a guest a key until they check out. It looks for the key first, so a retry is always safe.
async fn check_in(home: &LockHolderClient, lock: &LockId, guest: &str, until: DateTime<Utc>) -> unloc::Result<()> {
    let stay = CreateKeyRequest::builder().user_id(guest).end(until).build()?; // rounds times down to milliseconds …
    if has_key(home, lock, &stay).await? {
        return Ok(());
    }
    match home.create_key().lock_id(lock).body(stay.clone()).send().await {
        // The key may exist already or appear soon. If it is not listed yet, the caller retries later.
        Err(error) if matches!(error.outcome(), Outcome::Unknown | Outcome::Accepted) => {
            if let Ok(true) = has_key(home, lock, &stay).await { Ok(()) } else { Err(error) }
        }
        created => created.map(drop),
    }
}

/// Returns whether any page of the list holds a key for this stay, including one that is still being created.
async fn has_key(home: &LockHolderClient, lock: &LockId, stay: &CreateKeyRequest) -> unloc::Result<bool> {
    let is_over = |key: &Key| matches!(key.state, KeyState::Revoked | KeyState::Expired | KeyState::Error);
    let is_it = |key: &Key| {
        let same_door = key.lock_id.as_ref() == Some(lock) && key.to_user.id == stay.user_id;
        same_door && key.end.as_ref() == stay.end.value() && !is_over(key) // … as the service does
    };
    let mut keys = home.get_keys().items();
    while let Some(key) = keys.try_next().await? {
        if is_it(&key) {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Your test.
#[tokio::test]
async fn a_guest_gets_one_key_even_when_the_response_is_lost() -> Result<(), Box<dyn std::error::Error>> {
    let emulator = Emulator::start().await?;
    let unloc = Unloc::builder().environment(emulator.base_url());
    let unloc = unloc.client_credentials(emulator.client_id(), emulator.client_secret()).build()?;
    let lock_holders = unloc.get_lock_holders().send().await?;
    let home = unloc.lock_holder(lock_holders.first().ok_or("the emulator has no lock holder")?)?;
    let locks = home.get_locks().send().await?;
    let (lock, guest) = (&locks.items().first().ok_or("the lock holder has no lock")?.id, "+12125550142");
    let until = Utc::now() + TimeDelta::hours(24); // finer than the milliseconds that the service stores
    emulator.faults().add(Fault::reset().on("createKey"))?; // the request is lost …
    check_in(&home, lock, guest, until).await.unwrap_err(); // … and no key is created
    emulator.faults().add(Fault::reset().carried_out().on("createKey"))?; // the key is created, its response is lost
    check_in(&home, lock, guest, until).await?;
    check_in(&home, lock, guest, until).await?; // the key exists: nothing to do
    let keys = home.get_keys_for_lock().lock_id(lock).send().await?;
    assert_eq!(keys.iter().filter(|key| key.to_user.id.expose() == guest).count(), 1);
    emulator.clock().advance(Duration::from_secs(1)); // the vendor needs a moment to create the key
    emulator.people().unlock(lock.as_str(), guest)?;
    Ok(())
}
// guide to here

#[test]
fn the_guide_shows_this_test_verbatim() {
    let (_, shown) = include_str!("your_integration.rs").split_once("// guide from here\n").unwrap();
    let (shown, _) = shown.split_once("// guide to here").unwrap();
    assert!(
        include_str!("../docs/guide.md").contains(shown),
        "the test in docs/guide.md differs from tests/your_integration.rs: copy it from there"
    );
}

/// Returns a client of the emulator's first lock holder and the id of one of its locks.
async fn door(emulator: &Emulator) -> (LockHolderClient, LockId) {
    let unloc = Unloc::builder().environment(emulator.base_url());
    let unloc = unloc.client_credentials(emulator.client_id(), emulator.client_secret()).build().unwrap();
    let home = unloc.lock_holder(&unloc.get_lock_holders().send().await.unwrap()[0]).unwrap();
    let lock = home.get_locks().send().await.unwrap().items()[0].id.clone();
    (home, lock)
}

const GUEST: &str = "+12125550142";

async fn keys_of_the_guest(home: &LockHolderClient) -> usize {
    let keys: Vec<Key> = home.get_keys().items().try_collect().await.unwrap();
    keys.iter().filter(|key| key.to_user.id.expose() == GUEST).count()
}

/// Returns times with zero to nine digits after the second, and one that is derived from the clock.
fn times() -> Vec<DateTime<Utc>> {
    let fixed = ["2090-01-01T10:00:00Z", "2090-01-01T10:00:00.1Z", "2090-01-01T10:00:00.123456Z"];
    let more = ["2090-01-01T10:00:00.000000001Z", "2090-01-01T10:00:00.999999999Z", "2090-01-01T12:30:00.0005+02:30"];
    let fixed = fixed.into_iter().chain(more).map(|text| text.parse::<DateTime<Utc>>().unwrap());
    fixed.chain([Utc::now() + TimeDelta::hours(24)]).collect()
}

#[tokio::test]
async fn a_guest_gets_one_key_per_stay_for_any_end_time_after_a_lost_request_or_response() {
    for until in times() {
        for is_created in [false, true] {
            let emulator = Emulator::start().await.unwrap();
            let (home, lock) = door(&emulator).await;
            let lost = if is_created { Fault::reset().carried_out() } else { Fault::reset() };
            emulator.faults().add(lost.on("createKey")).unwrap();
            let first = check_in(&home, &lock, GUEST, until).await;
            let error = first.as_ref().err().map(unloc::Error::outcome);
            assert_eq!(error, (!is_created).then_some(Outcome::Unknown), "{until}");
            assert_eq!(keys_of_the_guest(&home).await, usize::from(is_created), "{until}");
            for _ in 0..2 {
                check_in(&home, &lock, GUEST, until).await.unwrap();
                assert_eq!(keys_of_the_guest(&home).await, 1, "{until}, created: {is_created}");
            }
            // A stay that ends one millisecond later is a different stay.
            check_in(&home, &lock, GUEST, until + TimeDelta::milliseconds(1)).await.unwrap();
            assert_eq!(keys_of_the_guest(&home).await, 2, "{until}");
        }
    }
}

#[tokio::test]
async fn a_key_on_a_later_page_of_the_list_is_found() {
    let emulator = Emulator::builder().lock_holders(1).locks(2).keys(1200).start().await.unwrap();
    let (home, lock) = door(&emulator).await;
    let until = Utc::now() + TimeDelta::hours(24);
    emulator.faults().add(Fault::reset().carried_out().on("createKey")).unwrap();
    for _ in 0..2 {
        check_in(&home, &lock, GUEST, until).await.unwrap();
        assert_eq!(keys_of_the_guest(&home).await, 1);
    }
}
