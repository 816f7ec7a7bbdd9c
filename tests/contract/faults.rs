//! Tests retries under injected faults: how many requests are sent, how long the SDK waits, and what the error reports.
//!
//! Two calls stand for all operations. Listing locks is idempotent. Creating a key is not: a second request may create
//! a second key.
//!
//! `tests/faults.json` has most faults, and says how the call ends after each. The tests here check what a row cannot
//! say: how long the waits are, whole messages, several calls of one client, and settings that JavaScript lacks.

mod body_sizes;
mod broken_responses;
mod clock;
pub(crate) mod connection;
mod options;
mod redirects;
mod retry_budget;
mod slow_responses;
mod statuses;
mod table;
mod timeouts;
mod tokens;
mod unreachable;

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use serde_json::json;
use unloc::types::CreateKeyRequest;
use unloc::{Error, ErrorKind, LockHolderClient, Outcome, RequestOptions, Result, UnlocBuilder};

use crate::operations::PERSON;
use crate::support::{Response, Server, lock_holder, retrying};
use clock::ManualClock;

/// Sets the attempt timeout. On the manual clock it passes only if the server keeps a call waiting.
const ATTEMPT: Duration = Duration::from_secs(100);
/// Sets the operation timeout.
const CALL: Duration = Duration::from_secs(100_000);

/// Holds a scripted server, a client with the default options, and the clock of both.
struct Scenario {
    server: Arc<Server>,
    clock: ManualClock,
    home: LockHolderClient,
}

impl Scenario {
    /// Starts a server that sends these responses in order, except to token requests.
    async fn new(responses: impl IntoIterator<Item = Response>) -> Self {
        Self::with(responses, |builder| builder).await
    }

    /// Starts the same server, with a client that `change` configures.
    async fn with(
        responses: impl IntoIterator<Item = Response>,
        change: impl FnOnce(UnlocBuilder) -> UnlocBuilder,
    ) -> Self {
        Self::at(Server::one_by_one(responses).await, change)
    }

    fn at(server: Server, change: impl FnOnce(UnlocBuilder) -> UnlocBuilder) -> Self {
        let (server, clock) = (Arc::new(server), ManualClock::new());
        let advancing = clock.clone();
        server.on_waiting(move || advancing.advance_to_next_timeout());
        let builder = retrying(&server.url()).clock(clock.clone()).options(timeouts());
        let home = change(builder).build().unwrap().lock_holder(&lock_holder("home")).unwrap();
        Self { server, clock, home }
    }

    /// Sends these responses in order to token requests, and a valid token to all later ones.
    fn tokens(self, responses: impl IntoIterator<Item = Response>) -> Self {
        let mut responses: VecDeque<_> = responses.into_iter().collect();
        let token = crate::support::token_response(&crate::support::token(1));
        self.server.on_token(move |_| responses.pop_front().unwrap_or_else(|| token.clone()));
        self
    }

    /// Lists the locks and returns their ids.
    async fn get_locks(&self) -> Result<Vec<String>> {
        self.get_locks_with(RequestOptions::new()).await
    }

    async fn get_locks_with(&self, options: RequestOptions) -> Result<Vec<String>> {
        let locks = self.home.get_locks().options(options).send().await?;
        Ok(locks.into_iter().map(|lock| lock.id.into()).collect())
    }

    async fn create_key(&self) -> Result<()> {
        let body = CreateKeyRequest::builder().user_id(PERSON);
        self.home.create_key().lock_id("door").body(body).send().await.map(drop)
    }

    /// Counts the requests that the server has received: those for operations, and those for tokens.
    fn counts(&self) -> (usize, usize) {
        (self.server.requests().len(), self.server.token_requests().len())
    }
}

fn timeouts() -> RequestOptions {
    RequestOptions::new().attempt_timeout(ATTEMPT).operation_timeout(CALL)
}

/// Returns a valid response to getLocks: one lock with this id.
fn locks(id: &str) -> Response {
    Response::new(200, list(id))
}

fn list(id: &str) -> String {
    json!({"locks": [{"id": id, "name": "Front door"}]}).to_string()
}

/// Returns a valid response to createKey.
fn key() -> Response {
    Response::new(201, json!({"key": {"toUser": {"id": PERSON}, "state": "creating"}}).to_string())
}

/// Holds what an error reports in addition to its text.
#[derive(Debug, PartialEq)]
struct Failure {
    kind: ErrorKind,
    outcome: Outcome,
    attempts: u32,
    status: Option<u16>,
}

impl Failure {
    fn of(error: &Error) -> Self {
        let status = error.status().map(|status| status.as_u16());
        Self { kind: error.kind(), outcome: error.outcome(), attempts: error.attempts(), status }
    }
}

/// Asserts that the call failed like this, and that the error's text contains `words`.
#[track_caller]
fn assert_failed<T: std::fmt::Debug>(call: Result<T>, failure: Failure, words: &str) -> Error {
    let error = call.unwrap_err();
    assert_eq!(Failure::of(&error), failure, "{error}");
    assert!(error.to_string().contains(words), "{words} is not in: {error}");
    error
}
