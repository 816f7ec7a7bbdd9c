//! Polls the service until a state is reached.

use std::time::Duration;

use futures_util::future::select;

use crate::error::{Error, ErrorKind, Outcome, Result};
use crate::http::config::ApiClient;
use crate::http::options::{CallOptions, Cancelled, RequestOptions};
use crate::model::operation::Operation;
use crate::runtime::clock::share;
use crate::runtime::moment::Moment;

/// Bounds the first wait.
// Jobs of the API's version 2 were observed to finish after 0.4 s and 0.8 s. The service creates keys of version 1 in
// the same way.
const INITIAL_WAIT: Duration = Duration::from_millis(400);

/// Bounds all waits.
// The vendor of a lock takes seconds. More frequent requests would only load the service.
const MAX_WAIT: Duration = Duration::from_secs(5);

/// Judges a polled value.
pub(crate) enum Progress {
    /// The state is reached.
    Reached,
    /// The state may still be reached; the text describes the current one, for an error.
    Pending(String),
    /// The state will not be reached by itself, for this reason.
    Never(String),
}

/// Polls with exponential backoff and jitter, within the operation timeout of the client.
pub(crate) struct Poller<'a> {
    client: &'a ApiClient,
    /// Names the operation that is polled.
    operation: &'static Operation,
    started: Moment,
    timeout: Duration,
    cancelled: Option<Cancelled>,
    polls: u32,
}

impl<'a> Poller<'a> {
    pub(crate) fn new(client: &'a ApiClient, operation: &'static Operation) -> Self {
        Self::with_options(client, operation, &RequestOptions::new())
    }

    /// Returns a poller whose operation timeout these options may set.
    pub(crate) fn with_options(client: &'a ApiClient, operation: &'static Operation, options: &RequestOptions) -> Self {
        let CallOptions { operation_timeout: timeout, cancelled, .. } = options.clone().merge(&client.config.options);
        Self { client, operation, started: client.config.clock.now(), timeout, cancelled, polls: 0 }
    }

    /// Polls until `judge` says that the state is reached, or will not be.
    pub(crate) async fn poll<T, F: Future<Output = Result<T>>>(
        mut self,
        fetch: impl Fn(RequestOptions) -> F,
        judge: impl Fn(&T) -> Progress,
    ) -> Result<T> {
        let mut last_state: Option<String> = None;
        loop {
            match (fetch(self.options()).await, last_state.take()) {
                // The last known state says more than that one poll timed out.
                (Err(error), Some(last)) if error.kind() == ErrorKind::Timeout => return Err(self.timed_out(&last)),
                // As a call by itself, it would say that nothing was sent.
                (Err(error), Some(last)) if error.kind() == ErrorKind::Cancelled => {
                    return Err(self.failed(ErrorKind::Cancelled, format!("the wait was cancelled while {last}")));
                }
                (Err(error), _) => return Err(error),
                (Ok(value), _) => match judge(&value) {
                    Progress::Reached => return Ok(value),
                    Progress::Never(why) => return Err(self.failed(ErrorKind::State, why)),
                    Progress::Pending(state) => {
                        if !self.pause().await {
                            return Err(self.timed_out(&state));
                        }
                        last_state = Some(state);
                    }
                },
            }
        }
    }

    /// Returns the options of the next poll, whose operation timeout is the time left.
    pub(crate) fn options(&self) -> RequestOptions {
        let options = RequestOptions::new();
        // The client's own timeout of zero: leave it, and the call refuses it with an error that names it.
        if self.timeout.is_zero() {
            options
        } else {
            // At least a millisecond, since the call would refuse zero.
            options.operation_timeout(self.time_left().max(Duration::from_millis(1)))
        }
    }

    /// Waits before the next poll; returns `false` at once if there is no time for one.
    pub(crate) async fn pause(&mut self) -> bool {
        let clock = &self.client.config.clock;
        // 16: the shift stays within 32 bits, and the bound has reached its maximum long before.
        let bound = INITIAL_WAIT.saturating_mul(1 << self.polls.min(16)).min(MAX_WAIT);
        self.polls += 1;
        // At least half of the bound, unlike a retry: a poll right after the last one would find the same state.
        let pause = bound / 2 + (bound / 2).mul_f64(share(clock.jitter()));
        if pause >= self.time_left() {
            return false;
        }
        match self.cancelled.clone() {
            None => clock.sleep(pause).await,
            // Cancelled: the next poll says so at once.
            Some(cancelled) => drop(select(cancelled, clock.sleep(pause)).await),
        }
        true
    }

    fn timed_out(&self, state: &str) -> Error {
        let what = format!("{state} after {} s, the operation timeout", self.timeout.as_secs_f64());
        self.failed(ErrorKind::Timeout, what)
    }

    /// Returns the error of a wait whose polls succeeded.
    // `Rejected`: the polls changed nothing, so that waiting again does no harm.
    fn failed(&self, kind: ErrorKind, what: String) -> Error {
        Error::new(kind, what).at_worst(Outcome::Rejected).during(self.operation)
    }

