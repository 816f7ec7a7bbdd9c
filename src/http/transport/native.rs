//! Sends requests through reqwest.

use ::http::StatusCode;
use ::http::header::HeaderMap;
use bytes::Bytes;
use futures_util::TryStreamExt;
use reqwest::Response;

use super::{BODY_LIMIT, BodyError, Outgoing};
use crate::error::{Error, Result};
use crate::http::connection::Connection;

/// Sends a request; returns status and headers, and the body to be read.
pub(super) async fn send(connection: &Connection, outgoing: Outgoing<'_>) -> Result<(StatusCode, HeaderMap, Body)> {
    let mut request = reqwest::Request::new(outgoing.method.clone(), outgoing.url.clone());
    *request.headers_mut() = outgoing.headers;
    // A clone of `Bytes` shares the buffer.
    *request.body_mut() = outgoing.json.cloned().map(Into::into);
    let mut response = connection.0.execute(request).await.map_err(|error| Error::transport(error.into()))?;
    // Taken out before the body is read, which consumes the response.
    let (status, headers) = (response.status(), std::mem::take(response.headers_mut()));
    Ok((status, headers, Body(response)))
}

/// Holds a body whose length may differ from what `content-length` claims.
pub(super) struct Body(Response);

impl Body {
    /// Reads the body up to [`BODY_LIMIT`].
    pub(super) async fn read(self) -> Result<Bytes, BodyError> {
        let broken = |error: reqwest::Error| BodyError::Broken(error.into());
        let announced = self.0.content_length();
        // Refused before anything of it is read.
        if announced.is_some_and(|length| length > BODY_LIMIT as u64) {
            return Err(BodyError::TooLarge);
        }
        let mut chunks = self.0.bytes_stream();
        let Some(first) = chunks.try_next().await.map_err(broken)? else { return Ok(Bytes::new()) };
        if announced == Some(first.len() as u64) {
            // Most bodies arrive in one chunk, which needs no copy.
            return Ok(first);
        }
        // `content-length` is a claim: reserve 1 MiB at most for it, which is enough for a page.
        let announced = usize::try_from(announced.unwrap_or_default()).unwrap_or_default().min(1 << 20);
        let mut body = Vec::with_capacity(announced.max(first.len()));
        let mut next = Some(first);
        while let Some(chunk) = next {
            if body.len() + chunk.len() > BODY_LIMIT {
                return Err(BodyError::TooLarge);
            }
            body.extend_from_slice(&chunk);
            next = chunks.try_next().await.map_err(broken)?;
        }
        Ok(body.into())
    }
}
