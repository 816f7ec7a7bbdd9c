//! Reads the options of a row.

use std::time::Duration;

use serde::Deserialize;
use unloc::{RetryPolicy, UnlocBuilder};

use crate::faults::timeouts;

/// Is how often the timeouts of a row fit into those of this runner.
///
/// The manual clock takes only whole seconds for timeouts, and the rows have tenths of a second, since the JavaScript
/// runner waits for them in real time. A token request has ten seconds here as well, so a row in which one stalls needs
/// an operation timeout of less than a second.
const SCALE: u32 = 10;

/// Configures the client. What a row does not set has its default.
#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct Options {
    #[serde(default)]
    timeouts: Timeouts,
    #[serde(default)]
    pub(super) retry: Retry,
    retry_budget: Option<u32>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Timeouts {
    attempt_ms: Option<u32>,
    operation_ms: Option<u32>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct Retry {
    max_attempts: Option<u32>,
    pub(super) initial_backoff_ms: Option<u64>,
    max_backoff_ms: Option<u64>,
    max_retry_after_ms: Option<u64>,
}

impl Options {
    /// Returns the builder with these options.
    pub(super) fn configure(&self, builder: UnlocBuilder, initial_backoff_ms: u64) -> UnlocBuilder {
        let retry = &self.retry;
        let initial = retry.initial_backoff_ms.unwrap_or(initial_backoff_ms);
        let mut policy = RetryPolicy::default().initial_backoff(Duration::from_millis(initial));
        if let Some(attempts) = retry.max_attempts {
            policy = policy.max_attempts(attempts);
        }
        if let Some(limit) = retry.max_backoff_ms {
            policy = policy.max_backoff(Duration::from_millis(limit));
        }
        if let Some(limit) = retry.max_retry_after_ms {
            policy = policy.max_retry_after(Duration::from_millis(limit));
        }
        let mut options = timeouts().retry(policy);
        if let Some(limit) = self.timeouts.attempt_ms {
            options = options.attempt_timeout(scaled(limit));
        }
        if let Some(limit) = self.timeouts.operation_ms {
            options = options.operation_timeout(scaled(limit));
        }
        let builder = builder.options(options);
        self.retry_budget.into_iter().fold(builder, UnlocBuilder::retry_budget)
    }
}

/// Returns how long so many milliseconds of a row are here.
pub(super) fn scaled(milliseconds: u32) -> Duration {
    let time = Duration::from_millis(milliseconds.into()) * SCALE;
    assert_eq!(time.subsec_nanos(), 0, "{milliseconds} ms are no tenths of a second");
    time
}
