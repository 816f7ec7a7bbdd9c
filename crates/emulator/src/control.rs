//! Implements the control interface: the functions of the Rust API over HTTP, for other languages and for the page.
//!
//! All routes are below `/_emulator/` and use JSON. `GET /_emulator/` lists them; `README.md` documents them.

mod changes;
mod fault_routes;
pub(crate) mod groups;
pub(crate) mod guard;
pub(crate) mod handles;
pub(crate) mod people;
pub(crate) mod snapshot;
pub(crate) mod vendors;
mod world_routes;

use axum::Json;
use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::{get, post};
use serde::Serialize;
use serde_json::{Value, json};

use crate::faults::quirks::Quirk;
use crate::http::error::ApiError;
use crate::http::request_body::ControlBody;
use crate::service::App;

/// Lists the routes with a description, as `GET /_emulator/` returns them.
const ROUTES: &[(&str, &str)] = &[
    ("GET /_emulator/clock", "the time and the speed of the clock"),
    (
        "PUT /_emulator/clock",
        r#"{"speed"?: 0 to 1e9, "advanceSeconds"?, "advanceTo"?}: sets the speed, advances the clock"#,
    ),
    ("GET /_emulator/snapshot", "the emulator's data; ?lockHolderId= for one lock holder's part"),
    ("GET /_emulator/lock-holders", "the lock holders, with their number of locks"),
    (
        "GET /_emulator/lock-holders/{lockHolderId}/timeline",
        "its locks with their keys; ?days= (1 to 60) before and after now",
    ),
    ("POST /_emulator/people/{unlock, lock, view-code}", r#"{"lockId", "userId"}: a person uses a key"#),
    ("POST /_emulator/people/share", r#"{"lockId", "fromUserId", "toUserId"}: a person shares a key from the app"#),
    ("POST /_emulator/vendors/install", r#"{"connectionId", "name"}: installs a lock"#),
    ("POST /_emulator/vendors/remove", r#"{"lockId"}: removes a lock"#),
    (
        "POST /_emulator/vendors/{fail, recover, disconnect}",
        r#"{"connectionId"}: changes the state of the account or the connection"#,
    ),
    ("POST /_emulator/vendors/change-password", r#"{"connectionId", "password"}: changes the password at the vendor"#),
    ("GET, POST, DELETE /_emulator/faults", "the active faults; adds one; removes all"),
    ("DELETE /_emulator/faults/{id}", "removes a fault"),
    ("GET, PUT /_emulator/quirks", r#"all quirks; {"on": [name, ...]} switches these on and all others off"#),
    ("POST /_emulator/tokens/expire", "expires all tokens issued so far"),
    ("GET /_emulator/requests", "the latest requests"),
    ("GET /_emulator/deliveries", "the latest webhook calls; ?settled waits until none is in flight"),
    ("GET /_emulator/changes", "server-sent events: one after each change"),
];

pub(crate) fn routes() -> Router<App> {
    Router::new()
        .route("/_emulator", get(list_routes))
        .route("/_emulator/", get(list_routes))
        .route("/_emulator/clock", get(world_routes::clock).put(world_routes::set_clock))
        .route("/_emulator/snapshot", get(world_routes::snapshot))
        .route("/_emulator/lock-holders", get(world_routes::lock_holders))
        .route("/_emulator/lock-holders/{lockHolderId}/timeline", get(world_routes::timeline))
        .route("/_emulator/people/{action}", post(world_routes::people))
        .route("/_emulator/vendors/{action}", post(world_routes::vendors))
        .route("/_emulator/faults", get(fault_routes::list).post(fault_routes::add).delete(fault_routes::clear))
        .route("/_emulator/faults/{id}", axum::routing::delete(fault_routes::remove))
        .route("/_emulator/quirks", get(quirks).put(set_quirks))
        .route("/_emulator/tokens/expire", post(expire_tokens))
        .route("/_emulator/requests", get(requests))
        .route("/_emulator/deliveries", get(deliveries))
        .route("/_emulator/changes", get(changes::changes))
}

async fn list_routes() -> Json<Value> {
    let map: serde_json::Map<_, _> =
        ROUTES.iter().map(|(route, text)| ((*route).to_owned(), Value::from(*text))).collect();
    Json(Value::Object(map))
}

/// Is a quirk in the list of quirks.
#[derive(Serialize)]
struct ListedQuirk {
    name: &'static str,
    description: &'static str,
    on: bool,
}

async fn quirks(State(app): State<App>) -> Json<Value> {
    let listed = Quirk::ALL.iter().map(|quirk| ListedQuirk {
        name: quirk.name(),
        description: quirk.description().trim(),
        on: app.quirks.has(*quirk),
    });
    Json(json!({ "quirks": listed.collect::<Vec<_>>() }))
}

async fn set_quirks(State(app): State<App>, ControlBody(body): ControlBody) -> Result<Json<Value>, ApiError> {
    body.reject_unknown(&["on"])?;
    let wrong = || body.error("on", "must be an array of quirk names");
    let names = body.required("on", body.present("on"))?.as_array().ok_or_else(wrong)?;
    let mut on = Vec::new();
    for name in names {
        let name = name.as_str().ok_or_else(wrong)?;
        on.push(name.parse::<Quirk>().map_err(|error| ApiError::invalid(error.to_string()))?);
    }
    app.quirks.set(on);
    app.world.changed();
    Ok(quirks(State(app)).await)
}

async fn expire_tokens(State(app): State<App>) -> StatusCode {
    app.issuer.expire_all();
    app.world.changed();
    StatusCode::NO_CONTENT
}

async fn requests(State(app): State<App>) -> Json<Value> {
    Json(json!({ "requests": app.journal.read() }))
}

async fn deliveries(State(app): State<App>, query: axum::http::Uri) -> Result<Json<Value>, ApiError> {
    let mut pairs = query.query().unwrap_or_default().split('&');
    match pairs.find(|pair| pair.split('=').next() == Some("settled")) {
        None => {}
        Some("settled" | "settled=true") => app.deliveries.settled().await,
        // A caller of `settled=false` would not expect the wait.
        Some(_) => return Err(ApiError::invalid("settled must have no value, or the value true")),
    }
    Ok(Json(json!({ "deliveries": app.deliveries.log() })))
}
