//! Truncates response bodies.

use std::pin::Pin;
use std::task::{Context, Poll};

use axum::body::Body;
use axum::http::StatusCode;
use axum::http::header::CONTENT_LENGTH;
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use http_body::Frame;
use http_body_util::BodyExt;

/// Truncates a body to its first half.
///
/// `Content-Length` is the whole length if the connection is to be aborted, otherwise the length of the half.
pub(super) async fn truncate(response: Response, aborts_connection: bool) -> Response {
    let (mut parts, body) = response.into_parts();
    let Ok(bytes) = body.collect().await else { return StatusCode::BAD_GATEWAY.into_response() };
    let bytes = bytes.to_bytes();
    let half = bytes.slice(..bytes.len() / 2);
    let announced = if aborts_connection { bytes.len() } else { half.len() };
    parts.headers.insert(CONTENT_LENGTH, announced.into());
    Response::from_parts(parts, Body::new(TruncatedBody { half: Some(half), aborts_connection, flushed: false }))
}

/// Is the first half of a body, followed by a normal end or an error.
struct TruncatedBody {
    half: Option<Bytes>,
    aborts_connection: bool,
    flushed: bool,
}

impl http_body::Body for TruncatedBody {
    type Data = Bytes;
    type Error = std::io::Error;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Self::Error>>> {
        match self.half.take() {
            Some(half) => Poll::Ready(Some(Ok(Frame::data(half)))),
            None if !self.aborts_connection => Poll::Ready(None),
            // hyper flushes only while the body is pending: without this pause, the client would not get the first
            // half.
            None if !self.flushed => {
                self.flushed = true;
                cx.waker().wake_by_ref();
                Poll::Pending
            }
            None => Poll::Ready(Some(Err(std::io::ErrorKind::UnexpectedEof.into()))),
        }
    }
}
