//! What happens around every operation: faults, quirks and the journal.

use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::header::{CONTENT_LENGTH, CONTENT_TYPE, RETRY_AFTER};
use axum::http::{HeaderValue, Method, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use http_body::Frame;
use http_body_util::BodyExt;

use crate::error::{ApiError, OAuthError};
use crate::faults::{Fault, FaultKind};
use crate::quirks;
use crate::rewrite;
use crate::state::App;
use crate::token::Doom;
use crate::wire::Scissors;

/// Which operation of the specs a route is, and of which emulator.
#[derive(Clone)]
pub(crate) struct Route {
    pub(crate) app: App,
    pub(crate) name: &'static str,
}

pub(crate) async fn around(State(route): State<Route>, request: Request, next: Next) -> Response {
    let Route { app, name } = route;
    let (begun, method) = (Instant::now(), request.method().clone());
    let scissors = request.extensions().get::<Scissors>().cloned();
    let fault = app.faults.strike(name);
    let said = fault.as_ref().map(Fault::name);
    let mut entry = Entry { app: &app, method, name, begun, said, status: GIVEN_UP };
    let response = match &fault {
        None => answer(&app, name, request, next).await,
        Some(fault) => spoiled(&app, name, fault, request, next).await,
    };
    entry.status = response.status().as_u16();
    drop(entry);
    let kind = fault.map(|fault| fault.kind);
    // After the entry in the journal: a client gives up waiting, and then nothing of this is carried on.
    if matches!(kind, Some(FaultKind::Silence)) {
        app.stopped().await;
    }
    // Nothing of this answer is sent, not even when the emulator stops.
    if let (Some(FaultKind::Reset | FaultKind::Silence), Some(scissors)) = (kind, scissors) {
        scissors.cut();
    }
    response
}

/// What the journal has as the status where the client went away before there was an answer; proxies write it so.
const GIVEN_UP: u16 = 499;

/// A request on its way into the journal. It gets there when this is dropped: a client that gives up waiting takes the
/// whole of [`around`] with it.
struct Entry<'a> {
    app: &'a App,
    method: Method,
    name: &'static str,
    begun: Instant,
    said: Option<String>,
    status: u16,
}

impl Drop for Entry<'_> {
    fn drop(&mut self) {
        let Self { app, method, name, begun, said, status } = self;
        app.journal.enter(app.now(), method.as_str(), Some(name), *status, begun.elapsed(), said.take());
        app.changed();
    }
}

/// The answer as the emulator gives it, with the quirks that are switched on.
async fn answer(app: &App, name: &str, request: Request, next: Next) -> Response {
    if !app.quirks.any() {
        return next.run(request).await;
    }
    if let Some(refusal) = quirks::refuse(&app.quirks, &request) {
        return refusal;
    }
    let response = next.run(request).await;
    let (parts, body) = response.into_parts();
    match body.collect().await {
        Ok(bytes) => rewrite::rewrite(&app.quirks, name, parts, &bytes.to_bytes()),
        // Bodies of the emulator's own making do not fail.
        Err(error) => ApiError::invalid(error.to_string()).into_response(),
    }
}

async fn spoiled(app: &App, name: &str, fault: &Fault, request: Request, next: Next) -> Response {
    match &fault.kind {
        FaultKind::Delay { milliseconds } => {
            app.sleep(Duration::from_millis(*milliseconds)).await;
            return answer(app, name, request, next).await;
        }
        FaultKind::ExpiredToken => app.issuer.doom(request.headers(), Doom::Expired),
        FaultKind::RevokedToken => app.issuer.doom(request.headers(), Doom::Revoked),
        _ => {}
    }
    let stops = matches!(fault.kind, FaultKind::ExpiredToken | FaultKind::RevokedToken);
    let real = if fault.is_carried_out() || stops { Some(answer(app, name, request, next).await) } else { None };
    match &fault.kind {
        FaultKind::Status { status, body, content_type, retry_after } => {
            made_up(name, *status, body.as_deref(), content_type, *retry_after)
        }
        // For the journal: it is never sent.
        FaultKind::Reset | FaultKind::Silence => StatusCode::BAD_GATEWAY.into_response(),
        FaultKind::HalfBody | FaultKind::WrongLength => {
            cut(real.unwrap_or_default(), matches!(fault.kind, FaultKind::HalfBody)).await
        }
        FaultKind::Delay { .. } | FaultKind::ExpiredToken | FaultKind::RevokedToken => real.unwrap_or_default(),
    }
}

fn made_up(name: &str, status: u16, body: Option<&str>, content_type: &str, retry_after: Option<u64>) -> Response {
    let code = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let text = format!("A fault that was asked for: {status}");
    let mut response = match body {
        Some(body) => (code, body.to_owned()).into_response(),
        None if name == "getToken" => OAuthError::temporarily_unavailable(text).with_status(code).into_response(),
        None => ApiError::on_demand(code, text).into_response(),
    };
    if body.is_some()
        && let Ok(value) = HeaderValue::from_str(content_type)
    {
        response.headers_mut().insert(CONTENT_TYPE, value);
    }
    if let Some(seconds) = retry_after {
        response.headers_mut().insert(RETRY_AFTER, seconds.into());
    }
    response
}

/// Sends the first half of a body. If the connection is to break, the whole length is announced, else the half.
async fn cut(response: Response, breaks: bool) -> Response {
    let (mut parts, body) = response.into_parts();
    let Ok(bytes) = body.collect().await else { return StatusCode::BAD_GATEWAY.into_response() };
    let bytes = bytes.to_bytes();
    let half = bytes.slice(..bytes.len() / 2);
    let announced = if breaks { bytes.len() } else { half.len() };
    parts.headers.insert(CONTENT_LENGTH, announced.into());
    Response::from_parts(parts, Body::new(Half { half: Some(half), breaks, flushed: false }))
}

/// Half a body, and what comes then.
struct Half {
    half: Option<Bytes>,
    breaks: bool,
    flushed: bool,
}

impl http_body::Body for Half {
    type Data = Bytes;
    type Error = std::io::Error;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Self::Error>>> {
        match self.half.take() {
            Some(half) => Poll::Ready(Some(Ok(Frame::data(half)))),
            None if !self.breaks => Poll::Ready(None),
            // What is sent so far leaves only when there is a pause.
            None if !self.flushed => {
                self.flushed = true;
                cx.waker().wake_by_ref();
                Poll::Pending
            }
            None => Poll::Ready(Some(Err(std::io::ErrorKind::UnexpectedEof.into()))),
        }
    }
}
