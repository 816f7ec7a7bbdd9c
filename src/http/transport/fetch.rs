//! Sends requests through `fetch`, in browsers, Node.js and other JavaScript platforms.
//!
//! Everything is read by `Reflect`: the caller's `fetch` may come from any library, so its results are no instances of
//! the platform's classes.

use ::http::StatusCode;
use ::http::header::{CONTENT_ENCODING, CONTENT_LENGTH, HeaderMap, HeaderName, HeaderValue};
use bytes::Bytes;
use js_sys::{Array, Function, JSON, Promise, Reflect, Uint8Array};
use serde_json::json;
use url::Url;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;

use super::{BODY_LIMIT, BodyError, Outgoing};
use crate::error::{Cause, Error, Failed, Result};
use crate::http::connection::Connection;

/// Sends a request; returns status and headers, and the body to be read. Dropped, it aborts the request.
pub(super) async fn send(connection: &Connection, outgoing: Outgoing<'_>) -> Result<(StatusCode, HeaderMap, Body)> {
    let url = outgoing.url;
    let failed = |error: JsValue| Error::transport(failed(&error, Some(url)));
    // Nothing is sent before all of this is there.
    let prepared = prepare(connection, &outgoing);
    let (fetch, this, init, abort) = prepared
        .map_err(|error| Error::transport(Failed { cause: Cause::Builder, ..self::failed(&error, Some(url)) }))?;
    let sent = fetch.call2(&this, &JsValue::from_str(url.as_str()), &init);
    let response = settled(sent.map_err(failed)?).await.map_err(failed)?;
    // Browsers hide a redirect that they do not follow: no status, no headers, no body.
    if get(&response, "type").is_some_and(|kind| kind == "opaqueredirect") {
        return Err(Error::redirected(url));
    }
    // The caller's `fetch` may return anything.
    let number = get(&response, "status").and_then(|status| status.as_f64()).unwrap_or_default();
    let status = StatusCode::from_u16(number as u16);
    let status = status.map_err(|_| {
        let what = "`fetch` returned no response with an HTTP status".to_owned();
        Error::transport(Failed { what, ..self::failed(&response, Some(url)) })
    })?;
    let mut headers = headers(&response).map_err(failed)?;
    let is_encoded = headers.remove(CONTENT_ENCODING).is_some() || hides_coding(&response);
    let announced = headers.get(CONTENT_LENGTH).and_then(|length| length.to_str().ok()?.parse().ok());
    let replace = outgoing.replace_body.filter(|_| status.is_success()).cloned();
    // `fetch` has decoded the body, so that the length is that of something else.
    Ok((status, headers, Body { response, announced: announced.filter(|_| !is_encoded), replace, abort }))
}

/// Holds a body whose length may differ from what `content-length` claims.
pub(super) struct Body {
    response: JsValue,
    announced: Option<u64>,
    /// Is the caller's function that may replace the body.
    replace: Option<Function>,
    abort: Abort,
}

impl Body {
    /// Reads the body up to [`BODY_LIMIT`].
    pub(super) async fn read(self) -> Result<Bytes, BodyError> {
        let Self { response, announced, replace, abort } = self;
        // Refused before anything of it is read.
        if announced.is_some_and(|length| length > BODY_LIMIT as u64) {
            return Err(BodyError::TooLarge);
        }
        let broken = |error: JsValue| BodyError::Broken(Failed { cause: Cause::Broken, ..failed(&error, None) });
        // The streams of other libraries have no reader.
        let stream =
            get(&response, "body").filter(|body| get(body, "getReader").is_some_and(|read| read.is_function()));
        let body = match stream {
            // A body of unknown length may never end.
            Some(stream) if announced.is_none() => chunks(&stream).await.map_err(broken)?,
            _ => whole(&response).await.map(Some).map_err(broken)?,
        };
        let body = body.filter(|body| body.length() as usize <= BODY_LIMIT).ok_or(BodyError::TooLarge)?;
        abort.is_over();
        // A function that throws replaces nothing.
        let replaced = replace.and_then(|replace| replace.call1(&JsValue::UNDEFINED, &body).ok()?.as_string());
        Ok(replaced.map_or_else(|| body.to_vec(), String::into_bytes).into())
    }
}

