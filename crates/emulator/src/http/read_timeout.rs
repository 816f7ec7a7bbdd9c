//! Limits the time that a request body may take to arrive.

use std::error::Error;
use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use axum::body::Body;
use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::Response;
use bytes::Bytes;
use http_body::{Body as _, Frame, SizeHint};
use tokio::time::{Sleep, sleep};

/// The body took too long to arrive.
#[derive(Debug)]
struct ReadTimeout;

impl fmt::Display for ReadTimeout {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("the body took too long to arrive")
    }
}

impl Error for ReadTimeout {}

/// Returns whether the read timeout ended a body. Each body wrapper wraps the error again, so all sources are searched.
pub(crate) fn is_read_timeout(error: &axum::Error) -> bool {
    let mut cause: Option<&(dyn Error + 'static)> = Some(error);
    while let Some(error) = cause {
        if error.is::<ReadTimeout>() {
            return true;
        }
        cause = error.source();
    }
    false
}

/// Fails bodies that take longer than the read timeout, so that a stalled client does not hold a connection forever.
///
/// The listener applies the same limit to request heads.
pub(crate) async fn limit(State(timeout): State<Duration>, request: Request, next: Next) -> Response {
    if request.body().is_end_stream() {
        return next.run(request).await;
    }
    next.run(request.map(|body| Body::new(TimeLimitedBody { body, timeout, timer: None }))).await
}

/// Wraps a body with a time limit.
struct TimeLimitedBody {
    body: Body,
    timeout: Duration,
    /// Ends when the body must have arrived. Starts with the first wait: until then nothing has polled the body.
    timer: Option<Pin<Box<Sleep>>>,
}

impl http_body::Body for TimeLimitedBody {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        let this = &mut *self;
        if let Poll::Ready(frame) = Pin::new(&mut this.body).poll_frame(cx) {
            return Poll::Ready(frame);
        }
        let timer = this.timer.get_or_insert_with(|| Box::pin(sleep(this.timeout)));
        timer.as_mut().poll(cx).map(|()| Some(Err(axum::Error::new(ReadTimeout))))
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
