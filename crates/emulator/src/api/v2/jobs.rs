//! Implements the operation that reads a job.

use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::api::v2::caller::ProjectScope;
use crate::domain::clock;
use crate::domain::ids::Id;
use crate::domain::jobs::JobStatus;
use crate::domain::model::Index;
use crate::domain::model::Job;
use crate::domain::store::Store;
use crate::http::problem::Problem;
use crate::service::App;

/// Holds the parameters of a path to a job.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct JobParams {
    job_id: String,
}

/// Is a key in the result of a job.
#[derive(Serialize)]
struct JobKey {
    id: Id,
}

/// Returns the response of an operation that starts a job.
pub(crate) fn job_ref(app: &App, store: &Store, index: Index) -> Json<Value> {
    let job = &store.jobs[index as usize];
    let project = store.lock_holders[job.lock_holder as usize].id;
    let url = format!("{}/v2/projects/{project}/jobs/{}", app.base_url, job.id);
    Json(json!({ "jobRef": { "id": job.id, "jobType": job.work.name(), "jobStatusUrl": url } }))
}

pub(crate) async fn read(State(app): State<App>, scope: ProjectScope<JobParams>) -> Result<Json<Value>, Problem> {
    let store = app.world.store();
    let now = app.world.now();
    let index = store.job(scope.project, &scope.params.job_id)?;
    let job = &store.jobs[index as usize];
    let mut body = json!({ "id": job.id, "type": job.work.name(), "created": clock::to_iso_8601(job.created) });
    body["status"] = match job.status(now) {
        JobStatus::Pending => "pending",
        JobStatus::InProgress => "inProgress",
        JobStatus::Succeeded => {
            if let Some(result) = result(&store, job) {
                body["resultData"] = result;
            }
            "succeeded"
        }
        JobStatus::Failed(reason) => {
            body["failureReason"] = reason.into();
            "failedJob"
        }
    }
    .into();
    Ok(Json(json!({ "job": body })))
}

/// Returns the result of a job. That of a refresh is not documented, so it has none.
fn result(store: &Store, job: &Job) -> Option<Value> {
    let keys = store.created_keys(job)?;
    let list = |ids: Vec<Id>| ids.into_iter().map(|id| JobKey { id }).collect::<Vec<_>>();
    Some(json!({
        "createdKeys": list(keys.created), "failedKeys": list(keys.failed), "creatingKeys": list(keys.creating),
    }))
}
