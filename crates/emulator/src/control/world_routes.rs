//! Implements the routes of the clock, people, vendors and the emulator's data.

use std::collections::HashMap;
use std::time::Duration;

use axum::Json;
use axum::extract::rejection::{PathRejection, QueryRejection};
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use chrono::{DateTime, TimeDelta, Utc};
use serde::Serialize;
use serde_json::{Value, json};

use crate::control::people::People;
use crate::control::snapshot::Snapshot;
use crate::control::vendors::Vendors;
use crate::domain::clock;
use crate::domain::error::Refused;
use crate::domain::model::{Index, Key};
use crate::domain::people::Action;
use crate::http::error::ApiError;
use crate::http::fields::Fields;
use crate::http::request_body::ControlBody;
use crate::service::App;

/// Is the default number of days before and after now in a timeline.
const DEFAULT_DAYS: i64 = 7;

/// Limits the number of keys of a lock in a timeline.
const MAX_KEYS_PER_LOCK: usize = 60;

type QueryParams = Result<Query<HashMap<String, String>>, QueryRejection>;

pub(super) async fn clock(State(app): State<App>) -> Json<Value> {
    let (now, speed) = app.world.clock.read();
    Json(json!({ "now": clock::to_iso_8601(now), "speed": speed }))
}

pub(super) async fn set_clock(State(app): State<App>, ControlBody(body): ControlBody) -> Result<Json<Value>, ApiError> {
    const FIELDS: [&str; 3] = ["speed", "advanceSeconds", "advanceTo"];
    body.reject_unknown(&FIELDS)?;
    if FIELDS.iter().all(|name| body.present(name).is_none()) {
        return Err(ApiError::invalid(format!("The body changes nothing: send at least one of {}", FIELDS.join(", "))));
    }
    let speed = match body.present("speed") {
        None => None,
        Some(value) => {
            let speed = value.as_f64().filter(|speed| (0.0..=1e9).contains(speed));
            Some(speed.ok_or_else(|| body.error("speed", "must be a number from 0 to 1e9"))?)
        }
    };
    let seconds = body.number("advanceSeconds", 0..=1_000_000_000_000)?;
    let moment = body.date("advanceTo")?;
    if let Some(moment) = moment
        && !app.world.clock.advance_to(moment)
    {
        return Err(body.error("advanceTo", "is past, or after the year 9999: the clock never goes back").into());
    }
    if let Some(seconds) = seconds {
        app.world.clock.advance(Duration::from_secs(seconds.unsigned_abs()));
    }
    if let Some(speed) = speed {
        app.world.clock.set_speed(speed);
    }
    app.world.changed();
    Ok(clock(State(app)).await)
}

pub(super) async fn snapshot(State(app): State<App>, query: QueryParams) -> Result<Json<Snapshot>, ApiError> {
    let only = match query.ok().and_then(|Query(mut query)| query.remove("lockHolderId")) {
        None => None,
        Some(id) => Some(lock_holder(&app, &id)?),
    };
    Ok(Json(Snapshot::take(&app, only)))
}

/// Lists the lock holders without their data. The page reads this list after every change, and a snapshot can be large.
pub(super) async fn lock_holders(State(app): State<App>) -> Json<Value> {
    let store = app.world.store();
    let listed = store.lock_holders.iter().map(|holder| {
        let locks = holder.locks.iter().filter(|lock| !store.locks[**lock as usize].removed).count();
        json!({ "id": holder.id, "name": holder.name, "locks": locks })
    });
    Json(json!({ "lockHolders": listed.collect::<Vec<_>>() }))
}

fn lock_holder(app: &App, id: &str) -> Result<Index, ApiError> {
    let found = app.world.store().lock_holder(id).map(|(index, _)| index);
    found.ok_or_else(|| ApiError::not_found(format!("There is no lock holder {id:?}")))
}

/// Is a key in a timeline.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct TimelineKey<'a> {
    id: String,
    /// Is the person's name; null if they have set none.
    person: Option<&'a str>,
    user_id: &'a str,
    state: &'static str,
    #[serde(serialize_with = "clock::serialize_nullable")]
    start: Option<DateTime<Utc>>,
    #[serde(serialize_with = "clock::serialize_nullable")]
    end: Option<DateTime<Utc>>,
    shared: bool,
    spans: Vec<[String; 2]>,
}

