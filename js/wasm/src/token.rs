//! Gets tokens from the function of the program.

use std::cell::Cell;
use std::time::Duration;

use js_sys::{Function, Promise, Reflect};
use serde_json::Value;
use unloc::token::{FetchToken, Token, TokenSource};
use unloc::{Error, Result, Scopes, Secret};
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::JsFuture;

use crate::fields::{self, Fields};

/// Calls `getToken(scope, refused)`, which resolves to JSON.
pub(crate) async fn fetch(get_token: Function, scopes: Scopes, refused: Option<Secret>) -> Result<Token> {
    let scope = scopes.to_string();
    let scope = if scope.is_empty() { JsValue::UNDEFINED } else { JsValue::from_str(&scope) };
    let refused = refused.map_or(JsValue::UNDEFINED, |refused| JsValue::from_str(refused.expose()));
    let called = get_token.call2(&JsValue::UNDEFINED, &scope, &refused);
    let settled = match called {
        Ok(promise) => JsFuture::from(Promise::resolve(&promise)).await,
        Err(thrown) => Err(thrown),
    };
    let text = settled.map_err(|thrown| failed(&thrown))?.as_string().unwrap_or_default();
    read(&text).map_err(|why| Error::token(format!("`getToken` returned no token, as a string or an object: {why}")))
}

/// Reads what a token endpoint returns (RFC 6749, section 5.1), as the facade passes it on.
fn read(text: &str) -> fields::Result<Token> {
    let mut issued = Fields::parse(text)?;
    let mut token = Token::new(issued.text("access_token")?.ok_or("`access_token` is missing")?);
    if let Some(lifetime) = issued.take("expires_in") {
        // As the service's own: a number, or a text with one.
        let seconds = match &lifetime {
            Value::String(text) => text.trim().parse().ok().filter(|seconds: &f64| seconds.is_finite()),
            lifetime => lifetime.as_f64(),
        };
        let seconds = seconds.ok_or_else(|| issued.wrong("expires_in", "a number of seconds"))?;
        // Negative or too large: the token counts as expired, and is used once.
        token = token.expires_in(Duration::try_from_secs_f64(seconds).unwrap_or_default());
    }
    let scope = match issued.take("scope") {
        None => Some(String::new()),
        Some(Value::String(scope)) => Some(scope),
        // Some services write the scopes as a list.
        Some(Value::Array(scopes)) => {
            scopes.iter().map(Value::as_str).collect::<Option<Vec<_>>>().map(|scopes| scopes.join(" "))
        }
        Some(_) => None,
    };
    let scope = scope.ok_or_else(|| issued.wrong("scope", "a string or a list of strings"))?;
    if !scope.is_empty() {
        token = token.granted(scope);
    }
    Ok(token.lock_holders(issued.text("lock_holder_id")?))
}

/// Returns the error of a `getToken` that threw.
fn failed(thrown: &JsValue) -> Error {
    let get = |name: &str| Reflect::get(thrown, &name.into()).ok();
    // Not its message: it is the program's, and may hold what it sent to its backend.
    let name =
        get("name").and_then(|name| name.as_string()).filter(|name| name.bytes().all(|b| b.is_ascii_alphabetic()));
    let what = format!("`getToken` threw {}", name.as_deref().filter(|name| !name.is_empty()).unwrap_or("a value"));
    // `fetch` rejects with a `TypeError` if it gets no response. Any other error is final, unless it says otherwise.
    let is_unreachable = get("name").and_then(|name| name.as_string()).is_some_and(|name| name == "TypeError");
    if is_unreachable || get("retryable").is_some_and(|retryable| retryable.is_truthy()) {
        Error::token_unavailable(what)
    } else {
        Error::token(what)
    }
}

/// Returns a source with one token, which it gives out once.
///
/// After a 401 the cache asks again. It gets an error, and the call is not repeated.
pub(crate) fn only(access_token: String) -> impl TokenSource {
    Only(Cell::new(Some(access_token)))
}

struct Only(Cell<Option<String>>);

impl TokenSource for Only {
    fn fetch(&self, _: Scopes) -> FetchToken<'_> {
        let token = self.0.take().map(Token::new).ok_or_else(|| Error::token("the service refused the given token"));
        Box::pin(std::future::ready(token))
    }
}
