//! Implements the operations of lock connections: list, refresh, offboard.

use axum::Json;
use axum::extract::State;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::api::v2::caller::{InstallerScope, NoParams, ProjectScope};
use crate::api::v2::jobs::job_ref;
use crate::api::v2::request::Parameters;
use crate::domain::error::NotFound;
use crate::domain::model::Index;
use crate::domain::offboarding::Impact;
use crate::domain::store::Store;
use crate::http::problem::Problem;
use crate::service::App;

/// Holds the parameters of a path to a lock connection.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ConnectionParams {
    lock_connection_id: String,
}

impl ConnectionParams {
    fn find(&self, store: &Store, project: Index) -> Result<Index, NotFound> {
        let id = &self.lock_connection_id;
        store.connection(project, id).map_err(|_| NotFound(format!("This project has no lock connection {id:?}")))
    }
}

pub(crate) async fn list(State(app): State<App>, scope: ProjectScope<NoParams>) -> Json<Value> {
    let store = app.world.store();
    let of_project = |index: &usize| store.connections[*index].lock_holder == scope.project;
    let connections = (0..store.connections.len()).filter(of_project).map(|index| store.connection_view(index as u32));
    Json(json!({ "lockConnections": connections.collect::<Vec<_>>() }))
}

pub(crate) async fn refresh(
    State(app): State<App>,
    InstallerScope(scope): InstallerScope<ConnectionParams>,
) -> Result<Json<Value>, Problem> {
    let now = app.world.now();
    let mut store = app.world.store();
    let connection = scope.params.find(&store, scope.project)?;
    store.require_idle(connection)?;
    let job = store.start_refresh_job(connection, now);
    Ok(job_ref(&app, &store, job))
}

/// Returns what would be affected and a code, or with the code starts to disconnect.
pub(crate) async fn offboard(
    State(app): State<App>,
    scope: ProjectScope<ConnectionParams>,
    parameters: Parameters,
) -> Result<Json<Value>, Problem> {
    let now = app.world.now();
    let mut store = app.world.store();
    let connection = scope.params.find(&store, scope.project)?;
    store.require_idle(connection)?;
    if let Some(code) = parameters.text("confirmationCode") {
        return Ok(Json(impact_view(&store.start_offboarding(connection, code, now)?)));
    }
    let (impact, code) = store.plan_offboarding(connection, now);
    let mut body = impact_view(&impact);
    body["confirmationCode"] = code.into();
    Ok(Json(body))
}

/// Returns the counts of a response. The service's names for them are unknown; these are the emulator's own.
fn impact_view(impact: &Impact) -> Value {
    json!({ "locks": impact.locks, "keys": impact.keys, "sharedKeys": impact.shared_keys, "doorbells": 0 })
}
