//! Lock holders: list, create, rename.

use axum::Json;
use axum::extract::State;
use serde::Serialize;

use crate::body::JsonBody;
use crate::caller::{Caller, Home, NoMore};
use crate::error::{ApiError, Invalid};
use crate::fields::{Fields, is_alpha_2, is_organization_text};
use crate::model::LockHolder;
use crate::state::App;

/// The longest text the documentation names a limit for.
const MOST: usize = 1024;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct LockHolders {
    lock_holders: Vec<LockHolder>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct OneLockHolder {
    lock_holder: LockHolder,
}

pub(crate) async fn list(State(app): State<App>, caller: Caller) -> Json<LockHolders> {
    let town = app.town();
    let visible = |holder: &&LockHolder| caller.is_integrator() || caller.covers(&holder.id);
    Json(LockHolders { lock_holders: town.lock_holders.iter().filter(visible).cloned().collect() })
}

pub(crate) async fn create(
    State(app): State<App>,
    caller: Caller,
    JsonBody(body): JsonBody,
) -> Result<Json<OneLockHolder>, ApiError> {
    caller.demand_integrator()?;
    let name = name(&body)?;
    let country_iso = body.required("countryIso", body.text("countryIso", 0..=MOST)?)?;
    if !is_alpha_2(country_iso) {
        return Err(body.wrong("countryIso", "must be ISO 3166-1 alpha-2: two upper-case letters such as NO").into());
    }
    let organization_id = body.required("organizationId", organization_text(&body, "organizationId", 4)?)?;
    let suffix = organization_text(&body, "organizationIdSuffix", 0)?.unwrap_or_default();
    if body.boolean("createVendorAccount")? == Some(true) {
        return Err(ApiError::invalid("createVendorAccount: this sandbox does not offer vendor accounts"));
    }

    let mut town = app.town();
    if town.identified(country_iso, organization_id, suffix).is_some() {
        return Err(ApiError::conflict(format!(
            "There is a lock holder with countryIso {country_iso}, organizationId {organization_id} and organizationIdSuffix {suffix:?} already"
        )));
    }
    let lock_holder = LockHolder {
        id: town.ids.next(),
        name,
        country_iso: country_iso.to_owned(),
        organization_id: organization_id.to_owned(),
        organization_id_suffix: suffix.to_owned(),
        active_installer_invite_codes: vec![town.ids.next_invite_code()],
    };
    town.lock_holders.push(lock_holder.clone());
    Ok(Json(OneLockHolder { lock_holder }))
}

pub(crate) async fn update(
    State(app): State<App>,
    home: Home<NoMore>,
    JsonBody(body): JsonBody,
) -> Result<Json<OneLockHolder>, ApiError> {
    let name = name(&body)?;
    let mut town = app.town();
    let holder = town.lock_holders.iter_mut().find(|holder| holder.id == home.lock_holder_id);
    // It was there when the token was checked, and lock holders cannot be deleted.
    let holder = holder.ok_or_else(|| ApiError::not_found("There is no such lock holder"))?;
    holder.name = name;
    Ok(Json(OneLockHolder { lock_holder: holder.clone() }))
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
