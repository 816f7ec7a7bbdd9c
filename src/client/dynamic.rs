//! Calls operations by their name, with JSON in place of types.
//!
//! [`Unloc::call`] and [`LockHolderClient::call`] take the `operationId` of the spec and one flat object: the parameters
//! of the operation and the properties of its request body, by their names in the spec. Tokens, retries, errors and
//! tolerances are those of the calls with types, and so is the request.
//!
//! This is for programs that learn only at run time what to call: bindings for other languages, command lines, tools.
//! With the feature `typed` disabled, the types of the APIs are left out, which makes such a program smaller.
//!
//! ```no_run
//! # async fn example(home: unloc::LockHolderClient) -> unloc::Result<()> {
//! use serde_json::json;
//!
//! let key = json!({"lockId": "front-door", "userId": "+12125550142", "durationMinutes": 60});
//! let key = home.call("createKey", key).send().await?;
//! println!("{}", key.to_json()["state"]);
//! # Ok(()) }
//! ```

mod value;

use std::fmt;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use futures_util::stream;
use serde_json::{Map, Value, json};

pub use value::DynamicValue;

use crate::client::resolving::{self, Found};
use crate::client::{LockHolderClient, Unloc, waiting};
use crate::error::{Error, ErrorKind, Result, Unbuilt};
use crate::http::poller::Poller;
use crate::http::{ApiClient, Paged, RequestOptions, Response, dynamic, pages, pipeline};
use crate::model::integrator::TABLES;
use crate::model::table::Table;
use crate::model::{Cursor, Page};

impl Unloc {
    /// Calls an operation of the integrator by its name.
    ///
    /// Nothing is sent before [`send`](DynamicCall::send). See [`dynamic`](crate::dynamic) for the arguments.
    ///
    /// ```no_run
    /// # async fn example(unloc: unloc::Unloc) -> unloc::Result<()> {
    /// let lock_holders = unloc.call("getLockHolders", serde_json::Value::Null).send().await?;
    /// println!("{}", lock_holders.to_json());
    /// # Ok(()) }
    /// ```
    pub fn call(&self, operation: &str, arguments: impl Into<Value>) -> DynamicCall {
        Caller::new("Unloc", TABLES, self.client(), Vec::new()).call(operation, arguments.into())
    }
}

impl LockHolderClient {
    /// Calls an operation of this lock holder by its name. The argument `lockHolderId` is filled in.
    ///
    /// Nothing is sent before [`send`](DynamicCall::send). See [`dynamic`](crate::dynamic) for the arguments.
    ///
    /// ```no_run
    /// # async fn example(home: unloc::LockHolderClient) -> unloc::Result<()> {
    /// let locks = home.call("getLocks", serde_json::json!({"limit": 20})).send().await?;
    /// println!("{}", locks.to_json());
    /// # Ok(()) }
    /// ```
    pub fn call(&self, operation: &str, arguments: impl Into<Value>) -> DynamicCall {
        let filled_in = vec![("lockHolderId", self.id().as_str().to_owned())];
        Caller::new("LockHolderClient", TABLES, self.client(), filled_in).call(operation, arguments.into())
    }
}

/// Holds what the dynamic calls of a client have in common.
#[derive(Clone)]
pub(crate) struct Caller {
    /// Names the client, as the operations do.
    name: &'static str,
    /// Describes the operations of the API.
    tables: &'static [Table],
    client: Arc<ApiClient>,
    /// Holds the parameters that the client fills in.
    filled_in: Vec<(&'static str, String)>,
}

impl Caller {
    pub(crate) fn new(
        name: &'static str,
        tables: &'static [Table],
        client: Arc<ApiClient>,
        filled_in: Vec<(&'static str, String)>,
    ) -> Self {
        Self { name, tables, client, filled_in }
    }

    /// Returns a call. Whatever is wrong with it is an error when it is sent.
    pub(crate) fn call(self, operation: &str, arguments: Value) -> DynamicCall {
        let table = self.table(operation);
        let arguments = match arguments {
            Value::Object(arguments) => Ok(arguments),
            Value::Null => Ok(Map::new()),
            _ => Err(Error::new(ErrorKind::Request, "the arguments are no object: use one with an entry for each")),
        };
        let call = table.and_then(|table| Ok((table, arguments?)));
        DynamicCall { caller: self, call, options: RequestOptions::new() }
    }

    /// Returns the table of an operation of this client.
    fn table(&self, operation: &str) -> Result<&'static Table> {
        // The name of an operation is the program's own, and no secret. Its case is a frequent slip.
        let same = |table: &&Table| table.operation.id.eq_ignore_ascii_case(operation);
        let (id, what) = match self.tables.iter().find(same).map(|table| (table, table.operation)) {
            Some((table, found)) if found.id == operation && found.client == Some(self.name) => return Ok(table),
            Some((_, found)) if found.id != operation => (found.id, "its name is spelled in another way"),
            Some((_, found)) => {
                let what = format!(
                    "`{operation}` is an operation of `{}`: call it there",
                    found.client.unwrap_or("no client")
                );
                return Err(Error::new(ErrorKind::Request, what));
            }
            None => ("`Operation::all` lists them", "no operation has this name"),
        };
        Err(Error::new(ErrorKind::Request, format!("`{}`: {what} ({id})", operation.escape_debug())))
    }
}

/// Holds a call of an operation by its name. [`Unloc::call`] and [`LockHolderClient::call`] make it.
///
/// An unknown operation or argument, a missing one and one of the wrong type are errors of
/// [`ErrorKind::Request`](crate::ErrorKind::Request) that name it, and nothing is sent.
///
/// `Debug` shows the operation, and no argument.
#[must_use = "nothing happens before `send()`"]
#[derive(Clone)]
pub struct DynamicCall {
    caller: Caller,
    call: Result<(&'static Table, Map<String, Value>)>,
    options: RequestOptions,
}

impl DynamicCall {
    /// Sets timeouts, retries and headers of this call. Options that are not set keep the client's values.
    pub fn options(self, options: RequestOptions) -> Self {
        Self { options, ..self }
    }

