//! Reads the request of a call.

use js_sys::{Function, Promise, Reflect};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};
use unloc::chrono::{DateTime, Utc};
use unloc::dynamic::DynamicCall;
use unloc::{RequestOptions, Result, Scope, Unloc};
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::JsFuture;

use crate::config::{Config, Options};
use crate::error::refused;

/// Describes a call.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Request {
    operation: String,
    lock_holder: Option<LockHolder>,
    #[serde(default)]
    parameters: Map<String, Value>,
    /// Is the state to wait for.
    wait_for: Option<String>,
    /// Is the time of the call whose outcome is to be resolved.
    since: Option<DateTime<Utc>>,
    /// Is the only token of the call.
    access_token: Option<String>,
    #[serde(flatten)]
    options: Options,
}

/// Describes a lock holder: by its scope, or by what its scope is made of.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct LockHolder {
    id: Option<String>,
    scope: Option<String>,
    country_iso: Option<String>,
    organization_id: Option<String>,
    organization_id_suffix: Option<String>,
}

impl LockHolder {
    /// Returns the scope by its natural key.
    pub(crate) fn identifier(&self) -> Result<Scope> {
        let text = |text: &Option<String>| text.clone().unwrap_or_default();
        Scope::lock_holder_identifier(
            &text(&self.country_iso),
            &text(&self.organization_id),
            &text(&self.organization_id_suffix),
        )
    }
}

impl Request {
    pub(crate) fn parse(text: &str) -> Result<Self, JsValue> {
        parse("the request", text)
    }

    /// Returns the call, which ends when the signal is aborted.
    pub(crate) fn call(&self, unloc: &Unloc, config: &Config, signal: &JsValue) -> Result<DynamicCall> {
        let own = self.access_token.clone().map(|token| config.client_with(token)).transpose()?;
        let unloc = own.as_ref().unwrap_or(unloc);
        let parameters = self.parameters.clone();
        let call = match &self.lock_holder {
            None => unloc.call(&self.operation, parameters),
            Some(holder) => {
                let id = holder.id.clone().unwrap_or_default();
                let home = match &holder.scope {
                    Some(scope) => unloc.lock_holder_by_id(id, scope.parse::<Scope>()?),
                    // The program's own token has whatever scope it has.
                    None if own.is_some() => unloc.lock_holder_by_id(id, unloc::Scopes::unscoped()),
                    None => unloc.lock_holder_from_json(&holder.to_json())?,
                };
                home.call(&self.operation, parameters)
            }
        };
        Ok(call.options(abort_on(self.options.to_request(), signal)))
    }

    /// Makes the call, and returns the JSON of its result.
    pub(crate) async fn send(self, call: DynamicCall) -> Result<String> {
        let value = match (self.wait_for, self.since) {
            (Some(state), _) => call.wait_for(&state).await?,
            (None, Some(since)) => call.resolve(since).await?,
            (None, None) => call.send().await?,
        };
        Ok(value.into_string())
    }
}

impl LockHolder {
    fn to_json(&self) -> Value {
        serde_json::json!({
            "id": self.id,
            "countryIso": self.country_iso,
            "organizationId": self.organization_id,
            "organizationIdSuffix": self.organization_id_suffix,
        })
    }
}

/// Parses what the facade passes.
pub(crate) fn parse<T: DeserializeOwned>(what: &str, text: &str) -> Result<T, JsValue> {
    // serde's message may quote a value, and a value may be a secret: its place has to do.
    serde_json::from_str(text).map_err(|error| {
        let known = error.to_string();
        let known = known.split_once(" at line").map_or(known.as_str(), |(known, _)| known);
        // `unknown field` and `missing field` name fields only.
        let shown = if known.contains("field `") { known } else { "a value has the wrong type" };
        refused(&format!("{what} is refused: {shown}"))
    })
}

/// Returns options that cancel a call when an `AbortSignal` is aborted.
fn abort_on(options: RequestOptions, signal: &JsValue) -> RequestOptions {
    if !signal.is_object() {
        return options;
    }
    let is_aborted = Reflect::get(signal, &"aborted".into()).is_ok_and(|aborted| aborted.is_truthy());
    if is_aborted {
        return options.cancel_on(std::future::ready(()));
    }
    let signal = signal.clone();
    // The executor runs at once, and keeps `resolve` as the listener.
    let aborted = Promise::new(&mut |resolve, _| {
        let listen = Reflect::get(&signal, &"addEventListener".into()).map(Function::from);
        // A signal without the method never aborts.
        let _ = listen.and_then(|listen| listen.call2(&signal, &"abort".into(), &resolve));
    });
    options.cancel_on(async move {
        // The promise never rejects.
        let _ = JsFuture::from(aborted).await;
    })
}
