//! Fetches tokens from Unloc's Auth API.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use ::http::Method;
use ::http::header::HeaderValue;
use serde_json::{Map, Value};

use crate::auth::scope::Scopes;
use crate::auth::token::{FetchToken, Token, TokenSource};
use crate::client::environment::{self, Environment};
use crate::error::{Error, ErrorKind, Result, Unbuilt};
use crate::http::config::{ClientConfig, USER_AGENT};
use crate::http::request::Request;
use crate::http::retry::Budget;
use crate::http::{ApiClient, RequestOptions, Response, RetryPolicy, connection, path, pipeline};
use crate::model::auth::{self, types};
use crate::model::{Operation, Secret};
use crate::runtime::clock::{Clock, SystemClock};

/// Limits a token request.
// Half of the default attempt timeout, since a call waits for the token before its own request.
const TOKEN_TIMEOUT: Duration = Duration::from_secs(10);

/// Exchanges an integrator's client id and secret for tokens.
///
/// [`UnlocBuilder::client_credentials`](crate::UnlocBuilder::client_credentials) makes one by itself. Make one by hand
/// to share or to wrap it. A token request times out after ten seconds, and is not retried by itself. An API call that
/// gets no token is retried as its [`RetryPolicy`](crate::RetryPolicy) says, once the backoff of the
/// [`TokenCache`](crate::token::TokenCache) is over. Redirects are never followed.
#[derive(Clone)]
pub struct ClientCredentials {
    client: Arc<ApiClient>,
    /// Is the token request of the API.
    operation: &'static Operation,
    client_id: String,
    client_secret: Secret,
    scope_as_list: bool,
}

impl ClientCredentials {
    /// Returns a source that requests tokens from the Auth API of `environment`.
    ///
    /// White space around id and secret is trimmed, because files and shells add line ends.
    ///
    /// # Errors
    /// [`ErrorKind::Configuration`] if the environment's base URL is refused, or if id or secret is empty or contains
    /// anything but visible ASCII and spaces.
    pub fn new(
        environment: &Environment,
        client_id: impl Into<String>,
        client_secret: impl Into<Secret>,
    ) -> Result<Self> {
        Self::standalone(environment, &client_id.into(), &client_secret.into())
    }

    /// Returns a source from the environment variables `UNLOC_ENVIRONMENT`, `UNLOC_CLIENT_ID` and
    /// `UNLOC_CLIENT_SECRET`.
    ///
    /// # Errors
    /// [`ErrorKind::Configuration`] if a variable is missing, empty or invalid; the message names it.
    pub fn from_env() -> Result<Self> {
        let (environment, id, secret) = from_variables()?;
        Self::new(&environment, id, secret)
    }

    /// Returns this source with other settings of the HTTP client: see
    /// [`UnlocBuilder::configure_http`](crate::UnlocBuilder::configure_http). Each call builds the HTTP client again
    /// with its own closure, so of several calls only the last one counts.
    ///
    /// # Errors
    /// [`ErrorKind::Configuration`] if the HTTP client cannot be built.
    #[cfg(not(target_arch = "wasm32"))]
    pub fn configure_http(
        self,
        configure: impl FnOnce(reqwest::ClientBuilder) -> reqwest::ClientBuilder + Send + Sync + 'static,
    ) -> Result<Self> {
        let http = connection::connect(self.client.base(), Some(Box::new(configure)))?;
        Ok(Self { client: Arc::new(ApiClient { http, ..ApiClient::clone(&self.client) }), ..self })
    }

    /// Sends a single scope as a list with one entry, instead of as a string. The documentation of the service allows
    /// both. Several scopes are always sent as a list.
    #[must_use]
    pub fn scope_as_list(self) -> Self {
        Self { scope_as_list: true, ..self }
    }

