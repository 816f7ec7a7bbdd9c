//! Connections: accepting them, serving them, and giving up those whose request heads do not end.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::serve::Listener;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;
use tokio::time::timeout;
use tower_service::Service;

use crate::state::App;
use crate::wire::{Scissors, Wire};

/// How long requests that are under way may take to end once the emulator stops.
const GRACE: Duration = Duration::from_secs(1);

/// Serves until the emulator stops.
///
/// In place of `axum::serve`, which sets no timer: without one, half a request head holds its connection for ever, and a
/// hundred of them keep everybody else out where file descriptors are few.
pub(crate) async fn serve(mut listener: TcpListener, router: Router, app: App) {
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            // Waits a second where the machine is out of file descriptors, and is tried again.
            (stream, _) = Listener::accept(&mut listener) => {
                connections.spawn(connection(stream, router.clone(), Arc::clone(&app)));
            }
            // Otherwise the set would keep what ended.
            Some(_) = connections.join_next() => {}
            () = app.stopped() => break,
        }
    }
    drop(listener);
    let ended = async { while connections.join_next().await.is_some() {} };
    // What is still open after the grace ends with the runtime.
    let _ = timeout(GRACE, ended).await;
}

async fn connection(stream: TcpStream, router: Router, app: App) {
    let _ = stream.set_nodelay(true);
    let scissors = Scissors::default();
    let io = TokioIo::new(Wire::new(stream, scissors.clone()));
    let service = service_fn(move |request: hyper::Request<Incoming>| {
        let mut request = request.map(Body::new);
        request.extensions_mut().insert(scissors.clone());
        router.clone().call(request)
    });
    let mut http = http1::Builder::new();
    // Counts from the moment a head may come, so that an idle connection ends after the same time.
    http.timer(TokioTimer::new()).header_read_timeout(app.read_timeout);
    let mut connection = std::pin::pin!(http.serve_connection(io, service));
    tokio::select! {
        // A client that breaks off is no business of anybody's.
        _ = connection.as_mut() => return,
        () = app.stopped() => connection.as_mut().graceful_shutdown(),
    }
    let _ = connection.await;
}
