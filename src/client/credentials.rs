//! Tokens from Unloc's Auth API.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use reqwest::header::HeaderValue;

use crate::auth::scope::Scopes;
use crate::auth::token::{FetchToken, Token, TokenSource};
use crate::client::auth::builder::GetToken;
use crate::client::environment::{self, Environment};
use crate::error::{Error, ErrorKind, Result};
use crate::http::config::{ClientConfig, USER_AGENT};
use crate::http::connection;
use crate::http::retry::Budget;
use crate::http::{ApiClient, RequestOptions, RetryPolicy};
use crate::model::Secret;
use crate::model::auth::{self, types};
use crate::runtime::clock::{Clock, SystemClock};

/// The longest time of a request for a token: half of what an attempt of a call has, which waits for it.
const TOKEN_TIMEOUT: Duration = Duration::from_secs(10);

/// Exchanges an integrator's client id and secret for tokens.
///
/// [`UnlocBuilder::client_credentials`](crate::UnlocBuilder::client_credentials) makes one by itself; make it by hand to
/// share it or to wrap it. A request has ten seconds, and is not repeated: a [`TokenCache`](crate::token::TokenCache) sees to
/// its pauses, and a call that finds no token is retried by its own rules. Redirects are never followed.
#[derive(Clone)]
pub struct ClientCredentials {
    client: Arc<ApiClient>,
    client_id: String,
    client_secret: Secret,
    scope_as_list: bool,
}

impl ClientCredentials {
    /// A source that asks the Auth API of `environment`.
    ///
    /// White space around id and secret is trimmed, because a file or a shell adds a line end.
    ///
    /// # Errors
    /// [`ErrorKind::Configuration`] if the environment's address is refused, or one of the two is empty or holds anything but
    /// visible ASCII and blanks.
    pub fn new(
        environment: &Environment,
        client_id: impl Into<String>,
        client_secret: impl Into<Secret>,
    ) -> Result<Self> {
        Self::alone(environment, &client_id.into(), &client_secret.into())
    }

    /// A source as the environment variables `UNLOC_ENVIRONMENT`, `UNLOC_CLIENT_ID` and `UNLOC_CLIENT_SECRET` describe it.
    ///
    /// # Errors
    /// [`ErrorKind::Configuration`] naming the variable that is missing, empty or wrong.
    pub fn from_env() -> Result<Self> {
        let (environment, id, secret) = from_variables()?;
        Self::new(&environment, id, secret)
    }

    /// The same with other settings of the HTTP client: see
    /// [`UnlocBuilder::configure_http`](crate::UnlocBuilder::configure_http). Called twice, the last closure counts.
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

    /// Sends a single scope as a list with one entry, too, as the documents allow; as a string unless this is called. Several
    /// scopes are a list in any case.
    #[must_use]
    pub fn scope_as_list(self) -> Self {
        Self { scope_as_list: true, ..self }
    }

    /// A source that no client made.
    fn alone(environment: &Environment, client_id: &str, client_secret: &Secret) -> Result<Self> {
        let base = environment.base(auth::SERVERS)?;
        let (http, clock) = (connection::connect(&base, None)?, Arc::new(SystemClock));
        let config = ClientConfig {
            budget: Arc::new(Budget::new(&base, 0, clock.now())),
            base,
            clock,
            options: Self::options(),
            user_agent: HeaderValue::from_static(USER_AGENT),
        };
        Self::with(ApiClient { http, config: Arc::new(config), tokens: None }, client_id, client_secret)
    }

    /// How the token call is made.
    pub(crate) fn options() -> RequestOptions {
        let options = RequestOptions::new().attempt_timeout(TOKEN_TIMEOUT).operation_timeout(TOKEN_TIMEOUT);
        options.retry(RetryPolicy::never())
    }

    pub(crate) fn with(client: ApiClient, client_id: &str, client_secret: &Secret) -> Result<Self> {
        let client_id = credential("the client id", client_id)?.to_owned();
        let client_secret = credential("the client secret", client_secret.expose())?.into();
        Ok(Self { client: Arc::new(client), client_id, client_secret, scope_as_list: false })
    }
}

/// What the environment variables say, all three of which are needed.
pub(super) fn from_variables() -> Result<(Environment, String, String)> {
    let credential = |name: &str| {
        let text = environment::read(name)?;
        credential(&format!("the environment variable {name}"), &text).map(str::to_owned)
    };
    Ok((Environment::from_env()?, credential("UNLOC_CLIENT_ID")?, credential("UNLOC_CLIENT_SECRET")?))
}

