//! What the README shows as a test that a user of the crate could write; and that it shows it as it is here.

#![allow(clippy::unwrap_used, reason = "helpers of tests are not tests to clippy")]

// README from here
use std::time::Duration;

use unloc::chrono::{DateTime, Utc};
use unloc::types::{CreateKeyRequest, Key, KeyState};
use unloc::{LockHolder, Outcome, Unloc};
use unloc_sandbox::{Fault, Sandbox};

/// Your code: gives a guest a key until they check out, and looks before anybody makes a second one.
async fn check_in(home: &LockHolder, lock: &str, guest: &str, until: DateTime<Utc>) -> unloc::Result<()> {
    let stay = CreateKeyRequest::builder().user_id(guest).end(until);
    match home.create_key().lock_id(lock).body(stay).send().await {
        // The key may have been made all the same. If looking fails, too, look again before you call this again.
        Err(error) if matches!(error.outcome(), Outcome::Unknown | Outcome::Accepted) => {
            let keys = home.get_keys_for_lock().lock_id(lock).send().await?.into_inner().keys;
            let is_dead = |key: &Key| matches!(key.state, KeyState::Revoked | KeyState::Expired | KeyState::Error);
            let is_it = |key: &Key| key.to_user.id.expose() == guest && key.end == Some(until) && !is_dead(key);
            // Without such a key nothing was made: it is safe to call this again.
            if keys.iter().any(is_it) { Ok(()) } else { Err(error) }
        }
        made => made.map(drop),
    }
}

/// Your test.
#[tokio::test]
async fn a_guest_gets_one_key_even_when_the_answer_is_lost() -> Result<(), Box<dyn std::error::Error>> {
    let arrival = "2030-05-01T15:00:00Z".parse()?;
    let sandbox = Sandbox::builder().starts_at(arrival).speed(0.0).start().await?; // its clock stands still
    let unloc = Unloc::builder().environment(sandbox.base_url());
    let unloc = unloc.client_credentials(sandbox.client_id(), sandbox.client_secret()).build()?;
    let home = unloc.lock_holder(&unloc.get_lock_holders().send().await?.lock_holders[0])?;
    let (lock, guest) = (home.get_locks().send().await?.locks[0].id.clone(), "+12125550142");
    check_in(&home, &lock, guest, "2030-05-02T10:00:00Z".parse()?).await?; // an earlier stay …
    sandbox.clock().advance(Duration::from_secs(30 * 24 * 3600)); // … which is long over
    let until = "2030-06-01T10:00:00Z".parse()?;
    sandbox.faults().add(Fault::reset().on("createKey"))?; // the request is lost on its way
    check_in(&home, &lock, guest, until).await.unwrap_err();
    sandbox.faults().add(Fault::reset().carried_out().on("createKey"))?; // the key is made, its answer is lost
    check_in(&home, &lock, guest, until).await?;
    sandbox.clock().advance(Duration::from_secs(1)); // it takes a moment to be made
    sandbox.people().unlock(&lock, guest)?;
    let keys = home.get_keys_for_lock().lock_id(&lock).send().await?.into_inner().keys;
    assert_eq!(keys.iter().filter(|key| key.end == Some(until)).count(), 1);
    Ok(())
}
// README to here

#[test]
fn the_readme_shows_this_very_test() {
    let (_, shown) = include_str!("your_integration.rs").split_once("// README from here\n").unwrap();
    let (shown, _) = shown.split_once("// README to here").unwrap();
    assert!(include_str!("../README.md").contains(shown), "README.md differs from tests/your_integration.rs");
}
