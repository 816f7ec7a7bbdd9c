//! Notifies observers of changes with server-sent events.

use std::convert::Infallible;
use std::pin::Pin;
use std::task::{Context, Poll};

use axum::extract::State;
use axum::response::IntoResponse;
use axum::response::sse::{Event, KeepAlive, Sse};
use futures_core::Stream;
use tokio::sync::mpsc;

use crate::service::App;

/// Sends an event after each change, at most ten a second. The event does not say what changed; observers read the data
/// again.
pub(super) async fn changes(State(app): State<App>) -> impl IntoResponse {
    let (sender, receiver) = mpsc::channel(1);
    tokio::spawn(async move {
        let mut changes = app.world.watch();
        loop {
            let count = *changes.borrow_and_update();
            // Fails when the observer has disconnected.
            if sender.send(count).await.is_err() {
                return;
            }
            app.world.sleep(std::time::Duration::from_millis(100)).await;
            tokio::select! {
                changed = changes.changed() => if changed.is_err() { return },
                () = app.world.stopped() => return,
                () = sender.closed() => return,
            }
        }
    });
    Sse::new(Changes(receiver)).keep_alive(KeepAlive::default())
}

struct Changes(mpsc::Receiver<u64>);

impl Stream for Changes {
    type Item = Result<Event, Infallible>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.0.poll_recv(cx).map(|count| count.map(|count| Ok(Event::default().data(count.to_string()))))
    }
}
