//! Measures reading a long list from a slow service by a busy caller: page by page, and by `pages()`, which fetches the
//! next page ahead.

use std::process::ExitCode;
use std::time::{Duration, Instant};

use futures_util::{StreamExt, TryStreamExt};
use tokio::runtime::Builder;
use unloc::{LockHolderClient, Unloc};
use unloc_benches::{Plan, Result, Row, Spread};
use unloc_emulator::{Emulator, Fault};

/// Is the number of keys in the emulator. The lock holder whose keys are read has about 100 000 of them.
const KEYS: usize = 240_000;
const PAGE: i32 = 100;
/// Is the delay of the service for each page.
const SERVICE_TIME: Duration = Duration::from_millis(20);
/// Lists how long the caller works on a page.
const CALLERS: [Duration; 3] = [Duration::ZERO, Duration::from_millis(10), Duration::from_millis(20)];
/// Is the number of pages in a round.
const PAGES: usize = 60;

fn main() -> ExitCode {
    unloc_benches::main("paging", |plan| Builder::new_current_thread().enable_all().build()?.block_on(measure(plan)))
}

async fn measure(plan: Plan) -> Result<Vec<Row>> {
    let emulator = Emulator::builder().keys(KEYS).start().await?;
    let unloc = Unloc::builder().environment(emulator.base_url());
    let unloc = unloc.client_credentials(emulator.client_id(), emulator.client_secret()).build()?;
    let holders = unloc.get_lock_holders().send().await?;
    let home = unloc.lock_holder(holders.first().ok_or("the emulator has no lock holder")?)?;
    emulator.faults().add(Fault::delay(SERVICE_TIME).on("getKeys").always())?;
    let (pages, rounds) = (plan.calls(PAGES), plan.rounds.min(7));
    let mut rows = Vec::new();
    for caller in CALLERS {
        let (mut single, mut ahead, mut ratios) = (Vec::new(), Vec::new(), Vec::new());
        for _ in 0..rounds {
            let (one, other) = (one_by_one(&home, pages, caller).await?, fetched_ahead(&home, pages, caller).await?);
            let millis = |time: Duration| time.as_secs_f64() * 1e3 / pages as f64;
            single.push(millis(one));
            ahead.push(millis(other));
            ratios.push(other.as_secs_f64() / one.as_secs_f64());
        }
        let group = format!("{} ms of work a page", caller.as_millis());
        rows.push(Row::new(&group, "one by one").with("time a page, ms", Spread::of(single)));
        let row = Row::new(&group, "fetched ahead").with("time a page, ms", Spread::of(ahead));
        rows.push(row.with("to one by one", Spread::of(ratios)));
    }
    Ok(rows)
}

/// Requests each page after the work on the one before it.
async fn one_by_one(home: &LockHolderClient, pages: usize, work: Duration) -> Result<Duration> {
    let start = Instant::now();
    let mut cursor = None;
    for _ in 0..pages {
        let keys = home.get_keys().limit(PAGE);
        let keys = match cursor.take() {
            Some(cursor) => keys.start_after_id(cursor),
            None => keys,
        };
        cursor = Some(keys.send().await?.cursor().ok_or("the list has ended")?.clone());
        tokio::time::sleep(work).await;
    }
    Ok(start.elapsed())
}

async fn fetched_ahead(home: &LockHolderClient, pages: usize, work: Duration) -> Result<Duration> {
    let start = Instant::now();
    let mut read = home.get_keys().limit(PAGE).pages().take(pages);
    while read.try_next().await?.is_some() {
        tokio::time::sleep(work).await;
    }
    Ok(start.elapsed())
}
