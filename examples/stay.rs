//! Manages a guest's key from check-in to check-out: creates it, extends it, and revokes it.
//!
//! `cargo run --example stay` runs against an emulator inside this program. With `UNLOC_ENVIRONMENT`, `UNLOC_CLIENT_ID`
//! and `UNLOC_CLIENT_SECRET` set and `--yes` given, it runs against that service.
//!
//! ```sh
//! cargo add unloc --path ../unloc
//! cargo add unloc-emulator --path ../unloc/crates/emulator
//! cargo add tokio --features macros,rt-multi-thread
//! ```

use std::env;
use std::error::Error;
use std::io::{self, Write};

use unloc::chrono::{DateTime, TimeDelta, Utc};
use unloc::types::{CreateKeyRequest, Key, KeyId, KeyState, LockId};
use unloc::{CreateKeyResolution, LockHolderClient, Outcome, Unloc};
use unloc_emulator::Emulator;

/// Holds a phone number that is reserved for fiction: a real service reaches nobody with it.
const GUEST: &str = "+12125550142";

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let configured = env::var_os("UNLOC_ENVIRONMENT").is_some();
    if configured && env::args().nth(1).as_deref() != Some("--yes") {
        return Err("this program creates keys; pass --yes to run it against the service in UNLOC_ENVIRONMENT".into());
    }
    let emulator = if configured { None } else { Some(Emulator::start().await?) };
    let unloc = match &emulator {
        None => Unloc::from_env()?,
        Some(emulator) => Unloc::builder()
            .environment(emulator.base_url())
            .client_credentials(emulator.client_id(), emulator.client_secret())
            .build()?,
    };
    let lock_holders = unloc.get_lock_holders().send().await?;
    let home = unloc.lock_holder(lock_holders.first().ok_or("these credentials manage no lock holder")?)?;
    let locks = home.get_locks().limit(1).send().await?;
    let lock = &locks.items().first().ok_or("the lock holder has no lock")?.id;

    let out = &mut io::stdout();
    let departure = Utc::now() + TimeDelta::days(2);
    let key = check_in(&home, lock, GUEST, departure).await?;
    writeln!(out, "Checked in: the key is {}, until {}.", key.state, shown(key.end))?;

    let longer = departure + TimeDelta::days(1);
    let key = extend(&home, lock, id(&key)?, GUEST, longer).await?;
    writeln!(out, "Extended: a new key is {}, until {}; the old one is revoked.", key.state, shown(key.end))?;

    let key = check_out(&home, lock, id(&key)?).await?;
    writeln!(out, "Checked out: the key is {}.", key.state)?;
    Ok(())
}

/// Creates a guest's key that is valid until the departure, and waits until it is active.
async fn check_in(
    home: &LockHolderClient,
    lock: &LockId,
    guest: &str,
    until: DateTime<Utc>,
) -> Result<Key, Box<dyn Error>> {
    let request = CreateKeyRequest::builder().user_id(guest).end(until).build()?;
    let key = create_once(home, lock, &request).await?;
    Ok(home.wait_for_key(lock, id(&key)?, KeyState::Active).await?)
}

/// Creates exactly one key, even if the response is lost.
async fn create_once(home: &LockHolderClient, lock: &LockId, request: &CreateKeyRequest) -> unloc::Result<Key> {
    let since = Utc::now();
    let error = match home.create_key().lock_id(lock).body(request.clone()).send().await {
        Ok(key) => return Ok(key),
        Err(error) => error,
    };
    // Creating a key is not idempotent: after a lost response, check whether the key exists before a retry.
    if !matches!(error.outcome(), Outcome::Unknown | Outcome::Accepted) {
        return Err(error);
    }
    match home.resolve_create_key(lock, request, since).await? {
        CreateKeyResolution::Created(key) => Ok(*key),
        CreateKeyResolution::NotCreated => home.create_key().lock_id(lock).body(request.clone()).send().await,
        _ => Err(error),
    }
}

/// Replaces a key with one that is valid longer, because the times of a key cannot be changed.
///
/// The new key is active before the old one is revoked, so the guest is never locked out.
async fn extend(
    home: &LockHolderClient,
    lock: &LockId,
    old: &KeyId,
    guest: &str,
    until: DateTime<Utc>,
) -> Result<Key, Box<dyn Error>> {
    let key = check_in(home, lock, guest, until).await?;
    check_out(home, lock, old).await?;
    Ok(key)
}

/// Revokes a key and waits until the lock no longer accepts it.
async fn check_out(home: &LockHolderClient, lock: &LockId, key: &KeyId) -> unloc::Result<Key> {
    home.update_key().lock_id(lock).key_id(key).state(KeyState::Revoked).send().await?;
    home.wait_for_key(lock, key, KeyState::Revoked).await
}

fn id(key: &Key) -> Result<&KeyId, &'static str> {
    key.id.as_ref().ok_or("the service returned a key without its id: look for it in the list of the lock's keys")
}

fn shown(time: Option<DateTime<Utc>>) -> String {
    time.map_or_else(|| "no end".to_owned(), |time| time.format("%Y-%m-%d %H:%M UTC").to_string())
}
