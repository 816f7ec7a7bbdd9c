//! A token as callers get it.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use reqwest::header::HeaderValue;

use crate::model::sensitive::Secret;

/// A token as a [`TokenCache`](super::TokenCache) hands it out, ready to be sent.
///
/// `Debug` shows neither the token nor the header.
#[derive(Clone)]
pub struct Bearer {
    pub(super) header: HeaderValue,
    /// The number of the fetch that brought it.
    pub(super) generation: u64,
    pub(super) remaining: Duration,
    pub(super) granted: Option<Arc<str>>,
}

impl Bearer {
    /// The value of the `Authorization` header; marked sensitive, so that no log shows it. Made once: a clone copies
    /// nothing.
    #[must_use]
    pub fn header(&self) -> HeaderValue {
        self.header.clone()
    }

    /// The token itself. Take care where it goes.
    #[must_use]
    pub fn access_token(&self) -> Secret {
        self.token().into()
    }

    /// How long it lived from the moment it was handed out; nothing if it was worth one try only.
    #[must_use]
    pub fn remaining(&self) -> Duration {
        self.remaining
    }

    /// The scopes that the token was granted, where its source said that they are not those that were asked for.
    #[must_use]
    pub fn granted_scope(&self) -> Option<&str> {
        self.granted.as_deref()
    }

    /// The token, to be redacted where the service repeats it.
    pub(crate) fn token(&self) -> &str {
        token(&self.header)
    }
}

impl fmt::Debug for Bearer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Bearer").field("remaining", &self.remaining).finish_non_exhaustive()
    }
}

/// The token in the value of a header.
pub(super) fn token(header: &HeaderValue) -> &str {
    header.to_str().ok().and_then(|text| text.strip_prefix("Bearer ")).unwrap_or_default()
}
