//! Assembles the routes and serves them on a thread.

use std::io;
use std::net::TcpListener as StdListener;
use std::sync::Arc;
use std::thread::{self, JoinHandle};
use std::time::Duration;

use axum::extract::State;
use axum::http::{Method, StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use axum::routing::any;
use axum::{Router, middleware};
use tokio::net::TcpListener;
use tokio::runtime;
use tokio::sync::{mpsc, oneshot};

use crate::api::routes;
use crate::control::{self, guard::guard};
use crate::faults::middleware::Context;
use crate::faults::{cross_origin, listener};
use crate::http::delivery::{WebhookCall, deliver};
use crate::http::drain::drain;
use crate::http::error::{ApiError, OAuthError};
use crate::http::problem::Problem;
use crate::http::read_timeout;
use crate::service::App;

/// Builds the router of both versions of the API, the control interface and the page.
fn router(app: App) -> Router {
    let context = Arc::new(Context {
        world: Arc::clone(&app.world),
        issuer: Arc::clone(&app.issuer),
        faults: Arc::clone(&app.faults),
        quirks: Arc::clone(&app.quirks),
        journal: Arc::clone(&app.journal),
    });
    // The order matters: axum applies the method fallback to the routes that exist at this point.
    let api = routes::router(&context).method_not_allowed_fallback(wrong_method).fallback(unknown_path);
    let narrow = middleware::from_fn_with_state(Arc::clone(&app.quirks), cross_origin::narrow);
    let api = api.layer(cross_origin::layer()).layer(narrow);

    let control = control::routes();
    #[cfg(feature = "page")]
    let control = control.merge(crate::page::routes());
    // Without this route the API's fallback would respond, and pages of any origin could read its response.
    let control = control.route("/_emulator/{*unknown}", any(unknown_path)).method_not_allowed_fallback(wrong_method);
    let control = control.layer(middleware::from_fn_with_state(Arc::clone(&app), guard));

    let limit = middleware::from_fn_with_state(app.read_timeout, read_timeout::limit);
    api.merge(control).layer(middleware::from_fn(drain)).layer(limit).with_state(app)
}

async fn unknown_path(State(app): State<App>, method: Method, uri: Uri) -> Response {
    let text = "Unknown path: see /openapi/auth.yaml, /openapi/integrator.yaml, /openapi/unloc-v2.yaml and /_emulator/ for all paths";
    refuse(&app, &method, &uri, StatusCode::NOT_FOUND, text)
}

/// Responds to a method that the path does not allow. The router adds the header `Allow` afterwards.
async fn wrong_method(State(app): State<App>, method: Method, uri: Uri) -> Response {
    let text = "This path does not allow this method: the header Allow lists those that it allows";
    refuse(&app, &method, &uri, StatusCode::METHOD_NOT_ALLOWED, text)
}

/// Builds the error response in the format of the API to which the path belongs.
///
/// The texts do not quote the path, because it may contain a phone number.
fn refuse(app: &App, method: &Method, uri: &Uri, status: StatusCode, text: &str) -> Response {
    app.journal.record(app.world.now(), method.as_str(), None, status.as_u16(), Duration::ZERO, None);
    if uri.path().starts_with("/v2/") {
        if status == StatusCode::NOT_FOUND { Problem::not_found(text) } else { Problem::method_not_allowed(text) }
            .into_response()
    } else if uri.path().starts_with("/auth/") {
        OAuthError::invalid_request(text).with_status(status).into_response()
    } else if status == StatusCode::NOT_FOUND {
        ApiError::not_found(text).into_response()
    } else {
        ApiError::method_not_allowed(text).into_response()
    }
}

/// Is a running service. Dropping it stops it: the port is closed when `drop` returns.
///
/// It has its own thread and runtime, so that it responds whatever the caller's runtime does: a test may block its
/// thread, or its runtime may end while an emulator in a `static` serves the next test.
pub(crate) struct Server {
    app: App,
    thread: Option<JoinHandle<()>>,
}

impl Server {
    pub(crate) async fn start(
        listener: StdListener,
        app: App,
        calls: mpsc::UnboundedReceiver<WebhookCall>,
    ) -> io::Result<Self> {
        let shared = Arc::clone(&app);
        let (report, reported) = oneshot::channel();
        let work = move || match prepare(listener) {
            Ok((runtime, listener)) => {
                let _ = report.send(Ok(()));
                runtime.block_on(serve(listener, shared, calls));
                // A normal shutdown would wait for a DNS lookup of a webhook's host.
                runtime.shutdown_background();
            }
            Err(error) => {
                let _ = report.send(Err(error));
            }
        };
        let thread = thread::Builder::new().name("unloc-emulator".to_owned()).spawn(work)?;
        // Before the await: if the caller drops this future, the thread and its port must not stay behind.
        let server = Self { app, thread: Some(thread) };
        reported.await.unwrap_or_else(|_| Err(io::Error::other("the emulator's thread ended early")))?;
        Ok(server)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.app.world.stop();
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

async fn serve(listener: TcpListener, app: App, calls: mpsc::UnboundedReceiver<WebhookCall>) {
    tokio::spawn(deliver(Arc::clone(&app.world), Arc::clone(&app.deliveries), calls));
    let (world, read_timeout) = (Arc::clone(&app.world), app.read_timeout);
    listener::serve(listener, router(app), world, read_timeout).await;
}
