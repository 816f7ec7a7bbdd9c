//! What goes wrong.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use tokio::time::sleep;
use unloc_emulator::{Emulator, Fault};

use crate::Dice;

/// The operations that are struck, besides that of the tokens: this is struck seldom, since everything waits for it.
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

/// How many faults wait for their call at once.
const MOST: usize = 24;

#[derive(Default)]
pub(crate) struct Trouble {
    expirations: AtomicU64,
}

impl Trouble {
    /// How often all tokens died at once.
    pub(crate) fn expirations(&self) -> u64 {
        self.expirations.load(Ordering::SeqCst)
    }

    /// One fault after the other, and now and then the end of all tokens.
    pub(crate) async fn go_on(self: Arc<Self>, emulator: Arc<Emulator>, end: Instant) {
        let mut dice = Dice::new(4711);
        while Instant::now() < end {
            let faults = emulator.faults();
            // Whoever waits longest waits for a call that is seldom made.
            if let Some(oldest) = faults.list().first().filter(|_| faults.list().len() == MOST) {
                faults.remove(oldest.id);
            }
            faults.add(fault(&mut dice)).unwrap();
            if dice.below(200) == 0 {
                self.expirations.fetch_add(1, Ordering::SeqCst);
                emulator.expire_tokens();
            }
            // The pace of trouble, so that between two faults something succeeds.
            sleep(Duration::from_millis(15)).await;
        }
    }
}

fn fault(dice: &mut Dice) -> Fault {
    let operation = if dice.below(60) == 0 { "getToken" } else { OPERATIONS[dice.below(OPERATIONS.len())] };
    let pause = Duration::from_secs(1);
    let fault = match dice.below(80) {
        // These few cost somebody a second each.
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
        58..72 => Fault::delay(Duration::from_millis(10 + dice.below(150) as u64)),
        _ if operation == "getToken" => Fault::status(500),
        72..76 => Fault::expired_token(),
        _ => Fault::revoked_token(),
    };
    fault.on(operation)
}
