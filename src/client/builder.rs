//! Builds clients.

use std::fmt;
use std::sync::Arc;

use ::http::header::HeaderValue;
use url::Url;

use crate::auth::scope::{Scope, ScopeGeneration, Scopes};
use crate::auth::token::{TokenCache, TokenSource};
use crate::client::credentials::{ClientCredentials, from_variables};
use crate::client::environment::Environment;
use crate::client::unloc::Unloc;
use crate::error::{Error, ErrorKind, Result};
use crate::http::config::{ClientConfig, USER_AGENT};
use crate::http::connection::{self, Configure};
use crate::http::retry::Budget;
use crate::http::{ApiClient, RequestOptions};
use crate::model::{Operation, Secret, auth, integrator};
use crate::runtime::clock::{Clock, SystemClock};

/// Sets the default size of the retry budget.
// Enough while one server among several fails, and too little for a retry storm.
const RETRY_BUDGET: u32 = 20;

/// Builds an [`Unloc`].
///
/// One setting is required: where the tokens come from. The others have defaults:
///
/// | setting | default |
/// |---|---|
/// | [`client_credentials`], [`token_source`] or [`token_cache`] | none: one of them is required |
/// | [`environment`](Self::environment) | [`Environment::Production`] |
/// | [`scopes`](Self::scopes) | [`ScopeGeneration::Identifier`] |
/// | [`options`](Self::options) | attempt timeout 20 s, operation timeout 60 s, 3 attempts: see [`RequestOptions`] |
/// | [`retry_budget`](Self::retry_budget) | 20 retries |
/// | `configure_http` | connect timeout 10 s, idle connections are closed after 4 s |
/// | [`user_agent`](Self::user_agent) | the SDK's own |
///
/// ```
/// use std::time::Duration;
/// use unloc::{Environment, RequestOptions, Unloc};
///
/// let unloc = Unloc::builder()
///     .environment(Environment::Sandbox)
///     .client_credentials("my-client-id", "EXAMPLE-SECRET")
///     .options(RequestOptions::new().operation_timeout(Duration::from_secs(30)))
///     .build()?;
/// # Ok::<(), unloc::Error>(())
/// ```
///
/// [`client_credentials`]: Self::client_credentials
/// [`token_source`]: Self::token_source
/// [`token_cache`]: Self::token_cache
#[must_use = "nothing is built before `build()`"]
pub struct UnlocBuilder<C = Unloc> {
    /// Is the API that the client is for.
    api: Api<C>,
    // A `Result`, so that setters can be chained: `build` reports an environment that could not be parsed.
    environment: Option<Result<Environment>>,
    tokens: Option<Tokens>,
    generation: ScopeGeneration,
    configure: Option<Configure>,
    options: RequestOptions,
    user_agent: Option<String>,
    retry_budget: u32,
    clock: Arc<dyn Clock>,
}

/// Describes the API that a client `C` is for.
pub(crate) struct Api<C> {
    pub(crate) servers: &'static [(&'static str, &'static str)],
    /// Is the operation that returns tokens, and the servers of its API.
    pub(crate) tokens: (&'static Operation, &'static [(&'static str, &'static str)]),
    /// Makes the client.
    pub(crate) make: fn(Parts) -> C,
}

/// Holds what a client is made of.
pub(crate) struct Parts {
    pub(crate) environment: Environment,
    /// Calls the API, without tokens so far.
    pub(crate) client: ApiClient,
    pub(crate) tokens: TokenCache,
    pub(crate) generation: ScopeGeneration,
    /// Holds the credentials, if the client was given any.
    #[cfg_attr(not(feature = "v2"), allow(dead_code, reason = "only version 2 asks what the credentials reach"))]
    pub(crate) credentials: Option<ClientCredentials>,
}

impl Unloc {
    /// Returns a builder of a client.
    pub fn builder() -> UnlocBuilder {
        UnlocBuilder::default()
    }

    /// Builds a client from the environment variables `UNLOC_ENVIRONMENT` (`production`, `sandbox` or a URL),
    /// `UNLOC_CLIENT_ID` and `UNLOC_CLIENT_SECRET`.
    ///
    /// # Errors
    /// [`ErrorKind::Configuration`](crate::ErrorKind::Configuration) if a variable is missing, empty or invalid; the
    /// message names it.
    pub fn from_env() -> Result<Self> {
        let (environment, id, secret) = from_variables()?;
        Self::builder().environment(environment).client_credentials(id, secret).build()
    }
}

