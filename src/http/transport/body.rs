//! Reads the body of a response, whose length may differ from what `content-length` claims.

use bytes::Bytes;
use futures_util::TryStreamExt;
use reqwest::Response;

/// Limits the size of a body, in bytes.
// A page of 200 locks has 114 kB, so that a page of 2 500 items stays far below.
pub(super) const BODY_LIMIT: usize = 32 << 20;

/// Says why a body could not be read.
pub(super) enum BodyError {
    /// The connection broke.
    Broken(reqwest::Error),
    /// The attempt timed out.
    TimedOut,
    /// The body is larger than [`BODY_LIMIT`].
    TooLarge,
}

/// Reads a body up to [`BODY_LIMIT`].
pub(super) async fn read(response: Response) -> Result<Bytes, BodyError> {
    let announced = response.content_length();
    // Refused before anything of it is read.
    if announced.is_some_and(|length| length > BODY_LIMIT as u64) {
        return Err(BodyError::TooLarge);
    }
    let mut chunks = response.bytes_stream();
    let Some(first) = chunks.try_next().await.map_err(BodyError::Broken)? else { return Ok(Bytes::new()) };
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
        next = chunks.try_next().await.map_err(BodyError::Broken)?;
    }
    Ok(body.into())
}
