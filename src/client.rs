//! The client, and how it is built.

use std::env;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use reqwest::Url;

use crate::environment::Environment;
use crate::error::{Error, ErrorKind, Result};
use crate::generated::integrator;
use crate::scope::{Scope, ScopeGeneration, Scopes, lock_holder_scope};
use crate::text::Secret;
use crate::token::{ClientCredentials, TokenCache, TokenSource};
use crate::transport::Inner;
use crate::{LockHolder, types};

/// A client of the Integrator API.
///
/// Offers what concerns the integrator as a whole; [`lock_holder`](Self::lock_holder) gives what belongs to one lock
/// holder. Tokens are fetched, kept and renewed behind it. Clones are cheap and share tokens and connections; use one
/// client for one Tokio runtime, since its connections live there.
///
/// ```no_run
/// # async fn example(client_id: String, client_secret: String) -> unloc::Result<()> {
/// use unloc::{Environment, Unloc};
///
/// let unloc = Unloc::builder()
///     .environment(Environment::Sandbox)
///     .client_credentials(client_id, client_secret)
///     .build()?;
/// let lock_holders = unloc.get_lock_holders().send().await?.into_inner().lock_holders;
/// let home = unloc.lock_holder(&lock_holders[0])?;
/// let (keys, locks, roles) =
///     tokio::try_join!(home.get_keys().send(), home.get_locks().send(), home.get_roles().send())?;
/// println!("{} keys, {} locks, {} roles", keys.keys.len(), locks.locks.len(), roles.roles.len());
/// # Ok(()) }
/// ```
#[derive(Clone)]
pub struct Unloc {
    client: Arc<integrator::Client>,
    tokens: TokenCache,
    generation: ScopeGeneration,
}

impl Unloc {
    /// Begins to build a client.
    pub fn builder() -> UnlocBuilder {
        UnlocBuilder::default()
    }

    /// A client as the environment variables `UNLOC_ENVIRONMENT` (`production`, `sandbox` or an address),
    /// `UNLOC_CLIENT_ID` and `UNLOC_CLIENT_SECRET` describe it.
    ///
    /// # Errors
    /// [`ErrorKind::Configuration`] naming the variable that is missing, empty or wrong.
    pub fn from_env() -> Result<Self> {
        let read = |name: &str| match env::var(name) {
            Ok(text) if !text.trim().is_empty() => Ok(text),
            Ok(_) => Err(Error::new(ErrorKind::Configuration, format!("the environment variable {name} is empty"))),
            Err(env::VarError::NotPresent) => {
                let what = format!("the environment variable {name} is not set");
                let all = "UNLOC_ENVIRONMENT, UNLOC_CLIENT_ID and UNLOC_CLIENT_SECRET are needed, all three";
                Err(Error::new(ErrorKind::Configuration, what).hint(all))
            }
            Err(env::VarError::NotUnicode(_)) => {
                Err(Error::new(ErrorKind::Configuration, format!("the environment variable {name} is not Unicode")))
            }
        };
        let environment: Environment = read("UNLOC_ENVIRONMENT")?
            .parse()
            .map_err(|error: Error| error.hint("this is what the environment variable UNLOC_ENVIRONMENT says"))?;
        let (id, secret) = (read("UNLOC_CLIENT_ID")?, read("UNLOC_CLIENT_SECRET")?);
        Self::builder().environment(environment).client_credentials(id, secret).build()
    }

    /// What belongs to this lock holder, with tokens for it alone.
    ///
    /// # Errors
    /// [`ErrorKind::Scope`] if the lock holder's parts cannot form a scope.
    pub fn lock_holder(&self, lock_holder: &types::LockHolder) -> Result<LockHolder> {
        let scope = match self.generation {
            ScopeGeneration::Identifier => lock_holder_scope(lock_holder)?,
            ScopeGeneration::Admin => Scope::lock_holder_admin(&lock_holder.id)?,
        };
        Ok(self.lock_holder_by_id(lock_holder.id.as_str(), scope))
    }

    /// What belongs to the lock holder with this id, with tokens for this scope: for programs that know both and need
    /// no list.
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
    pub fn lock_holder_by_id(&self, id: impl Into<String>, scope: impl Into<Scopes>) -> LockHolder {
        let mut client = integrator::Client::clone(&self.client);
        client.inner.tokens = Some((self.tokens.clone(), scope.into()));
        LockHolder::new(Arc::new(client), id.into())
    }

