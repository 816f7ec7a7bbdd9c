//! Tokens from Unloc's Auth API.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use super::{FetchToken, Token, TokenSource};
use crate::environment::Environment;
use crate::error::{Error, ErrorKind, Result};
use crate::generated::auth::{self, builder::GetToken, types};
use crate::scope::Scopes;
use crate::text::Secret;
use crate::transport::Inner;

/// Exchanges an integrator's client id and secret for tokens.
///
/// [`UnlocBuilder::client_credentials`](crate::UnlocBuilder::client_credentials) makes one by itself; make it by hand to
/// share it or to wrap it.
#[derive(Clone)]
pub struct ClientCredentials {
    client: Arc<auth::Client>,
    client_id: String,
    client_secret: Secret,
}

impl ClientCredentials {
    /// A source that asks the Auth API of `environment`.
    ///
    /// # Errors
    /// [`ErrorKind::Configuration`] if the environment's address is refused, or one of the two is empty.
    pub fn new(
        environment: &Environment,
        client_id: impl Into<String>,
        client_secret: impl Into<Secret>,
    ) -> Result<Self> {
        let http = crate::client::http(&environment.base(auth::SERVERS)?)?;
        Self::with_client(http, environment, client_id.into(), client_secret.into())
    }

    pub(crate) fn with_client(
        http: reqwest::Client,
        environment: &Environment,
        client_id: String,
        client_secret: Secret,
    ) -> Result<Self> {
        for (name, text) in [("client id", client_id.as_str()), ("client secret", client_secret.expose())] {
            if text.trim().is_empty() {
                return Err(Error::new(ErrorKind::Configuration, format!("the {name} is empty")));
            }
        }
        let base = environment.base(auth::SERVERS)?;
        let inner = Inner { base_path: base.path().to_owned(), tokens: None };
        let client = Arc::new(auth::Client::new_with_client(base.as_str(), http, inner));
        Ok(Self { client, client_id, client_secret })
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
            let answer = GetToken::new(Arc::clone(&self.client)).body(body).send().await;
            // What cannot be read as a token may still hold one.
            let answer = answer.map_err(Error::without_body)?.into_inner();
            let token = Token::new(answer.access_token);
            Ok(match answer.expires_in {
                Some(seconds) => token.expires_in(Duration::from_secs(u64::try_from(seconds).unwrap_or(0))),
                None => token,
            })
        })
    }
}

impl fmt::Debug for ClientCredentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ClientCredentials").field("client_id", &self.client_id).finish_non_exhaustive()
    }
}
