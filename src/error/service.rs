//! Errors made of what the service answered, or of its silence.

use std::error::Error as StdError;
use std::sync::Arc;
use std::time::Duration;

use reqwest::header::HeaderMap;
use reqwest::{StatusCode, Url};
use serde_json::Value;

use super::body::without_mark;
use super::cause::Cause;
use super::encoding::{ENCODED, coding};
use super::seconds;
use super::unbuilt::Unbuilt;
use super::{ACTED, Error, ErrorKind, Outcome, Sent, one_line, redact};

pub(super) const CHECK_CREDENTIALS: &str = "check the client id and secret, and that they belong to this environment";

impl Error {
    /// An answer outside 2xx, in whose words what was sent must not come back.
    pub(crate) fn rejected(status: StatusCode, headers: HeaderMap, body: Vec<u8>, sent: &Sent) -> Self {
        let (code, description) = explain(&body, &|text| sent.redact(text));
        // What is encoded explains nothing, which says nothing of the address.
        let coded = coding(&headers, &body);
        let hint = match status.as_u16() {
            300..=399 if headers.contains_key("location") => {
                Some("redirects are not followed, since they would carry the token elsewhere: check the address")
            }
            _ if code.as_deref() == Some("invalid_client") => Some(CHECK_CREDENTIALS),
            403 => Some("does the token's scope cover this lock holder?"),
            404 if code.is_none() && coded.is_none() => Some("is the address right, or a proxy between?"),
            429 => Some("the service asks for fewer calls"),
            _ => None,
        };
        // 303 is what servers say that did it and show the result elsewhere, 408 what some gateways say of a slow service;
        // a status that HTTP does not know is trouble.
        let outcome = match status.as_u16() {
            303 | 408 | 500.. => Outcome::Unknown,
            _ => Outcome::Rejected,
        };
        Self::new(ErrorKind::Service, format!("the service answered {status}")).change(|inner| {
            inner.outcome = outcome;
            inner.status = Some(status);
            inner.code = code;
            inner.description = description;
            inner.headers = headers;
            inner.body = body;
            let coded = coded.map(|coding| format!("its body is encoded as {coding}: {ENCODED}"));
            inner.hint = match (hint, coded) {
                (Some(hint), Some(coded)) => Some(format!("{hint}; {coded}").into()),
                (hint, coded) => hint.map(Into::into).or(coded.map(Into::into)),
            };
        })
    }

    /// No answer.
    pub(crate) fn transport(error: reqwest::Error) -> Self {
        const CHECK: &str = "check the address, the network and the proxy";

        // The path of the address holds phone numbers; where it leads does not.
        let origin = error.url().map_or_else(|| "the service".to_owned(), |url| url.origin().ascii_serialization());
        let cause = Cause::of(&error);
        let error = error.without_url();
        let (kind, what, hint) = match cause {
            Cause::NoTls => {
                let hint = "switch on one of the features rustls, native-tls and rustls-no-provider";
                (ErrorKind::Configuration, "this program was built without TLS, which {} needs", hint)
            }
            Cause::Builder => (ErrorKind::Request, "the request to {} cannot be built", "correct the call"),
            Cause::OtherName => {
                let hint = "check the base URL and any proxy: another host answers there";
                (ErrorKind::Certificate, "the certificate of {} is for another host name", hint)
            }
            Cause::Certificate => {
                let hint = "check the address, the clock and the trusted roots";
                (ErrorKind::Certificate, "the certificate of {} does not verify", hint)
            }
            Cause::Unresolved => {
                (ErrorKind::Connection, "no connection to {}", "check the host name of the base URL, and the DNS")
            }
            Cause::ConnectTimeout => (ErrorKind::Timeout, "no connection in time to {}", CHECK),
            Cause::Refused | Cause::Unconnected => (ErrorKind::Connection, "no connection to {}", CHECK),
            Cause::Timeout => (ErrorKind::Timeout, "no answer in time from {}", ACTED),
            Cause::Broken => (ErrorKind::Connection, "the connection to {} broke", ACTED),
        };
        let is_open = matches!(cause, Cause::Timeout | Cause::Broken);
        Self::new(kind, format!("{}: {}", what.replace("{}", &origin), one_line(&root(&error)))).change(|inner| {
            inner.outcome = if is_open { Outcome::Unknown } else { Outcome::NotSent };
            inner.status = error.status();
            inner.source = Some(Arc::new(error));
            inner.hint = Some(hint.into());
        })
    }

