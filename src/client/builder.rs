//! How a client is built.

use std::fmt;
use std::sync::Arc;

use reqwest::Url;
use reqwest::header::HeaderValue;

use super::Unloc;
use crate::clock::{Clock, SystemClock};
use crate::environment::{self, Environment};
use crate::error::{Error, ErrorKind, Result};
use crate::generated::{auth, integrator};
use crate::options::RequestOptions;
use crate::platform;
use crate::retry::Budget;
use crate::scope::{Scope, ScopeGeneration, Scopes};
use crate::text::Secret;
use crate::token::{ClientCredentials, TokenCache, TokenSource};
use crate::transport::{Inner, Manner, USER_AGENT};

/// Builds an [`Unloc`].
#[must_use = "nothing is built before `build()`"]
pub struct UnlocBuilder {
    environment: Option<Result<Environment>>,
    tokens: Option<Tokens>,
    generation: ScopeGeneration,
    http: Option<reqwest::Client>,
    options: RequestOptions,
    user_agent: Option<String>,
    retry_budget: u32,
    clock: Arc<dyn Clock>,
}

enum Tokens {
    Credentials(String, Secret),
    Source(Arc<dyn TokenSource>),
    Cache(TokenCache),
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

    /// Gets tokens from the same environment's Auth API with these credentials, without the white space around them that a
    /// file or a shell adds; what cannot be a client id or secret is refused by [`build`](Self::build). The last call of this,
    /// [`token_source`](Self::token_source) and [`token_cache`](Self::token_cache) counts.
    pub fn client_credentials(self, client_id: impl Into<String>, client_secret: impl Into<Secret>) -> Self {
        Self { tokens: Some(Tokens::Credentials(client_id.into(), client_secret.into())), ..self }
    }

    /// Gets tokens from somewhere else: a [`TokenSource`], [`source_fn`](crate::token::source_fn) for a backend that keeps
    /// tokens, or any async function from [`Scopes`] to a [`Token`](crate::token::Token).
    pub fn token_source(self, source: impl TokenSource) -> Self {
        Self { tokens: Some(Tokens::Source(Arc::new(source))), ..self }
    }

    /// Uses a cache that exists: to share tokens with other clients of the same environment, or to watch them. Its tokens
    /// are sent to this client's environment.
    ///
    /// ```
    /// use unloc::token::{ClientCredentials, TokenCache};
    /// use unloc::{Environment, Unloc};
    ///
    /// let source = ClientCredentials::new(&Environment::Sandbox, "my-client-id", "EXAMPLE-SECRET")?;
    /// let tokens = TokenCache::builder(source).capacity(500).build();
    /// let unloc = Unloc::builder().environment(Environment::Sandbox).token_cache(tokens.clone()).build()?;
    /// # Ok::<(), unloc::Error>(())
    /// ```
    pub fn token_cache(self, cache: TokenCache) -> Self {
        Self { tokens: Some(Tokens::Cache(cache)), ..self }
    }

    /// Which generation of scopes to ask for. [`ScopeGeneration::Identifier`], unless this is called.
    pub fn scopes(self, generation: ScopeGeneration) -> Self {
        Self { generation, ..self }
    }

    /// Times, repeats and headers of all calls of this client.
    pub fn options(self, options: RequestOptions) -> Self {
        Self { options, ..self }
    }

    /// Sends through this HTTP client instead of one of the SDK's own: with a proxy, with trusted roots or a client
    /// certificate of yours. The tokens of [`client_credentials`](Self::client_credentials) are fetched through it, too.
    ///
    /// It has to be built with `redirect(Policy::none())`, since a redirect would carry secrets, tokens and phone numbers
    /// elsewhere; one that follows them is refused. Give it a short `pool_idle_timeout`, and no `retry`, which knows nothing
    /// of operations that must not be repeated. It is of the `reqwest` that this crate re-exports; another version's is
    /// another type, and trusted roots and client certificates need one of the TLS features. Leave `connection_verbose` off:
    /// with it, whoever logs at the level `trace` logs client secrets, tokens and phone numbers, byte for byte.
    ///
    /// The SDK's own client uses the proxy that the environment names (`HTTPS_PROXY`), but for loopback addresses, whether
    /// `http` or `https`, and for all that goes over `http`. Yours decides for itself: see `no_proxy`.
    ///
    /// ```
    /// use std::time::Duration;
    /// use unloc::reqwest;
    ///
    /// let http = reqwest::Client::builder()
    ///     .redirect(reqwest::redirect::Policy::none())
    ///     .connect_timeout(Duration::from_secs(5))
    ///     .pool_idle_timeout(Duration::from_secs(4))
    ///     .build()
    ///     .expect("TLS can be set up");
    /// let unloc = unloc::Unloc::builder().http_client(http).client_credentials("my-client-id", "EXAMPLE-SECRET").build()?;
    /// # Ok::<(), unloc::Error>(())
    /// ```
    pub fn http_client(self, http: reqwest::Client) -> Self {
        Self { http: Some(http), ..self }
    }

