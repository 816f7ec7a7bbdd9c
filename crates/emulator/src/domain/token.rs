//! Issues and verifies access tokens. They are real JWTs, signed with a key that each emulator generates.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::domain::jwt::{self, JwtError};
use crate::domain::scope::Granted;
use crate::domain::scope::Resource;

/// Issues and verifies tokens. Has no `Debug`, because it holds the client secret and the signing key.
pub(crate) struct Issuer {
    pub(crate) client_id: String,
    pub(crate) client_secret: String,
    signing_key: Vec<u8>,
    lifetime: i64,
    /// Counts the calls of [`expire_all`](Self::expire_all). Tokens of an earlier generation are expired.
    ///
    /// Comparing `iat` would not do: it counts whole seconds, and tokens are issued in the same second before and
    /// after.
    generation: AtomicU64,
    issued: AtomicU64,
    /// Maps the `jti` of each token that was invalidated before its `exp` to the reason.
    invalidated: Mutex<HashMap<String, Invalidation>>,
}

/// Is the reason why a token is invalid before its `exp`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Invalidation {
    Expired,
    Revoked,
}

/// The token was refused. The texts are those of the service, which uses the npm package `jsonwebtoken`.
#[derive(Debug, thiserror::Error)]
pub(crate) enum TokenError {
    #[error("JWT expired")]
    Expired,
    #[error("JWT revoked")]
    Revoked,
    #[error("invalid signature")]
    InvalidSignature,
    #[error("jwt malformed")]
    Malformed,
}

/// Holds the claims of a token. `lock_holders`, `resource`, `generation` and `end` are the emulator's own.
#[derive(Serialize, Deserialize)]
pub(crate) struct Claims {
    sub: String,
    iat: i64,
    exp: i64,
    jti: String,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) scope: Vec<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) lock_holders: Vec<String>,
    /// Is what a token of version 2 is for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) resource: Option<Resource>,
    generation: u64,
    /// Is the exact expiry, in seconds and nanoseconds. `exp` is this value rounded up to whole seconds: rounded down,
    /// a token would expire up to a second earlier than `expires_in` says.
    end: (i64, u32),
}

impl Issuer {
    pub(crate) fn new(client_id: String, client_secret: String, signing_key: &[u8], lifetime: Duration) -> Self {
        Self {
            client_id,
            client_secret,
            signing_key: signing_key.to_vec(),
            lifetime: i64::try_from(lifetime.as_secs()).unwrap_or(i64::MAX),
            generation: AtomicU64::new(0),
            issued: AtomicU64::new(0),
            invalidated: Mutex::default(),
        }
    }

    /// Returns the seconds from issue to expiry, which is `expires_in`.
    pub(crate) fn lifetime(&self) -> i64 {
        self.lifetime
    }

    /// Expires every token issued so far.
    pub(crate) fn expire_all(&self) {
        self.generation.fetch_add(1, Ordering::SeqCst);
    }

    /// Issues a token for the granted scope.
    pub(crate) fn issue(&self, granted: &Granted, now: DateTime<Utc>) -> serde_json::Result<String> {
        let nanos = now.timestamp_subsec_nanos();
        let end = (now.timestamp().saturating_add(self.lifetime), nanos);
        // Rounded up like `exp`, so that `exp - iat` equals `expires_in`.
        let iat = now.timestamp().saturating_add(i64::from(nanos > 0));
        let claims = Claims {
            sub: self.client_id.clone(),
            iat,
            exp: iat.saturating_add(self.lifetime),
            jti: format!("{:08x}", self.issued.fetch_add(1, Ordering::Relaxed)),
            scope: granted.scope.clone(),
            lock_holders: granted.lock_holder_id.iter().chain(&granted.lock_holder_ids).cloned().collect(),
            resource: granted.resource.clone(),
            generation: self.generation.load(Ordering::SeqCst),
            end,
        };
        jwt::sign(&claims, &self.signing_key)
    }

