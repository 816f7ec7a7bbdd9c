//! Holds a token as callers get it.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use ::http::header::HeaderValue;

use crate::model::sensitive::Secret;

/// Holds a token as a [`TokenCache`](super::TokenCache) returns it, ready to be sent.
///
/// A bearer is a snapshot: it does not change when the cache refreshes the token. `Debug` redacts the token and the
/// header.
#[derive(Clone)]
pub struct Bearer {
    pub(super) header: HeaderValue,
    /// Names the fetch that returned the token. Two fetches may return the same text, so a refusal goes by this number.
    pub(super) generation: u64,
    pub(super) remaining: Duration,
    pub(super) granted: Option<Arc<str>>,
}

impl Bearer {
    /// Returns the value of the `Authorization` header, marked as sensitive so that logs redact it.
    ///
    /// The cache builds the value once; a clone copies no bytes.
    #[must_use]
    pub fn header(&self) -> HeaderValue {
        self.header.clone()
    }

    /// Returns the token itself. Do not log or store it.
    #[must_use]
    pub fn access_token(&self) -> Secret {
        self.token().into()
    }

    /// Returns the lifetime that was left when the cache returned the token.
    ///
    /// It is zero if the source gave a lifetime of zero: only the callers that wait for its fetch get such a token. If
    /// the source gave no lifetime, the cache assumes five minutes.
    #[must_use]
    pub fn remaining(&self) -> Duration {
        self.remaining
    }

    /// Returns the granted scopes if the source said that they differ from the requested ones.
    #[must_use]
    pub fn granted_scope(&self) -> Option<&str> {
        self.granted.as_deref()
    }

    /// Returns the token, for redacting it where the service quotes it.
    pub(crate) fn token(&self) -> &str {
        token(&self.header)
    }
}

impl fmt::Debug for Bearer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Bearer").field("remaining", &self.remaining).finish_non_exhaustive()
    }
}

/// Returns the token in a header value.
pub(super) fn token(header: &HeaderValue) -> &str {
    // The header is `Bearer <token>`, and the token was checked to be visible ASCII before: neither step can fail.
    header.to_str().ok().and_then(|text| text.strip_prefix("Bearer ")).unwrap_or_default()
}