/// Returns what sends a request: the function, its `this`, its options, and what aborts it.
fn prepare(connection: &Connection, outgoing: &Outgoing<'_>) -> Result<(Function, JsValue, JsValue, Abort), JsValue> {
    let abort = Abort::new()?;
    let init = init(outgoing, &abort)?;
    match &connection.0 {
        Some(fetch) => Ok((fetch.clone(), JsValue::UNDEFINED, init, abort)),
        None => {
            let global = js_sys::global();
            Ok((Reflect::get(&global, &"fetch".into())?.dyn_into()?, global.into(), init, abort))
        }
    }
}

/// Reads a body at once.
async fn whole(response: &JsValue) -> Result<Uint8Array, JsValue> {
    let buffer = settled(call(response, "arrayBuffer", &[])?).await?;
    Ok(Uint8Array::new(&buffer))
}

/// Reads the chunks of a body; returns `None` if they are too many.
async fn chunks(stream: &JsValue) -> Result<Option<Uint8Array>, JsValue> {
    let reader = call(stream, "getReader", &[])?;
    let (mut chunks, mut length) = (Vec::new(), 0_u32);
    loop {
        let chunk = settled(call(&reader, "read", &[])?).await?;
        if get(&chunk, "done").is_some_and(|done| done.is_truthy()) {
            break;
        }
        let chunk = Uint8Array::new(&get(&chunk, "value").unwrap_or_default());
        length = length.saturating_add(chunk.length());
        if length as usize > BODY_LIMIT {
            return Ok(None);
        }
        chunks.push(chunk);
    }
    if let [chunk] = &*chunks {
        return Ok(Some(chunk.clone()));
    }
    let (body, mut place) = (Uint8Array::new_with_length(length), 0);
    for chunk in chunks {
        body.set(&chunk, place);
        place += chunk.length();
    }
    Ok(Some(body))
}

/// Aborts a request when it is dropped before the response was read.
struct Abort(Option<JsValue>);

impl Abort {
    fn new() -> Result<Self, JsValue> {
        let constructor: Function = Reflect::get(&js_sys::global(), &"AbortController".into())?.dyn_into()?;
        Reflect::construct(&constructor, &Array::new()).map(Some).map(Self)
    }

    /// Leaves a request alone whose response was read.
    fn is_over(mut self) {
        self.0 = None;
    }
}

impl Drop for Abort {
    fn drop(&mut self) {
        if let Some(controller) = &self.0 {
            // `abort` has no failure that anything could be done about.
            let _ = call(controller, "abort", &[]);
        }
    }
}

/// Returns the options of `fetch`.
// As JSON in one piece: each call between the module and JavaScript costs as much as a few properties.
fn init(outgoing: &Outgoing<'_>, abort: &Abort) -> Result<JsValue, JsValue> {
    // Every value is ASCII: `RequestOptions` and the token refuse all others.
    let headers =
        outgoing.headers.iter().map(|(name, value)| json!([name.as_str(), value.to_str().unwrap_or_default()]));
    let mut options = json!({
        "method": outgoing.method.as_str(),
        "headers": headers.collect::<Vec<_>>(),
        // A redirect would carry tokens and secrets to another host.
        "redirect": "manual",
        // A state that is polled must not come out of a cache.
        "cache": "no-store",
        // The token is all that authenticates a request, and the page's URL is nobody's business.
        "credentials": "omit",
        "referrerPolicy": "no-referrer",
    });
    if let Some(json) = outgoing.json {
        // As text: a stream cannot be sent again after a connection was lost, and needs HTTP/2 in Chromium.
        options["body"] = String::from_utf8_lossy(json).into();
    }
    let init = JSON::parse(&options.to_string())?;
    let signal = abort.0.as_ref().and_then(|controller| get(controller, "signal"));
    Reflect::set(&init, &"signal".into(), &signal.unwrap_or_default())?;
    Ok(init)
}

