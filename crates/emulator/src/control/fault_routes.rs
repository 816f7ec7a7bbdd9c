//! Implements the routes of faults.

use std::time::Duration;

use axum::Json;
use axum::extract::rejection::PathRejection;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use serde_json::{Value, json};

use crate::domain::error::Invalid;
use crate::faults::fault::Fault;
use crate::http::error::ApiError;
use crate::http::fields::Fields;
use crate::http::request_body::ControlBody;
use crate::service::App;

/// Lists the fields that every kind of fault can have.
const COMMON: [&str; 5] = ["kind", "operation", "times", "after", "carriedOut"];

const KINDS: &str =
    "status, html, rateLimited, delay, reset, halfBody, wrongLength, silence, expiredToken or revokedToken";

pub(super) async fn list(State(app): State<App>) -> Json<Value> {
    Json(json!({ "faults": app.faults.list() }))
}

pub(super) async fn add(State(app): State<App>, ControlBody(body): ControlBody) -> Result<Json<Value>, ApiError> {
    let fault = read(&body)?;
    let id = app.faults.add(fault).map_err(|error| ApiError::invalid(error.to_string()))?;
    app.world.changed();
    Ok(Json(json!({ "id": id })))
}

pub(super) async fn remove(
    State(app): State<App>,
    id: Result<Path<u64>, PathRejection>,
) -> Result<StatusCode, ApiError> {
    let removed = id.is_ok_and(|Path(id)| app.faults.remove(id));
    app.world.changed();
    if removed { Ok(StatusCode::NO_CONTENT) } else { Err(ApiError::not_found("There is no active fault with this id")) }
}

pub(super) async fn clear(State(app): State<App>) -> StatusCode {
    app.faults.clear();
    app.world.changed();
    StatusCode::NO_CONTENT
}

fn read(body: &Fields) -> Result<Fault, Invalid> {
    let kind = body.required("kind", body.text("kind", 1..=64)?)?;
    let own: &[&str] = match kind {
        "status" => &["status", "body", "contentType", "retryAfter"],
        "html" => &["status"],
        "rateLimited" => &["retryAfter"],
        "delay" => &["milliseconds"],
        "reset" | "halfBody" | "wrongLength" | "silence" | "expiredToken" | "revokedToken" => &[],
        _ => return Err(body.error("kind", &format!("must be one of {KINDS}"))),
    };
    body.reject_unknown(&[&COMMON, own].concat())?;
    let status = |default| -> Result<u16, Invalid> {
        let status = body.number("status", 200..=599)?.unwrap_or(default);
        Ok(u16::try_from(status).unwrap_or(500))
    };
    let seconds = |name| -> Result<Option<Duration>, Invalid> {
        Ok(body.number(name, 0..=1_000_000_000)?.map(|seconds| Duration::from_secs(seconds.unsigned_abs())))
    };
    let mut fault = match kind {
        "status" => Fault::status(status(500)?),
        "html" => Fault::html(status(502)?),
        "rateLimited" => Fault::rate_limited(seconds("retryAfter")?.unwrap_or(Duration::from_secs(1))),
        "delay" => {
            let time = body.required("milliseconds", body.number("milliseconds", 0..=86_400_000)?)?;
            Fault::delay(Duration::from_millis(time.unsigned_abs()))
        }
        "reset" => Fault::reset(),
        "halfBody" => Fault::half_body(),
        "wrongLength" => Fault::wrong_length(),
        "silence" => Fault::silence(),
        "expiredToken" => Fault::expired_token(),
        _ => Fault::revoked_token(),
    };
    if body.present("contentType").is_some() && body.present("body").is_none() {
        return Err(body.error("contentType", "needs the field body"));
    }
    if let Some(text) = body.text("body", 0..=1_000_000)? {
        fault = fault.body(text, body.text("contentType", 1..=200)?.unwrap_or("application/json"));
    }
    if let Some(time) = seconds("retryAfter")? {
        fault = fault.retry_after(time);
    }
    if let Some(operation) = body.text("operation", 1..=200)? {
        fault = fault.on(operation);
    }
    let count = |number: i64| u32::try_from(number).unwrap_or(u32::MAX);
    fault = match body.sent("times") {
        Some(Value::Null) => fault.always(),
        _ => fault.times(body.number("times", 1..=i64::from(u32::MAX))?.map_or(1, count)),
    };
    if let Some(requests) = body.number("after", 0..=i64::from(u32::MAX))? {
        fault = fault.after(count(requests));
    }
    if body.boolean("carriedOut")? == Some(true) {
        fault = fault.carried_out();
    }
    Ok(fault)
}
