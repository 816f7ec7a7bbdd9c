//! Lists who can open each lock now, and who can let others in.
//!
//! `cargo run --example who_has_access` runs against an emulator inside this program. With `UNLOC_ENVIRONMENT`,
//! `UNLOC_CLIENT_ID` and `UNLOC_CLIENT_SECRET` set, it runs against that service. It only reads. An argument selects
//! the locks whose names contain it: `cargo run --example who_has_access -- gate`.
//!
//! ```sh
//! cargo add unloc --path ../unloc
//! cargo add unloc-emulator --path ../unloc/crates/emulator
//! cargo add tokio --features macros,rt-multi-thread
//! cargo add futures-util
//! ```

use std::env;
use std::error::Error;
use std::io::{self, Write};

use futures_util::TryStreamExt;
use unloc::chrono::{DateTime, Utc};
use unloc::types::{Key, KeyState, Lock, Role};
use unloc::{LockHolderClient, Unloc};
use unloc_emulator::Emulator;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let configured = env::var_os("UNLOC_ENVIRONMENT").is_some();
    let emulator = if configured { None } else { Some(Emulator::start().await?) };
    let unloc = match &emulator {
        None => Unloc::from_env()?,
        Some(emulator) => Unloc::builder()
            .environment(emulator.base_url())
            .client_credentials(emulator.client_id(), emulator.client_secret())
            .build()?,
    };
    let part = env::args().nth(1).unwrap_or_default().to_lowercase();
    for lock_holder in unloc.get_lock_holders().send().await? {
        let home = unloc.lock_holder(&lock_holder)?;
        show(&mut io::stdout(), &home, &part, Utc::now()).await?;
    }
    Ok(())
}

async fn show(
    out: &mut impl Write,
    home: &LockHolderClient,
    part: &str,
    now: DateTime<Utc>,
) -> Result<(), Box<dyn Error>> {
    // `items()` reads all pages; one page of a list could leave people out.
    let (locks, keys, roles): (Vec<Lock>, Vec<Key>, Vec<Role>) = tokio::try_join!(
        home.get_locks().items().try_collect(),
        home.get_keys().items().try_collect(),
        home.get_roles().items().try_collect(),
    )?;
    for lock in locks.iter().filter(|lock| lock.name.to_lowercase().contains(part)) {
        writeln!(out, "{}", lock.name)?;
        for key in keys.iter().filter(|key| key.lock_id.as_ref() == Some(&lock.id) && opens(key, now)) {
            // `masked` keeps phone numbers out of logs and terminals.
            writeln!(out, "  {} opens it until {}", key.to_user.id.masked(), until(key))?;
        }
        for role in roles.iter().filter(|role| role.lock_id == lock.id && role.can_share) {
            // The API does not list the keys that people shared from the app; it only counts them.
            let shared = role.created_keys.unwrap_or_default();
            writeln!(out, "  {} may let others in, and has shared {shared} keys", role.user_id.masked())?;
        }
    }
    Ok(())
}

/// Returns whether a key opens its lock now. A recurring key is `inactive` outside its weekly times.
fn opens(key: &Key, now: DateTime<Utc>) -> bool {
    let has_begun = key.start.is_none_or(|start| start <= now);
    let has_ended = key.end.is_some_and(|end| end <= now);
    key.state == KeyState::Active && has_begun && !has_ended
}

fn until(key: &Key) -> String {
    key.end.map_or_else(|| "it is revoked".to_owned(), |end| end.format("%Y-%m-%d %H:%M UTC").to_string())
}
