//! Reads the configuration of a client.

use std::time::Duration;

use js_sys::Function;
use serde::Deserialize;
use unloc::token::{TokenCache, source_fn};
use unloc::{RequestOptions, RetryPolicy, ScopeGeneration, Unloc, UnlocBuilder};
use wasm_bindgen::JsValue;

use crate::request::parse;
use crate::token;

/// Holds what a client is made of.
pub(crate) struct Config {
    settings: Settings,
    get_token: Option<Function>,
    fetch: Option<Function>,
}

/// Lists the settings of a client.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Settings {
    environment: Option<String>,
    client_id: Option<String>,
    client_secret: Option<String>,
    scopes: Option<Generation>,
    retry_budget: Option<u32>,
    #[serde(flatten)]
    options: Options,
}

#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "camelCase")]
enum Generation {
    Identifier,
    Admin,
}

/// Lists the options of one call, or of all calls of a client.
#[derive(Deserialize)]
pub(crate) struct Options {
    timeouts: Option<Timeouts>,
    retry: Option<Retry>,
    headers: Option<std::collections::BTreeMap<String, String>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Timeouts {
    attempt_ms: Option<u64>,
    operation_ms: Option<u64>,
}

#[derive(Deserialize)]
#[serde(untagged, expecting = "expected `false`, or an object with numbers such as `maxAttempts`")]
enum Retry {
    Enabled(bool),
    Policy(Policy),
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Policy {
    max_attempts: Option<u32>,
    initial_backoff_ms: Option<u64>,
    max_backoff_ms: Option<u64>,
    max_retry_after_ms: Option<u64>,
}

impl Config {
    pub(crate) fn parse(text: &str, get_token: Option<Function>, fetch: Option<Function>) -> Result<Self, JsValue> {
        Ok(Self { settings: parse("the configuration", text)?, get_token, fetch })
    }

    /// Returns the client.
    pub(crate) fn client(&self) -> unloc::Result<Unloc> {
        let Settings { client_id, client_secret, .. } = &self.settings;
        let builder = match (client_id, client_secret, &self.get_token) {
            (Some(id), Some(secret), _) => self.builder().client_credentials(id, secret.as_str()),
            (_, _, Some(get_token)) => {
                let get_token = get_token.clone();
                self.builder().token_source(source_fn(move |scopes, refused| token::fetch(get_token.clone(), scopes, refused)))
            }
            // `build` says what is missing.
            _ => self.builder(),
        };
        builder.build()
    }

    /// Returns a client whose calls carry this token, and are not repeated with another one.
    pub(crate) fn client_with(&self, access_token: String) -> unloc::Result<Unloc> {
        self.builder().token_cache(TokenCache::new(token::only(access_token))).build()
    }

    fn builder(&self) -> UnlocBuilder {
        let Settings { environment, scopes, retry_budget, options, .. } = &self.settings;
        let mut builder = Unloc::builder().options(options.to_request());
        if let Some(environment) = environment {
            builder = builder.environment(environment.as_str());
        }
        if let Some(Generation::Admin) = scopes {
            builder = builder.scopes(ScopeGeneration::Admin);
        }
        if let Some(retries) = retry_budget {
            builder = builder.retry_budget(*retries);
        }
        if let Some(fetch) = &self.fetch {
            builder = builder.fetch(fetch.clone());
        }
        builder
    }
}

impl Options {
    pub(crate) fn to_request(&self) -> RequestOptions {
        let mut options = RequestOptions::new();
        if let Some(Timeouts { attempt_ms, operation_ms }) = &self.timeouts {
            if let Some(time) = attempt_ms {
                options = options.attempt_timeout(Duration::from_millis(*time));
            }
            if let Some(time) = operation_ms {
                options = options.operation_timeout(Duration::from_millis(*time));
            }
        }
        match &self.retry {
            Some(Retry::Enabled(false)) => options = options.retry(RetryPolicy::never()),
            Some(Retry::Policy(policy)) => options = options.retry(policy.to_request()),
            Some(Retry::Enabled(true)) | None => {}
        }
        for (name, value) in self.headers.iter().flatten() {
            options = options.header(name, value);
        }
        options
    }
}

impl Policy {
    fn to_request(&self) -> RetryPolicy {
        let mut policy = RetryPolicy::default();
        if let Some(attempts) = self.max_attempts {
            policy = policy.max_attempts(attempts);
        }
        if let Some(time) = self.initial_backoff_ms {
            policy = policy.initial_backoff(Duration::from_millis(time));
        }
        if let Some(time) = self.max_backoff_ms {
            policy = policy.max_backoff(Duration::from_millis(time));
        }
        if let Some(time) = self.max_retry_after_ms {
            policy = policy.max_retry_after(Duration::from_millis(time));
        }
        policy
    }
}