    /// Returns a source that has its own HTTP client.
    fn standalone(environment: &Environment, client_id: &str, client_secret: &Secret) -> Result<Self> {
        let base = environment.base(auth::SERVERS)?;
        let (http, clock) = (connection::connect(&base, None)?, Arc::new(SystemClock));
        let config = ClientConfig {
            // Token requests are not retried, so the budget is never used.
            budget: Arc::new(Budget::new(&base, 0, clock.now())),
            base,
            clock,
            options: Self::options(),
            user_agent: HeaderValue::from_static(USER_AGENT),
        };
        let client = ApiClient { http, config: Arc::new(config), tokens: None };
        Self::with(client, &auth::operations::GET_TOKEN, client_id, client_secret)
    }

    /// Returns the options of token requests.
    pub(crate) fn options() -> RequestOptions {
        let options = RequestOptions::new().attempt_timeout(TOKEN_TIMEOUT).operation_timeout(TOKEN_TIMEOUT);
        // The token cache makes the pauses between token requests; retries here would multiply them.
        options.retry(RetryPolicy::never())
    }

    /// Returns the id and the secret.
    #[cfg(feature = "v2")]
    pub(crate) fn id_and_secret(&self) -> (&str, &Secret) {
        (&self.client_id, &self.client_secret)
    }

    /// Returns a source that sends this operation through `client`.
    pub(crate) fn with(
        client: ApiClient,
        operation: &'static Operation,
        client_id: &str,
        client_secret: &Secret,
    ) -> Result<Self> {
        let client_id = credential("the client id", client_id)?.to_owned();
        let client_secret = credential("the client secret", client_secret.expose())?.into();
        Ok(Self { client: Arc::new(client), operation, client_id, client_secret, scope_as_list: false })
    }
}

/// Reads the three environment variables, all of which are required.
pub(super) fn from_variables() -> Result<(Environment, String, String)> {
    let credential = |name: &str| {
        let text = environment::read(name)?;
        credential(&format!("the environment variable {name}"), &text).map(str::to_owned)
    };
    Ok((Environment::from_env()?, credential("UNLOC_CLIENT_ID")?, credential("UNLOC_CLIENT_SECRET")?))
}

/// Returns a client id or secret as it is sent, or why it cannot be one.
// RFC 6749, appendices A.1 and A.2: printable ASCII, so no line ends. Text from a file or a terminal often ends with
// one, and the service would refuse it as wrong credentials.
fn credential<'a>(name: &str, text: &'a str) -> Result<&'a str> {
    let refuse = |what: &str| Err(Error::new(ErrorKind::Configuration, format!("{name} {what}")));
    match text.trim() {
        // A variable that is set to nothing, as `UNLOC_CLIENT_ID=` does.
        "" => refuse("is empty"),
        text if text.bytes().all(|byte| matches!(byte, b' '..=b'~')) => Ok(text),
        _ => refuse("contains a line end, a control character or one beyond ASCII: use visible ASCII and spaces"),
    }
}

impl TokenSource for ClientCredentials {
    fn fetch(&self, scopes: Scopes) -> FetchToken<'_> {
        Box::pin(async move {
            let request = self.request(&scopes);
            let response = pipeline::send(&self.client, request, RequestOptions::new(), self.operation).await;
            let response = response.map(Response::into_value);
            // A body that cannot be read as a token may still contain one, or be an OAuth error with status 200.
            let refused = |error: Error| error.or_refusal(self.client_secret.expose()).without_body();
            self.token(response.map_err(refused)?)
        })
    }
}

impl ClientCredentials {
    /// Returns the request of a token (RFC 6749, section 4.4.2) with the further fields of its scopes.
    // Not by a generated builder: which fields a token needs beyond those of OAuth is said by the clients of each API.
    fn request(&self, scopes: &Scopes) -> Result<Request<Map<String, Value>>, Unbuilt> {
        let texts: Vec<_> = scopes.iter().map(ToString::to_string).collect();
        // A string for one scope, as in every example of the service's documentation. For several scopes it documents
        // only a list.
        let scope = match texts.as_slice() {
            [] => None,
            [scope] if !self.scope_as_list => Some(scope.as_str().into()),
            _ => Some(texts.into()),
        };
        let own = [
            ("grant_type", Some("client_credentials".into())),
            ("client_id", Some(self.client_id.as_str().into())),
            ("client_secret", Some(self.client_secret.expose().into())),
            ("scope", scope),
        ];
        let fields = scopes.fields().map(|(name, value)| (name, Some(value.into())));
        let body = own.into_iter().chain(fields).filter_map(|(name, value)| Some((name.to_owned(), value?)));
        let mut request = Request::new(Method::POST, path::url(self.client.base(), self.operation, &[])?);
        request.accept_json();
        request.json(body.collect())
    }

