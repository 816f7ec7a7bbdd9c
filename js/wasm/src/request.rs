//! Reads the request of a call.

use js_sys::{Function, Promise, Reflect};
use serde_json::{Map, Value};
use unloc::chrono::{DateTime, Utc};
use unloc::dynamic::DynamicCall;
use unloc::token::TokenCache;
use unloc::{RequestOptions, Scope, Unloc};
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::JsFuture;

use crate::config::options;
use crate::error::refused;
use crate::fields::{self, Fields};
use crate::token;

/// Describes a call.
pub(crate) struct Request {
    operation: String,
    lock_holder: Option<LockHolder>,
    parameters: Map<String, Value>,
    action: Action,
    /// Is the only token of the call.
    access_token: Option<String>,
    options: RequestOptions,
}

/// Says what is done with an operation.
enum Action {
    Send,
    /// Polls until the result is in this state.
    WaitFor(String),
    /// Resolves the outcome of a call that was made at this time.
    Resolve(DateTime<Utc>),
}

impl Action {
    // Named, and not told by what else is there: `JSON.stringify` leaves out what is undefined, and a `createKey` that is
    // to be resolved must never be sent.
    fn read(fields: &mut Fields) -> fields::Result<Self> {
        let missing = |name: &str| format!("missing field `{name}`");
        match fields.text("action")?.as_deref() {
            None => Ok(Self::Send),
            Some("wait") => Ok(Self::WaitFor(fields.text("waitFor")?.ok_or_else(|| missing("waitFor"))?)),
            Some("resolve") => {
                let since = fields.text("since")?.ok_or_else(|| missing("since"))?;
                Ok(Self::Resolve(since.parse().map_err(|_| fields.wrong("since", "a time"))?))
            }
            Some(_) => Err(fields.wrong("action", "`wait` or `resolve`")),
        }
    }
}

/// Describes a lock holder: by its scope, or by what its scope is made of.
pub(crate) struct LockHolder {
    id: Option<String>,
    scope: Option<String>,
    country_iso: Option<String>,
    organization_id: Option<String>,
    organization_id_suffix: Option<String>,
}

impl LockHolder {
    pub(crate) fn parse(text: &str) -> Result<Self, JsValue> {
        Fields::parse(text).and_then(Self::read).map_err(|why| refused("the lock holder", &why))
    }

    // Its other fields are left alone: the service returned them, and it may return more.
    fn read(mut fields: Fields) -> fields::Result<Self> {
        Ok(Self {
            id: fields.text("id")?,
            scope: fields.text("scope")?,
            country_iso: fields.text("countryIso")?,
            organization_id: fields.text("organizationId")?,
            organization_id_suffix: fields.text("organizationIdSuffix")?,
        })
    }

    /// Returns the scope by its natural key.
    pub(crate) fn identifier(&self) -> unloc::Result<Scope> {
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
        Self::read(text).map_err(|why| refused("the request", &why))
    }

    fn read(text: &str) -> fields::Result<Self> {
        let mut fields = Fields::parse(text)?;
        let request = Self {
            operation: fields.text("operation")?.ok_or("missing field `operation`")?,
            lock_holder: fields.object("lockHolder")?.map(LockHolder::read).transpose()?,
            parameters: fields.object("parameters")?.map(Fields::rest).unwrap_or_default(),
            action: Action::read(&mut fields)?,
            access_token: fields.text("accessToken")?,
            options: options(&mut fields)?,
        };
        fields.end().map(|()| request)
    }

    /// Returns the call, which ends when the signal is aborted.
    pub(crate) fn call(
        &self,
        unloc: &Unloc,
        signal: &JsValue,
        replace_body: Option<Function>,
    ) -> unloc::Result<DynamicCall> {
        // The call carries this token, and is not repeated with another one.
        let own = self.access_token.clone().map(|token| unloc.with_token_cache(TokenCache::new(token::only(token))));
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
        let options = abort_on(self.options.clone(), signal);
        Ok(call.options(match replace_body {
            Some(replace) => options.replace_body(replace),
            None => options,
        }))
    }

    /// Makes the call, and returns the JSON of its result.
    pub(crate) async fn send(self, call: DynamicCall) -> unloc::Result<String> {
        let value = match self.action {
            Action::Send => call.send().await?,
            Action::WaitFor(state) => call.wait_for(&state).await?,
            Action::Resolve(since) => call.resolve(since).await?,
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

/// Returns options that cancel a call when an `AbortSignal` is aborted.
fn abort_on(options: RequestOptions, signal: &JsValue) -> RequestOptions {
    if !signal.is_object() {
        return options;
    }
    let is_aborted = Reflect::get(signal, &"aborted".into()).is_ok_and(|aborted| aborted.is_truthy());
    if is_aborted {
        return options.cancel_on(std::future::ready(()));
    }
    let mut listener = Listener { signal: signal.clone(), resolve: JsValue::UNDEFINED };
    // The executor runs at once, and keeps `resolve` as the listener.
    let aborted = Promise::new(&mut |resolve, _| {
        listener.resolve = resolve.into();
        listener.call("addEventListener");
    });
    options.cancel_on(async move {
        // Dropped with the call.
        let _listener = listener;
        // The promise never rejects.
        let _ = JsFuture::from(aborted).await;
    })
}

/// Stops listening to a signal when the call is over: one signal may serve many calls, and live long.
struct Listener {
    signal: JsValue,
    resolve: JsValue,
}

impl Listener {
    fn call(&self, function: &str) {
        let function = Reflect::get(&self.signal, &function.into()).map(Function::from);
        // A signal without the method never aborts.
        let _ = function.and_then(|function| function.call2(&self.signal, &"abort".into(), &self.resolve));
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        self.call("removeEventListener");
    }
}
