//! How a client is built.

use std::fmt;
use std::sync::Arc;

use reqwest::Url;
use reqwest::header::HeaderValue;

use crate::auth::scope::{Scope, ScopeGeneration, Scopes};
use crate::auth::token::{TokenCache, TokenSource};
use crate::client::{ClientCredentials, Environment, Unloc};
use crate::error::{Error, ErrorKind, Result};
use crate::http::config::{ClientConfig, USER_AGENT};
use crate::http::connection::{self, Configure};
use crate::http::retry::Budget;
use crate::http::{ApiClient, RequestOptions};
use crate::model::{Secret, auth, integrator};
use crate::runtime::clock::{Clock, SystemClock};

/// The size of the retry budget: enough for the failures of one server among several, too little for a retry storm.
const RETRY_BUDGET: u32 = 20;

/// Builds an [`Unloc`].
#[must_use = "nothing is built before `build()`"]
pub struct UnlocBuilder {
    environment: Option<Result<Environment>>,
    tokens: Option<Tokens>,
    generation: ScopeGeneration,
    configure: Option<Configure>,
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
    /// tokens, or any async function from [`Scopes`] to a [`Token`](crate::auth::token::Token).
    pub fn token_source(self, source: impl TokenSource) -> Self {
        Self { tokens: Some(Tokens::Source(Arc::new(source))), ..self }
    }

    /// Uses a cache that exists: to share tokens with other clients of the same environment, or to watch them. Its tokens
    /// are sent to this client's environment.
    ///
    /// ```
    /// use unloc::token::TokenCache;
    /// use unloc::{ClientCredentials, Environment, Unloc};
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

    /// Timeouts, retries and headers of all calls of this client.
    pub fn options(self, options: RequestOptions) -> Self {
        Self { options, ..self }
    }

    /// Changes the settings of the HTTP client: a proxy, trusted roots, a client certificate, timeouts of the connection. The
    /// tokens of [`client_credentials`](Self::client_credentials) are fetched through it, too. Called twice, both closures
    /// are applied.
    ///
    /// The builder that the closure gets has the SDK's settings: connections have ten seconds, idle ones are closed after
    /// four, and loopback addresses and all that goes over `http` go past the proxy that the environment names
    /// (`HTTPS_PROXY`). Whatever it returns follows no redirects, since they would carry secrets, tokens and phone numbers
    /// elsewhere, retries nothing by itself, since only the SDK knows which operations are idempotent, sends no referer, and
    /// logs nothing of what goes over a connection. [`user_agent`](Self::user_agent) counts before what is set here.
    ///
    /// The builder is of the `reqwest` that this crate re-exports; trusted roots and client certificates need one of the TLS
    /// features.
    ///
    /// ```
    /// use std::time::Duration;
    /// use unloc::reqwest::Proxy;
    ///
    /// let proxy = Proxy::https("http://proxy.example.com:3128").expect("a URL");
    /// let unloc = unloc::Unloc::builder()
    ///     .configure_http(|builder| builder.proxy(proxy).connect_timeout(Duration::from_secs(5)))
    ///     .client_credentials("my-client-id", "EXAMPLE-SECRET")
    ///     .build()?;
    /// # Ok::<(), unloc::Error>(())
    /// ```
    #[cfg(not(target_arch = "wasm32"))]
    pub fn configure_http(
        self,
        configure: impl FnOnce(reqwest::ClientBuilder) -> reqwest::ClientBuilder + Send + 'static,
    ) -> Self {
        let configure: Configure = match self.configure {
            Some(before) => Box::new(|builder| configure(before(builder))),
            None => Box::new(configure),
        };
        Self { configure: Some(configure), ..self }
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

    /// Sets where time and jitter come from, for tokens, timeouts and retries. A cache that is given by
    /// [`token_cache`](Self::token_cache) keeps its own.
    #[cfg(feature = "test-util")]
    pub fn clock(self, clock: impl Clock) -> Self {
        Self { clock: Arc::new(clock), ..self }
    }

    /// Builds the client; nothing is sent yet.
    ///
    /// # Errors
    /// [`ErrorKind::Configuration`] if there are no credentials or they cannot be any, the address or the user agent is
    /// refused, or TLS cannot be set up.
    pub fn build(self) -> Result<Unloc> {
        let environment = self.environment.unwrap_or(Ok(Environment::Production))?;
        let base = environment.base(integrator::SERVERS)?;
        let http = connection::connect(&base, self.configure)?;
        let user_agent = match self.user_agent {
            Some(program) => format!("{program} {USER_AGENT}"),
            None => USER_AGENT.to_owned(),
        };
        let user_agent = HeaderValue::try_from(user_agent)
            .map_err(|_| Error::new(ErrorKind::Configuration, "the user agent has characters that cannot be sent"))?;
        let config = |base: &Url, options| {
            Arc::new(ClientConfig {
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
                let config = config(&auth, ClientCredentials::options());
                let client = ApiClient { http: http.clone(), config, tokens: None };
                cache(Arc::new(ClientCredentials::with(client, &id, &secret)?))
            }
            None => {
                let what = "no credentials: call `client_credentials`, `token_source` or `token_cache`";
                return Err(Error::new(ErrorKind::Configuration, what));
            }
        };
        let scopes = match self.generation {
            ScopeGeneration::Identifier => Scopes::unscoped(),
            ScopeGeneration::Admin => Scope::integrator_admin().into(),
        };
        let client = ApiClient { http, config: config(&base, self.options), tokens: Some((tokens.clone(), scopes)) };
        Ok(Unloc { client: Arc::new(client), tokens, generation: self.generation, environment })
    }
}

impl Default for UnlocBuilder {
    fn default() -> Self {
        Self {
            environment: None,
            tokens: None,
            generation: ScopeGeneration::default(),
            configure: None,
            options: RequestOptions::new(),
            user_agent: None,
            retry_budget: RETRY_BUDGET,
            clock: Arc::new(SystemClock),
        }
    }
}

impl fmt::Debug for UnlocBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("UnlocBuilder").field("environment", &self.environment).finish_non_exhaustive()
    }
}