/// Returns the headers of a response.
fn headers(response: &JsValue) -> Result<HeaderMap, JsValue> {
    let mut found = HeaderMap::new();
    let entries = call(&get(response, "headers").unwrap_or_default(), "entries", &[])?;
    // One text for all: neither a name nor a value contains a line end, and no name a comma.
    let text = String::from(Array::from(&entries).join("\n"));
    for (name, value) in text.lines().filter_map(|line| line.split_once(',')) {
        // What is no header of HTTP can be of no use.
        if let (Ok(name), Ok(value)) = (HeaderName::try_from(name), HeaderValue::try_from(value)) {
            found.append(name, value);
        }
    }
    Ok(found)
}

/// Returns whether a page cannot see how a response was encoded: of another origin's headers, browsers show it the length
/// and hide `content-encoding`.
fn hides_coding(response: &JsValue) -> bool {
    get(response, "type").is_some_and(|kind| kind == "cors")
}

/// Describes the value that `fetch` rejected with.
fn failed(error: &JsValue, url: Option<&Url>) -> Failed {
    let text = |of: &JsValue, name: &str| get(of, name).and_then(|text| text.as_string());
    // Node.js says "fetch failed", and keeps the reason in `cause`. Browsers keep it to themselves.
    let cause = get(error, "cause").filter(JsValue::is_object);
    let code = cause.as_ref().and_then(|cause| text(cause, "code")).unwrap_or_default();
    // If several addresses were tried, the errors of all are inside.
    let first = cause.as_ref().and_then(|cause| get(&get(cause, "errors")?, "0"));
    let is_connect = |cause: &JsValue| text(cause, "syscall").is_some_and(|call| call == "connect");
    let is_connect = first.as_ref().or(cause.as_ref()).is_some_and(is_connect);
    // Names and codes only: a message is the platform's or the caller's, and may quote the URL or a header.
    let is_word = |text: &String| !text.is_empty() && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_');
    let what = Some(code.clone()).filter(is_word).or_else(|| text(error, "name").filter(is_word));
    Failed {
        cause: match code.as_str() {
            // A connection that was there may end with the same codes, and a request may have been sent on it.
            "ECONNREFUSED" if is_connect => Cause::Refused,
            "EHOSTUNREACH" | "ENETUNREACH" if is_connect => Cause::Unconnected,
            "ENOTFOUND" | "EAI_AGAIN" => Cause::Unresolved,
            "UND_ERR_CONNECT_TIMEOUT" => Cause::ConnectTimeout,
            "ERR_TLS_CERT_ALTNAME_INVALID" => Cause::OtherName,
            // The names of OpenSSL's reasons, as Node.js reports them.
            "CERT_HAS_EXPIRED"
            | "CERT_NOT_YET_VALID"
            | "CERT_REVOKED"
            | "CERT_UNTRUSTED"
            | "DEPTH_ZERO_SELF_SIGNED_CERT"
            | "SELF_SIGNED_CERT_IN_CHAIN"
            | "UNABLE_TO_GET_ISSUER_CERT"
            | "UNABLE_TO_GET_ISSUER_CERT_LOCALLY"
            | "UNABLE_TO_VERIFY_LEAF_SIGNATURE" => Cause::Certificate,
            // Whether the service has the request is unknown.
            _ => Cause::Broken,
        },
        origin: url.map(|url| url.origin().ascii_serialization()),
        what: what.map_or_else(|| "fetch failed".to_owned(), |what| format!("fetch failed: {what}")),
        source: None,
    }
}

fn get(of: &JsValue, name: &str) -> Option<JsValue> {
    Reflect::get(of, &name.into()).ok()
}

fn call(of: &JsValue, name: &str, arguments: &[&JsValue]) -> Result<JsValue, JsValue> {
    let function: Function = Reflect::get(of, &name.into())?.dyn_into()?;
    let list = Array::new();
    arguments.iter().for_each(|argument| _ = list.push(argument));
    function.apply(of, &list)
}

async fn settled(promise: JsValue) -> Result<JsValue, JsValue> {
    JsFuture::from(Promise::resolve(&promise)).await
}
