//! Holds what all calls to one API share.

use std::fmt;
use std::sync::Arc;

use ::http::header::HeaderValue;
use url::Url;

use crate::auth::scope::Scopes;
use crate::auth::token::TokenCache;
use crate::http::connection::Connection;
use crate::http::options::RequestOptions;
use crate::http::path;
use crate::http::retry::Budget;
use crate::runtime::clock::Clock;

/// Names the SDK in the `user-agent` header.
pub(crate) const USER_AGENT: &str = concat!("unloc-rust/", env!("CARGO_PKG_VERSION"));

/// Connects calls to one API: it holds the connection pool, the configuration, and the source of the calls' tokens.
#[derive(Clone)]
pub(crate) struct ApiClient {
    pub(crate) http: Connection,
    // Shared: the `LockHolderClient`s of one `Unloc` differ in their tokens only.
    pub(crate) config: Arc<ClientConfig>,
    /// Is `None` for the token call, which authenticates by the client secret in its body.
    pub(crate) tokens: Option<(TokenCache, Scopes)>,
}

/// Configures the calls of one client.
pub(crate) struct ClientConfig {
    /// Holds the base URL; the path of every request begins with its path.
    pub(crate) base: Url,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) budget: Arc<Budget>,
    pub(crate) options: RequestOptions,
    pub(crate) user_agent: HeaderValue,
}

impl ApiClient {
    /// Returns the base URL.
    pub(crate) fn base(&self) -> &Url {
        &self.config.base
    }

    /// Returns the path that precedes the paths of operations.
    pub(crate) fn base_path(&self) -> &str {
        path::prefix(&self.config.base)
    }

    /// Returns this client with tokens for these scopes.
    pub(crate) fn with_tokens(&self, tokens: TokenCache, scopes: Scopes) -> Self {
        Self { tokens: Some((tokens, scopes)), ..self.clone() }
    }

    /// Returns this client for another base URL.
    pub(crate) fn at(&self, base: Url) -> Self {
        // The copy shares the retry budget, which limits all calls of one `Unloc` together.
        self.with(ClientConfig { base, ..self.config.copy() })
    }

    /// Returns this client with other options; options that are not set keep their values.
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
        // Nothing else: options hold headers with the caller's secrets, and the cache holds tokens.
        f.debug_struct("ApiClient").field("base_path", &self.base_path()).finish_non_exhaustive()
    }
}
