//! Builds requests, as the generated builders need them.

use std::fmt::Display;

use ::http::Method;
use ::http::header::{self, HeaderMap, HeaderName, HeaderValue};
use bytes::Bytes;
use serde::Serialize;
use serde_json::Value;
use url::Url;

use crate::error::Unbuilt;

/// Refuses a request that would act on everything although the caller has not said so. `all` is what says so.
#[allow(dead_code, reason = "for operations with a required filter; version 1 has none")]
pub(crate) fn filter(is_all: bool, all: &str, filters: &[(&str, Value)]) -> Result<(), Unbuilt> {
    let set: Vec<_> = filters.iter().filter(|(_, value)| !value.is_null()).collect();
    // The service may take an empty value for no filter.
    if let Some((name, _)) = set.iter().find(|(_, value)| value.as_str().is_some_and(|text| text.trim().is_empty())) {
        return Err(Unbuilt(format!("the filter `{name}` is empty, which could select everything: nothing was sent")));
    }
    match (is_all, set.first()) {
        (true, Some((name, _))) => {
            Err(Unbuilt(format!("`{all}` and the filter `{name}` contradict each other: use one of them")))
        }
        (false, None) => {
            let names: Vec<_> = filters.iter().map(|(name, _)| format!("`{name}`")).collect();
            Err(Unbuilt(format!("without a filter it acts on everything: set {}, or `{all}`", names.join(" or "))))
        }
        _ => Ok(()),
    }
}

/// Holds a request, with the serialized body that each attempt sends.
pub(crate) struct Request<B> {
    pub(crate) method: Method,
    pub(crate) url: Url,
    /// Holds the headers that the operation and the body require. Each attempt adds the token and the headers of all
    /// requests.
    pub(crate) headers: HeaderMap,
    // `Bytes`, so that the attempts of a call share one buffer.
    pub(crate) json: Option<Bytes>,
    /// Holds the value that `json` was serialized from. Errors redact its sensitive properties.
    pub(crate) body: B,
}

impl Request<()> {
    /// Returns a request without a body.
    pub(crate) fn new(method: Method, url: Url) -> Self {
        // Two: `accept` and `content-type`.
        Self { method, url, headers: HeaderMap::with_capacity(2), json: None, body: () }
    }

    /// Returns this request with `body` as JSON.
    pub(crate) fn json<B: Serialize>(mut self, body: B) -> Result<Request<B>, Unbuilt> {
        let json =
            serde_json::to_vec(&body).map_err(|error| Unbuilt(format!("the body cannot be serialized: {error}")))?;
        self.headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
        let Self { method, url, headers, .. } = self;
        Ok(Request { method, url, headers, json: Some(json.into()), body })
    }
}

impl<B> Request<B> {
    /// Returns this request, with a value that is not sent, in place of the body.
    #[cfg(feature = "dynamic")]
    pub(crate) fn with<T>(self, body: T) -> Request<T> {
        let Self { method, url, headers, json, .. } = self;
        Request { method, url, headers, json, body }
    }

    /// Asks for a response in JSON.
    pub(crate) fn accept_json(&mut self) {
        self.headers.insert(header::ACCEPT, HeaderValue::from_static("application/json"));
    }

    /// Adds a query parameter; for a list, one parameter of that name for each item.
    #[allow(dead_code, reason = "for bindings with query parameters")]
    pub(crate) fn query(&mut self, name: &str, value: &impl Serialize) -> Result<(), Unbuilt> {
        let invalid =
            |what: &dyn Display| Unbuilt(format!("the query parameter `{name}` cannot be serialized: {what}"));
        // By way of JSON, so that a value is written as its serde attributes say, such as the names of an enum's
        // variants.
        let value = serde_json::to_value(value).map_err(|error| invalid(&error))?;
        let mut pairs = self.url.query_pairs_mut();
        let mut put = |value: Value| {
            match value {
                Value::String(text) => _ = pairs.append_pair(name, &text),
                Value::Bool(_) | Value::Number(_) => _ = pairs.append_pair(name, &value.to_string()),
                Value::Null | Value::Array(_) | Value::Object(_) => return Err(invalid(&"expected one value")),
            }
            Ok(())
        };
        match value {
            // A parameter that is not set. `name=null` would be the text `null` to the service.
            Value::Null => {}
            Value::Array(items) => items.into_iter().try_for_each(put)?,
            value => put(value)?,
        }
        drop(pairs);
        // An empty list leaves `?` at the end of the URL.
        if self.url.query() == Some("") {
            self.url.set_query(None);
        }
        Ok(())
    }

    /// Adds a header parameter; `shown` is its name in the spec.
    #[allow(dead_code, reason = "for bindings with header parameters; the specs of this repository have none")]
    pub(crate) fn header(&mut self, name: &'static str, shown: &str, value: &dyn Display) -> Result<(), Unbuilt> {
        let value = HeaderValue::from_str(&value.to_string()).map_err(|_| {
            Unbuilt(format!("the value of the header parameter `{shown}` is invalid: use visible ASCII"))
        })?;
        let name = HeaderName::try_from(name)
            .map_err(|_| Unbuilt(format!("the header parameter `{shown}` has an invalid name")))?;
        self.headers.append(name, value);
        Ok(())
    }
}
