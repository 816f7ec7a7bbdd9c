//! Limits the retries of a client, so that they do not multiply the traffic during an outage.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use url::Url;

use crate::runtime::moment::Moment;

/// Refills the budget with each successful call.
// In a partial outage, ten successful calls pay for one retry.
const REFILL_PER_SUCCESS: f64 = 0.1;

/// Refills the budget with each second.
// A client that makes few calls has few successes. Time alone refills the default budget of 20 in 200 s.
const REFILL_PER_SECOND: f64 = 0.1;

/// Limits the retries of a client to one host.
///
/// Each retry takes 1 from the budget. Each success adds 0.1 and each second adds 0.1, up to the budget's size. In a
/// total outage a client soon makes hardly any retries; some minutes later its budget is full again.
pub(crate) struct Budget {
    host: String,
    port: u16,
    size: f64,
    state: Mutex<State>,
}

struct State {
    available: f64,
    updated: Duration,
}

impl Budget {
    /// Returns a full budget for the host of this base URL.
    pub(crate) fn new(base: &Url, size: u32, now: Moment) -> Self {
        let (host, size) = (base.host_str().unwrap_or_default().to_owned(), f64::from(size));
        let port = base.port_or_known_default().unwrap_or_default();
        Self { host, port, size, state: Mutex::new(State { available: size, updated: now.steady }) }
    }

    /// Returns the host that the budget protects.
    pub(crate) fn host(&self) -> &str {
        &self.host
    }

    /// Returns the port of that host.
    pub(crate) fn port(&self) -> u16 {
        self.port
    }

    /// Takes one retry from the budget; returns `false` if less than one is available.
    pub(crate) fn take(&self, now: Moment) -> bool {
        self.update(now, |available| {
            let enough = *available >= 1.0;
            *available -= if enough { 1.0 } else { 0.0 };
            enough
        })
    }

    /// Refills the budget for a successful call.
    pub(crate) fn succeeded(&self, now: Moment) {
        self.update(now, |available| *available += REFILL_PER_SUCCESS);
    }

    fn update<T>(&self, now: Moment, update: impl FnOnce(&mut f64) -> T) -> T {
        // Nothing in here panics halfway, so the state behind a poisoned lock is sound.
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let passed = now.steady.saturating_sub(state.updated).as_secs_f64();
        // Another caller may have read the clock later. Going back would count the time in between twice.
        state.updated = now.steady.max(state.updated);
        state.available = (state.available + passed * REFILL_PER_SECOND).min(self.size);
        let outcome = update(&mut state.available);
        state.available = state.available.min(self.size);
        outcome
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: u64) -> Moment {
        Moment { steady: Duration::from_secs(seconds), wall: Duration::ZERO }
    }

    fn taken(budget: &Budget, now: Moment) -> usize {
        (0..100).filter(|_| budget.take(now)).count()
    }

    #[test]
    fn a_used_up_budget_refills_with_time_and_with_success() {
        let budget = Budget::new(&Url::parse("https://example.com/v1").unwrap(), 20, at(100));
        assert_eq!(taken(&budget, at(100)), 20);
        assert_eq!(taken(&budget, at(100)), 0);
        assert_eq!(taken(&budget, at(131)), 3, "0.1 for each second");
        for _ in 0..41 {
            budget.succeeded(at(131));
        }
        assert_eq!(taken(&budget, at(131)), 4, "0.1 for each success");
        assert_eq!(taken(&budget, at(99_999)), 20, "never more than its size");
        assert_eq!(taken(&budget, at(5)), 0, "a clock that goes back refills nothing");
    }

    #[test]
    fn a_budget_of_zero_allows_no_retry() {
        let budget = Budget::new(&Url::parse("https://example.com/v1").unwrap(), 0, at(0));
        budget.succeeded(at(1000));
        assert_eq!(taken(&budget, at(100_000)), 0);
    }
}
