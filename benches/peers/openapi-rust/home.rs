// The minimal correct code that a user of the generated Rust clients writes, for one caller at a time.

use std::time::{Duration, Instant};

use openapi_auth::apis::configuration::Configuration as AuthConfiguration;
use openapi_auth::apis::token_api::get_token;
use openapi_auth::models::{GetTokenRequest, GrantType, RequestedScope};
use openapi_integrator::apis::configuration::Configuration;
use openapi_integrator::apis::{keys_api::get_keys, locks_api::get_lock};
use openapi_integrator::models::{Key, Lock};

use crate::measure::{Access, Result};

// A token is refreshed this long before it expires.
const MARGIN: Duration = Duration::from_secs(60);

pub(crate) struct Home {
    auth: AuthConfiguration,
    api: Configuration,
    request: GetTokenRequest,
    refresh_at: Option<Instant>,
    id: String,
}

impl Home {
    pub(crate) fn new(access: &Access) -> Self {
        let (id, secret) = (access.client_id.clone(), access.client_secret.clone());
        let mut request = GetTokenRequest::new(GrantType::ClientCredentials, id, secret);
        request.scope = Some(Box::new(RequestedScope::One(access.scope.clone())));
        let mut auth = AuthConfiguration::new();
        auth.base_path = format!("{}/auth/v1", access.url);
        let mut api = Configuration::new();
        api.base_path = format!("{}/integrators/v1", access.url);
        Self { auth, api, request, refresh_at: None, id: access.lock_holder.clone() }
    }

    pub(crate) async fn lock(&mut self, id: &str) -> Result<Lock> {
        self.log_in().await?;
        Ok(*get_lock(&self.api, &self.id, id).await?.lock)
    }

    pub(crate) async fn keys(&mut self, mut each: impl FnMut(Key)) -> Result<()> {
        let mut after = None;
        loop {
            self.log_in().await?;
            let page = get_keys(&self.api, &self.id, Some(100), after.as_deref()).await?;
            page.keys.into_iter().for_each(&mut each);
            after = page.start_after_id.flatten().filter(|after| !after.is_empty());
            if after.is_none() {
                return Ok(());
            }
        }
    }

    async fn log_in(&mut self) -> Result<()> {
        if self.refresh_at.is_some_and(|refresh_at| Instant::now() < refresh_at) {
            return Ok(());
        }
        let requested = Instant::now();
        let token = get_token(&self.auth, self.request.clone()).await?;
        let lifetime = Duration::from_secs(token.expires_in.unwrap_or(3600).try_into()?);
        self.api.oauth_access_token = Some(token.access_token);
        self.refresh_at = Some(requested + lifetime.saturating_sub(MARGIN));
        Ok(())
    }
}
