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
        let mut meanwhile: Option<String> = None;
        loop {
            match (ask(self.options()).await, meanwhile.take()) {
                // What is known says more than that the last answer came too late.
                (Err(error), Some(before)) if error.kind() == ErrorKind::Timeout => return Err(self.late(&before)),
                (Err(error), _) => return Err(error),
                (Ok(value), _) => match judge(&value) {
                    Progress::Reached => return Ok(value),
                    Progress::Never(why) => return Err(self.failed(ErrorKind::State, why)),
                    Progress::Pending(now) => {
                        if !self.pause().await {
                            return Err(self.late(&now));
                        }
                        meanwhile = Some(now);
                    }
                },
            }
        }
    }

    /// The options of the next request: what is left of the time.
    pub(crate) fn options(&self) -> RequestOptions {
        let options = RequestOptions::new();
        // One of zero is refused by the call.
        if self.limit.is_zero() {
            options
        } else {
            options.operation_timeout(self.left().max(Duration::from_millis(1)))
        }
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

    fn late(&self, meanwhile: &str) -> Error {
        let what = format!("{meanwhile} after {} s, the operation timeout", self.limit.as_secs_f64());
        self.failed(ErrorKind::Timeout, what)
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

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering};

    use reqwest::header::HeaderValue;
    use tokio::time::Instant;

    use super::*;
    use crate::http::config::ClientConfig;
    use crate::http::retry::Budget;
    use crate::model::integrator::operations::GET_KEY;
    use crate::runtime::clock::Clock;
    use crate::runtime::clock::tests::Manual;

    fn client(jitter: f64, options: RequestOptions) -> ApiClient {
        let (base, clock) = ("https://api.unloc.app/".parse().unwrap(), Arc::new(Manual::with_jitter(jitter)));
        let budget = Arc::new(Budget::new(&base, 0, clock.now()));
        let config = ClientConfig { base, clock, budget, options, user_agent: HeaderValue::from_static("x") };
        ApiClient { http: reqwest::Client::new(), config: Arc::new(config), tokens: None }
    }

    /// Polls for what is there at the `last` poll; returns what came of it, and when there were polls, in milliseconds.
    async fn polled(client: &ApiClient, last: usize, end: fn() -> Progress) -> (Result<usize>, Vec<u128>) {
        let (begun, count, times) = (Instant::now(), AtomicUsize::new(0), std::sync::Mutex::new(Vec::new()));
        let ask = |_| {
            times.lock().unwrap().push(begun.elapsed().as_millis());
            let number = count.fetch_add(1, Ordering::SeqCst) + 1;
            async move { Ok(number) }
        };
        let judge =
            |number: &usize| if *number == last { end() } else { Progress::Pending("it is not there".to_owned()) };
        let result = Poller::new(client, &GET_KEY).poll(ask, judge).await;
        (result, times.into_inner().unwrap())
    }

    #[tokio::test(start_paused = true)]
    async fn waits_double_up_to_a_bound_and_spread_over_their_upper_half() {
        let client = |jitter| client(jitter, RequestOptions::new());
        let (found, times) = polled(&client(1.0), 7, || Progress::Reached).await;
        assert_eq!(found.unwrap(), 7);
        assert_eq!(times, [0, 400, 1_200, 2_800, 6_000, 11_000, 16_000]);
        let (_, times) = polled(&client(0.0), 7, || Progress::Reached).await;
        assert_eq!(times, [0, 200, 600, 1_400, 3_000, 5_500, 8_000]);
    }

    #[tokio::test(start_paused = true)]
    async fn it_ends_with_the_operation_timeout_and_says_what_there_was() {
        let seconds = |seconds| client(1.0, RequestOptions::new().operation_timeout(Duration::from_secs(seconds)));
        let begun = Instant::now();
        let (error, times) = polled(&seconds(3), usize::MAX, || Progress::Reached).await;
        let error = error.unwrap_err();
        assert_eq!((error.kind(), error.outcome()), (ErrorKind::Timeout, Outcome::Rejected));
        assert_eq!(error.to_string(), "getKey: it is not there after 3 s, the operation timeout");
        assert_eq!((times.len(), begun.elapsed() < Duration::from_secs(3)), (4, true));
    }

    #[tokio::test(start_paused = true)]
    async fn what_will_not_happen_ends_it_at_once() {
        let client = client(1.0, RequestOptions::new());
        let (error, times) = polled(&client, 2, || Progress::Never("it is gone".to_owned())).await;
        let error = error.unwrap_err();
        assert_eq!((error.kind(), error.is_transient(), error.is_retryable()), (ErrorKind::State, false, false));
        assert_eq!((error.to_string(), times.len()), ("getKey: it is gone".to_owned(), 2));
    }
}
