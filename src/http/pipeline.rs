//! Makes the attempts of a call: chooses its token, retries it, and ends it at its operation timeout.
//!
//! The attempts know nothing of HTTP. They go through a [`Transport`], which tests replace.

mod sending;
mod span;

use std::pin::pin;
use std::time::Duration;

use ::http::StatusCode;
use ::http::header::HeaderMap;
use futures_util::FutureExt;
use futures_util::future::{Either, select};
use tracing::field::Empty;
use tracing::{Instrument, Span};

use crate::auth::scope::Scopes;
use crate::auth::token::{Bearer, TokenCache};
use crate::error::{Error, ErrorKind, Outcome, Result};
use crate::http::options::CallOptions;
use crate::http::response::Response;
use crate::http::retry::Budget;
use crate::http::transport::{AttemptTimeout, Transport};
use crate::model::operation::Operation;
use crate::runtime::clock::Clock;
use crate::runtime::moment::Moment;
use crate::runtime::platform::MaybeSend;
use crate::runtime::timeout::timeout;
#[cfg(feature = "dynamic")]
pub(crate) use sending::send_by_table;
pub(crate) use sending::{send, send_for_nothing};
use span::record;

const FRESH_TOKEN_REFUSED: &str = "a fresh token was refused as well: check that the credentials are still valid";
const SAME_TOKEN_AGAIN: &str = "the token source gave the same token again: if it caches tokens, it must drop one when it is \
                                told that it was refused";

/// Holds all that a call needs apart from its request.
pub(crate) struct Call<'a> {
    pub(crate) operation: &'static Operation,
    /// Holds the path that precedes the operation's own.
    pub(crate) base_path: &'a str,
    pub(crate) clock: &'a dyn Clock,
    pub(crate) budget: &'a Budget,
    pub(crate) options: &'a CallOptions,
    /// Is `None` for the token call, which carries no token.
    pub(crate) tokens: Option<(&'a TokenCache, &'a Scopes)>,
}

/// Holds what is known about a call while it makes attempts.
struct CallState {
    started: Moment,
    /// Counts how often the request was sent, as far as is known.
    sent: u32,
    failures: u32,
    /// Holds the worst outcome of all attempts. A later refusal does not undo what an earlier attempt may have done.
    outcome: Outcome,
    /// Is set once an attempt may have reached the service and was not refused for its token. From then on the service
    /// may have carried out the operation.
    may_have_acted: bool,
    /// Is set while a request is sent and its response received.
    in_flight: bool,
    /// Holds the token that was refused. A call replaces one token, once.
    refused: Option<Bearer>,
    /// Holds the 401 for that token, until there is another token.
    refusal: Option<Error>,
}

impl CallState {
    /// Returns the error of a call that was cancelled, perhaps while the body of this response was received.
    fn cancelled(&mut self, head: Option<(StatusCode, HeaderMap)>) -> Error {
        let mut error = Error::new(ErrorKind::Cancelled, "the call was cancelled");
        if self.in_flight {
            error = match head {
                Some((status, headers)) => error.while_receiving(status, headers),
                // The request may have reached the service, and its response may be on the way.
                None => error.at_worst(Outcome::Unknown),
            };
            (self.sent, self.outcome) = (self.sent + 1, self.outcome.max(error.outcome()));
        }
        error.at_worst(self.outcome)
    }
}

/// Ends a call once its response is there: it records the result in the call's span.
pub(crate) struct CallEnd {
    span: Span,
    operation: &'static Operation,
    sent: u32,
    outcome: Outcome,
}

impl CallEnd {
    /// Returns the response with its decoded value, or the error of a body that could not be decoded.
    fn finish<T>(self, status: StatusCode, headers: HeaderMap, read: Result<T>) -> Result<Response<T>> {
        match read {
            Ok(value) => {
                self.record(Some(status), None);
                Ok(Response::new(value, status, headers, self.sent))
            }
            Err(error) => Err(self.failed(Some(status), error)),
        }
    }

    fn failed(&self, status: Option<StatusCode>, error: Error) -> Error {
        let error = error.during(self.operation).after(self.sent).at_worst(self.outcome);
        self.span.record("otel.status_code", "ERROR");
        // `debug`, not `warn`: a 404 may be what the program expects, and it has the error anyway.
        self.span.in_scope(|| tracing::debug!(target: "unloc::call", %error, "the call failed"));
        self.record(status, Some(&error));
        error
    }

