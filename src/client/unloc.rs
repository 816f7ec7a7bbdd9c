//! Contains the client of the Integrator API.

use std::fmt;
use std::sync::Arc;

#[cfg(feature = "typed")]
use crate::auth::scope::lock_holder_scope;
use crate::auth::scope::{Scope, ScopeGeneration, Scopes};
use crate::auth::token::TokenCache;
use crate::client::environment::Environment;
use crate::client::lock_holder::LockHolderClient;
use crate::error::Result;
use crate::http::{ApiClient, RequestOptions};
use crate::model::integrator::types;

/// Calls the operations of the Integrator API that concern the integrator as a whole.
///
/// The integrator is your account at Unloc. A lock holder is an organization that owns locks and lets integrators
/// manage them. [`lock_holder`](Self::lock_holder) returns a client for the operations of one lock holder.
///
/// The first call waits for its token. Later calls share the cached token, which is refreshed in the background while
/// it is used: see [`token`](crate::token). Clones are cheap, and share tokens, connections and the retry budget. Use a
/// client on one Tokio runtime only, because its connections end with the runtime that they were made on. Clients of
/// several runtimes can share a [`TokenCache`].
///
/// ```no_run
/// # async fn example(client_id: String, client_secret: String) -> unloc::Result<()> {
/// use unloc::{Environment, Unloc};
///
/// let unloc = Unloc::builder()
///     .environment(Environment::Sandbox)
///     .client_credentials(client_id, client_secret)
///     .build()?;
/// for lock_holder in unloc.get_lock_holders().send().await? {
///     let home = unloc.lock_holder(&lock_holder)?;
///     let connections = home.get_vendor_connections().send().await?;
///     println!("{}: {} vendor connections", lock_holder.name, connections.len());
/// }
/// # Ok(()) }
/// ```
#[derive(Clone)]
pub struct Unloc {
    pub(super) client: Arc<ApiClient>,
    pub(super) tokens: TokenCache,
    pub(super) generation: ScopeGeneration,
    pub(super) environment: Environment,
}

impl Unloc {
    /// Returns the client of this lock holder, whose tokens permit access to it alone.
    ///
    /// # Errors
    /// [`ErrorKind::Scope`](crate::ErrorKind::Scope) if country, organization id and suffix of the lock holder cannot
    /// form a scope.
    #[cfg(feature = "typed")]
    pub fn lock_holder(&self, lock_holder: &types::LockHolder) -> Result<LockHolderClient> {
        // The first generation names a lock holder by country, organization id and suffix, the second by its id.
        let scope = match self.generation {
            ScopeGeneration::Identifier => lock_holder_scope(lock_holder)?,
            ScopeGeneration::Admin => Scope::lock_holder_admin(&lock_holder.id)?,
        };
        Ok(self.lock_holder_by_id(&lock_holder.id, scope))
    }

    /// Returns the client of a lock holder as JSON, as `getLockHolders` and `createLockHolder` return it.
    ///
    /// # Errors
    /// [`ErrorKind::Scope`](crate::ErrorKind::Scope) if id, country, organization id and suffix of the lock holder
    /// cannot form a scope.
    ///
    /// ```no_run
    /// # async fn example(unloc: unloc::Unloc) -> unloc::Result<()> {
    /// let lock_holders = unloc.call("getLockHolders", serde_json::Value::Null).send().await?;
    /// let home = unloc.lock_holder_from_json(&lock_holders.to_json()[0])?;
    /// # Ok(()) }
    /// ```
    #[cfg(feature = "dynamic")]
    pub fn lock_holder_from_json(&self, lock_holder: &serde_json::Value) -> Result<LockHolderClient> {
        let text = |name: &str| lock_holder[name].as_str().unwrap_or_default();
        let id = text("id");
        let scope = match self.generation {
            ScopeGeneration::Identifier => {
                Scope::lock_holder_identifier(text("countryIso"), text("organizationId"), text("organizationIdSuffix"))?
            }
            ScopeGeneration::Admin => Scope::lock_holder_admin(id)?,
        };
        Ok(self.lock_holder_by_id(id, scope))
    }