    /// Names your program to the service, as `my-program/1.2`: it stands before the SDK's own `unloc-rust/0.1.0`.
    /// In a browser it is not sent: it would need a permission that services need not give (CORS).
    pub fn user_agent(self, program: impl Into<String>) -> Self {
        Self { user_agent: Some(program.into()), ..self }
    }

    /// How many repeats the calls of this client together have in reserve; 20 unless this is called. Each repeat takes one,
    /// a tenth comes back with each success and a tenth with each second. When none is left, a call that fails is not
    /// made again, and its error says so. With 0 nothing is repeated, except after a 401; to wait for a token costs nothing
    /// of it.
    pub fn retry_budget(self, repeats: u32) -> Self {
        Self { retry_budget: repeats, ..self }
    }

    /// Where time and chance come from, for tokens, timeouts, deadlines and repeats. A cache that is given by
    /// [`token_cache`](Self::token_cache) keeps its own.
    pub fn clock(self, clock: impl Clock) -> Self {
        Self { clock: Arc::new(clock), ..self }
    }

    /// Builds the client; nothing is sent yet.
    ///
    /// # Errors
    /// [`ErrorKind::Configuration`] if there are no credentials or they cannot be any, the address, the user agent or the HTTP client is refused,
    /// or TLS cannot be set up.
    pub fn build(self) -> Result<Unloc> {
        let environment = self.environment.unwrap_or(Ok(Environment::Production))?;
        let base = environment.base(integrator::SERVERS)?;
        let http = http(self.http, &base)?;
        let user_agent = match self.user_agent {
            Some(program) => format!("{program} {USER_AGENT}"),
            None => USER_AGENT.to_owned(),
        };
        let user_agent = HeaderValue::try_from(user_agent)
            .map_err(|_| Error::new(ErrorKind::Configuration, "the user agent has characters that cannot be sent"))?;
        let manner = |base: &Url, options| {
            Arc::new(Manner {
                base: base.clone(),
                budget: Arc::new(Budget::new(base, self.retry_budget, self.clock.now())),
                clock: Arc::clone(&self.clock),
                options,
                user_agent: user_agent.clone(),
            })
        };
        let cache =
            |source: Arc<dyn TokenSource>| TokenCache::builder(source).shared_clock(Arc::clone(&self.clock)).build();
        let tokens = match self.tokens {
            Some(Tokens::Cache(cache)) => cache,
            Some(Tokens::Source(source)) => cache(source),
            Some(Tokens::Credentials(id, secret)) => {
                let auth = environment.base(auth::SERVERS)?;
                let manner = manner(&auth, ClientCredentials::options());
                cache(Arc::new(ClientCredentials::with(&auth, http.clone(), manner, id, secret)?))
            }
            None => {
                let what = "no credentials: call `client_credentials`, `token_source` or `token_cache`";
                return Err(Error::new(ErrorKind::Configuration, what));
            }
        };
        let scopes = match self.generation {
            ScopeGeneration::Identifier => Scopes::unscoped(),
            ScopeGeneration::Admin => Scope::IntegratorAdmin.into(),
        };
        let inner = Inner { tokens: Some((tokens.clone(), scopes)), manner: manner(&base, self.options) };
        let client = integrator::Client::new_with_client(base.as_str(), http, inner);
        Ok(Unloc { client: Arc::new(client), tokens, generation: self.generation, environment })
    }
}

/// The caller's HTTP client, if it can be trusted with secrets, or one of our own.
pub(crate) fn http(own: Option<reqwest::Client>, base: &Url) -> Result<reqwest::Client> {
    let (loopback, unencrypted) = (environment::is_loopback(base), base.scheme() == "http");
    if unencrypted && !loopback {
        let host = base.host_str().unwrap_or_default();
        tracing::warn!(server.address = host, "secrets, tokens and phone numbers are sent unencrypted: for tests only");
    }
    match own {
        None => platform::http(loopback || unencrypted),
        Some(own) if platform::follows_redirects(&own) => {
            let what = "the HTTP client follows redirects, which would carry secrets elsewhere";
            let hint = "build it with `redirect(reqwest::redirect::Policy::none())`";
            Err(Error::new(ErrorKind::Configuration, what).hint(hint))
        }
        Some(own) => Ok(own),
    }
}

impl Default for UnlocBuilder {
    fn default() -> Self {
        Self {
            environment: None,
            tokens: None,
            generation: ScopeGeneration::default(),
            http: None,
            options: RequestOptions::new(),
            user_agent: None,
            retry_budget: 20,
            clock: Arc::new(SystemClock),
        }
    }
}

impl fmt::Debug for UnlocBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("UnlocBuilder").field("environment", &self.environment).finish_non_exhaustive()
    }
}
