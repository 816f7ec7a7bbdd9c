//! Reads the configuration of a client.

use js_sys::Function;
use serde_json::Value;
use unloc::token::source_fn;
use unloc::{RequestOptions, RetryPolicy, ScopeGeneration, Unloc, UnlocBuilder};
use wasm_bindgen::JsValue;

use crate::error::refused;
use crate::fields::{self, Fields};
use crate::token;

/// Holds what a client is made of.
pub(crate) struct Config {
    settings: Settings,
    get_token: Option<Function>,
    fetch: Option<Function>,
}

/// Lists the settings of a client.
struct Settings {
    environment: Option<String>,
    client_id: Option<String>,
    client_secret: Option<String>,
    scopes: ScopeGeneration,
    retry_budget: Option<u32>,
    options: RequestOptions,
}

impl Settings {
    fn read(text: &str) -> fields::Result<Self> {
        let mut fields = Fields::parse(text)?;
        let scopes = match fields.text("scopes")?.as_deref() {
            None | Some("identifier") => ScopeGeneration::Identifier,
            Some("admin") => ScopeGeneration::Admin,
            Some(_) => return Err(fields.wrong("scopes", "`identifier` or `admin`")),
        };
        let settings = Self {
            environment: fields.text("environment")?,
            client_id: fields.text("clientId")?,
            client_secret: fields.text("clientSecret")?,
            scopes,
            retry_budget: fields.number("retryBudget")?,
            options: options(&mut fields)?,
        };
        if settings.client_id.is_some() != settings.client_secret.is_some() {
            return Err("`clientCredentials` needs `clientId` and `clientSecret`".to_owned());
        }
        fields.end().map(|()| settings)
    }
}

impl Config {
    pub(crate) fn parse(text: &str, get_token: Option<Function>, fetch: Option<Function>) -> Result<Self, JsValue> {
        let settings = Settings::read(text).map_err(|why| refused("the configuration", &why))?;
        Ok(Self { settings, get_token, fetch })
    }

    /// Returns the client.
    pub(crate) fn client(&self) -> unloc::Result<Unloc> {
        let Settings { client_id, client_secret, .. } = &self.settings;
        let builder = match (client_id, client_secret, &self.get_token) {
            (Some(id), Some(secret), _) => self.builder().client_credentials(id, secret.as_str()),
            (_, _, Some(get_token)) => {
                let get_token = get_token.clone();
                self.builder()
                    .token_source(source_fn(move |scopes, refused| token::fetch(get_token.clone(), scopes, refused)))
            }
            // `build` says what is missing.
            _ => self.builder(),
        };
        builder.build()
    }

    fn builder(&self) -> UnlocBuilder {
        let Settings { environment, scopes, retry_budget, options, .. } = &self.settings;
        let mut builder = Unloc::builder().options(options.clone()).scopes(*scopes);
        if let Some(environment) = environment {
            builder = builder.environment(environment.as_str());
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

/// Reads the options of one call, or of all calls of a client.
pub(crate) fn options(fields: &mut Fields) -> fields::Result<RequestOptions> {
    let mut options = RequestOptions::new();
    if let Some(mut timeouts) = fields.object("timeouts")? {
        if let Some(time) = timeouts.milliseconds("attemptMs")? {
            options = options.attempt_timeout(time);
        }
        if let Some(time) = timeouts.milliseconds("operationMs")? {
            options = options.operation_timeout(time);
        }
        timeouts.end()?;
    }
    match fields.take("retry") {
        None | Some(Value::Bool(true)) => {}
        Some(Value::Bool(false)) => options = options.retry(RetryPolicy::never()),
        Some(Value::Object(policy)) => options = options.retry(retry(fields.inside("retry", policy))?),
        Some(_) => return Err(fields.wrong("retry", "`false` or an object")),
    }
    if let Some(headers) = fields.object("headers")? {
        for (name, value) in headers.rest() {
            let Value::String(value) = value else { return Err(fields.wrong("headers", "strings")) };
            options = options.header(name, value);
        }
    }
    Ok(options)
}

fn retry(mut fields: Fields) -> fields::Result<RetryPolicy> {
    let mut policy = RetryPolicy::default();
    if let Some(attempts) = fields.number("maxAttempts")? {
        policy = policy.max_attempts(attempts);
    }
    if let Some(time) = fields.milliseconds("initialBackoffMs")? {
        policy = policy.initial_backoff(time);
    }
    if let Some(time) = fields.milliseconds("maxBackoffMs")? {
        policy = policy.max_backoff(time);
    }
    if let Some(time) = fields.milliseconds("maxRetryAfterMs")? {
        policy = policy.max_retry_after(time);
    }
    fields.end().map(|()| policy)
}
