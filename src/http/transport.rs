//! One attempt: the request as it is sent, and the response as it comes.

mod body;
mod headers;

use std::pin::pin;
use std::time::Duration;

use bytes::Bytes;
use futures_util::future::{Either, select};
use reqwest::header::{self, HeaderMap};
use reqwest::{Method, StatusCode, Url};

use body::{BODY_LIMIT, Unread, read};
use headers::own_headers;

use crate::auth::token::Bearer;
use crate::error::{Error, Result, Sent, Texts};
use crate::http::config::ApiClient;
use crate::http::decode::Said;
use crate::http::retry::retry_after;
use crate::model::operation::Operation;
use crate::runtime::platform::{BoxFuture, MaybeSend};

/// Carries a request to the service and its response back.
pub(crate) trait Transport {
    type Answer: MaybeSend;

    /// Sends the request once, with this token. A response outside 2xx is an error, and so is one that did not come in time.
    fn send(
        &mut self,
        bearer: Option<Bearer>,
        timeout: AttemptTimeout,
    ) -> impl Future<Output = Result<Self::Answer>> + MaybeSend;

    /// The status of a response.
    fn status(answer: &Self::Answer) -> StatusCode;

    /// Takes out of an error what the request said.
    fn redact(&self, error: Error) -> Error {
        error
    }
}

/// When an attempt ends.
pub(crate) struct AttemptTimeout {
    pub(crate) over: BoxFuture<'static, ()>,
    pub(crate) time: Duration,
}

/// A success, not yet decoded.
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

/// One request, sent as often as its call needs.
pub(crate) struct HttpTransport<'a> {
    pub(crate) client: &'a ApiClient,
    pub(crate) operation: &'static Operation,
    pub(crate) method: Method,
    pub(crate) url: Url,
    /// Those of the operation and the body.
    pub(crate) headers: HeaderMap,
    /// Those that the caller adds.
    pub(crate) own: HeaderMap,
    pub(crate) json: Option<Bytes>,
    /// The body, as the value that it was made of.
    pub(crate) said: &'a dyn Texts,
    /// The tokens that were sent before.
    pub(crate) bearers: Vec<Bearer>,
}

impl Transport for HttpTransport<'_> {
    type Answer = Answer;

    async fn send(&mut self, bearer: Option<Bearer>, timeout: AttemptTimeout) -> Result<Answer> {
        let answer = self.attempt(bearer.as_ref(), timeout).await;
        if answer.is_err() {
            // A later response may quote it.
            self.bearers.extend(bearer);
        }
        answer
    }

    fn status(answer: &Answer) -> StatusCode {
        answer.status
    }

    fn redact(&self, error: Error) -> Error {
        error.redacted(&self.sent(None))
    }
}

impl HttpTransport<'_> {
    async fn attempt(&self, bearer: Option<&Bearer>, timeout: AttemptTimeout) -> Result<Answer> {
        let AttemptTimeout { mut over, time } = timeout;
        let mut request = self.copy();
        if let Some(bearer) = bearer {
            request.headers_mut().insert(header::AUTHORIZATION, bearer.header());
        }
        let mut answer = match select(pin!(self.client.http.execute(request)), &mut over).await {
            Either::Left((answer, _)) => answer.map_err(Error::transport)?,
            Either::Right(_) => return Err(Error::timed_out(&self.url, time)),
        };
        let (status, headers) = (answer.status(), std::mem::take(answer.headers_mut()));
        let body = match select(pin!(read(answer)), over).await {
            Either::Left((body, _)) => body,
            Either::Right(_) => Err(Unread::Late),
        };
        if !status.is_success() {
            // What was refused stays refused, also if the explanation did not arrive.
            let asked = retry_after(&headers, self.client.config.clock.now().wall);
            let error = Error::rejected(status, headers, body.unwrap_or_default().into(), &self.sent(bearer));
            return Err(asked.into_iter().fold(error, Error::retry_in));
        }
        match body {
            Ok(body) => Ok(Answer { status, headers, body }),
            Err(Unread::Broken(error)) => Err(Error::cut_off(status, headers, Error::transport(error))),
            Err(Unread::Late) => Err(Error::cut_off(status, headers, Error::timed_out(&self.url, time))),
            Err(Unread::TooLarge) => {
                let what = format!("its body is larger than {} MiB", BODY_LIMIT >> 20);
                Err(Error::undecodable(status, headers, Vec::new(), &what))
            }
        }
    }

    /// The request of one attempt, with its body.
    fn copy(&self) -> reqwest::Request {
        let mut copy = reqwest::Request::new(self.method.clone(), self.url.clone());
        let all = copy.headers_mut();
        // Two are the SDK's own, and two are to come: the token, and the host.
        all.reserve(self.headers.len() + self.own.len() + 4);
        for (name, value) in &self.headers {
            all.append(name, value.clone());
        }
        for (name, value) in own_headers(cfg!(target_arch = "wasm32"), &self.client.config.user_agent) {
            all.insert(name, value);
        }
        for (name, value) in &self.own {
            all.insert(name, value.clone());
        }
        *copy.body_mut() = self.json.clone().map(Into::into);
        copy
    }

    /// What the call said, for a response that leaves it out.
    pub(crate) fn said(&self) -> Said<'_> {
        let json = self.json.as_deref().unwrap_or_default();
        Said { base_path: self.client.base_path(), url: &self.url, json }
    }

    /// What an error must not repeat; read from the request only when there is an error.
    pub(crate) fn sent(&self, bearer: Option<&Bearer>) -> Sent {
        let mut sent = Sent::of(self.operation, self.client.base_path(), &self.url, self.said);
        for value in self.own.values().filter(|value| value.is_sensitive()) {
            sent.secret(&String::from_utf8_lossy(value.as_bytes()));
        }
        self.bearers.iter().chain(bearer).for_each(|bearer| sent.secret(bearer.token()));
        sent
    }
}
