//! Contains the root client of version 2 of the API.

#[cfg(feature = "typed")]
mod jobs;

use std::fmt;
use std::sync::Arc;

#[cfg(feature = "typed")]
pub use jobs::CreatedKeys;

use crate::auth::scope::{Scope, Scopes};
use crate::auth::token::TokenCache;
use crate::client::builder::{Api, Parts, UnlocBuilder};
use crate::client::credentials::{ClientCredentials, from_variables};
use crate::client::v2::clients::{OrganizationClient, ProjectClient, SubprojectClient};
use crate::error::{Error, ErrorKind, Result};
use crate::http::{ApiClient, RequestOptions};
use crate::model::v2::{self, operations, types};

/// Contains version 2 of the API, as a preview: its root client [`Unloc`], the clients of organizations, projects and
/// subprojects, and the types and builders.
// Without the types there is no such module, and the link would be broken.
#[cfg_attr(
    feature = "typed",
    doc = "\n\nThe module [`migration`](crate::v2::migration) leads from version 1 to version 2."
)]
pub mod exported {
    /// Contains the page on migrating from version 1: terms, operations, types, and examples of both versions.
    #[cfg(all(feature = "typed", any(doc, doctest)))]
    #[doc = include_str!("../../docs/version-2.md")]
    pub mod migration {}

    #[cfg(feature = "typed")]
    pub use super::CreatedKeys;
    pub use super::Unloc;
    pub use crate::client::exported::v2::*;
}

/// Makes the clients of version 2 of the API: each is for one organization or one project.
///
/// A token of version 2 is for one organization or project. The clients that this makes request their own, and share
/// one token cache, the connections and the retry budget. Clones are cheap.
///
/// ```no_run
/// # async fn example() -> unloc::Result<()> {
/// use unloc::v2::Unloc;
///
/// let unloc = Unloc::from_env()?;
/// for found in unloc.discover().await?.projects {
///     let project = unloc.project(&found.project_id)?;
///     println!("{}: {} locks", found.project_id, project.get_locks().send().await?.len());
/// }
/// # Ok(()) }
/// ```
#[derive(Clone)]
pub struct Unloc {
    client: Arc<ApiClient>,
    tokens: TokenCache,
    credentials: Option<ClientCredentials>,
}

impl Unloc {
    /// Returns a builder of a client.
    pub fn builder() -> UnlocBuilder<Self> {
        UnlocBuilder::of(Api {
            servers: v2::SERVERS,
            tokens: (&operations::GET_TOKEN, v2::SERVERS),
            make: |Parts { client, tokens, credentials, .. }| Self { client: Arc::new(client), tokens, credentials },
        })
    }

    /// Builds a client from the environment variables `UNLOC_ENVIRONMENT` (`production`, `sandbox` or a URL),
    /// `UNLOC_CLIENT_ID` and `UNLOC_CLIENT_SECRET`.
    ///
    /// # Errors
    /// [`ErrorKind::Configuration`] if a variable is missing, empty or invalid; the message names it.
    pub fn from_env() -> Result<Self> {
        let (environment, id, secret) = from_variables()?;
        Self::builder().environment(environment).client_credentials(id, secret).build()
    }

    /// Returns the client of an organization, with tokens for the scope `organization.admin`.
    ///
    /// # Errors
    /// [`ErrorKind::Scope`] if the id cannot be one.
    pub fn organization(&self, organization_id: impl Into<types::OrganizationId>) -> Result<OrganizationClient> {
        let id = organization_id.into();
        let scopes = first(OrganizationClient::__scopes(id.as_str())?);
        Ok(OrganizationClient::__new(self.with_tokens_for(scopes), id.as_str()))
    }

    /// Returns the client of a project, with tokens for the scope `project.admin`.
    ///
    /// # Errors
    /// [`ErrorKind::Scope`] if the id cannot be one.
    pub fn project(&self, project_id: impl Into<types::ProjectId>) -> Result<ProjectClient> {
        let id = project_id.into();
        let scopes = first(ProjectClient::__scopes(id.as_str())?);
        Ok(ProjectClient::__new(self.with_tokens_for(scopes), id.as_str()))
    }

