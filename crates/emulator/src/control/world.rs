//! Time, people, vendors and the town, over HTTP.

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

use crate::body::ControlBody;
use crate::clock;
use crate::error::ApiError;
use crate::fields::Fields;
use crate::model::{Key, Place};
use crate::people::{Action, People, Refused};
use crate::snapshot::Snapshot;
use crate::state::App;
use crate::vendor_control::Vendors;

/// How far a timeline reaches to either side of now, in days, and how many keys of a lock it shows.
const DAYS: i64 = 7;
const KEYS_OF_A_LOCK: usize = 60;

type Asked = Result<Query<HashMap<String, String>>, QueryRejection>;

pub(super) async fn clock(State(app): State<App>) -> Json<Value> {
    let (now, speed) = app.clock.read();
    Json(json!({ "now": clock::text(now), "speed": speed }))
}

pub(super) async fn set_clock(State(app): State<App>, ControlBody(body): ControlBody) -> Result<Json<Value>, ApiError> {
    const FIELDS: [&str; 3] = ["speed", "advanceSeconds", "advanceTo"];
    body.only(&FIELDS)?;
    if FIELDS.iter().all(|name| body.present(name).is_none()) {
        return Err(ApiError::invalid(format!("There is nothing to change: send any of {}", FIELDS.join(", "))));
    }
    let speed = match body.present("speed") {
        None => None,
        Some(value) => {
            let speed = value.as_f64().filter(|speed| (0.0..=1e9).contains(speed));
            Some(speed.ok_or_else(|| body.wrong("speed", "must be a number from 0 to 1e9"))?)
        }
    };
    let seconds = body.number("advanceSeconds", 0..=1_000_000_000_000)?;
    let moment = body.date("advanceTo")?;
    if let Some(moment) = moment
        && !app.clock.advance_to(moment)
    {
        return Err(body.wrong("advanceTo", "is past, or behind the year 9999: the clock never goes back").into());
    }
    if let Some(seconds) = seconds {
        app.clock.advance(Duration::from_secs(seconds.unsigned_abs()));
    }
    if let Some(speed) = speed {
        app.clock.set_speed(speed);
    }
    app.changed();
    Ok(clock(State(app)).await)
}

pub(super) async fn town(State(app): State<App>, query: Asked) -> Result<Json<Snapshot>, ApiError> {
    let only = match query.ok().and_then(|Query(mut query)| query.remove("lockHolderId")) {
        None => None,
        Some(id) => Some(lock_holder(&app, &id)?),
    };
    Ok(Json(Snapshot::take(&app, only)))
}

/// All lock holders without what belongs to them: the whole town would be much to send whenever somebody looks.
pub(super) async fn lock_holders(State(app): State<App>) -> Json<Value> {
    let town = app.town();
    let listed = town.lock_holders.iter().map(|holder| {
        let locks = holder.locks.iter().filter(|lock| !town.locks[**lock as usize].gone).count();
        json!({ "id": holder.id, "name": holder.name, "locks": locks })
    });
    Json(json!({ "lockHolders": listed.collect::<Vec<_>>() }))
}

fn lock_holder(app: &App, id: &str) -> Result<Place, ApiError> {
    let found = app.town().lock_holder(id).map(|(place, _)| place);
    found.ok_or_else(|| ApiError::not_found(format!("There is no lock holder {id:?}")))
}

/// A key as it is drawn: who has it, and when it works.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Bar<'a> {
    id: String,
    /// Null for those who never set a name.
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

/// The locks of a lock holder with the keys that work, or did, or will, around now.
pub(super) async fn timeline(
    State(app): State<App>,
    id: Result<Path<String>, PathRejection>,
    query: Asked,
) -> Result<Response, ApiError> {
    let Ok(Path(id)) = id else { return Err(ApiError::not_found("There is no such lock holder")) };
    let days = match query.ok().and_then(|Query(mut query)| query.remove("days")) {
        None => DAYS,
        Some(days) => {
            let days = days.parse().ok().filter(|days| (1..=60).contains(days));
            days.ok_or_else(|| ApiError::invalid("days must be a whole number from 1 to 60"))?
        }
    };
    let place = lock_holder(&app, &id)?;
    let now = app.now();
    let (from, to) = (now - TimeDelta::days(days), now + TimeDelta::days(days));
    let town = app.town();
    let mut locks = Vec::new();
    for place in &town.lock_holders[place as usize].locks {
        let lock = &town.locks[*place as usize];
        if lock.gone {
            continue;
        }
        let period = |key: &Key| (key.start.unwrap_or(key.created).max(from), key.end.unwrap_or(to).min(to));
        let mut keys: Vec<_> = lock.keys.iter().rev().map(|key| &town.keys[*key as usize]).collect();
        keys.retain(|key| !key.revoked && period(key).0 < period(key).1);
        // Whoever can open the door now comes first: there may be no room for all.
        keys.sort_by_key(|key| town.key_state(key, now) != "active");
        let more = keys.len().saturating_sub(KEYS_OF_A_LOCK);
        let mut bars = Vec::new();
        for key in keys.into_iter().take(KEYS_OF_A_LOCK) {
            let (start, end) = period(key);
            let whole = vec![(start, end)];
            let spans =
                key.recurrence.as_ref().map_or(whole, |recurrence| recurrence.spans(start, end, lock.time_zone));
            let person = town.person_at(key.person);
            bars.push(Bar {
                id: key.id.to_string(),
                person: person.name.as_deref(),
                user_id: &person.number,
                state: town.key_state(key, now),
                start: key.start,
                end: key.end,
                shared: !key.is_api_made(),
                spans: spans.into_iter().map(|(start, end)| [start, end].map(clock::text)).collect(),
            });
        }
        let connection = &town.connections[lock.connection as usize];
        locks.push(json!({
            "id": lock.id, "name": lock.name, "vendor": lock.vendor, "connectionId": connection.id,
            "connection": connection.state.name(), "timeZone": lock.time_zone.name(), "keys": bars, "more": more,
        }));
    }
    let events: Vec<_> = recent(&town, place, now);
    let body = json!({ "now": clock::text(now), "from": clock::text(from), "to": clock::text(to), "locks": locks, "events": events });
    Ok(Json(body).into_response())
}

/// The latest forty events of a lock holder, the youngest first.
fn recent(town: &crate::town::Town, lock_holder: Place, now: DateTime<Utc>) -> Vec<Value> {
    let of_holder = |event: &&crate::model::KeyEvent| town.locks[event.lock as usize].lock_holder == lock_holder;
    let events = town.recent_events(now).rev().filter(of_holder).take(40);
    events.map(|event| json!(town.event_view(event))).collect()
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
            body.only(&["lockId", "fromUserId", "toUserId"])?;
            let key_id = people.share(lock_id()?, text(&body, "fromUserId")?, text(&body, "toUserId")?)?;
            return Ok(Json(json!({ "keyId": key_id })));
        }
        _ => return Err(ApiError::not_found("People unlock, lock, view-code and share")),
    };
    body.only(&["lockId", "userId"])?;
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
        _ => return Err(ApiError::not_found("Vendors install, remove, fail, recover, disconnect and change-password")),
    };
    body.only(known)?;
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
