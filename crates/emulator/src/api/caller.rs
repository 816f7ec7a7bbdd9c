//! Authenticates callers and checks which lock holders they may access.

use axum::extract::{FromRequestParts, Path};
use axum::http::HeaderMap;
use axum::http::header::AUTHORIZATION;
use axum::http::request::Parts;
use serde::Deserialize;
use serde::de::DeserializeOwned;

use crate::domain::model::Index;
use crate::domain::scope::INTEGRATOR_ADMIN;
use crate::http::bearer::bearer;
use crate::http::error::ApiError;
use crate::service::App;

/// Is a caller with a valid bearer token.
pub(crate) struct Caller {
    scope: Vec<String>,
    lock_holders: Vec<String>,
}

impl Caller {
    fn identify(headers: &HeaderMap, app: &App) -> Result<Self, ApiError> {
        if !headers.contains_key(AUTHORIZATION) {
            return Err(ApiError::missing_token(
                "No access token: send the header Authorization: Bearer <access_token>",
            ));
        }
        let Some(token) = bearer(headers) else {
            return Err(ApiError::missing_token("The header Authorization must be: Bearer <access_token>"));
        };
        let claims = app.issuer.check(&token, app.world.now())?;
        if claims.resource.is_some() {
            return Err(ApiError::forbidden("The token is for version 2 of the API"));
        }
        Ok(Self { scope: claims.scope, lock_holders: claims.lock_holders })
    }

    /// Returns whether the token is for the integrator as a whole: it is unscoped (older form) or has
    /// `integrator.admin`.
    pub(crate) fn is_integrator(&self) -> bool {
        self.scope.is_empty() || self.scope.iter().any(|claim| claim == INTEGRATOR_ADMIN)
    }

    pub(crate) fn covers(&self, lock_holder_id: &str) -> bool {
        self.lock_holders.iter().any(|id| id == lock_holder_id)
    }

    pub(crate) fn require_integrator(&self) -> Result<(), ApiError> {
        if self.is_integrator() {
            return Ok(());
        }
        Err(ApiError::forbidden("This needs an unscoped token or the scope integrator.admin"))
    }
}

impl FromRequestParts<App> for Caller {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, ApiError> {
        Self::identify(&parts.headers, app)
    }
}

/// Extracts the path of a call below `/lock-holders/{lockHolderId}`, and checks that the token covers the lock holder.
pub(crate) struct LockHolderScope<P> {
    pub(crate) lock_holder: Index,
    /// Holds the other path parameters.
    pub(crate) params: P,
}

/// Is for paths without other parameters.
#[derive(Deserialize)]
pub(crate) struct NoParams {}

/// Holds the parameters of a path to a lock.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct LockParams {
    pub(crate) lock_id: String,
}

/// Holds the parameters of a path to a user.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct UserParams {
    pub(crate) user_id: String,
}

/// Holds the parameters of a path to a user of a lock.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct LockUserParams {
    pub(crate) lock_id: String,
    pub(crate) user_id: String,
}

impl<P: DeserializeOwned + Send> FromRequestParts<App> for LockHolderScope<P> {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, ApiError> {
        #[derive(Deserialize)]
        #[serde(rename_all = "camelCase")]
        struct LockHolderParams {
            lock_holder_id: String,
        }
        let caller = Caller::identify(&parts.headers, app)?;
        let LockHolderParams { lock_holder_id } = parameters(parts).await?;
        Ok(Self { lock_holder: require_scope(&caller, &lock_holder_id, app)?, params: parameters(parts).await? })
    }
}

async fn parameters<P: DeserializeOwned + Send>(parts: &mut Parts) -> Result<P, ApiError> {
    match Path::from_request_parts(parts, &()).await {
        Ok(Path(parameters)) => Ok(parameters),
        Err(_) => Err(ApiError::invalid("The path's percent-encoding is not valid UTF-8")),
    }
}

fn require_scope(caller: &Caller, lock_holder_id: &str, app: &App) -> Result<Index, ApiError> {
    let store = app.world.store();
    let Some((index, holder)) = store.lock_holder(lock_holder_id) else {
        return Err(ApiError::not_found(format!("There is no lock holder {lock_holder_id:?}")));
    };
    if caller.covers(lock_holder_id) {
        return Ok(index);
    }
    Err(ApiError::forbidden(format!(
        "The token's scope does not cover this lock holder: this needs lockHolder.admin:{} or lockHolder.identifier:{}.{}.{}",
        holder.id, holder.country_iso, holder.organization_id, holder.organization_id_suffix
    )))
}
