//! Asking again until something has happened.

use std::time::Duration;

use crate::error::{Error, ErrorKind, Outcome, Result};
use crate::http::config::ApiClient;
use crate::http::options::RequestOptions;
use crate::model::operation::Operation;
use crate::runtime::clock::share;
use crate::runtime::moment::Moment;

/// The bound of the first wait. Jobs of version 2 were seen to be done after 0.4 s and 0.8 s, and the service makes keys of
/// version 1 in the same way.
const FIRST_WAIT: Duration = Duration::from_millis(400);

/// The bound that waits grow to: a lock's vendor takes seconds, and nobody is served by more requests.
const LONGEST_WAIT: Duration = Duration::from_secs(5);

/// What an answer says about what is waited for.
pub(crate) enum Progress {
    /// It has happened.
    Reached,
    /// It may happen yet; what there is meanwhile, for an error.
    Pending(String),
    /// It will not happen by itself, for this reason.
    Never(String),
}

/// Asks until `judge` says that it is enough, with exponential backoff and jitter, within the operation timeout of the
/// client.
pub(crate) struct Poller<'a> {
    client: &'a ApiClient,
    /// The operation that is asked.
    operation: &'static Operation,
    begun: Moment,
    limit: Duration,
    polls: u32,
}

impl<'a> Poller<'a> {
    pub(crate) fn new(client: &'a ApiClient, operation: &'static Operation) -> Self {
        let limit = RequestOptions::new().merge(&client.config.options).operation_timeout;
        Self { client, operation, begun: client.config.clock.now(), limit, polls: 0 }
    }

    /// Asks until there is an answer that is enough.
    pub(crate) async fn poll<T, F: Future<Output = Result<T>>>(
        mut self,
        ask: impl Fn(RequestOptions) -> F,
        judge: impl Fn(&T) -> Progress,
    ) -> Result<T> {
        loop {
            let value = ask(self.options()).await?;
            let meanwhile = match judge(&value) {
                Progress::Reached => return Ok(value),
                Progress::Never(why) => return Err(self.failed(ErrorKind::State, why)),
                Progress::Pending(meanwhile) => meanwhile,
            };
            if !self.pause().await {
                let what = format!("{meanwhile} after {} s, the operation timeout", self.limit.as_secs_f64());
                return Err(self.failed(ErrorKind::Timeout, what));
            }
        }
    }

    /// The options of the next request: what is left of the time.
    pub(crate) fn options(&self) -> RequestOptions {
        RequestOptions::new().operation_timeout(self.left().max(Duration::from_millis(1)))
    }

    /// Waits before the next request; whether there is time for one.
    pub(crate) async fn pause(&mut self) -> bool {
        let clock = &self.client.config.clock;
        let bound = FIRST_WAIT.saturating_mul(1 << self.polls.min(16)).min(LONGEST_WAIT);
        self.polls += 1;
        // At least half of the bound: with no wait at all, an answer would be no news.
        let pause = bound / 2 + (bound / 2).mul_f64(share(clock.jitter()));
        if pause >= self.left() {
            return false;
        }
        clock.sleep(pause).await;
        true
    }

    /// The reads went well; what was waited for did not happen.
    fn failed(&self, kind: ErrorKind, what: String) -> Error {
        Error::new(kind, what).at_worst(Outcome::Rejected).during(self.operation)
    }

    fn left(&self) -> Duration {
        let passed = self.client.config.clock.now().steady.saturating_sub(self.begun.steady);
        self.limit.saturating_sub(passed)
    }
}
