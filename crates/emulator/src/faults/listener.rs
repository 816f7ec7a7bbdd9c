//! Accepts and serves connections, and closes those whose request head does not arrive completely.

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

use crate::domain::world::World;
use crate::faults::connection::{Connection, ResetSwitch};

/// Limits the time that requests in flight may take once the emulator stops.
const SHUTDOWN_TIMEOUT: Duration = Duration::from_secs(1);

/// Serves connections until the emulator stops.
///
/// Replaces `axum::serve`, which sets no header timeout. Without one, an incomplete request head holds its connection
/// forever, and a hundred of them can use up the file descriptors of the process.
pub(crate) async fn serve(mut listener: TcpListener, router: Router, world: Arc<World>, read_timeout: Duration) {
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            // axum's `Listener::accept` sleeps a second after an error, such as too many open files, and tries again.
            (stream, _) = Listener::accept(&mut listener) => {
                connections.spawn(connection(stream, router.clone(), Arc::clone(&world), read_timeout));
            }
            // Without this, the set would keep the results of all ended connections.
            Some(_) = connections.join_next() => {}
            () = world.stopped() => break,
        }
    }
    drop(listener);
    let ended = async { while connections.join_next().await.is_some() {} };
    // Connections that are still open after this are closed with the runtime.
    let _ = timeout(SHUTDOWN_TIMEOUT, ended).await;
}

async fn connection(stream: TcpStream, router: Router, world: Arc<World>, read_timeout: Duration) {
    let _ = stream.set_nodelay(true);
    let reset = ResetSwitch::default();
    let io = TokioIo::new(Connection::new(stream, reset.clone()));
    let service = service_fn(move |request: hyper::Request<Incoming>| {
        let mut request = request.map(Body::new);
        request.extensions_mut().insert(reset.clone());
        router.clone().call(request)
    });
    let mut http = http1::Builder::new();
    // The timer starts when hyper begins to wait for a head, so it closes idle connections after the same time.
    http.timer(TokioTimer::new()).header_read_timeout(read_timeout);
    let mut connection = std::pin::pin!(http.serve_connection(io, service));
    tokio::select! {
        // Errors are ignored: a client may close its connection at any time.
        _ = connection.as_mut() => return,
        () = world.stopped() => connection.as_mut().graceful_shutdown(),
    }
    let _ = connection.await;
}
