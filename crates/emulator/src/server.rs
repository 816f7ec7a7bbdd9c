//! The routes, and the thread that serves them.

use std::io;
use std::net::TcpListener as StdListener;
use std::sync::{Arc, LazyLock};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use axum::extract::State;
use axum::http::{Method, StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use axum::routing::{MethodRouter, any, delete, get, patch, post, put};
use axum::{Router, middleware};
use tokio::net::TcpListener;
use tokio::runtime;
use tokio::sync::{mpsc, oneshot};

use crate::around::{Route, around};
use crate::cross_origin::narrow;
use crate::delivery::{Parcel, deliver};
use crate::drain::drain;
use crate::error::{ApiError, OAuthError};
use crate::guard::guard;
use crate::state::App;
use crate::{
    auth, connection, control, cross_origin, integrator, key_events, keys, lock_holders, locks, page, read_timeout,
    roles, specs, vendor_connections, webhooks,
};

const BASE: &str = "/integrators/v1";
const HOME: &str = "/integrators/v1/lock-holders/{lockHolderId}";

/// Every operation with its path, without the trailing slash. A test holds this against the specs.
fn operations() -> Vec<(&'static str, String, MethodRouter<App>)> {
    let at = |path: &str| format!("{HOME}{path}");
    vec![
        ("getToken", "/auth/v1/token".to_owned(), post(auth::token)),
        ("getLockHolders", format!("{BASE}/lock-holders"), get(lock_holders::list)),
        ("createLockHolder", format!("{BASE}/lock-holders"), post(lock_holders::create)),
        ("updateLockHolder", at(""), patch(lock_holders::update)),
        ("getLocks", at("/locks"), get(locks::list)),
        ("getLock", at("/locks/{lockId}"), get(locks::read)),
        ("updateLock", at("/locks/{lockId}"), patch(locks::update)),
        ("getKeys", at("/keys"), get(keys::list)),
        ("createKeyForLockHolder", at("/keys"), post(keys::create_for_lock_holder)),
        ("getKeysForLock", at("/locks/{lockId}/keys"), get(keys::list_for_lock)),
        ("createKey", at("/locks/{lockId}/keys"), post(keys::create)),
        ("getKey", at("/locks/{lockId}/keys/{keyId}"), get(keys::read)),
        ("updateKey", at("/locks/{lockId}/keys/{keyId}"), put(keys::update)),
        ("getRoles", at("/roles"), get(roles::list)),
        ("getRolesForLock", at("/locks/{lockId}/roles"), get(roles::list_for_lock)),
        ("createOrUpdateRole", at("/locks/{lockId}/roles/{userId}"), put(roles::create_or_update)),
        ("getKeysForUser", at("/users/{userId}/keys"), get(keys::list_for_user)),
        ("getRolesForUser", at("/users/{userId}/roles"), get(roles::list_for_user)),
        ("deleteSharedKeysForUser", at("/users/{userId}/shared-keys"), delete(keys::delete_shared)),
        (
            "deleteSharedKeysForLock",
            at("/locks/{lockId}/users/{userId}/shared-keys"),
            delete(keys::delete_shared_for_lock),
        ),
        ("getVendorConnections", at("/vendor-connections"), get(vendor_connections::list)),
        ("createVendorConnection", at("/vendor-connections"), post(vendor_connections::create)),
        ("getVendorConnection", at("/vendor-connections/{vendorConnectionId}"), get(vendor_connections::read)),
        (
            "refreshVendorConnection",
            at("/vendor-connections/{vendorConnectionId}/refresh"),
            put(vendor_connections::refresh),
        ),
        (
            "updateVendorConnectionPassword",
            at("/vendor-connections/{vendorConnectionId}/update-password"),
            put(vendor_connections::update_password),
        ),
        ("createVendorAccount", format!("{BASE}/lock-vendors/account"), post(vendor_connections::create_account)),
        ("getKeyEvents", at("/key-events"), get(key_events::list)),
        ("getKeyEventsForLock", at("/locks/{lockId}/key-events"), get(key_events::list_for_lock)),
        ("createWebhookForLock", at("/locks/{lockId}/key-events/webhooks"), post(webhooks::create_for_lock)),
        ("getWebhooks", at("/key-events/webhooks"), get(webhooks::list)),
        ("createWebhook", at("/key-events/webhooks"), post(webhooks::create)),
        ("deleteWebhook", at("/key-events/webhooks/{webhookId}"), delete(webhooks::delete)),
        ("getIntegrator", format!("{BASE}/integrator/{{integratorId}}"), get(integrator::read)),
    ]
}

/// The names of all operations.
pub(crate) static OPERATIONS: LazyLock<Vec<&'static str>> =
    LazyLock::new(|| operations().into_iter().map(|(name, ..)| name).collect());

/// The service. Each route is there with and without its trailing slash; nothing is redirected, because a redirect
/// makes many clients drop the body or the token.
fn router(app: App) -> Router {
    let mut api = Router::new().route("/images/{name}", get(locks::picture)).merge(specs::routes());
    for (name, path, methods) in operations() {
        let route = Route { app: Arc::clone(&app), name };
        let methods = methods.layer(middleware::from_fn_with_state(route, around));
        api = api.route(&path, methods.clone()).route(&format!("{path}/"), methods);
    }
    // The fallback for methods is given to routes that are there already.
    let api = api.method_not_allowed_fallback(wrong_method).fallback(unknown_path);
    let api = api.layer(cross_origin::layer()).layer(middleware::from_fn_with_state(Arc::clone(&app), narrow));

    let control = control::routes().merge(page::routes());
    // Else the API's fallback would answer here, and let pages of any origin read it.
    let control = control.route("/_emulator/{*unknown}", any(unknown_path)).method_not_allowed_fallback(wrong_method);
    let control = control.layer(middleware::from_fn_with_state(Arc::clone(&app), guard));

    let limit = middleware::from_fn_with_state(Arc::clone(&app), read_timeout::limit);
    api.merge(control).layer(middleware::from_fn(drain)).layer(limit).with_state(app)
}

async fn unknown_path(State(app): State<App>, method: Method, uri: Uri) -> Response {
    let text = "There is nothing at this path: /openapi/auth.yaml, /openapi/integrator.yaml and /_emulator/ tell what there is";
    refuse(&app, &method, &uri, StatusCode::NOT_FOUND, text)
}

/// The router itself adds the header `Allow`, after this.
async fn wrong_method(State(app): State<App>, method: Method, uri: Uri) -> Response {
    let text = "There is something at this path, but not by this method: the header Allow names those that work";
    refuse(&app, &method, &uri, StatusCode::METHOD_NOT_ALLOWED, text)
}

/// The texts do not repeat the path, in which a phone number may stand.
///
/// The Auth API has its own form of errors, even where there is nothing.
fn refuse(app: &App, method: &Method, uri: &Uri, status: StatusCode, text: &str) -> Response {
    app.journal.enter(app.now(), method.as_str(), None, status.as_u16(), Duration::ZERO, None);
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
/// blocks, a runtime of one thread, or one that ends while an emulator in a `static` is used by the next test.
pub(crate) struct Server {
    app: App,
    thread: Option<JoinHandle<()>>,
}

impl Server {
    pub(crate) async fn start(
        listener: StdListener,
        app: App,
        parcels: mpsc::UnboundedReceiver<Parcel>,
    ) -> io::Result<Self> {
        let shared = Arc::clone(&app);
        let (report, reported) = oneshot::channel();
        let work = move || match prepare(listener) {
            Ok((runtime, listener)) => {
                let _ = report.send(Ok(()));
                runtime.block_on(serve(listener, shared, parcels));
                // A name of a webhook's host that is being looked up would hold up an ordinary end.
                runtime.shutdown_background();
            }
            Err(error) => {
                let _ = report.send(Err(error));
            }
        };
        let thread = thread::Builder::new().name("unloc-emulator".to_owned()).spawn(work)?;
        // Before anything is awaited: a start that is given up must not leave its thread and its port behind.
        let server = Self { app, thread: Some(thread) };
        reported.await.unwrap_or_else(|_| Err(io::Error::other("the emulator's thread ended early")))?;
        Ok(server)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.app.stop();
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

async fn serve(listener: TcpListener, app: App, parcels: mpsc::UnboundedReceiver<Parcel>) {
    tokio::spawn(deliver(Arc::clone(&app), parcels));
    connection::serve(listener, router(Arc::clone(&app)), app).await;
}
