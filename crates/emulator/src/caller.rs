//! Who calls, and which lock holder they may touch.

use axum::extract::{FromRequestParts, Path};
use axum::http::HeaderMap;
use axum::http::header::AUTHORIZATION;
use axum::http::request::Parts;
use serde::Deserialize;
use serde::de::DeserializeOwned;

use crate::error::ApiError;
use crate::model::Place;
use crate::scope::INTEGRATOR_ADMIN;
use crate::state::App;

/// A caller with a valid bearer token.
pub(crate) struct Caller {
    scope: Vec<String>,
    lock_holders: Vec<String>,
}

impl Caller {
    fn identify(headers: &HeaderMap, app: &App) -> Result<Self, ApiError> {
        if !headers.contains_key(AUTHORIZATION) {
            return Err(ApiError::no_token("No access token: send the header Authorization: Bearer <access_token>"));
        }
        let Some(token) = bearer(headers) else {
            return Err(ApiError::no_token("The header Authorization must be: Bearer <access_token>"));
        };
        let claims = app.issuer.check(&token, app.now())?;
        Ok(Self { scope: claims.scope, lock_holders: claims.lock_holders })
    }

    /// Whether the token opens the list of lock holders: unscoped in the old generation, `integrator.admin` in the new.
    pub(crate) fn is_integrator(&self) -> bool {
        self.scope.is_empty() || self.scope.iter().any(|claim| claim == INTEGRATOR_ADMIN)
    }

    pub(crate) fn covers(&self, lock_holder_id: &str) -> bool {
        self.lock_holders.iter().any(|id| id == lock_holder_id)
    }

    pub(crate) fn demand_integrator(&self) -> Result<(), ApiError> {
        if self.is_integrator() {
            return Ok(());
        }
        Err(ApiError::forbidden("This needs an unscoped token or the scope integrator.admin"))
    }
}

/// The token that a request brings.
pub(crate) fn bearer(headers: &HeaderMap) -> Option<String> {
    let header = String::from_utf8_lossy(headers.get(AUTHORIZATION)?.as_bytes());
    let (scheme, token) = header.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim().to_owned())
}

impl FromRequestParts<App> for Caller {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, ApiError> {
        Self::identify(&parts.headers, app)
    }
}

/// A call below `/lock-holders/{lockHolderId}`: the caller's token covers that lock holder.
pub(crate) struct Home<P> {
    pub(crate) lock_holder: Place,
    /// The path's other parameters.
    pub(crate) path: P,
}

/// The parameters of a path that has none but the lock holder.
#[derive(Deserialize)]
pub(crate) struct NoMore {}

/// The parameters of a path to one lock.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct OneLock {
    pub(crate) lock_id: String,
}

/// The parameters of a path to one user.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct OneUser {
    pub(crate) user_id: String,
}

/// The parameters of a path to one user at one lock.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct UserAtLock {
    pub(crate) lock_id: String,
    pub(crate) user_id: String,
}

impl<P: DeserializeOwned + Send> FromRequestParts<App> for Home<P> {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, ApiError> {
        #[derive(Deserialize)]
        #[serde(rename_all = "camelCase")]
        struct OneLockHolder {
            lock_holder_id: String,
        }
        let caller = Caller::identify(&parts.headers, app)?;
        let OneLockHolder { lock_holder_id } = parameters(parts).await?;
        Ok(Self { lock_holder: demand(&caller, &lock_holder_id, app)?, path: parameters(parts).await? })
    }
}

async fn parameters<P: DeserializeOwned + Send>(parts: &mut Parts) -> Result<P, ApiError> {
    match Path::from_request_parts(parts, &()).await {
        Ok(Path(parameters)) => Ok(parameters),
        Err(_) => Err(ApiError::invalid("The path's percent-encoding is not valid UTF-8")),
    }
}

fn demand(caller: &Caller, lock_holder_id: &str, app: &App) -> Result<Place, ApiError> {
    let town = app.town();
    let Some((place, holder)) = town.lock_holder(lock_holder_id) else {
        return Err(ApiError::not_found(format!("There is no lock holder {lock_holder_id:?}")));
    };
    if caller.covers(lock_holder_id) {
        return Ok(place);
    }
    Err(ApiError::forbidden(format!(
        "The token's scope does not cover this lock holder: this needs lockHolder.admin:{} or lockHolder.identifier:{}.{}.{}",
        holder.id, holder.country_iso, holder.organization_id, holder.organization_id_suffix
    )))
}
