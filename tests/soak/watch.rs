//! What is looked at from outside while the callers call: memory, sockets, tasks, and the emulator's journal.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::runtime::Handle;
use tokio::time::sleep;
use unloc_bench_record::{Row, Spread};
use unloc_emulator::Emulator;

use crate::callers::Counts;
use crate::{ALLOCATOR, CALLERS};

/// How much memory may be more in the last quarter than in the second. The town keeps its keys in the same program, and
/// the callers what they know of them; a task, a body or a connection for each call would be far more.
const MORE_MEMORY: usize = 1 << 20;
const MORE_FOR_A_KEY: usize = 1 << 10;

/// How many sockets and tasks may be more: each caller can have lost its connection at one moment by chance.
const MORE_SOCKETS: usize = 4 * CALLERS;

/// What there is at one moment.
#[derive(Clone, Copy)]
struct Sample {
    keys: usize,
    live: usize,
    /// Where the system tells.
    resident: usize,
    sockets: usize,
    tasks: usize,
}

pub(crate) struct Watch {
    emulator: Arc<Emulator>,
    counts: Arc<Counts>,
    pub(crate) began: Instant,
    samples: Vec<Sample>,
    last: u64,
    /// Requests so far, and those of them that were not seen because others took their place in the journal.
    pub(crate) requests: u64,
    pub(crate) missed: u64,
    pub(crate) faults: u64,
    pub(crate) token_requests: u64,
    pub(crate) token_faults: u64,
    pub(crate) dead_tokens: u64,
    pub(crate) operations: BTreeSet<&'static str>,
}

impl Watch {
    pub(crate) fn begin(emulator: Arc<Emulator>, counts: Arc<Counts>) -> Self {
        Self {
            emulator,
            counts,
            began: Instant::now(),
            samples: Vec::with_capacity(1 << 15),
            last: 0,
            requests: 0,
            missed: 0,
            faults: 0,
            token_requests: 0,
            token_faults: 0,
            dead_tokens: 0,
            operations: BTreeSet::new(),
        }
    }

    pub(crate) async fn until(mut self, end: Instant) -> Self {
        while Instant::now() < end {
            self.read_journal();
            self.samples.push(self.sample());
            sleep(Duration::from_millis(25)).await;
        }
        self
    }

    /// With what came last.
    pub(crate) fn finish(mut self) -> Self {
        self.read_journal();
        self
    }

    fn read_journal(&mut self) {
        let journal = self.emulator.requests();
        let new = journal.iter().filter(|request| request.number > self.last);
        for request in new {
            let (token, fault) = (request.operation == Some("getToken"), request.fault.as_deref());
            self.operations.extend(request.operation);
            self.faults += u64::from(fault.is_some());
            self.token_requests += u64::from(token);
            self.token_faults += u64::from(token && fault.is_some());
            self.dead_tokens += u64::from(fault.is_some_and(|fault| fault.ends_with("token")));
        }
        let newest = journal.last().map_or(0, |request| request.number);
        let oldest = journal.first().map_or(0, |request| request.number);
        self.missed += oldest.saturating_sub(self.last + 1);
        (self.last, self.requests) = (newest, newest);
    }

    fn sample(&self) -> Sample {
        let memory = ALLOCATOR.stats();
        Sample {
            keys: self.counts.keys(),
            live: memory.bytes_allocated - memory.bytes_deallocated,
            resident: resident().unwrap_or_default(),
            sockets: std::fs::read_dir("/proc/self/fd").map_or(0, Iterator::count),
            tasks: Handle::current().metrics().num_alive_tasks(),
        }
    }

    /// The second quarter, behind a time to warm up, and the last.
    fn quarters(&self) -> (&[Sample], &[Sample]) {
        let quarter = self.samples.len() / 4;
        (&self.samples[quarter..2 * quarter], &self.samples[3 * quarter..])
    }

    /// The least memory of a quarter, since what is under way comes and goes; and the most sockets and tasks.
    fn of(samples: &[Sample]) -> Sample {
        let all = samples.iter().copied();
        let most = |a: Sample, b: Sample| Sample {
            keys: a.keys.max(b.keys),
            live: a.live.min(b.live),
            resident: a.resident.min(b.resident),
            sockets: a.sockets.max(b.sockets),
            tasks: a.tasks.max(b.tasks),
        };
        all.reduce(most).expect("a sample in each quarter")
    }

    /// Figures, for the summary: those of the second quarter and of the last.
    pub(crate) fn levels(&self) -> String {
        let (early, late) = self.quarters();
        let (early, late) = (Self::of(early), Self::of(late));
        let pair = |name: &str, unit: &str, early: usize, late: usize| format!("{name} {early} → {late}{unit}");
        [
            pair("keys", "", early.keys, late.keys),
            pair("memory", " kB", early.live / 1000, late.live / 1000),
            pair("resident", " kB", early.resident / 1000, late.resident / 1000),
            pair("sockets", "", early.sockets, late.sockets),
            pair("tasks", "", early.tasks, late.tasks),
        ]
        .join(", ")
    }

    /// The same for the record, with what comes and goes within a quarter.
    pub(crate) fn rows(&self) -> Vec<Row> {
        let (early, late) = self.quarters();
        let row = |name: &str, samples: &[Sample]| {
            let spread = |value: fn(&Sample) -> usize| Spread::of(samples.iter().map(|sample| value(sample) as f64));
            Row::new("", name)
                .with("memory, kB", spread(|sample| sample.live / 1000))
                .with("resident, kB", spread(|sample| sample.resident / 1000))
                .with("sockets", spread(|sample| sample.sockets))
                .with("tasks", spread(|sample| sample.tasks))
                .with("keys asked for", spread(|sample| sample.keys))
        };
        vec![row("second quarter", early), row("last quarter", late)]
    }

    pub(crate) fn assert_level(&self) {
        let (early, late) = self.quarters();
        let (early, late) = (Self::of(early), Self::of(late));
        let keys = (late.keys - early.keys) * MORE_FOR_A_KEY;
        let levels = self.levels();
        assert!(late.live <= early.live + MORE_MEMORY + keys, "memory grows: {levels}");
        // What the allocator does not give back to the system is beyond us.
        assert!(late.resident <= early.resident + 32 * MORE_MEMORY + 2 * keys, "the program grows: {levels}");
        assert!(late.sockets <= early.sockets + MORE_SOCKETS, "sockets are left open: {levels}");
        assert!(late.tasks <= early.tasks + MORE_SOCKETS, "tasks are left behind: {levels}");
    }
}

/// How much of the machine's memory the program holds.
fn resident() -> Option<usize> {
    let text = std::fs::read_to_string("/proc/self/statm").ok()?;
    let pages: usize = text.split(' ').nth(1)?.parse().ok()?;
    Some(pages * 4096)
}
