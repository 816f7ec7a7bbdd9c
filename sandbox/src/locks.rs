//! Locks: list, read, change.

use axum::Json;
use axum::extract::rejection::PathRejection;
use axum::extract::{Path, State};
use axum::http::header::{CONTENT_TYPE, X_CONTENT_TYPE_OPTIONS};
use axum::response::{IntoResponse, Response};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::Serialize;
use serde_json::Value;

use crate::body::JsonBody;
use crate::caller::{Home, NoMore, OneLock};
use crate::error::{ApiError, Invalid};
use crate::fields::{Fields, is_alpha_2};
use crate::model::Address;
use crate::paging::Paging;
use crate::state::{App, Image, LockView};

/// No limit is documented for these texts; this one is the documentation's for names of lock holders.
const MOST: usize = 1024;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Locks {
    locks: Vec<LockView>,
    #[serde(skip_serializing_if = "Option::is_none")]
    start_after_id: Option<String>,
}

#[derive(Serialize)]
pub(crate) struct SingleLock {
    lock: LockView,
}

pub(crate) async fn list(State(app): State<App>, home: Home<NoMore>, paging: Paging) -> Result<Json<Locks>, ApiError> {
    let town = app.town();
    let locks = town.locks_of(&home.lock_holder_id);
    let (locks, start_after_id) = paging.page(locks, |lock| lock.id.clone(), |_| true)?;
    Ok(Json(Locks { locks: locks.into_iter().map(|lock| town.lock_view(lock)).collect(), start_after_id }))
}

pub(crate) async fn read(State(app): State<App>, home: Home<OneLock>) -> Result<Json<SingleLock>, ApiError> {
    let town = app.town();
    let lock = town.lock(&home.lock_holder_id, &home.path.lock_id)?;
    Ok(Json(SingleLock { lock: town.lock_view(lock) }))
}

pub(crate) async fn update(
    State(app): State<App>,
    home: Home<OneLock>,
    JsonBody(body): JsonBody,
) -> Result<Json<SingleLock>, ApiError> {
    // Everything is checked before anything is changed: a refused request leaves the lock as it was.
    let name = body.text("name", 1..=MOST)?.map(str::to_owned);
    let image = image(&body)?;
    let address = address(&body)?;

    let (holder_id, lock_id) = (&home.lock_holder_id, &home.path.lock_id);
    let mut town = app.town();
    let old_url = town.lock(holder_id, lock_id)?.image_url.clone();
    let new_url = match image {
        None => old_url,
        Some(image) => {
            // A new picture gets a new address, or whoever keeps pictures by address would show the old one.
            let old_name = old_url.as_deref().and_then(|url| url.rsplit('/').next()).unwrap_or_default();
            town.images.remove(old_name);
            image.map(|image| {
                let name = town.ids.next();
                let url = format!("{}/images/{name}", app.base_url);
                town.images.insert(name, image);
                url
            })
        }
    };
    let lock = town.lock_mut(holder_id, lock_id)?;
    lock.image_url = new_url;
    if let Some(name) = name {
        lock.name = name;
    }
    if let Some(address) = address {
        lock.address = address;
    }
    let lock = town.lock(holder_id, lock_id)?;
    Ok(Json(SingleLock { lock: town.lock_view(lock) }))
}

/// The picture an `imageUrl` leads to. Open to everybody, as a picture in a web page has to be.
pub(crate) async fn picture(
    State(app): State<App>,
    name: Result<Path<String>, PathRejection>,
) -> Result<Response, ApiError> {
    let image = name.ok().and_then(|Path(name)| app.town().images.get(&name).cloned());
    let image = image.ok_or_else(|| ApiError::not_found("There is no such image"))?;
    let headers = [(CONTENT_TYPE, image.media_type), (X_CONTENT_TYPE_OPTIONS, "nosniff")];
    Ok((headers, image.bytes).into_response())
}

/// What the request says about the picture: nothing, take it away (null), or a new one.
fn image(body: &Fields) -> Result<Option<Option<Image>>, Invalid> {
    let value = match body.sent("image") {
        None => return Ok(None),
        Some(Value::Null) => return Ok(Some(None)),
        Some(value) => value,
    };
    let rule = || {
        body.wrong("image", "must be a data URL of a picture: data:image/{png, jpeg, gif or webp};base64,{its bytes}")
    };
    let text = value.as_str().ok_or_else(rule)?;
    let (kind, data) = text.strip_prefix("data:").and_then(|rest| rest.split_once(";base64,")).ok_or_else(rule)?;
    let media_type = match kind {
        "image/png" => "image/png",
        "image/jpeg" => "image/jpeg",
        "image/gif" => "image/gif",
        "image/webp" => "image/webp",
        _ => return Err(rule()),
    };
    let bytes = STANDARD.decode(data).ok().filter(|bytes| !bytes.is_empty()).ok_or_else(rule)?;
    Ok(Some(Some(Image { media_type, bytes })))
}

/// What the request says about the address: nothing, take it away (null or `{}`), or a new one in place of the old.
fn address(body: &Fields) -> Result<Option<Option<Address>>, Invalid> {
    if body.sent("address").is_none() {
        return Ok(None);
    }
    let Some(address) = body.object("address")? else {
        return Ok(Some(None));
    };
    if address.names().next().is_none() {
        return Ok(Some(None));
    }
    let text = |name| Ok::<_, Invalid>(address.text(name, 0..=MOST)?.map(str::to_owned));
    let country_iso = text("countryIso")?;
    // The documentation's own example has it in lower case.
    if country_iso.as_ref().is_some_and(|country| !is_alpha_2(&country.to_ascii_uppercase())) {
        return Err(address.wrong("countryIso", "must be ISO 3166-1 alpha-2: two letters such as NO"));
    }
    Ok(Some(Some(Address {
        street: text("street")?,
        postal_code: text("postalCode")?,
        city: text("city")?,
        country_iso,
        floor: text("floor")?,
        visitor_instructions: text("visitorInstructions")?,
    })))
}
