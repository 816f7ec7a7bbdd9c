//! Lists the locks, keys and roles of the first lock holder, then creates a key and revokes it.
//!
//! `cargo run --example quickstart` starts an emulator inside this program and runs against it. It needs neither an
//! account nor a network. With `UNLOC_ENVIRONMENT` (`sandbox`, `production` or a URL), `UNLOC_CLIENT_ID` and
//! `UNLOC_CLIENT_SECRET` set, it runs against that service instead, and creates a key only if `--yes` is given.
//!
//! To start your own program from it, create a package next to a checkout of this repository and add the dependencies:
//!
//! ```sh
//! cargo add unloc --path ../unloc
//! cargo add unloc-emulator --path ../unloc/crates/emulator
//! cargo add tokio --features macros,rt-multi-thread
//! cargo add futures-util
//! cargo add comfy-table --no-default-features
//! ```

use std::env;
use std::error::Error;
use std::io::{self, Write};
use std::process::ExitCode;

use comfy_table::{Table, presets};
use futures_util::TryStreamExt;
use unloc::chrono::{DateTime, TimeDelta, Utc};
use unloc::types::{Key, KeyState, Lock, LockId, Role};
use unloc::{LockHolderClient, Unloc};
use unloc_emulator::Emulator;

/// Holds a phone number that is reserved for fiction: a real service reaches nobody with it.
const GUEST: &str = "+12125550142";
/// Limits the rows that are printed of each table.
const ROWS: usize = 8;

#[tokio::main]
async fn main() -> ExitCode {
    match run(&mut io::stdout().lock()).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            let _ = writeln!(io::stderr(), "error: {error}");
            ExitCode::FAILURE
        }
    }
}

async fn run(out: &mut impl Write) -> Result<(), Box<dyn Error>> {
    let yes = read_arguments()?;
    let configured =
        ["UNLOC_ENVIRONMENT", "UNLOC_CLIENT_ID", "UNLOC_CLIENT_SECRET"].iter().any(|n| env::var_os(n).is_some());
    let emulator = if configured { None } else { Some(Emulator::start().await?) };
    let unloc = match &emulator {
        None => Unloc::from_env()?,
        Some(emulator) => Unloc::builder()
            .environment(emulator.base_url())
            .client_credentials(emulator.client_id(), emulator.client_secret())
            .build()?,
    };

    // The client fetches its tokens by itself. This call takes an unscoped token …
    let lock_holders = unloc.get_lock_holders().send().await?;
    let first = lock_holders.first().ok_or("these credentials manage no lock holder: create one first")?;
    writeln!(out, "Lock holders ({}); the first is {}.", lock_holders.len(), first.name)?;

    // … and calls of one lock holder take a token with that lock holder's scope.
    let home = unloc.lock_holder(first)?;
    // `items()` reads all pages; `send()` reads one, which may be only a part of the list.
    let (keys, locks, roles): (Vec<_>, Vec<_>, Vec<_>) = tokio::try_join!(
        home.get_keys().items().try_collect(),
        home.get_locks().items().try_collect(),
        home.get_roles().items().try_collect(),
    )?;
    show_locks(out, &locks)?;
    show_keys(out, &keys, &locks)?;
    show_roles(out, &roles, &locks)?;

    if configured && !yes {
        writeln!(out, "\nNothing was created: run this with --yes to create a key and revoke it.")?;
        return Ok(());
    }
    let Some(lock) = locks.first() else {
        writeln!(out, "\nThere is no lock to create a key for.")?;
        return Ok(());
    };
    create_and_revoke(out, &home, lock).await
}

/// Creates a key that is valid for one hour, waits until it is active, and revokes it.
async fn create_and_revoke(out: &mut impl Write, home: &LockHolderClient, lock: &Lock) -> Result<(), Box<dyn Error>> {
    let now = Utc::now();
    let key = home
        .create_key()
        .lock_id(&lock.id)
        .user_id(GUEST)
        .start(now)
        .end(now + TimeDelta::hours(1))
        .skip_invite_notification(true)
        .send()
        .await?;
    let id = key.id.ok_or("the service created a key but returned no id: look for it in the list of keys")?;

    // The lock's vendor creates the key asynchronously. The key is revoked even if waiting for it failed.
    let active = home.wait_for_key(&lock.id, &id, KeyState::Active).await;
    home.update_key().lock_id(&lock.id).key_id(&id).state(KeyState::Revoked).send().await?;
    let key = active?;
    let (person, lock_name) = (key.to_user.id.masked(), &lock.name);
    writeln!(out, "\nCreated key {id} for {person} at {lock_name}, for an hour: its state is {}.", key.state)?;

    let key = home.wait_for_key(&lock.id, &id, KeyState::Revoked).await?;
    writeln!(out, "Revoked key {id}: its state is now {}.", key.state)?;
    Ok(())
}

fn show_locks(out: &mut impl Write, locks: &[Lock]) -> io::Result<()> {
    let rows = locks.iter().map(|lock| {
        let vendor = lock.vendor.as_ref().map(ToString::to_string);
        let city = lock.address.as_ref().and_then(|address| address.city.clone());
        [lock.name.clone(), vendor.unwrap_or_default(), city.unwrap_or_default()]
    });
    show(out, "Locks", ["Name", "Vendor", "City"], rows)
}

fn show_keys(out: &mut impl Write, keys: &[Key], locks: &[Lock]) -> io::Result<()> {
    let rows = keys.iter().map(|key| {
        let lock = key.lock_id.as_ref().map_or_else(String::new, |id| name(locks, id));
        let (from, until) = (moment(key.start, "always"), moment(key.end, "no end"));
        [key.to_user.id.masked(), lock, from, until, key.state.to_string()]
    });
    show(out, "Keys", ["Person", "Lock", "From (UTC)", "Until (UTC)", "State"], rows)
}

fn show_roles(out: &mut impl Write, roles: &[Role], locks: &[Lock]) -> io::Result<()> {
    let rows = roles.iter().map(|role| {
        let may_share = if role.can_share { "yes" } else { "no" };
        [role.user_id.masked(), name(locks, &role.lock_id), may_share.to_owned()]
    });
    show(out, "Roles", ["Person", "Lock", "May share"], rows)
}

fn show<const N: usize>(
    out: &mut impl Write,
    title: &str,
    header: [&str; N],
    rows: impl ExactSizeIterator<Item = [String; N]>,
) -> io::Result<()> {
    let count = rows.len();
    let mut table = Table::new();
    table.load_preset(presets::UTF8_FULL_CONDENSED).set_header(header).add_rows(rows.take(ROWS));
    writeln!(out, "\n{title} ({count})\n{table}")?;
    if count > ROWS {
        writeln!(out, "… and {} more", count - ROWS)?;
    }
    Ok(())
}

fn name(locks: &[Lock], id: &LockId) -> String {
    locks.iter().find(|lock| lock.id == *id).map_or_else(|| id.to_string(), |lock| lock.name.clone())
}

fn moment(time: Option<DateTime<Utc>>, otherwise: &str) -> String {
    time.map_or_else(|| otherwise.to_owned(), |time| time.format("%Y-%m-%d %H:%M").to_string())
}

/// Returns whether `--yes` was given. The error does not quote other arguments: one may be a misplaced secret.
fn read_arguments() -> Result<bool, &'static str> {
    let mut yes = false;
    for argument in env::args_os().skip(1) {
        if argument != "--yes" {
            return Err(
                "unknown argument: the only one is --yes, which allows this program to create and revoke a key",
            );
        }
        yes = true;
    }
    Ok(yes)
}