    pub(crate) fn client(&self) -> Arc<integrator::Client> {
        Arc::clone(&self.client)
    }
}

impl fmt::Debug for Unloc {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Unloc").field("base_url", &self.client.baseurl).finish_non_exhaustive()
    }
}

/// Builds an [`Unloc`].
#[derive(Default)]
#[must_use = "nothing is built before `build()`"]
pub struct UnlocBuilder {
    environment: Option<Result<Environment>>,
    tokens: Option<Tokens>,
    generation: ScopeGeneration,
}

enum Tokens {
    Credentials(String, Secret),
    Source(Arc<dyn TokenSource>),
}

impl UnlocBuilder {
    /// Which service to talk to: an [`Environment`], a [`Url`](crate::Url), or a text that names one. Production, unless
    /// this is called.
    pub fn environment<E>(self, environment: E) -> Self
    where
        E: TryInto<Environment, Error: Into<Error>>,
    {
        Self { environment: Some(environment.try_into().map_err(Into::into)), ..self }
    }

    /// Gets tokens from the same environment's Auth API with these credentials. The last call of this and
    /// [`token_source`](Self::token_source) counts.
    pub fn client_credentials(self, client_id: impl Into<String>, client_secret: impl Into<Secret>) -> Self {
        Self { tokens: Some(Tokens::Credentials(client_id.into(), client_secret.into())), ..self }
    }

    /// Gets tokens from somewhere else. The last call of this and [`client_credentials`](Self::client_credentials)
    /// counts.
    pub fn token_source(self, source: impl TokenSource) -> Self {
        Self { tokens: Some(Tokens::Source(Arc::new(source))), ..self }
    }

    /// Which generation of scopes to ask for. [`ScopeGeneration::Identifier`], unless this is called.
    pub fn scopes(self, generation: ScopeGeneration) -> Self {
        Self { generation, ..self }
    }

    /// Builds the client; nothing is sent yet.
    ///
    /// # Errors
    /// [`ErrorKind::Configuration`] if there are no credentials, the address is refused, or TLS cannot be set up.
    pub fn build(self) -> Result<Unloc> {
        let environment = self.environment.unwrap_or(Ok(Environment::Production))?;
        let base = environment.base(integrator::SERVERS)?;
        let http = http(&base)?;
        let source: Arc<dyn TokenSource> = match self.tokens {
            Some(Tokens::Source(source)) => source,
            Some(Tokens::Credentials(id, secret)) => {
                Arc::new(ClientCredentials::with_client(http.clone(), &environment, id, secret)?)
            }
            None => {
                let what = "no credentials: call `client_credentials` or `token_source`";
                return Err(Error::new(ErrorKind::Configuration, what));
            }
        };
        let tokens = TokenCache::new(source);
        let scopes = match self.generation {
            ScopeGeneration::Identifier => Scopes::unscoped(),
            ScopeGeneration::Admin => Scope::IntegratorAdmin.into(),
        };
        let inner = Inner { base_path: base.path().to_owned(), tokens: Some((tokens.clone(), scopes)) };
        let client = integrator::Client::new_with_client(base.as_str(), http, inner);
        Ok(Unloc { client: Arc::new(client), tokens, generation: self.generation })
    }
}

impl fmt::Debug for UnlocBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("UnlocBuilder").field("environment", &self.environment).finish_non_exhaustive()
    }
}

/// The connection pool for what lies below `base`. Redirects are not followed: they would carry a token or a secret
/// elsewhere.
pub(crate) fn http(base: &Url) -> Result<reqwest::Client> {
    #[cfg(all(feature = "rustls-no-provider", not(feature = "rustls")))]
    if rustls::crypto::CryptoProvider::get_default().is_none() {
        let what = "no cryptography for TLS: install a rustls CryptoProvider first, or use the feature `rustls`";
        return Err(Error::new(ErrorKind::Configuration, what));
    }
    let mut client = reqwest::Client::builder()
        .user_agent(concat!("unloc-rust/", env!("CARGO_PKG_VERSION")))
        .redirect(reqwest::redirect::Policy::none())
        .connect_timeout(Duration::from_secs(10))
        .timeout(Duration::from_secs(30))
        // Servers commonly close an idle connection after five seconds; one that is about to close loses a request.
        .pool_idle_timeout(Duration::from_secs(4));
    if base.scheme() == "http" {
        // Allowed on loopback only, and a proxy is not there: it would read secrets in the clear.
        client = client.no_proxy();
    }
    client.build().map_err(Error::no_client)
}
