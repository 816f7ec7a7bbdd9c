//! Writes errors as JSON.

use serde_json::json;
use unloc::{Error, ErrorKind, Outcome};
use wasm_bindgen::JsValue;

/// Returns the JSON of an error, of which the facade makes an instance of a class.
pub(crate) fn to_js(error: Error) -> JsValue {
    // Neither headers nor body: they may hold personal data, and errors are logged.
    let described = json!({
        "message": error.to_string(),
        "kind": kind(error.kind()),
        "outcome": outcome(error.outcome()),
        "operation": error.operation().map(|operation| operation.id),
        "status": error.status().map(|status| status.as_u16()),
        "code": error.code(),
        "description": error.description(),
        "retryable": error.is_retryable(),
        "retryAfterMs": error.retry_after().map(|pause| pause.as_millis() as u64),
        "attempts": error.attempts(),
        "requestId": error.request_id(),
    });
    JsValue::from_str(&described.to_string())
}

/// Returns the JSON of an error of the facade itself: it sent what is no configuration and no request.
pub(crate) fn refused(what: &str, why: &str) -> JsValue {
    let described = json!({
        "message": format!("{what} is refused: {why}"), "kind": "request", "outcome": "notSent", "retryable": false, "attempts": 0,
    });
    JsValue::from_str(&described.to_string())
}

fn kind(kind: ErrorKind) -> &'static str {
    match kind {
        ErrorKind::Configuration => "configuration",
        ErrorKind::Scope => "scope",
        ErrorKind::Request => "request",
        ErrorKind::Token => "token",
        ErrorKind::Service => "service",
        ErrorKind::Certificate => "certificate",
        ErrorKind::Connection => "connection",
        ErrorKind::Timeout => "timeout",
        ErrorKind::Decode => "decode",
        ErrorKind::State => "state",
        ErrorKind::Cancelled => "cancelled",
        // A kind that a later version of the crate adds.
        _ => "unknown",
    }
}

fn outcome(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::NotSent => "notSent",
        Outcome::Rejected => "rejected",
        Outcome::Accepted => "accepted",
        // Also for an outcome that a later version adds: the careful answer.
        _ => "unknown",
    }
}
