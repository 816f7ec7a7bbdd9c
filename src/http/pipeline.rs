//! A call from its first attempt to its value: which token it carries, when it is retried, when it ends.
//!
//! The attempts know nothing of HTTP: they go through a [`Transport`], which tests replace.

mod span;

use std::pin::pin;
use std::time::Duration;

use bytes::Bytes;
use futures_util::FutureExt;
use reqwest::header::HeaderMap;
use reqwest::{Method, StatusCode, Url};
use serde::Serialize;
use serde::de::DeserializeOwned;
use tracing::field::Empty;
use tracing::{Instrument, Span};

use crate::auth::scope::Scopes;
use crate::auth::token::{Bearer, TokenCache};
use crate::error::encoding::{ENCODED, coding};
use crate::error::{Error, ErrorKind, Outcome, Result, Texts, Unbuilt};
use crate::http::config::{ApiClient, ClientConfig};
use crate::http::decode::decode;
use crate::http::options::{CallOptions, RequestOptions};
use crate::http::request::Request;
use crate::http::response::Response;
use crate::http::retry::Budget;
use crate::http::transport::{Answer, AttemptTimeout, HttpTransport, Transport};
use crate::model::operation::Operation;
use crate::runtime::clock::Clock;
use crate::runtime::moment::Moment;
use crate::runtime::platform::{self, MaybeSend};
use crate::runtime::timeout::timeout;
use span::record;

/// Makes a call whose response is read as a `T`.
pub(crate) async fn send<T: DeserializeOwned>(
    client: &ApiClient,
    built: Result<Request<impl Serialize + Sync>, Unbuilt>,
    options: RequestOptions,
    operation: &'static Operation,
) -> Result<Response<T>> {
    let Request { method, url, headers, json, said } = ready(built, operation)?;
    let mut transport = transport(client, operation, (method, url, headers, json), &said);
    let (Answer { status, headers, body }, ending) = exchange(&mut transport, options).await?;
    let read = ending.span.in_scope(|| read(operation, &headers, &body, &transport));
    let read = read.map_err(|what| {
        Error::undecodable(status, headers.clone(), body.to_vec(), &what).redacted(&transport.sent(None))
    });
    ending.finish(status, headers, read)
}

/// Makes a call whose response has no documented content; whatever comes with a 2xx is fine.
pub(crate) async fn send_for_nothing(
    client: &ApiClient,
    built: Result<Request<impl Serialize + Sync>, Unbuilt>,
    options: RequestOptions,
    operation: &'static Operation,
) -> Result<Response<()>> {
    let Request { method, url, headers, json, said } = ready(built, operation)?;
    let mut transport = transport(client, operation, (method, url, headers, json), &said);
    let (Answer { status, headers, .. }, ending) = exchange(&mut transport, options).await?;
    ending.finish(status, headers, Ok(()))
}

/// What was built, where a call can be made.
fn ready<B>(built: Result<Request<B>, Unbuilt>, operation: &'static Operation) -> Result<Request<B>> {
    // Before anything that needs it: a call whose token is cached would come as far as its timer, which panics.
    platform::running().map_err(|error| error.during(operation))?;
    built.map_err(|why| Error::unbuilt(&why).during(operation))
}

fn transport<'a>(
    client: &'a ApiClient,
    operation: &'static Operation,
    (method, url, headers, json): (Method, Url, HeaderMap, Option<Bytes>),
    said: &'a dyn Texts,
) -> HttpTransport<'a> {
    let (own, bearers) = (HeaderMap::new(), Vec::new());
    HttpTransport { client, operation, method, url, headers, own, json, said, bearers }
}

