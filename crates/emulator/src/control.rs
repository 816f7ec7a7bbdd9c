//! The control interface: what the Rust API does to an emulator, for programs in other languages and for the page.
//!
//! Everything is below `/_emulator/` and speaks JSON. `GET /_emulator/` lists what there is; `README.md` describes it.

mod faults;
mod live;
mod world;

use axum::Json;
use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::{get, post};
use serde::Serialize;
use serde_json::{Value, json};

use crate::body::ControlBody;
use crate::error::ApiError;
use crate::people::Refused;
use crate::quirks::Quirk;
use crate::state::App;

/// What there is, as `GET /_emulator/` tells it.
const CONTENTS: &[(&str, &str)] = &[
    ("GET /_emulator/clock", "what time it is, and how fast it passes"),
    ("PUT /_emulator/clock", r#"{"speed"?: 0 to 1e9, "advanceSeconds"?, "advanceTo"?}: changes that"#),
    ("GET /_emulator/town", "the town as it stands; ?lockHolderId= for one lock holder's part"),
    ("GET /_emulator/lock-holders", "the lock holders, with how many locks each has"),
    (
        "GET /_emulator/lock-holders/{lockHolderId}/timeline",
        "its keys, lock by lock; ?days= (1 to 60) to either side of now",
    ),
    ("POST /_emulator/people/{unlock, lock, view-code}", r#"{"lockId", "userId"}: somebody uses a key"#),
    ("POST /_emulator/people/share", r#"{"lockId", "fromUserId", "toUserId"}: somebody shares a key from the app"#),
    ("POST /_emulator/vendors/install", r#"{"connectionId", "name"}: a lock is installed"#),
    ("POST /_emulator/vendors/remove", r#"{"lockId"}: a lock is taken down"#),
    ("POST /_emulator/vendors/{fail, recover, disconnect}", r#"{"connectionId"}: the vendor's account"#),
    ("POST /_emulator/vendors/change-password", r#"{"connectionId", "password"}: at the vendor"#),
    ("GET, POST, DELETE /_emulator/faults", "the faults in force; adds one; takes all away"),
    ("DELETE /_emulator/faults/{id}", "takes one away"),
    ("GET, PUT /_emulator/quirks", r#"all quirks; {"on": [name, ...]} switches these on and all others off"#),
    ("POST /_emulator/tokens/expire", "every token issued so far expires"),
    ("GET /_emulator/requests", "the latest requests"),
    ("GET /_emulator/deliveries", "the latest calls of webhooks; ?settled waits until none is under way"),
    ("GET /_emulator/changes", "server-sent events: one whenever something has changed"),
];

pub(crate) fn routes() -> Router<App> {
    Router::new()
        .route("/_emulator", get(contents))
        .route("/_emulator/", get(contents))
        .route("/_emulator/clock", get(world::clock).put(world::set_clock))
        .route("/_emulator/town", get(world::town))
        .route("/_emulator/lock-holders", get(world::lock_holders))
        .route("/_emulator/lock-holders/{lockHolderId}/timeline", get(world::timeline))
        .route("/_emulator/people/{action}", post(world::people))
        .route("/_emulator/vendors/{action}", post(world::vendors))
        .route("/_emulator/faults", get(faults::list).post(faults::add).delete(faults::clear))
        .route("/_emulator/faults/{id}", axum::routing::delete(faults::remove))
        .route("/_emulator/quirks", get(quirks).put(set_quirks))
        .route("/_emulator/tokens/expire", post(expire_tokens))
        .route("/_emulator/requests", get(requests))
        .route("/_emulator/deliveries", get(deliveries))
        .route("/_emulator/changes", get(live::changes))
}

async fn contents() -> Json<Value> {
    let map: serde_json::Map<_, _> =
        CONTENTS.iter().map(|(route, text)| ((*route).to_owned(), Value::from(*text))).collect();
    Json(Value::Object(map))
}

/// A quirk as the interface lists it.
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
    body.only(&["on"])?;
    let wrong = || body.wrong("on", "must be an array of names of quirks");
    let names = body.required("on", body.present("on"))?.as_array().ok_or_else(wrong)?;
    let mut on = Vec::new();
    for name in names {
        let name = name.as_str().ok_or_else(wrong)?;
        on.push(name.parse::<Quirk>().map_err(|error| ApiError::invalid(error.to_string()))?);
    }
    app.quirks.set(on);
    app.changed();
    Ok(quirks(State(app)).await)
}

async fn expire_tokens(State(app): State<App>) -> StatusCode {
    app.issuer.expire_all();
    app.changed();
    StatusCode::NO_CONTENT
}

async fn requests(State(app): State<App>) -> Json<Value> {
    Json(json!({ "requests": app.journal.read() }))
}

async fn deliveries(State(app): State<App>, query: axum::http::Uri) -> Result<Json<Value>, ApiError> {
    let mut pairs = query.query().unwrap_or_default().split('&');
    match pairs.find(|pair| pair.split('=').next() == Some("settled")) {
        None => {}
        Some("settled" | "settled=true") => app.post.settled().await,
        // Whoever writes settled=false means something that is not there.
        Some(_) => return Err(ApiError::invalid("settled is written alone, or settled=true")),
    }
    Ok(Json(json!({ "deliveries": app.post.log() })))
}

impl From<Refused> for ApiError {
    fn from(refused: Refused) -> Self {
        Self::conflict(refused.to_string())
    }
}
