//! Locks: list, read, change.

use axum::Json;
use axum::extract::rejection::PathRejection;
use axum::extract::{Path, State};
use axum::http::header::{CONTENT_TYPE, X_CONTENT_TYPE_OPTIONS};
use axum::response::{IntoResponse, Response};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::json;

use crate::body::JsonBody;
use crate::caller::{Home, NoMore, OneLock};
use crate::error::{ApiError, Invalid};
use crate::fields::{Fields, is_alpha_2};
use crate::ids::Id;
use crate::model::{Address, Image};
use crate::paging::Paging;
use crate::state::App;

/// No limit is documented for these texts; this one is the documentation's for names of lock holders.
const MOST: usize = 1024;

pub(crate) async fn list(State(app): State<App>, home: Home<NoMore>, paging: Paging) -> Result<Response, ApiError> {
    let town = app.town();
    let locks = &town.lock_holders[home.lock_holder as usize].locks;
    let page = paging.page(
        locks,
        |cursor| {
            let id = Id::parse(cursor)?;
            locks.iter().position(|lock| town.locks[*lock as usize].id == id)
        },
        |lock| !town.locks[lock as usize].gone,
        |lock| town.locks[lock as usize].id.to_string(),
    )?;
    let locks: Vec<_> = page.items.iter().map(|lock| town.lock_view(*lock)).collect();
    Ok(Json(page.body("locks", locks)).into_response())
}

pub(crate) async fn read(State(app): State<App>, home: Home<OneLock>) -> Result<Response, ApiError> {
    let town = app.town();
    let lock = town.lock(home.lock_holder, &home.path.lock_id)?;
    Ok(Json(json!({ "lock": town.lock_view(lock) })).into_response())
}

pub(crate) async fn update(
    State(app): State<App>,
    home: Home<OneLock>,
    JsonBody(body): JsonBody,
) -> Result<Response, ApiError> {
    // Everything is checked before anything is changed: a refused request leaves the lock as it was.
    let name = body.text("name", 1..=MOST)?.map(str::to_owned);
    let image = image(&body)?;
    let address = address(&body)?;

    let mut town = app.town();
    let place = town.lock(home.lock_holder, &home.path.lock_id)?;
    if let Some(image) = image {
        // A new picture gets a new address, or whoever keeps pictures by address would show the old one.
        let old_url = town.locks[place as usize].image_url.take();
        let old_name = old_url.as_deref().and_then(|url| url.rsplit('/').next()).unwrap_or_default();
        town.images.remove(old_name);
        town.locks[place as usize].image_url = image.map(|image| {
            let name = town.ids.next().to_string();
            let url = format!("{}/images/{name}", app.base_url);
            town.images.insert(name, image);
            url
        });
    }
    let lock = &mut town.locks[place as usize];
    if let Some(name) = name {
        lock.name = name;
    }
    if let Some(address) = address {
        lock.address = address;
    }
    Ok(Json(json!({ "lock": town.lock_view(place) })).into_response())
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
    let Some(value) = body.sent("image") else { return Ok(None) };
    if value.is_null() {
        return Ok(Some(None));
    }
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
    let Some(address) = body.nullable("address", Fields::object)? else {
        return Ok(Some(None));
    };
    let text = |name| Ok::<_, Invalid>(address.text(name, 0..=MOST)?.map(str::to_owned));
    let country_iso = text("countryIso")?;
    // The documentation's own example has it in lower case.
    let is_country = |text: &String| text.is_empty() || is_alpha_2(&text.to_ascii_uppercase());
    if country_iso.as_ref().is_some_and(|text| !is_country(text)) {
        return Err(address.wrong("countryIso", "must be ISO 3166-1 alpha-2, two letters such as NO, or empty"));
    }
    let address = Address {
        street: text("street")?,
        postal_code: text("postalCode")?,
        city: text("city")?,
        country_iso,
        floor: text("floor")?,
        visitor_instructions: text("visitorInstructions")?,
    };
    // Fields that are not known are as good as none.
    Ok(Some(if address == Address::default() { None } else { Some(address) }))
}