    fn time_left(&self) -> Duration {
        let passed = self.client.config.clock.now().steady.saturating_sub(self.started.steady);
        self.timeout.saturating_sub(passed)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering};

    use ::http::header::HeaderValue;
    use tokio::time::Instant;

    use super::*;
    use crate::http::config::ClientConfig;
    use crate::http::connection::Connection;
    use crate::http::retry::Budget;
    use crate::model::integrator::operations::GET_KEY;
    use crate::runtime::clock::Clock;
    use crate::runtime::clock::tests::Manual;

    fn client(jitter: f64, options: RequestOptions) -> ApiClient {
        let (base, clock) = ("https://api.unloc.app/".parse().unwrap(), Arc::new(Manual::with_jitter(jitter)));
        let budget = Arc::new(Budget::new(&base, 0, clock.now()));
        let config = ClientConfig { base, clock, budget, options, user_agent: HeaderValue::from_static("x") };
        ApiClient { http: Connection(reqwest::Client::new()), config: Arc::new(config), tokens: None }
    }

    /// Polls until the `last` poll, which `end` judges; returns the result, and the times of the polls in milliseconds.
    async fn polled(client: &ApiClient, last: usize, end: fn() -> Progress) -> (Result<usize>, Vec<u128>) {
        let (started, count, times) = (Instant::now(), AtomicUsize::new(0), std::sync::Mutex::new(Vec::new()));
        let fetch = |_| {
            times.lock().unwrap().push(started.elapsed().as_millis());
            let number = count.fetch_add(1, Ordering::SeqCst) + 1;
            async move { Ok(number) }
        };
        let judge =
            |number: &usize| if *number == last { end() } else { Progress::Pending("it is not there".to_owned()) };
        let result = Poller::new(client, &GET_KEY).poll(fetch, judge).await;
        (result, times.into_inner().unwrap())
    }

    #[tokio::test(start_paused = true)]
    async fn waits_double_up_to_a_bound_and_jitter_over_the_upper_half() {
        let client = |jitter| client(jitter, RequestOptions::new());
        let (found, times) = polled(&client(1.0), 7, || Progress::Reached).await;
        assert_eq!(found.unwrap(), 7);
        assert_eq!(times, [0, 400, 1_200, 2_800, 6_000, 11_000, 16_000]);
        let (_, times) = polled(&client(0.0), 7, || Progress::Reached).await;
        assert_eq!(times, [0, 200, 600, 1_400, 3_000, 5_500, 8_000]);
    }

    #[tokio::test(start_paused = true)]
    async fn the_operation_timeout_ends_the_wait_and_the_error_names_the_last_state() {
        let seconds = |seconds| client(1.0, RequestOptions::new().operation_timeout(Duration::from_secs(seconds)));
        let started = Instant::now();
        let (error, times) = polled(&seconds(3), usize::MAX, || Progress::Reached).await;
        let error = error.unwrap_err();
        assert_eq!((error.kind(), error.outcome()), (ErrorKind::Timeout, Outcome::Rejected));
        assert_eq!(error.to_string(), "getKey: it is not there after 3 s, the operation timeout");
        assert_eq!((times.len(), started.elapsed() < Duration::from_secs(3)), (4, true));
    }

    #[tokio::test(start_paused = true)]
    async fn a_state_that_cannot_be_reached_ends_the_wait_at_once() {
        let client = client(1.0, RequestOptions::new());
        let (error, times) = polled(&client, 2, || Progress::Never("it is gone".to_owned())).await;
        let error = error.unwrap_err();
        assert_eq!((error.kind(), error.is_transient(), error.is_retryable()), (ErrorKind::State, false, false));
        assert_eq!((error.to_string(), times.len()), ("getKey: it is gone".to_owned(), 2));
    }

    #[tokio::test(start_paused = true)]
    async fn a_cancelled_wait_ends_at_once_and_says_what_it_waited_for() {
        let client = client(1.0, RequestOptions::new());
        let options = RequestOptions::new().cancel_on(tokio::time::sleep(Duration::from_millis(100)));
        let (begun, polls) = (Instant::now(), AtomicUsize::new(0));
        let fetch = |_| {
            let poll = polls.fetch_add(1, Ordering::SeqCst);
            async move { if poll == 0 { Ok(()) } else { Err(Error::new(ErrorKind::Cancelled, "the call was cancelled")) } }
        };
        let judge = |(): &()| Progress::Pending("the key is still `creating`".to_owned());
        let error = Poller::with_options(&client, &GET_KEY, &options).poll(fetch, judge).await.unwrap_err();
        assert_eq!(begun.elapsed(), Duration::from_millis(100));
        assert_eq!((error.kind(), error.outcome()), (ErrorKind::Cancelled, Outcome::Rejected), "{error}");
        assert!(error.to_string().contains("cancelled while the key is still `creating`"), "{error}");
    }
}
