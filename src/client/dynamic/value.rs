//! Defines the result of a dynamic call.

use std::fmt;

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::error::{Error, ErrorKind, Result};

/// Holds what a dynamic call returned, in the form that the spec documents.
///
/// A property has its documented name, a known value of an enum its documented case, and times are in RFC 3339. An
/// optional property that is null or empty is left out. Properties that the spec does not know stay.
///
/// `Debug` shows nothing of it, since it may be personal or secret.
#[derive(Clone, PartialEq, Serialize)]
#[serde(transparent)]
pub struct DynamicValue(Value);

impl DynamicValue {
    pub(crate) fn new(value: Value) -> Self {
        Self(value)
    }

    /// Returns the value.
    #[must_use]
    pub fn as_json(&self) -> &Value {
        &self.0
    }

    /// Returns the value, by value.
    #[must_use]
    pub fn into_json(self) -> Value {
        self.0
    }

    /// Reads the value as a type of the caller.
    ///
    /// ```no_run
    /// # async fn example(home: unloc::LockHolderClient) -> unloc::Result<()> {
    /// use unloc::types::Lock;
    ///
    /// let lock: Lock = home.call("getLock", serde_json::json!({"lockId": "front-door"})).send().await?.parse()?;
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    /// [`ErrorKind::Decode`] if the value is none of that type. The message does not quote it.
    pub fn parse<T: DeserializeOwned>(self) -> Result<T> {
        let body = self.0.to_string();
        serde_json::from_value(self.0).map_err(|_| {
            let what = crate::http::decode::explain(std::marker::PhantomData::<T>, body.as_bytes());
            Error::new(ErrorKind::Decode, what).at_worst(crate::error::Outcome::Accepted)
        })
    }
}

impl fmt::Debug for DynamicValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DynamicValue").finish_non_exhaustive()
    }
}
