//! Reads commands from the standard input, one per line, and writes their measurements as lines of JSON.
//!
//! This file does not count as code that a user writes. `openapi-typescript/main.ts` does the same.

use std::error::Error;
use std::io::{BufRead, stdin};
use std::time::Duration;

use rustix::time::{ClockId, clock_gettime};
use serde_json::json;

pub(crate) type Result<T> = std::result::Result<T, Box<dyn Error>>;

/// Is implemented by each client for the measured operations.
pub(crate) trait Peer: Sized {
    fn new(access: &Access) -> Result<Self>;
    async fn lock(&mut self, id: &str, read: &mut Read) -> Result<()>;
    async fn keys(&mut self, read: &mut Read) -> Result<()>;
}

/// Holds the settings of a client: its URL, credentials and lock holder.
pub(crate) struct Access {
    pub(crate) url: String,
    pub(crate) client_id: String,
    pub(crate) client_secret: String,
    pub(crate) lock_holder: String,
    pub(crate) scope: String,
}

/// Holds the number of items that were read, and a checksum that depends on the items and their order.
#[derive(Default)]
pub(crate) struct Read {
    count: u64,
    sum: u64,
}

impl Read {
    pub(crate) fn note(&mut self, id: &str, created: i64) {
        let last = id.bytes().last().map_or(0, u64::from);
        self.count += 1;
        self.sum = (self.sum * 31 + created.unsigned_abs() % 1_000_003 + last) % (1 << 31);
    }
}

/// Runs commands such as `lock 200` and `keys 5` until the input ends.
pub(crate) fn run<P: Peer>() -> Result<()> {
    let access = Access {
        url: std::env::var("PEER_URL")?,
        client_id: std::env::var("PEER_CLIENT_ID")?,
        client_secret: std::env::var("PEER_CLIENT_SECRET")?,
        lock_holder: std::env::var("PEER_LOCK_HOLDER")?,
        scope: std::env::var("PEER_SCOPE")?,
    };
    let lock = std::env::var("PEER_LOCK")?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let mut peer = P::new(&access)?;
    for command in stdin().lock().lines() {
        let command = command?;
        let (what, times) = command.split_once(' ').ok_or("a command is a word and a number")?;
        println!("{}", runtime.block_on(measure(&mut peer, what, times.parse()?, &lock))?);
    }
    Ok(())
}

async fn measure(peer: &mut impl Peer, what: &str, times: usize, lock: &str) -> Result<serde_json::Value> {
    // Warm up first, because the caches are cold after the other programs ran.
    for _ in 0..times / 20 {
        call(peer, what, lock, &mut Read::default()).await?;
    }
    let mut read = Read::default();
    let before = cpu_time();
    for _ in 0..times {
        call(peer, what, lock, &mut read).await?;
    }
    let cpu = cpu_time().saturating_sub(before).as_secs_f64() * 1e6 / times as f64;
    Ok(json!({"cpu": cpu, "count": read.count, "sum": read.sum}))
}

async fn call(peer: &mut impl Peer, what: &str, lock: &str, read: &mut Read) -> Result<()> {
    match what {
        "lock" => peer.lock(lock, read).await,
        "keys" => peer.keys(read).await,
        _ => Err(format!("unknown command `{what}`").into()),
    }
}

/// Returns the processor time of this process.
fn cpu_time() -> Duration {
    Duration::try_from(clock_gettime(ClockId::ProcessCPUTime)).unwrap_or_default()
}
