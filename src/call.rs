//! A call from its first attempt to its last: which token it carries, when it is made again, when it ends.
//!
//! Knows nothing of HTTP: what it sends through is a [`Wire`].

mod span;

use std::pin::pin;
use std::time::Duration;

use futures_util::FutureExt;
use reqwest::StatusCode;
use tracing::field::Empty;
use tracing::{Instrument, Span};

use crate::clock::{Clock, Moment};
use crate::error::{Error, ErrorKind, Outcome, Result};
use crate::operation::Operation;
use crate::options::Limits;
use crate::platform::{BoxFuture, MaybeSend};
use crate::retry::Budget;
use crate::scope::Scopes;
use crate::token::{Bearer, TokenCache};
use crate::within::within;
use span::record;

/// What carries a request to the service and its answer back.
pub(crate) trait Wire {
    type Answer: MaybeSend;

    /// Sends the request once, with this token. An answer outside 2xx is an error, and so is what did not come in time.
    fn send(&mut self, bearer: Option<Bearer>, limit: Limit) -> impl Future<Output = Result<Self::Answer>> + MaybeSend;

    /// The status that an answer came with.
    fn status(answer: &Self::Answer) -> StatusCode;
}

/// When an attempt ends.
pub(crate) struct Limit {
    pub(crate) over: BoxFuture<'static, ()>,
    pub(crate) time: Duration,
}

const REFUSED_TWICE: &str = "a fresh token was refused as well: are these credentials still valid?";
const REFUSED_AGAIN: &str = "the token source gave the same token again: if it keeps tokens, it has to hear of the refusal, as with \
                             `unloc::token::source_fn`";

/// All that a call needs beside its request.
pub(crate) struct Call<'a> {
    pub(crate) operation: &'static Operation,
    /// The path that the operation's own stands below.
    pub(crate) base_path: &'a str,
    pub(crate) clock: &'a dyn Clock,
    pub(crate) budget: &'a Budget,
    pub(crate) limits: &'a Limits,
    /// Whose token it carries; none for the token call itself.
    pub(crate) tokens: Option<(&'a TokenCache, &'a Scopes)>,
}

/// What is known of a call on its way.
struct Log {
    begun: Moment,
    /// How often the request was sent, as far as is known.
    sent: u32,
    failures: u32,
    /// The worst that any attempt leaves open: what may have happened once has not been undone by a later refusal.
    outcome: Outcome,
    /// Whether the service may have acted: an attempt reached it, and was not refused for its token alone.
    arrived: bool,
    /// The token that was refused. A call gets another one once.
    refused: Option<Bearer>,
    /// The answer to it, while there is no other token.
    refusal: Option<Error>,
}

/// What is left of a call once its response is there, and has to be read.
pub(crate) struct Ending {
    span: Span,
    operation: &'static Operation,
    sent: u32,
    outcome: Outcome,
}

impl Ending {
    /// Reads the response, as part of the call.
    pub(crate) fn read<T>(self, status: StatusCode, read: impl FnOnce() -> Result<T>) -> Result<T> {
        match self.span.in_scope(read) {
            Ok(value) => {
                self.record(Some(status), None);
                Ok(value)
            }
            Err(error) => Err(self.failed(Some(status), error)),
        }
    }

    fn failed(&self, status: Option<StatusCode>, error: Error) -> Error {
        let error = error.during(self.operation).after(self.sent).at_worst(self.outcome);
        self.span.record("otel.status_code", "ERROR");
        self.span.in_scope(|| tracing::debug!(%error, "the call failed"));
        self.record(status, Some(&error));
        error
    }

    fn record(&self, status: Option<StatusCode>, error: Option<&Error>) {
        self.span.record("unloc.attempts", self.sent);
        record(&self.span, status, error);
    }
}

