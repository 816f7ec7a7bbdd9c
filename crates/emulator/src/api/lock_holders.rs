//! Implements the operations of lock holders: list, create, rename.

use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use serde_json::json;

use crate::api::caller::{Caller, LockHolderScope, NoParams};
use crate::api::vendor_connections::NewAccount;
use crate::domain::error::Invalid;
use crate::domain::formats::{is_alpha_2, is_organization_text};
use crate::domain::model::Index;
use crate::faults::quirks::Quirk;
use crate::http::error::ApiError;
use crate::http::fields::Fields;
use crate::http::request_body::JsonBody;
use crate::service::App;

/// Limits the length of texts, as documented for the name.
const MAX_TEXT_LENGTH: usize = 1024;

pub(crate) async fn list(State(app): State<App>, caller: Caller) -> Response {
    let store = app.world.store();
    let visible =
        |index: &Index| caller.is_integrator() || caller.covers(&store.lock_holders[*index as usize].id.to_string());
    let holders = (0..store.lock_holders.len() as Index).filter(visible).map(|index| store.lock_holder_view(index));
    Json(json!({ "lockHolders": holders.collect::<Vec<_>>() })).into_response()
}

pub(crate) async fn create(
    State(app): State<App>,
    caller: Caller,
    JsonBody(body): JsonBody,
) -> Result<Response, ApiError> {
    caller.require_integrator()?;
    let name = name(&body)?;
    let country_iso = body.required("countryIso", body.text("countryIso", 0..=MAX_TEXT_LENGTH)?)?;
    if !is_alpha_2(country_iso) {
        return Err(body.error("countryIso", "must be ISO 3166-1 alpha-2: two upper-case letters such as NO").into());
    }
    let organization_id = body.required("organizationId", organization_text(&body, "organizationId", 4)?)?;
    let suffix = organization_text(&body, "organizationIdSuffix", 0)?.unwrap_or_default();
    let wants_account = body.boolean("createVendorAccount")? == Some(true);
    let account = if wants_account { Some(NewAccount::read(&body)?) } else { NewAccount::ignore(&body)? };

    let mut store = app.world.store();
    if store.find_by_identifier(country_iso, organization_id, suffix).is_some() {
        return Err(ApiError::conflict(format!(
            "A lock holder with countryIso {country_iso}, organizationId {organization_id} and organizationIdSuffix {suffix:?} exists already"
        )));
    }
    let refused = account.and_then(|account| account.open(&mut store).err());
    // The documentation describes both cases: the lock holder is usually rolled back, and rarely the rollback fails.
    if let Some(refusal) = &refused
        && !app.quirks.has(Quirk::BrokenRollback)
    {
        return Err(
            refusal.with_context("The lock holder was not created, because its vendor account cannot be opened")
        );
    }
    let index = store.add_lock_holder(name, country_iso, organization_id, suffix);
    let id = store.lock_holders[index as usize].id;
    match refused {
        None => Ok(Json(json!({ "lockHolder": store.lock_holder_view(index) })).into_response()),
        Some(refusal) => Err(refusal.with_context(&format!(
            "The lock holder {id} was created without its vendor account, and the rollback failed: contact Unloc"
        ))),
    }
}

pub(crate) async fn update(
    State(app): State<App>,
    scope: LockHolderScope<NoParams>,
    JsonBody(body): JsonBody,
) -> Result<Response, ApiError> {
    let name = name(&body)?;
    let mut store = app.world.store();
    store.lock_holders[scope.lock_holder as usize].name = name;
    Ok(Json(json!({ "lockHolder": store.lock_holder_view(scope.lock_holder) })).into_response())
}

fn name(body: &Fields) -> Result<String, Invalid> {
    body.required("name", body.text("name", 4..=MAX_TEXT_LENGTH)?).map(str::to_owned)
}

fn organization_text<'a>(body: &'a Fields, name: &str, min: usize) -> Result<Option<&'a str>, Invalid> {
    let text = body.text(name, min..=MAX_TEXT_LENGTH)?;
    if text.is_some_and(|text| !is_organization_text(text)) {
        return Err(body.error(name, "may have only letters a-z and A-Z, digits, _ and -"));
    }
    Ok(text)
}
