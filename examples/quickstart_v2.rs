//! Finds a project through version 2 of the API, creates two keys by a job, lists them, and revokes them.
//!
//! `cargo run --example quickstart_v2 --features v2` starts an emulator inside this program and runs against it. With
//! `UNLOC_ENVIRONMENT` (`sandbox`, `production` or a URL), `UNLOC_CLIENT_ID` and `UNLOC_CLIENT_SECRET` set, it runs
//! against that service instead, and creates keys only if `--yes` is given.
//!
//! ```sh
//! cargo add unloc --path ../unloc --features v2
//! cargo add unloc-emulator --path ../unloc/crates/emulator
//! cargo add tokio --features macros,rt-multi-thread
//! cargo add futures-util
//! ```

use std::env;
use std::error::Error;
use std::io::{self, Write};
use std::process::ExitCode;

use futures_util::TryStreamExt;
use unloc::chrono::{TimeDelta, Utc};
use unloc::v2::builder::RevokeKeysFilter;
use unloc::v2::types::{AccessEvent, Key, Lock, NewKey};
use unloc::v2::{CreatedKeys, ProjectClient, Unloc};
use unloc_emulator::Emulator;

/// Holds phone numbers that are reserved for fiction: a real service reaches nobody with them.
const GUESTS: [&str; 2] = ["+12125550142", "+12125550143"];

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
    let yes = env::args_os().skip(1).any(|argument| argument == "--yes");
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

    // This call takes no token. Every other one takes a token for one organization or project.
    let found = unloc.discover().await?;
    writeln!(out, "The credentials reach {} projects.", found.projects.len())?;
    let first =
        found.projects.first().ok_or("these credentials reach no project: give them one in the Control Center")?;
    let project = unloc.project(&first.project_id)?;
    let locks: Vec<Lock> = project.get_locks().items().try_collect().await?;
    writeln!(out, "{} has {} locks.", project.get_project().send().await?.name, locks.len())?;

    let Some(lock) = locks.first() else { return Ok(()) };
    if configured && !yes {
        writeln!(out, "Nothing was created: run this with --yes to create two keys and revoke them.")?;
    } else {
        create_and_revoke(out, &project, lock).await?;
    }

    let events: Vec<AccessEvent> = project.get_access_log().items().try_collect().await?;
    writeln!(out, "The access log has {} events.", events.len())?;
    Ok(())
}

/// Creates a key for each guest that is valid for one hour, and revokes the keys of each guest at this lock.
async fn create_and_revoke(out: &mut impl Write, project: &ProjectClient, lock: &Lock) -> Result<(), Box<dyn Error>> {
    let end = Utc::now() + TimeDelta::hours(1);
    let new = |guest| NewKey::builder().lock_id(&lock.id).app_user_id(guest).end(end).build();
    let job = project.create_keys().keys(GUESTS.map(new).into_iter().collect::<Result<Vec<_>, _>>()?).send().await?;

    // The keys are revoked even if waiting for the job failed.
    let waited = project.wait_for_job(job.id).await.map(CreatedKeys::from);
    let keys: Vec<Key> = project.get_keys().lock_id(&lock.id).items().try_collect().await?;
    for guest in GUESTS {
        // A filter is required: without one, the service would revoke all keys of the project.
        project.revoke_keys(RevokeKeysFilter::app_user_id(guest)).lock_id(&lock.id).send().await?;
    }
    let created = waited?;
    writeln!(out, "Created {} keys at {}, which now has {}.", created.created.len(), lock.name, keys.len())?;
    if !created.is_complete() {
        writeln!(out, "{} failed, and {} are still being created.", created.failed, created.unfinished)?;
    }
    writeln!(out, "Revoked the keys of both guests.")?;
    Ok(())
}
