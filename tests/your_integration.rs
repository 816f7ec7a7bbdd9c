//! What the README shows as a test that a user of the crate could write; and that it shows it as it is here.

#![allow(clippy::unwrap_used, reason = "helpers of tests are not tests to clippy")]

// README from here
use unloc::types::CreateKeyRequest;
use unloc::{LockHolder, Outcome, Unloc};
use unloc_sandbox::{Fault, Sandbox};

/// Your code: gives a guest a key for a night, and looks before it makes a second one.
async fn check_in(home: &LockHolder, lock: &str, guest: &str) -> unloc::Result<()> {
    let night = CreateKeyRequest::builder().user_id(guest).duration_minutes(12 * 60);
    match home.create_key().lock_id(lock).body(night).send().await {
        Err(error) if error.outcome() == Outcome::Unknown => {
            let keys = home.get_keys_for_lock().lock_id(lock).send().await?.into_inner().keys;
            if keys.iter().any(|key| key.to_user.id.expose() == guest) { Ok(()) } else { Err(error) }
        }
        made => made.map(drop),
    }
}

/// Your test.
#[tokio::test]
async fn a_guest_gets_one_key_even_when_the_answer_is_lost() -> Result<(), Box<dyn std::error::Error>> {
    let sandbox = Sandbox::start().await?;
    let credentials = (sandbox.client_id(), sandbox.client_secret());
    let unloc = Unloc::builder().environment(sandbox.base_url()).client_credentials(credentials.0, credentials.1);
    let unloc = unloc.build()?;
    let home = unloc.lock_holder(&unloc.get_lock_holders().send().await?.lock_holders[0])?;
    let lock = home.get_locks().send().await?.locks[0].id.clone();
    sandbox.faults().add(Fault::reset().carried_out().on("createKey"))?; // the key is made, its answer is lost
    check_in(&home, &lock, "+12125550142").await?;
    sandbox.people().unlock(&lock, "+12125550142").unwrap_err(); // it takes a moment to be made …
    sandbox.clock().advance(std::time::Duration::from_secs(1)); // … which is over now
    sandbox.people().unlock(&lock, "+12125550142")?;
    let keys = home.get_keys_for_lock().lock_id(&lock).send().await?.into_inner().keys;
    assert_eq!(keys.iter().filter(|key| key.to_user.id.expose() == "+12125550142").count(), 1);
    Ok(())
}
// README to here

#[test]
fn the_readme_shows_this_very_test() {
    let (_, shown) = include_str!("your_integration.rs").split_once("// README from here\n").unwrap();
    let (shown, _) = shown.split_once("// README to here").unwrap();
    assert!(include_str!("../README.md").contains(shown), "README.md differs from tests/your_integration.rs");
}
