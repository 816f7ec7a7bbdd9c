//! A request's way from its builder to the service and back.

mod body;
mod headers;

use std::fmt;
use std::pin::pin;
use std::sync::Arc;

use bytes::Bytes;
use futures_util::future::{Either, select};
use progenitor_client::{ClientInfo, ResponseValue};
use reqwest::header::{self, HeaderMap, HeaderValue};
use reqwest::{Request, StatusCode, Url};
use serde::Serialize;
use serde::de::DeserializeOwned;

use body::{BODY_LIMIT, Unread, read};
use headers::own_headers;

use crate::call::{Call, Ending, Limit, Wire};
use crate::clock::Clock;
use crate::coding::coding;
use crate::decode::{Said, decode};
use crate::error::{Error, ErrorKind, Result, Sent, Texts};
use crate::operation::Operation;
use crate::options::RequestOptions;
use crate::path;
use crate::platform;
use crate::retry::{Budget, retry_after};
use crate::scope::Scopes;
use crate::token::{Bearer, TokenCache};

/// What to do about a body that is encoded.
pub(crate) const ENCODED: &str = "does a proxy or gateway between compress it?";

/// How the SDK names itself.
pub(crate) const USER_AGENT: &str = concat!("unloc-rust/", env!("CARGO_PKG_VERSION"));

/// What the generated clients carry: everything that a call needs beside the connection pool.
#[derive(Clone)]
pub(crate) struct Inner {
    /// Whose token a call carries; `None` for the token call itself.
    pub(crate) tokens: Option<(TokenCache, Scopes)>,
    pub(crate) manner: Arc<Manner>,
}

/// How the calls of one client are made.
pub(crate) struct Manner {
    /// The base address; every request's path must begin with its path.
    pub(crate) base: Url,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) budget: Arc<Budget>,
    pub(crate) options: RequestOptions,
    pub(crate) user_agent: HeaderValue,
}

impl Manner {
    /// The same at another address; the budget is one for all calls of a client.
    pub(crate) fn at(&self, base: Url) -> Self {
        Self {
            base,
            clock: Arc::clone(&self.clock),
            budget: Arc::clone(&self.budget),
            options: self.options.clone(),
            user_agent: self.user_agent.clone(),
        }
    }

    /// What the paths of operations follow.
    fn base_path(&self) -> &str {
        path::prefix(&self.base)
    }
}

impl fmt::Debug for Inner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Inner").field("base_path", &self.manner.base_path()).finish_non_exhaustive()
    }
}

/// Why a request could not be built; the generated code names the variant.
#[derive(Debug)]
pub(crate) enum Unbuilt {
    /// A parameter is missing or refused, the body is incomplete.
    InvalidRequest(String),
    /// The address, a header or the body cannot be sent.
    Unsendable(reqwest::Error),
}

impl From<reqwest::Error> for Unbuilt {
    fn from(error: reqwest::Error) -> Self {
        Self::Unsendable(error)
    }
}

/// A request, and the body that each attempt sends.
pub(crate) struct Built<B> {
    pub(crate) request: Request,
    pub(crate) json: Option<Bytes>,
    /// The value that the body was made of, for errors not to repeat what is sensitive in it.
    pub(crate) said: B,
}

/// What was built, where a call can be made.
fn ready<B>(built: Result<Built<B>, Unbuilt>, operation: &'static Operation) -> Result<Built<B>> {
    // Before anything that needs it: a call whose token is kept would come as far as its timer, which panics.
    platform::running().map_err(|error| error.during(operation))?;
    built.map_err(|why| Error::unbuilt(why).during(operation))
}

/// A request body.
pub(crate) fn json(body: &impl Serialize) -> Result<Bytes, Unbuilt> {
    let json = serde_json::to_vec(body);
    json.map(Bytes::from).map_err(|error| Unbuilt::InvalidRequest(format!("the body cannot be written: {error}")))
}

