//! Implements the operation that creates an access group.

use axum::extract::State;
use axum::http::StatusCode;

use crate::api::v2::caller::{NoParams, ProjectScope};
use crate::api::v2::new_key::{metadata, recurrence};
use crate::api::v2::request::JsonFields;
use crate::domain::access_groups::NewAccessGroup;
use crate::domain::error::Invalid;
use crate::domain::formats::phone;
use crate::domain::model::Index;
use crate::domain::store::Store;
use crate::http::fields::Fields;
use crate::http::problem::Problem;
use crate::service::App;

/// Limits the keys that one call creates. A guide says 100,000 in one place; this is the smaller of the two numbers.
const MAX_KEYS: usize = 10_000;

pub(crate) async fn create(
    State(app): State<App>,
    scope: ProjectScope<NoParams>,
    JsonFields(body): JsonFields,
) -> Result<StatusCode, Problem> {
    let now = app.world.now();
    let mut store = app.world.store();
    let group = read(&body, &store, scope.project)?;
    store.add_access_group(scope.project, group, now);
    Ok(StatusCode::NO_CONTENT)
}

fn read(body: &Fields, store: &Store, project: Index) -> Result<NewAccessGroup, Invalid> {
    let name = body.required("name", body.text("name", 1..=128)?)?.to_owned();
    let description = body.text("description", 1..=1024)?.map(str::to_owned);
    let mut locks = Vec::new();
    for (index, id) in body.required("lockIds", body.texts("lockIds")?)?.into_iter().enumerate() {
        let wrong = |_| body.error(&format!("lockIds.{index}"), "is no lock of this project");
        locks.push(store.lock(project, id).map_err(wrong)?);
    }
    let mut app_user_ids = Vec::new();
    for (index, number) in body.required("appUserIds", body.texts("appUserIds")?)?.into_iter().enumerate() {
        app_user_ids.push(phone(&format!("appUserIds.{index}"), number)?);
    }
    // A lock or a person that occurs twice is in the group once.
    locks.sort_unstable();
    locks.dedup();
    app_user_ids.sort_unstable();
    app_user_ids.dedup();
    if locks.len() * app_user_ids.len() > MAX_KEYS {
        return Err(body.error("appUserIds", &format!("times lockIds must be at most {MAX_KEYS} keys")));
    }
    let (recurrence, metadata) = (recurrence(body)?, metadata(body)?);
    Ok(NewAccessGroup { name, description, locks, app_user_ids, recurrence, metadata })
}
