//! News, for whoever watches.

use std::convert::Infallible;
use std::pin::Pin;
use std::task::{Context, Poll};

use axum::extract::State;
use axum::response::IntoResponse;
use axum::response::sse::{Event, KeepAlive, Sse};
use futures_core::Stream;
use tokio::sync::mpsc;

use crate::state::App;

/// Tells that something has changed, again and again, but at most ten times a second: what, is for the watcher to ask.
pub(super) async fn changes(State(app): State<App>) -> impl IntoResponse {
    let (out, news) = mpsc::channel(1);
    tokio::spawn(async move {
        let mut changes = app.watch();
        loop {
            let count = *changes.borrow_and_update();
            // Fails when the watcher has gone.
            if out.send(count).await.is_err() {
                return;
            }
            app.sleep(std::time::Duration::from_millis(100)).await;
            tokio::select! {
                changed = changes.changed() => if changed.is_err() { return },
                () = app.stopped() => return,
                () = out.closed() => return,
            }
        }
    });
    Sse::new(Changes(news)).keep_alive(KeepAlive::default())
}

struct Changes(mpsc::Receiver<u64>);

impl Stream for Changes {
    type Item = Result<Event, Infallible>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.0.poll_recv(cx).map(|count| count.map(|count| Ok(Event::default().data(count.to_string()))))
    }
}