/// Sends a request and reads the answer as a `T`.
pub(crate) async fn send<T: DeserializeOwned>(
    client: &impl ClientInfo<Inner>,
    built: Result<Built<impl Serialize + Sync>, Unbuilt>,
    options: RequestOptions,
    operation: &'static Operation,
) -> Result<ResponseValue<T>> {
    let Built { request, json, said } = ready(built, operation)?;
    let mut http = Http::new(client, operation, request, json, &said);
    let (Answer { status, headers, body }, ending) = http.exchange(client.inner(), options).await?;
    // Also where a response need not be read: whether the service or a proxy wrote it, nobody can tell.
    let read = || match coding(&headers, &body) {
        Some(coding) => {
            Err(format!("its body is encoded as {coding}, and the SDK reads none but plain ones: {ENCODED}"))
        }
        None => decode(operation, &body, &http.said()),
    };
    let value = ending.read(status, || read().map_err(|what| http.undecodable(status, &headers, &body, &what)));
    Ok(ResponseValue::new(value?, status, headers))
}

/// Sends a request whose answer has no documented content; whatever comes with a 2xx is fine.
pub(crate) async fn send_for_nothing(
    client: &impl ClientInfo<Inner>,
    built: Result<Built<impl Serialize + Sync>, Unbuilt>,
    options: RequestOptions,
    operation: &'static Operation,
) -> Result<ResponseValue<()>> {
    let Built { request, json, said } = ready(built, operation)?;
    let mut http = Http::new(client, operation, request, json, &said);
    let (Answer { status, headers, .. }, ending) = http.exchange(client.inner(), options).await?;
    ending.read(status, || Ok(()))?;
    Ok(ResponseValue::new((), status, headers))
}

/// A success, not yet decoded.
struct Answer {
    status: StatusCode,
    headers: HeaderMap,
    body: Bytes,
}

/// One request, sent as often as the call needs.
struct Http<'a> {
    client: &'a reqwest::Client,
    manner: &'a Manner,
    operation: &'static Operation,
    /// Without its body and the headers of all requests, which every attempt gets.
    request: Request,
    /// Those that the caller adds.
    headers: HeaderMap,
    json: Option<Bytes>,
    /// The body, as the value that it was made of.
    said: &'a dyn Texts,
    /// The tokens that were sent before.
    bearers: Vec<Bearer>,
}

impl Wire for Http<'_> {
    type Answer = Answer;

    async fn send(&mut self, bearer: Option<Bearer>, limit: Limit) -> Result<Answer> {
        let answer = self.attempt(bearer.as_ref(), limit).await;
        if answer.is_err() {
            // A later answer may quote it.
            self.bearers.extend(bearer);
        }
        answer
    }

    fn status(answer: &Answer) -> StatusCode {
        answer.status
    }
}

impl<'a> Http<'a> {
    fn new(
        client: &'a impl ClientInfo<Inner>,
        operation: &'static Operation,
        request: Request,
        json: Option<Bytes>,
        said: &'a dyn Texts,
    ) -> Self {
        let (client, manner) = (client.client(), &*client.inner().manner);
        Self { client, manner, operation, request, headers: HeaderMap::new(), json, said, bearers: Vec::new() }
    }

    /// Makes the call, up to a success that has to be read.
    async fn exchange(&mut self, inner: &Inner, options: RequestOptions) -> Result<(Answer, Ending)> {
        let Inner { tokens, manner } = inner;
        let operation = self.operation;
        let mut limits = options.over(&manner.options);
        if let Some(why) = limits.refused {
            return Err(Error::new(ErrorKind::Request, why).during(operation));
        }
        self.headers = std::mem::take(&mut limits.headers);
        let tokens = tokens.as_ref().map(|(cache, scopes)| (cache, scopes));
        let (base_path, clock, budget) = (manner.base_path(), &*manner.clock, &*manner.budget);
        let call = Call { operation, base_path, clock, budget, limits: &limits, tokens };
        match call.make(self).await {
            Ok(answered) => Ok(answered),
            Err(error) => Err(error.redacted(&self.sent(None))),
        }
    }
}