    /// Invalidates a token before its `exp`. Ignores tokens that this emulator did not issue.
    pub(crate) fn invalidate(&self, token: &str, invalidation: Invalidation) {
        if let Ok(claims) = self.read(token) {
            self.invalidated.lock().unwrap_or_else(PoisonError::into_inner).insert(claims.jti, invalidation);
        }
    }

    /// Verifies a token and returns its claims.
    pub(crate) fn check(&self, token: &str, now: DateTime<Utc>) -> Result<Claims, TokenError> {
        let claims = self.read(token)?;
        let invalidated = self.invalidated.lock().unwrap_or_else(PoisonError::into_inner).get(&claims.jti).copied();
        if invalidated == Some(Invalidation::Revoked) {
            return Err(TokenError::Revoked);
        }
        let is_of_earlier_generation = claims.generation != self.generation.load(Ordering::SeqCst);
        let is_past_end = claims.end <= (now.timestamp(), now.timestamp_subsec_nanos());
        if is_past_end || is_of_earlier_generation || invalidated == Some(Invalidation::Expired) {
            return Err(TokenError::Expired);
        }
        Ok(claims)
    }

    fn read(&self, token: &str) -> Result<Claims, TokenError> {
        jwt::verify(token, &self.signing_key).map_err(|error| match error {
            JwtError::InvalidSignature => TokenError::InvalidSignature,
            JwtError::Malformed => TokenError::Malformed,
        })
    }
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;

    use super::*;

    fn issuer(lifetime: u64) -> Issuer {
        Issuer::new("me".to_owned(), "secret".to_owned(), b"a signing key", Duration::from_secs(lifetime))
    }

    #[test]
    fn a_token_expires_by_the_emulators_clock() {
        let issuer = issuer(10);
        let now = DateTime::UNIX_EPOCH;
        let token = issuer.issue(&Granted::default(), now).unwrap();
        assert!(issuer.check(&token, now + TimeDelta::milliseconds(9_999)).is_ok());
        assert!(issuer.check(&token, now + TimeDelta::seconds(10)).is_err());
    }

    #[test]
    fn a_token_expires_exactly_after_its_lifetime() {
        for lifetime in [1, 2, 3600] {
            let issuer = issuer(lifetime);
            for nanos in [0, 1, 499_999_999, 500_000_000, 999_999_999] {
                let now = DateTime::from_timestamp(1_900_000_000, nanos).unwrap();
                let token = issuer.issue(&Granted::default(), now).unwrap();
                let end = now + TimeDelta::seconds(lifetime as i64);
                assert!(issuer.check(&token, end - TimeDelta::nanoseconds(1)).is_ok(), "{lifetime} s from {now}");
                let claims = issuer.check(&token, now).map(|claims| [claims.iat, claims.exp]).unwrap();
                assert!(issuer.check(&token, end).is_err(), "{lifetime} s from {now}");
                // Both are rounded up to whole seconds, so that `exp - iat` is exactly the lifetime.
                let late = i64::from(nanos > 0);
                assert_eq!(claims, [now.timestamp() + late, end.timestamp() + late]);
            }
        }
    }

    #[test]
    fn a_token_with_a_lifetime_of_zero_is_expired_at_once() {
        let issuer = issuer(0);
        for nanos in [0, 1, 999_999_999] {
            let now = DateTime::from_timestamp(1_900_000_000, nanos).unwrap();
            let token = issuer.issue(&Granted::default(), now).unwrap();
            assert!(issuer.check(&token, now).is_err(), "{now}");
        }
    }

    #[test]
    fn expiring_all_tokens_does_not_affect_later_tokens() {
        let issuer = issuer(3600);
        let now = DateTime::UNIX_EPOCH;
        let before = issuer.issue(&Granted::default(), now).unwrap();
        issuer.expire_all();
        let after = issuer.issue(&Granted::default(), now).unwrap();
        assert!(issuer.check(&before, now).is_err());
        assert!(issuer.check(&after, now).is_ok());
    }

    #[test]
    fn the_longest_lifetime_does_not_overflow() {
        let token = issuer(u64::MAX).issue(&Granted::default(), Utc::now()).unwrap();
        assert!(issuer(u64::MAX).check(&token, Utc::now()).is_ok());
    }
}
