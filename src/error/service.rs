//! Errors made of what the service answered, or of its silence.

use std::error::Error as StdError;
use std::sync::Arc;

use reqwest::StatusCode;
use reqwest::header::HeaderMap;
use serde_json::Value;

use super::{Error, ErrorKind, Outcome, scrub};
use crate::transport::Unbuilt;

impl Error {
    /// An answer outside 2xx.
    pub(crate) fn rejected(status: StatusCode, headers: HeaderMap, body: Vec<u8>) -> Self {
        let (code, description) = explain(&body);
        let hint = match status.as_u16() {
            300..=399 => {
                Some("redirects are not followed, since they would carry the token elsewhere: check the address")
            }
            _ if code.as_deref() == Some("invalid_client") => {
                Some("check the client id and secret, and that they belong to this environment")
            }
            401 => Some("a fresh token was refused as well: are these credentials still valid?"),
            403 => Some("does the token's scope cover this lock holder?"),
            404 if code.is_none() => Some("is the address right, or a proxy between?"),
            429 => Some("the service asks for fewer calls"),
            _ => None,
        };
        let outcome = if status.is_server_error() { Outcome::Unknown } else { Outcome::Rejected };
        let error = Self::new(ErrorKind::Service, format!("the service answered {status}")).change(|inner| {
            inner.outcome = outcome;
            inner.status = Some(status);
            inner.code = code;
            inner.description = description;
            inner.headers = headers;
            inner.body = body;
        });
        match hint {
            Some(hint) => error.hint(hint),
            None => error,
        }
    }

    /// No answer, or a broken one.
    pub(crate) fn transport(error: reqwest::Error) -> Self {
        // The address holds phone numbers.
        let error = error.without_url();
        let cause = root(&error);
        let (kind, what, outcome) = if error.is_builder() {
            (ErrorKind::Request, "the request cannot be sent", Outcome::NotSent)
        } else if error.is_connect() && error.is_timeout() {
            (ErrorKind::Timeout, "no connection in time", Outcome::NotSent)
        } else if error.is_connect() {
            (ErrorKind::Connection, "no connection to the service", Outcome::NotSent)
        } else if error.is_timeout() {
            (ErrorKind::Timeout, "no answer in time", Outcome::Unknown)
        } else {
            (ErrorKind::Connection, "the connection broke", Outcome::Unknown)
        };
        let hint = match kind {
            ErrorKind::Connection if cause.contains("certificate") => {
                Some("its certificate does not verify: check the address, the clock and the trusted roots")
            }
            ErrorKind::Connection if outcome == Outcome::NotSent => Some("check the address and the network"),
            _ if outcome == Outcome::Unknown => Some("the service may have acted on it"),
            _ => None,
        };
        let made = Self::new(kind, format!("{what}: {}", scrub(&cause))).change(|inner| {
            inner.outcome = outcome;
            inner.status = error.status();
            inner.source = Some(Arc::new(error));
        });
        match hint {
            Some(hint) => made.hint(hint),
            None => made,
        }
    }

    /// A request that could not be built.
    pub(crate) fn unbuilt(error: Unbuilt) -> Self {
        match error {
            Unbuilt::InvalidRequest(what) => Self::new(ErrorKind::Request, scrub(&what)),
            Unbuilt::Unsendable(error) => Self::transport(error),
        }
    }

    /// A success whose body cannot be read.
    pub(crate) fn undecodable(status: StatusCode, headers: HeaderMap, body: Vec<u8>, what: &str) -> Self {
        Self::new(ErrorKind::Decode, format!("the service answered {status}, but {what}")).change(|inner| {
            inner.outcome = Outcome::Accepted;
            inner.status = Some(status);
            inner.headers = headers;
            inner.body = body;
        })
    }
}

fn root(error: &dyn StdError) -> String {
    let mut last = error;
    while let Some(source) = last.source() {
        last = source;
    }
    last.to_string()
}

/// The service's name and words for an error, whatever form they come in.
fn explain(body: &[u8]) -> (Option<String>, Option<String>) {
    let Ok(Value::Object(fields)) = serde_json::from_slice(body) else { return (None, page_title(body)) };
    let text = |name: &str| fields.get(name).and_then(Value::as_str).filter(|text| !text.trim().is_empty()).map(scrub);
    let first = |names: &[&str]| names.iter().find_map(|name| text(name));
    let code = first(&["error", "code", "title", "type"]);
    let mut description = first(&["errorDescription", "error_description", "detail", "message"]);
    // Problem documents name what was wrong with each parameter.
    let parameters = fields.get("invalidParams").or_else(|| fields.get("invalid-params")).and_then(Value::as_array);
    for parameter in parameters.into_iter().flatten() {
        let part = |name: &str| scrub(parameter.get(name).and_then(Value::as_str).unwrap_or_default());
        let line = format!("{} {}", part("name"), part("reason"));
        description = Some(description.map_or(line.clone(), |so_far| format!("{so_far}; {line}")));
    }
    (code, description)
}

/// A gateway's HTML page says what happened in its title.
fn page_title(body: &[u8]) -> Option<String> {
    let text = String::from_utf8_lossy(&body[..body.len().min(4096)]);
    let lower = text.to_ascii_lowercase();
    if !lower.contains("<html") && !lower.contains("<!doctype") {
        return None;
    }
    let start = lower.find("<title>")? + "<title>".len();
    let end = start + lower.get(start..)?.find("</title>")?;
    text.get(start..end).map(scrub).filter(|title| !title.is_empty())
}

#[cfg(test)]
mod tests {
    use super::explain;

    #[test]
    fn every_known_form_of_error_body_is_understood() {
        let read = |body: &str| explain(body.as_bytes());
        let some = |code: &str, text: &str| (Some(code.to_owned()), Some(text.to_owned()));
        assert_eq!(read(r#"{"error":"invalid_client","error_description":"no"}"#), some("invalid_client", "no"));
        assert_eq!(
            read(r#"{"error":"JsonWebTokenError","errorDescription":"JWT expired"}"#),
            some("JsonWebTokenError", "JWT expired")
        );
        assert_eq!(
            read(r#"{"title":"Bad Request","detail":"no","invalidParams":[{"name":"end","reason":"must be text"}]}"#),
            some("Bad Request", "no; end must be text")
        );
        let page = "<!DOCTYPE html><html><head><TITLE>502 Bad Gateway</TITLE></head></html>";
        assert_eq!(read(page), (None, Some("502 Bad Gateway".to_owned())));
        for silent in ["", "null", "[]", "\"x\"", "{\"error\":1}", "<html>", "\u{fffd}"] {
            assert_eq!(read(silent), (None, None), "{silent}");
        }
    }
}
