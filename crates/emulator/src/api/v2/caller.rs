//! Authenticates callers of version 2, and checks that their token is for what the path names.

use axum::extract::{FromRequestParts, Path};
use axum::http::header::AUTHORIZATION;
use axum::http::request::Parts;
use serde::Deserialize;
use serde::de::DeserializeOwned;

use crate::domain::model::Index;
use crate::domain::resource::{ORGANIZATION_ADMIN, PROJECT_ADMIN, PROJECT_INSTALLER};
use crate::domain::scope::Resource;
use crate::http::bearer::bearer;
use crate::http::problem::Problem;
use crate::service::App;

/// Is a caller with a valid token of version 2.
struct Caller {
    resource: Resource,
    scope: Vec<String>,
}

impl Caller {
    fn identify(parts: &Parts, app: &App) -> Result<Self, Problem> {
        if !parts.headers.contains_key(AUTHORIZATION) {
            return Err(Problem::missing_token(
                "No access token: send the header Authorization: Bearer <access_token>",
            ));
        }
        let token = bearer(&parts.headers)
            .ok_or_else(|| Problem::missing_token("The header Authorization must be: Bearer <access_token>"))?;
        let claims = app.issuer.check(&token, app.world.now())?;
        let resource = claims
            .resource
            .ok_or_else(|| Problem::forbidden("The token is for version 1 of the API: use one of /v2/auth/token/"))?;
        Ok(Self { resource, scope: claims.scope })
    }

    fn require_scope(&self, allowed: &[&str]) -> Result<(), Problem> {
        if self.scope.iter().any(|scope| allowed.contains(&scope.as_str())) {
            return Ok(());
        }
        Err(Problem::forbidden(format!("The token's scope does not allow this: it needs {}", allowed.join(" or "))))
    }

    /// Returns the project that the token is for.
    fn project(&self, app: &App, allowed: &[&str]) -> Result<(&str, Index), Problem> {
        self.require_scope(allowed)?;
        let Resource::Project(id) = &self.resource else {
            return Err(Problem::forbidden("The token is for an organization, not for a project"));
        };
        let found = app.world.store().lock_holder(id).map(|(index, _)| index);
        // Lock holders are never removed, so this error does not occur.
        found.map(|index| (id.as_str(), index)).ok_or_else(|| Problem::not_found("The project is gone"))
    }
}

/// Is for paths without other parameters.
#[derive(Deserialize)]
pub(crate) struct NoParams {}

/// Extracts a path below an organization, which must be the one that the token is for.
pub(crate) struct OrganizationScope;

impl FromRequestParts<App> for OrganizationScope {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Problem> {
        #[derive(Deserialize)]
        #[serde(rename_all = "camelCase")]
        struct Params {
            organization_id: String,
        }
        let caller = Caller::identify(parts, app)?;
        let Params { organization_id } = parameters(parts).await?;
        caller.require_scope(&[ORGANIZATION_ADMIN])?;
        if caller.resource == Resource::Organization(organization_id) {
            return Ok(Self);
        }
        Err(Problem::forbidden("The token is not for the organization in the path"))
    }
}

/// Extracts a path below a project, which must be the one that the token is for.
pub(crate) struct ProjectScope<P> {
    pub(crate) project: Index,
    /// Holds the other path parameters.
    pub(crate) params: P,
}

impl<P: DeserializeOwned + Send> ProjectScope<P> {
    async fn extract(parts: &mut Parts, app: &App, allowed: &[&str]) -> Result<Self, Problem> {
        #[derive(Deserialize)]
        #[serde(rename_all = "camelCase")]
        struct Params {
            project_id: String,
        }
        let caller = Caller::identify(parts, app)?;
        let Params { project_id } = parameters(parts).await?;
        let (id, project) = caller.project(app, allowed)?;
        if id == project_id {
            return Ok(Self { project, params: parameters(parts).await? });
        }
        Err(Problem::forbidden("The token is not for the project in the path"))
    }
}

impl<P: DeserializeOwned + Send> FromRequestParts<App> for ProjectScope<P> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Problem> {
        Self::extract(parts, app, &[PROJECT_ADMIN]).await
    }
}

/// Is like [`ProjectScope`], for operations that installers may use as well.
pub(crate) struct InstallerScope<P>(pub(crate) ProjectScope<P>);

impl<P: DeserializeOwned + Send> FromRequestParts<App> for InstallerScope<P> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Problem> {
        ProjectScope::extract(parts, app, &[PROJECT_ADMIN, PROJECT_INSTALLER]).await.map(Self)
    }
}

/// Extracts a path below a subproject of the project that the token is for.
pub(crate) struct SubprojectScope {
    pub(crate) project: Index,
    pub(crate) subproject: Index,
}

impl FromRequestParts<App> for SubprojectScope {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Problem> {
        #[derive(Deserialize)]
        #[serde(rename_all = "camelCase")]
        struct Params {
            subproject_id: String,
        }
        let caller = Caller::identify(parts, app)?;
        let Params { subproject_id } = parameters(parts).await?;
        let (_, project) = caller.project(app, &[PROJECT_ADMIN])?;
        let store = app.world.store();
        let subproject = store
            .find_subproject(&subproject_id)
            .ok_or_else(|| Problem::not_found(format!("There is no subproject {subproject_id:?}")))?;
        if store.subprojects[subproject as usize].lock_holder == project {
            return Ok(Self { project, subproject });
        }
        Err(Problem::forbidden("The token is not for the project of the subproject in the path"))
    }
}

async fn parameters<P: DeserializeOwned + Send>(parts: &mut Parts) -> Result<P, Problem> {
    match Path::from_request_parts(parts, &()).await {
        Ok(Path(parameters)) => Ok(parameters),
        Err(_) => Err(Problem::invalid("The path's percent-encoding is not valid UTF-8")),
    }
}
