//! Sends one attempt of a call, and reads the response.

#[cfg(target_arch = "wasm32")]
mod fetch;
mod headers;
#[cfg(not(target_arch = "wasm32"))]
mod native;

use std::pin::pin;
use std::time::Duration;

use ::http::header::{self, HeaderMap};
use ::http::{Method, StatusCode};
use bytes::Bytes;
use futures_util::future::{Either, select};
use url::Url;

#[cfg(target_arch = "wasm32")]
use fetch::send;
use headers::sdk_headers;
#[cfg(not(target_arch = "wasm32"))]
use native::send;

use crate::auth::token::Bearer;
use crate::error::{Error, Failed, Result, Sent, Texts};
use crate::http::config::ApiClient;
use crate::http::decode::SentRequest;
use crate::http::retry::retry_after;
use crate::model::operation::Operation;
use crate::runtime::platform::{BoxFuture, MaybeSend};

/// Sends a request to the service, and returns its response.
// A trait, so that the tests of the pipeline need no network.
pub(crate) trait Transport {
    type Response: MaybeSend;

    /// Sends the request once, with this token. A status other than 2xx is an error, and so is an elapsed timeout.
    fn send(
        &mut self,
        bearer: Option<Bearer>,
        timeout: AttemptTimeout,
    ) -> impl Future<Output = Result<Self::Response>> + MaybeSend;

    /// Returns the status of a response.
    fn status(response: &Self::Response) -> StatusCode;

    /// Takes the status and headers of a response whose body was being received when the call was cancelled.
    fn head(&mut self) -> Option<(StatusCode, HeaderMap)> {
        None
    }

    /// Redacts from an error the sensitive values that the request sent.
    fn redact(&self, error: Error) -> Error {
        error
    }
}

/// Limits one attempt: what is left of the operation timeout may be shorter than the attempt timeout.
pub(crate) struct AttemptTimeout {
    /// Completes when the time is over. The pipeline makes it, because it knows the clock.
    pub(crate) elapsed: BoxFuture<'static, ()>,
    pub(crate) limit: Duration,
}

/// Limits the size of a body, in bytes.
// A page of 200 locks has 114 kB, so that a page of 2 500 items stays far below.
const BODY_LIMIT: usize = 32 << 20;

/// Says why a body could not be read.
enum BodyError {
    /// The connection broke.
    Broken(Failed),
    /// The attempt timed out.
    TimedOut,
    /// The body is larger than [`BODY_LIMIT`].
    TooLarge,
}

/// Holds the request of one attempt.
struct Outgoing<'a> {
    method: &'a Method,
    url: &'a Url,
    headers: HeaderMap,
    json: Option<&'a Bytes>,
    #[cfg(target_arch = "wasm32")]
    replace_body: Option<&'a js_sys::Function>,
}

/// Holds a successful response, not yet decoded.
pub(crate) struct RawResponse {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

/// Sends the request of one call through reqwest, once for each attempt.
pub(crate) struct HttpTransport<'a> {
    pub(crate) client: &'a ApiClient,
    pub(crate) operation: &'static Operation,
    pub(crate) method: Method,
    pub(crate) url: Url,
    /// Holds the headers of the operation and the body.
    pub(crate) headers: HeaderMap,
    /// Holds the headers that the caller adds.
    pub(crate) caller_headers: HeaderMap,
    #[cfg(target_arch = "wasm32")]
    pub(crate) replace_body: Option<js_sys::Function>,
    pub(crate) json: Option<Bytes>,
    /// Holds the value that the body was serialized from.
    pub(crate) body: &'a dyn Texts,
    /// Holds the tokens of failed attempts.
    pub(crate) bearers: Vec<Bearer>,
    /// Holds status and headers of a response while its body is received.
    pub(crate) head: Option<(StatusCode, HeaderMap)>,
}

impl Transport for HttpTransport<'_> {
    type Response = RawResponse;

    async fn send(&mut self, bearer: Option<Bearer>, timeout: AttemptTimeout) -> Result<RawResponse> {
        let response = self.attempt(bearer.as_ref(), timeout).await;
        if response.is_err() {
            // The response to a later attempt may quote this token; remember it for the redaction.
            self.bearers.extend(bearer);
        }
        response
    }

    fn status(response: &RawResponse) -> StatusCode {
        response.status
    }

    fn head(&mut self) -> Option<(StatusCode, HeaderMap)> {
        self.head.take()
    }

    fn redact(&self, error: Error) -> Error {
        error.redacted(&self.sensitive_values(None))
    }
}