    /// Sends the request, and returns the value of the response.
    ///
    /// A list whose response has a cursor is an object `{"items": […], "cursor": "…"}`, without `cursor` at its end; any
    /// other list is an array. An operation whose response is not documented returns null.
    ///
    /// # Errors
    /// The errors of the same call with types. [`ErrorKind::Request`](crate::ErrorKind::Request) for a call that this
    /// client or this operation does not have.
    pub async fn send(self) -> Result<DynamicValue> {
        self.send_with_response().await.map(Response::into_value)
    }

    /// Sends the request like [`send`](Self::send). Also returns the status and headers of the response, and how often
    /// the request was sent.
    ///
    /// # Errors
    /// The errors of [`send`](Self::send).
    pub async fn send_with_response(self) -> Result<Response<DynamicValue>> {
        let (table, response) = self.raw().await?;
        Ok(response.map(|response| DynamicValue::new(dynamic::value(table, response))))
    }

    /// Returns a stream of the pages of a list, or of those from the argument with the cursor on. A list without
    /// pagination is one page.
    ///
    /// # Errors
    /// The stream yields the first error of a page, and ends after it.
    pub fn pages(self) -> Paged<Page<DynamicValue>> {
        let failed = |error: Error| -> Paged<Page<DynamicValue>> { Box::pin(stream::once(async { Err(error) })) };
        let (table, arguments) = match &self.call {
            Ok((table, arguments)) => (*table, arguments),
            Err(error) => return failed(error.clone()),
        };
        // Before anything is sent: the operation may change something.
        if !table.unwrapped.as_ref().is_some_and(|unwrapped| unwrapped.is_list) {
            let what = "the operation lists nothing, so it has no pages: use `send`";
            return failed(Error::new(ErrorKind::Request, what).during(table.operation));
        }
        let cursor = table.paging.as_ref().map(|paging| paging.cursor);
        let start = cursor.and_then(|cursor| Some(Cursor::from(arguments.get(cursor)?.as_str()?)));
        pages::pages(table.operation, start, move |next| {
            let mut call = self.clone();
            if let (Ok((_, arguments)), Some(cursor), Some(next)) = (&mut call.call, cursor, next) {
                arguments.insert(cursor.to_owned(), next.expose().into());
            }
            call.page()
        })
    }

    /// Returns a stream of all items of a list: see [`pages`](Self::pages).
    ///
    /// # Errors
    /// The stream yields the first error of a page, and ends after it.
    pub fn items(self) -> Paged<DynamicValue> {
        pages::items(self.pages())
    }

