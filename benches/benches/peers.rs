//! Compares `unloc` with clients that OpenAPI Generator generates from the same specs.
//!
//! The job is to fetch a token, to read one lock, and to read all keys of a lock holder page by page. Each client is a
//! program of its own, which `benches/peers/prepare.py` builds. Without them nothing is measured, and nothing fails.

use std::process::{ExitCode, Stdio};
use std::thread;

use tokio::runtime::Builder;
use unloc_benches::peer::{Measurement, Peer, Running};
use unloc_benches::{Plan, Result, Row, Spread, pin_to_a_processor};
use unloc_emulator::{Emulator, Quirk};

/// Lists the programs. The others are compared with the first.
const PEERS: [Peer; 3] = [
    Peer { name: "unloc", folder: "unloc", source: include_str!("../peers/unloc/home.rs") },
    Peer { name: "generated Rust", folder: "openapi-rust", source: include_str!("../peers/openapi-rust/home.rs") },
    Peer {
        name: "generated TypeScript",
        folder: "openapi-typescript",
        source: include_str!("../peers/openapi-typescript/home.ts"),
    },
];
/// Is the number of keys in the emulator. The first lock holder has two fifths of them.
const KEYS: usize = 5_000;
const PAGE: usize = 100;
/// Is the number of times that a round reads the lock.
const LOCKS: usize = 200;
/// Is the number of times that a round reads the list.
const LISTS: usize = 5;
/// Is the number of warm-up rounds, in which node's JIT compiles the hot code.
const WARM: usize = 10;

fn main() -> ExitCode {
    if !PEERS.iter().all(Peer::is_prepared) {
        println!("SKIPPED: the programs are missing; python3 benches/peers/prepare.py builds them");
        return ExitCode::SUCCESS;
    }
    unloc_benches::main("peers", |plan| {
        let emulator = emulator()?;
        pin_to_a_processor(<[usize]>::first);
        let job = Job::of(&emulator)?;
        let mut running =
            PEERS.iter().map(|peer| peer.start(&job.settings, Stdio::inherit())).collect::<Result<Vec<_>>>()?;
        for _ in 0..if plan.is_smoke() { 0 } else { WARM } {
            job.round(plan, &mut running, 0)?;
        }
        let (mut locks, mut pages) = (Vec::new(), Vec::new());
        for number in 0..plan.rounds {
            let (lock, page) = job.round(plan, &mut running, number)?;
            locks.push(lock);
            pages.push(page);
        }
        running.into_iter().try_for_each(Running::end)?;
        let mut rows = compared("getLock", &locks);
        rows.extend(compared(&format!("a page of {PAGE} keys"), &pages));
        for (peer, stopped) in PEERS.iter().zip(job.stopped_by_quirks(&emulator, plan)) {
            let count = |number: usize| Spread::single(number as f64);
            let row = Row::new("the whole job", peer.name).with("lines a user writes", count(peer.lines()));
            rows.push(row.with(&format!("stopped by, of {} quirks", Quirk::ALL.len()), count(stopped)));
        }
        Ok(rows)
    })
}

/// Starts an emulator with a stopped clock, so that all programs read the same data, on another processor if there are
/// two.
fn emulator() -> Result<Emulator> {
    let start = || {
        pin_to_a_processor(<[usize]>::last);
        let runtime = Builder::new_current_thread().enable_all().build()?;
        let started = runtime.block_on(Emulator::builder().keys(KEYS).speed(0.0).start());
        started.map_err(std::io::Error::other)
    };
    // In a new thread, because a thread that is pinned cannot be pinned to another processor.
    let started = thread::scope(|threads| threads.spawn(start).join());
    Ok(started.map_err(|_| "the emulator did not start")??)
}

