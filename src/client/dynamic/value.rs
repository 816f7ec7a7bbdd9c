//! Defines the result of a dynamic call.

use std::fmt;

use serde::de::DeserializeOwned;
use serde::{Serialize, Serializer};
use serde_json::Value;

use crate::error::{Error, ErrorKind, Result};
use crate::http::decode::explain;
use crate::http::dynamic;

/// Holds what a dynamic call returned, as JSON in the form that the spec documents.
///
/// A property has its documented name, a known value of an enum its documented case, and times are in RFC 3339. An
/// optional property that is null or empty is left out. Properties that the spec does not know stay.
///
/// `Debug` shows nothing of it, since it may be personal or secret.
#[derive(Clone)]
pub struct DynamicValue(String);

impl DynamicValue {
    pub(crate) fn new(text: String) -> Self {
        Self(text)
    }

    /// Returns the text of the value. It is there already: nothing is serialized.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Returns the text of the value, by value.
    #[must_use]
    pub fn into_string(self) -> String {
        self.0
    }

    /// Parses the text.
    #[must_use]
    pub fn to_json(&self) -> Value {
        // What was written here can be read again.
        dynamic::parse(&self.0).unwrap_or_default()
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
        dynamic::parse(&self.0).ok_or_else(|| {
            let error = Error::new(ErrorKind::Decode, explain::<T>(self.0.as_bytes()));
            error.at_worst(crate::error::Outcome::Accepted)
        })
    }
}

/// Compares the values, and not their texts.
impl PartialEq for DynamicValue {
    fn eq(&self, other: &Self) -> bool {
        self.to_json() == other.to_json()
    }
}

impl Serialize for DynamicValue {
    fn serialize<S: Serializer>(&self, to: S) -> std::result::Result<S::Ok, S::Error> {
        self.to_json().serialize(to)
    }
}

impl fmt::Debug for DynamicValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DynamicValue").finish_non_exhaustive()
    }
}
