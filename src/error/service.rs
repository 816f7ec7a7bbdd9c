//! Creates errors from the service's responses, from transport failures and from timeouts.

#[cfg(not(target_arch = "wasm32"))]
use std::sync::Arc;
use std::time::Duration;

use ::http::StatusCode;
use ::http::header::HeaderMap;
use serde_json::Value;
use url::Url;

use super::body::without_mark;
#[cfg(not(target_arch = "wasm32"))]
use super::cause::root;
use super::cause::{Cause, Failed};
use super::encoding::{ENCODED, coding};
use super::invalid_request::Unbuilt;
use super::seconds;
use super::{ACTED, Error, ErrorKind, Outcome, Sent, one_line, redact};

/// Says what to do about `invalid_client`, which the token endpoint returns for unknown clients of any kind.
pub(super) const CHECK_CREDENTIALS: &str = "check the client id and secret, and that they belong to this environment";

const REDIRECTED: &str = "redirects are not followed, since they would carry the token elsewhere: check the base URL";

impl Error {
    /// Creates the error of a response outside 2xx. What the call sent is redacted from the service's words.
    pub(crate) fn rejected(status: StatusCode, headers: HeaderMap, body: Vec<u8>, sent: &Sent) -> Self {
        let (code, description) = explain(&body, &|text| sent.redact(text));
        // An encoded body has no code that could be read, which is no sign of a wrong base URL.
        let coded = coding(&headers, &body);
        // The first arm that matches says most: `invalid_client` comes with 400 or 401, depending on the service.
        let hint = match status.as_u16() {
            300..=399 if headers.contains_key("location") => Some(REDIRECTED),
            _ if code.as_deref() == Some("invalid_client") => Some(CHECK_CREDENTIALS),
            403 => Some("check that the token's scope covers the call"),
            // The service names its own 404s, such as an id that does not exist. Without a code, something else
            // responded.
            404 if code.is_none() && description.is_none() && coded.is_none() => {
                Some("check the base URL and any proxy")
            }
            429 => Some("the service limits the rate of calls: send fewer"),
            _ => None,
        };
        // 303 means that the server did it, and shows the result elsewhere (RFC 9110, section 15.4.4). Some gateways
        // send 408 when the service behind them is slow. A status of 600 or more is not HTTP's, and proves nothing.
        let outcome = match status.as_u16() {
            303 | 408 | 500.. => Outcome::Unknown,
            _ => Outcome::Rejected,
        };
        Self::new(ErrorKind::Service, format!("the service responded with {status}")).change(|inner| {
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

    /// Creates the error of a request that got no response from this origin. `what` is the error of the platform.
    pub(crate) fn transport(Failed { cause, origin, what, source }: Failed) -> Self {
        const CHECK: &str = "check the base URL, the network and any proxy";

        // Paths hold phone numbers (`/users/{userId}/keys/`), so only scheme, host and port are shown.
        let origin = origin.unwrap_or_else(|| "the service".to_owned());
        let (kind, begun, hint) = match cause {
            Cause::NoTls => {
                let hint = "enable one of the features rustls, native-tls and rustls-no-provider";
                (ErrorKind::Configuration, "this program was built without TLS, which {} needs", hint)
            }
            Cause::Builder => (ErrorKind::Request, "the request to {} cannot be built", "correct the call"),
            Cause::OtherName => {
                let hint = "check the base URL and any proxy: another host responds there";
                (ErrorKind::Certificate, "the certificate of {} is for another host name", hint)
            }
            Cause::Certificate => {
                let hint = "check the base URL, the clock and the trusted root certificates";
                (ErrorKind::Certificate, "the certificate of {} does not verify", hint)
            }
            Cause::Unresolved => {
                (ErrorKind::Connection, "no connection to {}", "check the host name in the base URL, and DNS")
            }
            Cause::ConnectTimeout => (ErrorKind::Timeout, "timed out connecting to {}", CHECK),
            Cause::Refused | Cause::Unconnected => (ErrorKind::Connection, "no connection to {}", CHECK),
            Cause::Timeout => (ErrorKind::Timeout, "timed out waiting for a response from {}", ACTED),
            Cause::Broken => (ErrorKind::Connection, "the connection to {} broke", ACTED),
        };
        // All other causes arise before the first byte of the request is written.
        let is_open = matches!(cause, Cause::Timeout | Cause::Broken);
        Self::new(kind, format!("{}: {}", begun.replace("{}", &origin), one_line(&what))).change(|inner| {
            inner.outcome = if is_open { Outcome::Unknown } else { Outcome::NotSent };
            inner.source = source;
            inner.hint = Some(hint.into());
        })
    }

    /// Creates the error of an HTTP client that could not be built.
    #[cfg(not(target_arch = "wasm32"))]
    pub(crate) fn no_client(error: reqwest::Error) -> Self {
        Self::new(ErrorKind::Configuration, format!("the HTTP client cannot be built: {}", one_line(&root(&error))))
            .change(|inner| inner.source = Some(Arc::new(error)))
    }

    /// Creates the error of an attempt that timed out before the response was complete.
    pub(crate) fn timed_out(url: &Url, time: Duration) -> Self {
        let origin = url.origin().ascii_serialization();
        let what = format!("no complete response from {origin} within {}", seconds(time));
        // Whether the service received the request is not known here: connecting is part of the time.
        Self::new(ErrorKind::Timeout, what).at_worst(Outcome::Unknown).hint(ACTED)
    }

    /// Creates the error of a redirect whose status the platform does not show.
    #[cfg(target_arch = "wasm32")]
    pub(crate) fn redirected(url: &Url) -> Self {
        let what = format!("{} redirects elsewhere", url.origin().ascii_serialization());
        // Unknown: it may be a 303, which says that the service has carried out the operation.
        Self::new(ErrorKind::Service, what).at_worst(Outcome::Unknown).hint(REDIRECTED)
    }

    /// Turns the error of a body that broke off into the one of a success whose response was lost.
    pub(crate) fn cut_off(status: StatusCode, headers: HeaderMap, error: Self) -> Self {
        let what = format!("the service responded with {status}, but its body broke off: {}", error.0.message);
        error.change(|inner| {
            inner.message = what.into();
            // The 2xx was complete. Kind and source stay those of the failure, so that it counts as transient.
            inner.outcome = Outcome::Accepted;
            inner.status = Some(status);
            inner.headers = headers;
            inner.hint = Some("the operation was carried out, only its response was lost".into());
        })
    }

    /// Adds to the error of a cancelled call that the body of this response was being received.
    pub(crate) fn while_receiving(self, status: StatusCode, headers: HeaderMap) -> Self {
        if status.is_success() {
            Self::cut_off(status, headers, self)
        } else {
            let refusal = Self::rejected(status, headers, Vec::new(), &Sent::default());
            self.at_worst(refusal.outcome())
        }
    }

    /// Creates the error of a request that could not be built.
    pub(crate) fn unbuilt(Unbuilt(what): &Unbuilt) -> Self {
        // The text may quote the refused value, which is the caller's and may be a phone number.
        Self::new(ErrorKind::Request, redact(what))
    }

    /// Creates the error of a success whose body cannot be decoded.
    pub(crate) fn undecodable(status: StatusCode, headers: HeaderMap, body: Vec<u8>, what: &str) -> Self {
        Self::new(ErrorKind::Decode, format!("the service responded with {status}, but {what}")).change(|inner| {
            inner.outcome = Outcome::Accepted;
            inner.status = Some(status);
            inner.headers = headers;
            inner.body = body;
        })
    }
}

/// Limits how many refused parameters an error names: errors stay one readable line.
const MOST_PARAMETERS: usize = 4;

/// Returns the code and the description in an error body, in any known form. `clean` redacts each text.
///
/// The forms are those of the Auth API, of the Integrator API, of RFC 9457 (problem documents), and HTML pages of
/// gateways.
pub(super) fn explain(body: &[u8], clean: &dyn Fn(&str) -> String) -> (Option<String>, Option<String>) {
    let Ok(Value::Object(fields)) = serde_json::from_slice(without_mark(body)) else {
        return (None, page_title(body, clean));
    };
    let text = |name: &str| fields.get(name).and_then(Value::as_str).filter(|text| !text.trim().is_empty()).map(clean);
    let first = |names: &[&str]| names.iter().find_map(|name| text(name));
    // `error` is OAuth's and both APIs'. `title` and `type` are those of problem documents, where `type` is a URI and
    // says less to a person.
    let code = first(&["error", "code", "title", "type"]);
    // The Auth API writes `error_description`, the Integrator API `errorDescription`.
    let mut description = first(&["errorDescription", "error_description", "detail", "message"]);
    // An extension of problem documents: [{"name": "end", "reason": "must be text"}].
    let parameters = fields.get("invalidParams").or_else(|| fields.get("invalid-params")).and_then(Value::as_array);
    for parameter in parameters.into_iter().flatten().take(MOST_PARAMETERS) {
        let part = |name: &str| clean(parameter.get(name).and_then(Value::as_str).unwrap_or_default());
        let description = description.get_or_insert_default();
        let gap = if description.is_empty() { "" } else { "; " };
        description.push_str(&format!("{gap}{} {}", part("name"), part("reason")));
    }
    (code, description)
}

/// Returns the title of a gateway's HTML page, which says what happened: "502 Bad Gateway".
fn page_title(body: &[u8], clean: &dyn Fn(&str) -> String) -> Option<String> {
    // The title is near the beginning of any page, and the rest may be megabytes.
    let text = String::from_utf8_lossy(&body[..body.len().min(4096)]);
    // ASCII only: other case mappings can change the length, and the positions in `lower` are used in `text`.
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
    fn reads_code_and_description_from_every_known_form_of_error_body() {
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
