//! A call's way from its builder to the service and back: path, token, answer. Straight through, each station once.

use std::fmt;
use std::sync::Arc;

use progenitor_client::{ClientInfo, ResponseValue};
use reqwest::header::{AUTHORIZATION, HeaderMap};
use reqwest::{Request, Response, StatusCode};
use serde::de::DeserializeOwned;

use crate::decode::decode;
use crate::error::{Error, ErrorKind, Outcome, Result};
use crate::operation::Operation;
use crate::path;
use crate::scope::Scopes;
use crate::token::{Bearer, TokenCache};

/// The largest body that is read; pages of 2 500 items stay far below.
const BODY_LIMIT: usize = 32 << 20;

/// What the generated clients carry: everything that a call needs beside the connection pool.
#[derive(Clone)]
pub(crate) struct Inner {
    /// Path of the base address, which every request's path must begin with.
    pub(crate) base_path: String,
    /// Whose token a call carries; `None` for the token call itself.
    pub(crate) tokens: Option<(TokenCache, Scopes)>,
}

impl fmt::Debug for Inner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Inner").field("base_path", &self.base_path).finish_non_exhaustive()
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

/// Sends a request and reads the answer as a `T`.
pub(crate) async fn send<T: DeserializeOwned>(
    client: &impl ClientInfo<Inner>,
    request: Result<Request, Unbuilt>,
    operation: &'static Operation,
) -> Result<ResponseValue<T>> {
    let Answer { status, headers, body, attempts } = exchange(client, request, operation).await?;
    match decode(operation, &body) {
        Ok(value) => Ok(ResponseValue::new(value, status, headers)),
        Err(what) => Err(Error::undecodable(status, headers, body, &what).during(operation).after(attempts)),
    }
}

/// Sends a request whose answer has no documented content; whatever comes with a 2xx is fine.
pub(crate) async fn send_for_nothing(
    client: &impl ClientInfo<Inner>,
    request: Result<Request, Unbuilt>,
    operation: &'static Operation,
) -> Result<ResponseValue<()>> {
    let Answer { status, headers, .. } = exchange(client, request, operation).await?;
    Ok(ResponseValue::new((), status, headers))
}

/// A success, not yet decoded.
struct Answer {
    status: StatusCode,
    headers: HeaderMap,
    body: Vec<u8>,
    attempts: u32,
}

async fn exchange(
    client: &impl ClientInfo<Inner>,
    request: Result<Request, Unbuilt>,
    operation: &'static Operation,
) -> Result<Answer> {
    let request = request.map_err(|error| Error::unbuilt(error).during(operation))?;
    let inner = client.inner();
    if !path::is_on(operation, &inner.base_path, request.url()) {
        let what = format!("a parameter leads away from {}", operation.path);
        return Err(Error::new(ErrorKind::Request, what).during(operation));
    }
    let mut known = Known { body: secrets(operation, &request), tokens: [None, None] };
    let Some((cache, scopes)) = &inner.tokens else {
        let answer = execute(client, request).await;
        return finish(answer, 1, &known).await.map_err(|error| error.during(operation));
    };
    let bearer = cache.get(scopes).await.map_err(|error| error.while_getting_a_token(operation))?;
    let again = request.try_clone();
    let mut answer = execute(client, with(request, &bearer)).await;
    known.tokens[0] = Some(Arc::clone(&bearer));
    let (mut attempts, mut hint) = (1, None);
    // A token can die before its time: once, the call is made again with a fresh one. If none can be had, the caller
    // sees the service's own words about the first, and why there is no other.
    if answer.as_ref().is_ok_and(|answer| answer.status() == StatusCode::UNAUTHORIZED)
        && let Some(again) = again
    {
        cache.forget(scopes, &bearer);
        match cache.get(scopes).await {
            Ok(fresh) => {
                answer = execute(client, with(again, &fresh)).await;
                attempts += 1;
                hint = Some("a fresh token was refused as well: are these credentials still valid?".to_owned());
                known.tokens[1] = Some(fresh);
            }
            Err(error) => hint = Some(format!("and no fresh token: {error}")),
        }
    }
    finish(answer, attempts, &known).await.map_err(|error| match hint {
        Some(hint) if error.status() == Some(StatusCode::UNAUTHORIZED) => error.hint(hint).during(operation),
        _ => error.during(operation),
    })
}

/// What a call sent that the service's words must not bring back.
struct Known {
    body: Vec<String>,
    tokens: [Option<Arc<Bearer>>; 2],
}

impl Known {
    fn texts(&self) -> impl Iterator<Item = &str> + Clone {
        let tokens = self.tokens.iter().flatten().map(|bearer| bearer.token());
        self.body.iter().map(String::as_str).chain(tokens)
    }
}

/// The secrets in a request's body, which an error must not repeat.
fn secrets(operation: &Operation, request: &Request) -> Vec<String> {
    if operation.hidden.is_empty() {
        return Vec::new();
    }
    let body = request.body().and_then(reqwest::Body::as_bytes).unwrap_or_default();
    let body: serde_json::Value = serde_json::from_slice(body).unwrap_or_default();
    operation.hidden.iter().filter_map(|name| body.get(name)?.as_str().map(str::to_owned)).collect()
}

fn with(mut request: Request, bearer: &Bearer) -> Request {
    request.headers_mut().insert(AUTHORIZATION, bearer.header());
    request
}

async fn execute(client: &impl ClientInfo<Inner>, request: Request) -> Result<Response> {
    client.client().execute(request).await.map_err(Error::transport)
}

async fn finish(answer: Result<Response>, attempts: u32, known: &Known) -> Result<Answer> {
    let answer = answer.map_err(|error| {
        let arrived = if error.outcome() == Outcome::NotSent { attempts - 1 } else { attempts };
        error.after(arrived)
    })?;
    let (status, headers) = (answer.status(), answer.headers().clone());
    let body = read(answer).await;
    match body {
        Ok(body) if status.is_success() => Ok(Answer { status, headers, body, attempts }),
        Ok(body) => Err(Error::rejected(status, headers, body, known.texts())),
        // What was refused stays refused, also if the explanation did not arrive.
        Err(_) if !status.is_success() => Err(Error::rejected(status, headers, Vec::new(), known.texts())),
        Err(Unread::Broken(error)) => Err(Error::cut_off(status, headers, error)),
        Err(Unread::TooLarge) => {
            let what = format!("its body is larger than {} MiB", BODY_LIMIT >> 20);
            Err(Error::undecodable(status, headers, Vec::new(), &what))
        }
    }
    .map_err(|error| error.after(attempts))
}

enum Unread {
    Broken(reqwest::Error),
    TooLarge,
}

async fn read(mut answer: Response) -> Result<Vec<u8>, Unread> {
    let announced = answer.content_length().unwrap_or_default();
    if announced > BODY_LIMIT as u64 {
        return Err(Unread::TooLarge);
    }
    // The announced length is a claim; trust it for a page, not for a gigabyte.
    let mut body = Vec::with_capacity(usize::try_from(announced).unwrap_or_default().min(1 << 20));
    while let Some(chunk) = answer.chunk().await.map_err(Unread::Broken)? {
        if body.len() + chunk.len() > BODY_LIMIT {
            return Err(Unread::TooLarge);
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body)
}
