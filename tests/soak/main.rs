//! Soaks the SDK under injected faults: many callers, with no lost or duplicate key and no growing memory.
//!
//! `SOAK_SECONDS` sets the duration: 6 by default, and 600 in `cargo xtask soak`. `SOAK_RECORD` writes the measurements
//! to `benches/recorded/`. The test is alone in its program, so that only its own memory, sockets and tasks are
//! counted. It compares two quarters of the same run, so it does not depend on the speed of the machine.

#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::unwrap_used,
    reason = "clippy's exception for tests does not cover their helpers, which fail tests by panics as well"
)]

mod callers;
mod faults;
mod ledger;
mod monitor;

use std::alloc::System;
use std::io::Write;
use std::path::Path;
use std::process::Command;
use std::sync::Arc;
use std::time::{Duration, Instant};

use stats_alloc::{INSTRUMENTED_SYSTEM, StatsAlloc};
use tokio::runtime::Handle;
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};
use unloc::token::TokenCache;
use unloc::{ClientCredentials, Environment, RequestOptions, RetryPolicy, Unloc};
use unloc_bench_record::{Record, Row, Spread};
use unloc_emulator::Emulator;

use callers::{Caller, Counts};
use faults::FaultInjector;
use ledger::Ledger;
use monitor::Monitor;

#[global_allocator]
static ALLOCATOR: &StatsAlloc<System> = &INSTRUMENTED_SYSTEM;

/// Sets the number of callers: four for each of the emulator's lock holders.
const CALLERS: usize = 12;

/// Sets the lifetime of tokens, in whole seconds. It is short, so that many tokens are fetched.
const LIFETIME: Duration = Duration::from_secs(10);

/// Generates reproducible pseudorandom numbers (xorshift).
struct Random(u64);

impl Random {
    fn new(seed: usize) -> Self {
        Self((seed as u64 + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1)
    }

    /// Returns a number below `bound`.
    fn below(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 >> 33).unwrap() % bound
    }
}

fn seconds() -> u64 {
    let text = std::env::var("SOAK_SECONDS").unwrap_or_else(|_| "6".to_owned());
    text.parse().unwrap_or_else(|_| panic!("SOAK_SECONDS is not a number of seconds: {text}"))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn under_constant_faults_no_key_is_lost_or_duplicated_and_nothing_leaks() {
    let record = std::env::var_os("SOAK_RECORD").map(|_| begin_record());
    let emulator = Arc::new(Emulator::builder().token_lifetime(LIFETIME).start().await.unwrap());
    let counts = Arc::new(Counts::default());
    let injector = Arc::new(FaultInjector::default());
    let end = Instant::now() + Duration::from_secs(seconds());

    let (tokens, unloc) = client(&emulator);
    let first_day = emulator.clock().now();
    let mut callers = JoinSet::new();
    for number in 0..CALLERS {
        let caller = Caller::new(number, unloc.clone(), first_day, Arc::clone(&counts)).await;
        callers.spawn(caller.run(end));
    }
    drop(unloc);
    let injecting = tokio::spawn(Arc::clone(&injector).inject(Arc::clone(&emulator), end));
    let monitor = Monitor::start(Arc::clone(&emulator), Arc::clone(&counts)).until(end).await;

    let ledgers: Vec<Ledger> = callers.join_all().await;
    injecting.await.unwrap();
    emulator.faults().clear();
    let stats = tokens.stats();
    drop(tokens);
    assert_no_tasks_left().await;

    let monitor = monitor.finish();
    let (created, late) = ledger::compare(&ledgers, &emulator.snapshot(), first_day);
    let token_requests = monitor.token_requests;
    // Written to stderr directly, because the test harness captures `print!` of passing tests.
    let summary = format!(
        "soak: {} s, {} calls, {} faults, {} retries, {token_requests} token requests, {created} keys, {late} late, {}",
        seconds(),
        counts.calls(),
        monitor.faults,
        monitor.requests.saturating_sub(counts.calls() + token_requests),
        monitor.levels(),
    );
    let _ = writeln!(std::io::stderr(), "{summary}");

    monitor.assert_level();
    let max = max_tokens(&monitor, &injector);
    assert!(
        token_requests <= max && stats.fetched <= max,
        "{token_requests} token requests, {} tokens, at most {max}",
        stats.fetched
    );
    let wanted = ["createKey", "updateKey", "getKey", "getKeys", "getKeysForUser", "getLockHolders"];
    assert!(
        created > 0 && monitor.faults > 0 && wanted.iter().all(|name| monitor.operations.contains(name)),
        "{summary}"
    );
    if let Some(record) = record {
        let count = |number: u64| Spread::single(number as f64);
        let all = Row::new("", "all of it").with("calls", count(counts.calls())).with("faults", count(monitor.faults));
        let rows = monitor.rows().into_iter().chain([all]).collect();
        Record { rows, ..record }.write(root()).unwrap();
    }
}

/// Starts a record of the measurements for `cargo xtask bench-report`.
fn begin_record() -> Record {
    let rustc = Command::new("rustc").arg("--version").output().expect("a compiler");
    let rustc = String::from_utf8(rustc.stdout).unwrap();
    let date = chrono::Utc::now().date_naive().to_string();
    let command = format!("SOAK_SECONDS={} SOAK_RECORD=1 cargo test --test soak", seconds());
    Record::begin(root(), "soak", date, command, rustc.split(' ').nth(1).unwrap_or("unknown")).unwrap()
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Returns an upper bound of the token requests: one per three fifths of a lifetime (refreshes start later than that),
/// one for each token that was refused early, and one for each failed request.
fn max_tokens(monitor: &Monitor, injector: &FaultInjector) -> u64 {
    // Unscoped, and one for each lock holder.
    let scopes = 4;
    let lifetimes = monitor.started.elapsed().as_secs_f64() / (LIFETIME.as_secs_f64() * 0.6);
    scopes * (lifetimes as u64 + 2 + injector.expirations())
        + monitor.injected_tokens
        + monitor.token_faults
        + monitor.skipped
}

fn client(emulator: &Emulator) -> (TokenCache, Unloc) {
    let environment: Environment = emulator.base_url().parse().unwrap();
    let source = ClientCredentials::new(&environment, emulator.client_id(), emulator.client_secret()).unwrap();
    let tokens = TokenCache::new(source);
    let retry = RetryPolicy::default();
    let retry = retry.initial_backoff(Duration::from_millis(20)).max_backoff(Duration::from_millis(200));
    // Shorter than an injected silence, longer than an injected delay.
    let options = RequestOptions::new().attempt_timeout(Duration::from_secs(1));
    let options = options.operation_timeout(Duration::from_secs(10)).retry(retry);
    let unloc = Unloc::builder().environment(environment).token_cache(tokens.clone()).options(options);
    (tokens, unloc.build().unwrap())
}

/// Asserts that all background tasks of a client end after its last handle is dropped.
async fn assert_no_tasks_left() {
    let alive = || Handle::current().metrics().num_alive_tasks();
    let none = async {
        while alive() > 0 {
            sleep(Duration::from_millis(5)).await;
        }
    };
    assert!(timeout(Duration::from_secs(30), none).await.is_ok(), "{} tasks are still running", alive());
}
