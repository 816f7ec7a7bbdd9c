//! Rewrites responses according to the quirks that are on.

use axum::body::Body;
use axum::http::header::{CONTENT_LENGTH, CONTENT_TYPE};
use axum::http::response::Parts;
use axum::http::{HeaderValue, StatusCode};
use axum::response::Response;
use serde_json::{Map, Value, json};

use crate::domain::version::ApiVersion;
use crate::faults::quirks::{Quirk, Quirks};

/// Names the operation that a request calls. The same name can occur in both versions.
#[derive(Clone, Copy)]
pub(crate) struct Called {
    pub(crate) name: &'static str,
    pub(crate) version: ApiVersion,
}

/// Lists the fields that `sparse-fields` removes at any depth.
const SPARSE_FIELDS: [&str; 8] = [
    "imageUrl",
    "address",
    "created",
    "duplicateLock",
    "createdKeys",
    "userName",
    "activeInstallerInviteCodes",
    "organizationIdSuffix",
];

/// Lists the envelopes of single objects.
const ENVELOPES: [&str; 11] = [
    "lockHolder",
    "lock",
    "key",
    "role",
    "vendorConnection",
    "webhook",
    "integrator",
    // Of version 2 only.
    "project",
    "job",
    "jobRef",
    "resources",
];

/// Lists the envelopes of lists with pages.
const PAGED_LISTS: [&str; 6] = ["locks", "keys", "roles", "keyEvents", "sharingRights", "accessEvents"];

/// Rewrites the response of an operation.
pub(crate) fn rewrite(quirks: &Quirks, called: Called, mut parts: Parts, bytes: &[u8]) -> Response {
    let operation = called.name;
    let on = |quirk| quirks.has(quirk);
    if parts.status == StatusCode::NO_CONTENT && on(Quirk::OtherSuccesses) {
        parts.status = StatusCode::OK;
        return with_json(parts, &json!({}));
    }
    // Images and empty bodies are no JSON and stay as they are.
    let Ok(mut body) = serde_json::from_slice::<Value>(bytes) else {
        return Response::from_parts(parts, Body::from(bytes.to_vec()));
    };
    if operation == "getToken" {
        if on(Quirk::NoScope)
            && let Some(fields) = body.as_object_mut()
        {
            fields.remove("scope");
        }
        if on(Quirk::ScopeText)
            && let Some(Value::Array(claims)) = body.get("scope")
        {
            let claims: Vec<_> = claims.iter().filter_map(Value::as_str).collect();
            body["scope"] = claims.join(" ").into();
        }
        return with_json(parts, &body);
    }
    if !parts.status.is_success() {
        return error(quirks, called.version, parts, &body);
    }
    if on(Quirk::OtherSuccesses) && operation.starts_with("create") && operation != "createOrUpdateRole" {
        parts.status = StatusCode::CREATED;
    }
    rewrite_fields(quirks, operation, &mut body);
    with_json(parts, &rewrite_envelope(quirks, operation, body))
}

fn with_json(mut parts: Parts, body: &Value) -> Response {
    parts.headers.remove(CONTENT_LENGTH);
    if !parts.headers.contains_key(CONTENT_TYPE) {
        parts.headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    }
    Response::from_parts(parts, Body::from(body.to_string()))
}

fn error(quirks: &Quirks, version: ApiVersion, mut parts: Parts, body: &Value) -> Response {
    let (code, text) = (body["error"].clone(), body["errorDescription"].clone());
    if quirks.has(Quirk::HtmlErrors) {
        parts.headers.remove(CONTENT_LENGTH);
        parts.headers.insert(CONTENT_TYPE, HeaderValue::from_static("text/html"));
        let status = parts.status;
        let page = format!("<html><head><title>{status}</title></head><body><h1>{status}</h1></body></html>");
        return Response::from_parts(parts, Body::from(page));
    }
    // The other two quirks are about version 1: its errors have these forms in some documents.
    if version == ApiVersion::V2 {
        return with_json(parts, body);
    }
    if quirks.has(Quirk::ProblemErrors) {
        parts.headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        let problem = json!({ "type": "about:blank", "title": code, "status": parts.status.as_u16(), "detail": text });
        return with_json(parts, &problem);
    }
    if quirks.has(Quirk::SnakeErrors) {
        return with_json(parts, &json!({ "error": code, "error_description": text }));
    }
    with_json(parts, body)
}

/// Rewrites fields at any depth, the inner ones first.
fn rewrite_fields(quirks: &Quirks, operation: &str, value: &mut Value) {
    match value {
        Value::Array(items) => items.iter_mut().for_each(|item| rewrite_fields(quirks, operation, item)),
        Value::Object(fields) => {
            let names: Vec<String> = fields.keys().cloned().collect();
            for name in &names {
                if let Some(field) = fields.get_mut(name) {
                    rewrite_fields(quirks, operation, field);
                    rewrite_value(quirks, name, field);
                }
            }
            add_and_remove_fields(quirks, operation, fields);
        }
        _ => {}
    }
}