    /// Polls a `getKey` or a `getVendorConnection` until its `state` is this one, and returns what it got.
    ///
    /// The polls are those of [`wait_for_key`](LockHolderClient#method.wait_for_key): with exponential backoff and
    /// jitter, within the operation timeout.
    ///
    /// ```no_run
    /// # async fn example(home: unloc::LockHolderClient) -> unloc::Result<()> {
    /// let key = serde_json::json!({"lockId": "front-door", "keyId": "b2f7d4c9"});
    /// let key = home.call("getKey", key).wait_for("active").await?;
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    /// * [`ErrorKind::Request`] for any other operation, and for a state that the spec does not list.
    /// * [`ErrorKind::State`] if the state cannot be reached from the current one; the message names both.
    /// * [`ErrorKind::Timeout`] if it is not reached within the operation timeout.
    /// * The errors of [`send`](Self::send).
    pub async fn wait_for(self, state: &str) -> Result<DynamicValue> {
        let (table, _) = self.call.clone()?;
        let what = match table.operation.id {
            "getKey" => waiting::KEY,
            "getVendorConnection" => waiting::VENDOR_CONNECTION,
            _ => {
                let what = "nothing to wait for: use `getKey` or `getVendorConnection`";
                return Err(Error::new(ErrorKind::Request, what).during(table.operation));
            }
        };
        let states = dynamic::states(table);
        // A state that is misspelt would never come, and the wait would last until the timeout.
        if !states.contains(&state) {
            let known = states.iter().map(|state| format!("`{state}`")).collect::<Vec<_>>().join(", ");
            let why = format!(
                "`{state}` is no state of the spec: wait for {known}, or for another one by calling `{}` repeatedly",
                table.operation.id
            );
            return Err(Error::unbuilt(&Unbuilt(why)).during(table.operation));
        }
        let client = Arc::clone(&self.caller.client);
        let fetch = |options: RequestOptions| {
            let call = self.clone();
            // The time left for the whole wait limits each poll.
            let options = options.or(&self.options);
            async move { call.options(options).send().await }
        };
        let judge = |found: &DynamicValue| what.progress(found.to_json()["state"].as_str().unwrap_or_default(), state);
        Poller::with_options(&client, table.operation, &self.options).poll(fetch, judge).await
    }

    /// Finds out whether this `createKey` created a key, after an error with the outcome
    /// [`Unknown`](crate::Outcome::Unknown) or [`Accepted`](crate::Outcome::Accepted). `since` is the time right before
    /// the call.
    ///
    /// Returns `{"resolution": "created", "key": {…}}`, `{"resolution": "notCreated"}` or
    /// `{"resolution": "unknown", "reason": "…"}`. What each means, and when to trust it, is documented at
    /// [`resolve_create_key`](LockHolderClient#method.resolve_create_key).
    ///
    /// # Errors
    /// * [`ErrorKind::Request`] for any other operation, and for arguments that it refuses.
    /// * The errors of `getKeysForLock`.
    pub async fn resolve(self, since: DateTime<Utc>) -> Result<DynamicValue> {
        let Self { caller, call, options } = self;
        let (table, arguments) = call?;
        if table.operation.id != "createKey" {
            let what = "nothing to resolve: use `createKey`";
            return Err(Error::new(ErrorKind::Request, what).during(table.operation));
        }
        let client = Arc::clone(&caller.client);
        let lock_id = arguments.get("lockId").cloned().unwrap_or_default();
        // Built as the call built it, so that its times are cut in the same way.
        let request = dynamic::request(table, client.base(), &caller.filled_in, arguments);
        let request = request.map_err(|why| Error::unbuilt(&why).during(table.operation))?.body;
        let list = caller.call("getKeysForLock", json!({"lockId": lock_id}));
        let fetch = |limits: RequestOptions| {
            let call = list.clone().options(limits.or(&options));
            async move { call.raw().await.map(|(table, response)| response.map(|keys| dynamic::known_page(table, &keys))) }
        };
        let judge = |page: &Page<Value>, since| {
            let lock_id = lock_id.as_str().unwrap_or_default();
            resolving::find(page.items(), page.cursor().is_some(), lock_id, &request, since)
        };
        let (page, found) = resolving::resolve(&client, &options, since, fetch, judge).await?;
        let found = match found {
            Found::At(index) => json!({"resolution": "created", "key": page.items().get(index)}),
            Found::Missing => json!({"resolution": "notCreated"}),
            Found::Unknown(reason) => json!({"resolution": "unknown", "reason": reason}),
        };
        Ok(DynamicValue::new(found.to_string()))
    }

    /// Sends the request, and returns the page of the response.
    async fn page(self) -> Result<Page<DynamicValue>> {
        let (table, response) = self.raw().await?;
        let page = dynamic::page(table, response.value()).unwrap_or_else(|| Page::new(Vec::new(), None));
        Ok(page.map(DynamicValue::new))
    }

    /// Sends the request, and returns the decoded response with its envelope, as JSON.
    async fn raw(self) -> Result<(&'static Table, Response<String>)> {
        let Self { caller: Caller { client, filled_in, .. }, call, options } = self;
        let (table, arguments) = call?;
        let request = dynamic::request(table, client.base(), &filled_in, arguments);
        Ok((table, pipeline::send_by_table(&client, request, options, table).await?))
    }
}

impl fmt::Debug for DynamicCall {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Neither arguments, which may be secret or personal, nor the client.
        let operation = self.call.as_ref().map(|(table, _)| table.operation.id).unwrap_or_default();
        f.debug_struct("DynamicCall")
            .field("operation", &operation)
            .field("options", &self.options)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
pub(crate) mod tests;
