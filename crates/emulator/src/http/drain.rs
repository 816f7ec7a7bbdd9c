//! Drains request bodies that the handler did not read.

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

/// Limits how many bytes are read and dropped before the response.
const MAX_DRAINED_BYTES: usize = 64 * 1024 * 1024;

/// Limits the pause of a sender while its body is drained.
const DRAIN_TIMEOUT: Duration = Duration::from_secs(1);

/// Reads the rest of each request body before the response is sent.
///
/// A response that arrives while the client is still sending is often lost in a connection reset. An image that is
/// uploaded with an expired token, for example, would get a connection error instead of its 401.
pub(crate) async fn drain(request: Request, next: Next) -> Response {
    // A client with `Expect: 100-continue` has not sent its body yet.
    if request.body().is_end_stream() || request.headers().contains_key(EXPECT) {
        return next.run(request).await;
    }
    let (parts, body) = request.into_parts();
    let mut shared = SharedBody(Arc::new(Mutex::new(body)));
    let response = next.run(Request::from_parts(parts, Body::new(shared.clone()))).await;
    let mut drained = 0;
    while let Ok(Some(Ok(frame))) = timeout(DRAIN_TIMEOUT, shared.frame()).await
        && drained <= MAX_DRAINED_BYTES
    {
        drained += frame.data_ref().map_or(0, Bytes::len);
    }
    response
}

/// Is a body that two readers read one after the other: the handler, then [`drain`].
#[derive(Clone)]
struct SharedBody(Arc<Mutex<Body>>);

impl http_body::Body for SharedBody {
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