fn rewrite_value(quirks: &Quirks, name: &str, field: &mut Value) {
    let on = |quirk| quirks.has(quirk);
    let new = match (name, &*field) {
        ("canShare", Value::Bool(can)) if on(Quirk::StringBooleans) => Value::from(can.to_string()),
        ("userId" | "appUserId", Value::String(id)) if on(Quirk::NumericUsers) => number(id),
        ("postalCode", Value::String(code)) if on(Quirk::NumericPostalCodes) => number(code),
        ("imageUrl", Value::String(_)) if on(Quirk::OddImageUrls) => "url".into(),
        ("address", Value::Object(address)) if on(Quirk::LowerCountries) => {
            let mut address = address.clone();
            if let Some(Value::String(country)) = address.get("countryIso") {
                address["countryIso"] = country.to_lowercase().into();
            }
            Value::Object(address)
        }
        ("vendor", Value::String(_)) if on(Quirk::UnknownValues) => "acme-locks".into(),
        ("vendor", Value::String(vendor)) if on(Quirk::CapitalVendors) => {
            let (first, rest) = vendor.split_at(vendor.chars().next().map_or(0, char::len_utf8));
            format!("{}{rest}", first.to_uppercase()).into()
        }
        ("state", Value::String(_)) if on(Quirk::UnknownValues) => "on-holiday".into(),
        ("auth", Value::Object(names)) if on(Quirk::UnknownValues) => {
            names.keys().map(|name| (name.clone(), Value::from("ask-first"))).collect::<Map<_, _>>().into()
        }
        ("action", Value::String(_)) if on(Quirk::UnknownValues) => "doorbell".into(),
        ("toUser" | "appUser", Value::Object(user)) if on(Quirk::NumericUsers) => {
            let mut user = user.clone();
            if let Some(Value::String(id)) = user.get("id") {
                user["id"] = number(id);
            }
            Value::Object(user)
        }
        ("recurrence", Value::Object(recurrence))
            if on(Quirk::LowerTimeSpans) && recurrence.contains_key("timeSpans") =>
        {
            json!({ "timespans": recurrence["timeSpans"] })
        }
        // Recurrences of version 2 have this format already.
        ("recurrence", Value::Object(days)) if on(Quirk::TimeSpans) && !days.contains_key("timeSpans") => {
            time_spans(days)
        }
        _ => return,
    };
    *field = new;
}

/// Converts a string of digits to a number, which loses a leading plus and leading zeros.
fn number(text: &str) -> Value {
    text.trim_start_matches('+').parse::<u64>().map_or_else(|_| text.into(), Value::from)
}

fn time_spans(days: &Map<String, Value>) -> Value {
    let spans = days.iter().filter_map(|(weekday, period)| {
        let mut span = period.as_object()?.clone();
        span.insert("weekday".to_owned(), weekday.as_str().into());
        Some(Value::Object(span))
    });
    json!({ "timeSpans": spans.collect::<Vec<_>>() })
}

/// Adds fields to an object and removes others.
fn add_and_remove_fields(quirks: &Quirks, operation: &str, fields: &mut Map<String, Value>) {
    let is_key = fields.contains_key("toUser") || fields.contains_key("appUser");
    if quirks.has(Quirk::SparseFields) {
        let is_event = fields.contains_key("action");
        for name in SPARSE_FIELDS {
            // No document omits the time of an event.
            if !(is_event && name == "created") {
                fields.remove(name);
            }
        }
        if is_key && operation == "getKeysForLock" {
            fields.remove("id");
            fields.remove("lockId");
        }
    }
    if is_key && quirks.has(Quirk::EmptyRecurrences) && !fields.contains_key("recurrence") {
        fields.insert("recurrence".to_owned(), json!({}));
    }
    if is_key && quirks.has(Quirk::MissingDates) {
        for name in ["start", "end"] {
            if fields.get(name).is_some_and(Value::is_null) {
                fields.remove(name);
            }
        }
    }
    // `auth` and `recurrence` are maps: an additional entry would be data, not an unknown field.
    let is_map = fields.values().all(Value::is_string) || fields.keys().all(|name| name.len() == 3);
    if quirks.has(Quirk::UnknownFields) && !is_map {
        fields.insert("emulatorNews".to_owned(), json!({ "of": ["no", "document"] }));
    }
}

fn rewrite_envelope(quirks: &Quirks, operation: &str, mut body: Value) -> Value {
    let Value::Object(fields) = &mut body else { return body };
    if quirks.has(Quirk::BareLists)
        && operation == "getLockHolders"
        && let Some(list) = fields.remove("lockHolders")
    {
        return list;
    }
    if PAGED_LISTS.iter().any(|name| fields.contains_key(*name)) && !fields.contains_key("startAfterId") {
        if quirks.has(Quirk::EmptyCursors) {
            fields.insert("startAfterId".to_owned(), "".into());
        } else if quirks.has(Quirk::NullCursors) {
            fields.insert("startAfterId".to_owned(), Value::Null);
        }
    }
    if quirks.has(Quirk::BareObjects)
        && let Some(thing) = ENVELOPES.iter().find_map(|name| fields.remove(*name))
    {
        return thing;
    }
    let hyphenated = [("lockHolders", "lock-holders"), ("vendorConnections", "vendor-connections")];
    let events = [("keyEvents", "events"), ("accessEvents", "events")];
    for (quirk, names) in [(Quirk::HyphenatedEnvelopes, &hyphenated[..]), (Quirk::EventsEnvelope, &events[..])] {
        for (name, other) in names.iter().filter(|_| quirks.has(quirk)) {
            if let Some(list) = fields.remove(*name) {
                fields.insert((*other).to_owned(), list);
            }
        }
    }
    body
}