impl HttpTransport<'_> {
    async fn attempt(&mut self, bearer: Option<&Bearer>, timeout: AttemptTimeout) -> Result<RawResponse> {
        let AttemptTimeout { mut elapsed, limit } = timeout;
        let mut request = self.request();
        if let Some(bearer) = bearer {
            request.headers.insert(header::AUTHORIZATION, bearer.header());
        }
        // Not the HTTP client's own timeout: it does not use the client's clock, which tests replace.
        let (status, headers, body) = match select(pin!(send(&self.client.http, request)), &mut elapsed).await {
            Either::Left((response, _)) => response?,
            Either::Right(_) => return Err(Error::timed_out(&self.url, limit)),
        };
        self.head = Some((status, headers));
        let body = match select(pin!(body.read()), elapsed).await {
            Either::Left((body, _)) => body,
            Either::Right(_) => Err(BodyError::TimedOut),
        };
        let (status, headers) = self.head.take().unwrap_or((status, HeaderMap::new()));
        if !status.is_success() {
            // The status decides, also if the body with the explanation was lost.
            let asked = retry_after(&headers, self.client.config.clock.now().wall);
            let error =
                Error::rejected(status, headers, body.unwrap_or_default().into(), &self.sensitive_values(bearer));
            return Err(asked.into_iter().fold(error, Error::retry_in));
        }
        // A 2xx status says that the service has acted, so none of these errors may leave that open.
        match body {
            Ok(body) => Ok(RawResponse { status, headers, body }),
            Err(BodyError::Broken(failed)) => Err(Error::cut_off(status, headers, Error::transport(failed))),
            Err(BodyError::TimedOut) => Err(Error::cut_off(status, headers, Error::timed_out(&self.url, limit))),
            Err(BodyError::TooLarge) => {
                let what = format!("its body is larger than {} MiB", BODY_LIMIT >> 20);
                Err(Error::undecodable(status, headers, Vec::new(), &what))
            }
        }
    }

    /// Returns the request of one attempt, without the token.
    fn request(&self) -> Outgoing<'_> {
        // Four more: `user-agent` and `accept-encoding`, then the token, and the `host` that hyper adds.
        let mut headers = HeaderMap::with_capacity(self.headers.len() + self.caller_headers.len() + 4);
        // A header parameter of a list type occurs once for each item.
        for (name, value) in &self.headers {
            headers.append(name, value.clone());
        }
        for (name, value) in sdk_headers(cfg!(target_arch = "wasm32"), &self.client.config.user_agent) {
            headers.insert(name, value);
        }
        // `RequestOptions::header` refuses the names that the SDK sets, so this overwrites none of them.
        for (name, value) in &self.caller_headers {
            headers.insert(name, value.clone());
        }
        Outgoing {
            method: &self.method,
            url: &self.url,
            headers,
            json: self.json.as_ref(),
            #[cfg(target_arch = "wasm32")]
            replace_body: self.replace_body.as_ref(),
        }
    }

    /// Returns what the call sent, to complete a response that leaves it out.
    pub(crate) fn sent_request(&self) -> SentRequest<'_> {
        let json = self.json.as_deref().unwrap_or_default();
        SentRequest { base_path: self.client.base_path(), url: &self.url, json }
    }

    /// Returns the values that an error must not quote.
    // Collected from the request when there is an error, so that a successful call does not pay for it.
    pub(crate) fn sensitive_values(&self, bearer: Option<&Bearer>) -> Sent {
        let mut sent = Sent::of(self.operation, self.client.base_path(), &self.url, self.body);
        for value in self.caller_headers.values().filter(|value| value.is_sensitive()) {
            sent.secret(&String::from_utf8_lossy(value.as_bytes()));
        }
        self.bearers.iter().chain(bearer).for_each(|bearer| sent.secret(bearer.token()));
        sent
    }
}
