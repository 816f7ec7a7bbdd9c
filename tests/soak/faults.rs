//! Injects faults into the emulator.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use tokio::time::sleep;
use unloc_emulator::{Emulator, Fault};

use crate::Random;

/// Lists the operations that get faults, by frequency. `getToken` gets few of its own, because all calls wait for it.
const OPERATIONS: [&str; 11] = [
    "createKey",
    "createKey",
    "createKey",
    "createKey",
    "updateKey",
    "updateKey",
    "getKey",
    "getKeys",
    "getKeys",
    "getKeysForUser",
    "getLockHolders",
];

/// Limits the faults that are pending at the same time.
const MAX_PENDING: usize = 24;

#[derive(Default)]
pub(crate) struct FaultInjector {
    expirations: AtomicU64,
}

impl FaultInjector {
    /// Returns how often all tokens were expired at once.
    pub(crate) fn expirations(&self) -> u64 {
        self.expirations.load(Ordering::SeqCst)
    }

    /// Adds faults until `end`, and expires all tokens now and then.
    pub(crate) async fn inject(self: Arc<Self>, emulator: Arc<Emulator>, end: Instant) {
        let mut random = Random::new(4711);
        while Instant::now() < end {
            let faults = emulator.faults();
            // The oldest pending fault waits for a rare call, so it makes room for a new one.
            if let Some(oldest) = faults.list().first().filter(|_| faults.list().len() == MAX_PENDING) {
                faults.remove(oldest.id);
            }
            faults.add(fault(&mut random)).unwrap();
            if random.below(200) == 0 {
                self.expirations.fetch_add(1, Ordering::SeqCst);
                emulator.expire_tokens();
            }
            // Some calls have to succeed between two faults.
            sleep(Duration::from_millis(15)).await;
        }
    }
}

fn fault(random: &mut Random) -> Fault {
    let operation = if random.below(60) == 0 { "getToken" } else { OPERATIONS[random.below(OPERATIONS.len())] };
    let pause = Duration::from_secs(1);
    let fault = match random.below(80) {
        // These are rare, because each delays a caller by a second.
        0 => Fault::rate_limited(pause),
        1 => Fault::status(503).retry_after(pause),
        2 => Fault::silence(),
        3 => Fault::silence().carried_out(),
        4..12 => Fault::status(503),
        12..18 => Fault::status(500).carried_out(),
        18..24 => Fault::html(502).carried_out(),
        24..34 => Fault::reset(),
        34..44 => Fault::reset().carried_out(),
        44..52 => Fault::half_body(),
        52..58 => Fault::wrong_length(),
        58..72 => Fault::delay(Duration::from_millis(10 + random.below(150) as u64)),
        _ if operation == "getToken" => Fault::status(500),
        72..76 => Fault::expired_token(),
        _ => Fault::revoked_token(),
    };
    fault.on(operation)
}