    /// Returns the client of the lock holder with this id, with tokens for this scope.
    ///
    /// This is for programs that know both, and so need not list the lock holders first. Any scope is accepted. If it
    /// does not cover the lock holder, the service refuses the calls.
    ///
    /// ```no_run
    /// # fn example(unloc: unloc::Unloc) -> unloc::Result<()> {
    /// use unloc::Scope;
    ///
    /// let id = "373c3bdd-ff32-4caa-9eca-bfc54e5042d5";
    /// let home = unloc.lock_holder_by_id(id, Scope::lock_holder_identifier("NO", "harbour-flats", "")?);
    /// let same = unloc.lock_holder_by_id(id, Scope::lock_holder_admin(id)?);
    /// # Ok(()) }
    /// ```
    #[must_use]
    pub fn lock_holder_by_id(&self, id: impl Into<types::LockHolderId>, scope: impl Into<Scopes>) -> LockHolderClient {
        LockHolderClient::new(Arc::new(self.client.with_tokens(self.tokens.clone(), scope.into())), id.into())
    }

    /// Returns the token cache of this client, to prefetch tokens, to invalidate one, or to read its statistics.
    ///
    /// ```no_run
    /// # async fn example(unloc: unloc::Unloc, lock_holders: Vec<unloc::types::LockHolder>) -> unloc::Result<()> {
    /// use unloc::{Scopes, lock_holder_scope};
    ///
    /// let mut scopes = Vec::new();
    /// for lock_holder in &lock_holders {
    ///     scopes.push(Scopes::from(lock_holder_scope(lock_holder)?));
    /// }
    /// unloc.tokens().prefetch(scopes).await?;
    /// println!("{} fetched", unloc.tokens().stats().fetched);
    /// # Ok(()) }
    /// ```
    #[must_use]
    pub fn tokens(&self) -> &TokenCache {
        &self.tokens
    }

    /// Returns this client with another token cache. Connections, options and the retry budget are shared.
    ///
    /// ```no_run
    /// # fn example(unloc: unloc::Unloc, of_this_user: impl unloc::TokenSource) {
    /// let unloc = unloc.with_token_cache(unloc::TokenCache::new(of_this_user));
    /// # }
    /// ```
    #[must_use]
    pub fn with_token_cache(&self, tokens: TokenCache) -> Self {
        let scopes = self.client.tokens.as_ref().map_or_else(Scopes::unscoped, |(_, scopes)| scopes.clone());
        let client = Arc::new(self.client.with_tokens(tokens.clone(), scopes));
        Self { client, tokens, ..self.clone() }
    }

    /// Returns this client with other options for all its calls. Options that are not set stay as they are. Tokens,
    /// connections and the retry budget are shared.
    #[must_use]
    pub fn with_options(&self, options: RequestOptions) -> Self {
        Self { client: Arc::new(self.client.with_options(options)), ..self.clone() }
    }

    /// Returns what another client needs for its calls: the settings of this one, with tokens for these scopes.
    #[allow(dead_code, reason = "for clients that the build generates; the specs of this repository declare none")]
    // Generated code calls this for each further API in `openapi/`, with the servers of that API's spec.
    pub(crate) fn for_api(&self, servers: &[(&str, &str)], scopes: Scopes) -> Result<ApiClient> {
        let base = self.environment.base(servers)?;
        Ok(self.client.at(base).with_tokens(self.tokens.clone(), scopes))
    }

    /// Returns the client that the generated builders send through.
    pub(crate) fn client(&self) -> Arc<ApiClient> {
        Arc::clone(&self.client)
    }
}

impl fmt::Debug for Unloc {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Nothing else: the cache holds tokens, and options may hold secrets.
        f.debug_struct("Unloc").field("base_url", &self.client.base().as_str()).finish_non_exhaustive()
    }
}