    /// A client that could not be built.
    pub(crate) fn no_client(error: reqwest::Error) -> Self {
        Self::new(ErrorKind::Configuration, format!("the HTTP client cannot be built: {}", one_line(&root(&error))))
            .change(|inner| inner.source = Some(Arc::new(error)))
    }

    /// No answer, or no end of one, in the time that an attempt has.
    pub(crate) fn timed_out(url: &Url, time: Duration) -> Self {
        let origin = url.origin().ascii_serialization();
        let what = format!("no answer in time from {origin}: {}", seconds(time));
        Self::new(ErrorKind::Timeout, what).at_worst(Outcome::Unknown).hint(ACTED)
    }

    /// An answer that broke off behind its status, for this reason.
    pub(crate) fn cut_off(status: StatusCode, headers: HeaderMap, error: Self) -> Self {
        let what = format!("the service answered {status}, but its body broke off: {}", error.0.message);
        error.change(|inner| {
            inner.message = what.into();
            inner.outcome = Outcome::Accepted;
            inner.status = Some(status);
            inner.headers = headers;
            inner.hint = Some("the operation was carried out, only its answer was lost".into());
        })
    }

    /// A request that could not be built.
    pub(crate) fn unbuilt(Unbuilt(what): &Unbuilt) -> Self {
        Self::new(ErrorKind::Request, redact(what))
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

/// How many refused parameters an error names.
const MOST_PARAMETERS: usize = 4;

/// The service's name and words for an error, whatever form they come in.
pub(super) fn explain(body: &[u8], clean: &dyn Fn(&str) -> String) -> (Option<String>, Option<String>) {
    let Ok(Value::Object(fields)) = serde_json::from_slice(without_mark(body)) else {
        return (None, page_title(body, clean));
    };
    let text = |name: &str| fields.get(name).and_then(Value::as_str).filter(|text| !text.trim().is_empty()).map(clean);
    let first = |names: &[&str]| names.iter().find_map(|name| text(name));
    let code = first(&["error", "code", "title", "type"]);
    let mut description = first(&["errorDescription", "error_description", "detail", "message"]);
    // Problem documents name what was wrong with each parameter.
    let parameters = fields.get("invalidParams").or_else(|| fields.get("invalid-params")).and_then(Value::as_array);
    for parameter in parameters.into_iter().flatten().take(MOST_PARAMETERS) {
        let part = |name: &str| clean(parameter.get(name).and_then(Value::as_str).unwrap_or_default());
        let description = description.get_or_insert_default();
        let gap = if description.is_empty() { "" } else { "; " };
        description.push_str(&format!("{gap}{} {}", part("name"), part("reason")));
    }
    (code, description)
}

/// A gateway's HTML page says what happened in its title.
fn page_title(body: &[u8], clean: &dyn Fn(&str) -> String) -> Option<String> {
    let text = String::from_utf8_lossy(&body[..body.len().min(4096)]);
    let lower = text.to_ascii_lowercase();
    if !lower.contains("<html") && !lower.contains("<!doctype") {
        return None;
    }
    let start = lower.find("<title>")? + "<title>".len();
    let end = start + lower.get(start..)?.find("</title>")?;
    text.get(start..end).map(clean).filter(|title| !title.is_empty())
}

#[cfg(test)]
mod tests {
    use super::{explain, redact};

    #[test]
    fn every_known_form_of_error_body_is_understood() {
        let read = |body: &str| explain(body.as_bytes(), &|text| redact(text));
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
