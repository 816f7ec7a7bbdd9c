//! Implements the operations of keys: list, create, read, revoke.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::api::v2::caller::{NoParams, ProjectScope};
use crate::api::v2::jobs::job_ref;
use crate::api::v2::new_key::read_keys;
use crate::api::v2::request::{JsonFields, Parameters};
use crate::domain::error::NotFound;
use crate::domain::model::{Index, Key};
use crate::domain::revocation::Selection;
use crate::domain::store::Store;
use crate::http::problem::Problem;
use crate::service::App;

const EXCLUDE_SUBPROJECTS: &str = "excludeSubprojectKeys";

/// Holds the parameters of a path to a key.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct KeyParams {
    key_id: String,
}

pub(crate) async fn list(
    State(app): State<App>,
    scope: ProjectScope<NoParams>,
    parameters: Parameters,
) -> Result<Response, Problem> {
    let store = app.world.store();
    let selection = parameters.selection(&store, EXCLUDE_SUBPROJECTS)?;
    page(&app, &store, scope.project, &parameters, selection)
}

/// Returns a page of the selected keys. Keys shared from the app are never listed, as in version 1.
pub(crate) fn page(
    app: &App,
    store: &Store,
    project: Index,
    parameters: &Parameters,
    selection: Selection,
) -> Result<Response, Problem> {
    let now = app.world.now();
    let excluded = parameters.excluded_states()?;
    let keys = &store.lock_holders[project as usize].keys;
    let listed = |index: Index| {
        let key = &store.keys[index as usize];
        key.is_from_api()
            && selection.person.matches(Some(key.person))
            && selection.lock.matches(Some(key.lock))
            && selection.part.contains(key.source)
            && !excluded.contains(&store.key_state(key, now))
    };
    let page = parameters.paging()?.page(
        keys,
        // Both the indices and the list are in the order of creation, so the list is sorted.
        |cursor| store.key(cursor).and_then(|index| keys.binary_search(&index).ok()),
        listed,
        |key| store.keys[key as usize].id.to_string(),
    )?;
    let keys: Vec<_> = page.items.iter().map(|key| store.project_key_view(*key, now)).collect();
    Ok(Json(page.body("keys", keys)).into_response())
}

/// Creates keys with a job. The keys exist at once, in the state `creating`.
pub(crate) async fn create(
    State(app): State<App>,
    scope: ProjectScope<NoParams>,
    JsonFields(body): JsonFields,
) -> Result<Response, Problem> {
    let now = app.world.now();
    let mut store = app.world.store();
    let new_keys = read_keys(&body, &store, scope.project).map_err(Problem::invalid_params)?;
    let first = store.keys.len() as Index;
    for new in new_keys {
        let (id, person) = (store.ids.next(), store.find_or_add_person(&new.app_user_id));
        let connection = store.locks[new.lock as usize].connection;
        let ready_at = now + store.vendor_latency;
        let key = Key {
            start: new.start,
            end: new.end,
            recurrence: new.recurrence,
            metadata: new.metadata,
            // If the connection is down now, the vendor never hears of the key, and the job reports it as failed.
            failed: store.connections[connection as usize].state.is_broken(),
            ..Key::new(id, new.lock, person, now, ready_at)
        };
        store.add_key(key);
    }
    let job = store.add_creation_job(scope.project, first, now);
    Ok((StatusCode::ACCEPTED, job_ref(&app, &store, job)).into_response())
}

pub(crate) async fn read(State(app): State<App>, scope: ProjectScope<KeyParams>) -> Result<Json<Value>, Problem> {
    let now = app.world.now();
    let store = app.world.store();
    let key = scope.params.find(&store, scope.project)?;
    Ok(Json(json!({ "key": store.project_key_view(key, now) })))
}

/// Revokes one key. Revoking twice is no error.
pub(crate) async fn revoke(State(app): State<App>, scope: ProjectScope<KeyParams>) -> Result<StatusCode, Problem> {
    let now = app.world.now();
    let mut store = app.world.store();
    let key = scope.params.find(&store, scope.project)?;
    if store.key_state(&store.keys[key as usize], now) == "expired" {
        return Err(Problem::conflict("May not revoke expired keys"));
    }
    store.revoke(key);
    Ok(StatusCode::NO_CONTENT)
}

impl KeyParams {
    fn find(&self, store: &Store, project: Index) -> Result<Index, NotFound> {
        let belongs = |index: &Index| {
            let key = &store.keys[*index as usize];
            store.locks[key.lock as usize].lock_holder == project && key.is_from_api()
        };
        let found = store.key(&self.key_id).filter(belongs);
        found.ok_or_else(|| NotFound(format!("This project has no key {:?}", self.key_id)))
    }
}

/// Revokes the keys that the filters match, or without a filter all keys of the project, as the service does.
pub(crate) async fn revoke_all(
    State(app): State<App>,
    scope: ProjectScope<NoParams>,
    parameters: Parameters,
) -> Result<StatusCode, Problem> {
    let now = app.world.now();
    let mut store = app.world.store();
    let selection = parameters.selection(&store, EXCLUDE_SUBPROJECTS)?;
    store.revoke_keys(scope.project, selection, now);
    Ok(StatusCode::NO_CONTENT)
}

pub(crate) async fn revoke_shared(
    State(app): State<App>,
    scope: ProjectScope<NoParams>,
    parameters: Parameters,
) -> Result<StatusCode, Problem> {
    let mut store = app.world.store();
    let selection = parameters.selection(&store, EXCLUDE_SUBPROJECTS)?;
    store.revoke_shared_keys(scope.project, selection);
    Ok(StatusCode::NO_CONTENT)
}
