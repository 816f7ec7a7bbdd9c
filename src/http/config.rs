//! What the calls to one API share.

use std::fmt;
use std::sync::Arc;

use reqwest::Url;
use reqwest::header::HeaderValue;

use crate::auth::scope::Scopes;
use crate::auth::token::TokenCache;
use crate::http::options::RequestOptions;
use crate::http::path;
use crate::http::retry::Budget;
use crate::runtime::clock::Clock;

/// How the SDK names itself to the service.
pub(crate) const USER_AGENT: &str = concat!("unloc-rust/", env!("CARGO_PKG_VERSION"));

/// The connections of a client, whose tokens its calls carry, and how they are made.
#[derive(Clone)]
pub(crate) struct ApiClient {
    pub(crate) http: reqwest::Client,
    pub(crate) config: Arc<ClientConfig>,
    /// `None` for the token call itself.
    pub(crate) tokens: Option<(TokenCache, Scopes)>,
}

/// How the calls of one client are made.
pub(crate) struct ClientConfig {
    /// The base URL; the path of every request begins with its path.
    pub(crate) base: Url,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) budget: Arc<Budget>,
    pub(crate) options: RequestOptions,
    pub(crate) user_agent: HeaderValue,
}

impl ApiClient {
    /// The base URL.
    pub(crate) fn base(&self) -> &Url {
        &self.config.base
    }

    /// The path that the paths of operations follow.
    pub(crate) fn base_path(&self) -> &str {
        path::prefix(&self.config.base)
    }

    /// The same with tokens for these scopes.
    pub(crate) fn with_tokens(&self, tokens: TokenCache, scopes: Scopes) -> Self {
        Self { tokens: Some((tokens, scopes)), ..self.clone() }
    }

    /// The same at another base URL; the retry budget is one for all calls of a client.
    pub(crate) fn at(&self, base: Url) -> Self {
        self.with(ClientConfig { base, ..self.config.copy() })
    }

    /// The same with other options.
    pub(crate) fn with_options(&self, options: RequestOptions) -> Self {
        let options = options.or(&self.config.options);
        self.with(ClientConfig { options, ..self.config.copy() })
    }

    fn with(&self, config: ClientConfig) -> Self {
        Self { config: Arc::new(config), ..self.clone() }
    }
}

impl ClientConfig {
    fn copy(&self) -> Self {
        Self {
            base: self.base.clone(),
            clock: Arc::clone(&self.clock),
            budget: Arc::clone(&self.budget),
            options: self.options.clone(),
            user_agent: self.user_agent.clone(),
        }
    }
}

impl fmt::Debug for ApiClient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ApiClient").field("base_path", &self.base_path()).finish_non_exhaustive()
    }
}
