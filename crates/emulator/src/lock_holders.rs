//! Lock holders: list, create, rename.

use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use serde_json::json;

use crate::body::JsonBody;
use crate::caller::{Caller, Home, NoMore};
use crate::error::{ApiError, Invalid};
use crate::fields::{Fields, is_alpha_2, is_organization_text};
use crate::model::Place;
use crate::quirks::Quirk;
use crate::state::App;
use crate::vendor_connections::NewAccount;

/// The longest text the documentation names a limit for.
const MOST: usize = 1024;

pub(crate) async fn list(State(app): State<App>, caller: Caller) -> Response {
    let town = app.town();
    let visible =
        |place: &Place| caller.is_integrator() || caller.covers(&town.lock_holders[*place as usize].id.to_string());
    let holders = (0..town.lock_holders.len() as Place).filter(visible).map(|place| town.lock_holder_view(place));
    Json(json!({ "lockHolders": holders.collect::<Vec<_>>() })).into_response()
}

pub(crate) async fn create(
    State(app): State<App>,
    caller: Caller,
    JsonBody(body): JsonBody,
) -> Result<Response, ApiError> {
    caller.demand_integrator()?;
    let name = name(&body)?;
    let country_iso = body.required("countryIso", body.text("countryIso", 0..=MOST)?)?;
    if !is_alpha_2(country_iso) {
        return Err(body.wrong("countryIso", "must be ISO 3166-1 alpha-2: two upper-case letters such as NO").into());
    }
    let organization_id = body.required("organizationId", organization_text(&body, "organizationId", 4)?)?;
    let suffix = organization_text(&body, "organizationIdSuffix", 0)?.unwrap_or_default();
    let wants_account = body.boolean("createVendorAccount")? == Some(true);
    let account = if wants_account { Some(NewAccount::read(&body)?) } else { NewAccount::ignore(&body)? };

    let mut town = app.town();
    if town.identified(country_iso, organization_id, suffix).is_some() {
        return Err(ApiError::conflict(format!(
            "There is a lock holder with countryIso {country_iso}, organizationId {organization_id} and organizationIdSuffix {suffix:?} already"
        )));
    }
    let refused = account.and_then(|account| account.open(&mut town).err());
    // The documents tell of both: mostly the lock holder is taken back, and sometimes that fails, too.
    if let Some(refusal) = &refused
        && !app.quirks.has(Quirk::BrokenRollback)
    {
        return Err(refusal.because("The lock holder was not created, for want of its vendor account"));
    }
    let place = town.add_lock_holder(name, country_iso, organization_id, suffix);
    let id = town.lock_holders[place as usize].id;
    match refused {
        None => Ok(Json(json!({ "lockHolder": town.lock_holder_view(place) })).into_response()),
        Some(refusal) => Err(refusal.because(&format!(
            "The lock holder {id} was created without its vendor account and could not be taken back: ask Unloc to repair it"
        ))),
    }
}

pub(crate) async fn update(
    State(app): State<App>,
    home: Home<NoMore>,
    JsonBody(body): JsonBody,
) -> Result<Response, ApiError> {
    let name = name(&body)?;
    let mut town = app.town();
    town.lock_holders[home.lock_holder as usize].name = name;
    Ok(Json(json!({ "lockHolder": town.lock_holder_view(home.lock_holder) })).into_response())
}

fn name(body: &Fields) -> Result<String, Invalid> {
    body.required("name", body.text("name", 4..=MOST)?).map(str::to_owned)
}

fn organization_text<'a>(body: &'a Fields, name: &str, least: usize) -> Result<Option<&'a str>, Invalid> {
    let text = body.text(name, least..=MOST)?;
    if text.is_some_and(|text| !is_organization_text(text)) {
        return Err(body.wrong(name, "may have only letters a-z and A-Z, digits, _ and -"));
    }
    Ok(text)
}
