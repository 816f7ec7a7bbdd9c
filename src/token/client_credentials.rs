//! Tokens from Unloc's Auth API.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use progenitor_client::ClientInfo;
use reqwest::Url;
use reqwest::header::HeaderValue;

use super::{FetchToken, Token, TokenSource};
use crate::clock::{Clock, SystemClock};
use crate::environment::{self, Environment};
use crate::error::{Error, ErrorKind, Result};
use crate::generated::auth::{self, builder::GetToken, types};
use crate::options::RequestOptions;
use crate::retry::{Budget, RetryPolicy};
use crate::scope::Scopes;
use crate::text::Secret;
use crate::transport::{Inner, Manner, USER_AGENT};

/// Exchanges an integrator's client id and secret for tokens.
///
/// [`UnlocBuilder::client_credentials`](crate::UnlocBuilder::client_credentials) makes one by itself; make it by hand to
/// share it or to wrap it. A request has ten seconds, and is not repeated: a [`TokenCache`](super::TokenCache) sees to
/// its pauses, and a call that finds no token is made again by its own rules. Redirects are never followed.
#[derive(Clone)]
pub struct ClientCredentials {
    client: Arc<auth::Client>,
    client_id: String,
    client_secret: Secret,
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
        Self::alone(environment, client_id.into(), client_secret.into(), None)
    }

    /// A source as the environment variables `UNLOC_ENVIRONMENT`, `UNLOC_CLIENT_ID` and `UNLOC_CLIENT_SECRET` describe it.
    ///
    /// # Errors
    /// [`ErrorKind::Configuration`] naming the variable that is missing, empty or wrong.
    pub fn from_env() -> Result<Self> {
        let (environment, id, secret) = environment::credentials()?;
        Self::new(&environment, id, secret)
    }

    /// A source that asks through this HTTP client: see
    /// [`UnlocBuilder::http_client`](crate::UnlocBuilder::http_client).
    ///
    /// # Errors
    /// As [`new`](Self::new), and if the HTTP client follows redirects.
    pub fn with_http_client(
        environment: &Environment,
        client_id: impl Into<String>,
        client_secret: impl Into<Secret>,
        http: reqwest::Client,
    ) -> Result<Self> {
        Self::alone(environment, client_id.into(), client_secret.into(), Some(http))
    }

    /// A source that no client made.
    fn alone(
        environment: &Environment,
        client_id: String,
        client_secret: Secret,
        http: Option<reqwest::Client>,
    ) -> Result<Self> {
        let base = environment.base(auth::SERVERS)?;
        let clock = Arc::new(SystemClock);
        let manner = Manner {
            base: base.clone(),
            budget: Arc::new(Budget::new(&base, 0, clock.now())),
            clock,
            options: Self::options(),
            user_agent: HeaderValue::from_static(USER_AGENT),
        };
        let http = crate::client::http(http, &base)?;
        Self::with(&base, http, Arc::new(manner), client_id, client_secret)
    }

    /// How the token call is made.
    pub(crate) fn options() -> RequestOptions {
        let limit = Duration::from_secs(10);
        RequestOptions::new().timeout(limit).deadline(limit).retry(RetryPolicy::never())
    }

    pub(crate) fn with(
        base: &Url,
        http: reqwest::Client,
        manner: Arc<Manner>,
        client_id: String,
        client_secret: Secret,
    ) -> Result<Self> {
        let client_id = credential("the client id", &client_id)?.to_owned();
        let client_secret = credential("the client secret", client_secret.expose())?.into();
        let client = auth::Client::new_with_client(base.as_str(), http, Inner { tokens: None, manner });
        Ok(Self { client: Arc::new(client), client_id, client_secret })
    }
}

/// A client id or secret as it is sent, or why it cannot be one. RFC 6749, A.1 and A.2: printable ASCII, which has no line
/// ends; those come with the text from a file or a terminal, and would be refused by the service as wrong credentials.
pub(crate) fn credential<'a>(name: &str, text: &'a str) -> Result<&'a str> {
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
            let mut body = types::GetTokenRequest::builder()
                .grant_type(types::GrantType::ClientCredentials)
                .client_id(self.client_id.as_str())
                .client_secret(self.client_secret.clone());
            let mut texts: Vec<_> = scopes.iter().map(ToString::to_string).collect();
            // One scope goes as text, as in every example; several go as the list that the documents allow.
            body = match texts.len() {
                0 => body,
                1 => body.scope(types::RequestedScope::One(texts.remove(0))),
                _ => body.scope(types::RequestedScope::Many(texts)),
            };
            let answer = GetToken::__new(Arc::clone(&self.client)).body(body).send().await;
            // What cannot be read as a token may still hold one.
            let refused = |error: Error| error.or_refusal(self.client_secret.expose()).without_body();
            self.token(answer.map_err(refused)?.into_inner())
        })
    }

    fn identity(&self) -> Option<String> {
        // An address has no blanks, so that no id can pass for another issuer's.
        Some(format!("{} {}", self.client.baseurl(), self.client_id))
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
        Ok(token)
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