    fn record(&self, status: Option<StatusCode>, error: Option<&Error>) {
        self.span.record("unloc.attempts", self.sent);
        record(&self.span, status, error);
    }
}

impl Call<'_> {
    /// Makes the call, up to a response that has to be decoded.
    pub(crate) async fn make<T: Transport + MaybeSend>(&self, transport: &mut T) -> Result<(T::Response, CallEnd)> {
        let span = self.span();
        let mut state = CallState {
            started: self.clock.now(),
            sent: 0,
            failures: 0,
            outcome: Outcome::NotSent,
            may_have_acted: false,
            in_flight: false,
            refused: None,
            refusal: None,
        };
        // Pinned in place: `instrument` by value would copy the whole future into its wrapper.
        let response = {
            let attempts = pin!(self.attempts(transport, &mut state));
            let attempts = attempts.instrument(span.clone());
            match self.options.cancelled.clone() {
                None => Some(attempts.await),
                // The signal first, so that a call that is cancelled already sends nothing.
                Some(cancelled) => match select(cancelled, pin!(attempts)).await {
                    Either::Left(_) => None,
                    Either::Right((response, _)) => Some(response),
                },
            }
        };
        let response = response.unwrap_or_else(|| {
            let cancelled = state.cancelled(transport.head());
            Err(transport.redact(cancelled))
        });
        let end = CallEnd { span, operation: self.operation, sent: state.sent, outcome: state.outcome };
        match response {
            Ok(response) => Ok((response, end)),
            Err(error) => Err(end.failed(None, error)),
        }
    }

    async fn attempts<T: Transport + MaybeSend>(
        &self,
        transport: &mut T,
        state: &mut CallState,
    ) -> Result<T::Response> {
        loop {
            let error = match self.attempt(transport, state).await {
                Ok(response) => {
                    self.budget.succeeded(self.clock.now());
                    return Ok(response);
                }
                // Redacted here, before the first event shows it.
                Err(error) => transport.redact(error),
            };
            state.failures += 1;
            match self.wait_before_retry(&error, state) {
                Ok(pause) => {
                    tracing::debug!(target: "unloc::call", %error, ?pause, failures = state.failures, "the call is retried after a pause");
                    self.clock.sleep(pause).await;
                }
                Err(why) => return Err(why.into_iter().fold(error, Error::also)),
            }
        }
    }

    /// Returns how long to wait before the call is retried. If it is not retried, the error may say why.
    fn wait_before_retry(&self, error: &Error, state: &CallState) -> Result<Duration, Option<String>> {
        // By all attempts, not by the last one: this one may not have reached the service, but an earlier one did.
        let harmless = self.operation.idempotent || !state.may_have_acted;
        if !(error.is_transient() && harmless) {
            return Err(None);
        }
        // Without a reason: the error says how often the call was sent.
        if !self.options.retry.allows_attempt_after(state.failures) {
            return Err(None);
        }
        let Some(pause) = self.options.retry.backoff(state.failures, error.retry_after(), self.clock.jitter()) else {
            return Err(Some(
                "not retried, since it would have to wait for longer than the retry policy allows".to_owned(),
            ));
        };
        // Checked before the wait: a caller should not wait for an attempt that cannot be made.
        if pause >= self.time_left(state) {
            let time = self.options.operation_timeout.as_secs_f64();
            return Err(Some(format!("not retried, since the operation timeout of {time} s leaves no time")));
        }
        // Without a token nothing was sent to the service, and the cache already makes pauses between token requests.
        let spends = !error.is_about_a_token();
        // Checked last, because it takes from the budget.
        if spends && !self.budget.take(self.clock.now()) {
            let host = self.budget.host();
            tracing::warn!(target: "unloc::call", { server.address = host }, "the retry budget is exhausted");
            return Err(Some(format!("not retried, since the retry budget for {host} is exhausted")));
        }
        Ok(pause)
    }

    async fn attempt<T: Transport + MaybeSend>(&self, transport: &mut T, state: &mut CallState) -> Result<T::Response> {
        let Some((cache, scopes)) = self.tokens else {
            return self.send(transport, None, state).await;
        };
        loop {
            let bearer = match (self.token(cache, scopes, state).await, &state.refusal) {
                (Ok(bearer), _) => bearer,
                (Err(why), None) => return Err(why.while_getting_a_token(self.operation)),
                // The caller gets the service's own 401, and why there is no other token. It is retried like the error
                // of a call that never had a token: if the source may have one later, so is this.
                (Err(why), Some(refusal)) => return Err(refusal.clone().without_another_token(&why)),
            };
            state.refusal = None;
            let error = match self.send(transport, Some(bearer.clone()), state).await {
                Err(error) if error.is_unauthorized() => error,
                response => return response.map_err(|error| error.with_scopes(scopes, bearer.granted_scope())),
            };
            // By the fetch that brought the token: a newer one, which another call has fetched meanwhile, stays in the
            // cache.
            cache.reject_bearer(scopes, &bearer);
            // A token can be revoked before it expires, so the call is retried with a fresh one. Once: a token that is
            // refused for another reason would otherwise make an endless loop.
            match state.refused.replace(bearer.clone()) {
                None => state.refusal = Some(error),
                Some(first) if first.token() == bearer.token() => return Err(error.hint(SAME_TOKEN_AGAIN)),
                Some(_) => return Err(error.hint(FRESH_TOKEN_REFUSED)),
            }
        }
    }

    /// Returns a token, or an error once the operation timeout is over. Giving up does not cancel the fetch, which is
    /// shared.
    async fn token(&self, cache: &TokenCache, scopes: &Scopes, state: &CallState) -> Result<Bearer> {
        let mut fetch = pin!(cache.get(scopes));
        // Nearly always there is a cached token; this spares the timer.
        if let Some(fetched) = fetch.as_mut().now_or_never() {
            return fetched;
        }
        // A token that is about to expire still works. Wait half of the time for a new one, then use it: the request
        // takes time as well.
        if cache.unexpired(scopes).is_some() {
            if let Some(fetched) = timeout(self.clock, self.time_left(state) / 2, fetch.as_mut()).await {
                return fetched;
            }
            // Looked up again, since it may have expired during the wait.
            if let Some(bearer) = cache.unexpired(scopes) {
                return Ok(bearer);
            }
        }
        let fetched = timeout(self.clock, self.time_left(state), fetch).await;
        fetched.unwrap_or_else(|| {
            let time = self.options.operation_timeout.as_secs_f64();
            Err(Error::new(ErrorKind::Timeout, format!("none within the operation timeout of {time} s")))
        })
    }

    async fn send<T: Transport + MaybeSend>(
        &self,
        transport: &mut T,
        bearer: Option<Bearer>,
        state: &mut CallState,
    ) -> Result<T::Response> {
        let limit = self.options.attempt_timeout.min(self.time_left(state));
        // The wait for a token can use up all the time.
        if limit.is_zero() {
            return Err(Error::new(ErrorKind::Timeout, "the operation timeout elapsed before the request was sent"));
        }
        // The fields that are recorded later have to be declared here.
        let span = tracing::debug_span!(
            target: "unloc::call",
            "attempt",
            http.request.resend_count = state.sent,
            http.response.status_code = Empty,
            error.type = Empty,
            unloc.outcome = Empty,
        );
        let timeout = AttemptTimeout { elapsed: self.clock.sleep(limit), limit };
        let sending = pin!(transport.send(bearer, timeout));
        state.in_flight = true;
        let response = sending.instrument(span.clone()).await;
        state.in_flight = false;
        record(&span, response.as_ref().ok().map(T::status), response.as_ref().err());
        let outcome = response.as_ref().map_or_else(Error::outcome, |_| Outcome::Accepted);
        state.sent += u32::from(outcome != Outcome::NotSent);
        if let Err(error) = &response {
            state.outcome = state.outcome.max(outcome);
            // A service that refuses the token has carried out nothing, so that a `createKey` may be retried.
            state.may_have_acted |= outcome != Outcome::NotSent && !error.is_unauthorized();
        }
        response
    }

    /// Returns what the operation timeout leaves.
    fn time_left(&self, state: &CallState) -> Duration {
        // By the steady clock: a change of the wall clock must not end a call.
        let passed = self.clock.now().steady.saturating_sub(state.started.steady);
        self.options.operation_timeout.saturating_sub(passed)
    }
}

#[cfg(test)]
mod tests;