/// A client id or secret as it is sent, or why it cannot be one. RFC 6749, A.1 and A.2: printable ASCII, which has no line
/// ends; those come with the text from a file or a terminal, and would be refused by the service as wrong credentials.
fn credential<'a>(name: &str, text: &'a str) -> Result<&'a str> {
    let refuse = |what: &str| Err(Error::new(ErrorKind::Configuration, format!("{name} {what}")));
    match text.trim() {
        "" => refuse("is empty"),
        text if text.bytes().all(|byte| matches!(byte, b' '..=b'~')) => Ok(text),
        _ => refuse(
            "holds a line end, a control character or one beyond ASCII: client ids and secrets are visible ASCII and blanks",
        ),
    }
}

impl TokenSource for ClientCredentials {
    fn fetch(&self, scopes: Scopes) -> FetchToken<'_> {
        Box::pin(async move {
            let mut call = GetToken::__new(Arc::clone(&self.client))
                .grant_type(types::GrantType::ClientCredentials)
                .client_id(&self.client_id)
                .client_secret(&self.client_secret);
            let mut texts: Vec<_> = scopes.iter().map(ToString::to_string).collect();
            // One scope goes as text, as in every example; several go as the list that the documents allow.
            call = match texts.len() {
                0 => call,
                1 if !self.scope_as_list => call.scope(types::RequestedScope::One(texts.remove(0))),
                _ => call.scope(types::RequestedScope::Many(texts)),
            };
            let answer = call.send().await;
            // What cannot be read as a token may still hold one.
            let refused = |error: Error| error.or_refusal(self.client_secret.expose()).without_body();
            self.token(answer.map_err(refused)?)
        })
    }
}

impl ClientCredentials {
    /// The token in an answer, if it is one that can be presented.
    fn token(&self, answer: types::Token) -> Result<Token> {
        // RFC 6749, 7.1: a client must not use a token whose type it does not understand. 5.1 requires that it is named.
        if answer.token_type != types::TokenType::Bearer {
            return Err(Error::token(format!(
                "the token is of the type {}, and only bearer tokens can be presented: does the service support them?",
                self.shown(answer.token_type.as_str())
            )));
        }
        let mut token = Token::new(answer.access_token);
        if let Some(seconds) = answer.expires_in {
            token = token.expires_in(Duration::from_secs(u64::try_from(seconds).unwrap_or(0)));
        }
        if !answer.scope.is_empty() {
            token = token.granted(answer.scope.join(" "));
        }
        let ids = answer.lock_holder_id.into_iter().chain(answer.lock_holder_ids);
        Ok(token.lock_holders(ids))
    }

    /// A word of the service, if it looks like the name of a type; anything else may be a secret in the wrong place.
    fn shown(&self, word: &str) -> String {
        let is_name = word.len() <= 16 && word.bytes().all(|byte| byte.is_ascii_alphabetic() || b"-_".contains(&byte));
        let is_shown = is_name && !self.client_secret.expose().contains(word);
        if is_shown { format!("`{word}`") } else { "that it names otherwise".to_owned() }
    }
}

impl fmt::Debug for ClientCredentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ClientCredentials").field("client_id", &self.client_id).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn white_space_around_a_credential_is_trimmed_and_a_blank_inside_it_stays() {
        for padded in ["a b", " a b", "a b\n", "\r\n a b \t", "\u{a0}a b\u{2028}"] {
            assert_eq!(credential("the client secret", padded).unwrap(), "a b", "{padded:?}");
        }
        assert_eq!(credential("x", "!\"#$%&'()~").unwrap(), "!\"#$%&'()~");
    }

    #[test]
    fn what_cannot_be_a_credential_is_refused_with_the_reason_and_not_repeated() {
        for (text, why) in [
            ("", "is empty"),
            (" \r\n", "is empty"),
            ("hunter2\nhunter2", "holds a line end"),
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
                let words = error.to_string();
                assert!(words.starts_with(&format!("the {name} ")) && words.contains(why), "{text:?}: {words}");
                assert!(!words.contains("hunter"), "{words}");
            }
        }
    }

    proptest! {
        #[test]
        fn what_is_sent_as_a_credential_is_printable_ascii(text in r"[ -~\t\n\r\u{80}-\u{ff}]{0,10}") {
            if let Ok(sent) = credential("x", &text) {
                prop_assert!(!sent.is_empty() && sent.bytes().all(|byte| (b' '..=b'~').contains(&byte)));
                prop_assert_eq!(sent, text.trim());
            }
        }
    }
}
