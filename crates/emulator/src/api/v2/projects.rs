//! Implements the operations of projects: list and read.

use axum::Json;
use axum::extract::State;
use serde_json::{Value, json};

use crate::api::v2::caller::{NoParams, OrganizationScope, ProjectScope};
use crate::domain::model::Index;
use crate::service::App;

pub(crate) async fn list(State(app): State<App>, _: OrganizationScope) -> Json<Value> {
    let store = app.world.store();
    let projects = (0..store.lock_holders.len() as Index).map(|index| store.project_view(index));
    Json(json!({ "projects": projects.collect::<Vec<_>>() }))
}

pub(crate) async fn read(State(app): State<App>, scope: ProjectScope<NoParams>) -> Json<Value> {
    Json(json!({ "project": app.world.store().project_view(scope.project) }))
}