/// Returns a lock holder's locks with the keys that work at some time near now, and its latest events.
pub(super) async fn timeline(
    State(app): State<App>,
    id: Result<Path<String>, PathRejection>,
    query: QueryParams,
) -> Result<Response, ApiError> {
    let Ok(Path(id)) = id else { return Err(ApiError::not_found("There is no such lock holder")) };
    let days = match query.ok().and_then(|Query(mut query)| query.remove("days")) {
        None => DEFAULT_DAYS,
        Some(days) => {
            let days = days.parse().ok().filter(|days| (1..=60).contains(days));
            days.ok_or_else(|| ApiError::invalid("days must be a whole number from 1 to 60"))?
        }
    };
    let index = lock_holder(&app, &id)?;
    let now = app.world.now();
    let (from, to) = (now - TimeDelta::days(days), now + TimeDelta::days(days));
    let store = app.world.store();
    let mut locks = Vec::new();
    for index in &store.lock_holders[index as usize].locks {
        let lock = &store.locks[*index as usize];
        if lock.removed {
            continue;
        }
        let period = |key: &Key| (key.start.unwrap_or(key.created).max(from), key.end.unwrap_or(to).min(to));
        let mut keys: Vec<_> = lock.keys.iter().rev().map(|key| &store.keys[*key as usize]).collect();
        keys.retain(|key| !key.revoked && period(key).0 < period(key).1);
        // Active keys come first, because the list may be truncated.
        keys.sort_by_key(|key| store.key_state(key, now) != "active");
        let more = keys.len().saturating_sub(MAX_KEYS_PER_LOCK);
        let mut timeline_keys = Vec::new();
        for key in keys.into_iter().take(MAX_KEYS_PER_LOCK) {
            let (start, end) = period(key);
            let whole = vec![(start, end)];
            let spans =
                key.recurrence.as_ref().map_or(whole, |recurrence| recurrence.spans(start, end, lock.time_zone));
            let person = store.person_at(key.person);
            timeline_keys.push(TimelineKey {
                id: key.id.to_string(),
                person: person.name.as_deref(),
                user_id: &person.number,
                state: store.key_state(key, now),
                start: key.start,
                end: key.end,
                shared: !key.is_from_api(),
                spans: spans.into_iter().map(|(start, end)| [start, end].map(clock::to_iso_8601)).collect(),
            });
        }
        let connection = &store.connections[lock.connection as usize];
        locks.push(json!({
            "id": lock.id, "name": lock.name, "vendor": lock.vendor, "connectionId": connection.id,
            "connection": connection.state.name(), "timeZone": lock.time_zone.name(), "keys": timeline_keys, "more": more,
        }));
    }
    let events: Vec<_> = recent_events(&store, index, now);
    let body = json!({ "now": clock::to_iso_8601(now), "from": clock::to_iso_8601(from), "to": clock::to_iso_8601(to), "locks": locks, "events": events });
    Ok(Json(body).into_response())
}

/// Returns the latest forty events of a lock holder, the newest first.
fn recent_events(store: &crate::domain::store::Store, lock_holder: Index, now: DateTime<Utc>) -> Vec<Value> {
    let of_holder =
        |event: &&crate::domain::model::KeyEvent| store.locks[event.lock as usize].lock_holder == lock_holder;
    let events = store.recent_events(now).rev().filter(of_holder).take(40);
    events.map(|event| json!(store.event_view(event))).collect()
}

pub(super) async fn people(
    State(app): State<App>,
    action: Result<Path<String>, PathRejection>,
    ControlBody(body): ControlBody,
) -> Result<Json<Value>, ApiError> {
    let people = People::of(&app);
    let action = action.map(|Path(action)| action).unwrap_or_default();
    let lock_id = || text(&body, "lockId");
    let done = match action.as_str() {
        "unlock" => Action::Unlocked,
        "lock" => Action::Locked,
        "view-code" => Action::ViewedCode,
        "share" => {
            body.reject_unknown(&["lockId", "fromUserId", "toUserId"])?;
            let key_id = people.share(lock_id()?, text(&body, "fromUserId")?, text(&body, "toUserId")?)?;
            return Ok(Json(json!({ "keyId": key_id })));
        }
        _ => return Err(ApiError::not_found("Unknown action: use unlock, lock, view-code or share")),
    };
    body.reject_unknown(&["lockId", "userId"])?;
    let event_id = people.act(done, lock_id()?, text(&body, "userId")?)?;
    Ok(Json(json!({ "eventId": event_id })))
}

pub(super) async fn vendors(
    State(app): State<App>,
    action: Result<Path<String>, PathRejection>,
    ControlBody(body): ControlBody,
) -> Result<StatusCode, ApiError> {
    let vendors = Vendors::of(&app);
    let connection = || text(&body, "connectionId");
    let action = action.map(|Path(action)| action).unwrap_or_default();
    let known: &[&str] = match action.as_str() {
        "install" => &["connectionId", "name"],
        "remove" => &["lockId"],
        "fail" | "recover" | "disconnect" => &["connectionId"],
        "change-password" => &["connectionId", "password"],
        _ => {
            return Err(ApiError::not_found(
                "Unknown action: use install, remove, fail, recover, disconnect or change-password",
            ));
        }
    };
    body.reject_unknown(known)?;
    let done: Result<(), Refused> = match action.as_str() {
        "install" => vendors.install(connection()?, text(&body, "name")?),
        "remove" => vendors.remove(text(&body, "lockId")?),
        "fail" => vendors.fail(connection()?),
        "recover" => vendors.recover(connection()?),
        "disconnect" => vendors.disconnect(connection()?),
        _ => vendors.change_password(connection()?, text(&body, "password")?),
    };
    done?;
    Ok(StatusCode::NO_CONTENT)
}

fn text<'a>(body: &'a Fields, name: &str) -> Result<&'a str, ApiError> {
    Ok(body.required(name, body.text(name, 1..=1024)?)?)
}