/// Makes the attempts, up to a success that has to be read.
async fn exchange(transport: &mut HttpTransport<'_>, options: RequestOptions) -> Result<(Answer, Ending)> {
    let (client, operation) = (transport.client, transport.operation);
    let ClientConfig { clock, budget, options: defaults, .. } = &*client.config;
    let mut options = options.merge(defaults);
    if let Some(why) = options.refused {
        return Err(Error::new(ErrorKind::Request, why).during(operation));
    }
    transport.own = std::mem::take(&mut options.headers);
    let tokens = client.tokens.as_ref().map(|(cache, scopes)| (cache, scopes));
    let base_path = client.base_path();
    let call = Call { operation, base_path, clock: &**clock, budget, options: &options, tokens };
    call.make(transport).await
}

/// Reads a response, or says why it cannot be read.
fn read<T: DeserializeOwned>(
    operation: &Operation,
    headers: &HeaderMap,
    body: &Bytes,
    transport: &HttpTransport<'_>,
) -> Result<T, String> {
    // Also where a response need not be read: whether the service or a proxy wrote it, nobody can tell.
    match coding(headers, body) {
        Some(coding) => {
            Err(format!("its body is encoded as {coding}, and the SDK reads none but plain ones: {ENCODED}"))
        }
        None => decode(operation, body, &transport.said()),
    }
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
    pub(crate) options: &'a CallOptions,
    /// Whose token it carries; none for the token call itself.
    pub(crate) tokens: Option<(&'a TokenCache, &'a Scopes)>,
}

/// What is known of a call on its way.
struct CallState {
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
    /// Ends a call with what was read of its response.
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
    /// Makes the call, up to a response that has to be read.
    pub(crate) async fn make<W: Transport + MaybeSend>(&self, transport: &mut W) -> Result<(W::Answer, Ending)> {
        let span = self.span();
        let mut state = CallState {
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
            let attempts = pin!(self.attempts(transport, &mut state));
            attempts.instrument(span.clone()).await
        };
        let ending = Ending { span, operation: self.operation, sent: state.sent, outcome: state.outcome };
        match answer {
            Ok(answer) => Ok((answer, ending)),
            Err(error) => Err(ending.failed(None, error)),
        }
    }

    async fn attempts<W: Transport + MaybeSend>(&self, transport: &mut W, state: &mut CallState) -> Result<W::Answer> {
        loop {
            let error = match self.attempt(transport, state).await {
                Ok(answer) => {
                    self.budget.succeeded(self.clock.now());
                    return Ok(answer);
                }
                // Before anything is told of it.
                Err(error) => transport.redact(error),
            };
            state.failures += 1;
            match self.pause(&error, state) {
                Ok(pause) => {
                    tracing::debug!(target: "unloc::call", %error, ?pause, failures = state.failures, "the call is retried after a pause");
                    self.clock.sleep(pause).await;
                }
                Err(why) => return Err(why.into_iter().fold(error, Error::also)),
            }
        }
    }

    /// How long to wait before the call is retried; else why it is not, where that is worth telling.
    fn pause(&self, error: &Error, state: &CallState) -> Result<Duration, Option<String>> {
        // It may not have arrived now, but it may have before.
        let harmless = self.operation.idempotent || !state.arrived;
        if !(error.is_transient() && harmless) {
            return Err(None);
        }
        if !self.options.retry.goes_on(state.failures) {
            return Err(None);
        }
        let Some(pause) = self.options.retry.pause(state.failures, error.retry_after(), self.clock.jitter()) else {
            return Err(Some("it asks to wait for longer than the retry policy allows".to_owned()));
        };
        if pause >= self.left(state) {
            let time = self.options.operation_timeout.as_secs_f64();
            return Err(Some(format!("not retried, since the operation timeout of {time} s leaves no time")));
        }
        // While there is no token nothing is sent, and the cache sees to it that the token endpoint has its pauses.
        let spends = !error.is_about_a_token();
        if spends && !self.budget.take(self.clock.now()) {
            let host = self.budget.host();
            tracing::warn!(target: "unloc::call", { server.address = host }, "the retry budget is empty");
            return Err(Some(format!("not retried, since the retry budget for {host} is empty")));
        }
        Ok(pause)
    }