/// Holds the settings of the programs and the number of keys that they should read.
struct Job {
    settings: Vec<(&'static str, String)>,
    keys: usize,
}

impl Job {
    fn of(emulator: &Emulator) -> Result<Self> {
        let data = emulator.snapshot();
        let holder = data.lock_holders.first().ok_or("the emulator has no lock holder")?;
        let locks: Vec<&str> =
            data.locks.iter().filter(|lock| lock.lock_holder_id == holder.id).map(|lock| lock.id.as_str()).collect();
        let keys = data.keys.iter().filter(|key| !key.shared && locks.contains(&key.lock_id.as_str())).count();
        let settings = vec![
            ("PEER_URL", emulator.base_url().to_owned()),
            ("PEER_CLIENT_ID", emulator.client_id().to_owned()),
            ("PEER_CLIENT_SECRET", emulator.client_secret().to_owned()),
            ("PEER_LOCK_HOLDER", holder.id.clone()),
            ("PEER_SCOPE", holder.scope.clone()),
            ("PEER_LOCK", (*locks.first().ok_or("a lock holder without a lock")?).to_owned()),
        ];
        Ok(Self { settings, keys })
    }

    /// Lets each program read the lock and the list. Returns the processor times per lock and per page.
    fn round(&self, plan: Plan, running: &mut [Running], number: usize) -> Result<(Vec<f64>, Vec<f64>)> {
        let (locks, lists) = (plan.calls(LOCKS), plan.calls(LISTS));
        let lock = in_turn(running, number, |peer| peer.run("lock", locks))?;
        agree(&lock, locks)?;
        let list = in_turn(running, number, |peer| peer.run("keys", lists))?;
        agree(&list, lists * self.keys)?;
        let pages = self.keys.div_ceil(PAGE) as f64;
        let each =
            |measurements: &[Measurement], calls: f64| measurements.iter().map(|took| took.cpu / calls).collect();
        Ok((each(&lock, 1.0), each(&list, pages)))
    }

    /// Counts the quirks with which each program fails or reads other data than `unloc`.
    fn stopped_by_quirks(&self, emulator: &Emulator, plan: Plan) -> Vec<usize> {
        let mut stopped = vec![0; PEERS.len()];
        let quirks = if plan.is_smoke() { &[] } else { Quirk::ALL };
        for &quirk in quirks {
            emulator.set_quirks([quirk]);
            let mut expected = None;
            for (peer, stopped) in PEERS.iter().zip(&mut stopped) {
                let read = self.read_all(peer).ok();
                if read.is_none() || *expected.get_or_insert(read) != read {
                    println!("{quirk} stops {}", peer.name);
                    *stopped += 1;
                }
            }
        }
        emulator.set_quirks([]);
        stopped
    }

    /// Returns the checksums of what a program reads. Its error output is discarded.
    fn read_all(&self, peer: &Peer) -> Result<[u64; 2]> {
        let mut running = peer.start(&self.settings, Stdio::null())?;
        let sums = [running.run("lock", 1)?.sum, running.run("keys", 1)?.sum];
        running.end()?;
        Ok(sums)
    }
}

/// Runs `work` for each program, in reverse order every other round, because the first finds the machine in another
/// state.
fn in_turn<T, R>(all: &mut [T], round: usize, mut work: impl FnMut(&mut T) -> Result<R>) -> Result<Vec<R>> {
    if round.is_multiple_of(2) {
        return all.iter_mut().map(work).collect();
    }
    let mut done = all.iter_mut().rev().map(&mut work).collect::<Result<Vec<R>>>()?;
    done.reverse();
    Ok(done)
}

/// Fails if a program has read other data than the first, or not all of it.
fn agree(measurements: &[Measurement], count: usize) -> Result<()> {
    let first = measurements.first().map(|measured| measured.sum);
    match measurements
        .iter()
        .zip(&PEERS)
        .find(|(measured, _)| measured.count != count as u64 || Some(measured.sum) != first)
    {
        Some((measured, peer)) => {
            Err(format!("{} has read {measured:?} instead of {count} items; all: {measurements:?}", peer.name).into())
        }
        None => Ok(()),
    }
}

/// Returns a row for each program, with ratios computed within each round.
fn compared(group: &str, rounds: &[Vec<f64>]) -> Vec<Row> {
    let row = |(place, peer): (usize, &Peer)| {
        Row::new(group, peer.name)
            .with("CPU, µs", Spread::of(rounds.iter().map(|round| round[place])))
            .with("CPU to unloc", Spread::of(rounds.iter().map(|round| round[place] / round[0])))
    };
    PEERS.iter().enumerate().map(row).collect()
}
