//! Makes a call for a generated builder: runs the pipeline through reqwest, and decodes the response.

use ::http::header::HeaderMap;
use ::http::{Method, StatusCode};
use bytes::Bytes;
use serde::Serialize;
use serde::de::DeserializeOwned;
#[cfg(feature = "dynamic")]
use serde_json::Value;
use url::Url;

use super::{Call, CallEnd};
use crate::error::encoding::{ENCODED, coding};
use crate::error::{Error, ErrorKind, Result, Texts, Unbuilt};
use crate::http::config::{ApiClient, ClientConfig};
use crate::http::decode::decode;
#[cfg(feature = "dynamic")]
use crate::http::decode::table;
use crate::http::options::RequestOptions;
use crate::http::request::Request;
use crate::http::response::Response;
use crate::http::transport::{HttpTransport, RawResponse};
use crate::model::operation::Operation;
#[cfg(feature = "dynamic")]
use crate::model::table::Table;
use crate::runtime::platform;

/// Makes a call, and decodes the response as a `T`.
pub(crate) async fn send<T: DeserializeOwned>(
    client: &ApiClient,
    built: Result<Request<impl Serialize + Sync>, Unbuilt>,
    options: RequestOptions,
    operation: &'static Operation,
) -> Result<Response<T>> {
    let Request { method, url, headers, json, body } = sendable(built, operation)?;
    let mut transport = transport(client, operation, (method, url, headers, json), &body);
    let (RawResponse { status, headers, body }, end) = exchange(&mut transport, options).await?;
    // Inside the span, since decoding can warn about an inferred response.
    let read = end.span.in_scope(|| read(operation, &headers, &body, &transport));
    let read = read.map_err(|what| undecodable(status, &headers, &body, &what, &transport));
    end.finish(status, headers, read)
}

/// Makes a call whose response has no documented content: every body is accepted with a 2xx status.
pub(crate) async fn send_for_nothing(
    client: &ApiClient,
    built: Result<Request<impl Serialize + Sync>, Unbuilt>,
    options: RequestOptions,
    operation: &'static Operation,
) -> Result<Response<()>> {
    let Request { method, url, headers, json, body } = sendable(built, operation)?;
    let mut transport = transport(client, operation, (method, url, headers, json), &body);
    let (RawResponse { status, headers, .. }, end) = exchange(&mut transport, options).await?;
    end.finish(status, headers, Ok(()))
}

/// Makes a call whose response is decoded by the table of its operation, to JSON.
#[cfg(feature = "dynamic")]
pub(crate) async fn send_by_table(
    client: &ApiClient,
    built: Result<Request<Value>, Unbuilt>,
    options: RequestOptions,
    table: &'static Table,
) -> Result<Response<String>> {
    let operation = table.operation;
    let Request { method, url, headers, json, body } = sendable(built, operation)?;
    let mut transport = transport(client, operation, (method, url, headers, json), &body);
    let (RawResponse { status, headers, body }, end) = exchange(&mut transport, options).await?;
    let by_table = || match coded(&headers, &body) {
        Some(why) => Err(why),
        None => table::read(table, &body, &transport.sent_request()),
    };
    // As in `send`. A response without documented content is not read, so that any is accepted.
    let read = if table.response.is_some() { end.span.in_scope(by_table) } else { Ok("null".to_owned()) };
    let read = read.map_err(|what| undecodable(status, &headers, &body, &what, &transport));
    end.finish(status, headers, read)
}

/// Returns the request, if it could be built and a Tokio runtime can send it.
fn sendable<B>(built: Result<Request<B>, Unbuilt>, operation: &'static Operation) -> Result<Request<B>> {
    // Checked first: without a runtime, a call with a cached token would get as far as its timer, which panics.
    platform::running().map_err(|error| error.during(operation))?;
    built.map_err(|why| Error::unbuilt(&why).during(operation))
}

fn transport<'a>(
    client: &'a ApiClient,
    operation: &'static Operation,
    (method, url, headers, json): (Method, Url, HeaderMap, Option<Bytes>),
    body: &'a dyn Texts,
) -> HttpTransport<'a> {
    let (caller_headers, bearers) = (HeaderMap::new(), Vec::new());
    HttpTransport {
        client,
        operation,
        method,
        url,
        headers,
        caller_headers,
        #[cfg(target_arch = "wasm32")]
        replace_body: None,
        json,
        body,
        bearers,
        head: None,
    }
}

/// Makes the attempts of a call, up to a successful response that has to be decoded.
// Not generic over the response type, so that it is compiled once and not for each operation.
async fn exchange(transport: &mut HttpTransport<'_>, options: RequestOptions) -> Result<(RawResponse, CallEnd)> {
    let (client, operation) = (transport.client, transport.operation);
    let ClientConfig { clock, budget, options: defaults, .. } = &*client.config;
    let mut options = options.merge(defaults);
    if let Some(why) = options.refused {
        return Err(Error::new(ErrorKind::Request, why).during(operation));
    }
    transport.caller_headers = std::mem::take(&mut options.headers);
    #[cfg(target_arch = "wasm32")]
    {
        transport.replace_body = options.replace_body.take();
    }
    let tokens = client.tokens.as_ref().map(|(cache, scopes)| (cache, scopes));
    let base_path = client.base_path();
    let call = Call { operation, base_path, clock: &**clock, budget, options: &options, tokens };
    call.make(transport).await
}

/// Decodes a response, or says why it cannot be decoded.
fn read<T: DeserializeOwned>(
    operation: &Operation,
    headers: &HeaderMap,
    body: &Bytes,
    transport: &HttpTransport<'_>,
) -> Result<T, String> {
    match coded(headers, body) {
        Some(why) => Err(why),
        None => decode(operation, body, &transport.sent_request()),
    }
}

/// Says why a body is unreadable that a proxy or gateway has compressed.
// An error even where an unreadable response counts as empty: a proxy may have written this one, not the service.
fn coded(headers: &HeaderMap, body: &Bytes) -> Option<String> {
    coding(headers, body)
        .map(|coding| format!("its body is encoded as {coding}, which the SDK does not decode: {ENCODED}"))
}

/// Returns the error of a success that cannot be decoded.
fn undecodable(
    status: StatusCode,
    headers: &HeaderMap,
    body: &Bytes,
    what: &str,
    transport: &HttpTransport<'_>,
) -> Error {
    Error::undecodable(status, headers.clone(), body.to_vec(), what).redacted(&transport.sensitive_values(None))
}
