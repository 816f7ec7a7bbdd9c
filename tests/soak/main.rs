//! Many callers, a service that fails in every way it can, and time: nothing is lost, nothing is done twice, nothing grows.
//!
//! `SOAK_SECONDS` says for how long, 8 unless it is set; `cargo xtask ci` sets it to 30. With `SOAK_RECORD`, what was seen is
//! kept in `benches/recorded/`. Alone in its program, so that nobody else's memory, sockets and
//! tasks are counted. What is compared are two parts of one run; no test here knows how fast the machine is.

#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::unwrap_used,
    reason = "the helpers of tests are not tests to clippy, but end them as tests do"
)]

mod callers;
mod ledger;
mod trouble;
mod watch;

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
use ledger::Ledger;
use trouble::Trouble;
use watch::Watch;

#[global_allocator]
static ALLOCATOR: &StatsAlloc<System> = &INSTRUMENTED_SYSTEM;

/// Four for each lock holder of the town.
const CALLERS: usize = 12;

/// How long tokens live, in whole seconds: short, so that many are fetched.
const LIFETIME: Duration = Duration::from_secs(10);

/// Numbers for whatever is drawn, the same for the same seed.
struct Dice(u64);

impl Dice {
    fn new(seed: usize) -> Self {
        Self((seed as u64 + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1)
    }

    /// A number below this one.
    fn below(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 >> 33).unwrap() % bound
    }
}

fn seconds() -> u64 {
    let text = std::env::var("SOAK_SECONDS").unwrap_or_else(|_| "6".to_owned());
    text.parse().unwrap_or_else(|_| panic!("SOAK_SECONDS is no number of seconds: {text}"))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn trouble_without_end_loses_nothing_doubles_nothing_and_leaves_nothing_behind() {
    let record = std::env::var_os("SOAK_RECORD").map(|_| begin());
    let emulator = Arc::new(Emulator::builder().token_lifetime(LIFETIME).start().await.unwrap());
    let counts = Arc::new(Counts::default());
    let trouble = Arc::new(Trouble::default());
    let end = Instant::now() + Duration::from_secs(seconds());

    let (tokens, unloc) = client(&emulator);
    let first_day = emulator.clock().now();
    let mut callers = JoinSet::new();
    for number in 0..CALLERS {
        let caller = Caller::new(number, unloc.clone(), first_day, Arc::clone(&counts)).await;
        callers.spawn(caller.run(end));
    }
    drop(unloc);
    let troubling = tokio::spawn(Arc::clone(&trouble).go_on(Arc::clone(&emulator), end));
    let watch = Watch::begin(Arc::clone(&emulator), Arc::clone(&counts)).until(end).await;

    let ledgers: Vec<Ledger> = callers.join_all().await;
    troubling.await.unwrap();
    emulator.faults().clear();
    let stats = tokens.stats();
    drop(tokens);
    no_task_is_left().await;

    let watch = watch.finish();
    let (made, late) = ledger::compare(&ledgers, &emulator.town(), first_day);
    let asked = watch.token_requests;
    // No print! of the test's: the summary is of interest where all is well, too.
    let summary = format!(
        "soak: {} s, {} calls, {} faults met, {} repeats, {asked} token requests, {made} keys ({late} late), {}",
        seconds(),
        counts.calls(),
        watch.faults,
        watch.requests.saturating_sub(counts.calls() + asked),
        watch.levels(),
    );
    let _ = writeln!(std::io::stderr(), "{summary}");

    watch.assert_level();
    let most = most_tokens(&watch, &trouble);
    assert!(asked <= most && stats.fetched <= most, "{asked} token requests, {} tokens, at most {most}", stats.fetched);
    let wanted = ["createKey", "updateKey", "getKey", "getKeys", "getKeysForUser", "getLockHolders"];
    assert!(made > 0 && watch.faults > 0 && wanted.iter().all(|name| watch.operations.contains(name)), "{summary}");
    if let Some(record) = record {
        let count = |number: u64| Spread::single(number as f64);
        let all = Row::new("", "all of it").with("calls", count(counts.calls())).with("faults", count(watch.faults));
        let rows = watch.rows().into_iter().chain([all]).collect();
        Record { rows, ..record }.write(root()).unwrap();
    }
}

/// Begins to write down what is seen, for `cargo xtask bench-report`.
fn begin() -> Record {
    let rustc = Command::new("rustc").arg("--version").output().expect("a compiler");
    let rustc = String::from_utf8(rustc.stdout).unwrap();
    let date = chrono::Utc::now().date_naive().to_string();
    let command = format!("SOAK_SECONDS={} SOAK_RECORD=1 cargo test --test soak", seconds());
    Record::begin(root(), "soak", date, command, rustc.split(' ').nth(1).unwrap_or("unknown")).unwrap()
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// One token each time that one has lived for three fifths of its life, which is earlier than it is renewed; one for each
/// that died before its time; and one more request for each that went wrong.
fn most_tokens(watch: &Watch, trouble: &Trouble) -> u64 {
    // One for no scope, one for each lock holder.
    let scopes = 4;
    let lives = watch.began.elapsed().as_secs_f64() / (LIFETIME.as_secs_f64() * 0.6);
    scopes * (lives as u64 + 2 + trouble.expirations()) + watch.dead_tokens + watch.token_faults + watch.missed
}

fn client(emulator: &Emulator) -> (TokenCache, Unloc) {
    let environment: Environment = emulator.base_url().parse().unwrap();
    let source = ClientCredentials::new(&environment, emulator.client_id(), emulator.client_secret()).unwrap();
    let tokens = TokenCache::new(source);
    let retry = RetryPolicy::default();
    let retry = retry.initial_backoff(Duration::from_millis(20)).max_backoff(Duration::from_millis(200));
    // Shorter than a silence, longer than what is merely slow.
    let options = RequestOptions::new().attempt_timeout(Duration::from_secs(1));
    let options = options.operation_timeout(Duration::from_secs(10)).retry(retry);
    let unloc = Unloc::builder().environment(environment).token_cache(tokens.clone()).options(options);
    (tokens, unloc.build().unwrap())
}

/// Whatever a client began ends when the last handle of it is gone.
async fn no_task_is_left() {
    let alive = || Handle::current().metrics().num_alive_tasks();
    let none = async {
        while alive() > 0 {
            sleep(Duration::from_millis(5)).await;
        }
    };
    assert!(timeout(Duration::from_secs(30), none).await.is_ok(), "{} tasks are left", alive());
}
