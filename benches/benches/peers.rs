//! The same job through `unloc` and through clients that OpenAPI Generator makes of the same specs: a token, one lock,
//! and all keys of a lock holder page by page. Each is a program of its own, which `benches/peers/prepare.py` makes;
//! without them nothing is measured, and nothing fails.

use std::process::{ExitCode, Stdio};
use std::thread;

use tokio::runtime::Builder;
use unloc_benches::peer::{Answer, Peer, Running};
use unloc_benches::{Plan, Result, Row, Spread, stay_on_a_processor};
use unloc_emulator::{Emulator, Quirk};

/// The first is the one that the others are compared with.
const PEERS: [Peer; 3] = [
    Peer { name: "unloc", folder: "unloc", source: include_str!("../peers/unloc/home.rs") },
    Peer { name: "generated Rust", folder: "openapi-rust", source: include_str!("../peers/openapi-rust/home.rs") },
    Peer {
        name: "generated TypeScript",
        folder: "openapi-typescript",
        source: include_str!("../peers/openapi-typescript/home.ts"),
    },
];
/// How many keys the town has; the first lock holder has two fifths of them.
const KEYS: usize = 5_000;
const PAGE: usize = 100;
/// How often a round reads the lock, and the list.
const LOCKS: usize = 200;
const LISTS: usize = 5;
/// How many rounds' worth of work is done before anything counts, so that node has compiled what it runs often.
const WARM: usize = 10;

fn main() -> ExitCode {
    if !PEERS.iter().all(Peer::is_prepared) {
        println!("SKIPPED: python3 benches/peers/prepare.py makes the peers");
        return ExitCode::SUCCESS;
    }
    unloc_benches::main("peers", |plan| {
        let emulator = emulator()?;
        stay_on_a_processor(<[usize]>::first);
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

/// A town whose clock stands still, so that all read the same, on another processor than the rest if there are two.
fn emulator() -> Result<Emulator> {
    let start = || {
        stay_on_a_processor(<[usize]>::last);
        let runtime = Builder::new_current_thread().enable_all().build()?;
        let started = runtime.block_on(Emulator::builder().keys(KEYS).speed(0.0).start());
        started.map_err(std::io::Error::other)
    };
    // By a thread of its own, as whoever has chosen a processor cannot choose another one.
    let started = thread::scope(|threads| threads.spawn(start).join());
    Ok(started.map_err(|_| "the emulator did not start")??)
}

/// What the peers have to know, and what they have to find.
struct Job {
    settings: Vec<(&'static str, String)>,
    keys: usize,
}

impl Job {
    fn of(emulator: &Emulator) -> Result<Self> {
        let town = emulator.town();
        let holder = town.lock_holders.first().ok_or("a town without a lock holder")?;
        let locks: Vec<&str> =
            town.locks.iter().filter(|lock| lock.lock_holder_id == holder.id).map(|lock| lock.id.as_str()).collect();
        let keys = town.keys.iter().filter(|key| !key.shared && locks.contains(&key.lock_id.as_str())).count();
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

    /// Each peer reads the lock and the list. Gives the processor time that a lock and a page took of each.
    fn round(&self, plan: Plan, running: &mut [Running], number: usize) -> Result<(Vec<f64>, Vec<f64>)> {
        let (locks, lists) = (plan.calls(LOCKS), plan.calls(LISTS));
        let lock = in_turn(running, number, |peer| peer.order("lock", locks))?;
        agree(&lock, locks)?;
        let list = in_turn(running, number, |peer| peer.order("keys", lists))?;
        agree(&list, lists * self.keys)?;
        let pages = self.keys.div_ceil(PAGE) as f64;
        let each = |answers: &[Answer], calls: f64| answers.iter().map(|took| took.cpu / calls).collect();
        Ok((each(&lock, 1.0), each(&list, pages)))
    }

    /// Of how many quirks of the service each peer cannot do the job, or reads something else than `unloc`.
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

    /// What it reads; what it complains of, where it cannot, is of no interest.
    fn read_all(&self, peer: &Peer) -> Result<[u64; 2]> {
        let mut running = peer.start(&self.settings, Stdio::null())?;
        let sums = [running.order("lock", 1)?.sum, running.order("keys", 1)?.sum];
        running.end()?;
        Ok(sums)
    }
}

/// Begins every other round with the last one: what comes first finds another machine than what comes last.
fn in_turn<T, R>(all: &mut [T], round: usize, mut work: impl FnMut(&mut T) -> Result<R>) -> Result<Vec<R>> {
    if round.is_multiple_of(2) {
        return all.iter_mut().map(work).collect();
    }
    let mut done = all.iter_mut().rev().map(&mut work).collect::<Result<Vec<R>>>()?;
    done.reverse();
    Ok(done)
}

/// Who reads something else than the others, or not all of it, has not done the job.
fn agree(answers: &[Answer], count: usize) -> Result<()> {
    let first = answers.first().map(|answer| answer.sum);
    match answers.iter().zip(&PEERS).find(|(answer, _)| answer.count != count as u64 || Some(answer.sum) != first) {
        Some((answer, peer)) => Err(format!("{} has read {answer:?}, of {count}; all: {answers:?}", peer.name).into()),
        None => Ok(()),
    }
}

/// A row for each peer, each round compared within itself.
fn compared(group: &str, rounds: &[Vec<f64>]) -> Vec<Row> {
    let row = |(place, peer): (usize, &Peer)| {
        Row::new(group, peer.name)
            .with("CPU, µs", Spread::of(rounds.iter().map(|round| round[place])))
            .with("CPU to unloc", Spread::of(rounds.iter().map(|round| round[place] / round[0])))
    };
    PEERS.iter().enumerate().map(row).collect()
}
