//! How many repeats a client may afford.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use reqwest::Url;

use crate::runtime::moment::Moment;

/// What comes back with each success: under a partial outage, one retry in ten calls.
const PER_SUCCESS: f64 = 0.1;
/// What comes back with each second: a client that makes few calls has its retries again after minutes.
const PER_SECOND: f64 = 0.1;

/// Repeats in reserve, for one host. Each repeat costs one; a tenth comes back with each success, and a tenth with each
/// second: under a total outage nearly nothing is repeated, and an hour later the reserve is full again.
pub(crate) struct Budget {
    host: String,
    port: u16,
    most: f64,
    state: Mutex<State>,
}

struct State {
    left: f64,
    at: Duration,
}

impl Budget {
    /// A budget for the host of this address.
    pub(crate) fn new(base: &Url, most: u32, now: Moment) -> Self {
        let (host, most) = (base.host_str().unwrap_or_default().to_owned(), f64::from(most));
        let port = base.port_or_known_default().unwrap_or_default();
        Self { host, port, most, state: Mutex::new(State { left: most, at: now.steady }) }
    }

    /// Whose it is.
    pub(crate) fn host(&self) -> &str {
        &self.host
    }

    pub(crate) fn port(&self) -> u16 {
        self.port
    }

    /// Takes one repeat, if there is one.
    pub(crate) fn take(&self, now: Moment) -> bool {
        self.change(now, |left| {
            let enough = *left >= 1.0;
            *left -= if enough { 1.0 } else { 0.0 };
            enough
        })
    }

    /// A call succeeded.
    pub(crate) fn succeeded(&self, now: Moment) {
        self.change(now, |left| *left += PER_SUCCESS);
    }

    fn change<T>(&self, now: Moment, change: impl FnOnce(&mut f64) -> T) -> T {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let passed = now.steady.saturating_sub(state.at).as_secs_f64();
        state.at = now.steady.max(state.at);
        state.left = (state.left + passed * PER_SECOND).min(self.most);
        let outcome = change(&mut state.left);
        state.left = state.left.min(self.most);
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
    fn a_budget_is_used_up_and_comes_back_with_time_and_with_success() {
        let budget = Budget::new(&Url::parse("https://example.com/v1").unwrap(), 20, at(100));
        assert_eq!(taken(&budget, at(100)), 20);
        assert_eq!(taken(&budget, at(100)), 0);
        assert_eq!(taken(&budget, at(131)), 3, "a tenth a second");
        for _ in 0..41 {
            budget.succeeded(at(131));
        }
        assert_eq!(taken(&budget, at(131)), 4, "a tenth a success");
        assert_eq!(taken(&budget, at(99_999)), 20, "and never more than it began with");
        assert_eq!(taken(&budget, at(5)), 0, "also for a clock that goes back");
    }

    #[test]
    fn a_budget_of_nothing_has_no_repeat() {
        let budget = Budget::new(&Url::parse("https://example.com/v1").unwrap(), 0, at(0));
        budget.succeeded(at(1000));
        assert_eq!(taken(&budget, at(100_000)), 0);
    }
}
