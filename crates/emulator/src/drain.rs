//! Reading what nobody wants to know.

use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};
use std::time::Duration;

use axum::body::Body;
use axum::extract::Request;
use axum::http::header::EXPECT;
use axum::middleware::Next;
use axum::response::Response;
use bytes::Bytes;
use http_body::{Body as _, Frame, SizeHint};
use http_body_util::BodyExt;
use tokio::time::timeout;

/// How much of a body is read and dropped before the answer.
const MOST: usize = 64 * 1024 * 1024;

/// How long a sender may pause in a body that nobody wants.
const PATIENCE: Duration = Duration::from_secs(1);

/// Reads the rest of each body before the answer is given.
///
/// An answer that comes while its receiver is still sending is often lost in a connection reset: a picture sent with a
/// token that has expired would meet a broken connection in place of its 401.
pub(crate) async fn drain(request: Request, next: Next) -> Response {
    // Whoever waits for a word before sending has not sent anything.
    if request.body().is_end_stream() || request.headers().contains_key(EXPECT) {
        return next.run(request).await;
    }
    let (parts, body) = request.into_parts();
    let mut rest = Rest(Arc::new(Mutex::new(body)));
    let response = next.run(Request::from_parts(parts, Body::new(rest.clone()))).await;
    let mut seen = 0;
    while let Ok(Some(Ok(frame))) = timeout(PATIENCE, rest.frame()).await
        && seen <= MOST
    {
        seen += frame.data_ref().map_or(0, Bytes::len);
    }
    response
}

/// A body that is read by two, one after the other.
#[derive(Clone)]
struct Rest(Arc<Mutex<Body>>);

impl http_body::Body for Rest {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        Pin::new(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner)).poll_frame(cx)
    }

    fn is_end_stream(&self) -> bool {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).size_hint()
    }
}