/// Says where the client gets its tokens.
enum Tokens {
    // Not yet a source: for that, the environment and the HTTP client have to be known.
    Credentials(String, Secret),
    Source(Arc<dyn TokenSource>),
    Cache(TokenCache),
}

impl UnlocBuilder {
    /// Sets the generation of scopes that tokens are requested for. The default is [`ScopeGeneration::Identifier`].
    pub fn scopes(self, generation: ScopeGeneration) -> Self {
        Self { generation, ..self }
    }
}

impl<C> UnlocBuilder<C> {
    /// Returns a builder of the client of an API.
    pub(crate) fn of(api: Api<C>) -> Self {
        Self {
            api,
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

    /// Sets the service to call: an [`Environment`], a [`Url`](crate::Url), or a string that names one. The default is
    /// production.
    pub fn environment<E>(self, environment: E) -> Self
    where
        E: TryInto<Environment, Error: Into<Error>>,
    {
        Self { environment: Some(environment.try_into().map_err(Into::into)), ..self }
    }

    /// Sets the credentials with which tokens are fetched from the Auth API of the same environment.
    ///
    /// White space around id and secret is trimmed, because files and shells add line ends. [`build`](Self::build)
    /// refuses a string that cannot be a client id or secret. Of several calls of this,
    /// [`token_source`](Self::token_source) and [`token_cache`](Self::token_cache), the last one counts.
    pub fn client_credentials(self, client_id: impl Into<String>, client_secret: impl Into<Secret>) -> Self {
        Self { tokens: Some(Tokens::Credentials(client_id.into(), client_secret.into())), ..self }
    }

    /// Sets another source of tokens: a [`TokenSource`], [`source_fn`](crate::token::source_fn) for a backend that
    /// caches tokens, or any async function from [`Scopes`] to a [`Token`](crate::auth::token::Token).
    pub fn token_source(self, source: impl TokenSource) -> Self {
        Self { tokens: Some(Tokens::Source(Arc::new(source))), ..self }
    }

    /// Sets an existing token cache, to share tokens with other clients of the same environment, or to observe them.
    ///
    /// The tokens of the cache are sent to this client's environment, so never share one between environments.
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

    /// Sets timeouts, retries and headers of all calls of this client. `options(…)` on a call takes precedence.
    pub fn options(self, options: RequestOptions) -> Self {
        Self { options, ..self }
    }

    /// Changes the settings of the HTTP client, such as a proxy, trusted roots, a client certificate or connection
    /// timeouts.
    ///
    /// The tokens of [`client_credentials`](Self::client_credentials) are fetched through the same HTTP client. If this
    /// is called twice, both closures are applied, in the order of the calls. (`ClientCredentials::configure_http`
    /// builds a client at once, so that only its last closure counts.)
    ///
    /// The closure gets a builder with these settings of the SDK, which it can change:
    /// * The connect timeout is ten seconds, and idle connections are closed after four.
    /// * Connections to loopback addresses and over `http` bypass the proxy of the environment (`HTTPS_PROXY`).
    ///
    /// Some settings are applied after the closure, which cannot change them:
    /// * No redirects are followed, since they would carry secrets, tokens and phone numbers to other hosts.
    /// * reqwest retries nothing, since only the SDK knows which operations are idempotent.
    /// * No `referer` is sent, and nothing that is sent or received is logged.
    /// * The `user-agent` is that of [`user_agent`](Self::user_agent).
    ///
    /// The builder is of [`unloc::reqwest`](crate::reqwest), the version that this crate uses. Trusted roots and client
    /// certificates need one of the TLS features.
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
        configure: impl FnOnce(reqwest::ClientBuilder) -> reqwest::ClientBuilder + Send + Sync + 'static,
    ) -> Self {
        let configure: Configure = match self.configure {
            // In the order of the calls, so that a later closure can override an earlier one.
            Some(before) => Box::new(|builder| configure(before(builder))),
            None => Box::new(configure),
        };
        Self { configure: Some(configure), ..self }
    }

    /// Sets the function that sends requests in place of the platform's `fetch`, of the same form.
    ///
    /// It gets the URL as a string, and the options as a plain object. It is called without `this`.
    #[cfg(target_arch = "wasm32")]
    pub fn fetch(self, fetch: js_sys::Function) -> Self {
        Self { configure: Some(fetch), ..self }
    }

    /// Sets the name of your program for the `user-agent` header, such as `my-program/1.2`. The SDK's own name,
    /// `unloc-rust/` and its version, follows.
    ///
    /// In a browser the header is not sent, because it would need a CORS permission that services need not give.
    pub fn user_agent(self, program: impl Into<String>) -> Self {
        Self { user_agent: Some(program.into()), ..self }
    }

    /// Sets the size of the retry budget, which limits the retries of all calls of this client together; 20 by default.
    ///
    /// Each retry takes 1 from the budget. Each successful call adds 0.1 and each second adds 0.1, up to its size. So a
    /// short failure is retried, but in an outage the client soon makes few retries: 20, and then one in ten seconds.
    /// While the budget is exhausted, failed calls are not retried. The hint of their errors says so, and so does a
    /// `tracing` event (`WARN`, target `unloc::call`).
    ///
    /// Two kinds of retries take nothing from the budget, and are made even with a size of 0: the one with a fresh
    /// token after a 401, and those of calls that got no token. Clones of the client, its
    /// [`LockHolderClient`](crate::LockHolderClient)s and clients made by `with_options` share the budget. How many
    /// retries one call makes is set by [`RetryPolicy`](crate::RetryPolicy).
    pub fn retry_budget(self, retries: u32) -> Self {
        Self { retry_budget: retries, ..self }
    }

    /// Sets the clock and the source of jitter for tokens, timeouts and retries. A cache that
    /// [`token_cache`](Self::token_cache) sets keeps its own.
    #[cfg(feature = "test-util")]
    pub fn clock(self, clock: impl Clock) -> Self {
        Self { clock: Arc::new(clock), ..self }
    }

    /// Builds the client. Nothing is sent: the first call gets a token and opens a connection.
    ///
    /// # Errors
    /// [`ErrorKind::Configuration`] if credentials are missing or invalid, if the base URL or the user agent is
    /// refused, or if TLS cannot be set up.
    pub fn build(self) -> Result<C> {
        let environment = self.environment.unwrap_or(Ok(Environment::Production))?;
        let base = environment.base(self.api.servers)?;
        let http = connection::connect(&base, self.configure)?;
        let user_agent = match self.user_agent {
            Some(program) => format!("{program} {USER_AGENT}"),
            None => USER_AGENT.to_owned(),
        };
        let user_agent = HeaderValue::try_from(user_agent)
            .map_err(|_| Error::new(ErrorKind::Configuration, "the user agent is invalid: use visible ASCII"))?;
        // Calls and token requests get a budget each, since one may fail while the other works.
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
        let (tokens, credentials) = match self.tokens {
            Some(Tokens::Cache(cache)) => (cache, None),
            Some(Tokens::Source(source)) => (cache(source), None),
            Some(Tokens::Credentials(id, secret)) => {
                // The token client shares the connection pool, but has no tokens of its own and does not retry: the
                // cache decides when to ask again.
                let (operation, servers) = self.api.tokens;
                let config = config(&environment.base(servers)?, ClientCredentials::options());
                let client = ApiClient { http: http.clone(), config, tokens: None };
                let credentials = ClientCredentials::with(client, operation, &id, &secret)?;
                (cache(Arc::new(credentials.clone())), Some(credentials))
            }
            None => {
                let what = "no credentials: set client credentials, a token source or a token cache";
                return Err(Error::new(ErrorKind::Configuration, what));
            }
        };
        let client = ApiClient { http, config: config(&base, self.options), tokens: None };
        let generation = self.generation;
        Ok((self.api.make)(Parts { environment, client, tokens, generation, credentials }))
    }
}

/// Returns the client of version 1.
fn integrator_client(parts: Parts) -> Unloc {
    let Parts { environment, client, tokens, generation, .. } = parts;
    // The scopes of the integrator's own calls; `lock_holder` narrows them to one lock holder.
    let scopes = match generation {
        ScopeGeneration::Identifier => Scopes::unscoped(),
        ScopeGeneration::Admin => Scope::integrator_admin().into(),
    };
    let client = Arc::new(client.with_tokens(tokens.clone(), scopes));
    Unloc { client, tokens, generation, environment }
}

impl Default for UnlocBuilder {
    fn default() -> Self {
        Self::of(Api {
            servers: integrator::SERVERS,
            tokens: (&auth::operations::GET_TOKEN, auth::SERVERS),
            make: integrator_client,
        })
    }
}

impl<C> fmt::Debug for UnlocBuilder<C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Neither tokens nor options, which may hold secrets.
        f.debug_struct("UnlocBuilder").field("environment", &self.environment).finish_non_exhaustive()
    }
}
