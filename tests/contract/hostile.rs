//! A service at its worst: what is sent how often, how long is waited between, and what the caller learns.
//!
//! Two calls stand for all. The list of locks is idempotent: asking twice does no harm. The key is not: a second request
//! may make a second key.

mod broken;
mod budget;
mod bulk;
mod limits;
mod options;
mod redirects;
mod silence;
mod statuses;
mod time;
mod tokens;
mod unreachable;
pub(crate) mod wire;

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use serde_json::json;
use unloc::types::CreateKeyRequest;
use unloc::{Error, ErrorKind, LockHolderClient, Outcome, RequestOptions, Result, UnlocBuilder};

use crate::operations::PERSON;
use crate::support::{Answer, Server, lock_holder, repeating};
use time::Time;

/// How long an attempt, and a whole call, may take here. No answer takes that long unless the server keeps a call waiting.
const ATTEMPT: Duration = Duration::from_secs(100);
const CALL: Duration = Duration::from_secs(100_000);

/// A server with its script, a client as it is unless its user says otherwise, and the time of both.
struct Stage {
    server: Arc<Server>,
    time: Time,
    home: LockHolderClient,
}

impl Stage {
    /// A server that gives these answers, one after the other, to all but requests for tokens.
    async fn new(answers: impl IntoIterator<Item = Answer>) -> Self {
        Self::with(answers, |builder| builder).await
    }

    /// The same, with a client that is changed like this.
    async fn with(
        answers: impl IntoIterator<Item = Answer>,
        change: impl FnOnce(UnlocBuilder) -> UnlocBuilder,
    ) -> Self {
        Self::at(Server::one_by_one(answers).await, change)
    }

    fn at(server: Server, change: impl FnOnce(UnlocBuilder) -> UnlocBuilder) -> Self {
        let (server, time) = (Arc::new(server), Time::new());
        let passing = time.clone();
        server.on_waiting(move || passing.pass_a_limit());
        let builder = repeating(&server.url()).clock(time.clone()).options(limits());
        let home = change(builder).build().unwrap().lock_holder(&lock_holder("home")).unwrap();
        Self { server, time, home }
    }

    /// Answers requests for tokens like this, one after the other, and then as it should.
    fn tokens(self, answers: impl IntoIterator<Item = Answer>) -> Self {
        let mut answers: VecDeque<_> = answers.into_iter().collect();
        let token = crate::support::token_answer(&crate::support::token(1));
        self.server.on_token(move |_| answers.pop_front().unwrap_or_else(|| token.clone()));
        self
    }

    /// The ids of the locks.
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

    /// How many requests the server has seen: those for the operation, and those for a token.
    fn seen(&self) -> (usize, usize) {
        (self.server.requests().len(), self.server.token_requests().len())
    }
}

fn limits() -> RequestOptions {
    RequestOptions::new().attempt_timeout(ATTEMPT).operation_timeout(CALL)
}

/// A good answer to a list: one lock with this id.
fn locks(id: &str) -> Answer {
    Answer::new(200, list(id))
}

fn list(id: &str) -> String {
    json!({"locks": [{"id": id, "name": "Front door"}]}).to_string()
}

/// A good answer to a new key.
fn key() -> Answer {
    Answer::new(201, json!({"key": {"toUser": {"id": PERSON}, "state": "creating"}}).to_string())
}

/// What a failure says, beside its words.
#[derive(Debug, PartialEq)]
struct End {
    kind: ErrorKind,
    outcome: Outcome,
    attempts: u32,
    status: Option<u16>,
}

impl End {
    fn of(error: &Error) -> Self {
        let status = error.status().map(|status| status.as_u16());
        Self { kind: error.kind(), outcome: error.outcome(), attempts: error.attempts(), status }
    }
}

/// The call failed like this, and says so.
#[track_caller]
fn assert_failed<T: std::fmt::Debug>(call: Result<T>, end: End, words: &str) -> Error {
    let error = call.unwrap_err();
    assert_eq!(End::of(&error), end, "{error}");
    assert!(error.to_string().contains(words), "{words} is not in: {error}");
    error
}
