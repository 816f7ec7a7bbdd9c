//! Implements the operations of locks: list, read, update.

use axum::Json;
use axum::extract::rejection::PathRejection;
use axum::extract::{Path, State};
use axum::http::header::{CONTENT_TYPE, X_CONTENT_TYPE_OPTIONS};
use axum::response::{IntoResponse, Response};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::json;

use crate::api::caller::{LockHolderScope, LockParams, NoParams};
use crate::api::paging::Paging;
use crate::domain::error::Invalid;
use crate::domain::formats::is_alpha_2;
use crate::domain::ids::Id;
use crate::domain::model::{Address, Image};
use crate::http::error::ApiError;
use crate::http::fields::Fields;
use crate::http::request_body::JsonBody;
use crate::service::App;

/// Limits the length of texts. None is documented for locks; this one is documented for the names of lock holders.
const MAX_TEXT_LENGTH: usize = 1024;

pub(crate) async fn list(
    State(app): State<App>,
    scope: LockHolderScope<NoParams>,
    paging: Paging,
) -> Result<Response, ApiError> {
    let store = app.world.store();
    let locks = &store.lock_holders[scope.lock_holder as usize].locks;
    let page = paging.page(
        locks,
        |cursor| {
            let id = Id::parse(cursor)?;
            locks.iter().position(|lock| store.locks[*lock as usize].id == id)
        },
        |lock| !store.locks[lock as usize].removed,
        |lock| store.locks[lock as usize].id.to_string(),
    )?;
    let locks: Vec<_> = page.items.iter().map(|lock| store.lock_view(*lock)).collect();
    Ok(Json(page.body("locks", locks)).into_response())
}

pub(crate) async fn read(State(app): State<App>, scope: LockHolderScope<LockParams>) -> Result<Response, ApiError> {
    let store = app.world.store();
    let lock = store.lock(scope.lock_holder, &scope.params.lock_id)?;
    Ok(Json(json!({ "lock": store.lock_view(lock) })).into_response())
}

pub(crate) async fn update(
    State(app): State<App>,
    scope: LockHolderScope<LockParams>,
    JsonBody(body): JsonBody,
) -> Result<Response, ApiError> {
    // Everything is validated before anything is changed, so that a refused request has no effect.
    let name = body.text("name", 1..=MAX_TEXT_LENGTH)?.map(str::to_owned);
    let image = image(&body)?;
    let address = address(&body)?;

    let mut store = app.world.store();
    let index = store.lock(scope.lock_holder, &scope.params.lock_id)?;
    if let Some(image) = image {
        // A new image gets a new URL, because clients cache images by URL.
        let old_url = store.locks[index as usize].image_url.take();
        let old_name = old_url.as_deref().and_then(|url| url.rsplit('/').next()).unwrap_or_default();
        store.images.remove(old_name);
        store.locks[index as usize].image_url = image.map(|image| {
            let name = store.ids.next().to_string();
            let url = format!("{}/images/{name}", app.base_url);
            store.images.insert(name, image);
            url
        });
    }
    let lock = &mut store.locks[index as usize];
    if let Some(name) = name {
        lock.name = name;
    }
    if let Some(address) = address {
        lock.address = address;
    }
    Ok(Json(json!({ "lock": store.lock_view(index) })).into_response())
}

/// Serves the image at an `imageUrl`. Needs no token, because an `<img>` element cannot send one.
pub(crate) async fn image_file(
    State(app): State<App>,
    name: Result<Path<String>, PathRejection>,
) -> Result<Response, ApiError> {
    let image = name.ok().and_then(|Path(name)| app.world.store().images.get(&name).cloned());
    let image = image.ok_or_else(|| ApiError::not_found("There is no such image"))?;
    let headers = [(CONTENT_TYPE, image.media_type), (X_CONTENT_TYPE_OPTIONS, "nosniff")];
    Ok((headers, image.bytes).into_response())
}

/// Reads the field `image`: `None` if absent, `Some(None)` for null, which removes the image, or else the new image.
fn image(body: &Fields) -> Result<Option<Option<Image>>, Invalid> {
    let Some(value) = body.sent("image") else { return Ok(None) };
    if value.is_null() {
        return Ok(Some(None));
    }
    let rule = || {
        body.error("image", "must be a data URL of an image: data:image/{png, jpeg, gif or webp};base64,{its bytes}")
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

/// Reads the field `address`: `None` if absent, `Some(None)` for null or `{}`, which remove the address, or else the
/// new one.
fn address(body: &Fields) -> Result<Option<Option<Address>>, Invalid> {
    if body.sent("address").is_none() {
        return Ok(None);
    }
    let Some(address) = body.nullable("address", Fields::object)? else {
        return Ok(Some(None));
    };
    let text = |name| Ok::<_, Invalid>(address.text(name, 0..=MAX_TEXT_LENGTH)?.map(str::to_owned));
    let country_iso = text("countryIso")?;
    // Any case is accepted, because an example of the documentation has lower case.
    let is_country = |text: &String| text.is_empty() || is_alpha_2(&text.to_ascii_uppercase());
    if country_iso.as_ref().is_some_and(|text| !is_country(text)) {
        return Err(address.error("countryIso", "must be ISO 3166-1 alpha-2, two letters such as NO, or empty"));
    }
    let address = Address {
        street: text("street")?,
        postal_code: text("postalCode")?,
        city: text("city")?,
        country_iso,
        floor: text("floor")?,
        visitor_instructions: text("visitorInstructions")?,
    };
    // Unknown fields are ignored, so an address with only unknown fields is empty.
    Ok(Some(if address == Address::default() { None } else { Some(address) }))
}
