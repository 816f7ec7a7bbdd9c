//! A request as the bindings put it together.

use std::fmt::Display;

use bytes::Bytes;
use reqwest::header::{self, HeaderMap, HeaderName, HeaderValue};
use reqwest::{Method, Url};
use serde::Serialize;
use serde_json::Value;

use crate::error::Unbuilt;

/// A request, and the body that each attempt sends.
pub(crate) struct Request<B> {
    pub(crate) method: Method,
    pub(crate) url: Url,
    /// What its operation and its body ask for; the headers of all requests and the token come with each attempt.
    pub(crate) headers: HeaderMap,
    pub(crate) json: Option<Bytes>,
    /// The value that the body was made of, for errors not to repeat what is sensitive in it.
    pub(crate) said: B,
}

impl Request<()> {
    /// A request without a body.
    pub(crate) fn new(method: Method, url: Url) -> Self {
        Self { method, url, headers: HeaderMap::with_capacity(2), json: None, said: () }
    }

    /// With this body.
    pub(crate) fn json<B: Serialize>(mut self, said: B) -> Result<Request<B>, Unbuilt> {
        let json =
            serde_json::to_vec(&said).map_err(|error| Unbuilt(format!("the body cannot be written: {error}")))?;
        self.headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
        let Self { method, url, headers, .. } = self;
        Ok(Request { method, url, headers, json: Some(json.into()), said })
    }
}

impl<B> Request<B> {
    /// Asks for a response in JSON.
    pub(crate) fn accept_json(&mut self) {
        self.headers.insert(header::ACCEPT, HeaderValue::from_static("application/json"));
    }

    /// Adds a query parameter: a list is the same name with each item.
    #[allow(dead_code, reason = "for bindings with query parameters")]
    pub(crate) fn query(&mut self, name: &str, value: &impl Serialize) -> Result<(), Unbuilt> {
        let unwritten = |what: &dyn Display| Unbuilt(format!("`{name}` cannot be written: {what}"));
        let value = serde_json::to_value(value).map_err(|error| unwritten(&error))?;
        let mut pairs = self.url.query_pairs_mut();
        let mut put = |value: Value| {
            match value {
                Value::String(text) => _ = pairs.append_pair(name, &text),
                Value::Bool(_) | Value::Number(_) => _ = pairs.append_pair(name, &value.to_string()),
                Value::Null | Value::Array(_) | Value::Object(_) => return Err(unwritten(&"it is no single value")),
            }
            Ok(())
        };
        match value {
            Value::Null => {}
            Value::Array(items) => items.into_iter().try_for_each(put)?,
            value => put(value)?,
        }
        drop(pairs);
        // An empty list leaves a question mark behind.
        if self.url.query() == Some("") {
            self.url.set_query(None);
        }
        Ok(())
    }

    /// Adds a header parameter.
    #[allow(dead_code, reason = "for bindings with header parameters; the specs have none now")]
    pub(crate) fn header(&mut self, name: &'static str, shown: &str, value: &dyn Display) -> Result<(), Unbuilt> {
        let value = HeaderValue::from_str(&value.to_string())
            .map_err(|_| Unbuilt(format!("`{shown}` has characters that a header cannot carry: use visible ASCII")))?;
        let name = HeaderName::try_from(name).map_err(|_| Unbuilt(format!("`{shown}` is no name of a header")))?;
        self.headers.append(name, value);
        Ok(())
    }
}