    /// Returns the client of a project, with tokens for another scope, such as `project.installer`.
    ///
    /// The credentials may have fewer rights than `project.admin`: [`discover`](Self::discover) says which.
    ///
    /// ```no_run
    /// # fn example(unloc: unloc::v2::Unloc) -> unloc::Result<()> {
    /// let project = unloc.project_with_scope("4f0c9a52-6d1b-4e83-b7a9-2c5e8d3f1a64", "project.installer".parse()?)?;
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    /// [`ErrorKind::Scope`] if the id cannot be one, or if the API documents no such scope for a project.
    pub fn project_with_scope(&self, project_id: impl Into<types::ProjectId>, scope: Scope) -> Result<ProjectClient> {
        let id = project_id.into();
        let all = ProjectClient::__scopes(id.as_str())?;
        let names = |scopes: &[Scopes]| scopes.iter().map(|one| format!("`{one}`")).collect::<Vec<_>>().join(", ");
        let Some(scopes) = all.iter().find(|scopes| scopes.iter().any(|own| *own == scope)) else {
            let what = format!("`{scope}` is no scope of a project: use one of {}", names(&all));
            return Err(Error::new(ErrorKind::Scope, what));
        };
        Ok(ProjectClient::__new(self.with_tokens_for(scopes.clone()), id.as_str()))
    }

    /// Asks which projects and organizations the credentials can reach, and with which scopes.
    ///
    /// # Errors
    /// * [`ErrorKind::Configuration`] if the client was built without client credentials, which this sends.
    /// * Any error of a call; a wrong secret is a 401.
    ///
    /// # Evidence
    /// Observed: a public program that calls the service uses it. Unloc's documentation does not mention it.
    #[cfg(feature = "typed")]
    pub async fn discover(&self) -> Result<types::Resources> {
        let Some(credentials) = &self.credentials else {
            let what = "`discover` sends client credentials, and this client has none: build it with \
                        `client_credentials`";
            return Err(Error::new(ErrorKind::Configuration, what));
        };
        let (id, secret) = credentials.id_and_secret();
        let call = crate::client::v2::builder::DiscoverResources::__new(Arc::clone(&self.client));
        // Its body holds the secret, which a response may repeat.
        let refused = |error: Error| error.without_body();
        call.client_id(id).client_secret(secret.clone()).send().await.map_err(refused)
    }

    /// Returns the token cache of this client.
    #[must_use]
    pub fn tokens(&self) -> &TokenCache {
        &self.tokens
    }

    /// Returns this client with another token cache. Connections, options and the retry budget are shared.
    #[must_use]
    pub fn with_token_cache(&self, tokens: TokenCache) -> Self {
        Self { tokens, ..self.clone() }
    }

    /// Returns this client with other options for all its calls. Options that are not set stay as they are.
    #[must_use]
    pub fn with_options(&self, options: RequestOptions) -> Self {
        Self { client: Arc::new(self.client.with_options(options)), ..self.clone() }
    }

    fn with_tokens_for(&self, scopes: Scopes) -> Arc<ApiClient> {
        Arc::new(self.client.with_tokens(self.tokens.clone(), scopes))
    }
}

impl ProjectClient {
    /// Returns the client of a subproject of this project. It shares the tokens, connections and options of this one.
    #[must_use]
    pub fn subproject(&self, subproject_id: impl Into<types::SubprojectId>) -> SubprojectClient {
        SubprojectClient::new(self, subproject_id.into().as_str())
    }
}

/// Returns the first of the token requests that the spec lists for a client, which it never leaves empty.
fn first(scopes: Vec<Scopes>) -> Scopes {
    scopes.into_iter().next().unwrap_or_default()
}

impl fmt::Debug for Unloc {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Nothing else: the cache holds tokens, and options may hold secrets.
        f.debug_struct("Unloc").field("base_url", &self.client.base().as_str()).finish_non_exhaustive()
    }
}