impl Http<'_> {
    async fn attempt(&self, bearer: Option<&Bearer>, limit: Limit) -> Result<Answer> {
        let Limit { mut over, time } = limit;
        let mut request = self.copy();
        if let Some(bearer) = bearer {
            request.headers_mut().insert(header::AUTHORIZATION, bearer.header());
        }
        let url = self.request.url();
        let mut answer = match select(pin!(self.client.execute(request)), &mut over).await {
            Either::Left((answer, _)) => answer.map_err(Error::transport)?,
            Either::Right(_) => return Err(Error::timed_out(url, time)),
        };
        let (status, headers) = (answer.status(), std::mem::take(answer.headers_mut()));
        let body = match select(pin!(read(answer)), over).await {
            Either::Left((body, _)) => body,
            Either::Right(_) => Err(Unread::Late),
        };
        if !status.is_success() {
            // What was refused stays refused, also if the explanation did not arrive.
            let asked = retry_after(&headers, self.manner.clock.now().wall);
            let error = self.rejected(status, headers, body.unwrap_or_default().into(), bearer);
            return Err(asked.into_iter().fold(error, Error::retry_in));
        }
        match body {
            Ok(body) => Ok(Answer { status, headers, body }),
            Err(Unread::Broken(error)) => Err(Error::cut_off(status, headers, Error::transport(error))),
            Err(Unread::Late) => Err(Error::cut_off(status, headers, Error::timed_out(url, time))),
            Err(Unread::TooLarge) => {
                let what = format!("its body is larger than {} MiB", BODY_LIMIT >> 20);
                Err(Error::undecodable(status, headers, Vec::new(), &what))
            }
        }
    }

    /// The request, with its body. `Request::try_clone` would do, but makes room for settings each time that no request of
    /// the bindings has.
    fn copy(&self) -> Request {
        let mut copy = Request::new(self.request.method().clone(), self.request.url().clone());
        let headers = self.request.headers();
        let all = copy.headers_mut();
        // Two are the SDK's own, and two are to come: the token, and the host.
        all.reserve(headers.len() + self.headers.len() + 4);
        for (name, value) in headers {
            all.append(name, value.clone());
        }
        for (name, value) in own_headers(cfg!(target_arch = "wasm32"), &self.manner.user_agent) {
            all.insert(name, value);
        }
        for (name, value) in &self.headers {
            all.insert(name, value.clone());
        }
        *copy.body_mut() = self.json.clone().map(Into::into);
        copy
    }

    /// What the call said, for a response that leaves it out.
    fn said(&self) -> Said<'_> {
        Said {
            base_path: self.manner.base_path(),
            url: self.request.url(),
            json: self.json.as_deref().unwrap_or_default(),
        }
    }

    fn undecodable(&self, status: StatusCode, headers: &HeaderMap, body: &Bytes, what: &str) -> Error {
        Error::undecodable(status, headers.clone(), body.to_vec(), what).redacted(&self.sent(None))
    }

    fn rejected(&self, status: StatusCode, headers: HeaderMap, body: Vec<u8>, bearer: Option<&Bearer>) -> Error {
        Error::rejected(status, headers, body, &self.sent(bearer))
    }

    /// What an error must not repeat; read from the request only when there is an error.
    fn sent(&self, bearer: Option<&Bearer>) -> Sent {
        let mut sent = Sent::of(self.operation, self.manner.base_path(), self.request.url(), self.said);
        for value in self.headers.values().filter(|value| value.is_sensitive()) {
            sent.secret(&String::from_utf8_lossy(value.as_bytes()));
        }
        self.bearers.iter().chain(bearer).for_each(|bearer| sent.secret(bearer.token()));
        sent
    }
}
