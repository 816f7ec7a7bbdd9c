//! Exports unloc to JavaScript.
//!
//! What crosses the border is text: a request, its result and its error are JSON, so that JavaScript parses what it
//! needs and no object has to be freed but the client.

mod config;
mod error;
mod fields;
mod request;
mod token;

use std::cell::RefCell;
use std::rc::Rc;

use futures_util::TryStreamExt;
use js_sys::{Function, Promise};
use serde_json::Value;
use unloc::dynamic::{DynamicCall, DynamicValue};
use unloc::{Page, Unloc};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::future_to_promise;

use config::Config;
use error::to_js;
use request::Request;

/// Makes the calls of one client.
#[wasm_bindgen]
pub struct Client {
    unloc: Unloc,
}

#[wasm_bindgen]
impl Client {
    /// Creates a client of a configuration as JSON.
    ///
    /// # Errors
    /// Throws the JSON of an error.
    #[wasm_bindgen(constructor)]
    pub fn new(configuration: &str, get_token: Option<Function>, fetch: Option<Function>) -> Result<Self, JsValue> {
        let config = Config::parse(configuration, get_token, fetch)?;
        config.client().map(|unloc| Self { unloc }).map_err(to_js)
    }

    /// Makes a call that a request as JSON describes. Resolves to the JSON of its result, or rejects with that of its
    /// error. `replace_body` may replace the body of a successful response.
    // A promise, and no `async fn`: that would borrow the client until the call ends, so that it could not be freed.
    pub fn call(&self, request: &str, signal: JsValue, replace_body: Option<Function>) -> Promise {
        let prepared = self.prepare(request, &signal, replace_body);
        future_to_promise(async move {
            let (request, call) = prepared?;
            request.send(call).await.map(|text| JsValue::from_str(&text)).map_err(to_js)
        })
    }

    /// Returns the pages of a list, in the way of [`call`](Self::call).
    ///
    /// # Errors
    /// Throws the JSON of an error.
    pub fn pages(&self, request: &str, signal: JsValue, replace_body: Option<Function>) -> Result<Pages, JsValue> {
        let (_, call) = self.prepare(request, &signal, replace_body)?;
        let pages = call.pages().map_ok(|page| page_text(&page));
        Ok(Pages(Rc::new(RefCell::new(Some(Box::pin(pages))))))
    }

    fn prepare(
        &self,
        request: &str,
        signal: &JsValue,
        replace_body: Option<Function>,
    ) -> Result<(Request, DynamicCall), JsValue> {
        let request = Request::parse(request)?;
        let call = request.call(&self.unloc, signal, replace_body).map_err(to_js)?;
        Ok((request, call))
    }
}

/// Returns the JSON of a page.
fn page_text(page: &Page<DynamicValue>) -> String {
    let items = page.iter().map(DynamicValue::as_str).collect::<Vec<_>>().join(",");
    match page.cursor() {
        None => format!(r#"{{"items":[{items}]}}"#),
        Some(cursor) => format!(r#"{{"items":[{items}],"cursor":{}}}"#, Value::from(cursor.expose())),
    }
}

type Stream = std::pin::Pin<Box<dyn futures_util::Stream<Item = unloc::Result<String>>>>;

/// Reads the pages of a list, one after the other.
#[wasm_bindgen]
pub struct Pages(Rc<RefCell<Option<Stream>>>);

#[wasm_bindgen]
impl Pages {
    /// Resolves to the JSON of the next page, or to nothing at the end.
    #[wasm_bindgen(js_name = next)]
    pub fn next_page(&self) -> Promise {
        let shared = Rc::clone(&self.0);
        future_to_promise(async move {
            // Taken out while it is read: a second `next` before the first has ended finds the end of the list.
            let Some(mut pages) = shared.take() else { return Ok(JsValue::UNDEFINED) };
            let page = pages.try_next().await.map_err(to_js)?;
            if page.is_some() {
                shared.replace(Some(pages));
            }
            Ok(page.map_or(JsValue::UNDEFINED, |page| JsValue::from_str(&page)))
        })
    }
}

/// Returns the scope of a lock holder as JSON.
///
/// # Errors
/// Throws the JSON of an error.
#[wasm_bindgen(js_name = lockHolderScope)]
pub fn lock_holder_scope(lock_holder: &str) -> Result<String, JsValue> {
    let lock_holder = request::LockHolder::parse(lock_holder)?;
    lock_holder.identifier().map(|scope| scope.to_string()).map_err(to_js)
}
