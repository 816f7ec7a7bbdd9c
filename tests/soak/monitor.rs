//! Samples memory, sockets, tasks and the emulator's journal while the callers run.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::runtime::Handle;
use tokio::time::sleep;
use unloc_bench_record::{Row, Spread};
use unloc_emulator::Emulator;

use crate::callers::Counts;
use crate::{ALLOCATOR, CALLERS};

/// Limits how much memory may grow from the second quarter to the last, in bytes. A leaked task, body or connection per
/// call would exceed it by far.
const MORE_MEMORY: usize = 1 << 20;

/// Allows this much more memory for each new key, in bytes: the emulator and the callers' ledgers store them.
const MORE_FOR_A_KEY: usize = 1 << 10;

/// Limits how many more sockets and tasks there may be. Each caller may replace its connection at the same moment.
const MORE_SOCKETS: usize = 4 * CALLERS;

/// Holds the measurements of one moment.
#[derive(Clone, Copy)]
struct Sample {
    keys: usize,
    live: usize,
    /// Is the resident memory in bytes, or 0 where the system does not report it.
    resident: usize,
    sockets: usize,
    tasks: usize,
}

pub(crate) struct Monitor {
    emulator: Arc<Emulator>,
    counts: Arc<Counts>,
    pub(crate) started: Instant,
    samples: Vec<Sample>,
    last: u64,
    pub(crate) requests: u64,
    /// Counts requests that were not seen, because newer ones had replaced them in the journal.
    pub(crate) skipped: u64,
    pub(crate) faults: u64,
    pub(crate) token_requests: u64,
    pub(crate) token_faults: u64,
    pub(crate) injected_tokens: u64,
    pub(crate) operations: BTreeSet<&'static str>,
}

impl Monitor {
    pub(crate) fn start(emulator: Arc<Emulator>, counts: Arc<Counts>) -> Self {
        Self {
            emulator,
            counts,
            started: Instant::now(),
            samples: Vec::with_capacity(1 << 15),
            last: 0,
            requests: 0,
            skipped: 0,
            faults: 0,
            token_requests: 0,
            token_faults: 0,
            injected_tokens: 0,
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

    /// Reads the rest of the journal.
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
            self.injected_tokens += u64::from(fault.is_some_and(|fault| fault.ends_with("token")));
        }
        let newest = journal.last().map_or(0, |request| request.number);
        let oldest = journal.first().map_or(0, |request| request.number);
        self.skipped += oldest.saturating_sub(self.last + 1);
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

    /// Returns the samples of the second quarter and of the last. The first quarter is for warming up.
    fn quarters(&self) -> (&[Sample], &[Sample]) {
        let quarter = self.samples.len() / 4;
        (&self.samples[quarter..2 * quarter], &self.samples[3 * quarter..])
    }

    /// Returns the minimum memory of a quarter, since calls in flight add to it, and the maximum of sockets and tasks.
    fn of(samples: &[Sample]) -> Sample {
        let all = samples.iter().copied();
        let merge = |a: Sample, b: Sample| Sample {
            keys: a.keys.max(b.keys),
            live: a.live.min(b.live),
            resident: a.resident.min(b.resident),
            sockets: a.sockets.max(b.sockets),
            tasks: a.tasks.max(b.tasks),
        };
        all.reduce(merge).expect("a sample in each quarter")
    }

    /// Formats the figures of the second quarter and of the last, for the summary.
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

    /// Returns the same figures for the record, with their spread within each quarter.
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
        // The allowance is larger, because the allocator does not return all free memory to the system.
        assert!(late.resident <= early.resident + 32 * MORE_MEMORY + 2 * keys, "resident memory grows: {levels}");
        assert!(late.sockets <= early.sockets + MORE_SOCKETS, "sockets leak: {levels}");
        assert!(late.tasks <= early.tasks + MORE_SOCKETS, "tasks leak: {levels}");
    }
}

/// Returns the resident memory of the program in bytes, where the system reports it.
fn resident() -> Option<usize> {
    let text = std::fs::read_to_string("/proc/self/statm").ok()?;
    let pages: usize = text.split(' ').nth(1)?.parse().ok()?;
    Some(pages * 4096)
}