    /// Returns the token of a response, if it is a bearer token.
    fn token(&self, response: types::Token) -> Result<Token> {
        // RFC 6749, section 7.1: a client must not use a token whose type it does not understand. Section 5.1 requires
        // the type.
        if response.token_type != types::TokenType::Bearer {
            return Err(Error::token(format!(
                "the token has the type {}, but the SDK supports only bearer tokens: check the base URL",
                self.shown(response.token_type.as_str())
            )));
        }
        let mut token = Token::new(response.access_token);
        if let Some(seconds) = response.expires_in {
            // A negative lifetime counts as zero: the cache returns the token once.
            token = token.expires_in(Duration::from_secs(u64::try_from(seconds).unwrap_or(0)));
        }
        if !response.scope.is_empty() {
            token = token.granted(response.scope.join(" "));
        }
        let ids = response.lock_holder_id.into_iter().chain(response.lock_holder_ids);
        Ok(token.lock_holders(ids))
    }

    /// Returns a word of the service for a message, if it looks like the name of a type.
    // Anything else may be a secret in the wrong property.
    fn shown(&self, word: &str) -> String {
        let is_name = word.len() <= 16 && word.bytes().all(|byte| byte.is_ascii_alphabetic() || b"-_".contains(&byte));
        let is_shown = is_name && !self.client_secret.expose().contains(word);
        if is_shown { format!("`{word}`") } else { "(not shown)".to_owned() }
    }
}

impl fmt::Debug for ClientCredentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The secret stays out.
        f.debug_struct("ClientCredentials").field("client_id", &self.client_id).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn trims_white_space_around_a_credential_and_keeps_spaces_inside() {
        for padded in ["a b", " a b", "a b\n", "\r\n a b \t", "\u{a0}a b\u{2028}"] {
            assert_eq!(credential("the client secret", padded).unwrap(), "a b", "{padded:?}");
        }
        assert_eq!(credential("x", "!\"#$%&'()~").unwrap(), "!\"#$%&'()~");
    }

    #[test]
    fn refuses_an_invalid_credential_with_the_reason_and_without_quoting_it() {
        for (text, why) in [
            ("", "is empty"),
            (" \r\n", "is empty"),
            ("hunter2\nhunter2", "contains a line end"),
            ("hunter2\0", "a control character"),
            ("hunter2\u{7f}", "a control character"),
            ("hunter\u{200b}2", "beyond ASCII"),
            ("\u{feff}hunter2", "beyond ASCII"),
            ("hünter2", "beyond ASCII"),
        ] {
            let client = ClientCredentials::new(&Environment::Sandbox, "me", text).map(drop);
            for (refused, name) in
                [(client, "client secret"), (credential("the client id", text).map(drop), "client id")]
            {
                let error = refused.unwrap_err();
                assert_eq!(error.kind(), ErrorKind::Configuration);
                let message = error.to_string();
                assert!(message.starts_with(&format!("the {name} ")) && message.contains(why), "{text:?}: {message}");
                assert!(!message.contains("hunter"), "{message}");
            }
        }
    }

    proptest! {
        #[test]
        fn a_credential_is_sent_as_printable_ascii(text in r"[ -~\t\n\r\u{80}-\u{ff}]{0,10}") {
            if let Ok(sent) = credential("x", &text) {
                prop_assert!(!sent.is_empty() && sent.bytes().all(|byte| (b' '..=b'~').contains(&byte)));
                prop_assert_eq!(sent, text.trim());
            }
        }
    }
}