    async fn attempt<W: Transport + MaybeSend>(&self, transport: &mut W, state: &mut CallState) -> Result<W::Answer> {
        let Some((cache, scopes)) = self.tokens else {
            return self.send(transport, None, state).await;
        };
        loop {
            let bearer = match (self.token(cache, scopes, state).await, &state.refusal) {
                (Ok(bearer), _) => bearer,
                (Err(why), None) => return Err(why.while_getting_a_token(self.operation)),
                // The caller sees the service's own words, and why there is no other token. Whether that is waited out is
                // decided as for a call that never had one.
                (Err(why), Some(refusal)) => return Err(refusal.clone().without_another_token(&why)),
            };
            state.refusal = None;
            let error = match self.send(transport, Some(bearer.clone()), state).await {
                Err(error) if error.is_unauthorized() => error,
                answer => return answer.map_err(|error| error.with_scopes(scopes, bearer.granted_scope())),
            };
            cache.reject_bearer(scopes, &bearer);
            // A token can die before its time: once, the call is retried with a fresh one.
            match state.refused.replace(bearer.clone()) {
                None => state.refusal = Some(error),
                Some(first) if first.token() == bearer.token() => return Err(error.hint(REFUSED_AGAIN)),
                Some(_) => return Err(error.hint(REFUSED_TWICE)),
            }
        }
    }

    /// A token, as long as the operation timeout allows to wait for it; the fetch goes on without this caller.
    async fn token(&self, cache: &TokenCache, scopes: &Scopes, state: &CallState) -> Result<Bearer> {
        let mut getting = pin!(cache.get(scopes));
        if let Some(got) = getting.as_mut().now_or_never() {
            return got;
        }
        // Half of the time, and then a token that still lives is good enough: the request takes time as well.
        if cache.alive(scopes).is_some() {
            if let Some(got) = timeout(self.clock, self.left(state) / 2, getting.as_mut()).await {
                return got;
            }
            if let Some(bearer) = cache.alive(scopes) {
                return Ok(bearer);
            }
        }
        let got = timeout(self.clock, self.left(state), getting).await;
        got.unwrap_or_else(|| {
            let what =
                format!("none within the operation timeout of {} s", self.options.operation_timeout.as_secs_f64());
            Err(Error::new(ErrorKind::Timeout, what))
        })
    }

    async fn send<W: Transport + MaybeSend>(
        &self,
        transport: &mut W,
        bearer: Option<Bearer>,
        state: &mut CallState,
    ) -> Result<W::Answer> {
        let time = self.options.attempt_timeout.min(self.left(state));
        if time.is_zero() {
            return Err(Error::new(ErrorKind::Timeout, "the operation timeout passed before the request was sent"));
        }
        let span = tracing::debug_span!(
            target: "unloc::call",
            "attempt",
            http.request.resend_count = state.sent,
            http.response.status_code = Empty,
            error.type = Empty,
            unloc.outcome = Empty,
        );
        let over = AttemptTimeout { over: self.clock.sleep(time), time };
        let sending = pin!(transport.send(bearer, over));
        let answer = sending.instrument(span.clone()).await;
        record(&span, answer.as_ref().ok().map(W::status), answer.as_ref().err());
        let outcome = answer.as_ref().map_or_else(Error::outcome, |_| Outcome::Accepted);
        state.sent += u32::from(outcome != Outcome::NotSent);
        if let Err(error) = &answer {
            state.outcome = state.outcome.max(outcome);
            state.arrived |= outcome != Outcome::NotSent && !error.is_unauthorized();
        }
        answer
    }

    /// What the operation timeout leaves.
    fn left(&self, state: &CallState) -> Duration {
        let passed = self.clock.now().steady.saturating_sub(state.begun.steady);
        self.options.operation_timeout.saturating_sub(passed)
    }
}

#[cfg(test)]
mod tests;