impl Call<'_> {
    /// Makes the call, up to a response that has to be read.
    pub(crate) async fn make<W: Wire + MaybeSend>(&self, wire: &mut W) -> Result<(W::Answer, Ending)> {
        let span = self.span();
        let mut log = Log {
            begun: self.clock.now(),
            sent: 0,
            failures: 0,
            outcome: Outcome::NotSent,
            arrived: false,
            refused: None,
            refusal: None,
        };
        // Pinned where they are made: to move a future into its span would copy all of it.
        let answer = {
            let attempts = pin!(self.attempts(wire, &mut log));
            attempts.instrument(span.clone()).await
        };
        let ending = Ending { span, operation: self.operation, sent: log.sent, outcome: log.outcome };
        match answer {
            Ok(answer) => Ok((answer, ending)),
            Err(error) => Err(ending.failed(None, error)),
        }
    }

    async fn attempts<W: Wire + MaybeSend>(&self, wire: &mut W, log: &mut Log) -> Result<W::Answer> {
        loop {
            let error = match self.attempt(wire, log).await {
                Ok(answer) => {
                    self.budget.succeeded(self.clock.now());
                    return Ok(answer);
                }
                Err(error) => error,
            };
            log.failures += 1;
            match self.pause(&error, log) {
                Ok(pause) => {
                    tracing::debug!(%error, ?pause, failures = log.failures, "the call is made again after a pause");
                    self.clock.sleep(pause).await;
                }
                Err(why) => return Err(why.into_iter().fold(error, Error::also)),
            }
        }
    }

    /// How long to wait before the call is made again; else why it is not, where that is worth telling.
    fn pause(&self, error: &Error, log: &Log) -> Result<Duration, Option<String>> {
        // It may not have arrived now, but it may have before.
        let harmless = self.operation.idempotent || !log.arrived;
        if !(error.is_passing() && harmless) {
            return Err(None);
        }
        if !self.limits.retry.goes_on(log.failures) {
            return Err(None);
        }
        let Some(pause) = self.limits.retry.pause(log.failures, error.retry_after(), self.clock.chance()) else {
            return Err(Some("it asks to wait for longer than the retry policy allows".to_owned()));
        };
        if pause >= self.left(log) {
            let deadline = self.limits.deadline.as_secs_f64();
            return Err(Some(format!("not made again, since the deadline of {deadline} s leaves no time")));
        }
        // While there is no token nothing is sent, and the cache sees to it that the token endpoint has its pauses.
        let spends = !error.is_about_a_token();
        if spends && !self.budget.take(self.clock.now()) {
            let host = self.budget.host();
            tracing::warn!(server.address = host, "the retry budget is empty");
            return Err(Some(format!("not made again, since the retry budget for {host} is empty")));
        }
        Ok(pause)
    }

    async fn attempt<W: Wire + MaybeSend>(&self, wire: &mut W, log: &mut Log) -> Result<W::Answer> {
        let Some((cache, scopes)) = self.tokens else {
            return self.send(wire, None, log).await;
        };
        loop {
            let bearer = match (self.token(cache, scopes, log).await, &log.refusal) {
                (Ok(bearer), _) => bearer,
                (Err(why), None) => return Err(why.while_getting_a_token(self.operation)),
                // The caller sees the service's own words, and why there is no other token. Whether that is waited out is
                // decided as for a call that never had one.
                (Err(why), Some(refusal)) => return Err(refusal.clone().without_another_token(&why)),
            };
            log.refusal = None;
            let error = match self.send(wire, Some(bearer.clone()), log).await {
                Err(error) if error.is_unauthorized() => error,
                answer => return answer.map_err(|error| error.with_scopes(scopes, bearer.granted_scope())),
            };
            cache.reject_bearer(scopes, &bearer);
            // A token can die before its time: once, the call is retried with a fresh one.
            match log.refused.replace(bearer.clone()) {
                None => log.refusal = Some(error),
                Some(first) if first.token() == bearer.token() => return Err(error.hint(REFUSED_AGAIN)),
                Some(_) => return Err(error.hint(REFUSED_TWICE)),
            }
        }
    }

    /// A token, as long as the deadline allows to wait for it; the fetch goes on without this caller.
    async fn token(&self, cache: &TokenCache, scopes: &Scopes, log: &Log) -> Result<Bearer> {
        let mut getting = pin!(cache.get(scopes));
        if let Some(got) = getting.as_mut().now_or_never() {
            return got;
        }
        // Half of the time, and then a token that still lives is good enough: the request takes time as well.
        if cache.alive(scopes).is_some() {
            if let Some(got) = within(self.clock, self.left(log) / 2, getting.as_mut()).await {
                return got;
            }
            if let Some(bearer) = cache.alive(scopes) {
                return Ok(bearer);
            }
        }
        let got = within(self.clock, self.left(log), getting).await;
        got.unwrap_or_else(|| {
            let what = format!("none within the deadline of {} s", self.limits.deadline.as_secs_f64());
            Err(Error::new(ErrorKind::Timeout, what))
        })
    }

    async fn send<W: Wire + MaybeSend>(
        &self,
        wire: &mut W,
        bearer: Option<Bearer>,
        log: &mut Log,
    ) -> Result<W::Answer> {
        let time = self.limits.timeout.min(self.left(log));
        if time.is_zero() {
            return Err(Error::new(ErrorKind::Timeout, "the deadline passed before the request was sent"));
        }
        let span = tracing::debug_span!(
            "attempt",
            http.request.resend_count = log.sent,
            http.response.status_code = Empty,
            error.type = Empty,
            unloc.outcome = Empty,
        );
        let limit = Limit { over: self.clock.sleep(time), time };
        let sending = pin!(wire.send(bearer, limit));
        let answer = sending.instrument(span.clone()).await;
        record(&span, answer.as_ref().ok().map(W::status), answer.as_ref().err());
        let outcome = answer.as_ref().map_or_else(Error::outcome, |_| Outcome::Accepted);
        log.sent += u32::from(outcome != Outcome::NotSent);
        if let Err(error) = &answer {
            log.outcome = log.outcome.max(outcome);
            log.arrived |= outcome != Outcome::NotSent && !error.is_unauthorized();
        }
        answer
    }

    /// What the deadline leaves.
    fn left(&self, log: &Log) -> Duration {
        let passed = self.clock.now().steady.saturating_sub(log.begun.steady);
        self.limits.deadline.saturating_sub(passed)
    }
}

#[cfg(test)]
mod tests;
