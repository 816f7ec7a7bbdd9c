//! Provides the middleware of every operation: applies faults and quirks, and records the request in the journal.

use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::extract::{Request, State};
use axum::http::header::{CONTENT_TYPE, RETRY_AFTER};
use axum::http::{HeaderValue, Method, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use http_body_util::BodyExt;

use crate::domain::token::{Invalidation, Issuer};
use crate::domain::version::ApiVersion;
use crate::domain::world::World;
use crate::faults::connection::ResetSwitch;
use crate::faults::fault::Faults;
use crate::faults::fault::{Fault, FaultKind};
use crate::faults::journal::Journal;
use crate::faults::quirks::{self, Quirks};
use crate::faults::rewrite::{self, Called};
use crate::faults::truncate;
use crate::http::bearer::bearer;
use crate::http::error::{ApiError, OAuthError};
use crate::http::problem::Problem;

/// Is the operation of the specs that a route serves.
#[derive(Clone)]
pub(crate) struct Operation {
    pub(crate) name: &'static str,
    pub(crate) version: ApiVersion,
    pub(crate) context: Arc<Context>,
}

/// Holds the parts of an emulator that faults act on.
pub(crate) struct Context {
    pub(crate) world: Arc<World>,
    pub(crate) issuer: Arc<Issuer>,
    pub(crate) faults: Arc<Faults>,
    pub(crate) quirks: Arc<Quirks>,
    pub(crate) journal: Arc<Journal>,
}

/// Applies faults and quirks to a request, and records it in the journal.
pub(crate) async fn inject(State(operation): State<Operation>, request: Request, next: Next) -> Response {
    let Operation { name, version, context } = operation;
    let called = Called { name, version };
    let (started, method) = (Instant::now(), request.method().clone());
    let reset = request.extensions().get::<ResetSwitch>().cloned();
    let fault = context.faults.take_for(name);
    let fault_name = fault.as_ref().map(Fault::name);
    let mut entry =
        PendingEntry { context: &context, method, name, started, fault_name, status: CLIENT_CLOSED_REQUEST };
    let response = match &fault {
        None => respond(&context, called, request, next).await,
        Some(fault) => inject_fault(&context, called, fault, request, next).await,
    };
    entry.status = response.status().as_u16();
    drop(entry);
    let kind = fault.map(|fault| fault.kind);
    // After the journal entry, because this future is dropped as soon as the client closes the connection.
    if matches!(kind, Some(FaultKind::Silence)) {
        context.world.stopped().await;
    }
    // Nothing of this response may be sent, not even when the emulator stops.
    if let (Some(FaultKind::Reset | FaultKind::Silence), Some(reset)) = (kind, reset) {
        reset.reset();
    }
    response
}

/// Is the journal's status if the client closed the connection before the response. nginx logs the same number.
const CLIENT_CLOSED_REQUEST: u16 = 499;

/// Is the journal entry of a request in flight. It is recorded on drop, because [`inject`] is dropped halfway when the
/// client closes the connection.
struct PendingEntry<'a> {
    context: &'a Context,
    method: Method,
    name: &'static str,
    started: Instant,
    fault_name: Option<String>,
    status: u16,
}

impl Drop for PendingEntry<'_> {
    fn drop(&mut self) {
        let Self { context, method, name, started, fault_name, status } = self;
        context.journal.record(
            context.world.now(),
            method.as_str(),
            Some(name),
            *status,
            started.elapsed(),
            fault_name.take(),
        );
        context.world.changed();
    }
}

/// Runs the handler, and applies the quirks that are on.
async fn respond(context: &Context, called: Called, request: Request, next: Next) -> Response {
    if !context.quirks.any() {
        return next.run(request).await;
    }
    if let Some(refusal) = quirks::refuse(&context.quirks, &request) {
        return refusal;
    }
    let response = next.run(request).await;
    let (parts, body) = response.into_parts();
    match body.collect().await {
        Ok(bytes) => rewrite::rewrite(&context.quirks, called, parts, &bytes.to_bytes()),
        // Does not happen: the bodies of all handlers are in memory.
        Err(error) => ApiError::invalid(error.to_string()).into_response(),
    }
}

/// Applies a fault: before the handler, after it, or instead of it.
async fn inject_fault(context: &Context, called: Called, fault: &Fault, request: Request, next: Next) -> Response {
    match &fault.kind {
        FaultKind::Delay { milliseconds } => {
            context.world.sleep(Duration::from_millis(*milliseconds)).await;
            return respond(context, called, request, next).await;
        }
        FaultKind::ExpiredToken => invalidate_token(context, &request, Invalidation::Expired),
        FaultKind::RevokedToken => invalidate_token(context, &request, Invalidation::Revoked),
        _ => {}
    }
    let rejects_token = matches!(fault.kind, FaultKind::ExpiredToken | FaultKind::RevokedToken);
    let response = if fault.is_carried_out() || rejects_token {
        Some(respond(context, called, request, next).await)
    } else {
        None
    };
    match &fault.kind {
        FaultKind::Status { status, body, content_type, retry_after } => {
            injected_response(called, *status, body.as_deref(), content_type, *retry_after)
        }
        // This status is for the journal only; the response is never sent.
        FaultKind::Reset | FaultKind::Silence => StatusCode::BAD_GATEWAY.into_response(),
        FaultKind::HalfBody | FaultKind::WrongLength => {
            truncate::truncate(response.unwrap_or_default(), matches!(fault.kind, FaultKind::HalfBody)).await
        }
        FaultKind::Delay { .. } | FaultKind::ExpiredToken | FaultKind::RevokedToken => response.unwrap_or_default(),
    }
}

fn invalidate_token(context: &Context, request: &Request, invalidation: Invalidation) {
    if let Some(token) = bearer(request.headers()) {
        context.issuer.invalidate(&token, invalidation);
    }
}

fn injected_response(
    called: Called,
    status: u16,
    body: Option<&str>,
    content_type: &str,
    retry_after: Option<u64>,
) -> Response {
    let code = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let text = format!("Injected fault: status {status}");
    let mut response = match body {
        Some(body) => (code, body.to_owned()).into_response(),
        None if called.version == ApiVersion::V2 => Problem::injected(code, text).into_response(),
        None if called.name == "getToken" => {
            OAuthError::temporarily_unavailable(text).with_status(code).into_response()
        }
        None => ApiError::injected(code, text).into_response(),
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
