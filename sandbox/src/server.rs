//! The routes, and the thread that serves them.

use std::future::IntoFuture;
use std::io;
use std::net::TcpListener as StdListener;
use std::thread::{self, JoinHandle};
use std::time::Duration;

use axum::Router;
use axum::http::{Method, StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use axum::routing::{MethodRouter, delete, get, patch, post, put};
use axum::serve::ListenerExt;
use tokio::net::TcpListener;
use tokio::runtime;
use tokio::sync::oneshot;
use tokio::time::timeout;

use crate::error::{ApiError, OAuthError};
use crate::state::App;
use crate::{auth, keys, lock_holders, locks, roles};

/// How long requests that are under way may take to end once the sandbox stops.
const GRACE: Duration = Duration::from_secs(1);

/// All routes of both APIs, without their trailing slash.
fn routes() -> Vec<(&'static str, MethodRouter<App>)> {
    vec![
        ("/auth/v1/token", post(auth::token)),
        ("/images/{name}", get(locks::picture)),
        ("/integrators/v1/lock-holders", get(lock_holders::list).post(lock_holders::create)),
        ("/integrators/v1/lock-holders/{lockHolderId}", patch(lock_holders::update)),
        ("/integrators/v1/lock-holders/{lockHolderId}/locks", get(locks::list)),
        ("/integrators/v1/lock-holders/{lockHolderId}/locks/{lockId}", get(locks::read).patch(locks::update)),
        ("/integrators/v1/lock-holders/{lockHolderId}/keys", get(keys::list).post(keys::create_for_lock_holder)),
        (
            "/integrators/v1/lock-holders/{lockHolderId}/locks/{lockId}/keys",
            get(keys::list_for_lock).post(keys::create),
        ),
        ("/integrators/v1/lock-holders/{lockHolderId}/locks/{lockId}/keys/{keyId}", get(keys::read).put(keys::update)),
        ("/integrators/v1/lock-holders/{lockHolderId}/roles", get(roles::list)),
        ("/integrators/v1/lock-holders/{lockHolderId}/locks/{lockId}/roles", get(roles::list_for_lock)),
        ("/integrators/v1/lock-holders/{lockHolderId}/locks/{lockId}/roles/{userId}", put(roles::create_or_update)),
        ("/integrators/v1/lock-holders/{lockHolderId}/users/{userId}/keys", get(keys::list_for_user)),
        ("/integrators/v1/lock-holders/{lockHolderId}/users/{userId}/roles", get(roles::list_for_user)),
        ("/integrators/v1/lock-holders/{lockHolderId}/users/{userId}/shared-keys", delete(keys::delete_shared)),
        (
            "/integrators/v1/lock-holders/{lockHolderId}/locks/{lockId}/users/{userId}/shared-keys",
            delete(keys::delete_shared_for_lock),
        ),
    ]
}

/// The service. Each route is there with and without its trailing slash; nothing is redirected, because a redirect
/// makes many clients drop the body or the token.
fn router(app: App) -> Router {
    let mut router = Router::new();
    for (path, methods) in routes() {
        router = router.route(path, methods.clone()).route(&format!("{path}/"), methods);
    }
    router.fallback(unknown_path).method_not_allowed_fallback(wrong_method).with_state(app)
}

async fn unknown_path(uri: Uri) -> Response {
    refuse(&uri, StatusCode::NOT_FOUND, format!("There is nothing at {}", uri.path()))
}

/// The router itself adds the header `Allow`.
async fn wrong_method(method: Method, uri: Uri) -> Response {
    refuse(&uri, StatusCode::METHOD_NOT_ALLOWED, format!("{} does not know the method {method}", uri.path()))
}

/// The Auth API has its own form of errors, even where there is nothing.
fn refuse(uri: &Uri, status: StatusCode, text: String) -> Response {
    if uri.path().starts_with("/auth/") {
        OAuthError::invalid_request(text).with_status(status).into_response()
    } else if status == StatusCode::NOT_FOUND {
        ApiError::not_found(text).into_response()
    } else {
        ApiError::method_not_allowed(text).into_response()
    }
}

/// A running service. Dropping it stops it: the port is closed once `drop` returns.
///
/// It runs on a thread and a runtime of its own, so that it answers whatever the caller's runtime does: a test that
/// blocks, a runtime of one thread, or one that ends while a sandbox in a `static` is used by the next test.
pub(crate) struct Server {
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Server {
    pub(crate) async fn start(listener: StdListener, app: App) -> io::Result<Self> {
        let (stop, stopped) = oneshot::channel();
        let (report, reported) = oneshot::channel();
        let work = move || match prepare(listener) {
            Ok((runtime, listener)) => {
                let _ = report.send(Ok(()));
                runtime.block_on(serve(listener, router(app), stopped));
            }
            Err(error) => {
                let _ = report.send(Err(error));
            }
        };
        let thread = thread::Builder::new().name("unloc-sandbox".to_owned()).spawn(work)?;
        reported.await.unwrap_or_else(|_| Err(io::Error::other("the sandbox's thread ended early")))?;
        Ok(Self { stop: Some(stop), thread: Some(thread) })
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        if let Some(stop) = self.stop.take() {
            let _ = stop.send(());
        }
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

fn prepare(listener: StdListener) -> io::Result<(runtime::Runtime, TcpListener)> {
    let runtime = runtime::Builder::new_current_thread().enable_all().build()?;
    listener.set_nonblocking(true)?;
    let entered = runtime.enter();
    let listener = TcpListener::from_std(listener)?;
    drop(entered);
    Ok((runtime, listener))
}

async fn serve(listener: TcpListener, router: Router, stopped: oneshot::Receiver<()>) {
    let listener = listener.tap_io(|connection| {
        let _ = connection.set_nodelay(true);
    });
    let (end, ended) = oneshot::channel::<()>();
    let serving = axum::serve(listener, router).with_graceful_shutdown(async {
        let _ = ended.await;
    });
    let serving = tokio::spawn(serving.into_future());
    // An error means that the owner is gone without a word, which is a reason to stop as well.
    let _ = stopped.await;
    let _ = end.send(());
    // What is still open after the grace ends with the runtime.
    let _ = timeout(GRACE, serving).await;
}
