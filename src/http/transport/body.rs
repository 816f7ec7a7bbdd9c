//! Reading a response's body, which may be longer than it says, and slower.

use bytes::Bytes;
use futures_util::TryStreamExt;
use reqwest::Response;

/// The largest body that is read; pages of 2 500 items stay far below.
pub(super) const BODY_LIMIT: usize = 32 << 20;

/// Why a body was not read.
pub(super) enum Unread {
    Broken(reqwest::Error),
    Late,
    TooLarge,
}

/// Reads a body, whatever its length claims to be.
pub(super) async fn read(answer: Response) -> Result<Bytes, Unread> {
    let announced = answer.content_length();
    if announced.is_some_and(|length| length > BODY_LIMIT as u64) {
        return Err(Unread::TooLarge);
    }
    let mut chunks = answer.bytes_stream();
    let Some(first) = chunks.try_next().await.map_err(Unread::Broken)? else { return Ok(Bytes::new()) };
    if announced == Some(first.len() as u64) {
        // Most answers come in one piece, which is not copied.
        return Ok(first);
    }
    // The announced length is a claim; trust it for a page, not for a gigabyte.
    let announced = usize::try_from(announced.unwrap_or_default()).unwrap_or_default().min(1 << 20);
    let mut body = Vec::with_capacity(announced.max(first.len()));
    let mut next = Some(first);
    while let Some(chunk) = next {
        if body.len() + chunk.len() > BODY_LIMIT {
            return Err(Unread::TooLarge);
        }
        body.extend_from_slice(&chunk);
        next = chunks.try_next().await.map_err(Unread::Broken)?;
    }
    Ok(body.into())
}
